//! Commands: what changes something. Each is audited by the engine with who asked.

use std::path::PathBuf;
use std::time::Duration;

use tidegate_engine::config::Config;
use tidegate_engine::{EngineError, Refused};
use tidegate_guard::{ActionKind, Consent, StopManner};
use tidegate_meter::{AccountId, GuardId, RowId, TargetId, Time};

use super::{App, views};
use crate::config::{self, Findings, Plan};
use crate::response::{ArmedView, TestedView};
use crate::{ApiError, ErrorCode, Request, Response, limits};

type Answer = Result<Response, ApiError>;

impl App {
    /// Every request passes here: commands first, then queries.
    pub(super) async fn answer(&self, request: Request, by: &str) -> Answer {
        match request {
            Request::Apply { text, prune } => self.apply(&text, prune, by).await,
            Request::Plan { text, prune } => self.plan(&text, prune).await,
            Request::Validate { text } => self.validate(&text).await,
            Request::Arm { guard, seconds } => self.arm(&guard, seconds, by).await,
            Request::ArmPreview { guard, seconds } => self.arm_preview(&guard, seconds).await,
            Request::Disarm { guard } => done(self.engine.disarm(&guard, by).await),
            Request::Pause { seconds } => {
                let until = self.until(seconds, limits::PAUSE_MAX)?;
                done(self.engine.pause(until, by).await)
            }
            Request::Resume => done(self.engine.resume(by).await),
            other => self.act_on(other, by).await,
        }
    }

    async fn act_on(&self, request: Request, by: &str) -> Answer {
        match request {
            Request::Hold { action, seconds } => {
                let span = within(seconds, limits::PAUSE_MAX)?;
                done(self.engine.hold(action, span, by).await.map(drop))
            }
            Request::Cancel { action } => done(self.engine.cancel(action, by).await),
            Request::StopNow { action } => done(self.engine.stop_now(action, by).await),
            Request::Stop {
                account,
                target,
                typed_name,
                forced,
            } => {
                let manner = if forced {
                    StopManner::Forced
                } else {
                    StopManner::Soft
                };
                let consent = Consent {
                    by: by.to_owned(),
                    typed_name,
                };
                self.act(&account, &target, ActionKind::Stop, manner, consent)
                    .await
            }
            Request::Start {
                account,
                target,
                typed_name,
            } => {
                let consent = Consent {
                    by: by.to_owned(),
                    typed_name,
                };
                self.act(&account, &target, ActionKind::Start, StopManner::Soft, consent)
                    .await
            }
            Request::Restore { action } => self.restore(action, by).await,
            Request::Protect {
                account,
                target,
                protected,
            } => done(self.engine.protect(&account, &target, protected, by).await),
            other => self.tell(other, by).await,
        }
    }

    async fn tell(&self, request: Request, by: &str) -> Answer {
        match request {
            Request::Acknowledge { alert, reason } => {
                done(self.engine.acknowledge(alert, &note(&reason)?, by).await)
            }
            Request::Snooze {
                alert,
                seconds,
                reason,
            } => {
                let until = self.until(seconds, limits::PAUSE_MAX)?;
                done(self.engine.snooze(alert, until, &note(&reason)?, by).await)
            }
            Request::TestChannel { channel } => {
                let word = self.engine.test_channel(&channel, by).await?;
                Ok(Response::Tested(TestedView {
                    channel,
                    at: word.at,
                    word: word.word,
                }))
            }
            Request::RetryDelivery { delivery } => done(self.engine.retry_delivery(delivery, by).await),
            Request::Backup { file } => self.backup(&file).await,
            Request::VaultList => self.vault_list().await,
            Request::VaultSet { item, fields } => self.vault_set(&item, fields).await,
            Request::VaultDelete { item } => self.vault_delete(&item).await,
            other => self.set_up(other, by).await,
        }
    }

