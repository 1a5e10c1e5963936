//! What the tray shows, as data: from the guard's own answers, for one instant.

use tidegate_api::response::{ActionView, MeterView, MetersView, OutcomeName, StatusView, TargetView};
use tidegate_api::words::{
    ActionKind, ByteBase, IntentState, Lang, Level, PowerState, Quantity, RowId, Time,
};

/// The seven states, each with a silhouette of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    /// Every meter is far from its lines.
    Calm,
    /// A step was crossed.
    Warning,
    /// A limit or the last step was crossed.
    Critical,
    /// An action counts down or is under way.
    Acting,
    /// We stopped something, and it is still stopped.
    Stopped,
    /// A meter or account cannot be read, or nothing guards.
    Blind,
    /// Automatic actions are paused.
    Paused,
}

/// One meter's line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Line {
    pub(crate) name: String,
    /// What is left, or the word for blind.
    pub(crate) left: String,
    /// When that was true, by this machine's calendar.
    pub(crate) as_of: Option<String>,
}

/// An action under way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Underway {
    pub(crate) id: RowId,
    pub(crate) target: String,
    pub(crate) due: Time,
    /// It still waits for its countdown: it can be held, or hastened.
    pub(crate) waits: bool,
}

/// Everything the tray shows. Two equal snapshots look the same at the same instant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Snapshot {
    pub(crate) state: State,
    /// Share left of the worst meter, in steps of 25 %.
    pub(crate) fill: u8,
    pub(crate) lines: Vec<Line>,
    pub(crate) underway: Vec<Underway>,
    pub(crate) armed: usize,
    pub(crate) accounts: usize,
    pub(crate) blind: Vec<String>,
    pub(crate) stopped: Vec<String>,
    pub(crate) paused_until: Option<Time>,
    /// This process, or the one it looks at, guards.
    pub(crate) guarding: bool,
}

/// Worst first in the menu; more would be a list nobody reads.
const LINES: usize = 3;

impl Snapshot {
    /// Before anything was read, and when the guard does not answer.
    pub(crate) const fn nothing() -> Self {
        Self {
            state: State::Blind,
            fill: 0,
            lines: Vec::new(),
            underway: Vec::new(),
            armed: 0,
            accounts: 0,
            blind: Vec::new(),
            stopped: Vec::new(),
            paused_until: None,
            guarding: false,
        }
    }

    pub(crate) fn new(
        status: &StatusView,
        meters: &MetersView,
        actions: &[ActionView],
        targets: &[TargetView],
        lang: Lang,
    ) -> Self {
        let mut worst: Vec<&MeterView> = meters.meters.iter().collect();
        worst.sort_by_key(|meter| (std::cmp::Reverse(rank(meter)), left_permille(meter)));
        let underway: Vec<Underway> = actions.iter().filter_map(underway).collect();
        let stopped: Vec<String> = targets
            .iter()
            .filter(|target| is_ours(target))
            .map(name)
            .collect();
        let blind: Vec<String> = meters
            .blind_accounts
            .iter()
            .map(|account| account.name.clone())
            .collect();
        let mut snapshot = Self {
            state: State::Calm,
            fill: worst
                .iter()
                .filter_map(|meter| left_permille(meter))
                .min()
                .map_or(100, fill),
            lines: worst.iter().take(LINES).map(|meter| line(meter, lang)).collect(),
            underway,
            armed: status.armed.len(),
            accounts: status.accounts.len(),
            blind,
            stopped,
            paused_until: status.paused_until,
            guarding: status.running,
        };
        snapshot.state = snapshot.judge(status, &worst);
        snapshot
    }

    /// The most urgent truth wins: what acts now, then what nobody may trust, then how bad it is.
    fn judge(&self, status: &StatusView, meters: &[&MeterView]) -> State {
        let worst = meters.iter().map(|meter| rank(meter)).max().unwrap_or(0);
        if !self.underway.is_empty() {
            State::Acting
        } else if !self.guarding {
            State::Blind
        } else if status.paused_until.is_some() {
            State::Paused
        } else if meters.iter().any(|meter| self.is_running_dry(meter)) {
            State::Critical
        } else if !self.blind.is_empty() || meters.iter().any(|meter| meter.outcome == OutcomeName::Blind) {
            State::Blind
        } else if !self.stopped.is_empty() {
            State::Stopped
        } else if worst == rank_of(Level::Warning) {
            State::Warning
        } else {
            State::Calm
        }
    }
}

