//! Answers as text for people and as JSON for programs. Names from outside are data: control characters are taken out
//! before they reach a terminal.

mod devices;
mod flows;
mod guarding;
mod mail;
mod quotas;
mod records;
mod renewals;
mod replay;
mod subscriptions;
mod summary;

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{ContentArrangement, Table};
pub(crate) use guarding::any_blind;
use indicatif::{ProgressBar, ProgressStyle};
pub(crate) use records::history;
use serde_json::{Value, json as object};
use tidegate_api::Response;
use tidegate_api::response::QuotaRulesView;
use tidegate_api::words::{ByteBase, Quantity, Time};

use crate::context::Context;
use crate::out;

/// An answer as one JSON document: lists under their name, the rest as it is.
pub(crate) fn json(response: &Response) -> Value {
    let data = |value: &Response| {
        let value = serde_json::to_value(value).unwrap_or(Value::Null);
        value.get("data").cloned().unwrap_or(Value::Null)
    };
    let list = |name: &str| object!({ name: data(response) });
    match response {
        Response::Done => object!({ "done": true }),
        Response::Text(text) => object!({ "text": text }),
        Response::Accounts(_) => list("accounts"),
        Response::Targets(_) => list("targets"),
        Response::Guards(_) => list("guards"),
        Response::Planned(_) => list("action"),
        Response::Actions(_) => list("actions"),
        Response::Alerts(_) => list("alerts"),
        Response::Channels(_) => list("channels"),
        Response::Deliveries(_) => list("deliveries"),
        Response::History(_) => list("history"),
        Response::Replay(_) => list("replay"),
        Response::Audit(_) => list("audit"),
        Response::Lapses(_) => list("lapses"),
        Response::Mailboxes(_) => list("mailboxes"),
        Response::MailFindings(_) => list("findings"),
        Response::Tokens(_) => list("tokens"),
        Response::Doctor(_) => list("doctor"),
        Response::CloudProjects(_) => list("projects"),
        Response::CloudPolicies(_) => list("policies"),
        other => data(other),
    }
}

/// The rules of a sub-account for people.
pub(crate) fn quota_rules(context: &Context, rules: &QuotaRulesView) -> String {
    quotas::rules(context, rules)
}

/// An answer for people.
pub(crate) fn text(context: &Context, response: &Response) -> String {
    match response {
        Response::Done => context.say("完成。", "Done.").to_owned(),
        Response::Text(text) => text.trim_end().to_owned(),
        Response::Meters(view) => guarding::meters(context, view),
        Response::Guards(guards) => guarding::guards(context, guards),
        Response::Armed(armed) => guarding::armed(context, armed),
        Response::Status(status) => guarding::status(context, status),
        Response::Accounts(accounts) => guarding::accounts(context, accounts),
        Response::Targets(targets) => guarding::targets(context, targets),
        Response::Trend(view) => summary::trend(context, view),
        Response::Statistics(view) => summary::statistics(context, view),
        Response::Replay(reports) => replay::text(context, reports),
        Response::Renewals(view) => renewals::list(context, view),
        Response::Dues(view) => renewals::dues(context, view),
        Response::Renewed(view) => renewals::renewed(context, view),
        Response::Subscriptions(view) => subscriptions::list(context, view),
        other => mail::text(context, other)
            .or_else(|| quotas::text(context, other))
            .or_else(|| flows::text(context, other))
            .or_else(|| devices::text(context, other))
            .unwrap_or_else(|| records::text(context, other)),
    }
}

/// A table with a head; `nothing` when it has no rows.
fn sheet(context: &Context, head: &[(&str, &str)], rows: Vec<Vec<String>>) -> String {
    if rows.is_empty() {
        return context.say("没有。", "None.").to_owned();
    }
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    let arrangement = if out::is_terminal() {
        ContentArrangement::Dynamic
    } else {
        ContentArrangement::Disabled
    };
    table.set_content_arrangement(arrangement);
    table.set_header(head.iter().map(|(zh, en)| context.say(zh, en)));
    for row in rows {
        table.add_row(row.iter().map(|cell| plain(cell)));
    }
    table.to_string()
}

/// Without control characters: a name from outside may not move the cursor.
pub(crate) fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || *c == '\n').collect()
}

/// An amount as its provider's console shows it.
fn amount(quantity: Option<Quantity>, binary: bool) -> String {
    let base = if binary {
        ByteBase::Binary
    } else {
        ByteBase::Decimal
    };
    quantity.map_or_else(|| "-".to_owned(), |quantity| quantity.human(base))
}

/// How long ago, in its two largest parts.
fn age(context: &Context, at: Option<Time>) -> String {
    let Some(at) = at else { return "-".to_owned() };
    let seconds = context.now().since(at).as_secs();
    let span = match seconds {
        0..60 => seconds,
        60..3600 => seconds - seconds % 60,
        3600..86_400 => seconds - seconds % 60,
        _ => seconds - seconds % 3600,
    };
    tidegate_api::words::print_span(std::time::Duration::from_secs(span))
}

/// A name as the wire spells it.
pub(crate) fn name<T: serde::Serialize>(value: &T) -> String {
    let value = serde_json::to_value(value).unwrap_or(Value::Null);
    value.as_str().map_or_else(|| "-".to_owned(), str::to_owned)
}

/// Turns while something is waited for, on a terminal only.
pub(crate) fn spinner(context: &Context, zh: &str, en: &str) -> ProgressBar {
    if context.json || !out::can_ask() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    bar.set_style(ProgressStyle::default_spinner());
    bar.set_message(context.say(zh, en).to_owned());
    bar.enable_steady_tick(std::time::Duration::from_millis(120));
    bar
}
