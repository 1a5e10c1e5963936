//! Guards in a report: alerts with what clears them, actions with their proof, what is low, lapses.

use tidegate_guard::{Level, Severity};

use super::sheet::{Row, Section};
use super::teller::Teller;
use super::{next_of, texts as t, title_of};
use crate::catalogue::words as w;
use crate::page::Tone;
use crate::report::{LowFacts, ReportAction, ReportAlert};

/// Alerts, actions, balances and quotas, lapses; a day without any says so of the first two.
pub(super) fn sections(teller: Teller<'_>) -> Vec<Section> {
    let all = [
        Some(alerts(teller)),
        Some(actions(teller)),
        low(teller),
        lapses(teller),
    ];
    all.into_iter().flatten().collect()
}

fn alerts(teller: Teller<'_>) -> Section {
    let facts = teller.facts;
    let more =
        (facts.alerts_more > 0).then(|| teller.say(t::ALERTS_MORE, &[("n", &facts.alerts_more.to_string())]));
    let none = facts
        .alerts
        .is_empty()
        .then(|| teller.word(t::NO_ALERTS).to_owned());
    Section {
        title: teller.word(t::SECTION_ALERTS),
        rows: facts
            .alerts
            .iter()
            .map(|alert| alert_row(teller, alert))
            .collect(),
        notes: none.into_iter().chain(more).collect(),
    }
}

fn alert_row(teller: Teller<'_>, alert: &ReportAlert) -> Row {
    let (at, title) = (teller.at(alert.at), title_of(teller, alert));
    let state = alert.resolved_at.map_or_else(
        || teller.word(t::ALERT_OPEN).to_owned(),
        |at| teller.say(t::ALERT_OVER, &[("at", &teller.at(at))]),
    );
    let open = alert.resolved_at.is_none();
    let clears = next_of(teller, alert).filter(|_| open);
    let tone = match (open, alert.severity) {
        (false, _) | (true, Severity::Info) => Tone::Info,
        (true, Severity::Warning) => Tone::Warning,
        (true, Severity::Critical) => Tone::Critical,
    };
    Row {
        tone,
        details: clears
            .map(|next| teller.say(t::ALERT_CLEARS, &[("next", &next)]))
            .into_iter()
            .collect(),
        ..Row::new(teller.say(t::ALERT_AT, &[("at", &at), ("title", &title)]), state)
    }
}

fn actions(teller: Teller<'_>) -> Section {
    let facts = teller.facts;
    let more = (facts.actions_more > 0)
        .then(|| teller.say(t::ALERTS_MORE, &[("n", &facts.actions_more.to_string())]));
    let none = facts
        .actions
        .is_empty()
        .then(|| teller.word(t::NO_ACTIONS).to_owned());
    Section {
        title: teller.word(t::SECTION_ACTIONS),
        rows: facts
            .actions
            .iter()
            .map(|action| action_row(teller, action))
            .collect(),
        notes: none.into_iter().chain(more).collect(),
    }
}

/// What, on what, when.
pub(super) fn action_name(teller: Teller<'_>, action: &ReportAction) -> String {
    let verb = teller.word(w::verb(action.action, action.target.kind));
    let target = teller.name(&action.target.name);
    let at = teller.at(action.at);
    teller.say(t::ACTION_AT, &[("at", &at), ("verb", verb), ("target", &target)])
}

fn action_row(teller: Teller<'_>, action: &ReportAction) -> Row {
    let by = if action.by_person {
        t::ACTION_BY_PERSON
    } else {
        t::ACTION_BY_GUARD
    };
    let lang = teller.voice.lang;
    let proof = action.proof.as_ref().map(|proof| {
        let (before, after) = (w::power(&proof.before, lang), w::power(&proof.after, lang));
        let at = teller.at(proof.at);
        teller.say(t::PROOF, &[("before", before), ("after", after), ("at", &at)])
    });
    let tone = match action.state {
        tidegate_guard::IntentState::Verified => Tone::Good,
        tidegate_guard::IntentState::Cancelled => Tone::Info,
        tidegate_guard::IntentState::Failed
        | tidegate_guard::IntentState::Unknown
        | tidegate_guard::IntentState::Abandoned => Tone::Critical,
        _ => Tone::Acting,
    };
    Row {
        tone,
        details: [teller.word(by).to_owned()].into_iter().chain(proof).collect(),
        ..Row::new(
            action_name(teller, action),
            teller.word(w::intent(action.state)).to_owned(),
        )
    }
}

