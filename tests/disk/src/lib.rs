//! A disk that fails where a test wants it.
//!
//! Owns a layer between `SQLite` and the files ("VFS"): every call of a database that is opened through it is counted,
//! and may fail, be torn in half, be lost at the end of the power, or come back with a flipped bit. What is not asked to
//! fail goes to the real file system, locks and shared memory included, so that a write-ahead log works as ever.
//! Never part of the product: only tests may depend on it, which `tests/tests/architecture.rs` holds. Tested in
//! `tests/layer.rs`, by `SQLite` itself.

mod disk;
mod switches;
mod unsynced;
mod vfs;

pub use disk::Disk;
pub use switches::{Call, Fault, Refusal, Then};