    async fn set_up(&self, request: Request, by: &str) -> Answer {
        match request {
            Request::Items => self.items().await,
            Request::Draft { items, remove, lang } => self.draft(&items, &remove, lang).await,
            Request::Save {
                items,
                remove,
                secrets,
            } => self.save(&items, &remove, secrets, by).await,
            Request::TryAccount {
                account,
                secrets,
                lang,
            } => self.try_account(account, secrets, lang).await,
            Request::TryChannel { channel, secrets, .. } => self.try_channel(channel, secrets, by).await,
            Request::Catalogue { lang } => {
                self.reread_specs().await;
                let catalogue = crate::presets::catalogue(lang, self.notices, &self.specs);
                Ok(Response::Catalogue(Box::new(catalogue)))
            }
            Request::Backups => self.backups().await,
            Request::BackupNow => self.backup_now(by).await,
            Request::RestoreBackup { .. } | Request::Demo { .. } => Err(ApiError::new(
                ErrorCode::NotRunning,
                "only a running guard does this: start Tidegate, or `tidegated run`",
            )),
            Request::Renewals { .. }
            | Request::RenewalPreview(_)
            | Request::MarkRenewed(_)
            | Request::ClearRenewed(_)
            | Request::RenewalsIcs { .. } => self.renewal(request, by).await,
            Request::Quotas(_)
            | Request::Quota(_)
            | Request::Ledger(_)
            | Request::LedgerCsv(_)
            | Request::Bill(_)
            | Request::CloudProjects(_)
            | Request::CloudPolicies(_)
            | Request::SyncQuotas(_)
            | Request::Allocate(_)
            | Request::LinkProject(_)
            | Request::UnlinkProject(_)
            | Request::ToggleProjects(_)
            | Request::QuotaRules(_)
            | Request::CreateSubAccount(_)
            | Request::CreateSubAccountKey(_)
            | Request::ChangePolicy(_) => self.quota(request, by).await,
            Request::Settings => self.settings().await,
            Request::Tokens => self.tokens().await,
            Request::CreateToken {
                name,
                scopes,
                seconds,
            } => self.create_token(&name, &scopes, seconds, by).await,
            Request::RevokeToken { token } => self.revoke_token(token, by).await,
            Request::SaveSettings { change } => self.save_settings(change, by).await,
            other => self.traffic(other, by).await,
        }
    }

    /// Proxy traffic.
    async fn traffic(&self, request: Request, by: &str) -> Answer {
        match request {
            Request::Flows(_) | Request::FlowLine(_) | Request::Live => self.flow(request).await,
            Request::Devices | Request::InviteAgent(_) | Request::EndDevice(_) => {
                self.device(request, by).await
            }
            Request::ImportFlows(_) | Request::ImportSamples(_) => self.import(request, by).await,
            Request::Subscriptions => self.subscriptions().await,
            Request::Report(asked) => self.show_report(&asked).await,
            Request::SendReport(asked) => self.send_report(&asked, by).await,
            other => self.mail(other).await,
        }
    }

    /// The text over what is configured, and what that changes.
    async fn merged(&self, text: &str, prune: bool) -> Result<(Config, Plan), ApiError> {
        let current = self.engine.config().await;
        self.reread_specs().await;
        let items = config::parse_with(text, &current, &self.specs)?;
        let reserved = self.reserved(&items);
        if !reserved.is_empty() {
            return Err(Findings(reserved).into());
        }
        let mut next = config::merge(&current, &items, prune);
        let disarmed = self.engine.plan(&next).await?.disarmed;
        let names: Vec<String> = disarmed.iter().map(ToString::to_string).collect();
        let plan = config::plan(&current, &next, &names);
        for guard in next
            .guards
            .iter_mut()
            .filter(|guard| disarmed.contains(&guard.id))
        {
            guard.mode = tidegate_guard::Mode::Watch;
        }
        Ok((next, plan))
    }

    /// The text, and the user's own descriptions of providers, which it may name.
    async fn validate(&self, text: &str) -> Answer {
        let plan = self.plan(text, false).await;
        let specs = config::own_spec_findings(&self.specs.own());
        match plan {
            Ok(_) if !specs.is_empty() => Err(Findings(specs).into()),
            other => other,
        }
    }

    async fn plan(&self, text: &str, prune: bool) -> Answer {
        Ok(Response::Plan(self.merged(text, prune).await?.1))
    }

