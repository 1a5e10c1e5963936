//! The world ends at every labelled point, the folder is opened again, and everything is handed in: no byte is lost,
//! none counts twice, no number is missing or stands for two contents, and counting goes on from where it was kept.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tidegate_agent::limits;
use tidegate_agent::spool::{CrashHook, POINTS, Spool};

use crate::kit::{Folder, Server, next, numbered};

/// Ends the world when `label` is passed for the `nth` time.
fn ending(label: &'static str, nth: usize) -> CrashHook {
    let passed = AtomicUsize::new(0);
    Arc::new(move |at| {
        if at == label && passed.fetch_add(1, Ordering::SeqCst) + 1 == nth {
            std::panic::panic_any(at);
        }
    })
}

/// Batches that were durable, as the agent that counts them knows: it counts again what was not kept, from the
/// baseline that is found.
struct Agent {
    folder: Folder,
    server: Server,
    kept: u64,
}

impl Agent {
    fn new() -> Self {
        Self {
            folder: Folder::new(),
            server: Server::default(),
            kept: 0,
        }
    }

    /// Counts on from the baseline up to batch number `until`.
    fn count(&mut self, spool: &mut Spool, until: u64) {
        while self.kept < until {
            spool.keep(numbered(self.kept)).unwrap();
            self.kept += 1;
        }
    }

    /// Opens the folder as it was left; what was durable is what the baseline says.
    fn open(&mut self, cap: u64, hook: Option<CrashHook>) -> Spool {
        let (spool, baseline) = self.folder.open_with(cap, hook);
        self.kept = baseline.map_or(0, |text| {
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            value["at"].as_u64().unwrap() / 10 + 1
        });
        spool
    }

    /// Runs until the world ends at the label or `story` is over, then lives on without crashes.
    fn survive(mut self, label: &'static str, nth: usize, story: impl Fn(&mut Self, &mut Spool)) -> bool {
        let mut spool = self.open(limits::SPOOL_BYTES, Some(ending(label, nth)));
        let ended = catch_unwind(AssertUnwindSafe(|| story(&mut self, &mut spool)));
        drop(spool);
        let mut spool = self.open(limits::SPOOL_BYTES, None);
        self.count(&mut spool, TOTAL);
        self.server.drain(&mut spool);
        self.server.assert_counted(TOTAL);
        self.server.assert_numbers_without_gap();
        assert_eq!(spool.load().batches, 0);
        ended.is_err()
    }
}

/// Enough for packing, before and after something was sent.
const TOTAL: u64 = 400;

/// Counts, is offline, hands a few in, is offline again.
fn story(agent: &mut Agent, spool: &mut Spool) {
    agent.count(spool, 3);
    for _ in 0..2 {
        let out = next(spool).unwrap();
        agent.server.take(&out);
        spool.settle_sent().unwrap();
    }
    agent.server.take(&next(spool).unwrap());
    agent.count(spool, 200);
    let out = next(spool).unwrap();
    agent.server.take(&out);
    spool.settle_sent().unwrap();
    agent.count(spool, TOTAL);
    agent.server.drain(spool);
}

#[test]
fn a_crash_at_any_point_loses_nothing_and_doubles_nothing() {
    let in_story = POINTS.iter().filter(|label| !label.starts_with("refuse"));
    for &label in in_story {
        for nth in [1, 2, 3, 90, 190] {
            let ended = Agent::new().survive(label, nth, story);
            let is_frequent = !label.starts_with("fold") || label.ends_with("one");
            assert!(
                ended || nth > 1 && (nth > 3 || !is_frequent || label.starts_with("fold")),
                "{label} {nth}"
            );
        }
    }
}

#[test]
fn every_point_is_passed_by_some_story() {
    for label in POINTS {
        let mut agent = Agent::new();
        let mut spool = agent.open(limits::SPOOL_BYTES, Some(ending(label, 1)));
        let ended = catch_unwind(AssertUnwindSafe(|| {
            story(&mut agent, &mut spool);
            spool.keep(numbered(TOTAL)).unwrap();
            next(&mut spool).unwrap();
            spool.refuse_sent().unwrap();
        }));
        let payload = ended.expect_err(label);
        assert_eq!(payload.downcast_ref::<&str>(), Some(&label));
    }
}

#[test]
fn a_crash_while_a_refused_batch_is_put_aside_keeps_it_to_be_refused_again() {
    for label in ["refuse.copied", "leave.before", "leave.named"] {
        let mut agent = Agent::new();
        let mut spool = agent.open(limits::SPOOL_BYTES, Some(ending(label, 1)));
        let ended = catch_unwind(AssertUnwindSafe(|| {
            agent.count(&mut spool, 2);
            next(&mut spool).unwrap();
            spool.refuse_sent().unwrap();
        }));
        assert!(ended.is_err(), "{label}");
        let (mut spool, _) = agent.folder.open();
        assert_eq!(spool.load().refused, 1);
        let out = next(&mut spool).unwrap();
        let is_settled = label == "leave.named";
        assert_eq!(out.sequence, if is_settled { 2 } else { 1 }, "{label}");
    }
}
