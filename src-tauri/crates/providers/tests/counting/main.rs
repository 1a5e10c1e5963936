//! The count of proxy traffic: recorded traces, the rules one by one, random stories.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper of a test fails the test, which is what it is for"
)]

mod collecting;
mod connections;
mod epochs;
mod stories;
mod support;
mod traces;
mod unseen;
