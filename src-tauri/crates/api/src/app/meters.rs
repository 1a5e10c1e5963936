//! Meters as they are shown: the newest look with its age, what its guards say of it, how long it lasts, and what it is
//! shown as. Owns the translation, no decision.

use std::collections::BTreeMap;

use tidegate_channels::catalogue;
use tidegate_engine::config::GuardConfig;
use tidegate_engine::view::{self as engine, CheckReport};
use tidegate_guard::{Forecast, Level, Limit, Mode, Why};
use tidegate_meter::{AccountId, AsOf, ByteBase, MeterInfo, Outcome, Quantity, Reading, RowId, TargetId};
use tidegate_store::{IntentFilter, IntentRow, TargetRow};

use super::App;
use super::views::{self, Telling};
use crate::ApiError;
use crate::response::{
    AccountView, AsOfSource, ForecastView, LimitView, MeterGuardView, MeterState, MeterView, MetersView,
    OutcomeName, StepView,
};

/// What meters are seen against: read once for all of them.
pub(super) struct Scene {
    names: BTreeMap<AccountId, String>,
    /// By their account: of a thousand, one or two watch a meter.
    guards: BTreeMap<AccountId, Vec<engine::GuardView>>,
    open: Vec<IntentRow>,
    /// When each target was stopped by us, if it was and has not been started since.
    stopped: BTreeMap<(AccountId, TargetId), bool>,
}

/// A meter with its newest look, from the store or from a look just now.
pub(super) struct Seen {
    pub(super) info: MeterInfo,
    pub(super) outcome: Option<Outcome>,
    pub(super) last_good: Option<Reading>,
    pub(super) lag_ms: Option<i64>,
}

impl App {
    pub(super) async fn scene(&self) -> Result<Scene, ApiError> {
        let config = self.engine.config().await;
        let ours = |row: TargetRow| {
            let stopped = row.stopped_by_us_at.is_some();
            ((row.account, row.target.id), stopped)
        };
        let mut guards: BTreeMap<AccountId, Vec<engine::GuardView>> = BTreeMap::new();
        for guard in self.engine.guards().await {
            guards
                .entry(guard.config.account.clone())
                .or_default()
                .push(guard);
        }
        Ok(Scene {
            names: config
                .accounts
                .into_iter()
                .map(|account| (account.id, account.name))
                .collect(),
            guards,
            open: self.store.intents(IntentFilter::Open).await?,
            stopped: self.store.targets(None).await?.into_iter().map(ours).collect(),
        })
    }

    /// The newest look at each meter, of one account or of all.
    pub(super) async fn meters(
        &self,
        account: Option<&AccountId>,
        telling: &Telling<'_>,
    ) -> Result<MetersView, ApiError> {
        let accounts = self.status().await.accounts;
        self.meters_of(account, accounts, telling).await
    }

    /// The same beside accounts whose status was asked already.
    pub(super) async fn meters_of(
        &self,
        account: Option<&AccountId>,
        mut blind_accounts: Vec<AccountView>,
        telling: &Telling<'_>,
    ) -> Result<MetersView, ApiError> {
        self.accounts_named(account).await?;
        let scene = self.scene().await?;
        let rows = self.store.meters(account).await?;
        let seen = rows.into_iter().map(|row| Seen {
            info: row.info,
            outcome: row.outcome,
            last_good: row.last_good,
            lag_ms: row.lag_ms,
        });
        let meters = seen.map(|seen| telling.meter(&scene, seen, None)).collect();
        blind_accounts.retain(|view| view.reason.is_some() && account.is_none_or(|id| *id == view.account));
        Ok(MetersView {
            meters,
            blind_accounts,
        })
    }

    /// What a check found.
    pub(super) async fn report(
        &self,
        report: CheckReport,
        telling: &Telling<'_>,
    ) -> Result<MetersView, ApiError> {
        let scene = self.scene().await?;
        let mut blind_accounts = self.status().await.accounts;
        let found = |id: &AccountId| report.accounts.iter().find(|account| account.account == *id);
        blind_accounts
            .retain(|account| found(&account.account).is_some_and(|checked| checked.blind.is_some()));
        for account in &mut blind_accounts {
            let why = found(&account.account).and_then(|found| found.blind.as_ref());
            account.reason = why.map(|why| why.reason);
            account.detail = why.map(|why| why.detail.clone());
        }
        let meters = report.meters.into_iter().map(|meter| {
            let seen = Seen {
                info: meter.info,
                outcome: Some(meter.outcome),
                last_good: meter.last_good,
                lag_ms: None,
            };
            telling.meter(&scene, seen, Some(&meter.guards))
        });
        Ok(MetersView {
            meters: meters.collect(),
            blind_accounts,
        })
    }
}

