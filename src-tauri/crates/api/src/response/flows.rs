//! Proxy traffic as it is shown. Bytes are exact amounts; what was not watched is null and said, never nothing.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tidegate_meter::{AccountId, ChannelId, DeviceId, FlowKind, Quantity, Time};
use ts_rs::TS;

use super::{SaidView, ShownOnce};
use crate::request::ReportSpan;

/// Bytes of one sum.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct BytesView {
    /// Sent.
    #[ts(type = "{ value: string, unit: string }")]
    pub up: Quantity,
    /// Received.
    #[ts(type = "{ value: string, unit: string }")]
    pub down: Quantity,
    /// Both.
    #[ts(type = "{ value: string, unit: string }")]
    pub total: Quantity,
    /// The part of both that was spread by estimate.
    #[ts(type = "{ value: string, unit: string }")]
    pub estimated: Quantity,
}

/// Bytes by what became of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct FlowKindsView {
    /// Through a proxy node.
    pub proxy: BytesView,
    /// Past every proxy.
    pub direct: BytesView,
    /// Refused by a rule.
    pub reject: BytesView,
    /// Nobody can say.
    pub unattributed: BytesView,
}

/// Flows of some days.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct FlowsView {
    /// In whose days.
    pub zone: String,
    /// The first day.
    #[ts(type = "string")]
    pub from: Date,
    /// The last day, itself in it.
    #[ts(type = "string")]
    pub through: Date,
    /// All of it.
    pub sum: FlowKindsView,
    /// Told apart as asked, the most bytes first.
    pub rows: Vec<FlowRowView>,
    /// What the rows beyond the asked number come to, if there are any.
    pub rest: Option<FlowRestView>,
    /// How much of these days each device was watched.
    pub coverage: Vec<CoverageView>,
}

/// One sum; what it was not told apart by is null.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct FlowRowView {
    /// The device.
    #[ts(type = "string | null")]
    pub device: Option<DeviceId>,
    /// The node; empty: nobody can say.
    pub node: Option<String>,
    /// The group.
    pub group: Option<String>,
    /// The kernel's name of the subscription; empty: none.
    pub feed: Option<String>,
    /// What became of them.
    #[ts(type = "\"proxy\" | \"direct\" | \"reject\" | \"unattributed\" | null")]
    pub kind: Option<FlowKind>,
    /// The day.
    #[ts(type = "string | null")]
    pub day: Option<Date>,
    /// How many.
    pub bytes: BytesView,
}

/// Rows that are not listed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct FlowRestView {
    /// How many rows.
    pub rows: usize,
    /// What they come to.
    pub bytes: BytesView,
}

/// How much of a span a device was watched.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct CoverageView {
    /// Which device.
    #[ts(type = "string")]
    pub device: DeviceId,
    /// Its name.
    pub name: String,
    /// Seconds in which its kernel was watched.
    #[ts(type = "number")]
    pub watched: u64,
    /// Seconds that could have been: what has passed of the days since it was first known.
    #[ts(type = "number")]
    pub of: u64,
}

/// Flows over time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct FlowLineView {
    /// The length of a step in seconds: a minute, some minutes, an hour, a day.
    #[ts(type = "number")]
    pub step: u64,
    /// Oldest first, without a gap.
    pub points: Vec<FlowPointView>,
}

/// One step of a line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct FlowPointView {
    /// Its start.
    #[ts(type = "string")]
    pub at: Time,
    /// What passed; null when no device was watched.
    pub bytes: Option<FlowKindsView>,
}

/// What passes now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct LiveView {
    /// Now.
    #[ts(type = "string")]
    pub at: Time,
    /// Each device whose kernel is watched from here, and each agent that was heard of.
    pub devices: Vec<LiveDeviceView>,
    /// Connections of kernels that are watched from here, the fastest first, at most 200. Never stored.
    pub connections: Vec<ConnectionView>,
}

/// How a device is heard of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DeviceState {
    /// Its kernel is watched.
    Watched,
    /// Its kernel does not answer.
    Lost,
    /// Its agent was not heard of for a while.
    Silent,
    /// It was ended by a person.
    Ended,
    /// It was never heard of.
    New,
}

