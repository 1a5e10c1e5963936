//! Queries: what only reads. They are answered from the store and the engine's memory, and need no lease.

use tidegate_engine::EngineError;
use tidegate_engine::config::GuardConfig;
use tidegate_engine::view::CheckReport;
use tidegate_meter::{AccountId, GuardId, Lang, MeterId, Quantity, Reading, Time, Unit};
use tidegate_store::{AlertFilter, DeliveryFilter, IntentFilter, Point};

use super::App;
use super::views::{self, Telling};
use crate::response::{
    AuditView, ChannelView, LapseView, MeterGuardView, MetersView, PointView, ReplayView, StatusView,
    VersionView,
};
use crate::{ApiError, ErrorCode, PROTOCOL, Request, Response, config, limits};

type Answer = Result<Response, ApiError>;

impl App {
    pub(super) async fn query(&self, request: Request) -> Answer {
        match request {
            Request::Version => Ok(Response::Version(version())),
            Request::Status => Ok(Response::Status(self.status().await)),
            Request::Accounts => Ok(Response::Accounts(self.status().await.accounts)),
            Request::Meters { account, lang } => self.meters(account.as_ref(), lang).await,
            Request::Check { accounts, lang } => {
                let report = self.engine.check(&accounts).await?;
                Ok(Response::Meters(self.report(report, lang).await))
            }
            Request::Targets { account } => {
                let accounts = self.accounts_named(account.as_ref()).await?;
                let mut rows = self.store.targets(account.as_ref()).await?;
                // A removed account's servers stay on record, but nobody can reach them any more.
                rows.retain(|row| accounts.contains(&row.account));
                Ok(Response::Targets(rows.into_iter().map(views::target).collect()))
            }
            Request::Export => Ok(Response::Text(config::print(&self.engine.config().await))),
            Request::Guards { lang } => {
                let telling = self.telling(lang);
                let guards = self.engine.guards().await;
                Ok(Response::Guards(
                    guards.into_iter().map(|guard| telling.guard(guard)).collect(),
                ))
            }
            Request::Channels => Ok(Response::Channels(self.channels().await?)),
            other => self.records(other).await,
        }
    }

    async fn records(&self, request: Request) -> Answer {
        match request {
            Request::Actions { open, limit } => self.actions(open, limit).await,
            Request::Alerts { open, limit, lang } => {
                let filter = AlertFilter {
                    open,
                    before: None,
                    limit: page(limit),
                };
                let rows = self.store.alerts(filter).await?;
                let telling = self.telling(lang);
                Ok(Response::Alerts(
                    rows.into_iter().map(|row| telling.alert(row)).collect(),
                ))
            }
            Request::Deliveries { limit, lang } => {
                let filter = DeliveryFilter::Recent {
                    before: None,
                    limit: page(limit),
                };
                let rows = self.store.deliveries(filter).await?;
                let telling = self.telling(lang);
                Ok(Response::Deliveries(
                    rows.into_iter().map(|row| telling.delivery(row)).collect(),
                ))
            }
            Request::History {
                account,
                meter,
                start,
                end,
                points,
            } => self.history(&account, &meter, (start, end), points).await,
            Request::Replay {
                guard,
                limit,
                steps,
                days,
            } => self.replay(&guard, limit, steps, days).await,
            Request::AuditVerify => Ok(Response::AuditVerdict(self.store.audit_verify(None).await?)),
            Request::Audit { after, limit } => self.audit(after, limit).await,
            Request::Lapses { limit } => self.lapses(limit).await,
            Request::Doctor { outside, lang } => Ok(Response::Doctor(self.footing(outside, lang).await)),
            _ => Err(ApiError::new(
                ErrorCode::BadRequest,
                "this version does not answer that request",
            )),
        }
    }

