//! Everything that is measured, as it stands: gauges are looked up when they are asked for, counters copied. Keeps
//! nothing: what is gone from the engine is gone from the next answer.

use std::collections::BTreeMap;
use std::time::Duration;

use tidegate_guard::{Level, Mode};
use tidegate_meter::{
    AccountId, ChannelId, GuardId, MeterId, MeterInfo, Outcome, Quantity, Reading, RenewalId, Time,
};
use tidegate_store::DeliveryFilter;

use crate::EngineError;
use crate::flows::{self, DeviceMeasured};
use crate::inner::Inner;
use crate::measures::Counts;
use crate::memory::{AccountMemory, watches};
use crate::view::Pulse;
use crate::watch::Watch;

/// The engine in numbers.
#[derive(Clone, Debug)]
pub struct Measured {
    /// Now.
    pub at: Time,
    /// How the engine stands.
    pub pulse: Pulse,
    /// The followed configuration, where one is followed: whoever follows it fills this in.
    pub config: Option<ConfigMeasured>,
    /// Automatic actions are paused.
    pub paused: bool,
    /// Conditions of the program that need a person.
    pub conditions: usize,
    /// Each account.
    pub accounts: Vec<AccountMeasured>,
    /// Each meter.
    pub meters: Vec<MeterMeasured>,
    /// Each guard on each of its meters.
    pub guards: Vec<GuardMeasured>,
    /// Guards, and how many of them may act.
    pub guard_count: (usize, usize),
    /// Messages that wait, by channel; zero for a channel without any.
    pub waiting: BTreeMap<ChannelId, usize>,
    /// Actions that have not ended, by state.
    pub open: BTreeMap<&'static str, usize>,
    /// How far each task runs behind its time.
    pub lags: [(&'static str, Duration); 3],
    /// Days to each renewal.
    pub renewals: Vec<(RenewalId, i64)>,
    /// Devices whose proxy traffic is counted.
    pub devices: Vec<DeviceMeasured>,
    /// What happened since the process began.
    pub counts: Counts,
}

/// A followed configuration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ConfigMeasured {
    /// Its newest text was taken.
    pub good: bool,
    /// Texts taken since the process began.
    pub applied: u64,
    /// Texts refused.
    pub refused: u64,
}

/// One account.
#[derive(Clone, Debug)]
pub struct AccountMeasured {
    /// Which.
    pub account: AccountId,
    /// Its provider.
    pub provider: String,
    /// Nothing of it can be read.
    pub blind: bool,
    /// It rests after a refusal or repeated failures, and is not asked meanwhile.
    pub resting: bool,
    /// When it was looked at last.
    pub looked_at: Option<Time>,
}

/// One meter.
#[derive(Clone, Debug)]
pub struct MeterMeasured {
    /// What it is.
    pub info: MeterInfo,
    /// There is no truth now.
    pub blind: bool,
    /// The newest truth there ever was.
    pub reading: Option<Reading>,
}

/// A guard on one meter.
#[derive(Clone, Debug)]
pub struct GuardMeasured {
    /// Which.
    pub guard: GuardId,
    /// Whose.
    pub account: AccountId,
    /// On which meter.
    pub meter: MeterId,
    /// Its level.
    pub level: Level,
    /// Where its steps and its line stand, in what is left: the step as configured, `limit` for the line.
    pub thresholds: Vec<(String, Quantity)>,
}

/// Everything. Errors: the database, for what waits.
pub(crate) async fn measured(inner: &Inner) -> Result<Measured, EngineError> {
    let now = inner.wall();
    let next = inner.parts.store.next_due().await?;
    let late = |due: Option<Time>| due.map_or(Duration::ZERO, |due| now.since(due));
    let mut measured = Measured {
        at: now,
        pulse: inner.pulse(),
        config: None,
        paused: inner.paused(now).is_some(),
        conditions: inner.conditions.all().len(),
        accounts: Vec::new(),
        meters: Vec::new(),
        guards: Vec::new(),
        guard_count: (0, 0),
        waiting: waiting(inner).await?,
        open: open(inner),
        lags: [
            ("check", Duration::ZERO),
            ("act", late(next.intent)),
            ("deliver", late(next.delivery)),
        ],
        renewals: crate::renewals::days(inner).await?,
        devices: flows::measured(inner).await?,
        counts: Counts::default(),
    };
    for (_, watch) in inner.watches() {
        let memory = watch.memory.lock().await;
        measured.add(inner, &watch, &memory);
    }
    let roster = inner.roster();
    measured.counts = inner.measures.counts(
        |account| roster.accounts.contains_key(account),
        |channel| roster.channels.contains_key(channel),
        |device| measured.devices.iter().any(|told| told.device == *device),
    );
    Ok(measured)
}

impl Measured {
    fn add(&mut self, inner: &Inner, watch: &Watch, memory: &AccountMemory) {
        let config = watch.config();
        self.accounts.push(AccountMeasured {
            account: config.id.clone(),
            provider: config.provider.clone(),
            blind: memory.blind.is_some(),
            resting: watch.resting(inner.now().mono).is_some(),
            looked_at: memory.looked_at,
        });
        if let ([(_, lag), ..], Some(next), true) = (&mut self.lags, memory.next_at, config.enabled) {
            *lag = (*lag).max(self.at.since(next));
        }
        for meter in memory.meters.values() {
            self.meters.push(MeterMeasured {
                info: meter.info.clone(),
                blind: !matches!(meter.outcome, Some(Outcome::Known(_))),
                reading: meter.last_good.clone(),
            });
        }
        self.add_guards(memory);
    }

