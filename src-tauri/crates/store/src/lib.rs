//! SQLite: accounts, meters, history, guard state, outbox, intents, audit, lease.
//!
//! Owns the database file, its migrations, the one writer thread with group commit, the readers, rollups, retention,
//! backup, integrity and the audit chain. Never judges, never sends, never sees a secret. Everything a check decides is
//! one [`Batch`], written in one transaction or not at all. Tested beside the code and in `tests/`.

mod error;
mod faults;
mod filter;
pub mod limits;
pub mod model;
mod options;
mod store;

pub use error::StoreError;
pub use faults::Faults;
pub use filter::{
    AlertFilter, AuditFault, AuditHead, AuditVerdict, DeliveryFilter, IntentFilter, LeaseState, Maintained,
    NextDue, Restored, StoreStats,
};
pub use model::*;
pub use options::{Mode, OpenOptions, Opened, Place};
pub use store::{ReadingStream, Store, restore};