impl Snapshot {
    /// Over its limit, and something that uses it up still runs: what we have stopped costs nothing more.
    fn is_running_dry(&self, meter: &MeterView) -> bool {
        let all_stopped = !meter.targets.is_empty()
            && meter
                .targets
                .iter()
                .all(|target| self.stopped.contains(&target.name));
        rank(meter) == rank_of(Level::Critical) && !all_stopped
    }
}

const fn rank_of(level: Level) -> u8 {
    match level {
        Level::Calm => 0,
        Level::Warning => 1,
        Level::Blind => 2,
        Level::Critical => 3,
    }
}

fn rank(meter: &MeterView) -> u8 {
    let guards = meter
        .guards
        .iter()
        .map(|guard| rank_of(guard.level))
        .max()
        .unwrap_or(0);
    let blind = if meter.outcome == OutcomeName::Blind {
        rank_of(Level::Blind)
    } else {
        0
    };
    guards.max(blind)
}

/// What is left of the whole, in thousandths; nothing where there is no whole or no truth.
fn left_permille(meter: &MeterView) -> Option<i128> {
    let (left, whole) = (meter.remaining?, meter.limit?);
    let scaled = i128::from(left.raw().max(0)).checked_mul(1000)?;
    scaled.checked_div(i128::from(whole.raw()))
}

/// To the nearest quarter; something left never looks like nothing.
fn fill(permille: i128) -> u8 {
    match permille {
        ..=0 => 0,
        1..=374 => 25,
        375..=624 => 50,
        625..=874 => 75,
        _ => 100,
    }
}

fn line(meter: &MeterView, lang: Lang) -> Line {
    let left = match (meter.outcome, meter.remaining) {
        (OutcomeName::Known, Some(left)) => shown(left, meter.binary, lang),
        _ => match lang {
            Lang::Zh => "失明".to_owned(),
            Lang::En => "blind".to_owned(),
        },
    };
    Line {
        name: meter.name.clone(),
        left,
        as_of: meter.as_of.and_then(hour),
    }
}

/// Day and hour by this machine's calendar.
fn hour(at: Time) -> Option<String> {
    let at = jiff::Timestamp::from_millisecond(at.ms()).ok()?;
    let there = at.to_zoned(jiff::tz::TimeZone::system());
    Some(there.strftime("%m-%d %H:%M").to_string())
}

fn shown(left: Quantity, binary: bool, lang: Lang) -> String {
    let base = if binary {
        ByteBase::Binary
    } else {
        ByteBase::Decimal
    };
    let text = left.human(base);
    match lang {
        Lang::Zh => format!("剩 {text}"),
        Lang::En => format!("{text} left"),
    }
}

fn underway(action: &ActionView) -> Option<Underway> {
    let open = !matches!(
        action.state,
        IntentState::Verified | IntentState::Cancelled | IntentState::Abandoned
    );
    (open && action.action != ActionKind::Warn).then(|| Underway {
        id: action.id,
        target: action.target.name.clone(),
        due: action.due,
        waits: action.state == IntentState::Planned,
    })
}

fn is_ours(target: &TargetView) -> bool {
    target.present && target.stopped_by_us_at.is_some() && target.power == Some(PowerState::Stopped)
}

