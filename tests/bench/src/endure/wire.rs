//! Real HTTP in virtual time: while an exchange is on its way, time stands.
//!
//! A paused runtime moves its time when every task waits, and does not while a blocking task runs. So a blocking task is
//! kept running for as long as an exchange is open.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use async_trait::async_trait;
use tidegate_egress::{Failure, FailureKind, HttpTransport, Request, Response, Transport};
use tidegate_meter::Clock;

use super::clock::Told;

/// The wire.
pub(super) struct Standing {
    http: HttpTransport,
    timer: Arc<dyn Clock>,
    told: Told,
    open: Arc<Open>,
}

impl Standing {
    /// Over `http`; the cloud is told the time of `timer`.
    pub(super) fn new(http: HttpTransport, timer: Arc<dyn Clock>, told: Told) -> Self {
        Self {
            http,
            timer,
            told,
            open: Arc::default(),
        }
    }
}

#[async_trait]
impl Transport for Standing {
    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        let _held = Open::hold(&self.open);
        if let Err(error) = self.told.tell(self.timer.now().wall) {
            return Err(Failure::new(FailureKind::Broken, "clock", error.to_string()));
        }
        self.http.exchange(request).await
    }
}

/// Exchanges that are on their way.
#[derive(Default)]
struct Open {
    count: Mutex<usize>,
    none: Condvar,
}

impl Open {
    /// One more, until the value is dropped. The first one has time stand until there is none again.
    fn hold(open: &Arc<Self>) -> Held {
        let held = Held(Arc::clone(open));
        let mut count = open.count.lock().unwrap_or_else(PoisonError::into_inner);
        *count += 1;
        if *count == 1 {
            let open = Arc::clone(open);
            tokio::task::spawn_blocking(move || open.wait());
        }
        held
    }

    fn wait(&self) {
        let count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.none.wait_while(count, |count| *count > 0);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}

struct Held(Arc<Open>);

impl Drop for Held {
    fn drop(&mut self) {
        let mut count = self.0.count.lock().unwrap_or_else(PoisonError::into_inner);
        *count -= 1;
        if *count == 0 {
            self.0.none.notify_all();
        }
    }
}
