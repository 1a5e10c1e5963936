//! A sub-account is disabled and restored piece by piece, and what is said of it is true: refusals, late answers, answers
//! of success that change nothing, lost answers, somebody else in between, the end of the process between any two steps,
//! two copies. In virtual time, against a provider that remembers.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a failed assumption of a test is a failed test; virtual time is tokio's"
)]

mod between;
mod crash;
mod disable;
mod house;
pub(crate) mod iam;
mod partial;
mod pieces;
mod record;
mod restore;
