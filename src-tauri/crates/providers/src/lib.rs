//! Outside to readings, and control of targets. One folder per provider.
//!
//! Owns the traits [`Source`] and [`Control`], their errors, and every provider. Never stores, never judges, never
//! decides to act: a request that changes anything takes a [`tidegate_guard::Permit`]. Tested per provider against
//! recorded bodies and in `tests/` against the simulated cloud.

pub mod calendar;
mod contract;
pub mod huawei;
mod json;
mod key;
mod limits;
pub mod mailbox;
pub mod oauth;
pub mod policy;
mod refusal;
pub mod sign;
pub mod specs;
pub mod sub_accounts;
pub mod volcengine;

pub use contract::{
    AccountCheck, Control, Discovery, FoundTarget, MeterLook, ProviderError, ProviderErrorKind, ReadReport,
    Rights, Source, TargetState,
};
pub use key::Credential;
