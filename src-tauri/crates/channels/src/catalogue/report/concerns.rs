//! What of a report needs a person, the worst first, and the verdict: the first of it, or that there is none.

use std::time::Duration;

use tidegate_guard::{IntentState, Severity};

use super::sheet::Remark;
use super::teller::Teller;
use super::{texts as t, title_of};
use crate::Message;
use crate::catalogue::words as w;
use crate::page::Tone;
use crate::report::{
    DeviceHeard, LeakVerdict, LeftFacts, ReportAlert, ReportCause, ReportFacts, SubscriptionFacts,
};

/// An expiry this near needs a decision: a week is what a payment by hand takes at its slowest.
const EXPIRY_DAYS: i64 = 7;
/// A device that was not heard of for this long is not only off for the night.
const SILENT_SPAN: Duration = Duration::from_secs(24 * 3600);
/// The condition of a device that fell silent begins so.
const SILENT: &str = "device_silent";

/// The verdict, and the other concerns in their order.
pub(super) fn verdict(teller: Teller<'_>) -> (Remark, Vec<Remark>) {
    let mut all = concerns(teller);
    if all.is_empty() {
        return (calm(teller), Vec::new());
    }
    let rest = all.split_off(1);
    let mut first = all.into_iter().next().unwrap_or_else(|| calm(teller));
    if !rest.is_empty() {
        let more = teller.count(t::MORE_CONCERNS, t::MORE_CONCERNS_ONE, rest.len());
        first.text = joined(&first.text, &more, teller);
    }
    (first, rest)
}

/// How many things need a person.
pub(super) fn alarms(teller: Teller<'_>) -> usize {
    concerns(teller).len()
}

/// How the report came about, where that is worth saying.
pub(super) fn notes(teller: Teller<'_>) -> Vec<Remark> {
    let facts = teller.facts;
    let cause = match facts.cause {
        ReportCause::Scheduled => None,
        ReportCause::Late => Some(t::LATE),
        ReportCause::ByHand => Some(t::BY_HAND),
        ReportCause::Preview => Some(t::PREVIEW),
    };
    let missed = facts.missed.map(|missed| {
        let days = teller.days(missed.from, missed.through);
        let Some(sum) = missed.sum else {
            return teller.say(t::MISSED_UNKNOWN, &[("days", &days)]);
        };
        let proxy = teller.bytes(sum.proxy.total().unwrap_or(u64::MAX));
        let direct = teller.bytes(sum.direct.total().unwrap_or(u64::MAX));
        teller.say(
            t::MISSED,
            &[("days", &days), ("proxy", &proxy), ("direct", &direct)],
        )
    });
    cause
        .map(|text| teller.word(text).to_owned())
        .into_iter()
        .chain(missed)
        .map(|text| Remark {
            tone: Tone::Info,
            text,
        })
        .collect()
}

fn joined(first: &str, more: &str, teller: Teller<'_>) -> String {
    match teller.voice.lang {
        tidegate_meter::Lang::Zh => format!("{first}{more}"),
        tidegate_meter::Lang::En => format!("{first} {more}"),
    }
}

/// The shortest subscription stands for all: what it lasts, the others last as well.
fn calm(teller: Teller<'_>) -> Remark {
    let shortest = teller
        .facts
        .subscriptions
        .iter()
        .find(|subscription| lasts(subscription));
    let text = shortest.and_then(|subscription| {
        let name = teller.name(&subscription.name);
        match (subscription.left, subscription.reset, subscription.expires_at) {
            (LeftFacts::UntilReset { spare }, Some(reset), _) => {
                let (date, spare) = (teller.date(reset.next), teller.amount(spare));
                let values = [("name", &*name), ("date", &*date), ("spare", &*spare)];
                Some(teller.say(t::CALM_RESET, &values))
            }
            (LeftFacts::UntilExpiry { spare }, _, Some(at)) => {
                let (date, spare) = (teller.date_of(at), teller.amount(spare));
                let values = [("name", &*name), ("date", &*date), ("spare", &*spare)];
                Some(teller.say(t::CALM_EXPIRY, &values))
            }
            (LeftFacts::RunsOut { least, most }, ..) => {
                let days = teller.range(least, most);
                Some(teller.say(t::CALM_RANGE, &[("name", &name), ("days", &days)]))
            }
            _ => None,
        }
    });
    Remark {
        tone: Tone::Good,
        text: text.unwrap_or_else(|| teller.word(t::CALM).to_owned()),
    }
}

