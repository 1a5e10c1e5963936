//! The one sentence about a guard. Owns the choice of clauses; the words stand in `judgement`.

use std::time::Duration;

use tidegate_guard::{Belt, Contract, Forecast, Limit, RunOut, Why};
use tidegate_meter::{ByteBase, Lang, Quantity, Target, Time};

use super::text::Text;
use super::voice::{Voice, amount_text, span_text};
use super::{judgement as j, words as w};
use crate::limits;

/// The whole sentence.
pub(crate) fn sentence(why: &Why, base: ByteBase, voice: Voice<'_>) -> String {
    // While blind the last number is not the truth any more: it is not told as if it were.
    if why.blind.is_some() {
        return voice.sentence(&[verdict(why, voice)]);
    }
    let mut clauses = vec![headroom(why, base, voice)];
    clauses.extend(lower_bound(why, base, voice));
    clauses.extend(why.forecast.as_ref().map(|it| forecast(it, voice)));
    clauses.push(verdict(why, voice));
    voice.sentence(&clauses)
}

/// What is left, and where the line is.
fn headroom(why: &Why, base: ByteBase, voice: Voice<'_>) -> String {
    let Some(left) = why.headroom else {
        return voice.word(j::LEFT_UNKNOWN).to_owned();
    };
    let left = voice.amount(left, base);
    let Some(line) = &why.limit else {
        return voice.say(j::LEFT, &[("left", &left)]);
    };
    let line_text = limit(line, base, voice);
    let Some(distance) = why.distance else {
        return voice.say(j::LEFT_LIMIT, &[("left", &left), ("limit", &line_text)]);
    };
    let text = if distance.is_negative() {
        j::LEFT_BELOW
    } else {
        j::LEFT_ABOVE
    };
    let distance = voice.amount(magnitude(distance), base);
    voice.say(
        text,
        &[("left", &left), ("limit", &line_text), ("distance", &distance)],
    )
}

fn magnitude(quantity: Quantity) -> Quantity {
    Quantity::from_raw(quantity.raw().saturating_abs(), quantity.unit())
}

fn lower_bound(why: &Why, base: ByteBase, voice: Voice<'_>) -> Option<String> {
    let left = voice.amount(why.lower_bound?, base);
    Some(voice.say(j::LOWER_BOUND, &[("left", &left)]))
}

fn limit(limit: &Limit, base: ByteBase, voice: Voice<'_>) -> String {
    match limit {
        Limit::Headroom(line) => voice.amount(*line, base),
        Limit::Share(share) => voice.say(j::LIMIT_SHARE, &[("share", &voice.amount(*share, base))]),
        Limit::Predictive { reserve } => {
            voice.say(j::LIMIT_PREDICTIVE, &[("reserve", &voice.amount(*reserve, base))])
        }
    }
}

/// When it runs out, or what is still awaited before that can be said.
pub(crate) fn forecast(forecast: &Forecast, voice: Voice<'_>) -> String {
    match forecast {
        Forecast::Known { run_out: band, .. } => run_out(*band, voice),
        Forecast::Accumulating {
            span, span_needed, ..
        } if span < span_needed => {
            let (span, needed) = (voice.span(*span), voice.span(*span_needed));
            voice.say(j::ACCUMULATING, &[("span", &span), ("needed", &needed)])
        }
        Forecast::Accumulating {
            changes,
            changes_needed,
            ..
        } if changes < changes_needed => voice.say(
            j::ACCUMULATING_CHANGES,
            &[
                ("changes", &changes.to_string()),
                ("needed", &changes_needed.to_string()),
            ],
        ),
        Forecast::Accumulating { samples, needed, .. } => voice.say(
            j::ACCUMULATING_SAMPLES,
            &[("samples", &samples.to_string()), ("needed", &needed.to_string())],
        ),
    }
}

