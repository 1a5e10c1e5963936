//! From a message to its title and lines. Owns the order: what, how much, as of when, what Tidegate did or will do,
//! what a person can do.

use std::time::Duration;

use tidegate_guard::{Belt, StepFacts, Why};
use tidegate_meter::{ByteBase, Lang, Reason, Time, parse_span};

use super::text::Text;
use super::voice::{Voice, span_text};
use super::{Line, closure, deed, leak, mail, renewals, report, sentences as s, why as judged, words as w};
use crate::{Message, MeterRef};

/// The title.
pub(crate) fn title(message: &Message, lang: Lang) -> String {
    match message {
        Message::StepReached { meter, step, .. } => stepped(s::REACHED_TITLE, meter, step, lang),
        Message::StepReminder { meter, step, .. } => stepped(s::REMINDER_TITLE, meter, step, lang),
        Message::StepResolved {
            meter,
            step,
            by_new_window,
            ..
        } => {
            let text = if *by_new_window {
                s::NEW_WINDOW_TITLE
            } else {
                s::RESOLVED_TITLE
            };
            stepped(text, meter, step, lang)
        }
        Message::Blind { meter, blind, .. } => s::BLIND_TITLE.say(
            lang,
            &[
                ("meter", &meter.meter_name),
                ("reason", w::reason(blind.reason).of(lang)),
            ],
        ),
        Message::BlindResolved { meter, .. } => {
            s::BLIND_RESOLVED_TITLE.say(lang, &[("meter", &meter.meter_name)])
        }
        Message::Lapse { start, end, cause } => {
            let cause = w::lapse(cause).0.say(lang, &[("cause", cause)]);
            s::LAPSE_TITLE.say(
                lang,
                &[("span", &span_text(end.since(*start), lang)), ("cause", &cause)],
            )
        }
        Message::Group { messages } => s::GROUP_TITLE.say(lang, &[("n", &messages.len().to_string())]),
        Message::Program { condition, .. } => {
            let [title, ..] = program(condition);
            title.say(lang, &[("condition", condition), ("subject", split(condition).1)])
        }
        Message::Test { .. } => s::TEST_TITLE.of(lang).to_owned(),
        Message::Report { report: facts } => report::subject(facts, lang),
        other => mail::title(other, lang)
            .or_else(|| deed::title(other, lang))
            .or_else(|| renewals::title(other, lang))
            .or_else(|| leak::title(other, lang))
            .unwrap_or_default(),
    }
}

fn stepped(text: Text, meter: &MeterRef, step: &str, lang: Lang) -> String {
    text.say(
        lang,
        &[("meter", &meter.meter_name), ("step", &step_text(step, lang))],
    )
}

/// A step's text as a phrase; what is neither a share, a span nor the limit is a headroom.
fn step_text(step: &str, lang: Lang) -> String {
    if step == "limit" {
        return s::STEP_LIMIT.of(lang).to_owned();
    }
    if step.ends_with('%') {
        return s::STEP_SHARE.say(lang, &[("step", step)]);
    }
    match parse_span(step) {
        Ok(span) => s::STEP_RUN_OUT.say(lang, &[("step", &span_text(span, lang))]),
        Err(_) => s::STEP_HEADROOM.say(lang, &[("step", step)]),
    }
}

