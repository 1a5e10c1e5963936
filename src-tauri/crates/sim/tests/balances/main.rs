//! The balances of two dozen providers, asked as a client asks.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper of a test fails the test, which is what it is for"
)]

mod azure;
mod costs;
mod lies;
mod shapes;
mod support;
mod world;
