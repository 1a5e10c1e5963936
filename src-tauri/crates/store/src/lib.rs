//! SQLite: accounts, meters, history, guard state, outbox, intents, audit, lease.
//!
//! Owns the database file, its migrations, the one writer thread with group commit, the readers, rollups, retention,
//! backup, integrity and the audit chain. Never judges, never sends, never sees a secret. Everything a check decides is
//! one [`Batch`], written in one transaction or not at all. Tested beside the code and in `tests/store/`.

mod apply;
mod ask;
mod audit;
mod backup;
mod column;
mod error;
mod faults;
mod filter;
mod flow;
mod history;
mod lease;
pub mod limits;
mod lock;
mod log;
mod maintenance;
pub mod model;
mod open;
mod options;
mod query;
mod quota;
mod schema;
mod sound;
mod store;
mod summary;
mod token;
mod worker;
mod writer;

pub use ask::{ReadingPlace, ReadingStream};
pub use backup::restore;
pub use error::StoreError;
pub use faults::Faults;
pub use filter::{
    AlertFilter, AuditFault, AuditHead, AuditVerdict, DeliveryFilter, FindingFilter, IntentFilter,
    LeaseState, Maintained, NextDue, Restored, StoreStats,
};
pub use flow::*;
pub use model::*;
pub use options::{Mode, OpenOptions, Opened, Place};
pub use quota::*;
pub use store::Store;
pub use summary::*;
pub use token::TokenRow;
