//! Renewals for people.

use tidegate_api::response::{DuesView, RenewalTotal, RenewalView, RenewalsView, RenewedView};

use super::{amount, name, plain, sheet};
use crate::context::Context;

pub(super) fn list(context: &Context, view: &RenewalsView) -> String {
    let head = [
        ("标识", "id"),
        ("名称", "name"),
        ("到期", "due"),
        ("状态", "state"),
        ("频率", "how often"),
        ("金额", "amount"),
        ("已付至", "paid through"),
    ];
    let rows = view.renewals.iter().map(|row| {
        vec![
            row.id.to_string(),
            row.name.clone(),
            row.next_due.map_or_else(|| "-".to_owned(), |due| due.to_string()),
            state(context, row),
            row.repeats.clone(),
            amount(row.amount, false),
            row.paid.map_or_else(|| "-".to_owned(), |paid| paid.to_string()),
        ]
    });
    let mut text = sheet(context, &head, rows.collect());
    for total in &view.totals {
        text.push('\n');
        text.push_str(&cost(context, total));
    }
    text
}

/// The state with the days that it is about.
fn state(context: &Context, row: &RenewalView) -> String {
    let days = row.days.unwrap_or_default();
    let late = days.unsigned_abs();
    match name(&row.state).as_str() {
        "overdue" if row.overdue > 1 => match context.lang {
            tidegate_api::words::Lang::Zh => format!("逾期 {late} 天，{} 次未标记", row.overdue),
            tidegate_api::words::Lang::En => format!("{late} days overdue, {} not marked", row.overdue),
        },
        "overdue" => format!("{} {late}", context.say("逾期天数", "days overdue:")),
        "due" => context.say("今天到期", "due today").to_owned(),
        "settled" => context.say("不再到期", "settled").to_owned(),
        "off" => context.say("已关闭", "off").to_owned(),
        _ => format!("{} {days}", context.say("剩余天数", "days left:")),
    }
}

fn cost(context: &Context, total: &RenewalTotal) -> String {
    format!(
        "{}: {} {} · {} {}",
        total.currency,
        amount(total.per_month, false),
        context.say("每月", "a month"),
        amount(total.per_year, false),
        context.say("每年", "a year"),
    )
}

pub(super) fn dues(context: &Context, view: &DuesView) -> String {
    let Some(days) = view.days else {
        return context.say("不再到期。", "Nothing is due any more.").to_owned();
    };
    let mut lines: Vec<String> = view.due.iter().map(ToString::to_string).collect();
    lines.push(match (days, context.lang) {
        (0, _) => context.say("今天到期。", "The first is today.").to_owned(),
        (1.., tidegate_api::words::Lang::Zh) => format!("距第一个到期日 {days} 天。"),
        (1.., tidegate_api::words::Lang::En) => format!("{days} days to the first."),
        (_, tidegate_api::words::Lang::Zh) => format!("第一个已逾期 {} 天。", days.unsigned_abs()),
        (_, tidegate_api::words::Lang::En) => format!("The first is {} days overdue.", days.unsigned_abs()),
    });
    lines.join("\n")
}

pub(super) fn renewed(context: &Context, view: &RenewedView) -> String {
    let date = |date: Option<jiff::civil::Date>| date.map_or_else(|| "-".to_owned(), |date| date.to_string());
    plain(&format!(
        "{} · {} {} · {} {}",
        view.renewal,
        context.say("已付至", "paid through"),
        date(view.paid),
        context.say("下次到期", "next due"),
        date(view.next_due),
    ))
}
