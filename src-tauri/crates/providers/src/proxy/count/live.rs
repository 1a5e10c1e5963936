//! What passes now, for the moment it is shown. Owns the shapes; never stored.

use tidegate_meter::{FlowKind, Time};

use crate::ProviderError;

/// How a kernel is heard of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KernelState {
    /// Nothing came from it yet.
    Waiting,
    /// Its snapshots come.
    Watched,
    /// None come any more.
    Lost,
}

/// A kernel now.
#[derive(Clone, PartialEq, Debug)]
pub struct LiveKernel {
    /// How it is heard of.
    pub state: KernelState,
    /// Since when; `None` before anything was heard.
    pub since: Option<Time>,
    /// Why, when it was lost or its snapshots cannot be read.
    pub trouble: Option<ProviderError>,
    /// Why its log is not followed; `None` when it is, or was not asked for.
    pub logless: Option<ProviderError>,
    /// As it calls itself; empty when it never told.
    pub kernel: String,
    /// When its last snapshot came.
    pub as_of: Option<Time>,
    /// Bytes a second that are sent, by its totals; `None` when that is not known now.
    pub up_rate: Option<u64>,
    /// Bytes a second that are received.
    pub down_rate: Option<u64>,
    /// Open connections; `None` when not told.
    pub connections: Option<u32>,
    /// The same by node, the fastest first.
    pub nodes: Vec<LiveNode>,
    /// Connections, the fastest first, at most 200.
    pub list: Vec<LiveConnection>,
}

/// A node now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LiveNode {
    /// Its name.
    pub node: String,
    /// What becomes of its bytes.
    pub kind: FlowKind,
    /// Open connections.
    pub connections: u32,
    /// Bytes a second up.
    pub up_rate: u64,
    /// Bytes a second down.
    pub down_rate: u64,
}

/// A connection now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LiveConnection {
    /// Through which node.
    pub node: String,
    /// What the rule named.
    pub group: String,
    /// What becomes of its bytes.
    pub kind: FlowKind,
    /// Where it leads.
    pub host: String,
    /// Which program opened it; empty when not told.
    pub process: String,
    /// Sent so far.
    pub up: u64,
    /// Received so far.
    pub down: u64,
    /// Bytes a second up.
    pub up_rate: u64,
    /// Bytes a second down.
    pub down_rate: u64,
    /// When it was opened.
    pub since: Option<Time>,
}
