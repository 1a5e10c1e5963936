//! Proxy traffic as the engine tells it. Shapes only; exact bytes, and `None` where nobody watched.

use std::time::Duration;

use tidegate_meter::{AccountId, DeviceId, KindBytes, Time};
use tidegate_providers::proxy::{LiveConnection, LiveNode};
use tidegate_store::FlowPage;

/// Flows of some days.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FlowsTold {
    /// All of them.
    pub sum: KindBytes,
    /// Told apart as asked.
    pub page: FlowPage,
    /// How much of these days each device was watched.
    pub coverage: Vec<Coverage>,
}

/// How much of a span a device was watched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Coverage {
    /// Which device.
    pub device: DeviceId,
    /// Its name.
    pub name: String,
    /// How long its kernel was watched.
    pub watched: Duration,
    /// How long it could have been: what has passed of the span since the device was first known, until it was ended.
    pub of: Duration,
}

/// Flows over time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineTold {
    /// The length of a step; of a calendar day 24 hours, though some have 23 or 25.
    pub step: Duration,
    /// Oldest first, without a gap.
    pub points: Vec<LinePoint>,
}

/// One step of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LinePoint {
    /// Its start.
    pub at: Time,
    /// What passed; `None` when no device was watched and nothing is known.
    pub bytes: Option<KindBytes>,
}

/// How a device is heard of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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

/// What passes now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LiveTold {
    /// Now.
    pub at: Time,
    /// Each device that is watched from here or hands in flows.
    pub devices: Vec<LiveDevice>,
    /// Connections of kernels that are watched from here, the fastest first, at most [`crate::limits::LIVE_CONNECTIONS`].
    pub connections: Vec<(DeviceId, LiveConnection)>,
}

/// A device now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LiveDevice {
    /// Which.
    pub device: DeviceId,
    /// Its name.
    pub name: String,
    /// The account that watches its kernel from here; `None` for an agent.
    pub account: Option<AccountId>,
    /// How it is heard of.
    pub state: DeviceState,
    /// As of when.
    pub as_of: Option<Time>,
    /// Bytes a second that it sends and receives; `None` when that is not known now.
    pub rates: Option<(u64, u64)>,
    /// Open connections, where they are told.
    pub connections: Option<u32>,
    /// The same by node, the fastest first.
    pub nodes: Vec<LiveNode>,
}
