//! Counting: what the kernel tells goes to the collector, and every few seconds what it counted goes to the spool, with
//! the baseline from which counting goes on, in one durable step. What the disk does not take stays counted here and
//! goes with the next batch.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::value::{RawValue, to_raw_value};
use tidegate_egress::Timer;
use tidegate_meter::{Mono, Now};
use tidegate_providers::proxy::{Baseline, Collector, KernelEvent, Sealed};
use tokio::sync::{Notify, mpsc};

use crate::limits;
use crate::spool::{Entry, Spool, SpoolLoad};
use crate::standing::{Board, KernelStanding};

/// Counts one kernel.
pub(crate) struct Collecting {
    pub(crate) collector: Collector,
    pub(crate) spool: Arc<Mutex<Spool>>,
    pub(crate) timer: Arc<dyn Timer>,
    /// Told when a batch was kept.
    pub(crate) news: Arc<Notify>,
    pub(crate) board: Arc<Board>,
    pub(crate) seal_every: Duration,
    /// When a batch was kept last.
    pub(crate) kept_at: Option<Mono>,
}

/// The baseline that was found, as the collector reads it; one that it cannot read begins anew.
pub(crate) fn baseline(found: Option<&RawValue>) -> Option<Baseline> {
    let read = serde_json::from_str(found?.get());
    if read.is_err() {
        tracing::warn!(
            "where counting stood cannot be read: it begins anew, and what passed meanwhile is not known"
        );
    }
    read.ok()
}

impl Collecting {
    /// Until `end`, or until the kernel's side ends, which is never by itself: then `false`.
    pub(crate) async fn run(
        &mut self,
        mut events: mpsc::Receiver<KernelEvent>,
        end: impl Future<Output = ()>,
    ) -> bool {
        let mut end = pin!(end);
        let timer = Arc::clone(&self.timer);
        let mut pause = pin!(timer.sleep(self.seal_every));
        let ended = loop {
            tokio::select! {
                biased;
                () = &mut end => break true,
                () = &mut pause => {
                    pause.set(timer.sleep(self.seal_every));
                    self.seal(false);
                }
                event = events.recv() => match event {
                    Some(event) => self.take(&event),
                    None => break false,
                },
            }
        };
        self.seal(true);
        ended
    }

    fn take(&mut self, event: &KernelEvent) {
        let now = self.timer.now();
        self.collector.take(event, now);
        match event {
            KernelEvent::Answers { kernel } => self.stands(now, |standing| {
                standing.name.clone_from(kernel);
                standing.is_answering = true;
                standing.why.clear();
                standing.logless.clear();
            }),
            KernelEvent::Lost(error) => {
                let why = error.to_string();
                self.stands(now, |standing| {
                    standing.is_answering = false;
                    standing.why = why;
                });
            }
            KernelEvent::Logless(error) => {
                let why = error.to_string();
                self.stands(now, |standing| standing.logless = why);
            }
            KernelEvent::Nodes(_) | KernelEvent::Frame { .. } | KernelEvent::Opened(_) => {}
        }
    }

    /// One line for each change, not for each try.
    fn stands(&self, now: Now, change: impl FnOnce(&mut KernelStanding)) {
        let before = self.board.look().kernel;
        let mut after = before.clone();
        change(&mut after);
        if before == after {
            return;
        }
        if after.is_answering && !before.is_answering {
            tracing::info!(kernel = after.name, "the kernel answers");
        } else if !after.is_answering && before.why != after.why {
            tracing::warn!(
                why = after.why,
                "the kernel does not answer: it is asked again, and what passes is not known"
            );
        } else if before.logless != after.logless && !after.logless.is_empty() {
            tracing::warn!(
                why = after.logless,
                "the kernel's log cannot be followed: short connections are estimated"
            );
        }
        self.board.tell(now.wall, |standing| standing.kernel = after);
    }

    /// Keeps what was counted. A batch without a byte waits until there is a minute of them, unless it is the last.
    fn seal(&mut self, is_last: bool) {
        let now = self.timer.now();
        let Some(sealed) = self.collector.seal(now) else {
            return;
        };
        let is_recent = self
            .kept_at
            .is_some_and(|kept| now.mono.since(kept) < limits::QUIET);
        if is_recent && !is_last && sealed.flows.is_empty() && sealed.restarts == 0 {
            self.collector.put_back(sealed);
            return;
        }
        let (told, load) = match self.keep(&sealed, now) {
            Ok(load) => {
                self.kept_at = Some(now.mono);
                self.news.notify_one();
                (String::new(), load)
            }
            Err((why, load)) => {
                self.collector.put_back(sealed);
                (why, load)
            }
        };
        if !told.is_empty() && self.board.look().disk != told {
            tracing::error!(
                why = told,
                "a batch cannot be kept: it stays in memory, and is tried again with the next"
            );
        }
        self.board.tell(now.wall, |standing| {
            standing.load = load;
            standing.disk = told;
        });
    }

    fn keep(&self, sealed: &Sealed, now: Now) -> Result<SpoolLoad, (String, SpoolLoad)> {
        let mut spool = self.spool.lock().unwrap_or_else(PoisonError::into_inner);
        let baseline = to_raw_value(&sealed.baseline).map_err(|error| (error.to_string(), spool.load()))?;
        let entry = Entry {
            sealed_at: now.wall,
            flows: sealed.flows.clone(),
            watched: sealed.watched.clone(),
            restarts: sealed.restarts,
            kernel: sealed.kernel.clone(),
            baseline: Some(baseline),
        };
        match spool.keep(entry) {
            Ok(()) => Ok(spool.load()),
            Err(error) => Err((error.to_string(), spool.load())),
        }
    }
}