    pub(super) fn telling(&self, lang: Lang) -> Telling<'_> {
        Telling {
            lang,
            zone: &self.zone,
            now: self.now(),
        }
    }

    async fn status(&self) -> StatusView {
        let status = self.engine.status().await;
        StatusView {
            at: status.at,
            running: status.running,
            holder: status.holder,
            level: status.level,
            accounts: status.accounts.iter().map(views::account).collect(),
            armed: status.armed,
            open: status.open,
            paused_until: status.paused_until,
            deliveries_waiting: status.deliveries_waiting,
            conditions: status.conditions,
        }
    }

    async fn report(&self, report: CheckReport, lang: Lang) -> MetersView {
        let telling = self.telling(lang);
        let blind: Vec<_> = report
            .accounts
            .iter()
            .filter(|a| a.blind.is_some())
            .map(|a| a.account.clone())
            .collect();
        let mut blind_accounts = self.status().await.accounts;
        blind_accounts.retain(|account| blind.contains(&account.account));
        for account in &mut blind_accounts {
            let found = report
                .accounts
                .iter()
                .find(|other| other.account == account.account);
            let why = found.and_then(|found| found.blind.as_ref());
            account.reason = why.map(|why| why.reason);
            account.detail = why.map(|why| why.detail.clone());
        }
        let meters = report
            .meters
            .into_iter()
            .map(|meter| telling.checked(meter))
            .collect();
        MetersView {
            meters,
            blind_accounts,
        }
    }

    /// The configured accounts; an error when the asked one is none of them.
    async fn accounts_named(&self, account: Option<&AccountId>) -> Result<Vec<AccountId>, ApiError> {
        let config = self.engine.config().await;
        let ids: Vec<AccountId> = config.accounts.into_iter().map(|account| account.id).collect();
        match account {
            Some(named) if !ids.contains(named) => Err(EngineError::NoAccount(named.clone()).into()),
            _ => Ok(ids),
        }
    }

    async fn meters(&self, account: Option<&AccountId>, lang: Lang) -> Answer {
        self.accounts_named(account).await?;
        let telling = self.telling(lang);
        let guards = self.engine.guards().await;
        let mut meters = Vec::new();
        for row in self.store.meters(account).await? {
            let mut on_it = Vec::new();
            for guard in &guards {
                let mine = guard
                    .meters
                    .iter()
                    .find(|m| m.info.account == row.info.account && m.info.id == row.info.id);
                let Some(mine) = mine else { continue };
                let (mode, armed_until) = views::mode(&guard.config.mode, telling.now);
                let why = mine.why.clone().map(|why| telling.why(why, row.info.byte_base));
                on_it.push(MeterGuardView {
                    id: guard.config.id.clone(),
                    level: mine.level,
                    mode,
                    armed_until,
                    why,
                });
            }
            meters.push(views::meter(
                row.info,
                row.outcome.as_ref(),
                row.last_good.as_ref(),
                on_it,
            ));
        }
        let mut blind_accounts = self.status().await.accounts;
        blind_accounts.retain(|view| view.reason.is_some() && account.is_none_or(|id| *id == view.account));
        Ok(Response::Meters(MetersView {
            meters,
            blind_accounts,
        }))
    }

    async fn channels(&self) -> Result<Vec<ChannelView>, ApiError> {
        let config = self.engine.config().await;
        let mut health = self.engine.channel_health().await?;
        let view = |channel: &tidegate_engine::config::ChannelConfig| {
            let health = health.remove(&channel.id).unwrap_or_default();
            ChannelView {
                id: channel.id.clone(),
                kind: channel.kind.clone(),
                enabled: channel.enabled,
                language: channel.language,
                secrets: channel
                    .secrets
                    .iter()
                    .map(|(field, reference)| (field.clone(), reference.to_string()))
                    .collect(),
                last_success: health.last_success,
                last_error: health.last_error,
                waiting: health.waiting,
            }
        };
        Ok(config.channels.iter().map(view).collect())
    }

    async fn actions(&self, open: bool, limit: u32) -> Answer {
        let filter = if open {
            IntentFilter::Open
        } else {
            IntentFilter::Recent {
                before: None,
                limit: page(limit),
            }
        };
        let mut actions = Vec::new();
        for row in self.store.intents(filter).await? {
            let events = self.store.intent_events(row.id).await?;
            actions.push(views::action(row, events));
        }
        Ok(Response::Actions(actions))
    }

    async fn history(&self, account: &AccountId, meter: &MeterId, span: (Time, Time), points: u32) -> Answer {
        let row = self.store.meter(account, meter).await?;
        let row = row.ok_or_else(|| EngineError::NoMeter(meter.clone()))?;
        let unit = row.last_good.as_ref().map_or(Unit::Bytes, Reading::unit);
        let most = usize::try_from(points.clamp(1, limits::HISTORY_POINTS)).unwrap_or(1);
        let rows = self.store.history(account, meter, span.0, span.1, most).await?;
        let view = |point: Point| PointView {
            as_of: point.as_of,
            remaining: point.remaining.map(|raw| Quantity::from_raw(raw, unit)),
            used: point.used.map(|raw| Quantity::from_raw(raw, unit)),
        };
        Ok(Response::History(rows.into_iter().map(view).collect()))
    }

    async fn replay(
        &self,
        guard: &GuardId,
        limit: Option<String>,
        steps: Option<Vec<String>>,
        days: u32,
    ) -> Answer {
        let config = self.engine.config().await;
        let mut changed: GuardConfig = config
            .guards
            .into_iter()
            .find(|config| config.id == *guard)
            .ok_or_else(|| EngineError::NoGuard(guard.clone()))?;
        if let Some(limit) = limit {
            changed.limit = Some(limit.parse().map_err(|error| bad(&error))?);
        }
        if let Some(steps) = steps {
            changed.steps = steps
                .iter()
                .map(|step| step.parse().map_err(|error| bad(&error)))
                .collect::<Result<_, _>>()?;
        }
        let reports = self.engine.replay(guard, Some(changed), days).await?;
        let view = |(meter, report)| ReplayView {
            meter,
            report: serde_json::to_value(report).unwrap_or(serde_json::Value::Null),
        };
        Ok(Response::Replay(reports.into_iter().map(view).collect()))
    }

    async fn audit(&self, after: i64, limit: u32) -> Answer {
        let rows = self.store.audit(after.max(0), page(limit)).await?;
        let view = |row: tidegate_store::AuditRow| AuditView {
            seq: row.seq,
            at: row.at,
            actor: row.actor,
            event: row.event,
            facts: row.facts,
            hash: row.hash,
        };
        Ok(Response::Audit(rows.into_iter().map(view).collect()))
    }

    async fn lapses(&self, limit: u32) -> Answer {
        let rows = self.store.lapses(page(limit)).await?;
        let view = |row: tidegate_store::LapseRow| LapseView {
            start: row.start,
            end: row.end,
            cause: row.cause,
        };
        Ok(Response::Lapses(rows.into_iter().map(view).collect()))
    }
}

fn bad(error: &tidegate_guard::SpecError) -> ApiError {
    ApiError::new(ErrorCode::BadRequest, error.to_string())
}

fn page(limit: u32) -> usize {
    usize::try_from(limit.clamp(1, limits::PAGE_ROWS)).unwrap_or(1)
}

/// What this program is.
#[must_use]
pub fn version() -> VersionView {
    VersionView {
        name: "tidegate".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        protocol: PROTOCOL,
    }
}
