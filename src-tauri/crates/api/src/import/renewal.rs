//! A subscription of Balance Alert as a renewal. The day it was last paid becomes the date it is paid through: a payment made
//! early, or on the day itself, covers that due date and no later one.

use serde_json::{Map, Value};
use tidegate_providers::calendar::{Cycle, parse_date};

use super::part::{self, Ids};
use super::{Draft, Fields, item, texts};

/// Reminders without a word of their own began so many days ahead.
const DAYS_BEFORE: u64 = 3;
/// The earlier system reminded at most so many days ahead.
const DAYS_BEFORE_MAX: u64 = 365;

pub(super) fn take(draft: &mut Draft, ids: &mut Ids, place: &str, value: &Value, currency: &str) {
    let Some(subscription) = value.as_object() else {
        return draft.leave_out(place, texts::NO_OBJECT, &[]);
    };
    let Some(name) = part::text(subscription, "name") else {
        return draft.leave_out(place, texts::NO_NAME, &[]);
    };
    let Some((cycle, day)) = cycle(draft, subscription, place) else {
        return;
    };
    let Some(id) = ids.take(name) else {
        return draft.leave_out(place, texts::TWICE, &[]);
    };
    let mut fields = Fields::new();
    let mut put = |key: &str, value: Value| drop(fields.insert(key.to_owned(), value));
    put("id", id.into());
    put("name", name.into());
    if let Some(owner) =
        part::text(subscription, "owner_project").or_else(|| part::text(subscription, "owner"))
    {
        put("owner", owner.into());
    }
    if !part::flag(subscription, "enabled", true) {
        put("enabled", false.into());
    }
    put("cycle", cycle.as_str().into());
    put("day", day.as_str().into());
    put("remind", remind(subscription));
    if let Some(amount) = amount(draft, subscription, place, currency) {
        put("amount", amount.into());
    }
    if let Some(paid) = paid(draft, subscription, place, (&cycle, &day)) {
        put("paid", paid.into());
    }
    draft.items.renewal.push(item(fields));
}

fn remind(subscription: &Map<String, Value>) -> Value {
    let days = subscription.get("alert_days_before").and_then(Value::as_u64);
    let days = days.unwrap_or(DAYS_BEFORE).min(DAYS_BEFORE_MAX);
    let mut remind = vec![Value::from(days)];
    if days > 0 {
        remind.push(0.into());
    }
    Value::Array(remind)
}

/// Cycle and day in our words; `None`, and told, when the day does not exist.
fn cycle(draft: &mut Draft, subscription: &Map<String, Value>, place: &str) -> Option<(String, String)> {
    let cycle = part::text(subscription, "cycle_type").unwrap_or_default();
    let day = subscription
        .get("renewal_day")
        .and_then(Value::as_u64)
        .unwrap_or(0);
    let told = match cycle {
        "weekly" | "monthly" => day.to_string(),
        "yearly" if day > 31 => format!("{:02}-{:02}", day / 100, day % 100),
        "yearly" => {
            // Only a day: the year was counted from the last payment.
            let last = part::text(subscription, "last_renewed_date").and_then(parse_date);
            let Some(last) = last else {
                draft.leave_out(place, texts::DAY_OF_YEAR, &[]);
                return None;
            };
            format!("{:02}-{:02}", last.month(), last.day())
        }
        _ => {
            draft.leave_out(place, texts::CYCLE, &[]);
            return None;
        }
    };
    if Cycle::parse(cycle, &told).is_err() {
        draft.leave_out(place, texts::DAY, &[("day", &day.to_string())]);
        return None;
    }
    Some((cycle.to_owned(), told))
}

fn amount(
    draft: &mut Draft,
    subscription: &Map<String, Value>,
    place: &str,
    currency: &str,
) -> Option<String> {
    let value = subscription.get("amount").filter(|value| !value.is_null())?;
    let Some(amount) = part::amount(value) else {
        draft.tell(place, texts::AMOUNT, &[]);
        return None;
    };
    draft.tell(place, texts::CURRENCY, &[("currency", currency)]);
    Some(format!("{amount} {currency}"))
}

fn paid(
    draft: &mut Draft,
    subscription: &Map<String, Value>,
    place: &str,
    cycle: (&str, &str),
) -> Option<String> {
    let text = part::text(subscription, "last_renewed_date")?;
    let through =
        parse_date(text).and_then(|paid| Cycle::parse(cycle.0, cycle.1).ok()?.due_from(paid).next());
    if through.is_none() {
        draft.tell(place, texts::PAID, &[]);
    }
    through.map(|date| date.to_string())
}
