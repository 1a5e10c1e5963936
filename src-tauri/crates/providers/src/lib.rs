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
#[cfg(test)]
#[path = "../tests/common/mutate"]
mod mutate {
    pub(crate) mod mutant;
    pub(crate) mod text;
}
pub mod oauth;
mod params;
mod pin;
pub mod policy;
pub mod proxy;
mod refusal;
pub mod sign;
pub mod specs;
pub mod sub_accounts;
pub mod subscription_info;
mod trust;
pub mod volcengine;
mod wire;

pub use contract::{
    AccountCheck, Control, Discovery, FoundTarget, MeterLook, ProviderError, ProviderErrorKind, ReadReport,
    Rights, Source, TargetState,
};
pub use key::Credential;
pub use params::{ParamField, ParamMistake};
pub use pin::{Pin, PinError};
pub use trust::Trust;
pub use wire::Wire;
