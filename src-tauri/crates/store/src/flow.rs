//! The rows of proxy traffic: flows and their rollups, devices that hand them in, what was not believed, samples of
//! subscriptions, leak checks, reports. Shapes and their writes; the SQL stands in `apply/flow*` and `query/flow*`. Tested in
//! `tests/store/flows.rs` and `tests/store/flow_records.rs`.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tidegate_meter::{AccountId, DeviceId, Flow, FlowBytes, FlowKind, RowId, Span, Time};

use crate::StoreError;

/// A device that hands in flows: an agent on another machine, or a kernel on this one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DeviceRow {
    /// Which.
    pub device: DeviceId,
    /// Its name for people.
    pub name: String,
    /// The account that watches its kernel from here; `None` for an agent.
    pub account: Option<AccountId>,
    /// The token of its agent; `None` for a kernel that is watched from here.
    pub token: Option<RowId>,
    /// When it was first known.
    pub since: Time,
    /// When its flows arrived last.
    pub seen_at: Option<Time>,
    /// When it was ended by a person; its flows stay.
    pub ended_at: Option<Time>,
    /// What it told of itself last (versions, clock difference), as JSON of the engine.
    pub body: serde_json::Value,
}

/// An invitation: whoever shows its code once, in time, becomes the agent of that device.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InviteRow {
    /// SHA-256 of the code.
    pub hash: [u8; 32],
    /// For which device.
    pub device: DeviceId,
    /// The device's name for people.
    pub name: String,
    /// Who made it.
    pub by: String,
    /// When it was made.
    pub created_at: Time,
    /// Until when it is good.
    pub expires_at: Time,
    /// When it was used.
    pub used_at: Option<Time>,
}

/// What an epoch has counted already, asked about one number.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Counted {
    /// The newest number; `None` when nothing was counted.
    pub newest: Option<u64>,
    /// SHA-256 of what was counted under the number that was asked for; `None` when it was not counted, or so long before
    /// the newest that it is forgotten.
    pub digest: Option<[u8; 32]>,
    /// SHA-256 of each batch of that number that is kept aside.
    pub aside: Vec<[u8; 32]>,
}

/// A batch that was kept aside instead of counted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct QuarantineRow {
    /// Its id.
    pub id: RowId,
    /// Whose.
    pub device: DeviceId,
    /// Its epoch.
    pub epoch: RowId,
    /// Its number.
    pub sequence: u64,
    /// SHA-256 of its content.
    pub digest: [u8; 32],
    /// Why, in one short line.
    pub reason: String,
    /// When.
    pub at: Time,
    /// The batch itself.
    pub body: serde_json::Value,
}

/// One answer of a subscription's panel, as it was accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SampleRow {
    /// When it was true.
    pub at: Time,
    /// Sent, as billed.
    pub up: u64,
    /// Received, as billed.
    pub down: u64,
    /// The whole; `None` when unlimited or not told.
    pub total: Option<u64>,
    /// When it expires; `None` when never or not told.
    pub expires_at: Option<Time>,
}

/// What a leak check came to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LeakRow {
    /// Whose subscription.
    pub account: AccountId,
    /// The interval that both sides were summed over.
    pub span: Span,
    /// When it was made.
    pub at: Time,
    /// The verdict with its numbers, as JSON of the engine.
    pub body: serde_json::Value,
}

/// One report: of a day, or of the week that ends with it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReportRow {
    /// Its id.
    pub id: RowId,
    /// `daily` or `weekly`.
    pub kind: String,
    /// The last day that it tells of, in the zone of `body`.
    pub day: Date,
    /// When it was made.
    pub at: Time,
    /// What it tells, as JSON of the engine.
    pub body: serde_json::Value,
}

/// One thing by which flows are told apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowBy {
    /// The device.
    Device,
    /// The node.
    Node,
    /// The group.
    Group,
    /// The kernel's name of the subscription.
    Feed,
    /// Proxy, direct, reject, unattributed.
    Kind,
    /// The calendar day.
    Day,
}

/// Which flows are summed up, and by what. Days are those in whose zone the flows were filed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FlowFilter {
    /// The first day.
    pub from: Date,
    /// The last day, itself in it.
    pub through: Date,
    /// Only of this device.
    pub device: Option<DeviceId>,
    /// Told apart by these.
    pub by: Vec<FlowBy>,
    /// At most so many rows, the most bytes first; the rest is summed up.
    pub limit: usize,
}

/// A sum of flows; what they were not told apart by is `None`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FlowSum {
    /// The device.
    pub device: Option<DeviceId>,
    /// The node.
    pub node: Option<String>,
    /// The group.
    pub group: Option<String>,
    /// The kernel's name of the subscription.
    pub feed: Option<String>,
    /// What became of them.
    pub kind: Option<FlowKind>,
    /// The day.
    pub day: Option<Date>,
    /// How many.
    pub bytes: FlowBytes,
}

