//! The configuration of Balance Alert, section by section. Owns which sections there are; what cannot be taken over is told
//! with its reason and the rest is taken.

use serde_json::{Map, Value, json};
use tidegate_meter::print_span;

use super::key::Keys;
use super::part::{self, Ids};
use super::project::Projects;
use super::{Draft, Fields, ImportError, Imported, item, renewal, texts};
use crate::limits;

/// Where the earlier system looked for its sections.
const SECTIONS: [&str; 6] = [
    "projects",
    "subscriptions",
    "email",
    "webhook",
    "settings",
    "email_settings",
];
/// Where mail was read when nothing was said.
const IMAP_PORT: u64 = 993;

/// Reads `config.json`. `currency` is what amounts of subscriptions are in, which the file does not say; `is_set` tells whether
/// a variable of the environment is set now.
pub fn balance_alert(
    text: &str,
    currency: &str,
    is_set: &dyn Fn(&str) -> bool,
) -> Result<Imported, ImportError> {
    let value: Value = serde_json::from_str(text).map_err(|error| ImportError::Syntax {
        line: error.line(),
        column: error.column(),
    })?;
    let config = value
        .as_object()
        .filter(|config| SECTIONS.iter().any(|name| config.contains_key(*name)));
    let config = config.ok_or(ImportError::Shape)?;
    let mut draft = Draft::default();
    let interval = settings(&mut draft, config);
    let projects = Projects { interval, is_set };
    let (mut ids, mut renewals, mut mailboxes) = (Ids::default(), Ids::default(), Ids::default());
    for (place, project) in list(config, "projects") {
        projects.take(&mut draft, &mut ids, &place, project);
    }
    for (place, subscription) in list(config, "subscriptions") {
        renewal::take(&mut draft, &mut renewals, &place, subscription, currency);
    }
    let extra = keywords(config);
    for (place, mailbox) in list(config, "email") {
        mail(&mut draft, &mut mailboxes, &place, mailbox, (&extra, is_set));
    }
    webhook(&mut draft, config, is_set);
    unknown(&mut draft, config);
    shapeless(&mut draft, config);
    Ok(draft.done())
}

/// The entries of a section, each with its place; a single object is a list of one.
fn list<'a>(config: &'a Map<String, Value>, section: &'a str) -> impl Iterator<Item = (String, &'a Value)> {
    let entries = match config.get(section) {
        Some(Value::Array(entries)) => entries.as_slice(),
        Some(one @ Value::Object(_)) => std::slice::from_ref(one),
        _ => &[],
    };
    let placed = move |(index, value)| (format!("{section}[{index}]"), value);
    entries.iter().enumerate().map(placed)
}

/// The interval of every account, where it is allowed; a word on every other setting.
fn settings(draft: &mut Draft, config: &Map<String, Value>) -> Option<String> {
    let settings = config.get("settings")?.as_object()?;
    let mut interval = None;
    for (key, value) in settings {
        let place = format!("settings.{key}");
        let why = match key.as_str() {
            "balance_refresh_interval_seconds" => {
                interval = allowed(value);
                if interval.is_none() {
                    draft.tell(&place, texts::INTERVAL, &[("seconds", &value.to_string())]);
                }
                continue;
            }
            "response_cache_ttl" => texts::NO_CACHE,
            "alert_cooldown_seconds" | "subscription_alert_cooldown_seconds" => texts::NO_COOLDOWN,
            "max_concurrent_checks" => texts::NO_CONCURRENCY,
            _ => texts::UNKNOWN,
        };
        draft.leave_out(&place, why, &[]);
    }
    interval
}

fn allowed(value: &Value) -> Option<String> {
    let span = std::time::Duration::from_secs(value.as_u64()?);
    let fits = (limits::INTERVAL_MIN..=limits::INTERVAL_MAX).contains(&span);
    fits.then(|| print_span(span))
}

/// Words that were looked for besides, or instead of, the built-in ones.
fn keywords(config: &Map<String, Value>) -> Fields {
    let settings = config.get("email_settings").and_then(Value::as_object);
    let words = |key: &str| {
        let words = settings?.get(key)?.as_array()?.iter().filter_map(Value::as_str);
        let words: Vec<Value> = words
            .filter(|word| !word.trim().is_empty())
            .map(Value::from)
            .collect();
        (!words.is_empty()).then_some(Value::Array(words))
    };
    let fields = [("replace", "alert_keywords"), ("extra", "extra_alert_keywords")];
    let found = fields
        .into_iter()
        .filter_map(|(ours, earlier)| Some((ours.to_owned(), words(earlier)?)));
    found.collect()
}

