//! Mails as files, and what the built-in rules say of them.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper of a test fails the test, which is what it is for"
)]

mod broken;
mod extract;
mod fixtures;
mod mutants;
#[path = "../common/mutate"]
mod mutate {
    pub(crate) mod mutant;
    pub(crate) mod text;
}
mod properties;
mod rules;
mod support;
