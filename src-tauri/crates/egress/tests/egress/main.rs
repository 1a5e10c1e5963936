//! The way out: retries and lanes over a virtual clock, the real wire over loopback.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test fails the test, which is what it is for"
)]

mod call;
mod lane;
mod support;
mod tcp;
