//! What is asked about proxy traffic: flows, devices, subscriptions, reports.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tidegate_meter::{AccountId, DeviceId, FlowBatch, Lang, Quantity, RowId, Time};
use ts_rs::TS;

/// Flows of calendar days in the user's zone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct FlowsAsked {
    /// The first day.
    #[ts(type = "string")]
    pub from: Date,
    /// The last day, itself in it; at most 400 days after the first.
    #[ts(type = "string")]
    pub through: Date,
    /// Only of this device.
    #[serde(default)]
    #[ts(optional, type = "string | null")]
    pub device: Option<DeviceId>,
    /// Told apart by these; empty: one sum.
    pub by: Vec<FlowBy>,
    /// At most so many rows, the most bytes first.
    pub limit: u32,
}

/// One thing by which flows are told apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
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

/// Flows over time, by kind.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct FlowLineAsked {
    /// From.
    #[ts(type = "string")]
    pub start: Time,
    /// To.
    #[ts(type = "string")]
    pub end: Time,
    /// Only of this device.
    #[serde(default)]
    #[ts(optional, type = "string | null")]
    pub device: Option<DeviceId>,
    /// At most so many steps, 4 to 2000.
    pub points: u32,
}

/// A device that is to hand in flows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct InviteAgent {
    /// Its slug: a new one, or one whose agent is to be replaced.
    #[ts(type = "string")]
    pub device: DeviceId,
    /// Its name for people.
    pub name: String,
}

/// One device.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct DeviceAsked {
    /// Which.
    #[ts(type = "string")]
    pub device: DeviceId,
}

/// Which days a report tells of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReportSpan {
    /// One day.
    Daily,
    /// The seven days that end with a day.
    Weekly,
}

/// A report.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct ReportAsked {
    /// Of which days.
    pub span: ReportSpan,
    /// The last of them; today where it is not told.
    #[serde(default)]
    #[ts(optional, type = "string | null")]
    pub day: Option<Date>,
    /// Of the texts.
    #[ts(type = "\"zh-CN\" | \"en\"")]
    pub lang: Lang,
}

/// When reports are sent, and where.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ReportSettings {
    /// Every day.
    pub daily: bool,
    /// At this time of day in the user's zone: `23:55`.
    pub at: String,
    /// Every week on this day: `mon` to `sun`; null: never.
    pub weekly: Option<String>,
    /// Where they go; empty: every channel.
    #[ts(type = "Array<string>")]
    pub channels: Vec<tidegate_meter::ChannelId>,
    /// Not on a day without any flow, alert or action.
    pub quiet_when_idle: bool,
}

/// Flows of an earlier system, or the question how far they were taken over.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct ImportFlows {
    /// Whose.
    #[ts(type = "string")]
    pub device: DeviceId,
    /// What it is called, where it is not known yet.
    pub name: String,
    /// The epoch of its history.
    #[ts(type = "string")]
    pub epoch: RowId,
    /// The next batch of it; null: only the question.
    #[ts(type = "unknown")]
    pub batch: Option<FlowBatch>,
}

/// What a subscription told over time, as an earlier system kept it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct ImportSamples {
    /// Whose.
    #[ts(type = "string")]
    pub account: AccountId,
    /// At most 1000.
    pub samples: Vec<EarlierSample>,
}

/// What a subscription told once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct EarlierSample {
    /// When.
    #[ts(type = "string")]
    pub at: Time,
    /// Used.
    #[ts(type = "{ value: string, unit: string }")]
    pub used: Quantity,
    /// The whole; null when none was told.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub total: Option<Quantity>,
    /// When it expires.
    #[ts(type = "string | null")]
    pub expires_at: Option<Time>,
}
