//! The store on real files: batches, commits, lease, history, damage, audit, backup.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests: a failed assumption must fail the test"
)]

mod audit;
mod backup;
mod batch;
mod commit;
mod damage;
mod findings;
mod flow_records;
mod flows;
mod history;
mod items;
mod later;
mod lease;
mod log;
mod quotas;
mod recent;
mod summary;
mod support;
mod tokens;