/// An answer about flows.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct FlowPage {
    /// The largest sums, the most bytes first.
    pub sums: Vec<FlowSum>,
    /// What the others come to together, and how many they are.
    pub rest: (FlowBytes, usize),
}

/// A span of instants in which flows are summed up: by minutes where they are kept. Of before, an hour counts whole where
/// it begins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FlowSpanFilter {
    /// From the minute of its start to before the minute of its end.
    pub span: Span,
    /// Only of this device.
    pub device: Option<DeviceId>,
}

/// One step of a line of flows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FlowPoint {
    /// Its start.
    pub at: Time,
    /// Of which kind.
    pub kind: FlowKind,
    /// How many.
    pub bytes: FlowBytes,
}

/// One change of what belongs to proxy traffic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FlowWrite {
    /// Counts the number of a batch; refused as a conflict (the whole transaction) when its epoch has counted it, or a
    /// later one, already.
    Sequence {
        /// Whose.
        device: DeviceId,
        /// Of which epoch.
        epoch: RowId,
        /// Its number.
        sequence: u64,
        /// SHA-256 of its content.
        digest: [u8; 32],
        /// When it arrived.
        at: Time,
    },
    /// Adds bytes to their minute, hour and day. Refused as a conflict when an estimate is more than what it is a part of,
    /// a day of one way would hold more than [`crate::limits::FLOW_DAY_BYTES`], or the device has taken more than
    /// [`crate::limits::FLOW_WAYS`] ways.
    Flow {
        /// Whose.
        device: DeviceId,
        /// The calendar day of their minute in the user's zone.
        day: Date,
        /// How many, and when.
        flow: Flow,
    },
    /// The kernel of a device was watched in this span; spans that touch become one. Refused as a conflict when it ends
    /// before it begins.
    Watched {
        /// Whose.
        device: DeviceId,
        /// When.
        span: Span,
    },
    /// Inserts or replaces a device; its baseline stays.
    Device(DeviceRow),
    /// An agent was heard. Refused as a conflict when the device is unknown or ended, or its agent has another token: what
    /// a person did in the meantime is not undone.
    Heard {
        /// Which device.
        device: DeviceId,
        /// The token that was shown.
        token: RowId,
        /// When.
        at: Time,
        /// What it told of itself, as JSON of the engine.
        body: serde_json::Value,
    },
    /// A new invitation; those of the same device that were not used are gone.
    Invite(InviteRow),
    /// Uses an invitation; refused as a conflict when it is unknown, used, or its time is over.
    UseInvite {
        /// SHA-256 of the code.
        hash: [u8; 32],
        /// When.
        at: Time,
    },
    /// The invitations of a device that were not used are good for nothing from now on.
    Uninvite {
        /// Which device.
        device: DeviceId,
    },
    /// Keeps a batch aside, once however often it is told, and lets go of the oldest of its device beyond [`crate::limits::QUARANTINE_ROWS`] or
    /// [`crate::limits::QUARANTINE_BYTES`].
    Quarantine(QuarantineRow),
    /// Where the count of a kernel that is watched from here stands, as JSON of the provider. Refused as a conflict when
    /// the device is unknown.
    Baseline {
        /// Whose.
        device: DeviceId,
        /// Its counters.
        body: serde_json::Value,
    },
    /// Keeps a sample of a subscription; one of the same instant is replaced.
    Sample {
        /// Whose.
        account: AccountId,
        /// What it told.
        sample: SampleRow,
    },
    /// Keeps a leak check.
    Leak(LeakRow),
    /// A new report; refused as a conflict when there is one of that kind and day.
    Report(ReportRow),
}

/// Days since 1970 of a calendar day.
pub(crate) fn day_number(day: Date) -> i64 {
    let first = Date::constant(1970, 1, 1);
    day.duration_since(first).as_hours().div_euclid(24)
}

/// Whole minutes since 1970.
pub(crate) fn minute_of(at: Time) -> i64 {
    at.ms().div_euclid(60_000)
}

/// A count as a column; what does not fit is refused.
pub(crate) fn whole(count: u64) -> Result<i64, StoreError> {
    i64::try_from(count).map_err(|_| StoreError::conflict("flow"))
}

/// The calendar day of a number of days since 1970; beyond what a calendar holds is damage.
pub(crate) fn day_of(number: i64) -> Result<Date, StoreError> {
    let days = jiff::Span::new()
        .try_days(number)
        .map_err(|_| StoreError::Corrupt)?;
    Date::constant(1970, 1, 1)
        .checked_add(days)
        .map_err(|_| StoreError::Corrupt)
}

/// A stored count.
pub(crate) fn count_of(stored: i64) -> Result<u64, StoreError> {
    u64::try_from(stored).map_err(|_| StoreError::Corrupt)
}