    async fn apply(&self, text: &str, prune: bool, by: &str) -> Answer {
        let _one = self.arranging.lock().await;
        let (next, plan) = self.merged(text, prune).await?;
        if !plan.is_empty() {
            self.engine.configure(next, by).await?;
        }
        self.take_on_specs().await;
        Ok(Response::Plan(plan))
    }

    async fn arm(&self, guard: &GuardId, seconds: u64, by: &str) -> Answer {
        let span = within(seconds, limits::ARM_MAX)?;
        let armed = match self.engine.arm(guard, span, by).await {
            Err(EngineError::Refused(refused)) if matches!(*refused, Refused::NotReadYet) => {
                self.look_at(guard).await?;
                self.engine.arm(guard, span, by).await?
            }
            other => other?,
        };
        Ok(Response::Armed(ArmedView {
            guard: armed.guard,
            until: armed.until,
            targets: armed.targets,
        }))
    }

    /// Targets are known only after a look: arming right after `apply` takes one by itself.
    async fn look_at(&self, guard: &GuardId) -> Result<(), ApiError> {
        let config = self.engine.config().await;
        let found = config.guards.iter().find(|config| config.id == *guard);
        let account = found
            .ok_or_else(|| EngineError::NoGuard(guard.clone()))?
            .account
            .clone();
        self.engine.check(&[account]).await?;
        Ok(())
    }

    async fn arm_preview(&self, guard: &GuardId, seconds: u64) -> Answer {
        let until = self.until(seconds, limits::ARM_MAX)?;
        let config = self.engine.config().await;
        let found = config.guards.iter().find(|config| config.id == *guard);
        found.ok_or_else(|| EngineError::NoGuard(guard.clone()))?;
        let mut targets = views::watched(&self.engine.guards().await, guard);
        if targets.is_empty() {
            self.look_at(guard).await?;
            targets = views::watched(&self.engine.guards().await, guard);
        }
        Ok(Response::Armed(ArmedView {
            guard: guard.clone(),
            until,
            targets,
        }))
    }

    async fn act(
        &self,
        account: &AccountId,
        target: &TargetId,
        action: ActionKind,
        manner: StopManner,
        consent: Consent,
    ) -> Answer {
        let by = consent.by.clone();
        let intent = self.engine.act(account, target, action, manner, consent).await?;
        self.follow(intent, &by).await
    }

    async fn restore(&self, action: RowId, by: &str) -> Answer {
        let row = self.intent_row(action).await?;
        let consent = Consent {
            by: by.to_owned(),
            typed_name: row.target.id.to_string(),
        };
        let intent = self.engine.restore(action, consent).await?;
        self.follow(intent, by).await
    }

    async fn backup(&self, file: &str) -> Answer {
        let path = PathBuf::from(file);
        if path.exists() {
            return Err(ApiError::new(
                ErrorCode::BadRequest,
                "the backup's file exists already",
            ));
        }
        self.store.backup(&path).await?;
        Ok(Response::Done)
    }

    pub(super) fn until(&self, seconds: u64, longest: Duration) -> Result<Time, ApiError> {
        Ok(self.now().plus(within(seconds, longest)?))
    }
}

fn done(result: Result<(), EngineError>) -> Answer {
    result?;
    Ok(Response::Done)
}

/// A span a person asked for: more than nothing, not more than is allowed.
fn within(seconds: u64, longest: Duration) -> Result<Duration, ApiError> {
    let span = Duration::from_secs(seconds);
    if span.is_zero() || span > longest {
        let allowed = tidegate_meter::print_span(longest);
        return Err(ApiError::new(
            ErrorCode::BadRequest,
            format!("the span is not between 1s and {allowed}"),
        ));
    }
    Ok(span)
}

fn note(text: &str) -> Result<String, ApiError> {
    if text.chars().count() > limits::NOTE_CHARS || text.chars().any(char::is_control) {
        let most = limits::NOTE_CHARS;
        return Err(ApiError::new(
            ErrorCode::BadRequest,
            format!("the reason is longer than {most} characters or not one line"),
        ));
    }
    Ok(text.to_owned())
}
