//! The one place of the bench that asks the system for the time, and lets it pass.

use std::time::{Duration, Instant};

use crate::size::Size;

/// Runs from its making.
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts.
    #[expect(
        clippy::disallowed_methods,
        reason = "a bench measures the time that really passes"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// What passed since.
    pub(crate) fn read(&self) -> Duration {
        self.0.elapsed()
    }

    /// What passed since, in nanoseconds.
    pub(crate) fn nanos(&self) -> u64 {
        u64::try_from(self.read().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// Lets the span pass: a bench of doing nothing has nothing else to wait for.
#[expect(
    clippy::disallowed_methods,
    reason = "a bench of idleness watches real time go by"
)]
pub(crate) fn pass(span: Duration) {
    std::thread::sleep(span);
}

/// Between two looks at what must not change any more.
const SETTLED: Size<Duration> = Size::of(Duration::from_secs(3), Duration::from_millis(300));

/// Lets time pass until `value` stays the same between two looks, or twenty of them are over.
pub(crate) fn settle(value: impl Fn() -> anyhow::Result<u64>) -> anyhow::Result<()> {
    let mut last = value()?;
    for _ in 0..20 {
        pass(SETTLED.get());
        let now = value()?;
        if now == last {
            return Ok(());
        }
        last = now;
    }
    Ok(())
}
