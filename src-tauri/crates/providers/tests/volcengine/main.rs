//! Volcengine against recorded bodies, through a transport that checks every signature.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails the test, which is what it is for"
)]

mod bill;
mod broken;
mod check;
mod make;
mod mutants;
#[path = "../common/mutate"]
mod mutate {
    pub(crate) mod json;
    pub(crate) mod judge;
    pub(crate) mod mutant;
}
mod pace;
mod pieces;
mod refusals;
mod simulated;
mod support;
mod users;