    fn add_guards(&mut self, memory: &AccountMemory) {
        for guard in memory.guards.values() {
            let (all, armed) = &mut self.guard_count;
            *all = all.saturating_add(1);
            if matches!(guard.mode, Mode::Armed { until, .. } if until > self.at) {
                *armed = armed.saturating_add(1);
            }
            for meter in memory
                .meters
                .values()
                .filter(|meter| watches(guard, &meter.info, meter.newest()))
            {
                let slot = memory.slots.get(&(guard.id.clone(), meter.info.id.clone()));
                let whole = meter.last_good.as_ref().and_then(Reading::limit);
                let hourly = slot.and_then(|slot| slot.state.hourly());
                let own = memory.guard_on(guard, &meter.info);
                let steps = own
                    .steps
                    .iter()
                    .filter_map(|step| Some((step.to_string(), step.mark(whole, hourly)?)));
                let line = own.limit.and_then(|limit| limit.mark(whole));
                self.guards.push(GuardMeasured {
                    guard: guard.id.clone(),
                    account: meter.info.account.clone(),
                    meter: meter.info.id.clone(),
                    level: slot.map_or(Level::Calm, |slot| slot.level),
                    thresholds: steps.chain(line.map(|line| ("limit".to_owned(), line))).collect(),
                });
            }
        }
    }
}

async fn waiting(inner: &Inner) -> Result<BTreeMap<ChannelId, usize>, EngineError> {
    let mut waiting: BTreeMap<ChannelId, usize> = inner
        .roster()
        .channels
        .keys()
        .map(|channel| (channel.clone(), 0))
        .collect();
    for row in inner.parts.store.deliveries(DeliveryFilter::Pending).await? {
        if let Some(count) = waiting.get_mut(&row.channel) {
            *count = count.saturating_add(1);
        }
    }
    Ok(waiting)
}

/// Every state that an open action can be in, also those that none is in.
fn open(inner: &Inner) -> BTreeMap<&'static str, usize> {
    let states = [
        "planned",
        "rechecked",
        "sent",
        "accepted",
        "verifying",
        "failed",
        "unknown",
    ];
    let mut open: BTreeMap<&'static str, usize> = states.into_iter().map(|state| (state, 0)).collect();
    for cell in inner.desk.cells() {
        if let Some(count) = open.get_mut(cell.row().state.name()) {
            *count = count.saturating_add(1);
        }
    }
    open
}
