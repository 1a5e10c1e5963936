//! The disk fails at every labelled point and is whole again later, in one life of the agent: what fails is told, is tried
//! again, and every byte is handed in once.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tidegate_agent::limits;
use tidegate_agent::spool::{CrashHook, Outgoing, POINTS, Spool, SpoolError};

use crate::kit::{Folder, Server, epoch, numbered};

/// The folder of a spool, which can be taken away from under it.
struct Disk {
    folder: PathBuf,
    away: PathBuf,
}

impl Disk {
    fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            away: folder.with_extension("away"),
        }
    }

    /// Nothing in it can be read or written any more, nor flushed.
    fn fail(&self) {
        std::fs::rename(&self.folder, &self.away).unwrap();
    }

    /// The same, but what is asked for is refused rather than not found.
    fn refuse(&self) {
        self.fail();
        std::fs::write(&self.folder, "").unwrap();
    }

    /// Whole again; whether it was not.
    fn heal(&self) -> bool {
        if !self.away.exists() {
            return false;
        }
        let _ = std::fs::remove_file(&self.folder);
        std::fs::rename(&self.away, &self.folder).unwrap();
        true
    }
}

/// An agent whose disk fails once; whatever fails is tried again when it is whole.
struct Agent {
    disk: Arc<Disk>,
    server: Server,
    kept: u64,
    failures: usize,
}

impl Agent {
    /// Only a disk that fails makes an error, and only for as long as it does.
    fn tried<T>(&mut self, mut ask: impl FnMut() -> Result<T, SpoolError>) -> T {
        loop {
            match ask() {
                Ok(answer) => return answer,
                Err(error) => {
                    assert!(self.disk.heal(), "{error}");
                    self.failures += 1;
                }
            }
        }
    }

    fn count(&mut self, spool: &mut Spool, until: u64) {
        while self.kept < until {
            let index = self.kept;
            self.tried(|| spool.keep(numbered(index)));
            self.kept += 1;
        }
    }

    fn hand_in(&mut self, spool: &mut Spool) -> bool {
        let Some(out): Option<Outgoing> = self.tried(|| spool.next(epoch)) else {
            return false;
        };
        self.server.take(&out);
        self.tried(|| spool.settle_sent());
        true
    }

    fn live(&mut self, spool: &mut Spool) {
        self.count(spool, 3);
        assert!(self.hand_in(spool) && self.hand_in(spool));
        self.count(spool, 200);
        assert!(self.hand_in(spool));
        self.count(spool, TOTAL);
        self.disk.heal();
        while self.hand_in(spool) {}
    }
}

/// Enough for packing, before and after something was sent.
const TOTAL: u64 = 400;

/// Refuses everything from the moment that `label` is passed for the `nth` time.
fn refusing(disk: &Arc<Disk>, label: &'static str, nth: usize) -> CrashHook {
    let (disk, passed) = (Arc::clone(disk), AtomicUsize::new(0));
    Arc::new(move |at| {
        if at == label && passed.fetch_add(1, Ordering::SeqCst) + 1 == nth {
            disk.refuse();
        }
    })
}

#[test]
fn a_disk_that_refuses_from_any_point_on_loses_nothing_and_doubles_nothing() {
    let mut failures = 0;
    for &label in POINTS.iter().filter(|label| !label.starts_with("refuse")) {
        for nth in [1, 2, 60] {
            let folder = Folder::new();
            let disk = Arc::new(Disk::new(&folder.path));
            let hook = refusing(&disk, label, nth);
            let (mut spool, _) = folder.open_with(limits::SPOOL_BYTES, Some(hook));
            let mut agent = Agent {
                disk,
                server: Server::default(),
                kept: 0,
                failures: 0,
            };
            agent.live(&mut spool);
            agent.server.assert_counted(TOTAL);
            agent.server.assert_numbers_without_gap();
            assert_eq!(
                (spool.load().batches, spool.load().damaged),
                (0, 0),
                "{label} {nth}"
            );
            failures += agent.failures;
        }
    }
    assert!(failures > 20, "only {failures} failures were met");
}

#[test]
fn a_number_that_could_not_be_made_durable_does_not_leave_before_it_is() {
    let folder = Folder::new();
    let disk = Arc::new(Disk::new(&folder.path));
    let labels = Arc::new(Mutex::new(Vec::new()));
    let hook: CrashHook = {
        let (disk, labels) = (Arc::clone(&disk), Arc::clone(&labels));
        Arc::new(move |at| {
            let mut labels = labels.lock().unwrap();
            if at == "next.named" && !labels.contains(&at) {
                disk.fail();
            }
            labels.push(at);
        })
    };
    let (mut spool, _) = folder.open_with(limits::SPOOL_BYTES, Some(hook));
    spool.keep(numbered(0)).unwrap();
    assert!(spool.next(epoch).is_err(), "the folder cannot be flushed");
    assert!(spool.next(epoch).is_err(), "nor can it now");
    disk.heal();
    assert!(spool.next(epoch).unwrap().is_some());
    assert!(
        labels.lock().unwrap().contains(&"next.settled"),
        "it is durable before it leaves"
    );
}
