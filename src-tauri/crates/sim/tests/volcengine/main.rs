//! The simulated Volcengine, asked as a client asks: with signed requests through the door.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper of a test fails the test, which is what it is for"
)]

mod bill;
mod dialect;
mod iam;
mod lies;
mod scenario;
mod signature;
mod spending;
mod support;
