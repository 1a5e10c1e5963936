//! Balances as data: the language, every spec of ours against its examples, and an account that is read by one.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fall over; that is its answer"
)]

mod account;
mod canary;
mod examples;
mod folder;
mod language;
#[path = "../common/mutate"]
mod mutate {
    pub(crate) mod json;
    pub(crate) mod judge;
    pub(crate) mod mutant;
    pub(crate) mod stop;
}
mod mutations;
mod page;
mod support;
