//! The system's two clocks and its sleep: the one file of the product that asks the operating system for the time.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use tidegate_meter::{Clock, Mono, Now, Time};

use crate::Timer;

/// The operating system's clocks.
#[derive(Clone, Copy, Debug)]
pub struct SystemTimer {
    started: Instant,
}

impl SystemTimer {
    /// Its monotonic time counts from now.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "this file is where the injected clock meets the system's"
    )]
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
        }
    }
}

impl Default for SystemTimer {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemTimer {
    #[expect(
        clippy::disallowed_methods,
        reason = "this file is where the injected clock meets the system's"
    )]
    fn now(&self) -> Now {
        let wall = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .ok()
            .and_then(|since| i64::try_from(since.as_millis()).ok())
            .unwrap_or(0);
        let mono = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        Now {
            wall: Time::from_ms(wall),
            mono: Mono(mono),
        }
    }
}

#[async_trait]
impl Timer for SystemTimer {
    #[expect(
        clippy::disallowed_methods,
        reason = "this file is where the injected clock meets the system's"
    )]
    async fn sleep(&self, span: Duration) {
        tokio::time::sleep(span).await;
    }
}