fn low(teller: Teller<'_>) -> Option<Section> {
    let facts = teller.facts;
    if facts.low.is_empty() && facts.calm == 0 {
        return None;
    }
    let (text, one) = if facts.low.is_empty() {
        (t::ALL_CALM, t::ALL_CALM_ONE)
    } else {
        (t::REST_CALM, t::REST_CALM_ONE)
    };
    let calm = (facts.calm > 0).then(|| teller.count(text, one, facts.calm));
    Some(Section {
        title: teller.word(t::SECTION_LOW),
        rows: facts.low.iter().map(|low| low_row(teller, low)).collect(),
        notes: calm.into_iter().collect(),
    })
}

/// Which meter, by names.
pub(super) fn low_name(teller: Teller<'_>, low: &LowFacts) -> String {
    let (account, meter) = (teller.name(&low.account), teller.name(&low.meter));
    if low.meter.contains(&low.account) {
        return meter;
    }
    teller.say(t::LOW_NAME, &[("account", &account), ("meter", &meter)])
}

/// What is left of it.
pub(super) fn low_left(teller: Teller<'_>, low: &LowFacts) -> String {
    let amount = |quantity| teller.voice.amount(quantity, low.byte_base);
    match (low.left, low.whole) {
        (Some(left), Some(whole)) => teller.say(
            t::LOW_LEFT_OF,
            &[("left", &amount(left)), ("whole", &amount(whole))],
        ),
        (Some(left), None) => teller.say(t::LOW_LEFT, &[("left", &amount(left))]),
        (None, _) => teller.word(t::LOW_UNKNOWN).to_owned(),
    }
}

fn low_row(teller: Teller<'_>, low: &LowFacts) -> Row {
    let as_of = low
        .as_of
        .map(|at| teller.say(t::AS_OF, &[("at", &teller.at(at))]));
    let blind = low
        .blind
        .map(|reason| teller.say(t::LOW_BLIND, &[("reason", teller.word(w::reason(reason)))]));
    Row {
        tone: match low.level {
            Level::Critical => Tone::Critical,
            Level::Warning | Level::Blind => Tone::Warning,
            Level::Calm => Tone::Info,
        },
        details: as_of.into_iter().chain(blind).collect(),
        ..Row::new(low_name(teller, low), low_left(teller, low))
    }
}

fn lapses(teller: Teller<'_>) -> Option<Section> {
    let all = &teller.facts.lapses;
    let lang = teller.voice.lang;
    let row = |lapse: &crate::report::LapseFacts| {
        let (start, end) = (teller.at(lapse.start), teller.at(lapse.end));
        let span = teller.voice.span(lapse.end.since(lapse.start));
        let name = teller.say(t::LAPSE, &[("start", &start), ("end", &end), ("span", &span)]);
        let (cause, next) = w::lapse(&lapse.cause);
        Row {
            tone: Tone::Warning,
            details: next.map(|next| next.of(lang).to_owned()).into_iter().collect(),
            ..Row::new(name, cause.say(lang, &[("cause", &lapse.cause)]))
        }
    };
    (!all.is_empty()).then(|| Section {
        title: teller.word(t::SECTION_LAPSES),
        rows: all.iter().map(row).collect(),
        notes: Vec::new(),
    })
}

/// The footer that proves: the end of the audit chain.
pub(super) fn audit(teller: Teller<'_>, hash_chars: usize) -> Option<String> {
    let mark = teller.facts.audit.as_ref()?;
    let hash: String = mark.hash.chars().take(hash_chars).collect();
    Some(teller.say(t::AUDIT, &[("seq", &mark.seq.to_string()), ("hash", &hash)]))
}
