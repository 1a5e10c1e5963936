//! The simulated Volcengine, asked as a client asks: with signed requests through the door.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper of a test fails the test, which is what it is for"
)]

mod spending;
mod support;
