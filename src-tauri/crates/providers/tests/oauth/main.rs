//! Tokens by client credentials, over a wire that answers from a list and a clock that moves by waiting.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test fails the test, which is what it is for"
)]

mod refusals;
mod support;
mod token;
