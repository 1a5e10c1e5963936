//! The book of quotas over whole days of virtual time: what is charged, granted, judged, disabled and made. Each row of the
//! earlier system's defects that belongs here is a test that carries its rule as its name.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failed assumption of a test is a failed test"
)]

pub(crate) mod bank;
mod charging;
mod disabling;
mod disk;
mod granting;
mod house;
mod judging;
mod making;
