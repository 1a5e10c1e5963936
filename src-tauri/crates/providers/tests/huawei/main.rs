//! Huawei Cloud against recorded bodies, through a transport that checks every signature.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails the test, which is what it is for"
)]

mod check;
mod discovery;
mod fast;
mod faults;
mod mutants;
#[path = "../common/mutate"]
mod mutate {
    pub(crate) mod json;
    pub(crate) mod judge;
    pub(crate) mod mutant;
    pub(crate) mod stop;
}
mod nothing;
mod servers;
mod support;
mod usages;
