//! The schedule: when each account is looked at. Owns the order of due times, the places in flight, jitter, and the
//! check of both clocks. Asleep until something is due; no account has a task of its own while it waits.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tidegate_guard::Severity;
use tidegate_meter::{AccountId, Mono};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::inner::{Inner, lock};
use crate::lapse::Watchman;
use crate::look::Verdict;
use crate::tasks::{Broken, Tasks};
use crate::{EngineError, discovery, limits, look, program, subscriptions};

/// What is due.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Kind {
    Look,
    Discovery,
}

/// Due times, the earliest first. An entry counts only while it is the newest of its account and kind.
#[derive(Default)]
struct Plan {
    heap: BinaryHeap<Reverse<(Mono, AccountId, Kind)>>,
    newest: BTreeMap<(AccountId, Kind), Mono>,
}

impl Plan {
    fn put(&mut self, at: Mono, account: AccountId, kind: Kind) {
        self.newest.insert((account.clone(), kind), at);
        self.heap.push(Reverse((at, account, kind)));
    }

    fn next(&mut self) -> Option<Mono> {
        while let Some(Reverse((at, account, kind))) = self.heap.peek() {
            if self.newest.get(&(account.clone(), *kind)) == Some(at) {
                return Some(*at);
            }
            self.heap.pop();
        }
        None
    }

    fn pop_due(&mut self, now: Mono) -> Option<(AccountId, Kind)> {
        if self.next()? > now {
            return None;
        }
        let Reverse((_, account, kind)) = self.heap.pop()?;
        self.newest.remove(&(account.clone(), kind));
        Some((account, kind))
    }

    fn forget(&mut self, account: &AccountId) {
        self.newest.retain(|(id, _), _| id != account);
    }

    fn knows(&self, account: &AccountId, kind: Kind) -> bool {
        self.newest.contains_key(&(account.clone(), kind))
    }
}

/// What a finished task says: which account, and after how long it is due again.
type Done = (AccountId, Kind, Duration);

/// The tasks under way, by what they were started for.
type Running = Tasks<(AccountId, Kind), Done>;

/// Runs until cancelled.
pub(crate) async fn run(inner: Arc<Inner>, end: CancellationToken, mut watchman: Watchman) {
    let places = Arc::new(Semaphore::new(inner.parts.options.in_flight.max(1)));
    let mut plan = Plan::default();
    let mut tasks = Running::default();
    enlist(&inner, &mut plan);
    while !end.is_cancelled() {
        take_hurried(&inner, &mut plan);
        start_due(&inner, &mut plan, &mut tasks, &places);
        if inner.looks_due().is_some_and(|left| left.is_zero()) {
            inner.settle_looks().await;
        }
        let now = inner.now().mono;
        let wait = plan
            .next()
            .map_or(limits::WALL_CHECK, |next| next.since(now))
            .min(limits::WALL_CHECK);
        // With every place taken, what is due waits for a place, not for time.
        let wait = if places.available_permits() == 0 {
            limits::WALL_CHECK
        } else {
            wait
        };
        let wait = inner.looks_due().map_or(wait, |left| wait.min(left));
        watchman.expect(wait);
        tokio::select! {
            biased;
            () = end.cancelled() => break,
            Some(done) = tasks.next() => take_done(&inner, &mut plan, done).await,
            () = inner.wakes.schedule.notified() => {}
            () = freed(&places), if places.available_permits() == 0 => {}
            () = inner.parts.timer.sleep(wait) => {}
        }
        if watchman.check(&inner).await {
            enlist(&inner, &mut plan);
            // A day may have passed.
            inner.wakes.renewals.notify_one();
        }
    }
}

/// Returns when a place is free; the place itself is taken when a task starts.
async fn freed(places: &Semaphore) {
    drop(places.acquire().await);
}

/// Puts every enabled account on the plan, due now: the first look is at once, and so is the one after a lapse.
fn enlist(inner: &Inner, plan: &mut Plan) {
    let now = inner.now().mono;
    for (id, watch) in inner.watches() {
        if watch.config().enabled {
            plan.put(now, id.clone(), Kind::Look);
            if !plan.knows(&id, Kind::Discovery) {
                plan.put(now.plus(limits::DISCOVERY_FIRST), id, Kind::Discovery);
            }
        } else {
            plan.forget(&id);
        }
    }
}

/// Accounts that a command or a change wants looked at now.
fn take_hurried(inner: &Inner, plan: &mut Plan) {
    let now = inner.now().mono;
    for id in std::mem::take(&mut *lock(&inner.hurried)) {
        let enabled = inner.watch(&id).is_some_and(|watch| watch.config().enabled);
        if enabled {
            plan.put(now, id.clone(), Kind::Look);
            if !plan.knows(&id, Kind::Discovery) {
                plan.put(now.plus(limits::DISCOVERY_FIRST), id, Kind::Discovery);
            }
        } else {
            plan.forget(&id);
        }
    }
}

fn start_due(inner: &Arc<Inner>, plan: &mut Plan, tasks: &mut Running, places: &Arc<Semaphore>) {
    let now = inner.now().mono;
    while let Ok(place) = Arc::clone(places).try_acquire_owned() {
        let Some((account, kind)) = plan.pop_due(now) else {
            return;
        };
        let Some(watch) = inner.watch(&account) else {
            continue;
        };
        let inner = Arc::clone(inner);
        tasks.spawn((account.clone(), kind), async move {
            let wait = match kind {
                Kind::Look => {
                    let verdict = look::look(&inner, &watch, Some(place)).await;
                    after_look(&inner, &watch, verdict).await
                }
                Kind::Discovery => {
                    look::in_place(&inner, Some(place), discovery::discover(&inner, &watch)).await;
                    limits::DISCOVERY
                }
            };
            (account, kind, wait)
        });
    }
}

