//! A folder, batches with known bytes, and a server that counts what it is handed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::value::RawValue;
use tempfile::TempDir;
use tidegate_agent::limits;
use tidegate_agent::spool::{CrashHook, Entry, Outgoing, Spool};
use tidegate_meter::{Flow, FlowBytes, FlowKey, FlowKind, RowId, Span, Time};

/// The first minute of every story.
pub(crate) const START: &str = "2026-11-20T16:00:00Z";

pub(crate) fn start() -> Time {
    START.parse().unwrap()
}

pub(crate) fn second(seconds: u64) -> Time {
    start().plus(std::time::Duration::from_secs(seconds))
}

pub(crate) fn key(node: &str) -> FlowKey {
    FlowKey {
        kind: FlowKind::Proxy,
        node: node.to_owned(),
        group: "group".to_owned(),
        feed: String::new(),
    }
}

/// A batch closed `seconds` after the start, whose baseline says so.
pub(crate) fn entry(seconds: u64, flows: Vec<Flow>) -> Entry {
    let span = Span {
        start: second(seconds),
        end: second(seconds + 10),
    };
    Entry {
        sealed_at: span.end,
        flows,
        watched: vec![span],
        restarts: 0,
        kernel: "mihomo v1.19.32".to_owned(),
        baseline: Some(RawValue::from_string(format!("{{\"at\":{seconds}}}")).unwrap()),
    }
}

/// One flow of `up` bytes on a node.
pub(crate) fn flow(seconds: u64, node: &str, up: u64) -> Flow {
    let minute = Time::from_ms(second(seconds).ms().div_euclid(60_000) * 60_000);
    let bytes = FlowBytes {
        up,
        down: up * 10,
        estimated_up: up / 4,
        estimated_down: up,
    };
    Flow {
        minute,
        key: key(node),
        bytes,
    }
}

/// The batch number `index`: ten seconds each, a known sum.
pub(crate) fn numbered(index: u64) -> Entry {
    let seconds = index * 10;
    entry(
        seconds,
        vec![flow(seconds, "a", index + 1), flow(seconds, "b", 7)],
    )
}

pub(crate) struct Folder {
    _kept: TempDir,
    pub(crate) path: PathBuf,
}

impl Folder {
    /// In memory where the machine has a place for it: these stories flush thousands of files, and are not about the disk.
    pub(crate) fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let kept = if memory.is_dir() {
            TempDir::new_in(memory)
        } else {
            TempDir::new()
        };
        let kept = kept.unwrap();
        let path = kept.path().join("spool");
        Self { _kept: kept, path }
    }

    pub(crate) fn open(&self) -> (Spool, Option<String>) {
        self.open_with(limits::SPOOL_BYTES, None)
    }

    pub(crate) fn open_with(&self, cap: u64, hook: Option<CrashHook>) -> (Spool, Option<String>) {
        let (spool, baseline) = Spool::open(&self.path, cap, hook).unwrap();
        (spool, baseline.map(|raw| raw.get().to_owned()))
    }

    pub(crate) fn names(&self) -> Vec<String> {
        names(&self.path)
    }
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let files = files.filter(|file| file.file_type().unwrap().is_file());
    let mut names: Vec<String> = files
        .map(|file| file.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

pub(crate) fn epoch() -> RowId {
    RowId::new(start(), [7; 10])
}

pub(crate) fn next(spool: &mut Spool) -> Option<Outgoing> {
    spool.next(epoch).unwrap()
}

/// Stores by epoch and number, as the real one does: a number counts once, and never stands for two contents.
#[derive(Default)]
pub(crate) struct Server {
    pub(crate) stored: BTreeMap<(RowId, u64), String>,
    pub(crate) sums: BTreeMap<String, FlowBytes>,
    pub(crate) watched: Vec<Span>,
    pub(crate) repeated: usize,
}

impl Server {
    pub(crate) fn take(&mut self, out: &Outgoing) {
        let content = serde_json::to_string(&(&out.entry.flows, &out.entry.watched)).unwrap();
        if let Some(known) = self.stored.get(&(out.epoch, out.sequence)) {
            assert_eq!(*known, content, "a number stands for one content");
            self.repeated += 1;
            return;
        }
        for flow in &out.entry.flows {
            let sum = self.sums.entry(flow.key.node.clone()).or_default();
            *sum = sum.plus(flow.bytes).unwrap();
        }
        self.watched.extend(&out.entry.watched);
        self.stored.insert((out.epoch, out.sequence), content);
    }

    /// Hands everything in that waits.
    pub(crate) fn drain(&mut self, spool: &mut Spool) {
        while let Some(out) = next(spool) {
            self.take(&out);
            spool.settle_sent().unwrap();
        }
    }

    /// Without a gap, from 1.
    pub(crate) fn assert_numbers_without_gap(&self) {
        let mut epochs: BTreeMap<RowId, Vec<u64>> = BTreeMap::new();
        for (epoch, sequence) in self.stored.keys() {
            epochs.entry(*epoch).or_default().push(*sequence);
        }
        for sequences in epochs.values() {
            let wanted: Vec<u64> = (1..=u64::try_from(sequences.len()).unwrap()).collect();
            assert_eq!(*sequences, wanted);
        }
    }

    /// All bytes of `count` batches made by [`numbered`], once.
    pub(crate) fn assert_counted(&self, count: u64) {
        let ups: u64 = (1..=count).sum();
        let a = self.sums.get("a").copied().unwrap_or_default();
        assert_eq!((a.up, a.down, a.estimated_down), (ups, ups * 10, ups));
        let b = self.sums.get("b").copied().unwrap_or_default();
        assert_eq!((b.up, b.estimated_up), (count * 7, count));
    }
}
