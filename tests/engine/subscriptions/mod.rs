//! Subscriptions over days and weeks of virtual time, with the real adapters against the simulated panel: samples, the
//! guard's ladder, days left, leak checks, and the secret address through every output.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed assumption of a test is a failed test"
)]

mod house;
mod ladder;
mod leaks;
mod samples;
mod secrets;