/// The lines.
pub(crate) fn lines(message: &Message, voice: Voice<'_>) -> Vec<Line> {
    match message {
        Message::StepReached {
            meter, facts, why, ..
        } => {
            let idle = |belt: &Belt| matches!(belt, Belt::Watch | Belt::Expired { .. });
            let text = if why.belts.iter().any(idle) && !why.belts.contains(&Belt::NoAction) {
                s::STEP_NEXT_ARM
            } else {
                s::STEP_NEXT
            };
            let next = voice.say(text, &[("guard", meter.guard.as_str())]);
            step(meter, facts, why, None, next, voice)
        }
        Message::StepReminder {
            meter,
            facts,
            why,
            since,
            ..
        } => {
            let next = voice.word(s::REMINDER_NEXT).to_owned();
            step(meter, facts, why, Some(*since), next, voice)
        }
        Message::StepResolved {
            meter,
            facts,
            by_new_window,
            closed,
            ..
        } => {
            let mut lines = resolved(meter, facts.as_ref(), *by_new_window, voice);
            lines.extend(closed.iter().map(|target| closure::offer(target, voice)));
            lines
        }
        Message::Blind { meter, blind, since } => {
            let mut lines = blindness(meter, blind.reason, *since, voice);
            if !blind.detail.is_empty() {
                lines.insert(2, voice.line(w::LABEL_DETAIL, blind.detail.as_str()));
            }
            lines
        }
        Message::BlindResolved { meter, reason, since } => sighted(meter, *reason, *since, voice),
        Message::Lapse { start, end, cause } => lapse(*start, *end, cause, voice),
        Message::Group { messages } => group(messages, voice),
        Message::Program { condition, detail } => program_lines(condition, detail, voice),
        Message::Test { channel } => {
            vec![voice.plain(voice.say(s::TEST_EFFECT, &[("channel", channel)]))]
        }
        Message::RenewalDue { .. } | Message::RenewalSettled { .. } => renewals::lines(message, voice),
        Message::Report { report: facts } => report::lines(facts, voice.lang),
        other => mail::lines(other, voice)
            .or_else(|| leak::lines(other, voice))
            .unwrap_or_else(|| deed::lines(other, voice)),
    }
}

/// Whose meter it is.
pub(crate) fn account(name: &str, voice: Voice<'_>) -> Line {
    voice.line(w::LABEL_ACCOUNT, name)
}

/// The numbers: what is left, as of when, when it runs out. A missing number is left out, never shown as zero.
pub(crate) fn numbers(facts: &StepFacts, meter: &MeterRef, voice: Voice<'_>) -> Vec<Line> {
    let mut lines = vec![voice.line(w::LABEL_LEFT, left(facts, meter.byte_base, voice))];
    lines.push(voice.line(w::LABEL_AS_OF, as_of(facts, meter, voice)));
    lines.extend(
        facts
            .run_out
            .map(|band| voice.line(w::LABEL_FORECAST, judged::run_out(band, voice))),
    );
    lines
}

/// A number read a second ago may be a day old all the same, and is told as such.
fn as_of(facts: &StepFacts, meter: &MeterRef, voice: Voice<'_>) -> String {
    let at = voice.at_with_age(facts.as_of);
    let Some(hours) = meter.behind_hours else {
        return at;
    };
    let span = voice.span(Duration::from_secs(u64::from(hours) * 3600));
    voice.say(s::AS_OF_BILL, &[("at", &at), ("span", &span)])
}

fn left(facts: &StepFacts, base: ByteBase, voice: Voice<'_>) -> String {
    let left = facts.headroom.map_or_else(
        || voice.word(super::judgement::NOT_KNOWN).to_owned(),
        |left| voice.amount(left, base),
    );
    let left = match facts.whole {
        Some(whole) => voice.say(
            s::LEFT_OF,
            &[("left", &left), ("whole", &voice.amount(whole, base))],
        ),
        None => left,
    };
    match facts.share {
        Some(share) => voice.say(
            s::WITH_SHARE,
            &[("left", &left), ("share", &voice.amount(share, base))],
        ),
        None => left,
    }
}

fn step(
    meter: &MeterRef,
    facts: &StepFacts,
    why: &Why,
    since: Option<Time>,
    next: String,
    voice: Voice<'_>,
) -> Vec<Line> {
    let mut lines = vec![account(&meter.account_name, voice)];
    lines.extend(numbers(facts, meter, voice));
    // Too few samples is worth saying: without it the missing forecast looks like an omission.
    if facts.run_out.is_none() {
        let forecast = why.forecast.as_ref();
        lines.extend(forecast.map(|it| voice.line(w::LABEL_FORECAST, judged::forecast(it, voice))));
    }
    lines.extend(since.map(|at| voice.line(w::LABEL_SINCE, voice.at_with_age(at))));
    lines.push(voice.line(w::LABEL_TIDEGATE, judged::verdict(why, voice)));
    lines.push(voice.line(w::LABEL_YOU, next));
    lines
}

