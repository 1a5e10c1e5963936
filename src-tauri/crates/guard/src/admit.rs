//! Which readings are believed. Owns the tests that a number must pass before it is judged: its window, its order, its
//! age, and whether it is physically possible. Never changes a state. Tested in `tests/judgement/admission.rs`.

use std::time::Duration;

use tidegate_meter::{AsOf, Blind, Quantity, QuantityError, Reading, Reason, Time, Unit, Window};

use crate::burn::{self, Change};
use crate::contract::{hourly_cap, over};
use crate::ladder::margin;
use crate::spec::compares;
use crate::{GuardSpec, GuardState, limits};

/// What is made of a reading.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Admission {
    /// It is the truth, and what it changed. `confirmed`: it agrees with a reading in quarantine.
    Believed {
        change: Change,
        confirmed: bool,
        clock_back: bool,
    },
    /// Seen before: nothing to learn from it.
    Replayed,
    /// Not believed until another fetch agrees.
    Doubtful,
    /// It counts in a window that is over, has not begun, or was closed before.
    OtherWindow,
    /// Never believed.
    Refused(Blind),
}

/// Examines `reading` against what `state` knows at `now`.
pub(crate) fn admit(
    spec: &GuardSpec,
    state: &GuardState,
    reading: &Reading,
    lag: Option<Duration>,
    now: Time,
) -> Admission {
    let last = state.last.as_ref();
    if last == Some(reading) || state.quarantine.as_ref() == Some(reading) {
        return Admission::Replayed;
    }
    let clock_back = last.is_some_and(|last| now < last.fetched_at());
    if !clock_back && last.is_some_and(|last| reading.fetched_at() < last.fetched_at()) {
        return Admission::Replayed;
    }
    if !counts_now(state, reading, now) {
        return Admission::OtherWindow;
    }
    if !spec.counts_in(reading.unit()) {
        return Admission::Refused(foreign(spec, reading.unit()));
    }
    if spec.has_thresholds() && !compares(&spec.steps, spec.limit, reading) {
        return Admission::Refused(nothing_to_compare(reading));
    }
    if let Some(refused) = refuse(state, reading, lag, now) {
        return Admission::Refused(refused);
    }
    let doubtful = is_doubtful(spec, state, last, reading, lag);
    let seconds = |held: &Reading| agrees(spec, held, reading) && !jumps(spec, state, held, reading, lag);
    let confirmed = doubtful && state.quarantine.as_ref().is_some_and(seconds);
    if doubtful && !confirmed {
        return Admission::Doubtful;
    }
    Admission::Believed {
        change: changed(spec, last, reading, confirmed || clock_back),
        confirmed,
        clock_back,
    }
}

/// What a believed reading changed. A fall that only a second fetch made believable, or one across a clock that went
/// back, is an event, not burn.
fn changed(spec: &GuardSpec, last: Option<&Reading>, reading: &Reading, event: bool) -> Change {
    let Some(last) = last else {
        return Change::Reset;
    };
    match burn::change(last, reading, noise(spec, last)) {
        Change::Burned(amount) if event => {
            Change::Correction(Quantity::from_raw(amount.raw().saturating_neg(), amount.unit()))
        }
        Change::Same if event => Change::Correction(Quantity::zero(reading.unit())),
        change => change,
    }
}

/// Growth up to this (raw) is a restatement, more is a top-up: the hysteresis' share of the whole.
fn noise(spec: &GuardSpec, last: &Reading) -> i64 {
    let whole = last.limit().or(last.headroom());
    let noise = whole.and_then(|whole| margin(whole, spec.hysteresis));
    noise.map_or(0, |noise| noise.raw().max(0))
}

/// The window of the reading is the current one, a later one, or the one before while it still runs. Both the clock and
/// the reading's own time must lie in it: a clock that was set back makes no closed window current again.
fn counts_now(state: &GuardState, reading: &Reading, now: Time) -> bool {
    let current = state.ladder.window;
    let runs = |window: Window| window.contains(now) && window.contains(reading.as_of().at());
    let Some(window) = reading.window() else {
        return current.is_none_or(runs);
    };
    let known =
        current.is_some_and(|current| current.start == window.start) || is_previous(state, window.start);
    let closed = !known && newest_start(state).is_some_and(|newest| window.start < newest);
    runs(window) && !closed
}

