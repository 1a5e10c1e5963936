//! What happened since the process began, counted by its subject: checks, calls, messages, actions, alerts, lapses.
//! Owns the counters, and that those of a subject that is gone are forgotten. Fed by the loops and by
//! what is told; judges nothing, stores nothing. Tested here and by the door that shows
//! them.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tidegate_egress::{Failure, FailureKind, Glance, Request, Response, Timer, Transport};
use tidegate_guard::Severity;
use tidegate_meter::handover::HandedIn;
use tidegate_meter::{AccountId, ChannelId, DeviceId};

use crate::event::Event;
use crate::inner::lock;

tokio::task_local! {
    /// The account on whose behalf the outside is asked.
    static ASKING: AccountId;
}

/// Does `work` on behalf of an account: its calls are counted as that account's.
pub(crate) async fn asking<T>(account: AccountId, work: impl Future<Output = T>) -> T {
    ASKING.scope(account, work).await
}

/// Upper ends of the classes of a duration, in milliseconds: from a near service to a look that was given up.
pub const BOUNDS_MS: [u64; 11] = [
    50, 100, 250, 500, 1000, 2500, 5000, 10_000, 15_000, 60_000, 180_000,
];

/// Durations in classes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Durations {
    /// How many in each class of [`BOUNDS_MS`], and above the last.
    pub classes: [u64; BOUNDS_MS.len() + 1],
    /// All together, in milliseconds.
    pub sum_ms: u64,
}

impl Durations {
    fn add(&mut self, took: Duration) {
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let class = BOUNDS_MS
            .iter()
            .position(|bound| ms <= *bound)
            .unwrap_or(BOUNDS_MS.len());
        if let Some(count) = self.classes.get_mut(class) {
            *count = count.saturating_add(1);
        }
        self.sum_ms = self.sum_ms.saturating_add(ms);
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.classes
            .iter()
            .fold(0, |sum, count| sum.saturating_add(*count))
    }
}

/// The counters as they stand.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Looks by account and by whether anything could be read.
    pub checks: BTreeMap<(AccountId, bool), u64>,
    /// How long looks took.
    pub check_durations: BTreeMap<AccountId, Durations>,
    /// Calls by account and by status: `2xx`, `3xx`, `4xx`, `429`, `5xx`, `timeout`, `failed`.
    pub calls: BTreeMap<(AccountId, &'static str), u64>,
    /// How long calls took until their answer, or until they were given up.
    pub call_durations: BTreeMap<AccountId, Durations>,
    /// Messages by channel and by whether their platform took them.
    pub deliveries: BTreeMap<(ChannelId, bool), u64>,
    /// Actions by the state that they came to.
    pub actions: BTreeMap<&'static str, u64>,
    /// Alerts by severity.
    pub alerts: BTreeMap<&'static str, u64>,
    /// Batches that agents handed in, by device and by what became of them.
    pub handed_in: BTreeMap<(DeviceId, &'static str), u64>,
    /// Lapses by cause: how many, and their milliseconds together.
    pub lapses: BTreeMap<String, (u64, u64)>,
}

/// The counters of one engine.
#[derive(Default)]
pub(crate) struct Measures(Mutex<Counts>);

impl Measures {
    /// A look came to its end.
    pub(crate) fn checked(&self, account: &AccountId, known: bool, took: Duration) {
        let mut counts = lock(&self.0);
        up(&mut counts.checks, (account.clone(), known));
        counts
            .check_durations
            .entry(account.clone())
            .or_default()
            .add(took);
    }

    /// An agent handed in a batch.
    pub(crate) fn handed_in(&self, device: &DeviceId, verdict: HandedIn) {
        let word = match verdict {
            HandedIn::Stored => "stored",
            HandedIn::Repeated => "repeated",
            HandedIn::Quarantined => "quarantined",
        };
        up(&mut lock(&self.0).handed_in, (device.clone(), word));
    }

    fn called(&self, account: AccountId, status: &'static str, took: Duration) {
        let mut counts = lock(&self.0);
        up(&mut counts.calls, (account.clone(), status));
        counts.call_durations.entry(account).or_default().add(took);
    }

    /// What was told is counted.
    pub(crate) fn note(&self, events: &[Event]) {
        let mut counts = lock(&self.0);
        for event in events {
            counts.note(event);
        }
    }

    /// The counters, without those whose account or channel is gone.
    pub(crate) fn counts(
        &self,
        has: impl Fn(&AccountId) -> bool,
        posts: impl Fn(&ChannelId) -> bool,
        hands_in: impl Fn(&DeviceId) -> bool,
    ) -> Counts {
        let mut counts = lock(&self.0);
        counts.checks.retain(|(account, _), _| has(account));
        counts.check_durations.retain(|account, _| has(account));
        counts.calls.retain(|(account, _), _| has(account));
        counts.call_durations.retain(|account, _| has(account));
        counts.deliveries.retain(|(channel, _), _| posts(channel));
        counts.handed_in.retain(|(device, _), _| hands_in(device));
        counts.clone()
    }
}

impl Counts {
    fn note(&mut self, event: &Event) {
        match event {
            Event::Delivered { channel, .. } => up(&mut self.deliveries, (channel.clone(), true)),
            Event::Undelivered { channel, .. } => up(&mut self.deliveries, (channel.clone(), false)),
            Event::Step { severity, .. } => up(&mut self.alerts, severity_name(*severity)),
            Event::Blind { .. } => up(&mut self.alerts, "blind"),
            Event::Lapse {
                start, end, cause, ..
            } => {
                let (count, ms) = self.lapses.entry(cause.clone()).or_default();
                *count = count.saturating_add(1);
                let span = u64::try_from(end.since(*start).as_millis()).unwrap_or(u64::MAX);
                *ms = ms.saturating_add(span);
            }
            Event::Program { .. } => up(&mut self.alerts, "program"),
            Event::RenewalDue { .. } => up(&mut self.alerts, "renewal"),
            other => {
                if let Some(state) = state_of(other) {
                    up(&mut self.actions, state);
                }
            }
        }
    }
}

/// The state that an action came to by an event.
const fn state_of(event: &Event) -> Option<&'static str> {
    Some(match event {
        Event::Planned { .. } => "planned",
        Event::Sent { .. } => "sent",
        Event::Accepted { .. } => "accepted",
        Event::Verified { .. } => "verified",
        Event::Failed { .. } => "failed",
        Event::Unknown { .. } => "unknown",
        Event::Cancelled { .. } => "cancelled",
        Event::Abandoned { .. } => "abandoned",
        _ => return None,
    })
}

const fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Critical => "critical",
    }
}

fn up<K: Ord>(counts: &mut BTreeMap<K, u64>, key: K) {
    let count = counts.entry(key).or_default();
    *count = count.saturating_add(1);
}

/// The wire, counting the calls that are made on behalf of an account.
pub(crate) struct Metered {
    pub(crate) wire: Arc<dyn Transport>,
    pub(crate) timer: Arc<dyn Timer>,
    pub(crate) measures: Arc<Measures>,
}

#[async_trait]
impl Transport for Metered {
    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        self.counted(self.wire.exchange(request)).await
    }

    async fn glance(&self, request: Request, glance: &Glance) -> Result<Response, Failure> {
        self.counted(self.wire.glance(request, glance)).await
    }
}

impl Metered {
    async fn counted(
        &self,
        exchange: impl Future<Output = Result<Response, Failure>> + Send,
    ) -> Result<Response, Failure> {
        let Ok(account) = ASKING.try_with(AccountId::clone) else {
            return exchange.await;
        };
        let begun = self.timer.now().mono;
        let ended = exchange.await;
        let took = self.timer.now().mono.since(begun);
        self.measures.called(account, status_of(&ended), took);
        ended
    }
}

/// A few classes: a provider must not be able to make series at will.
const fn status_of(ended: &Result<Response, Failure>) -> &'static str {
    match ended {
        Ok(response) => match response.status {
            429 => "429",
            200..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            _ => "5xx",
        },
        Err(Failure {
            kind: FailureKind::Timeout,
            ..
        }) => "timeout",
        Err(_) => "failed",
    }
}

#[cfg(test)]
mod tests {
    use tidegate_meter::Time;

    use super::*;

    fn at(ms: i64) -> Time {
        Time::from_ms(ms)
    }

    #[test]
    fn a_lapse_is_counted_with_its_length() {
        let measures = Measures::default();
        for end in [5_000, 12_500] {
            measures.note(&[Event::Lapse {
                at: at(end),
                start: at(0),
                end: at(end),
                cause: "asleep".to_owned(),
            }]);
        }
        let counts = measures.counts(|_| true, |_| true, |_| true);
        assert_eq!(counts.lapses.get("asleep"), Some(&(2, 17_500)));
    }

    #[test]
    fn a_reminder_of_a_renewal_is_an_alert() {
        let measures = Measures::default();
        let event = Event::RenewalDue {
            at: at(0),
            alert: "01a1fe43-aaaa-702f-be4d-25b80794e0d2".parse().unwrap(),
            renewal: "domain".parse().unwrap(),
            due: "2026-11-24".parse().unwrap(),
            days: 3,
        };
        measures.note(&[event]);
        let counts = measures.counts(|_| true, |_| true, |_| true);
        assert_eq!(counts.alerts.get("renewal"), Some(&1));
    }

    #[test]
    fn a_duration_falls_into_the_class_that_it_does_not_exceed() {
        let mut took = Durations::default();
        for ms in [50, 51, 180_000, 180_001] {
            took.add(Duration::from_millis(ms));
        }
        assert_eq!((took.count(), took.sum_ms), (4, 360_102));
        assert_eq!(
            (
                took.classes[0],
                took.classes[1],
                took.classes[10],
                took.classes[11]
            ),
            (1, 1, 1, 1)
        );
    }

    #[test]
    fn what_is_counted_goes_with_its_account() {
        let measures = Measures::default();
        let (here, gone): (AccountId, AccountId) = ("here".parse().unwrap(), "gone".parse().unwrap());
        for account in [&here, &gone] {
            measures.checked(account, true, Duration::ZERO);
            measures.called(account.clone(), "2xx", Duration::ZERO);
        }
        let counts = measures.counts(|account| *account == here, |_| true, |_| true);
        assert_eq!(
            counts
                .checks
                .keys()
                .map(|(account, _)| account)
                .collect::<Vec<_>>(),
            [&here]
        );
        assert_eq!(
            (
                counts.check_durations.len(),
                counts.calls.len(),
                counts.call_durations.len()
            ),
            (1, 1, 1)
        );
    }

    #[tokio::test]
    async fn only_what_is_asked_on_behalf_of_an_account_is_its_call() {
        let account: AccountId = "hw".parse().unwrap();
        assert!(ASKING.try_with(AccountId::clone).is_err());
        let seen = asking(account.clone(), async {
            ASKING.try_with(AccountId::clone).unwrap()
        })
        .await;
        assert_eq!(seen, account);
    }
}
