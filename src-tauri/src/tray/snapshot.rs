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
