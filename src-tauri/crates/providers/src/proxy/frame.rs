//! One snapshot of a kernel, and one line of its log, as the accountant takes them: borrowed from the bytes that came,
//! because there are thousands of connections in one, every second.

use std::borrow::Cow;

use tidegate_meter::{Now, Time};

/// Everything a kernel told of its connections at one moment.
#[derive(Clone, PartialEq, Debug)]
pub struct Frame<'a> {
    /// When it arrived, on both clocks.
    pub at: Now,
    /// Sent since the kernel began to count.
    pub up_total: u64,
    /// Received since then.
    pub down_total: u64,
    /// Its connections; `None` when it told none, which is not the same as having none.
    pub connections: Option<Vec<Connection<'a>>>,
}

/// One connection that is open.
#[derive(Clone, PartialEq, Debug)]
pub struct Connection<'a> {
    /// Its id; never used again.
    pub id: Cow<'a, str>,
    /// Sent over it.
    pub up: u64,
    /// Received over it.
    pub down: u64,
    /// From the node that was dialled to what the rule named.
    pub chain: Vec<Cow<'a, str>>,
    /// For each of `chain` the subscription that it came from; empty texts where none, and no entries where not told.
    pub feeds: Vec<Cow<'a, str>>,
    /// When it was opened, where that is told.
    pub since: Option<Time>,
    /// Its transport.
    pub network: Network,
    /// The port on the device's side: with `network` what a line of the log shares with it.
    pub source_port: u16,
    /// Made by the kernel for itself and not in its totals: left out before anything is summed up.
    pub is_inner: bool,
    /// Where it leads, for the moment it is shown; never stored.
    pub host: Cow<'a, str>,
    /// Which program opened it, where that is told; never stored.
    pub process: Cow<'a, str>,
}

/// The transport of a connection.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Network {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

/// A connection whose opening the log told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opened {
    /// Its transport.
    pub network: Network,
    /// The port on the device's side.
    pub source_port: u16,
    /// The node that was dialled, as far as the line tells it.
    pub node: Option<String>,
    /// What the rule named.
    pub group: String,
}
