//! The time of a story that is shown fast: it passes only as far as the program keeps up. On a machine that is slow or
//! stands still for seconds, plain fast time would let a minute go by between two lines of the story, and the story
//! would become another one. Owns the pace; never decides what happens. Tested in `tests/sim/story.rs`.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use async_trait::async_trait;
use tidegate_egress::Timer;
use tidegate_meter::{Clock, Mono, Now, Time};
use tokio::sync::watch;

/// Real time between two steps of the story's time.
const TICK: Duration = Duration::from_millis(2);
/// A step is never longer than this much real time: what a stalled machine missed does not happen at once.
const LONGEST: Duration = Duration::from_millis(4);

/// Fast time that waits for a program that falls behind.
pub struct StoryTimer {
    start: Time,
    speed: u32,
    passed_ns: AtomicU64,
    at_work: AtomicUsize,
    ticks: watch::Sender<()>,
}

/// While this lives, the story's time passes no faster than real time.
pub struct AtWork(Arc<StoryTimer>);

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.at_work.fetch_sub(1, Ordering::AcqRel);
    }
}

impl StoryTimer {
    /// Time whose wall says `start` now and moves `speed` times as fast as real time. A speed of 0 counts as 1. Must be
    /// called inside a tokio runtime; it ends with the last handle.
    #[must_use]
    pub fn start(start: Time, speed: u32) -> Arc<Self> {
        let timer = Arc::new(Self {
            start,
            speed: speed.max(1),
            passed_ns: AtomicU64::new(0),
            at_work: AtomicUsize::new(0),
            ticks: watch::channel(()).0,
        });
        tokio::spawn(tick(Arc::downgrade(&timer)));
        timer
    }

    /// Something outside is asked: what it takes is real time, and must not count many times over.
    #[must_use]
    pub fn at_work(self: &Arc<Self>) -> AtWork {
        self.at_work.fetch_add(1, Ordering::AcqRel);
        AtWork(Arc::clone(self))
    }

    fn passed(&self) -> Duration {
        Duration::from_nanos(self.passed_ns.load(Ordering::Acquire))
    }

    fn pass(&self, real: Duration) {
        let speed = if self.at_work.load(Ordering::Acquire) == 0 {
            self.speed
        } else {
            1
        };
        let span = real.min(LONGEST).saturating_mul(speed);
        let span = u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
        self.passed_ns.fetch_add(span, Ordering::AcqRel);
        self.ticks.send_replace(());
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the clock of the simulation itself: it measures the real time between two steps"
)]
async fn tick(timer: Weak<StoryTimer>) {
    let mut last = tokio::time::Instant::now();
    loop {
        tokio::time::sleep(TICK).await;
        let Some(timer) = timer.upgrade() else { return };
        timer.pass(last.elapsed());
        last = tokio::time::Instant::now();
    }
}

impl Clock for StoryTimer {
    fn now(&self) -> Now {
        let passed = self.passed();
        Now {
            wall: self.start.plus(passed),
            mono: Mono(0).plus(passed),
        }
    }
}

#[async_trait]
impl Timer for StoryTimer {
    async fn sleep(&self, span: Duration) {
        let until = self.passed().saturating_add(span);
        let mut ticks = self.ticks.subscribe();
        while self.passed() < until {
            // The sender lives in this very value.
            if ticks.changed().await.is_err() {
                return;
            }
        }
    }
}
