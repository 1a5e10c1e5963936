//! Access keys and API keys. A key is deleted only when it is inactive; a secret is told once.

use serde_json::{Value, json};

use super::super::ask::{Ask, Caller};
use super::super::estate::{AccessKey, User};
use super::super::refusal::Refusal;
use super::super::route::{Action, Told};
use super::{VERSION, date, with};
use crate::limits;

pub(super) const ACTIONS: &[Action] = &[
    Action::new("iam", VERSION, "ListAccessKeys", list),
    Action::new("iam", VERSION, "CreateAccessKey", create),
    Action::new("iam", VERSION, "UpdateAccessKey", update),
    Action::new("iam", VERSION, "DeleteAccessKey", delete),
    Action::new("iam", VERSION, "GetAccessKeyLastUsed", last_used),
    Action::new("iam", VERSION, "ListApiKeys", api_keys),
    Action::new("iam", VERSION, "UpdateApiKey", update_api_key),
];

const fn status(active: bool) -> &'static str {
    if active { "active" } else { "inactive" }
}

fn told(key: &AccessKey, user: &str) -> Value {
    json!({
        "AccessKeyId": key.ak, "UserName": user, "Status": status(key.active), "CreateDate": date(key.created),
        "UpdateDate": date(key.updated),
    })
}

/// The sub-account that is named, or the caller itself.
fn holder(ask: &Ask<'_>) -> Result<String, Refusal> {
    if let Some(name) = ask.params.text("UserName")?.filter(|name| !name.is_empty()) {
        return Ok(name);
    }
    match ask.caller {
        Caller::User(id) => {
            let user = ask.seen().users.iter().find(|user| user.id == id);
            user.map(|user| user.name.clone()).ok_or_else(Refusal::nobody)
        }
        // The main account's own keys are not simulated: no client of ours may touch them.
        Caller::Root => Err(Refusal::new("AccessDeniedException", "Name the user.")),
    }
}

fn seen<'a>(ask: &'a Ask<'_>, name: &str) -> Result<&'a User, Refusal> {
    ask.seen().user(name).ok_or_else(|| Refusal::no_user(name))
}

fn newest_mut<'a>(ask: &'a mut Ask<'_>, name: &str) -> Result<&'a mut User, Refusal> {
    if ask.account.estate.newest().user(name).is_none() {
        return Err(Refusal::no_user(name));
    }
    ask.change().user_mut(name).ok_or_else(|| Refusal::no_user(name))
}

fn list(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let name = holder(ask)?;
    let keys = seen(ask, &name)?.keys.iter().map(|key| told(key, &name));
    let (rows, _) = ask.lies.page(keys.collect::<Vec<_>>(), 0, usize::MAX);
    Ok(Told::Result(json!({"AccessKeyMetadata": rows})))
}

fn create(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let (name, now) = (holder(ask)?, ask.now);
    if newest_mut(ask, &name)?.keys.len() >= limits::KEYS {
        let message = format!("User '{name}' has {} access keys already.", limits::KEYS);
        return Err(Refusal::new("AccessKeyLimitExceeded", message));
    }
    let key = ask.account.estate.latest_mut().new_key(now);
    let body = with(told(&key, &name), "SecretAccessKey", json!(key.sk));
    if let Some(user) = ask.account.estate.latest_mut().user_mut(&name) {
        user.keys.push(key);
    }
    Ok(Told::Result(json!({"AccessKey": body})))
}

fn missing(ak: &str) -> Refusal {
    Refusal::new(
        "AccessKeyNotExist",
        format!("The accessKey '{ak}' can not be found"),
    )
}

fn update(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let (ak, wanted, now) = (
        ask.params.need("AccessKeyId")?,
        ask.params.need("Status")?,
        ask.now,
    );
    let active = match wanted.as_str() {
        "active" => true,
        "inactive" => false,
        _ => {
            return Err(Refusal::new(
                "InvalidStatus",
                "Status must be active or inactive.",
            ));
        }
    };
    let name = holder(ask)?;
    let mut keys = newest_mut(ask, &name)?.keys.iter_mut();
    let key = keys.find(|key| key.ak == ak).ok_or_else(|| missing(&ak))?;
    (key.active, key.updated) = (active, now);
    Ok(Told::Nothing)
}

fn delete(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let ak = ask.params.need("AccessKeyId")?;
    let name = holder(ask)?;
    let user = newest_mut(ask, &name)?;
    let key = user
        .keys
        .iter()
        .find(|key| key.ak == ak)
        .ok_or_else(|| missing(&ak))?;
    if key.active {
        let message = format!("The accessKey '{ak}' is active.");
        return Err(Refusal::new("InvalidAccessKeyStatus", message));
    }
    user.keys.retain(|key| key.ak != ak);
    Ok(Told::Nothing)
}

fn last_used(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let ak = ask.params.need("AccessKeyId")?;
    let name = holder(ask)?;
    if !seen(ask, &name)?.keys.iter().any(|key| key.ak == ak) {
        return Err(missing(&ak));
    }
    let used = ask.account.used.get(&ak);
    let used = used.map(|(at, region, service)| (date(*at), region.as_str(), service.as_str()));
    let (at, region, service) = used.unwrap_or_default();
    Ok(Told::Result(
        json!({"AccessKeyLastUsed": {"Region": region, "Service": service, "RequestTime": at}}),
    ))
}

fn api_keys(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let (limit, offset) = ask.params.page(limits::API_KEY_PAGE)?;
    let name = holder(ask)?;
    let keys = seen(ask, &name)?.api_keys.iter().map(|key| {
        json!({
            "Id": key.id, "Name": key.name, "Status": status(key.active), "PermissionsBoundary": "",
            "CreateDate": date(key.created), "UpdateDate": date(key.updated),
        })
    });
    let (rows, total) = ask.lies.page(keys.collect::<Vec<_>>(), offset, limit);
    Ok(Told::Result(json!({"ApiKeys": rows, "Total": total})))
}

fn update_api_key(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let (id, wanted, now) = (ask.params.need("Id")?, ask.params.text("Status")?, ask.now);
    let name = holder(ask)?;
    let mut keys = newest_mut(ask, &name)?.api_keys.iter_mut();
    let key = keys.find(|key| key.id == id);
    let key =
        key.ok_or_else(|| Refusal::new("ApiKeyNotExist", format!("The API key '{id}' does not exist.")))?;
    match wanted.as_deref() {
        None => {}
        Some("active") => key.active = true,
        Some("inactive") => key.active = false,
        Some(_) => {
            return Err(Refusal::new(
                "InvalidStatus",
                "Status must be active or inactive.",
            ));
        }
    }
    key.updated = now;
    Ok(Told::Nothing)
}