type IsSet<'a> = &'a dyn Fn(&str) -> bool;

fn mail(draft: &mut Draft, ids: &mut Ids, place: &str, value: &Value, (words, is_set): (&Fields, IsSet<'_>)) {
    let Some(mailbox) = value.as_object() else {
        return draft.leave_out(place, texts::NO_OBJECT, &[]);
    };
    let get = |key: &str| part::text(mailbox, key);
    let (Some(host), Some(username), Some(password)) = (get("host"), get("username"), get("password")) else {
        return draft.leave_out(place, texts::MAILBOX, &[]);
    };
    let name = get("name").unwrap_or(username);
    let Some(id) = ids.take(name) else {
        return draft.leave_out(place, texts::TWICE, &[]);
    };
    let vault = format!("mailbox-{id}");
    let keys = Keys {
        place,
        vault: &vault,
        is_set,
    };
    let password = keys.one(draft, "password", password);
    let mut fields = words.clone();
    let mut put = |key: &str, value: Value| drop(fields.insert(key.to_owned(), value));
    put("id", id.into());
    put("name", name.into());
    put("host", host.into());
    put("username", username.into());
    put("password", password);
    if !part::flag(mailbox, "enabled", true) {
        put("enabled", false.into());
    }
    if !part::flag(mailbox, "use_ssl", true) {
        put("tls", "starttls".into());
        draft.tell(place, texts::PLAIN, &[]);
    }
    match mailbox.get("port").map(Value::as_u64) {
        Some(Some(port @ 1..=65_535)) if port != IMAP_PORT => put("port", port.into()),
        None | Some(Some(IMAP_PORT)) => {}
        Some(_) => draft.tell(place, texts::PORT, &[]),
    }
    draft.items.mailbox.push(item(fields));
}

fn webhook(draft: &mut Draft, config: &Map<String, Value>, is_set: &dyn Fn(&str) -> bool) {
    let place = "webhook";
    let Some(webhook) = config.get(place).and_then(Value::as_object) else {
        return;
    };
    let Some(url) = part::text(webhook, "url") else {
        return draft.leave_out(place, texts::WEBHOOK_URL, &[]);
    };
    let kind = match part::text(webhook, "type").unwrap_or("custom") {
        known @ ("feishu" | "dingtalk" | "wecom") => known,
        "custom" => {
            draft.tell(place, texts::CUSTOM, &[]);
            "webhook"
        }
        _ => return draft.leave_out(place, texts::WEBHOOK, &[]),
    };
    if webhook.contains_key("source") {
        draft.leave_out("webhook.source", texts::NO_SOURCE, &[]);
    }
    let keys = Keys {
        place,
        vault: "webhook",
        is_set,
    };
    let url = keys.one(draft, "url", url);
    let channel = json!({ "id": "webhook", "kind": kind, "url": url });
    draft.items.channel.push(super::Item(channel));
}

/// Sections and words that are written in another shape than they were read in: lost, so told.
fn shapeless(draft: &mut Draft, config: &Map<String, Value>) {
    for name in SECTIONS {
        let takes_list = matches!(name, "projects" | "subscriptions" | "email");
        let fits = match config.get(name) {
            None | Some(Value::Null | Value::Object(_)) => true,
            Some(Value::Array(_)) => takes_list,
            Some(_) => false,
        };
        if !fits {
            draft.leave_out(name, texts::NO_SECTION, &[]);
        }
    }
    let settings = config.get("email_settings").and_then(Value::as_object);
    for (key, value) in settings.into_iter().flatten() {
        let shown: String = key.chars().take(limits::KEY_CHARS_SHOWN).collect();
        let place = format!("email_settings.{shown}");
        if !matches!(key.as_str(), "alert_keywords" | "extra_alert_keywords") {
            draft.leave_out(&place, texts::EMAIL_SETTING, &[]);
        } else if !value.is_null() && !is_words(value) {
            draft.leave_out(&place, texts::NO_WORD, &[]);
        }
    }
}

fn is_words(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|words| words.iter().all(Value::is_string))
}

/// What stands beside the sections.
fn unknown(draft: &mut Draft, config: &Map<String, Value>) {
    for key in config.keys().filter(|key| !SECTIONS.contains(&key.as_str())) {
        let shown: String = key.chars().take(limits::KEY_CHARS_SHOWN).collect();
        draft.leave_out(&shown, texts::UNKNOWN, &[]);
    }
}