pub(crate) fn is_previous(state: &GuardState, start: Time) -> bool {
    let previous = state.previous.as_ref().and_then(|ladder| ladder.window);
    previous.is_some_and(|window| window.start == start)
}

fn newest_start(state: &GuardState) -> Option<Time> {
    let previous = state.previous.as_ref().and_then(|ladder| ladder.window);
    state
        .ladder
        .window
        .into_iter()
        .chain(previous)
        .map(|window| window.start)
        .max()
}

/// A number in a unit that no threshold has: it is never compared, and never passed over in silence.
fn foreign(spec: &GuardSpec, unit: Unit) -> Blind {
    let own: Vec<String> = spec.units().iter().map(ToString::to_string).collect();
    let detail = format!(
        "the meter counts in {unit}, the guard's thresholds in {}: they are never compared; give a threshold in {unit}",
        own.join(", ")
    );
    Blind::new(Reason::Shape, detail)
}

/// A number that no threshold says anything about: a guard that can never fire must not look calm.
fn nothing_to_compare(reading: &Reading) -> Blind {
    let detail = if reading.headroom().is_none() {
        "the meter tells what was used and no whole, so nothing is left to compare: set a limit at the provider, or \
         let the guard watch another meter"
    } else {
        "the meter tells what is left and no whole, so there is no share of it: give an amount as threshold"
    };
    Blind::new(Reason::Shape, detail)
}

/// Numbers that no second fetch makes true, and numbers that say nothing about now.
fn refuse(state: &GuardState, reading: &Reading, lag: Option<Duration>, now: Time) -> Option<Blind> {
    let implausible = |detail: &str| Some(Blind::new(Reason::Implausible, detail));
    if reading.limit().is_some_and(|limit| !is_limit(reading, limit)) {
        return implausible("the limit is not above zero");
    }
    let beyond = reading
        .remaining()
        .zip(reading.limit())
        .is_some_and(|(left, limit)| left.raw() > limit.raw());
    // Money can be refunded, so spending may fall below zero; bytes cannot be given back.
    let negative = reading
        .used()
        .is_some_and(|used| used.is_negative() && !is_money(used.unit()));
    if negative && !beyond {
        return implausible("the amount used is negative");
    }
    let stale = |detail: &str| Some(Blind::new(Reason::Stale, detail));
    let AsOf::Provider(as_of) = reading.as_of() else {
        return None;
    };
    let older = |last: &Reading| last.window() == reading.window() && as_of < last.as_of().at();
    if state.last.as_ref().is_some_and(older)
        && state.last.as_ref().is_some_and(|last| last.fetched_at() <= now)
    {
        return stale("the provider's number is older than the one before");
    }
    let lags = lag.unwrap_or(Duration::ZERO).saturating_mul(limits::STALE_LAGS);
    if now.since(as_of) > lags.max(limits::STALE_UNLEARNED) {
        return stale("the provider's number has not moved for too long");
    }
    None
}

/// A quota of no money is one: whatever is spent is over it. Of anything else there is no whole of nothing.
fn is_limit(reading: &Reading, limit: Quantity) -> bool {
    let spent = reading.used().is_some() && matches!(limit.unit(), Unit::Money(_));
    limit.raw() > 0 || (limit.is_zero() && spent)
}

const fn is_money(unit: Unit) -> bool {
    matches!(unit, Unit::Money(_) | Unit::Credits)
}

/// Not to be believed at once: it contradicts itself, or it cannot follow from `known`.
fn is_doubtful(
    spec: &GuardSpec,
    state: &GuardState,
    known: Option<&Reading>,
    reading: &Reading,
    lag: Option<Duration>,
) -> bool {
    contradicts(reading)
        || known.is_some_and(|known| overlaps(known, reading) || jumps(spec, state, known, reading, lag))
}

/// More left than there is, used many times over, or parts that do not make the whole (more than 1 % apart). Money that
/// is granted may be overspent however far.
fn contradicts(reading: &Reading) -> bool {
    let (Some(used), Some(limit), Some(left)) = (reading.used(), reading.limit(), reading.remaining()) else {
        return false;
    };
    let sum = i128::from(used.raw()) + i128::from(left.raw());
    let apart = (sum - i128::from(limit.raw())).abs() * 100 > i128::from(limit.raw());
    let overused = i128::from(used.raw()) > i128::from(limit.raw()) * i128::from(limits::OVERUSE);
    let overused = overused && !is_money(used.unit());
    left.raw() > limit.raw() || overused || apart
}