/// A device now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct LiveDeviceView {
    /// Which.
    #[ts(type = "string")]
    pub device: DeviceId,
    /// Its name.
    pub name: String,
    /// How it is heard of.
    pub state: DeviceState,
    /// As of when; of an agent the end of its last minute.
    #[ts(type = "string | null")]
    pub as_of: Option<Time>,
    /// Bytes a second that it sends; null when it is not known now.
    #[ts(type = "number | null")]
    pub up_rate: Option<u64>,
    /// Bytes a second that it receives.
    #[ts(type = "number | null")]
    pub down_rate: Option<u64>,
    /// Open connections; null when not told.
    pub connections: Option<u32>,
    /// The same by node, the fastest first.
    pub nodes: Vec<LiveNodeView>,
}

/// A node now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct LiveNodeView {
    /// Its name.
    pub node: String,
    /// What becomes of its bytes.
    #[ts(type = "\"proxy\" | \"direct\" | \"reject\" | \"unattributed\"")]
    pub kind: FlowKind,
    /// Open connections.
    pub connections: u32,
    /// Bytes a second up.
    #[ts(type = "number")]
    pub up_rate: u64,
    /// Bytes a second down.
    #[ts(type = "number")]
    pub down_rate: u64,
}

/// A connection now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct ConnectionView {
    /// Whose.
    #[ts(type = "string")]
    pub device: DeviceId,
    /// Through which node.
    pub node: String,
    /// What the rule named.
    pub group: String,
    /// What becomes of its bytes.
    #[ts(type = "\"proxy\" | \"direct\" | \"reject\" | \"unattributed\"")]
    pub kind: FlowKind,
    /// Where it leads.
    pub host: String,
    /// Which program opened it; empty when not told.
    pub process: String,
    /// Sent and received so far.
    pub bytes: BytesView,
    /// When it was opened.
    #[ts(type = "string | null")]
    pub since: Option<Time>,
}

/// Devices, and how to add one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct DevicesView {
    /// Every device, also those that were ended.
    pub devices: Vec<DeviceView>,
    /// Invitations that wait.
    pub invites: Vec<InviteView>,
    /// Whether agents can reach this program: its HTTP door is open beyond this machine, or not.
    pub door: Option<String>,
}

/// A device.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct DeviceView {
    /// Which.
    #[ts(type = "string")]
    pub device: DeviceId,
    /// Its name.
    pub name: String,
    /// The account that watches its kernel from here; null: an agent.
    #[ts(type = "string | null")]
    pub account: Option<AccountId>,
    /// How it is heard of.
    pub state: DeviceState,
    /// The same in a sentence, with what to do.
    pub said: SaidView,
    /// First known.
    #[ts(type = "string")]
    pub since: Time,
    /// Heard of last.
    #[ts(type = "string | null")]
    pub seen_at: Option<Time>,
    /// Its kernel: `mihomo v1.19.32`.
    pub kernel: Option<String>,
    /// The version of its agent.
    pub agent: Option<String>,
    /// How far its clock is ahead of ours, in milliseconds, where it matters.
    #[ts(type = "number | null")]
    pub clock_ahead_ms: Option<i64>,
    /// Batches that it still keeps.
    #[ts(type = "number | null")]
    pub backlog: Option<u64>,
    /// Batches that were not believed.
    pub quarantined: usize,
    /// Today.
    pub today: FlowKindsView,
    /// How much of today it was watched.
    pub coverage: CoverageView,
}

/// An invitation that waits.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct InviteView {
    /// For which device.
    #[ts(type = "string")]
    pub device: DeviceId,
    /// Its name.
    pub name: String,
    /// Until when.
    #[ts(type = "string")]
    pub expires_at: Time,
}

/// A new invitation, its code shown once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct InvitedView {
    /// For which device.
    #[ts(type = "string")]
    pub device: DeviceId,
    /// The code.
    #[ts(type = "string")]
    pub code: ShownOnce,
    /// Until when it is good.
    #[ts(type = "string")]
    pub expires_at: Time,
}

/// Subscriptions, the shortest first.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct SubscriptionsView {
    /// Each.
    pub subscriptions: Vec<SubscriptionView>,
}

