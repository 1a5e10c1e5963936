//! What a guard would have done: a sentence for each meter, and its warnings and actions in one table by time.

use serde_json::Value;
use tidegate_api::response::ReplayView;
use tidegate_api::words::{ByteBase, Quantity, print_span};

use super::{plain, sheet};
use crate::context::Context;

pub(super) fn text(context: &Context, reports: &[ReplayView]) -> String {
    if reports.is_empty() {
        return context.say("没有存下的读数。", "No stored readings.").to_owned();
    }
    let told: Vec<String> = reports.iter().map(|report| one(context, report)).collect();
    told.join("\n\n")
}

fn one(context: &Context, view: &ReplayView) -> String {
    let (warnings, actions) = (rows(view, "warnings"), rows(view, "actions"));
    let head = format!(
        "{} · {} {} · {} {} · {} {} · {} {}",
        plain(view.meter.as_str()),
        context.say("读数", "readings"),
        count(view, "readings"),
        context.say("提醒", "warnings"),
        warnings.len(),
        context.say("行动", "actions"),
        actions.len(),
        context.say("不必要的停机", "false stops"),
        count(view, "false_stops"),
    );
    if warnings.is_empty() && actions.is_empty() {
        let calm = context.say("什么也不会做。", "It would have done nothing.");
        return format!("{head}\n{calm}");
    }
    let mut lines: Vec<Vec<String>> = warnings.iter().map(|row| warning(context, row)).collect();
    lines.extend(actions.iter().map(|row| action(context, row)));
    lines.sort();
    let names = [
        ("时间", "when"),
        ("会做", "would have"),
        ("当时余量", "left then"),
        ("提前", "ahead by"),
        ("结果", "verdict"),
    ];
    format!("{head}\n{}", sheet(context, &names, lines))
}

fn count(view: &ReplayView, name: &str) -> u64 {
    view.report.get(name).and_then(Value::as_u64).unwrap_or(0)
}

fn rows<'a>(view: &'a ReplayView, name: &str) -> &'a [Value] {
    view.report
        .get(name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn warning(context: &Context, row: &Value) -> Vec<String> {
    let key = row.get("key").and_then(Value::as_str).unwrap_or("-");
    let done = format!("{} {key}", context.say("提醒", "warned"));
    line(row, done, String::new())
}

fn action(context: &Context, row: &Value) -> Vec<String> {
    let verdict = match row.get("verdict").and_then(Value::as_str) {
        Some("saved") => context.say("避免了超用", "saved the window"),
        Some("late") => context.say("来不及", "too late"),
        Some("false") => context.say("不必要", "not needed"),
        _ => context.say("周期未结束", "the window is still open"),
    };
    line(row, context.say("停机", "stopped").to_owned(), verdict.to_owned())
}

fn line(row: &Value, done: String, verdict: String) -> Vec<String> {
    let at = row.get("at").and_then(Value::as_str).unwrap_or("-").to_owned();
    let left = row.get("headroom").cloned();
    let left = left.and_then(|left| serde_json::from_value::<Quantity>(left).ok());
    let left = left.map_or_else(|| "-".to_owned(), |left| left.human(ByteBase::Binary));
    let lead = row.get("lead").cloned();
    let lead = lead.and_then(|lead| serde_json::from_value::<std::time::Duration>(lead).ok());
    let lead = lead.map_or_else(|| "-".to_owned(), print_span);
    vec![at, done, left, lead, verdict]
}