impl Scene {
    /// The guards on a meter, each with what it says of it: those that judged a fresh look, else all that watch it.
    fn watching<'a>(
        &'a self,
        info: &MeterInfo,
        fresh: Option<&'a [engine::CheckedGuard]>,
    ) -> Vec<OnMeter<'a>> {
        let mut found = Vec::new();
        for guard in self.guards.get(&info.account).into_iter().flatten() {
            let mine = guard.on(&info.account, &info.id);
            let checked = fresh.map(|fresh| fresh.iter().find(|checked| checked.id == guard.config.id));
            let (level, why) = match (checked, mine) {
                (Some(Some(checked)), _) => (checked.level, checked.why.as_ref()),
                (None, Some(mine)) => (mine.level, mine.why.as_ref()),
                (Some(None), _) | (None, None) => continue,
            };
            found.push(OnMeter {
                config: &guard.config,
                mine,
                level,
                why,
                open: self.open_of(&guard.config, info),
            });
        }
        found
    }

    /// An action on the meter or on one of its targets has not ended.
    fn is_acting(&self, info: &MeterInfo) -> bool {
        self.open.iter().any(|row| {
            row.account == info.account
                && (row.meter.as_ref() == Some(&info.id)
                    || info.targets.iter().any(|target| target.id == row.target.id))
        })
    }

    fn open_of(&self, guard: &GuardConfig, info: &MeterInfo) -> Option<RowId> {
        let mine = |row: &&IntentRow| {
            row.guard.as_ref() == Some(&guard.id)
                && row.account == info.account
                && row.meter.as_ref() == Some(&info.id)
        };
        self.open.iter().find(mine).map(|row| row.id)
    }

    /// Tidegate stopped all its targets, and they have not been started since.
    fn is_stopped(&self, info: &MeterInfo) -> bool {
        let mut targets = info.targets.iter();
        !info.targets.is_empty()
            && targets.all(|target| {
                let key = (info.account.clone(), target.id.clone());
                self.stopped.get(&key).copied().unwrap_or(false)
            })
    }
}

impl Telling<'_> {
    /// One meter; `fresh` are the guards' words on a look that was just made.
    pub(super) fn meter(
        &self,
        scene: &Scene,
        seen: Seen,
        fresh: Option<&[engine::CheckedGuard]>,
    ) -> MeterView {
        let watching = scene.watching(&seen.info, fresh);
        let forecasts: Vec<Forecast> = watching.iter().filter_map(OnMeter::forecast).collect();
        let whole = seen.last_good.as_ref().and_then(Reading::limit);
        let guards: Vec<MeterGuardView> = watching
            .iter()
            .map(|guard| self.on_meter(guard, whole, seen.info.byte_base))
            .collect();
        let since = seen.last_good.as_ref().map(Reading::fetched_at);
        let ever = guards
            .iter()
            .find_map(|guard| Some(guard.why.as_ref()?.args.blind?.1));
        let acting = scene.is_acting(&seen.info);
        let stopped = scene.is_stopped(&seen.info);
        let reading = seen.outcome.as_ref().and_then(Outcome::reading);
        let source = reading.map(|reading| match reading.as_of() {
            AsOf::Provider(_) => AsOfSource::Provider,
            AsOf::Fetch(_) => AsOfSource::Fetch,
        });
        let name = scene.names.get(&seen.info.account).cloned();
        let mut view = views::meter(seen.info, seen.outcome.as_ref(), seen.last_good.as_ref(), guards);
        let is_blind = view.outcome == OutcomeName::Blind;
        view.account_name = name.unwrap_or_else(|| view.account.to_string());
        view.level = view.guards.iter().map(|guard| guard.level).max();
        view.blind_since = if is_blind { since.or(ever) } else { None };
        view.as_of_source = source;
        view.lag_ms = seen.lag_ms;
        view.forecast = best(&forecasts)
            .filter(|_| !is_blind)
            .map(|forecast| self.forecast(&forecast));
        view.state = state(&view, acting, stopped);
        view
    }

    fn on_meter(&self, on: &OnMeter<'_>, whole: Option<Quantity>, base: ByteBase) -> MeterGuardView {
        let config = on.config;
        let (mode, armed_until) = views::mode(&config.mode, self.now);
        let targets = match &config.mode {
            Mode::Armed { targets, .. } if armed_until.is_some() => targets.clone(),
            Mode::Armed { .. } | Mode::Watch => Vec::new(),
        };
        let contract = on
            .mine
            .map(|mine| catalogue::contract(&mine.contract, base, self.lang));
        MeterGuardView {
            id: config.id.clone(),
            level: on.level,
            mode,
            armed_until,
            why: on.why.map(|why| self.why(why.clone(), base)),
            steps: on.steps(whole),
            limit: on.limit(whole),
            action: config.action,
            countdown: config.countdown.as_secs(),
            contract: contract.unwrap_or_default(),
            targets,
            held_until: on.mine.and_then(|mine| mine.held_until),
            open_action: on.open,
        }
    }

    pub(super) fn forecast(&self, forecast: &Forecast) -> ForecastView {
        let text = catalogue::forecast(forecast, self.lang, self.zone, self.now);
        match *forecast {
            Forecast::Known {
                samples,
                hourly,
                hourly_upper,
                run_out,
            } => ForecastView::Known {
                burn_likely: hourly,
                burn_upper: hourly_upper,
                samples,
                early: run_out.early,
                likely: run_out.likely,
                late: run_out.late,
                ends_before_window: run_out.early.is_some(),
                text,
            },
            Forecast::Accumulating {
                samples,
                needed,
                span,
                span_needed,
                changes,
                changes_needed,
            } => ForecastView::Accumulating {
                samples,
                samples_needed: needed,
                seconds: span.as_secs(),
                seconds_needed: span_needed.as_secs(),
                changes,
                changes_needed,
                text,
            },
        }
    }
}

