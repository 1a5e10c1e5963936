//! Queries: what only reads. They are answered from the store and the engine's memory, and need no lease.

use tidegate_engine::EngineError;
use tidegate_engine::config::GuardConfig;
use tidegate_meter::{AccountId, GuardId, Lang, Quantity, Reading, Unit};
use tidegate_store::Point;

use super::App;
use super::views::{self, Telling};
use crate::request::HistoryAsked;
use crate::response::{ChannelView, PointView, ReplayView, StatusView, VersionView};
use crate::{ApiError, ErrorCode, PROTOCOL, Request, Response, config, limits};

type Answer = Result<Response, ApiError>;

impl App {
    pub(super) async fn query(&self, request: Request) -> Answer {
        match request {
            Request::Version => Ok(Response::Version(version())),
            Request::Status => Ok(Response::Status(self.status_said().await?)),
            Request::Accounts => Ok(Response::Accounts(self.status().await.accounts)),
            Request::Meters { account, lang } => {
                let telling = self.telling(lang);
                Ok(Response::Meters(self.meters(account.as_ref(), &telling).await?))
            }
            Request::Check { accounts, lang } => {
                let report = self.engine.check(&accounts).await?;
                let telling = self.telling(lang);
                Ok(Response::Meters(self.report(report, &telling).await?))
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
            other => self.listed(other).await,
        }
    }

    async fn listed(&self, request: Request) -> Answer {
        match request {
            Request::Actions {
                open,
                limit,
                before,
                lang,
            } => {
                let telling = self.telling(lang.unwrap_or_default());
                Ok(Response::Actions(
                    self.actions(open, limit, before, &telling).await?,
                ))
            }
            Request::Alerts {
                open,
                limit,
                before,
                lang,
            } => {
                let telling = self.telling(lang);
                Ok(Response::Alerts(
                    self.alerts(open, limit, before, &telling).await?,
                ))
            }
            Request::Deliveries { limit, before, lang } => {
                let telling = self.telling(lang);
                Ok(Response::Deliveries(
                    self.deliveries(limit, before, &telling).await?,
                ))
            }
            Request::AuditVerify => Ok(Response::AuditVerdict(self.store.audit_verify(None).await?)),
            Request::Audit {
                after,
                limit,
                before,
                lang,
            } => {
                let rows = self.audit((after, before), limit, lang.unwrap_or_default());
                Ok(Response::Audit(rows.await?))
            }
            Request::Lapses { limit, before, lang } => {
                let rows = self.lapses(limit, before, lang.unwrap_or_default());
                Ok(Response::Lapses(rows.await?))
            }
            other => self.seen(other).await,
        }
    }

    async fn seen(&self, request: Request) -> Answer {
        match request {
            Request::History(asked) => self.history(&asked).await,
            Request::Replay {
                guard,
                limit,
                steps,
                days,
            } => self.replay(&guard, limit, steps, days).await,
            Request::Chart(asked) => Ok(Response::Chart(Box::new(self.chart(asked).await?))),
            Request::WhatIf(asked) => Ok(Response::WhatIf(Box::new(self.what_if(asked).await?))),
            other => self.glanced(other).await,
        }
    }

    /// What is seen at a glance.
    async fn glanced(&self, request: Request) -> Answer {
        match request {
            Request::Tray { lang } => {
                let parts = self.parts(lang).await?;
                Ok(Response::Tray(Box::new(self.tray_of(&parts, lang))))
            }
            Request::Overview { lang } => {
                let (parts, more) = (self.parts(lang).await?, self.more(lang).await?);
                Ok(Response::Overview(Box::new(self.overview_of(parts, more, lang))))
            }
            Request::Doctor { outside, lang } => Ok(Response::Doctor(self.footing(outside, lang).await)),
            other => self.summed(other).await,
        }
    }

    /// What history comes to.
    async fn summed(&self, request: Request) -> Answer {
        match request {
            Request::Trend(asked) => {
                let of = (&asked.account, &asked.meter);
                let told = self.trend(of, (asked.start, asked.end), asked.lang).await?;
                Ok(Response::Trend(Box::new(told)))
            }
            Request::Statistics(span) => {
                let told = self.statistics(span.start, span.end).await?;
                Ok(Response::Statistics(Box::new(told)))
            }
            Request::ExportHistory(asked) => {
                let page = self.export(
                    &asked.what,
                    (asked.start, asked.end),
                    asked.after.as_deref(),
                    asked.lang,
                );
                Ok(Response::Exported(page.await?))
            }
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

    /// With the sentence, which needs to look at every meter.
    async fn status_said(&self) -> Result<StatusView, ApiError> {
        let parts = self.parts(Lang::En).await?;
        Ok(self.status_of(parts))
    }

    pub(super) async fn status(&self) -> StatusView {
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
            sentence: crate::response::SaidView::default(),
            config_file: self.followed.view(),
        }
    }

    /// The configured accounts; an error when the asked one is none of them.
    pub(super) async fn accounts_named(
        &self,
        account: Option<&AccountId>,
    ) -> Result<Vec<AccountId>, ApiError> {
        let config = self.engine.config().await;
        let ids: Vec<AccountId> = config.accounts.into_iter().map(|account| account.id).collect();
        match account {
            Some(named) if !ids.contains(named) => Err(EngineError::NoAccount(named.clone()).into()),
            _ => Ok(ids),
        }
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

    async fn history(&self, asked: &HistoryAsked) -> Answer {
        let (account, meter, span) = (&asked.account, &asked.meter, (asked.start, asked.end));
        let row = self.store.meter(account, meter).await?;
        let row = row.ok_or_else(|| EngineError::NoMeter(meter.clone()))?;
        let unit = row.last_good.as_ref().map_or(Unit::Bytes, Reading::unit);
        let most = usize::try_from(asked.points.clamp(1, limits::HISTORY_POINTS)).unwrap_or(1);
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
}

fn bad(error: &tidegate_guard::SpecError) -> ApiError {
    ApiError::new(ErrorCode::BadRequest, error.to_string())
}

/// Rows of one page.
pub(crate) fn page(limit: u32) -> usize {
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
