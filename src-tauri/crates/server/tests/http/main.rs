//! The door for other programs over real sockets: who is let in, what a bad caller can do, and that every answer says what
//! happened.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fall over; that is its answer"
)]

mod answers;
mod flows;
mod gate;
mod ingest;
mod kept;
mod kit;
mod quotas;
mod stream;
