//! Every provider of the simulator, read by its spec: what is told is what is true, and every lie leaves a meter blind.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test fails the test, which is what it is for"
)]

mod lies;
mod support;
mod truth;
