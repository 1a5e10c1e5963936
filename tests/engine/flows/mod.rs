//! Proxy traffic of kernels that are watched from here, in virtual time, over kernels that carry what the test says. Each
//! row of the earlier system's defects that belongs here is a test that carries its rule as its name.

#![expect(
    clippy::unwrap_used,
    reason = "a failed assumption of a test is a failed test"
)]

mod collecting;
mod crashes;
mod days;
mod disk;
mod house;
pub(crate) mod kernel;
mod live;
mod owners;
mod sockets;
