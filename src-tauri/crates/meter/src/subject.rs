//! What is measured and what can be acted on: the description of a meter and of a target.

use serde::{Deserialize, Serialize};

use crate::{AccountId, MeterId, TargetId};

/// The kind of quantity a meter measures.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeterKind {
    /// A prepaid traffic package.
    Traffic,
    /// A prepaid money or credit balance.
    Balance,
    /// Spending against a quota.
    Spending,
    /// Days to a renewal.
    Renewal,
}

/// How the provider's own console counts bytes, so that a person sees the number they know.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ByteBase {
    /// 1 GB = 10^9 bytes, shown as GB.
    Decimal,
    /// 1 GB of the console = 2^30 bytes, shown as GiB.
    Binary,
}

/// What a meter is, apart from its value.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MeterInfo {
    /// Whose it is.
    pub account: AccountId,
    /// Its id within the account.
    pub id: MeterId,
    /// What it measures.
    pub kind: MeterKind,
    /// A name for people: `flexus-l-1 · 流量包`.
    pub name: String,
    /// How its bytes are shown.
    pub byte_base: ByteBase,
    /// The targets whose use this meter measures, by the provider's mapping or the user's override; empty when unknown.
    pub targets: Vec<Target>,
}

/// The kind of thing that can be stopped.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetKind {
    /// A cloud server: stop and start.
    Server,
    /// A sub-account: disable and restore.
    SubAccount,
}

/// A thing that can be stopped.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Target {
    /// What it is.
    pub kind: TargetKind,
    /// The provider's id.
    pub id: TargetId,
    /// A name for people, as discovered.
    pub name: String,
    /// The provider's region, where targets live in regions; empty otherwise.
    pub region: String,
}