fn name(target: &TargetView) -> String {
    target.target.name.clone()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const AT: &str = "2026-01-01T00:00:00Z";

    fn target(name: &str) -> Value {
        json!({ "kind": "server", "id": name, "name": name, "region": "cn-north-4" })
    }

    fn status(running: bool, paused: bool) -> StatusView {
        let paused_until = paused.then_some(AT);
        serde_json::from_value(json!({
            "at": AT, "running": running, "holder": running, "level": "calm", "accounts": [], "armed": [["g", AT]],
            "open": [], "paused_until": paused_until, "deliveries_waiting": 0, "conditions": [],
        }))
        .unwrap()
    }

    /// A meter of a server of its own name, with so many of 200 GB left.
    fn meter(name: &str, left: i64, level: &str) -> Value {
        let bytes = |count: i64| json!({ "value": count.to_string(), "unit": "bytes" });
        json!({
            "account": "hw", "meter": name, "name": name, "kind": "traffic", "outcome": "known", "reason": null,
            "detail": null, "used": null, "limit": bytes(200_000_000_000), "remaining": bytes(left * 1_000_000_000),
            "window": null, "as_of": AT, "fetched_at": AT, "last_good": null, "binary": false,
            "targets": [target(name)], "simulated": false,
            "guards": [{ "id": "g", "level": level, "mode": "armed", "armed_until": AT, "why": null, "simulated": false }],
        })
    }

    fn meters(list: &[Value]) -> MetersView {
        serde_json::from_value(json!({ "meters": list, "blind_accounts": [] })).unwrap()
    }

    fn stopped(name: &str) -> TargetView {
        serde_json::from_value(json!({
            "account": "hw", "target": target(name), "protected": false, "power": { "power": "stopped" }, "power_at": AT,
            "stopped_by_us_at": AT, "present": true, "meters": [], "addresses": [], "simulated": false,
        }))
        .unwrap()
    }

    fn stopping(name: &str, state: &str) -> ActionView {
        serde_json::from_value(json!({
            "id": "019b76da-a800-7707-8707-070707070707", "guard": "g", "account": "hw", "meter": name, "action": "stop",
            "target": target(name), "state": state, "due": AT, "tries": 0, "receipt": null, "proof": null, "events": [],
            "created_at": AT, "updated_at": AT, "simulated": false,
        }))
        .unwrap()
    }

    fn state(status: &StatusView, list: &[Value], actions: &[ActionView], targets: &[TargetView]) -> State {
        Snapshot::new(status, &meters(list), actions, targets, Lang::En).state
    }

    #[test]
    fn the_most_urgent_truth_wins() {
        let (on, off, paused) = (status(true, false), status(false, false), status(true, true));
        let low = [meter("web", 5, "critical")];
        assert_eq!(state(&on, &[meter("web", 150, "calm")], &[], &[]), State::Calm);
        assert_eq!(
            state(&on, &[meter("web", 40, "warning")], &[], &[]),
            State::Warning
        );
        assert_eq!(state(&on, &low, &[], &[]), State::Critical);
        assert_eq!(state(&on, &low, &[], &[stopped("web")]), State::Stopped);
        assert_eq!(state(&on, &low, &[], &[stopped("another")]), State::Critical);
        assert_eq!(state(&paused, &low, &[], &[]), State::Paused);
        assert_eq!(state(&off, &low, &[], &[]), State::Blind);
        assert_eq!(
            state(&on, &low, &[stopping("web", "planned")], &[]),
            State::Acting
        );
        assert_eq!(
            state(&on, &low, &[stopping("web", "verified")], &[]),
            State::Critical
        );
    }

    #[test]
    fn a_meter_that_cannot_be_read_is_never_shown_as_a_number() {
        let mut blind = meter("web", 150, "blind");
        for field in ["remaining", "as_of"] {
            blind[field] = Value::Null;
        }
        blind["outcome"] = json!("blind");
        blind["reason"] = json!("auth");
        let snapshot = Snapshot::new(&status(true, false), &meters(&[blind]), &[], &[], Lang::En);
        assert_eq!(snapshot.state, State::Blind);
        assert_eq!(
            snapshot.lines.first().map(|line| line.left.as_str()),
            Some("blind")
        );
    }

    #[test]
    fn the_worst_meter_stands_first_and_fills_the_icon() {
        let list = [
            meter("calm", 190, "calm"),
            meter("low", 40, "warning"),
            meter("lower", 20, "warning"),
        ];
        let snapshot = Snapshot::new(&status(true, false), &meters(&list), &[], &[], Lang::En);
        let names: Vec<&str> = snapshot.lines.iter().map(|line| line.name.as_str()).collect();
        assert_eq!(names, ["lower", "low", "calm"]);
        assert_eq!(snapshot.fill, 25);
    }

    #[test]
    fn something_left_never_looks_like_nothing() {
        assert_eq!(
            [0, 1, 374, 375, 624, 625, 874, 875, 1000].map(fill),
            [0, 25, 25, 50, 50, 75, 75, 100, 100]
        );
    }

    #[test]
    fn what_was_sent_is_told_as_under_way_and_no_longer_as_waiting() {
        let actions = [stopping("web", "planned"), stopping("db", "verifying")];
        let snapshot = Snapshot::new(&status(true, false), &meters(&[]), &actions, &[], Lang::En);
        assert_eq!(
            snapshot
                .underway
                .iter()
                .map(|action| action.waits)
                .collect::<Vec<_>>(),
            [true, false]
        );
    }
}
