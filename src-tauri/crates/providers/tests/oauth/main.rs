//! Tokens by client credentials, over a wire that answers from a list and a clock that moves by waiting.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails the test, which is what it is for"
)]

mod mutants;
#[path = "../common/mutate"]
mod mutate {
    pub(crate) mod json;
    pub(crate) mod judge;
    pub(crate) mod mutant;
}
mod refusals;
mod support;
mod token;
