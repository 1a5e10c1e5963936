//! SQLite: accounts, meters, history, guard state, outbox, intents, audit, lease.
//!
//! Owns the database file, its migrations, the one writer thread with group commit, the readers, rollups, retention,
//! backup, integrity and the audit chain. Never judges, never sends, never sees a secret. Everything a check decides is
//! one [`Batch`], written in one transaction or not at all. Tested beside the code and in `tests/`.

pub mod model;

pub use model::*;
