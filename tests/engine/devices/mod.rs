//! Devices whose agents hand in what they counted: each batch counts once, what cannot be true is kept aside and told of,
//! a wrong clock loses nothing, silence is told of once, and a code makes one agent.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed assumption of a test is a failed test"
)]

mod crash;
mod enrolling;
mod handing_in;
pub(crate) mod house;
mod mutants;
#[path = "../../../src-tauri/crates/providers/tests/common/mutate"]
mod mutate {
    pub(crate) mod json;
    pub(crate) mod mutant;
}
mod silence;
