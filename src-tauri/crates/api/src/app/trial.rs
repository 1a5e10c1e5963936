//! Trying what is not saved: an account is read once, a channel gets a test message. Nothing is stored; the secrets in
//! hand are dropped with the request.

use serde_json::{Map, Value};
use tidegate_channels::catalogue;
use tidegate_engine::AccountSecrets;
use tidegate_engine::config::{AccountConfig, ChannelConfig, MailboxConfig};
use tidegate_engine::view::Trial;
use tidegate_meter::{Blind, Lang, Outcome};
use tidegate_providers::FoundTarget;
use tidegate_providers::specs::Registry;
use tidegate_vault::Fields;

use super::secrets::check_fields;
use super::{App, views};
use crate::config::{parse_items, parse_items_with};
use crate::request::{Item, Items, SecretFields};
use crate::response::{TargetView, TestedView, TriedView};
use crate::{ApiError, ErrorCode, Response};

type Answer = Result<Response, ApiError>;

/// Fields of the acting credential are named with this before them.
const ACT: &str = "act.";

impl App {
    pub(super) async fn try_account(&self, account: Item, secrets: SecretFields, lang: Lang) -> Answer {
        let (act, watch): (SecretFields, SecretFields) =
            secrets.into_iter().partition(|(field, _)| field.starts_with(ACT));
        let act: SecretFields = act
            .into_iter()
            .map(|(field, text)| (field.trim_start_matches(ACT).to_owned(), text))
            .collect();
        self.reread_specs().await;
        let config = account_of(account, &watch, &act, &self.specs)?;
        let given = AccountSecrets {
            watch: fields(watch),
            act: (!act.is_empty()).then(|| fields(act)),
        };
        let trial = self.engine.try_account(&config, given).await?;
        Ok(Response::Tried(Box::new(tried(&config, trial, lang))))
    }

    pub(super) async fn try_channel(&self, channel: Item, secrets: SecretFields, by: &str) -> Answer {
        let config = channel_of(channel, &secrets)?;
        let tested = self.engine.try_channel(&config, fields(secrets)).await;
        let facts = serde_json::json!({ "channel": config.id, "kind": config.kind, "taken": tested.is_ok() });
        self.engine.note(by, "channel.tried", facts).await;
        let word = tested?;
        Ok(Response::Tested(TestedView {
            channel: config.id,
            at: word.at,
            word: word.word,
        }))
    }
}

pub(super) fn fields(secrets: SecretFields) -> Fields {
    secrets.into_iter().map(|(field, text)| (field, text.0)).collect()
}

/// The account as the format reads it; secrets in hand stand in for references that are not there yet.
fn account_of(
    item: Item,
    watch: &SecretFields,
    act: &SecretFields,
    specs: &Registry,
) -> Result<AccountConfig, ApiError> {
    let mut item = item.0;
    if let Some(account) = item.as_object_mut() {
        let id = id_of(account);
        refer(account, "secret", &id, watch)?;
        if !act.is_empty() {
            let inner = account.entry("act").or_insert_with(|| Value::Object(Map::new()));
            if let Some(inner) = inner.as_object_mut() {
                refer(inner, "secret", &id, act)?;
            }
        }
    }
    let items = Items {
        account: vec![Item(item)],
        ..Items::default()
    };
    let read = parse_items_with(&items, &crate::config::nothing(), specs)?;
    let account = read.accounts.into_iter().next();
    account.ok_or_else(no_item)
}

fn channel_of(item: Item, secrets: &SecretFields) -> Result<ChannelConfig, ApiError> {
    let mut item = item.0;
    if let Some(channel) = item.as_object_mut() {
        let id = id_of(channel);
        put_references(channel, &id, secrets)?;
    }
    let items = Items {
        channel: vec![Item(item)],
        ..Items::default()
    };
    let read = parse_items(&items, &crate::config::nothing())?;
    let channel = read.channels.into_iter().next();
    channel.ok_or_else(no_item)
}

