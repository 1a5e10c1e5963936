//! Subscriptions of a report: what is left, for how long, how old that is, and what the leak check says.

use super::sheet::{Row, Section};
use super::teller::{Teller, percent};
use super::texts as t;
use crate::catalogue::{Text, words as w};
use crate::page::Tone;
use crate::report::{LeakFacts, LeakVerdict, LeftFacts, SubscriptionFacts};

/// All of them; nothing where there is none.
pub(super) fn section(teller: Teller<'_>) -> Option<Section> {
    let all = &teller.facts.subscriptions;
    let section = Section {
        title: teller.word(t::SECTION_SUBSCRIPTIONS),
        rows: all.iter().map(|one| row(teller, one)).collect(),
        notes: Vec::new(),
    };
    (!all.is_empty()).then_some(section)
}

fn row(teller: Teller<'_>, one: &SubscriptionFacts) -> Row {
    let mut details = vec![today(teller, one), lasts(teller, one)];
    details.extend(ends(teller, one));
    details.extend(age(teller, one));
    details.extend(one.leak.as_ref().map_or_else(
        || vec![teller.word(t::NO_CHECK).to_owned()],
        |leak| vec![compared(teller, leak), span(teller, leak)],
    ));
    Row {
        tone: tone(one),
        details,
        share: left_share(one),
        ..Row::new(teller.name(&one.name), left(teller, one))
    }
}

/// How much of the whole is left, in percent.
pub(super) fn left_share(one: &SubscriptionFacts) -> Option<u64> {
    let (left, total) = (one.remaining?, one.total?);
    percent(u64::try_from(left.raw()).ok()?, u64::try_from(total.raw()).ok()?)
}

fn tone(one: &SubscriptionFacts) -> Tone {
    let leaks = one.leak.is_some_and(|leak| {
        matches!(
            leak.verdict,
            LeakVerdict::UsedElsewhere | LeakVerdict::CountedHere
        )
    });
    let early = |least| one.reset.is_some_and(|reset| least < reset.days);
    match one.left {
        LeftFacts::UsedUp | LeftFacts::Expired => Tone::Critical,
        LeftFacts::RunsOut { least, .. } if early(least) => Tone::Warning,
        _ if leaks || one.blind.is_some() => Tone::Warning,
        _ => Tone::Info,
    }
}

/// `38.2 GiB of 100 GiB left`.
pub(super) fn left(teller: Teller<'_>, one: &SubscriptionFacts) -> String {
    match (one.remaining, one.total, one.used) {
        (Some(left), Some(total), _) => teller.say(
            t::LEFT_OF,
            &[("left", &teller.amount(left)), ("total", &teller.amount(total))],
        ),
        (_, _, Some(used)) => teller.say(t::LEFT_ONLY, &[("used", &teller.amount(used))]),
        _ => teller.word(t::LEFT_UNKNOWN).to_owned(),
    }
}

fn today(teller: Teller<'_>, one: &SubscriptionFacts) -> String {
    one.today.map_or_else(
        || teller.word(t::TODAY_UNKNOWN).to_owned(),
        |today| teller.say(t::TODAY, &[("bytes", &teller.amount(today))]),
    )
}

/// For how long it lasts.
pub(super) fn lasts(teller: Teller<'_>, one: &SubscriptionFacts) -> String {
    let text = match one.left {
        LeftFacts::RunsOut { least, most } => {
            let days = teller.range(least, most);
            return teller.say(t::LASTS_RANGE, &[("days", &days)]);
        }
        LeftFacts::UntilReset { spare } => {
            return teller.say(t::LASTS_RESET, &[("spare", &teller.amount(spare))]);
        }
        LeftFacts::UntilExpiry { spare } => {
            return teller.say(t::LASTS_EXPIRY, &[("spare", &teller.amount(spare))]);
        }
        LeftFacts::Expired => t::HAS_EXPIRED,
        LeftFacts::NoEstimate => t::NO_ESTIMATE,
        LeftFacts::Unlimited => t::NEVER_ENDS,
        LeftFacts::UsedUp => t::ALL_USED,
    };
    teller.word(text).to_owned()
}

/// When it is counted anew, and when it ends.
pub(super) fn ends(teller: Teller<'_>, one: &SubscriptionFacts) -> Vec<String> {
    let reset = one.reset.map(|reset| {
        let date = teller.date(reset.next);
        if reset.days == 0 {
            return teller.say(t::RESETS_TODAY, &[("date", &date)]);
        }
        let days = teller.whole_days(reset.days);
        teller.say(t::RESETS, &[("date", &date), ("days", &days)])
    });
    let expiry = one
        .expires_at
        .map(|at| teller.say(t::EXPIRES, &[("date", &teller.date_of(at))]));
    reset.into_iter().chain(expiry).collect()
}

/// How old it is, and why nothing newer is known.
fn age(teller: Teller<'_>, one: &SubscriptionFacts) -> Vec<String> {
    let as_of = one.as_of.map(|at| {
        let values = [("at", &*teller.at(at)), ("age", &*teller.voice.age(at))];
        let at = teller.say(w::AT_WITH_AGE, &values);
        teller.say(t::AS_OF, &[("at", &at)])
    });
    let blind = one
        .blind
        .map(|reason| teller.say(t::LOW_BLIND, &[("reason", teller.word(w::reason(reason)))]));
    as_of.into_iter().chain(blind).collect()
}

/// Both sides with their difference.
pub(super) fn compared(teller: Teller<'_>, leak: &LeakFacts) -> String {
    let values = [
        ("billed", teller.amount(leak.billed)),
        ("ours", teller.amount(leak.ours)),
        ("difference", teller.signed(leak.difference)),
        ("tolerance", teller.amount(leak.tolerance)),
        ("verdict", teller.word(verdict(leak.verdict)).to_owned()),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(key, value)| (*key, value.as_str())).collect();
    teller.say(t::COMPARED, &values)
}

fn span(teller: Teller<'_>, leak: &LeakFacts) -> String {
    let (start, end) = (teller.at(leak.span.start), teller.at(leak.span.end));
    let coverage = teller.amount(leak.coverage);
    teller.say(
        t::COMPARED_SPAN,
        &[("start", &start), ("end", &end), ("coverage", &coverage)],
    )
}

const fn verdict(verdict: LeakVerdict) -> Text {
    match verdict {
        LeakVerdict::Agrees => t::AGREES,
        LeakVerdict::UsedElsewhere => t::USED_ELSEWHERE,
        LeakVerdict::CountedHere => t::COUNTED_HERE,
        LeakVerdict::SeenOnce => t::SEEN_ONCE,
        LeakVerdict::NotDecidable => t::NOT_DECIDABLE,
    }
}
