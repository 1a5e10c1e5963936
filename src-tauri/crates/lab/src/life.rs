//! Whether the process that is played still lives. Owns one switch that its wire, its store and its runtime look at: from
//! the moment it is off nothing leaves and nothing is written, as after a kill.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// One life of a process. Clones are the same life.
#[derive(Clone, Debug, Default)]
pub struct Life {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    is_over: AtomicBool,
    told: Notify,
}

impl Life {
    /// Ends it, for ever.
    pub fn end(&self) {
        self.inner.is_over.store(true, Ordering::SeqCst);
        self.inner.told.notify_waiters();
    }

    /// Whether it goes on.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        !self.inner.is_over.load(Ordering::SeqCst)
    }

    /// Returns when it is over.
    pub async fn ended(&self) {
        loop {
            let told = self.inner.told.notified();
            if !self.goes_on() {
                return;
            }
            told.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Life;

    #[tokio::test]
    async fn whoever_waits_for_the_end_hears_of_it_early_or_late() {
        let life = Life::default();
        let waiting = tokio::spawn({
            let life = life.clone();
            async move { life.ended().await }
        });
        assert!(life.goes_on());
        life.end();
        assert!(waiting.await.is_ok());
        life.ended().await;
        assert!(!life.goes_on());
    }
}