/// The mailbox as the format reads it.
pub(super) fn mailbox_of(item: Item, secrets: &SecretFields) -> Result<MailboxConfig, ApiError> {
    let mut item = item.0;
    if let Some(mailbox) = item.as_object_mut() {
        let id = id_of(mailbox);
        put_references(mailbox, &id, secrets)?;
        // Its messages go nowhere: channels that are not saved yet either are no mistake of a try.
        mailbox.remove("channels");
    }
    let items = Items {
        mailbox: vec![Item(item)],
        ..Items::default()
    };
    let read = parse_items(&items, &crate::config::nothing())?;
    let mailbox = read.mailboxes.into_iter().next();
    mailbox.ok_or_else(no_item)
}

fn no_item() -> ApiError {
    ApiError::new(ErrorCode::BadRequest, "there is no item to try")
}

/// The name that a reference gets while nothing is stored under it.
fn id_of(item: &Map<String, Value>) -> String {
    let id = item.get("id").and_then(Value::as_str).unwrap_or_default();
    if id.is_empty() { "trial" } else { id }.to_owned()
}

fn refer(
    holder: &mut Map<String, Value>,
    key: &str,
    id: &str,
    secrets: &SecretFields,
) -> Result<(), ApiError> {
    if secrets.is_empty() {
        return Ok(());
    }
    let table = holder.entry(key).or_insert_with(|| Value::Object(Map::new()));
    match table.as_object_mut() {
        Some(table) => put_references(table, id, secrets),
        // Another type is the reader's to refuse.
        None => Ok(()),
    }
}

fn put_references(table: &mut Map<String, Value>, id: &str, secrets: &SecretFields) -> Result<(), ApiError> {
    if secrets.is_empty() {
        return Ok(());
    }
    check_fields("trial", secrets)?;
    for field in secrets.keys() {
        let missing = table.get(field).is_none_or(Value::is_null);
        if missing {
            table.insert(field.clone(), Value::String(format!("vault:{id}")));
        }
    }
    Ok(())
}

fn tried(config: &AccountConfig, trial: Trial, lang: Lang) -> TriedView {
    let known = |outcome: &Outcome| matches!(outcome, Outcome::Known(_));
    // A kernel that follows no subscription has no meter: that it answers is all there is to read.
    let is_bare_kernel = trial.kernel && trial.meters.is_empty();
    let is_read = trial.meters.iter().any(|(_, outcome)| known(outcome))
        || trial.bill == Some(Ok(()))
        || is_bare_kernel;
    let ok = trial.blind.is_none() && is_read;
    let blind = if ok { None } else { why_not(&trial) };
    TriedView {
        ok,
        reason: blind.as_ref().map(|blind| blind.reason),
        next: blind
            .as_ref()
            .map(|blind| catalogue::blind_next(blind.reason, lang).to_owned()),
        detail: blind.map(|blind| blind.detail),
        site: trial.site,
        regions: trial.regions,
        meters: trial
            .meters
            .into_iter()
            .map(|(info, outcome)| views::meter(info, Some(&outcome), None, Vec::new()))
            .collect(),
        targets: trial
            .targets
            .into_iter()
            .map(|found| target(config, found))
            .collect(),
        missing_rights: trial.missing_rights,
        took_ms: u64::try_from(trial.took.as_millis()).unwrap_or(u64::MAX),
    }
}

/// Why nothing could be read: of the account, else of its first meter, else of its bill, else that it has none.
fn why_not(trial: &Trial) -> Option<Blind> {
    let of_meter = trial.meters.iter().find_map(|(_, outcome)| match outcome {
        Outcome::Blind(blind) => Some(blind.clone()),
        Outcome::Known(_) => None,
    });
    let none = || Blind::new(tidegate_meter::Reason::Missing, "the account has no meter");
    let of_bill = trial.bill.clone().and_then(Result::err);
    trial
        .blind
        .clone()
        .or(of_meter)
        .or(of_bill)
        .or_else(|| Some(none()))
}

fn target(config: &AccountConfig, found: FoundTarget) -> TargetView {
    TargetView {
        account: config.id.clone(),
        protected: config.protect.contains(&found.target.id),
        target: found.target,
        power: None,
        power_at: None,
        stopped_by_us_at: None,
        present: true,
        meters: found.meters,
        addresses: found.addresses,
        simulated: false,
    }
}
