//! The disk fails at any call of a story: full, read-only, failing to sync, torn in the middle of a write, without what
//! was not durable, with flipped bits. Nothing is stopped without its record, nothing is told or marked that is not in the
//! file, the user is told once, and everything goes on by itself. In virtual time, on a layer below `SQLite`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed assumption of a test is a failed test"
)]

mod bits;
mod house;
mod planted;
mod stop;
mod witness;
