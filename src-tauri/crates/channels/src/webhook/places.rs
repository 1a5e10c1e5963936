//! What may stand in a webhook's template, and what it becomes.

use tidegate_guard::Severity;

use crate::catalogue::Line;
use crate::hook::Ask;
use crate::{Message, about};

/// Every placeholder: `id` and `at` of the message, its `code` and `severity`, whether it is a `repeat`; the names and ids
/// of what it is about, empty where it is about no such thing; `title`, `text` and `footer` as a person reads them.
pub const PLACES: &[&str] = &[
    "id",
    "at",
    "code",
    "severity",
    "repeat",
    "account",
    "account_id",
    "meter",
    "meter_id",
    "guard",
    "target",
    "step",
    "title",
    "text",
    "footer",
];

/// The value of a place.
pub(super) fn value(place: &str, ask: &Ask<'_>) -> String {
    let message = &ask.delivery.message;
    match place {
        "id" => ask.delivery.id.to_string(),
        "at" => ask.delivery.decided_at.to_string(),
        "code" => code(message),
        "severity" => severity(ask.delivery.severity).to_owned(),
        "repeat" => ask.delivery.repeat.to_string(),
        "title" => ask.page.title.clone(),
        "footer" => ask.page.footer.clone(),
        "text" => {
            let lines: Vec<String> = ask.page.lines.iter().map(Line::to_string).collect();
            lines.join("\n")
        }
        other => subject(other, message).unwrap_or_default(),
    }
}

/// What a message is about.
fn subject(place: &str, message: &Message) -> Option<String> {
    let meter = about::meter(message);
    let action = about::action(message);
    match place {
        "account" => meter
            .map(|meter| meter.account_name.clone())
            .or_else(|| action.map(|action| action.account_name.clone())),
        "account_id" => meter
            .map(|meter| meter.account.to_string())
            .or_else(|| action.map(|action| action.account.to_string())),
        "meter" => meter.map(|meter| meter.meter_name.clone()),
        "meter_id" => meter.map(|meter| meter.meter.to_string()),
        "guard" => meter
            .map(|meter| meter.guard.to_string())
            .or_else(|| action?.guard.as_ref().map(ToString::to_string)),
        "target" => action.map(|action| action.target.name.clone()),
        "step" => about::step(message).map(str::to_owned),
        _ => None,
    }
}

/// The stable name of a message.
fn code(message: &Message) -> String {
    let value = serde_json::to_value(message).unwrap_or_default();
    let code = value.get("code").and_then(serde_json::Value::as_str);
    code.unwrap_or_default().to_owned()
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Critical => "critical",
    }
}
