//! Setting up: items as data, drafts with their mistakes and contracts, and saving with the secrets that belong to it.
//! Owns the order "secrets first, then all items in one transaction; if that fails the secrets are as before".

use std::collections::{BTreeMap, BTreeSet};

use tidegate_channels::catalogue;
use tidegate_engine::config::{Config, SecretRef, SecretRefs};
use tidegate_guard::Mode;
use tidegate_meter::Lang;
use tidegate_vault::Fields;

use super::App;
use super::secrets::check_fields;
use crate::config::{self, Finding, Findings, Plan};
use crate::request::{ItemRef, Items, SecretItems};
use crate::response::{ContractView, DraftView, FindingView};
use crate::{ApiError, ErrorCode, Response};

type Answer = Result<Response, ApiError>;

/// A draft that has no mistakes.
struct Sound {
    next: Config,
    plan: Plan,
}

impl App {
    pub(super) async fn items(&self) -> Answer {
        Ok(Response::Items(config::items_of(&self.engine.config().await)))
    }

    pub(super) async fn draft(&self, items: &Items, remove: &[ItemRef], lang: Lang) -> Answer {
        let current = self.engine.config().await;
        let view = match self.sound(&current, items, remove).await? {
            Err(findings) => DraftView {
                findings: findings.0.iter().map(|finding| beside(finding, lang)).collect(),
                plan: None,
                contracts: Vec::new(),
            },
            Ok(sound) => DraftView {
                findings: Vec::new(),
                contracts: self.contracts(items, &sound.next, lang).await,
                plan: Some(sound.plan),
            },
        };
        Ok(Response::Draft(view))
    }

    /// The whole configuration as the draft would make it, or what is wrong with it.
    async fn sound(
        &self,
        current: &Config,
        items: &Items,
        remove: &[ItemRef],
    ) -> Result<Result<Sound, Findings>, ApiError> {
        let (left, missing) = config::without(current, remove);
        self.reread_specs().await;
        let read = config::parse_items_with(items, &left, &self.specs);
        let mut findings = missing;
        let read = match read {
            Ok(read) => read,
            Err(more) => {
                findings.extend(more.0);
                return Ok(Err(Findings(findings)));
            }
        };
        findings.extend(self.reserved(&read));
        if !findings.is_empty() {
            return Ok(Err(Findings(findings)));
        }
        let mut next = config::merge(&left, &read, false);
        keep_modes(&mut next, current);
        let disarmed = self.engine.plan(&next).await?.disarmed;
        let names: Vec<String> = disarmed.iter().map(ToString::to_string).collect();
        let mut plan = config::plan(current, &next, &names);
        plan.vault_removed = orphans(current, &next).into_iter().collect();
        for guard in next
            .guards
            .iter_mut()
            .filter(|guard| disarmed.contains(&guard.id))
        {
            guard.mode = Mode::Watch;
        }
        Ok(Ok(Sound { next, plan }))
    }

    /// The demonstration's ids are its own.
    pub(super) fn reserved(&self, read: &Config) -> Vec<Finding> {
        if self.simulated {
            return Vec::new();
        }
        config::reserved(read)
    }

    /// Of the guards in the draft, each on each meter that it would watch.
    async fn contracts(&self, items: &Items, next: &Config, lang: Lang) -> Vec<ContractView> {
        let named: BTreeSet<&str> = items
            .guard
            .iter()
            .filter_map(|item| item.0.get("id")?.as_str())
            .collect();
        let mut drafted = next.clone();
        drafted.guards.retain(|guard| named.contains(guard.id.as_str()));
        let told = self.engine.contracts(&drafted).await;
        let view = |(guard, info, contract, matched): (_, tidegate_meter::MeterInfo, _, _)| ContractView {
            guard,
            text: catalogue::contract(&contract, info.byte_base, lang),
            reserve_advised: contract.reserve_advised,
            meter: info.id,
            meter_name: info.name,
            matched,
        };
        told.into_iter().map(view).collect()
    }