/// The band as a person says it: `runs out in 3–5 days`. An open end means that it may last the window.
pub(crate) fn run_out(band: RunOut, voice: Voice<'_>) -> String {
    let ends = [band.early, band.likely, band.late];
    let Some(first) = ends.into_iter().flatten().min() else {
        return voice.word(j::LASTS).to_owned();
    };
    let early = first.since(voice.now);
    if early < Duration::from_secs(60) {
        return voice.word(j::RUNS_OUT_NOW).to_owned();
    }
    match band.late {
        None => voice.say(j::RUNS_OUT_EARLIEST, &[("span", &voice.span(early))]),
        Some(late) => {
            let span = band_text(early, late.max(first).since(voice.now), voice);
            voice.say(j::RUNS_OUT, &[("span", &span)])
        }
    }
}

/// Both ends in one unit: the early one rounded down, the late one up, so that the band never promises more.
fn band_text(early: Duration, late: Duration, voice: Voice<'_>) -> String {
    let (unit, text): (u64, Text) = match early.as_secs() {
        172_800.. => (86_400, j::BAND_DAYS),
        7_200.. => (3_600, j::BAND_HOURS),
        _ => (60, j::BAND_MINUTES),
    };
    let (low, high) = (early.as_secs() / unit, late.as_secs().div_ceil(unit));
    if low >= high {
        return voice.span(Duration::from_secs(low.saturating_mul(unit)));
    }
    voice.say(text, &[("early", &low.to_string()), ("late", &high.to_string())])
}

/// What the guard does or will do, or why it does nothing.
pub(crate) fn verdict(why: &Why, voice: Voice<'_>) -> String {
    if let Some((reason, since)) = why.blind {
        let reason = voice.word(w::reason(reason));
        return voice.say(
            j::BLIND_SINCE,
            &[("reason", reason), ("since", &voice.at_with_age(since))],
        );
    }
    if let Some((state, due)) = why.acting.filter(|(state, _)| !state.is_end()) {
        let state = voice.word(w::intent(state));
        return voice.say(j::ACTING, &[("state", state), ("due", &voice.at_with_age(due))]);
    }
    // What never acts has no belt worth telling: the others would block nothing.
    if why.belts.contains(&Belt::NoAction) {
        let text = if why.over { j::WARNS_OVER } else { j::WARNS_ONLY };
        return voice.word(text).to_owned();
    }
    if why.lasts {
        return voice.word(j::SPARED).to_owned();
    }
    let (free, blocked) = if why.over {
        (j::WILL_ACT, j::OVER_BLOCKED)
    } else {
        (j::CALM, j::CALM_BLOCKED)
    };
    if why.belts.is_empty() {
        return voice.word(free).to_owned();
    }
    voice.say(blocked, &[("belts", &belts(&why.belts, voice))])
}

/// The first belt, and how many more there are. What the next look lifts by itself is told only where nothing else
/// blocks.
fn belts(belts: &[Belt], voice: Voice<'_>) -> String {
    let passes = |belt: &&Belt| matches!(belt, Belt::Agreeing { .. } | Belt::Quarantined);
    let lasting: Vec<&Belt> = belts.iter().filter(|belt| !passes(belt)).collect();
    let belts = if lasting.is_empty() {
        belts.iter().collect()
    } else {
        lasting
    };
    let mut texts: Vec<String> = belts
        .iter()
        .take(limits::BELTS_NAMED)
        .map(|it| belt(it, voice))
        .collect();
    let hidden = belts.len().saturating_sub(limits::BELTS_NAMED);
    if hidden > 0 {
        texts.push(voice.say(j::MORE_BELTS, &[("n", &hidden.to_string())]));
    }
    texts.join(voice.word(w::COMMA))
}

