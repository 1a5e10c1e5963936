//! From the engine's and the store's shapes to the shapes that cross. Owns no decision, only the translation.

use tidegate_channels::catalogue;
use tidegate_engine::view as engine;
use tidegate_guard::{Mode, Why};
use tidegate_meter::{ByteBase, GuardId, Lang, MeterInfo, Outcome, Reading, Target, Time, Window, Zone};
use tidegate_store::TargetRow;

use crate::response::{
    AccountView, GuardMeterView, GuardView, LastGood, MeterGuardView, MeterState, MeterView, ModeName,
    OutcomeName, TargetView, WhyView, WindowView,
};

/// In which words and zone sentences are told.
pub(super) struct Telling<'a> {
    pub(super) lang: Lang,
    pub(super) zone: &'a Zone,
    pub(super) now: Time,
}

impl Telling<'_> {
    pub(super) fn why(&self, why: Why, base: ByteBase) -> WhyView {
        let text = catalogue::why(&why, base, self.lang, self.zone, self.now);
        WhyView {
            code: why_code(&why),
            text,
            args: why,
        }
    }

    pub(super) fn guard(&self, view: engine::GuardView) -> GuardView {
        let config = view.config;
        let frozen = match &config.mode {
            Mode::Watch => Vec::new(),
            Mode::Armed { targets, .. } => targets.clone(),
        };
        let (mode, armed_until) = mode(&config.mode, self.now);
        GuardView {
            mode,
            armed_until,
            frozen,
            enabled: config.enabled,
            steps: config.steps.iter().map(ToString::to_string).collect(),
            limit: config.limit.map(|limit| limit.to_string()),
            action: config.action,
            countdown: config.countdown.as_secs(),
            channels: config.channels,
            meters: view
                .meters
                .into_iter()
                .map(|meter| self.guard_meter(meter))
                .collect(),
            id: config.id,
            account: config.account,
            simulated: false,
        }
    }

    fn guard_meter(&self, view: engine::GuardMeterView) -> GuardMeterView {
        let base = view.info.byte_base;
        let reading = view.last_good.as_ref();
        GuardMeterView {
            remaining: reading.and_then(Reading::remaining),
            as_of: reading.map(|reading| reading.as_of().at()),
            binary: base == ByteBase::Binary,
            why: view.why.map(|why| self.why(why, base)),
            contract: catalogue::contract(&view.contract, base, self.lang),
            held_until: view.held_until,
            level: view.level,
            meter: view.info.id,
            name: view.info.name,
        }
    }
}

/// A meter that was never looked at is blind for `missing`: absence is never zero.
pub(super) fn meter(
    info: MeterInfo,
    outcome: Option<&Outcome>,
    last_good: Option<&Reading>,
    guards: Vec<MeterGuardView>,
) -> MeterView {
    let reading = outcome.and_then(Outcome::reading);
    let blind = match outcome {
        Some(Outcome::Blind(blind)) => Some(blind.clone()),
        None => Some(tidegate_meter::Blind::new(
            tidegate_meter::Reason::Missing,
            "not looked at yet",
        )),
        Some(Outcome::Known(_)) => None,
    };
    MeterView {
        outcome: if blind.is_none() {
            OutcomeName::Known
        } else {
            OutcomeName::Blind
        },
        reason: blind.as_ref().map(|blind| blind.reason),
        last_good: if blind.is_some() {
            last_good.map(last)
        } else {
            None
        },
        detail: blind.map(|blind| blind.detail),
        used: reading.and_then(Reading::used),
        limit: reading.and_then(Reading::limit),
        remaining: reading.and_then(Reading::remaining),
        window: reading.and_then(Reading::window).map(window),
        as_of: reading.map(|reading| reading.as_of().at()),
        fetched_at: reading.map(Reading::fetched_at),
        binary: info.byte_base == ByteBase::Binary,
        kind: info.kind,
        account: info.account,
        meter: info.id,
        name: info.name,
        targets: info.targets,
        guards,
        account_name: String::new(),
        level: None,
        state: MeterState::Unguarded,
        blind_since: None,
        as_of_source: None,
        lag_ms: None,
        forecast: None,
        simulated: false,
    }
}

fn last(reading: &Reading) -> LastGood {
    LastGood {
        remaining: reading.remaining(),
        used: reading.used(),
        as_of: reading.as_of().at(),
    }
}

const fn window(window: Window) -> WindowView {
    WindowView {
        kind: window.kind,
        start: window.start,
        end: window.end,
    }
}

/// An expired arming is watch: that is what it does.
pub(super) fn mode(mode: &Mode, now: Time) -> (ModeName, Option<Time>) {
    match mode {
        Mode::Armed { until, .. } if *until > now => (ModeName::Armed, Some(*until)),
        Mode::Armed { .. } | Mode::Watch => (ModeName::Watch, None),
    }
}

/// The class of a sentence.
fn why_code(why: &Why) -> String {
    if why.blind.is_some() {
        return "blind".to_owned();
    }
    if why.acting.is_some() {
        return "acting".to_owned();
    }
    if !why.over {
        return "under".to_owned();
    }
    let belt = why.belts.first().and_then(|belt| serde_json::to_value(belt).ok());
    let name = belt
        .as_ref()
        .and_then(|belt| belt.get("belt"))
        .and_then(serde_json::Value::as_str);
    name.unwrap_or("act").to_owned()
}

pub(super) fn account(status: &engine::AccountStatus) -> AccountView {
    AccountView {
        account: status.account.clone(),
        name: status.name.clone(),
        enabled: status.enabled,
        reason: status.blind.as_ref().map(|blind| blind.reason),
        detail: status.blind.as_ref().map(|blind| blind.detail.clone()),
        looked_at: status.looked_at,
        next_at: status.next_at,
        interval: status.interval.as_secs(),
        meters: status.meters,
        simulated: false,
    }
}

pub(super) fn target(row: TargetRow) -> TargetView {
    let (power, power_at) = row
        .power
        .map_or((None, None), |(power, at)| (Some(power), Some(at)));
    TargetView {
        account: row.account,
        target: row.target,
        protected: row.protected,
        power,
        power_at,
        stopped_by_us_at: row.stopped_by_us_at,
        present: row.present,
        meters: row.meters,
        addresses: row.addresses,
        simulated: false,
    }
}

/// The targets that a guard's meters measure now, each once.
pub(super) fn watched(guards: &[engine::GuardView], id: &GuardId) -> Vec<Target> {
    let mut targets: Vec<Target> = guards
        .iter()
        .filter(|guard| guard.config.id == *id)
        .flat_map(|guard| guard.meters.iter().flat_map(|meter| meter.info.targets.clone()))
        .collect();
    targets.sort();
    targets.dedup();
    targets
}
