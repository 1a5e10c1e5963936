//! Lies about one request: those of the wire, those told in place of an answer, and those in its body, which change
//! the amounts, lists and currencies that a page marked.

use std::time::Duration;

use serde_json::{Map, Value, json};
use tidegate_meter::Time;

use super::dialect::{Dialect, Page, Refusal, Wait, json_answer};
use crate::amount::number;
use crate::world::{Lie, Spot, State};
use crate::{Answer, Ending};

/// A page as a proxy in between sends it.
const PAGE: &str = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";

/// Beyond what any ledger holds, and still a JSON number.
const HUGE: &str = "99999999999999999999999999999999999999.99";

/// The lies that hold for one request.
pub(crate) struct Lies {
    pub(crate) ending: Ending,
    pub(crate) slow: Duration,
    pub(crate) skew_ms: i64,
    instead: Option<Lie>,
    body: Option<Lie>,
}

impl Lies {
    pub(crate) fn of(state: &mut State, spot: Spot<'_>, now: Time) -> Self {
        let faults = &mut state.faults;
        let journey = faults.journey(now, spot);
        let skew_ms = faults.skew(now, spot);
        let instead = faults.tell(now, spot, |lie, _| is_instead(lie).then(|| lie.clone()));
        let body = faults.tell(now, spot, |lie, _| is_body(lie).then(|| lie.clone()));
        Self {
            ending: journey.ending,
            slow: journey.slow,
            skew_ms,
            instead,
            body,
        }
    }

    /// The answer that is given in place of the truth.
    pub(crate) fn instead(&self, dialect: &Dialect, now: Time) -> Option<Answer> {
        if self.ending == Ending::Refused {
            return Some(Answer::html(503, ""));
        }
        Some(match self.instead.as_ref()? {
            Lie::Html => Answer::html(200, PAGE),
            Lie::Status { status } => json_answer(*status, &json!({})),
            Lie::Refuses { status } => Refusal::of(*status).answer(dialect),
            Lie::KeyRotated => Refusal::Key.answer(dialect),
            Lie::Throttled { retry_after } => Refusal::Rate(retry_after.map(Wait::Seconds)).answer(dialect),
            Lie::ThrottledUntil { seconds } => {
                Refusal::Rate(Some(Wait::until(now, *seconds))).answer(dialect)
            }
            _ => return None,
        })
    }

    /// The truth as it is told. What breaks off does so inside a whole answer.
    pub(crate) fn told(&self, page: &Page) -> Answer {
        let lie = self.body.as_ref();
        let body = lie.and_then(|lie| changed(lie, page));
        let mut answer = json_answer(200, body.as_ref().unwrap_or(&page.body));
        if lie == Some(&Lie::Malformed) {
            answer.body = answer.body.slice(..answer.body.len() / 2);
        }
        answer
    }
}

const fn is_instead(lie: &Lie) -> bool {
    matches!(
        lie,
        Lie::Html
            | Lie::Status { .. }
            | Lie::Refuses { .. }
            | Lie::KeyRotated
            | Lie::Throttled { .. }
            | Lie::ThrottledUntil { .. }
    )
}

const fn is_body(lie: &Lie) -> bool {
    lie.about_amount()
        || matches!(
            lie,
            Lie::AmountHuge | Lie::Currency { .. } | Lie::Empty | Lie::Malformed
        )
}

/// The page as this lie tells it; `None` when the lie is not about a body.
fn changed(lie: &Lie, page: &Page) -> Option<Value> {
    let mut body = page.body.clone();
    match lie {
        Lie::AmountNull => each(&mut body, &page.amounts, |_| Value::Null),
        Lie::AmountZero => each(&mut body, &page.amounts, |old| like(old, "0")),
        Lie::AmountGarbage => each(&mut body, &page.amounts, |_| json!("N/A")),
        Lie::AmountNegative => each(&mut body, &page.amounts, |old| like(old, "-1")),
        Lie::AmountHuge => each(&mut body, &page.amounts, |old| like(old, HUGE)),
        Lie::AmountOtherType => each(&mut body, &page.amounts, other_type),
        Lie::Currency { code } => each(&mut body, &page.currencies, |_| json!(code)),
        Lie::Empty => each(&mut body, &page.lists, |_| json!([])),
        Lie::AmountMissing => {
            for pointer in &page.amounts {
                remove(&mut body, pointer);
            }
        }
        _ => return None,
    }
    Some(body)
}

fn each(body: &mut Value, pointers: &[String], change: impl Fn(&Value) -> Value) {
    for pointer in pointers {
        if let Some(place) = body.pointer_mut(pointer) {
            *place = change(place);
        }
    }
}

/// A number where a number stood, else text.
fn like(old: &Value, text: &str) -> Value {
    if old.is_number() {
        number(text)
    } else {
        json!(text)
    }
}

fn other_type(old: &Value) -> Value {
    match old {
        Value::String(text) => number(&text.replace(',', "")),
        Value::Number(told) => json!(told.to_string()),
        other => other.clone(),
    }
}

fn remove(body: &mut Value, pointer: &str) {
    let Some((parent, name)) = pointer.rsplit_once('/') else {
        return;
    };
    match body.pointer_mut(parent) {
        Some(Value::Object(members)) => {
            let kept = std::mem::take(members).into_iter().filter(|(key, _)| key != name);
            *members = kept.collect::<Map<String, Value>>();
        }
        Some(Value::Array(cells)) => {
            let kept = std::mem::take(cells).into_iter().enumerate();
            let kept = kept.filter(|(index, _)| index.to_string() != name);
            *cells = kept.map(|(_, cell)| cell).collect();
        }
        _ => {}
    }
}
