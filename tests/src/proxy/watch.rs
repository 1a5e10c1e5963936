//! The product at work: its own client of the controller and its own collector, and beside them a second sum of the
//! kernel's totals that knows nothing of either.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context;
use secrecy::SecretString;
use serde::Deserialize;
use tidegate_egress::{SystemTimer, Timer};
use tidegate_meter::Clock as _;
use tidegate_providers::proxy::{
    Collector, Controller, CountRules, Kernel as _, KernelClient, KernelConfig, KernelEvent, Place, Sealed,
    Tally,
};
use tokio::sync::mpsc;

/// How many events may wait.
const EVENTS: usize = 1024;

/// What is known at a moment.
struct Seen {
    collector: Collector,
    /// The sum of what the kernel's totals rose by, up and down together.
    total: u64,
    last: Option<(u64, u64)>,
    /// Snapshots that came.
    frames: u64,
    /// Snapshots in a row that showed no further byte.
    idle: u64,
    logless: bool,
}

/// The watch over one kernel.
pub(super) struct Watch {
    seen: Arc<Mutex<Seen>>,
    timer: Arc<SystemTimer>,
    task: tokio::task::JoinHandle<()>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Totals {
    upload_total: u64,
    download_total: u64,
}

impl Watch {
    /// Begins to watch the controller at this port.
    pub(super) fn begin(port: u16, secret: &str, logs: bool) -> Self {
        let timer = Arc::new(SystemTimer::default());
        let mut config = KernelConfig::new(Controller::At(Place::local(port)));
        config.secret = Some(SecretString::from(secret.to_owned()));
        config.logs = logs;
        let seen = Arc::new(Mutex::new(Seen {
            collector: Collector::new(None, CountRules::default()),
            total: 0,
            last: None,
            frames: 0,
            idle: 0,
            logless: false,
        }));
        let client = KernelClient::new(config, Arc::<SystemTimer>::clone(&timer));
        let (sender, receiver) = mpsc::channel(EVENTS);
        let follow = follow(receiver, Arc::clone(&seen), Arc::clone(&timer));
        let task = tokio::spawn(async move {
            tokio::join!(client.watch(sender), follow);
        });
        Self { seen, timer, task }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many snapshots came so far.
    pub(super) fn frames(&self) -> u64 {
        self.seen().frames
    }

    /// Snapshots in a row that showed no further byte.
    pub(super) fn idle(&self) -> u64 {
        self.seen().idle
    }

    /// The sums of the count.
    pub(super) fn tally(&self) -> Tally {
        self.seen().collector.tally()
    }

    /// What the kernel's totals rose by, both directions.
    pub(super) fn total(&self) -> u64 {
        self.seen().total
    }

    /// Whether the log could not be followed.
    pub(super) fn is_logless(&self) -> bool {
        self.seen().logless
    }

    /// Everything that was counted.
    pub(super) fn seal(&self) -> anyhow::Result<Sealed> {
        let now = self.timer.now();
        self.seen().collector.seal(now).context("something was counted")
    }

    pub(super) fn timer(&self) -> &dyn Timer {
        self.timer.as_ref()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn follow(mut events: mpsc::Receiver<KernelEvent>, seen: Arc<Mutex<Seen>>, timer: Arc<SystemTimer>) {
    while let Some(event) = events.recv().await {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.collector.take(&event, timer.now());
        match &event {
            KernelEvent::Frame { body, .. } => seen.control(body),
            KernelEvent::Logless(_) => seen.logless = true,
            KernelEvent::Opened(_) => seen.logless = false,
            _ => {}
        }
    }
}

impl Seen {
    /// Adds up the kernel's totals, anew from nothing where they fell.
    fn control(&mut self, body: &[u8]) {
        let Ok(now) = serde_json::from_slice::<Totals>(body) else {
            return;
        };
        let (up, down) = (now.upload_total, now.download_total);
        let before = self.last.replace((up, down));
        let risen = match before {
            None => 0,
            Some((old_up, old_down)) if up < old_up || down < old_down => up + down,
            Some((old_up, old_down)) => up - old_up + down - old_down,
        };
        self.total += risen;
        self.frames += 1;
        self.idle = if risen == 0 { self.idle + 1 } else { 0 };
    }
}