    pub(super) async fn save(
        &self,
        items: &Items,
        remove: &[ItemRef],
        secrets: SecretItems,
        by: &str,
    ) -> Answer {
        let _one = self.arranging.lock().await;
        let current = self.engine.config().await;
        let sound = self.sound(&current, items, remove).await??;
        let wanted = vault_names(&sound.next);
        for (item, fields) in &secrets {
            check_fields(item, fields)?;
            if !wanted.contains(item) {
                return Err(ApiError::new(
                    ErrorCode::BadRequest,
                    format!("nothing refers to the vault item {item}; its secret was not stored"),
                ));
            }
        }
        let before = self.put_secrets(secrets).await?;
        let written = if sound.plan.is_empty() {
            Ok(())
        } else {
            self.engine.configure(sound.next, by).await.map(drop)
        };
        if let Err(error) = written {
            self.put_back(before).await;
            return Err(error.into());
        }
        self.take_on_specs().await;
        let renewed: Vec<String> = before.into_keys().collect();
        let mut plan = sound.plan;
        plan.vault_removed = self.forget_secrets(plan.vault_removed).await;
        if !renewed.is_empty() || !plan.vault_removed.is_empty() {
            self.engine.renew_secrets(&renewed).await;
            let facts = serde_json::json!({ "stored": renewed, "removed": plan.vault_removed });
            self.engine.note(by, "secrets.saved", facts).await;
        }
        Ok(Response::Plan(plan))
    }

    /// Stores each item over what it held; returns what it held. When one cannot be stored all are as before.
    async fn put_secrets(&self, secrets: SecretItems) -> Result<BTreeMap<String, Option<Fields>>, ApiError> {
        let mut before: BTreeMap<String, Option<Fields>> = BTreeMap::new();
        for (item, fields) in secrets {
            let stored = async {
                let held = self.vault.get(&item).await?;
                let mut whole = held.clone().unwrap_or_default();
                whole.extend(fields.into_iter().map(|(field, text)| (field, text.0)));
                before.insert(item.clone(), held);
                self.vault.set(&item, whole).await
            };
            if let Err(error) = stored.await {
                self.put_back(before).await;
                return Err(error.into());
            }
        }
        Ok(before)
    }

    async fn put_back(&self, before: BTreeMap<String, Option<Fields>>) {
        for (item, held) in before {
            let done = match held {
                Some(fields) => self.vault.set(&item, fields).await,
                None => self.vault.delete(&item).await.map(drop),
            };
            if let Err(error) = done {
                tracing::warn!(item, %error, "a secret could not be put back");
            }
        }
    }

    /// Takes out what nothing refers to any more; returns what is gone. One that cannot be taken out stays in the
    /// vault, where `vault list` shows it.
    async fn forget_secrets(&self, items: Vec<String>) -> Vec<String> {
        let mut gone = Vec::new();
        for item in items {
            match self.vault.delete(&item).await {
                Ok(true) => gone.push(item),
                Ok(false) => {}
                Err(error) => tracing::warn!(item, %error, "a secret could not be taken out"),
            }
        }
        gone
    }
}

/// A removed and added guard is another guard; one that only changed keeps its mode.
fn keep_modes(next: &mut Config, current: &Config) {
    for guard in &mut next.guards {
        let old = current.guards.iter().find(|old| old.id == guard.id);
        guard.mode = old.map_or(Mode::Watch, |old| old.mode.clone());
    }
}

/// A mistake as the window shows it beside its field.
fn beside(finding: &Finding, lang: Lang) -> FindingView {
    FindingView {
        path: finding.path.clone(),
        code: finding.code(),
        text: finding.beside(lang),
    }
}

fn vault_names(config: &Config) -> BTreeSet<String> {
    let accounts = config
        .accounts
        .iter()
        .flat_map(|account| [&account.secret, &account.act_secret]);
    let channels = config.channels.iter().map(|channel| &channel.secrets);
    let mailboxes = config.mailboxes.iter().map(|mailbox| &mailbox.secrets);
    accounts
        .chain(channels)
        .chain(mailboxes)
        .flat_map(names)
        .collect()
}

fn names(refs: &SecretRefs) -> Vec<String> {
    let name = |reference: &SecretRef| match reference {
        SecretRef::Vault(name) => Some(name.clone()),
        SecretRef::Env(_) => None,
    };
    refs.values().filter_map(name).collect()
}

/// Vault items that something referred to and nothing would any more.
fn orphans(current: &Config, next: &Config) -> BTreeSet<String> {
    let kept = vault_names(next);
    vault_names(current)
        .into_iter()
        .filter(|name| !kept.contains(name))
        .collect()
}
