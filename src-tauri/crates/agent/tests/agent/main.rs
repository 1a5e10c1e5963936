//! The agent against a server of its own over real HTTP, in time that the test moves: enrolment, handing in, trouble,
//! its folder, its options.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fall over; that is its answer"
)]

mod counting;
mod enrolment;
mod handing_in;
mod kernel;
mod options;
mod server;
mod tls;
mod world;
