//! A simulated proxy kernel: its controller over real sockets, and traffic that happens because a test says so.
//!
//! Owns [`SimKernel`]: connections that open, carry bytes and close when told, the kernel's own totals, the exact truth by
//! node beside them, and the four dialects of the controller with their lies ([`Lie`]). Never counts for anybody and
//! never calls a client of ours: client and kernel judge each other. Tested in `tests/proxy`, and by the client against
//! it in `providers/tests/proxy`.

mod body;
mod lie;
mod line;
mod serve;
mod socket;
mod state;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tidegate_egress::Timer;
use tokio::sync::watch;

pub use lie::Lie;
pub use state::{Carried, Feed, FeedInfo};

use crate::time::ScaledTimer;
use state::State;

/// Which program the kernel plays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    /// Mihomo 1.19.32: `null` for an empty list, `providerChains`, subscriptions.
    Mihomo,
    /// sing-box 1.14: an empty list, few words of a connection, logs joined by a number.
    SingBox,
    /// The original Clash: no memory, no chains of providers.
    Clash,
    /// clash-rs: seconds in place of milliseconds, plain words in place of JSON for a refusal.
    ClashRs,
}

/// One request that came in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// Its method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The value of its `Authorization`.
    pub authorization: Option<String>,
    /// The value of its `Upgrade`.
    pub upgrade: Option<String>,
}

/// A simulated kernel. Clones are the same kernel.
#[derive(Clone)]
pub struct SimKernel {
    inner: Arc<Inner>,
}

struct Inner {
    dialect: Dialect,
    timer: Arc<dyn Timer>,
    state: Mutex<State>,
    /// Whether it runs, and in which life: every socket of an earlier one ends at once.
    life: watch::Sender<Life>,
    /// A line for whoever follows the log.
    log: tokio::sync::broadcast::Sender<Bytes>,
}

/// Whether the process is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Life {
    number: u32,
    runs: bool,
}

impl SimKernel {
    /// A kernel without traffic, paced by `timer`: with a virtual one serve it over [`Self::serve`], since real sockets
    /// know no virtual time.
    #[must_use]
    pub fn new(dialect: Dialect, timer: Arc<dyn Timer>) -> Self {
        let life = Life {
            number: 1,
            runs: true,
        };
        Self {
            inner: Arc::new(Inner {
                dialect,
                timer,
                state: Mutex::new(State::new(dialect)),
                life: watch::Sender::new(life),
                log: tokio::sync::broadcast::Sender::new(crate::limits::LOG_LINES),
            }),
        }
    }

    /// A kernel in the machine's own time.
    #[must_use]
    pub fn live(dialect: Dialect) -> Self {
        Self::new(dialect, Arc::new(ScaledTimer::live()))
    }

    /// Asks for this secret from now on; over a unix socket it never does.
    pub fn set_secret(&self, secret: &str) {
        self.state().secret = secret.to_owned();
    }

    /// A node of the kernel's own configuration, with the type it tells: `Shadowsocks`, `Direct`, `Reject`, ….
    pub fn add_node(&self, name: &str, kind: &str) {
        self.state().nodes.insert(name.to_owned(), kind.to_owned());
    }

    /// A group: a node with members.
    pub fn add_group(&self, name: &str, members: &[&str]) {
        let members = members.iter().map(|member| (*member).to_owned()).collect();
        self.state().groups.insert(name.to_owned(), members);
    }

    /// A subscription with its nodes. One of the same name is replaced, as by an update.
    pub fn add_feed(&self, feed: Feed) {
        self.state().feeds.insert(feed.name.clone(), feed);
    }

    /// Takes a node out of the lists; its open connections stay.
    pub fn remove_node(&self, name: &str) {
        self.state().remove_node(name);
    }

    /// Opens a connection over `chain`, from the node that is dialled to what the rule named. The log tells it. Returns
    /// its id.
    pub fn open(&self, chain: &[&str]) -> String {
        let at = self.inner.timer.now().wall;
        let opened = self.state().open(chain, state::Sort::Plain, at);
        for line in line::opened(self.inner.dialect, &opened) {
            // Nobody may be following the log.
            let _followers = self.inner.log.send(line);
        }
        opened.id
    }

    /// Opens a connection that the kernel makes for itself through `node`: with a rule it counts, as its own downloads
    /// do; without one it is listed and not counted, as the hop of a chained node.
    pub fn open_inner(&self, node: &str, with_rule: bool) -> String {
        let sort = if with_rule {
            state::Sort::Own
        } else {
            state::Sort::Hop
        };
        let at = self.inner.timer.now().wall;
        self.state().open(&[node], sort, at).id
    }

    /// Carries bytes over an open connection.
    pub fn pass(&self, id: &str, up: u64, down: u64) {
        self.state().pass(id, up, down);
    }

    /// Closes a connection: it is in no snapshot from now on.
    pub fn close(&self, id: &str) {
        self.state().connections.remove(id);
    }

    /// A connection that no snapshot ever shows: opened, used and closed at once. The log tells it, and so do the totals.
    pub fn flash(&self, chain: &[&str], up: u64, down: u64) {
        let id = self.open(chain);
        self.pass(&id, up, down);
        self.close(&id);
    }

    /// Lowers a connection's counters by so much, and not what it carried: a lie.
    pub fn lower(&self, id: &str, up: u64, down: u64) {
        self.state().lower(id, up, down);
    }

    /// What truly passed through each node since the first life: whoever counts should come to the same.
    #[must_use]
    pub fn truth(&self) -> BTreeMap<String, Carried> {
        self.state().truth.clone()
    }

    /// The totals of this life, as the snapshots tell them.
    #[must_use]
    pub fn totals(&self) -> Carried {
        self.state().totals
    }

    /// Lies from now on.
    pub fn lie(&self, lie: Lie) {
        self.state().lies.insert(lie);
    }

    /// Tells the truth again.
    pub fn be_honest(&self) {
        self.state().lies.clear();
    }

    /// Begins anew in place: totals and connections gone, every socket closed without a word, the port never unheard.
    pub fn restart(&self) {
        self.state().begin_anew();
        self.inner.life.send_modify(|life| life.number += 1);
    }

    /// Reads its configuration anew: totals and connections survive, and so do the sockets.
    pub fn reload(&self) {
        self.state().reloads += 1;
    }

    /// Ends: nothing listens any more until [`Self::start`].
    pub fn stop(&self) {
        self.inner.life.send_modify(|life| life.runs = false);
    }

    /// Starts again, with counters from 0.
    pub fn start(&self) {
        self.state().begin_anew();
        self.inner.life.send_modify(|life| {
            life.number += 1;
            life.runs = true;
        });
    }

    /// Closes every socket of a client; the kernel itself goes on.
    pub fn hang_up(&self) {
        self.inner.life.send_modify(|life| life.number += 1);
    }

    /// Every request so far.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.state().asked.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
