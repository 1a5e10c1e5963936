//! The first page: every meter with the worst first, what is in flight, and what happened today.

use tidegate_guard::{ActionKind, IntentState, Severity};
use tidegate_meter::Time;

use super::rank::worst_state;
use super::sentence::sentence;
use super::{Eye, More, Parts, worst_first};
use crate::limits;
use crate::response::{AlertView, OverviewView, StoppedView, TodayView};
use crate::texts as t;

/// What the first page shows.
pub(crate) fn overview(parts: Parts, more: More, eye: Eye<'_>) -> OverviewView {
    let said = sentence(&parts, eye);
    let (state, next_look_at) = (worst_state(&parts), parts.next_look_at());
    let today = today(&more, eye);
    let mut ended = more.actions;
    ended.retain(|action| action.state.is_end());
    ended.sort_by_key(|action| std::cmp::Reverse(action.id));
    ended.truncate(limits::OVERVIEW_ENDED);
    let Parts {
        status,
        mut meters,
        mut open,
    } = parts;
    worst_first(&mut meters.meters);
    open.sort_by_key(|action| (action.due, action.id));
    OverviewView {
        status,
        sentence: said,
        state,
        meters: meters.meters,
        blind_accounts: meters.blind_accounts,
        open,
        ended,
        today,
        lapses: more.lapses,
        next_look_at,
    }
}

fn today(more: &More, eye: Eye<'_>) -> TodayView {
    let since = midnight(eye);
    let raised = |severity: Severity| {
        let new = |alert: &&AlertView| alert.raised_at >= since && alert.severity == severity;
        more.alerts.iter().filter(new).count()
    };
    let (warnings, criticals) = (raised(Severity::Warning), raised(Severity::Critical));
    let mut stops: Vec<StoppedView> = more
        .actions
        .iter()
        .filter(|action| action.action == ActionKind::Stop && action.state == IntentState::Verified)
        .filter_map(|action| {
            let at = action.proof.as_ref()?.at;
            (at >= since).then(|| StoppedView {
                id: action.id,
                target: action.target.clone(),
                at,
            })
        })
        .collect();
    stops.sort_by_key(|stop| std::cmp::Reverse(stop.at));
    let mut clauses = Vec::new();
    if warnings > 0 {
        clauses.push(t::TODAY_WARNINGS.count(t::TODAY_WARNINGS_ONE, eye.lang, warnings));
    }
    if criticals > 0 {
        clauses.push(t::TODAY_CRITICALS.say(eye.lang, &[("n", &criticals.to_string())]));
    }
    if let Some(last) = stops.first() {
        let text = if stops.len() == 1 {
            t::TODAY_STOPS_ONE
        } else {
            t::TODAY_STOPS
        };
        let n = stops.len().to_string();
        clauses.push(text.say(eye.lang, &[("n", &n), ("at", &eye.clock(last.at))]));
    }
    TodayView {
        since,
        warnings: u32::try_from(warnings).unwrap_or(u32::MAX),
        criticals: u32::try_from(criticals).unwrap_or(u32::MAX),
        text: clauses.join(t::DOT.of(eye.lang)),
        stops,
    }
}

/// The first instant of today in the user's zone.
fn midnight(eye: Eye<'_>) -> Time {
    let now = eye.now.to_jiff().to_zoned(eye.zone.jiff().clone());
    now.start_of_day()
        .map_or(eye.now, |start| Time::from_jiff(start.timestamp()))
}