/// One restriction.
pub(crate) fn belt(belt: &Belt, voice: Voice<'_>) -> String {
    let until = |text: Text, key: &str, at: Time| voice.say(text, &[(key, &voice.at(at))]);
    let on = |text: Text, target: &Target| voice.say(text, &[("target", &target.name)]);
    let count = |text: Text, actions: u32, allowed: u32| {
        voice.say(
            text,
            &[
                ("actions", &actions.to_string()),
                ("allowed", &allowed.to_string()),
            ],
        )
    };
    match belt {
        Belt::Watch => voice.word(j::BELT_WATCH).to_owned(),
        Belt::Expired { at } => until(j::BELT_EXPIRED, "at", *at),
        Belt::Agreeing { seen, needed } => voice.say(
            j::BELT_AGREEING,
            &[("seen", &seen.to_string()), ("needed", &needed.to_string())],
        ),
        Belt::Old { age, allowed } => voice.say(
            j::BELT_OLD,
            &[("age", &voice.span(*age)), ("allowed", &voice.span(*allowed))],
        ),
        Belt::Quarantined => voice.word(j::BELT_QUARANTINED).to_owned(),
        Belt::Settling { until: at } => until(j::BELT_SETTLING, "until", *at),
        Belt::Grace { target, until: at } => voice.say(
            j::BELT_GRACE,
            &[("target", &target.name), ("until", &voice.at(*at))],
        ),
        Belt::GuardCount { actions, allowed } => count(j::BELT_GUARD_COUNT, *actions, *allowed),
        Belt::TargetCount {
            target,
            actions,
            allowed,
        } => voice.say(
            j::BELT_TARGET_COUNT,
            &[
                ("target", &target.name),
                ("actions", &actions.to_string()),
                ("allowed", &allowed.to_string()),
            ],
        ),
        Belt::AllCount { actions, allowed } => count(j::BELT_ALL_COUNT, *actions, *allowed),
        Belt::Protected { target } => on(j::BELT_PROTECTED, target),
        Belt::NotFrozen { target } => on(j::BELT_NOT_FROZEN, target),
        Belt::Covered { target, meter } => {
            voice.say(j::BELT_COVERED, &[("target", &target.name), ("meter", meter)])
        }
        Belt::NoTarget => voice.word(j::BELT_NO_TARGET).to_owned(),
        Belt::Suspended { target } => on(j::BELT_SUSPENDED, target),
        Belt::Paused { until: at } => until(j::BELT_PAUSED, "until", *at),
        Belt::Held { until: at } => until(j::BELT_HELD, "until", *at),
        Belt::NoCredential => voice.word(j::BELT_NO_CREDENTIAL).to_owned(),
        Belt::NotHolder => voice.word(j::BELT_NOT_HOLDER).to_owned(),
        Belt::Unreadable { what } => voice.say(j::BELT_UNREADABLE, &[("what", &unreadable(what, voice))]),
        Belt::OtherWindow => voice.word(j::BELT_OTHER_WINDOW).to_owned(),
        Belt::NoAction => voice.word(j::BELT_NO_ACTION).to_owned(),
        Belt::NothingRunning => voice.word(j::BELT_NOTHING_RUNNING).to_owned(),
        Belt::NoConsent => voice.word(j::BELT_NO_CONSENT).to_owned(),
        Belt::StillOver => voice.word(j::BELT_STILL_OVER).to_owned(),
        Belt::NotOver => voice.word(j::BELT_NOT_OVER).to_owned(),
    }
}

fn unreadable(what: &str, voice: Voice<'_>) -> String {
    let text = match what {
        "power" => j::WHAT_POWER,
        "protect" => j::WHAT_PROTECT,
        "actions" => j::WHAT_ACTIONS,
        "credential" => j::WHAT_CREDENTIAL,
        "other_package" => j::WHAT_OTHER_PACKAGE,
        _ => j::WHAT_OTHER,
    };
    voice.say(text, &[("what", what)])
}

/// How far a guard can overshoot, in one sentence.
pub(crate) fn contract(contract: &Contract, base: ByteBase, lang: Lang) -> String {
    let span = |span| span_text(span, lang);
    let amount = |quantity: Option<Quantity>| {
        quantity.map_or_else(
            || j::NOT_KNOWN.of(lang).to_owned(),
            |quantity| amount_text(quantity, base, lang),
        )
    };
    let late = if contract.measured {
        j::LATE_MEASURED
    } else {
        j::LATE_ASSUMED
    };
    let text = if contract.overshoot.is_some() {
        j::CONTRACT_BOUND
    } else {
        j::CONTRACT_UNBOUND
    };
    text.say(
        lang,
        &[
            ("overshoot", &amount(contract.overshoot)),
            ("reserve", &amount(contract.reserve_advised)),
            ("late", &late.say(lang, &[("lag", &span(contract.lag))])),
            ("interval", &span(contract.interval)),
            ("countdown", &span(contract.countdown)),
            ("latency", &span(contract.stop_latency)),
        ],
    )
}