/// A subscription.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct SubscriptionView {
    /// Which account.
    #[ts(type = "string")]
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// When what stands here was true; null when it was never read.
    #[ts(type = "string | null")]
    pub as_of: Option<Time>,
    /// Why the newest look gave nothing, in a sentence; null when it gave truth.
    pub blind: Option<SaidView>,
    /// Used.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub used: Option<Quantity>,
    /// The whole; null when unlimited or not told.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub total: Option<Quantity>,
    /// Left.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub remaining: Option<Quantity>,
    /// Used today; null without a sample of yesterday.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub today: Option<Quantity>,
    /// Samples around midnight are far apart, or it was counted anew: `today` is a guess.
    pub today_estimated: bool,
    /// When it expires.
    #[ts(type = "string | null")]
    pub expires_at: Option<Time>,
    /// When it is counted anew.
    pub reset: Option<ResetView>,
    /// For how long it lasts.
    pub left: DaysLeftView,
    /// The newest leak check.
    pub leak: Option<LeakView>,
    /// What kernels call it.
    pub feeds: Vec<String>,
    /// Its nodes that count other than once.
    pub nodes: Vec<NodeView>,
}

/// When a subscription is counted anew.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct ResetView {
    /// On which day of the month.
    pub day: u8,
    /// Next.
    #[ts(type = "string")]
    pub next: Date,
    /// Who says so: `told` by the panel, `set` by the user, `learned` from two resets.
    pub by: String,
}

/// For how long a subscription lasts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct DaysLeftView {
    /// `range`, `until_reset`, `until_expiry`, `no_estimate`, `unlimited`, `used_up`.
    pub kind: String,
    /// Days at least, at the fastest rate of the last 7, 14 and 28 days.
    pub least: Option<u32>,
    /// Days at most, at the slowest.
    pub most: Option<u32>,
    /// The same in a sentence.
    pub said: SaidView,
}

/// A leak check.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct LeakView {
    /// The interval of both sides.
    #[ts(type = "string")]
    pub start: Time,
    /// Its end.
    #[ts(type = "string")]
    pub end: Time,
    /// `agrees`, `used_elsewhere`, `counted_here`, `not_decidable`.
    pub verdict: String,
    /// The check right before came to the same difference: only then it is told.
    pub confirmed: bool,
    /// What the panel billed.
    #[ts(type = "{ value: string, unit: string }")]
    pub billed: Quantity,
    /// What our devices sent through its nodes, as it would be billed.
    #[ts(type = "{ value: string, unit: string }")]
    pub ours: Quantity,
    /// Billed less ours.
    #[ts(type = "{ value: string, unit: string }")]
    pub difference: Quantity,
    /// How much may differ.
    #[ts(type = "{ value: string, unit: string }")]
    pub tolerance: Quantity,
    /// The part of the interval in which every device was watched, in percent.
    #[ts(type = "{ value: string, unit: string }")]
    pub coverage: Quantity,
    /// The same in a sentence.
    pub said: SaidView,
}

/// A node that counts other than once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct NodeView {
    /// Its name.
    pub node: String,
    /// By how much: `1.5`.
    pub multiplier: String,
    /// Who says so: its `name`, or the `user`.
    pub by: String,
}

/// A report as it would be, or was, sent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct ReportView {
    /// Of which days.
    pub span: ReportSpan,
    /// The first day.
    #[ts(type = "string")]
    pub from: Date,
    /// The last day.
    #[ts(type = "string")]
    pub through: Date,
    /// When it was made.
    #[ts(type = "string")]
    pub at: Time,
    /// Its headline.
    pub subject: String,
    /// All of it in plain text.
    pub text: String,
    /// The mail as HTML, complete, without anything remote and without script.
    pub html: String,
    /// Where it was sent, newest state; empty when it was not.
    pub sent: Vec<ReportSentView>,
}

/// A report on one channel.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct ReportSentView {
    /// Which.
    #[ts(type = "string")]
    pub channel: ChannelId,
    /// `pending`, `sent`, `failed`.
    pub state: String,
    /// When.
    #[ts(type = "string | null")]
    pub at: Option<Time>,
}
