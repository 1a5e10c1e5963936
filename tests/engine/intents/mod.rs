//! The states of an intent, each from the record of a process that ended in it: what every answer of the provider, every
//! refusal, every wait and every word of a person leads to, to the second. One server, in virtual time; the pieces of a
//! sub-account are in `tests/engine/closing`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed assumption of a test is a failed test"
)]

mod checks;
mod holds;
mod house;
mod orphans;
mod permits;
mod record;
mod tries;
mod unknown;
mod verifying;