fn resolved(meter: &MeterRef, facts: Option<&StepFacts>, by_new_window: bool, voice: Voice<'_>) -> Vec<Line> {
    let mut lines = vec![account(&meter.account_name, voice)];
    lines.extend(facts.into_iter().flat_map(|facts| numbers(facts, meter, voice)));
    let text = if by_new_window {
        s::NEW_WINDOW
    } else {
        s::RECOVERED
    };
    lines.push(voice.line(w::LABEL_TIDEGATE, voice.word(text)));
    lines
}

fn blindness(meter: &MeterRef, reason: Reason, since: Option<Time>, voice: Voice<'_>) -> Vec<Line> {
    let last = since.map_or_else(|| voice.word(w::NEVER).to_owned(), |at| voice.at_with_age(at));
    vec![
        account(&meter.account_name, voice),
        voice.line(w::LABEL_REASON, voice.word(w::reason(reason))),
        voice.line(w::LABEL_LAST_TRUTH, last),
        voice.line(w::LABEL_EFFECT, voice.word(s::BLIND_EFFECT)),
        voice.line(w::LABEL_YOU, voice.word(w::reason_next(reason))),
    ]
}

fn sighted(meter: &MeterRef, reason: Reason, since: Time, voice: Voice<'_>) -> Vec<Line> {
    let span = voice.span(voice.now.since(since));
    let effect = voice.say(
        s::BLIND_RESOLVED_EFFECT,
        &[("span", &span), ("reason", voice.word(w::reason(reason)))],
    );
    vec![
        account(&meter.account_name, voice),
        voice.line(w::LABEL_SINCE, voice.at(since)),
        voice.line(w::LABEL_TIDEGATE, effect),
    ]
}

fn lapse(start: Time, end: Time, cause: &str, voice: Voice<'_>) -> Vec<Line> {
    let span = voice.say(
        s::LAPSE_SPAN,
        &[("start", &voice.at(start)), ("end", &voice.at(end))],
    );
    let mut lines = vec![
        voice.line(w::LABEL_SPAN, span),
        voice.line(w::LABEL_EFFECT, voice.word(s::LAPSE_EFFECT)),
    ];
    let next = w::lapse(cause).1;
    lines.extend(next.map(|text| voice.line(w::LABEL_YOU, voice.word(text))));
    lines
}

/// One line a message: whose it is, its title and its weightiest fact. A group within a group shows only its title.
fn group(messages: &[Message], voice: Voice<'_>) -> Vec<Line> {
    messages
        .iter()
        .map(|message| {
            let title = match whose(message) {
                Some(account) => format!("{account} · {}", title(message, voice.lang)),
                None => title(message, voice.lang),
            };
            match headline(message, voice) {
                Some(fact) => voice.plain(format!("• {title}{}{fact}", voice.word(w::COMMA))),
                None => voice.plain(format!("• {title}")),
            }
        })
        .collect()
}

/// The account whose meter it is: meters of two accounts may have one name.
fn whose(message: &Message) -> Option<&str> {
    match message {
        Message::StepReached { meter, .. }
        | Message::StepReminder { meter, .. }
        | Message::StepResolved { meter, .. }
        | Message::Blind { meter, .. }
        | Message::BlindResolved { meter, .. } => Some(&meter.account_name),
        _ => None,
    }
}

fn headline(message: &Message, voice: Voice<'_>) -> Option<String> {
    let (facts, base) = match message {
        Message::StepReached { facts, meter, .. }
        | Message::StepReminder { facts, meter, .. }
        | Message::ActionPlanned { facts, meter, .. } => (facts, meter.byte_base),
        Message::StepResolved {
            facts: Some(facts),
            meter,
            ..
        } => (facts, meter.byte_base),
        _ => return None,
    };
    let amount = voice.amount(facts.headroom?, base);
    Some(voice.say(super::judgement::LEFT, &[("left", &amount)]))
}

