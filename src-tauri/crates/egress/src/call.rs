//! One call: the only retry layer of the program. A request is made anew for each try, since a signature holds its
//! time. Only what the caller's classifier names transient or throttled is tried again, and only for calls that may
//! be repeated: a stop is sent once. Tested in `tests/egress/call.rs`.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable, Sleeper};

use crate::{Failure, FailureKind, Glance, Lane, Request, Response, Timer, Transport, limits, retry_after};

/// What the caller makes of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Take it as it is, good or refused.
    Final,
    /// A fault inside the other side: try again.
    Transient,
    /// Throttled: try again after the wait it names, or ours.
    Rate,
}

/// How a call may be repeated.
#[derive(Clone, Copy, Debug)]
pub struct CallPolicy {
    tries: usize,
    classify: fn(&Response) -> Verdict,
}

impl CallPolicy {
    /// A call that reads: up to [`limits::TRIES`] tries.
    #[must_use]
    pub const fn reading(classify: fn(&Response) -> Verdict) -> Self {
        Self {
            tries: limits::TRIES,
            classify,
        }
    }

    /// A call that changes something: sent once, whatever comes back.
    #[must_use]
    pub const fn changing(classify: fn(&Response) -> Verdict) -> Self {
        Self { tries: 1, classify }
    }
}

/// The way out, shared by every account.
pub struct Egress {
    transport: Arc<dyn Transport>,
    timer: Arc<dyn Timer>,
    jitter_seed: Option<u64>,
    /// Calls so far: two calls of one seed must not wait alike, or all accounts would come back together.
    calls: AtomicU64,
}

/// Why a try did not end the call.
enum Unsettled {
    Failed(Failure),
    Answered(Response, Verdict),
}

impl Egress {
    /// Over `transport`, waiting on `timer`.
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>, timer: Arc<dyn Timer>) -> Self {
        Self {
            transport,
            timer,
            jitter_seed: None,
            calls: AtomicU64::new(0),
        }
    }

    /// The same with waits that repeat from run to run, for simulations.
    #[must_use]
    pub const fn with_jitter_seed(mut self, seed: u64) -> Self {
        self.jitter_seed = Some(seed);
        self
    }

    /// The clock in use.
    #[must_use]
    pub fn timer(&self) -> &dyn Timer {
        self.timer.as_ref()
    }

    /// The wire in use.
    #[must_use]
    pub fn transport(&self) -> &dyn Transport {
        self.transport.as_ref()
    }

    /// Sends what `make` makes to `place` (a service's short name, which has its own breaker in `lane`) until an
    /// answer is final or the tries are used up; then the last answer is returned, whatever its status.
    /// An error means that no answer came at all, or that the place rests.
    pub async fn call(
        &self,
        lane: &Lane,
        place: &str,
        policy: &CallPolicy,
        make: impl Fn() -> Request + Send + Sync,
    ) -> Result<Response, Failure> {
        let pass = lane.enter(place, self.timer.now().mono)?;
        let tries = if pass.is_probe() { 1 } else { policy.tries };
        let ended = (|| self.once(lane, policy, make()))
            .retry(self.backoff(tries))
            .sleep(TimerSleeper(Arc::clone(&self.timer)))
            .when(may_retry)
            .adjust(|unsettled: &Unsettled, ours| self.wait(unsettled, ours))
            .await;
        let failed = matches!(&ended, Err(unsettled) if unsettled.is_failure());
        pass.report(failed, self.timer.now().mono);
        match ended {
            Ok(response) | Err(Unsettled::Answered(response, _)) => Ok(response),
            Err(Unsettled::Failed(failure)) => Err(failure),
        }
    }

    /// Sends one request to `place`, once, and takes in no more of the answer than `glance` wants: for whoever counts
    /// how often he is asked.
    pub async fn glance(
        &self,
        lane: &Lane,
        place: &str,
        glance: &Glance,
        request: Request,
    ) -> Result<Response, Failure> {
        let pass = lane.enter(place, self.timer.now().mono)?;
        lane.pace(self.timer.as_ref()).await;
        let ended = self.transport.glance(request, glance).await;
        let failed = ended.as_ref().is_err_and(|failure| failure.kind.is_transient());
        pass.report(failed, self.timer.now().mono);
        ended
    }

    async fn once(&self, lane: &Lane, policy: &CallPolicy, request: Request) -> Result<Response, Unsettled> {
        lane.pace(self.timer.as_ref()).await;
        let response = self
            .transport
            .exchange(request)
            .await
            .map_err(Unsettled::Failed)?;
        match (policy.classify)(&response) {
            Verdict::Final => Ok(response),
            verdict => Err(Unsettled::Answered(response, verdict)),
        }
    }

    fn backoff(&self, tries: usize) -> ExponentialBuilder {
        let builder = ExponentialBuilder::default()
            .with_min_delay(limits::BACKOFF_FIRST)
            .with_max_delay(limits::BACKOFF_MOST)
            .with_max_times(tries.saturating_sub(1))
            .with_jitter();
        match self.jitter_seed {
            Some(seed) => {
                builder.with_jitter_seed(seed.wrapping_add(self.calls.fetch_add(1, Ordering::Relaxed)))
            }
            None => builder.with_jitter_seed(fastrand::u64(..)),
        }
    }

    /// The wait before the next try: what the other side named, if it is short; none at all if it is long.
    fn wait(&self, unsettled: &Unsettled, ours: Option<Duration>) -> Option<Duration> {
        let ours = ours?;
        let Unsettled::Answered(response, _) = unsettled else {
            return Some(ours);
        };
        match retry_after(response, self.timer.now().wall) {
            Some(told) if told > limits::RETRY_AFTER_MOST => None,
            Some(told) => Some(told.max(ours)),
            None => Some(ours),
        }
    }
}

impl Unsettled {
    /// Whether the place failed, as opposed to refusing or throttling us.
    fn is_failure(&self) -> bool {
        match self {
            Self::Failed(failure) => failure.kind.is_transient(),
            Self::Answered(_, verdict) => *verdict == Verdict::Transient,
        }
    }
}

/// Whoever let a whole exchange hang for its full time will hang again: trying it thrice would keep a person, or the
/// account's other calls, waiting for most of a minute. The next look tries again.
fn may_retry(unsettled: &Unsettled) -> bool {
    match unsettled {
        Unsettled::Failed(failure) => failure.kind != FailureKind::Timeout && failure.kind.is_transient(),
        Unsettled::Answered(..) => true,
    }
}

/// Lets the retry layer wait on the injected timer.
struct TimerSleeper(Arc<dyn Timer>);

impl Sleeper for TimerSleeper {
    type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

    fn sleep(&self, span: Duration) -> Self::Sleep {
        let timer = Arc::clone(&self.0);
        Box::pin(async move { timer.sleep(span).await })
    }
}
