//! Simulated time. Owns the scaled timer (real time, faster) and the virtual one (moves only as the test's runtime
//! moves). Never decides anything. Beside `story.rs` the only file of the crate that asks the machine for the time.
//! Tested below and in `tests/time.rs`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tidegate_egress::Timer;
use tidegate_meter::{Clock, Mono, Now, Time};

/// Real monotonic time, `speed` times as fast, with a wall that starts where it is told and never jumps.
pub struct ScaledTimer {
    start: Time,
    speed: u32,
    origin: std::time::Instant,
}

impl ScaledTimer {
    /// A timer whose wall says `start` now and moves `speed` times as fast as real time. A speed of 0 counts as 1.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the simulator's own clock: the one file of the crate that reads the machine's"
    )]
    pub fn new(start: Time, speed: u32) -> Self {
        Self {
            start,
            speed: speed.max(1),
            origin: std::time::Instant::now(),
        }
    }

    /// The machine's own time at normal speed: what a simulated cloud behind HTTP must use, since its clients sign
    /// with their real clocks.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the simulator's own clock: the one file of the crate that reads the machine's"
    )]
    pub fn live() -> Self {
        let since = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        Self::new(Time::from_ms(0).plus(since), 1)
    }

    fn elapsed(&self) -> Duration {
        self.origin.elapsed().saturating_mul(self.speed)
    }
}

impl Clock for ScaledTimer {
    fn now(&self) -> Now {
        let elapsed = self.elapsed();
        Now {
            wall: self.start.plus(elapsed),
            mono: Mono(0).plus(elapsed),
        }
    }
}

#[async_trait]
impl Timer for ScaledTimer {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the timer that everything else sleeps by"
    )]
    async fn sleep(&self, span: Duration) {
        tokio::time::sleep(span / self.speed).await;
    }
}

/// How the virtual clocks differ from the runtime's own time.
#[derive(Clone, Copy, Default)]
struct Drift {
    /// Milliseconds by which somebody set the wall clock wrong (or right again).
    wall_ms: i64,
    /// Milliseconds that passed while the machine was asleep: the true wall moved, the monotonic clock did not.
    asleep_ms: i64,
}

/// Time of a paused tokio runtime: it moves only when every task waits, or when a test advances it. The wall may be
/// set, and the machine put to sleep, without a millisecond of real time. Clones share the same time.
#[derive(Clone)]
pub struct VirtualTimer {
    start: Time,
    origin: tokio::time::Instant,
    drift: Arc<Mutex<Drift>>,
}

impl VirtualTimer {
    /// A timer whose wall says `start` now. Must be called inside a tokio runtime; deterministic only when that is
    /// paused.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the simulator's own clock: the one file of the crate that reads the runtime's"
    )]
    pub fn new(start: Time) -> Self {
        Self {
            start,
            origin: tokio::time::Instant::now(),
            drift: Arc::default(),
        }
    }

    /// Sets the wall clock `ms` milliseconds forward (negative: back). Nothing else moves, above all not the cloud.
    pub fn jump_wall(&self, ms: i64) {
        let mut drift = self.drift();
        drift.wall_ms = drift.wall_ms.saturating_add(ms);
    }

    /// The machine sleeps for `span`: the wall and the world go on, the monotonic clock and every waiting task stand
    /// still.
    pub fn sleep_system(&self, span: Duration) {
        let mut drift = self.drift();
        let ms = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        drift.asleep_ms = drift.asleep_ms.saturating_add(ms);
    }

    /// The clock of the world outside: goes on through [`Self::sleep_system`] and knows nothing of
    /// [`Self::jump_wall`]. Give it to [`crate::World`].
    #[must_use]
    pub fn outside(&self) -> Arc<dyn Clock> {
        Arc::new(Outside(self.clone()))
    }

    fn drift(&self) -> MutexGuard<'_, Drift> {
        self.drift.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn at(&self, extra_ms: i64) -> Now {
        let elapsed = self.origin.elapsed();
        let wall = self.start.plus(elapsed);
        Now {
            wall: Time::from_ms(wall.ms().saturating_add(extra_ms)),
            mono: Mono(0).plus(elapsed),
        }
    }
}

impl Clock for VirtualTimer {
    fn now(&self) -> Now {
        let drift = *self.drift();
        self.at(drift.wall_ms.saturating_add(drift.asleep_ms))
    }
}

#[async_trait]
impl Timer for VirtualTimer {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the timer that everything else sleeps by"
    )]
    async fn sleep(&self, span: Duration) {
        tokio::time::sleep(span).await;
    }
}

/// True time outside the machine.
struct Outside(VirtualTimer);

impl Clock for Outside {
    fn now(&self) -> Now {
        let asleep = self.0.drift().asleep_ms;
        self.0.at(asleep)
    }
}
