//! Subscriptions over real HTTP against the simulated panel: every way of telling usage, every lie, and how often and by
//! which way a panel is asked. A clock that moves by hand.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper of a test fails the test, which is what it is for"
)]

mod asking;
mod lies;
mod mutants;
#[path = "../common/mutate"]
mod mutate {
    pub(crate) mod judge;
    pub(crate) mod mutant;
    pub(crate) mod stop;
    pub(crate) mod text;
}
mod params;
mod secrets;
mod support;
mod variants;
