//! The simulator, judged from outside: what it serves, what it refuses, and that it does so the same way every time.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests: a broken assumption must fail the test"
)]

mod common;
mod dialect;
mod faults;
mod feishu;
mod http;
mod scenario;
mod sinks;
mod story;
mod time;
mod transport;
mod world;