/// Another window that begins before the known one ends: two packages side by side, or an id that changed.
fn overlaps(known: &Reading, reading: &Reading) -> bool {
    let (Some(old), Some(new)) = (known.window(), reading.window()) else {
        return false;
    };
    old.start != new.start && old.end.is_none_or(|end| new.start < end)
}

/// Two readings in doubt agree when another fetch tells the same window, the same whole, and no more left than before.
fn agrees(spec: &GuardSpec, held: &Reading, reading: &Reading) -> bool {
    let follows = match burn::change(held, reading, noise(spec, held)) {
        Change::Same | Change::Burned(_) | Change::Correction(_) => true,
        Change::TopUp(_) | Change::Reset => false,
    };
    held.fetched_at() != reading.fetched_at() && held.limit() == reading.limit() && follows
}

/// The step from `known` to `reading` in one window is more than can be: faster than the bandwidth, to nothing at
/// once, back to the untouched whole, or more than half of the whole between two looks.
fn jumps(
    spec: &GuardSpec,
    state: &GuardState,
    known: &Reading,
    reading: &Reading,
    lag: Option<Duration>,
) -> bool {
    let start = |reading: &Reading| reading.window().map(|window: Window| window.start);
    if start(known) != start(reading) || known.unit() != reading.unit() {
        return false;
    }
    if returns_to_whole(known, reading) {
        return true;
    }
    let (Some(before), Some(after)) = (known.headroom(), reading.headroom()) else {
        return false;
    };
    let Ok(fallen) = spent_under_another_limit(known, reading).unwrap_or_else(|| before.minus(after)) else {
        return true;
    };
    let elapsed = state
        .burn
        .stood_for(reading.as_of().at())
        .saturating_add(lag.unwrap_or(limits::LAG_ASSUMED));
    let likely = state
        .burn
        .rates(Some(known))
        .map(|rates| Quantity::from_raw(rates.upper, before.unit()));
    falls_too_far(spec, reading, before, fallen, elapsed, likely)
}

/// Where a quota was changed, its use alone says how much was used: what a person takes back is no fall.
fn spent_under_another_limit(known: &Reading, reading: &Reading) -> Option<Result<Quantity, QuantityError>> {
    let moved = known.limit() != reading.limit() && is_money(reading.unit());
    let (before, after) = known.used().zip(reading.used()).filter(|_| moved)?;
    Some(after.minus(before))
}

/// Used falls to exactly nothing while the limit stands: a batch that has not landed, not a new window.
fn returns_to_whole(known: &Reading, reading: &Reading) -> bool {
    let nothing = reading.used().is_some_and(Quantity::is_zero);
    nothing && known.limit() == reading.limit() && known.used().is_some_and(|used| used.raw() > 0)
}

fn falls_too_far(
    spec: &GuardSpec,
    reading: &Reading,
    before: Quantity,
    fallen: Quantity,
    elapsed: Duration,
    upper: Option<Quantity>,
) -> bool {
    // Of a quota of nothing no part is too much at once.
    if reading.limit().is_some_and(Quantity::is_zero) {
        return false;
    }
    // Twice the upper rate: the rate of the next interval may be the highest so far.
    let plausible = upper
        .and_then(|upper| over(upper, elapsed))
        .map_or(0, |burn| burn.raw().saturating_mul(2));
    let left = reading.headroom().map_or(0, Quantity::raw);
    if left <= 0 && before.raw() > 0 && fallen.raw() > plausible {
        return true;
    }
    let cap = hourly_cap(spec).filter(|cap| cap.unit() == before.unit());
    if let Some(cap) = cap {
        let possible = over(cap, elapsed).map_or(i64::MAX, Quantity::raw);
        // A quarter more: the providers' minutes are not ours.
        return fallen.raw() > possible.saturating_add(possible / 4);
    }
    let half = reading.limit().unwrap_or(before).raw() / 2;
    fallen.raw() > half.max(plausible)
}
