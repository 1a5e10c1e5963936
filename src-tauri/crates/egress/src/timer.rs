//! Time that can be waited for. Owns the trait; the system timer stands in `clock`, virtual ones in `sim`.

use std::time::Duration;

use async_trait::async_trait;
use tidegate_meter::Clock;

/// A clock that can also be waited on; the only way anything in Tidegate sleeps.
#[async_trait]
pub trait Timer: Clock {
    /// Returns after `span` of this timer's monotonic time.
    async fn sleep(&self, span: Duration);
}
