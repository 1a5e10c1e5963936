//! The way to a kernel: recorded bodies and their mutations, the stream of events against the simulated kernel in virtual
//! time, and real sockets.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails the test, which is what it is for"
)]

mod account;
mod finding;
mod frames;
mod mutants;
#[path = "../common/mutate"]
mod mutate {
    pub(crate) mod json;
    pub(crate) mod judge;
    pub(crate) mod mutant;
    pub(crate) mod stop;
}
mod nodes;
mod sockets;
mod support;
mod watching;