/// Title, effect and next step of a condition of the program.
fn program(condition: &str) -> [Text; 3] {
    match split(condition).0 {
        "database_unreadable" => [
            s::PROGRAM_DATABASE_TITLE,
            s::PROGRAM_DATABASE_EFFECT,
            s::PROGRAM_DATABASE_NEXT,
        ],
        "keychain_locked" => [
            s::PROGRAM_KEYCHAIN_TITLE,
            s::PROGRAM_KEYCHAIN_EFFECT,
            s::PROGRAM_KEYCHAIN_NEXT,
        ],
        "keychain_unlocked" => [
            s::PROGRAM_UNLOCKED_TITLE,
            s::PROGRAM_UNLOCKED_EFFECT,
            s::VERIFIED_NEXT_START,
        ],
        "config_refused" => [
            s::PROGRAM_CONFIG_TITLE,
            s::PROGRAM_CONFIG_EFFECT,
            s::PROGRAM_CONFIG_NEXT,
        ],
        "spec_refused" => [
            s::PROGRAM_SPEC_TITLE,
            s::PROGRAM_SPEC_EFFECT,
            s::PROGRAM_SPEC_NEXT,
        ],
        "store_unwritable" | "disk_full" => [
            s::PROGRAM_DISK_TITLE,
            s::PROGRAM_DISK_EFFECT,
            s::PROGRAM_DISK_NEXT,
        ],
        "channel_refused" => [
            s::PROGRAM_REFUSED_TITLE,
            s::PROGRAM_REFUSED_EFFECT,
            s::PROGRAM_REFUSED_NEXT,
        ],
        "channel_unreachable" => [
            s::PROGRAM_UNREACHABLE_TITLE,
            s::PROGRAM_UNREACHABLE_EFFECT,
            s::PROGRAM_UNREACHABLE_NEXT,
        ],
        "account_blind" => [
            s::PROGRAM_ACCOUNT_TITLE,
            s::PROGRAM_ACCOUNT_EFFECT,
            s::PROGRAM_ACCOUNT_NEXT,
        ],
        "discovery_old" => [
            s::PROGRAM_DISCOVERY_TITLE,
            s::PROGRAM_DISCOVERY_EFFECT,
            s::PROGRAM_DISCOVERY_NEXT,
        ],
        "guard_unreadable" => [
            s::PROGRAM_GUARD_TITLE,
            s::PROGRAM_GUARD_EFFECT,
            s::PROGRAM_GUARD_NEXT,
        ],
        name => of_device(name),
    }
}

/// Of a condition of a device that hands in flows; of one that has no words of its own.
fn of_device(condition: &str) -> [Text; 3] {
    match condition {
        "device_refused" => [
            s::PROGRAM_REFUSED_BATCH_TITLE,
            s::PROGRAM_REFUSED_BATCH_EFFECT,
            s::PROGRAM_REFUSED_BATCH_NEXT,
        ],
        "device_clock" => [
            s::PROGRAM_CLOCK_TITLE,
            s::PROGRAM_CLOCK_EFFECT,
            s::PROGRAM_CLOCK_NEXT,
        ],
        "device_silent" => [
            s::PROGRAM_SILENT_TITLE,
            s::PROGRAM_SILENT_EFFECT,
            s::PROGRAM_SILENT_NEXT,
        ],
        _ => [
            s::PROGRAM_OTHER_TITLE,
            s::PROGRAM_OTHER_EFFECT,
            s::PROGRAM_OTHER_NEXT,
        ],
    }
}

/// A condition's name and what it is about: `channel_refused:ops`.
fn split(condition: &str) -> (&str, &str) {
    condition.split_once(':').unwrap_or((condition, ""))
}

fn program_lines(condition: &str, detail: &str, voice: Voice<'_>) -> Vec<Line> {
    let [_, effect, next] = program(condition);
    let mut lines = vec![voice.line(w::LABEL_EFFECT, voice.word(effect))];
    if !detail.is_empty() {
        lines.push(voice.line(w::LABEL_DETAIL, detail));
    }
    lines.push(voice.line(w::LABEL_YOU, voice.say(next, &[("subject", split(condition).1)])));
    lines
}