const fn lasts(subscription: &SubscriptionFacts) -> bool {
    !matches!(subscription.left, LeftFacts::Unlimited | LeftFacts::NoEstimate)
}

fn concerns(teller: Teller<'_>) -> Vec<Remark> {
    let facts = teller.facts;
    let mut all = Vec::new();
    all.extend(unwatched(teller));
    all.extend(facts.alerts.iter().filter_map(|alert| open(teller, alert)));
    all.extend(facts.actions.iter().filter_map(|action| {
        let left = matches!(
            action.state,
            IntentState::Failed | IntentState::Unknown | IntentState::Abandoned
        );
        left.then(|| {
            let verb = teller.word(w::verb(action.action, action.target.kind));
            let state = teller.word(w::intent(action.state));
            let target = teller.name(&action.target.name);
            critical(teller.say(
                t::ACTION_LEFT,
                &[("verb", verb), ("target", &target), ("state", state)],
            ))
        })
    }));
    for subscription in &facts.subscriptions {
        all.extend(leak(teller, subscription));
        all.extend(short(teller, subscription));
        all.extend(unread(teller, subscription));
    }
    all.extend(silent(teller));
    all.extend(facts.lapses.iter().map(|lapse| {
        let (cause, next) = w::lapse(&lapse.cause);
        let cause = cause.say(teller.voice.lang, &[("cause", &lapse.cause)]);
        let span = teller.voice.span(lapse.end.since(lapse.start));
        let next = next_step(teller, next.map(|next| teller.word(next)));
        let values = [("span", &*span), ("cause", &*cause), ("next", &*next)];
        warning(teller.say(t::UNGUARDED, &values).trim_end().to_owned())
    }));
    // A stable order: what is critical first, and within that as above.
    all.sort_by_key(|remark| remark.tone != Tone::Critical);
    all
}

fn unwatched(teller: Teller<'_>) -> Option<Remark> {
    let traffic = teller.facts.traffic.as_ref()?;
    traffic
        .sum
        .is_none()
        .then(|| critical(teller.word(t::UNWATCHED).to_owned()))
}

/// An alert that has not ended.
fn open(teller: Teller<'_>, alert: &ReportAlert) -> Option<Remark> {
    let leaks = matches!(alert.said.as_deref(), Some(Message::Leak { .. }));
    if alert.resolved_at.is_some() || (leaks && teller.facts.subscriptions.iter().any(differs)) {
        return None;
    }
    let (text, tone) = match alert.severity {
        Severity::Critical => (t::ALARM_OPEN, Tone::Critical),
        Severity::Warning => (t::WARNING_OPEN, Tone::Warning),
        Severity::Info => return None,
    };
    let next = next_step(teller, super::next_of(teller, alert).as_deref());
    let said = teller.say(text, &[("title", &title_of(teller, alert)), ("next", &next)]);
    Some(Remark {
        tone,
        text: said.trim_end().to_owned(),
    })
}

/// A sentence that says what to do, where anything is known to help.
fn next_step(teller: Teller<'_>, next: Option<&str>) -> String {
    next.map_or_else(String::new, |next| teller.say(t::NEXT_STEP, &[("next", next)]))
}

/// What the subscription itself tells needs no alert beside it.
fn differs(subscription: &SubscriptionFacts) -> bool {
    let verdict = subscription.leak.map(|leak| leak.verdict);
    matches!(
        verdict,
        Some(LeakVerdict::UsedElsewhere | LeakVerdict::CountedHere)
    )
}