async fn after_look(
    inner: &Inner,
    watch: &crate::watch::Watch,
    verdict: Result<Verdict, EngineError>,
) -> Duration {
    let config = watch.config();
    let (wait, interval) = match verdict {
        Ok(verdict) => {
            watch.unrecorded.store(0, Ordering::Relaxed);
            let interval = if verdict.near {
                config.interval.min(config.interval_near)
            } else {
                config.interval
            };
            let wait = until_next(&verdict, jittered(inner, interval));
            (subscriptions::until_next(inner, &config, wait), interval)
        }
        Err(error) => {
            tracing::warn!(account = %config.id, %error, "a look could not be recorded");
            let failed = watch.unrecorded.fetch_add(1, Ordering::Relaxed);
            (
                jittered(inner, after_failure(failed, config.interval)),
                config.interval,
            )
        }
    };
    let mut memory = watch.memory.lock().await;
    memory.next_at = Some(inner.wall().plus(wait));
    memory.interval = interval;
    look::tell(inner, watch, &memory);
    wait
}

/// A look that cannot be recorded is soon tried again, and then ever later: a disk that stays full must not cost the
/// provider more requests than its interval does.
fn after_failure(failed_before: u32, interval: Duration) -> Duration {
    let doubled = limits::STORE_RETRY.saturating_mul(1 << failed_before.min(16));
    doubled.min(interval.max(limits::STORE_RETRY))
}

/// A resting account is looked at all the same, without being asked: each look is judged as blind, or nobody would be
/// told of a long rest. Once asked, never again before its interval.
fn until_next(verdict: &Verdict, interval: Duration) -> Duration {
    let Some(rest) = verdict.rest else {
        return interval;
    };
    let wait = rest.min(interval.max(limits::REST_LOOK));
    if verdict.asked { wait.max(interval) } else { wait }
}

async fn take_done(inner: &Inner, plan: &mut Plan, done: Result<Done, Broken<(AccountId, Kind)>>) {
    let (account, kind, wait) = match done {
        Ok(done) => {
            program::resolve(inner, &broken_condition(&done.0, done.1)).await;
            done
        }
        Err(broken) => match lost(inner, broken).await {
            Some(lost) => lost,
            None => return,
        },
    };
    let enabled = inner.watch(&account).is_some_and(|watch| watch.config().enabled);
    if !enabled {
        plan.forget(&account);
        return;
    }
    // A command may have put it on the plan again meanwhile; the earlier time wins by itself.
    if !plan.knows(&account, kind) {
        plan.put(inner.now().mono.plus(wait), account, kind);
    }
}

/// A look that a defect of ours ended: without it the account would never be looked at again, and nobody would know.
async fn lost(inner: &Inner, broken: Broken<(AccountId, Kind)>) -> Option<Done> {
    let said = broken.said();
    let (account, kind) = broken.name?;
    tracing::error!(%account, ?kind, "a task of the schedule was lost");
    let wait = match kind {
        Kind::Look => inner.watch(&account)?.config().interval,
        Kind::Discovery => limits::DISCOVERY,
    };
    let detail = format!("{account}: {said}");
    program::raise(
        inner,
        &broken_condition(&account, kind),
        &detail,
        Severity::Critical,
        None,
    )
    .await;
    Some((account, kind, wait))
}

fn broken_condition(account: &AccountId, kind: Kind) -> String {
    match kind {
        Kind::Look => format!("look_broken:{account}"),
        Kind::Discovery => format!("discovery_broken:{account}"),
    }
}

/// The interval ±10 %.
fn jittered(inner: &Inner, interval: Duration) -> Duration {
    let ms = u64::try_from(interval.as_millis()).unwrap_or(u64::MAX);
    let spread = ms / 100 * limits::JITTER_PERCENT;
    let shift = inner.random_below(spread.saturating_mul(2).saturating_add(1));
    Duration::from_millis(ms.saturating_sub(spread).saturating_add(shift))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> AccountId {
        AccountId::new(name).unwrap()
    }

    #[test]
    fn the_earliest_is_due_first_and_a_newer_time_replaces_an_older_one() {
        let mut plan = Plan::default();
        plan.put(Mono(50), id("a"), Kind::Look);
        plan.put(Mono(20), id("b"), Kind::Look);
        plan.put(Mono(10), id("a"), Kind::Look);
        assert_eq!(plan.next(), Some(Mono(10)));
        assert_eq!(plan.pop_due(Mono(10)), Some((id("a"), Kind::Look)));
        assert_eq!(plan.pop_due(Mono(15)), None);
        assert_eq!(plan.pop_due(Mono(60)), Some((id("b"), Kind::Look)));
        assert_eq!(
            plan.pop_due(Mono(60)),
            None,
            "the replaced time of a does not count"
        );
    }

    #[test]
    fn a_forgotten_account_is_not_due() {
        let mut plan = Plan::default();
        plan.put(Mono(1), id("a"), Kind::Look);
        plan.forget(&id("a"));
        assert_eq!(plan.next(), None);
    }
}
