//! The crash sweep: every story, every labelled point, every one of its first passings. A dry run records which points a
//! story passes; then the process ends at each of them once, starts again on the same file, and what is true at the end
//! is held against the run that did not end. In virtual time; each story is a test of its own.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a failed assumption of a test is a failed test; virtual time is tokio's"
)]

mod facts;
mod house;
mod panel;
mod scenarios;
mod swept;
mod watched;
