//! Where a process ends: at the so many-th passing of a labelled point.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::FutureExt as _;
use tidegate_engine::CrashHook;
use tokio::sync::Notify;

use super::*;

/// A label, and which of its passings from 1.
pub type Passing = (&'static str, usize);

/// Counts the passings of every point from when it is armed, and ends the process at one of them.
#[derive(Default)]
pub struct Fuse {
    at: Option<Passing>,
    armed: AtomicBool,
    passed: Mutex<BTreeMap<&'static str, usize>>,
    hit: AtomicBool,
    end: Notify,
}

impl Fuse {
    /// Ends nothing, and counts from the beginning.
    pub fn dry() -> Arc<Self> {
        let fuse = Self::default();
        fuse.arm();
        Arc::new(fuse)
    }

    /// Ends the process at this passing; counts from the beginning.
    pub fn at(passing: Passing) -> Arc<Self> {
        let fuse = Self::later(passing);
        fuse.arm();
        fuse
    }

    /// The same, counting from when it is armed.
    pub fn later(passing: Passing) -> Arc<Self> {
        Arc::new(Self {
            at: Some(passing),
            ..Self::default()
        })
    }

    pub fn arm(&self) {
        self.armed.store(true, Ordering::SeqCst);
    }

    pub fn hook(self: &Arc<Self>) -> CrashHook {
        let fuse = Arc::clone(self);
        Arc::new(move |label| fuse.pass(label))
    }

    /// Once the process has ended, every task of it ends at the next point it comes to: nothing more becomes durable.
    fn pass(&self, label: &'static str) {
        if self.armed.load(Ordering::SeqCst) {
            let mut passed = self.passed.lock().unwrap();
            let count = passed.entry(label).or_default();
            *count += 1;
            if self.at == Some((label, *count)) {
                self.hit.store(true, Ordering::SeqCst);
            }
        }
        if self.is_hit() {
            self.end.notify_one();
            // Not a panic: nothing is wrong, and nothing is to be printed a thousand times.
            std::panic::resume_unwind(Box::new(format!("the process ends at {label}")));
        }
    }

    pub fn is_hit(&self) -> bool {
        self.hit.load(Ordering::SeqCst)
    }

    /// How often each label was passed.
    pub fn passed(&self) -> BTreeMap<&'static str, usize> {
        self.passed.lock().unwrap().clone()
    }

    /// Lets the process live until its work is done, or the fuse is. What it held is dropped as by its end.
    pub async fn burn(&self, life: impl Future<Output = ()>) {
        let ended = tokio::select! {
            biased;
            () = self.end.notified() => Ok(()),
            ended = AssertUnwindSafe(life).catch_unwind() => ended,
        };
        if let (Err(defect), false) = (ended, self.is_hit()) {
            std::panic::resume_unwind(defect);
        }
        // Tasks of the ended process are gone before the next one opens the file.
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }
}

/// A folder for databases whose syncs cost nothing, where the system has such a place.
pub fn quick_folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        tempfile::tempdir_in(memory).unwrap()
    } else {
        tempfile::tempdir().unwrap()
    }
}