fn leak(teller: Teller<'_>, subscription: &SubscriptionFacts) -> Option<Remark> {
    let leak = subscription.leak.as_ref()?;
    let (text, difference) = match leak.verdict {
        LeakVerdict::UsedElsewhere => (t::LEAKED, leak.difference),
        LeakVerdict::CountedHere => {
            let apart = tidegate_meter::Quantity::bytes(leak.difference.raw().saturating_abs());
            (t::OVERCOUNTED, apart)
        }
        LeakVerdict::Agrees | LeakVerdict::SeenOnce | LeakVerdict::NotDecidable => return None,
    };
    let values = [
        ("name", teller.name(&subscription.name)),
        ("billed", teller.amount(leak.billed)),
        ("ours", teller.amount(leak.ours)),
        ("difference", teller.amount(difference)),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(key, value)| (*key, value.as_str())).collect();
    Some(warning(teller.say(text, &values)))
}

fn short(teller: Teller<'_>, subscription: &SubscriptionFacts) -> Option<Remark> {
    let name = teller.name(&subscription.name);
    match (subscription.left, subscription.reset) {
        (LeftFacts::UsedUp, _) => Some(critical(teller.say(t::USED_UP, &[("name", &name)]))),
        (LeftFacts::RunsOut { least, most }, Some(reset)) if least < reset.days => {
            let (days, date) = (teller.range(least, most), teller.date(reset.next));
            Some(warning(teller.say(
                t::RUNS_OUT_RESET,
                &[("name", &name), ("days", &days), ("date", &date)],
            )))
        }
        (LeftFacts::RunsOut { least, most }, None) if i64::from(least) <= EXPIRY_DAYS => {
            let days = teller.range(least, most);
            Some(warning(
                teller.say(t::RUNS_OUT_SOON, &[("name", &name), ("days", &days)]),
            ))
        }
        _ => {
            let at = subscription.expires_at?;
            let days = at.ms_since(teller.facts.window.end).div_euclid(24 * 3_600_000);
            let text = if days < 0 { t::EXPIRED } else { t::EXPIRES_SOON };
            let date = teller.date_of(at);
            (days <= EXPIRY_DAYS).then(|| warning(teller.say(text, &[("name", &name), ("date", &date)])))
        }
    }
}

fn unread(teller: Teller<'_>, subscription: &SubscriptionFacts) -> Option<Remark> {
    let reason = subscription.blind?;
    let name = teller.name(&subscription.name);
    let (why, next) = (
        teller.word(w::reason(reason)),
        teller.word(w::reason_next(reason)),
    );
    let text = match subscription.as_of {
        Some(at) => {
            let at = teller.at(at);
            teller.say(
                t::UNREAD,
                &[("name", &name), ("reason", why), ("at", &at), ("next", next)],
            )
        }
        None => teller.say(t::NEVER_READ, &[("name", &name), ("reason", why), ("next", next)]),
    };
    Some(warning(text))
}

/// Devices that were not heard of for a day: one that is off for the night needs nobody, and one that an alert tells of
/// is not told twice.
fn silent<'a>(teller: Teller<'a>) -> impl Iterator<Item = Remark> + 'a {
    let facts = teller.facts;
    let alerted = facts.alerts.iter().any(|alert| {
        let said = alert.said.as_deref();
        alert.resolved_at.is_none()
            && matches!(said, Some(Message::Program { condition, .. }) if condition.starts_with(SILENT))
    });
    let devices = facts.traffic.iter().flat_map(|traffic| &traffic.devices);
    devices.filter(move |_| !alerted).filter_map(move |device| {
        let DeviceHeard::Silent { since } = device.heard else {
            return None;
        };
        if since.is_some_and(|at| facts.window.end.since(at) < SILENT_SPAN) {
            return None;
        }
        let name = teller.name(&device.name);
        let text = since.map_or_else(
            || teller.say(t::SILENT_EVER, &[("name", &name)]),
            |at| teller.say(t::SILENT_SINCE, &[("name", &name), ("at", &teller.at(at))]),
        );
        Some(warning(text))
    })
}

const fn critical(text: String) -> Remark {
    Remark {
        tone: Tone::Critical,
        text,
    }
}

const fn warning(text: String) -> Remark {
    Remark {
        tone: Tone::Warning,
        text,
    }
}

/// Whether anything of a report needs a person.
pub(super) fn worst(facts: &ReportFacts) -> Tone {
    let teller = Teller::new(facts, tidegate_meter::Lang::En);
    verdict(teller).0.tone
}