/// A guard on a meter, and what was last said of it.
struct OnMeter<'a> {
    config: &'a GuardConfig,
    /// `None` for a meter that this process has never recorded.
    mine: Option<&'a engine::GuardMeterView>,
    level: Level,
    why: Option<&'a Why>,
    open: Option<RowId>,
}

impl OnMeter<'_> {
    fn forecast(&self) -> Option<Forecast> {
        self.mine
            .and_then(|mine| mine.forecast)
            .or_else(|| self.why?.forecast)
    }

    fn steps(&self, whole: Option<Quantity>) -> Vec<StepView> {
        let hourly = self.mine.and_then(|mine| mine.hourly);
        let crossed = |n: usize| self.mine.and_then(|mine| mine.passed.steps.get(n).copied());
        let view = |(n, step): (usize, &tidegate_guard::Step)| StepView {
            text: step.to_string(),
            at: step.mark(whole, hourly),
            crossed: crossed(n).unwrap_or(false),
        };
        self.config.steps.iter().enumerate().map(view).collect()
    }

    fn limit(&self, whole: Option<Quantity>) -> Option<LimitView> {
        let limit = self.config.limit?;
        Some(LimitView {
            text: limit.to_string(),
            at: limit.mark(whole).or_else(|| moving(self.why?)),
            predictive: matches!(limit, Limit::Predictive { .. }),
            crossed: self.mine.is_some_and(|mine| mine.passed.limit),
        })
    }
}

/// What is left when a moving line is crossed, as of the last judgement: what is left now, less the distance.
pub(super) fn moving(why: &Why) -> Option<Quantity> {
    why.headroom?.minus(why.distance?).ok()
}

/// One that names a rate, if any does.
fn best(forecasts: &[Forecast]) -> Option<Forecast> {
    let known = |forecast: &&Forecast| matches!(forecast, Forecast::Known { .. });
    forecasts
        .iter()
        .find(known)
        .or_else(|| forecasts.first())
        .copied()
}

/// The first that holds; see [`MeterState`].
fn state(view: &MeterView, acting: bool, stopped: bool) -> MeterState {
    match view.level {
        _ if acting => MeterState::Acting,
        _ if view.outcome == OutcomeName::Blind => MeterState::Blind,
        _ if stopped => MeterState::Stopped,
        Some(Level::Blind) => MeterState::Blind,
        Some(Level::Critical) => MeterState::Critical,
        Some(Level::Warning) => MeterState::Warning,
        Some(Level::Calm) => MeterState::Calm,
        None => MeterState::Unguarded,
    }
}
