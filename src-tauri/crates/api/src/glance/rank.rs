//! Which meter is worse, and what the whole is shown as. The one order of precedence of the program.

use std::cmp::Reverse;

use tidegate_guard::Level;
use tidegate_meter::Quantity;

use super::Parts;
use crate::response::{MeterState, MeterView, TrayState};

/// The worst state of everything; the order of [`TrayState`] decides.
pub(crate) fn worst_state(parts: &Parts) -> TrayState {
    let status = &parts.status;
    let guarded = |meter: &&MeterView| meter.state != MeterState::Blind || !meter.guards.is_empty();
    let meters = parts.meters.meters.iter().filter(guarded);
    let mut states: Vec<TrayState> = meters.map(|meter| of_meter(meter.state)).collect();
    let mut is = |so: bool, state| states.extend(so.then_some(state));
    is(!parts.open.is_empty(), TrayState::Acting);
    let watched = status.accounts.iter().filter(|account| account.enabled);
    is(
        watched.clone().any(|account| account.reason.is_some()),
        TrayState::Blind,
    );
    is(
        (!status.running || !status.holder) && watched.count() > 0,
        TrayState::Blind,
    );
    is(status.paused_until.is_some(), TrayState::Paused);
    is(!status.conditions.is_empty(), TrayState::Warning);
    states.into_iter().max().unwrap_or_default()
}

/// A meter that nobody guards asks for nobody.
const fn of_meter(state: MeterState) -> TrayState {
    match state {
        MeterState::Acting => TrayState::Acting,
        MeterState::Critical => TrayState::Critical,
        MeterState::Blind => TrayState::Blind,
        MeterState::Warning => TrayState::Warning,
        MeterState::Stopped => TrayState::Stopped,
        MeterState::Calm | MeterState::Unguarded => TrayState::Calm,
    }
}

/// Sorts the worst first: by state, then by the soonest run-out, then by the smallest share left.
pub(crate) fn worst_first(meters: &mut [MeterView]) {
    meters.sort_by_cached_key(|meter| {
        let soonest = run_out(meter);
        (
            Reverse(weight(meter.state)),
            soonest.is_none(),
            soonest,
            share_left(meter).map_or(i64::MAX, Quantity::raw),
            meter.name.clone(),
        )
    });
}

const fn weight(state: MeterState) -> u8 {
    match state {
        MeterState::Acting => 6,
        MeterState::Critical => 5,
        MeterState::Blind => 4,
        MeterState::Warning => 3,
        MeterState::Stopped => 2,
        MeterState::Calm => 1,
        MeterState::Unguarded => 0,
    }
}

fn run_out(meter: &MeterView) -> Option<tidegate_meter::Time> {
    use crate::response::ForecastView;
    match meter.forecast {
        Some(ForecastView::Known { early, likely, .. }) => likely.or(early),
        Some(ForecastView::Accumulating { .. }) | None => None,
    }
}

/// What is left of the whole in percent; `None` while blind and without a whole.
pub(super) fn share_left(meter: &MeterView) -> Option<Quantity> {
    meter.remaining?.share_of(meter.limit?)
}

/// How full the gauge is: what is left of the whole in steps of five percent, rounded down. A meter without a whole, such
/// as a balance, is as full as its level says.
pub(super) fn fill(meter: &MeterView) -> u8 {
    const ONE_PERCENT: i64 = 10_000;
    if let Some(share) = share_left(meter) {
        let percent = (share.raw() / ONE_PERCENT).clamp(0, 100);
        return u8::try_from(percent / 5 * 5).unwrap_or(0);
    }
    match meter.level {
        _ if meter.remaining.is_none() => 0,
        Some(Level::Calm) | None => 100,
        Some(Level::Warning) => 50,
        Some(Level::Critical | Level::Blind) => 10,
    }
}
