//! The outside of a provider: a wire that answers from bodies, and a clock that only moves by waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use tidegate_egress::{Egress, Failure, Request, Response, Timer, Transport};
use tidegate_meter::{Clock, Mono, Now, Time};

/// A clock that moves by waiting.
struct Hands {
    start: Time,
    ms: AtomicU64,
    /// So often others have their turn before a wait is over: what answers at once then answers in time.
    turns: u32,
}

impl Clock for Hands {
    fn now(&self) -> Now {
        let ms = self.ms.load(Ordering::Relaxed);
        Now {
            wall: self.start.plus(Duration::from_millis(ms)),
            mono: Mono(ms),
        }
    }
}

#[async_trait]
impl Timer for Hands {
    async fn sleep(&self, span: Duration) {
        for _ in 0..self.turns {
            tokio::task::yield_now().await;
        }
        let ms = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        self.ms.fetch_add(ms, Ordering::Relaxed);
    }
}

/// What a request is answered.
type Answers = Box<dyn Fn(&Request) -> Response + Send + Sync>;

struct Canned(Answers);

#[async_trait]
impl Transport for Canned {
    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        Ok((self.0)(&request))
    }
}

/// A way out that is answered so, at that time.
pub(crate) fn egress(
    start: &str,
    answers: impl Fn(&Request) -> Response + Send + Sync + 'static,
) -> Arc<Egress> {
    let wire: Arc<dyn Transport> = Arc::new(Canned(Box::new(answers)));
    let hands = Hands {
        start: start.parse().unwrap(),
        ms: AtomicU64::new(0),
        turns: 0,
    };
    Arc::new(Egress::new(wire, Arc::new(hands)).with_jitter_seed(7))
}

/// A clock that begins then, and moves by waiting.
pub(crate) fn clock(start: &str) -> Arc<dyn Timer> {
    Arc::new(Hands {
        start: start.parse().unwrap(),
        ms: AtomicU64::new(0),
        turns: 64,
    })
}

/// A good answer of bytes.
pub(crate) fn answer(body: &[u8]) -> Response {
    Response {
        status: 200,
        headers: Vec::new(),
        body: body.to_vec().into(),
    }
}

/// Waits for what only waits for itself.
pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(future)
}

/// A folder of a target's own, in memory where the system has such a place: a target writes thousands of times a second.
pub(crate) fn folder() -> tempfile::TempDir {
    let memory = std::path::Path::new("/dev/shm");
    tempfile::tempdir_in(memory).unwrap_or_else(|_| tempfile::tempdir().unwrap())
}
