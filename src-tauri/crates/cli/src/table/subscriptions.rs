//! Subscriptions for people.

use tidegate_api::response::{SaidView, SubscriptionView, SubscriptionsView};
use tidegate_api::words::Lang;

use super::{age, amount, plain, sheet};
use crate::context::Context;

pub(super) fn list(context: &Context, view: &SubscriptionsView) -> String {
    let head = [
        ("标识", "id"),
        ("名称", "name"),
        ("今日", "today"),
        ("已用", "used"),
        ("总量", "whole"),
        ("剩余", "left"),
        ("到期", "expires"),
        ("重置", "reset"),
        ("数据", "age"),
    ];
    let rows = view.subscriptions.iter().map(|row| {
        let today = amount(row.today, true);
        vec![
            row.account.to_string(),
            row.name.clone(),
            if row.today_estimated {
                format!("~{today}")
            } else {
                today
            },
            amount(row.used, true),
            amount(row.total, true),
            amount(row.remaining, true),
            row.expires_at
                .map_or_else(|| "-".to_owned(), |at| day(&at.to_string())),
            row.reset
                .as_ref()
                .map_or_else(|| "-".to_owned(), |reset| reset.next.to_string()),
            age(context, row.as_of),
        ]
    });
    let mut text = sheet(context, &head, rows.collect());
    for row in &view.subscriptions {
        for said in sentences(row) {
            text.push_str(&plain(&format!("\n{}: {}", row.name, told(context, said))));
        }
    }
    text
}

/// The date of an instant.
fn day(instant: &str) -> String {
    instant.split('T').next().unwrap_or(instant).to_owned()
}

fn sentences(row: &SubscriptionView) -> impl Iterator<Item = &SaidView> {
    let blind = row.blind.iter();
    let leak = row.leak.iter().map(|leak| &leak.said);
    blind.chain(std::iter::once(&row.left.said)).chain(leak)
}

fn told(context: &Context, said: &SaidView) -> String {
    match context.lang {
        Lang::Zh => said.zh.clone(),
        Lang::En => said.en.clone(),
    }
}
