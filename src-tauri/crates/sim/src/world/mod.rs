//! The world behind the simulated providers: what is true, what is told, and who may ask. Owns [`World`], a handle
//! that clones cheaply; every change goes through it. Time comes from one [`Clock`] that is the world's own: the
//! client's clock may be wrong, the world's never is. Tested in `tests/world.rs`.

mod build;
mod curve;
mod cycle;
mod fault;
mod journey;
mod ledger;
mod log;
mod make;
mod model;
mod run;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tidegate_meter::{Clock, Time};

use crate::balances::Purses;
use crate::feishu::Sink;
use crate::sinks::Sinks;
use crate::volcengine::Accounts;

pub use build::Builder;
pub use curve::Curve;
pub use fault::{Fault, Lie};
pub(crate) use fault::{Faults, Spot};
pub(crate) use journey::Journey;
pub use ledger::Truth;
pub(crate) use ledger::{Standing, covers, reported, settle};
pub(crate) use log::Log;
pub use log::LoggedRequest;
pub(crate) use make::REGIONS;
pub(crate) use model::{
    Account, Eip, Job, JobPart, Key, Package, PackageEvent, Project, Recent, Server, Task,
};
pub use model::{Cover, Credential, Rights, Site, Throttle};
pub(crate) use run::{new_job_id, new_request_id};

/// `n` binary gigabytes in bytes: what Huawei's unit 10 means.
#[must_use]
pub const fn gib(n: i64) -> i64 {
    n.saturating_mul(1 << 30)
}

/// `n` binary megabytes in bytes.
#[must_use]
pub const fn mib(n: i64) -> i64 {
    n.saturating_mul(1 << 20)
}

/// `n` Mbit/s as bits per second.
#[must_use]
pub const fn mbit(n: u64) -> u64 {
    n.saturating_mul(1_000_000)
}

/// `n` seconds.
#[must_use]
pub const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// `n` minutes.
#[must_use]
pub const fn minutes(n: u64) -> Duration {
    seconds(n.saturating_mul(60))
}

/// `n` hours.
#[must_use]
pub const fn hours(n: u64) -> Duration {
    minutes(n.saturating_mul(60))
}

/// `n` days.
#[must_use]
pub const fn days(n: u64) -> Duration {
    hours(n.saturating_mul(24))
}

/// Everything that is true, behind one lock that is never held across an await point.
pub(crate) struct State {
    pub(crate) start: Time,
    pub(crate) advanced: Duration,
    pub(crate) rng: fastrand::Rng,
    pub(crate) accounts: Vec<Account>,
    /// Account and key by access key: a thousand accounts are looked up on every request.
    pub(crate) keys: HashMap<String, (usize, usize)>,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
    pub(crate) sink: Sink,
    pub(crate) sinks: Sinks,
    pub(crate) purses: Purses,
    pub(crate) volcengine: Accounts,
    pub(crate) stop_delay: Duration,
    pub(crate) latency: Duration,
    pub(crate) throttle: Throttle,
    pub(crate) jobs: Vec<Job>,
}

impl State {
    /// Brings the lookup of keys up to date.
    pub(crate) fn index_keys(&mut self) {
        let keys = self.accounts.iter().enumerate().flat_map(|(account, of)| {
            let keys = of.keys.iter().enumerate();
            keys.map(move |(key, of)| (of.credential.ak.clone(), (account, key)))
        });
        self.keys = keys.collect();
    }
}

/// A simulated world; clones share it. See [`World::new`] and [`Builder`].
#[derive(Clone)]
pub struct World {
    clock: Arc<dyn Clock>,
    state: Arc<Mutex<State>>,
}

impl World {
    /// Describes a new world. The same seed and the same calls give the same ids, secrets and traffic.
    #[must_use]
    #[expect(
        clippy::new_ret_no_self,
        reason = "a world is described before it exists: World::new(seed).account(…).build(clock)"
    )]
    pub fn new(seed: u64) -> Builder {
        Builder::new(seed)
    }

    /// `count` accounts with one server and one package each, for benches.
    #[must_use]
    pub fn many(count: usize) -> Builder {
        Builder::many(count)
    }

    /// The world of `tidegated sim` and `demo` without a scenario: one account with a nearly dry package, a healthy
    /// one, a shared one, and a server that is off.
    #[must_use]
    pub fn example(seed: u64) -> Builder {
        Builder::example(seed)
    }

    /// The world's own time: its clock plus what [`World::advance`] added.
    #[must_use]
    pub fn now(&self) -> Time {
        let advanced = self.lock().advanced;
        self.clock.now().wall.plus(advanced)
    }

    /// Lets the world alone go on by `span`. Clients that sign with their own clock are then out of step: beyond
    /// 15 minutes the gateway refuses them.
    pub fn advance(&self, span: Duration) {
        let mut state = self.lock();
        state.advanced = state.advanced.saturating_add(span);
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `f` on the state, together with the time of this moment.
    pub(crate) fn with<T>(&self, f: impl FnOnce(&mut State, Time) -> T) -> T {
        let mut state = self.lock();
        let now = self.clock.now().wall.plus(state.advanced);
        f(&mut state, now)
    }
}
