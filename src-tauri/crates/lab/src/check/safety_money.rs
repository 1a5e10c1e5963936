//! Safety of amounts: they add up (S16) and nothing burns backwards (S17). Shown to fail in `tests/planted.rs`.

use std::collections::BTreeMap;

use serde_json::Value;
use tidegate_engine::Event;
use tidegate_meter::{AccountId, MeterId, Quantity, Time};

use super::{Check, Finding, Invariant, View, stored};
use crate::line::{Line, Seen};

/// S16: used and left make the whole, to the unit, in every reading that tells all three; and the newest stored reading of
/// a meter is, to the unit, the newest that was told. Sums over changes are held to account by the properties of `guard`.
pub(super) fn s16_amounts_add_up() -> Box<dyn Check> {
    Box::new(Sums::default())
}

#[derive(Default)]
struct Sums {
    newest: BTreeMap<(AccountId, MeterId), (Time, Option<Quantity>)>,
}

fn adds_up(used: Quantity, left: Quantity, whole: Quantity) -> bool {
    // What was used beyond the whole leaves nothing, not less than nothing.
    let sum = used.raw().checked_add(left.raw());
    sum == Some(whole.raw()) || (left.is_zero() && used.raw() >= whole.raw())
}

impl Check for Sums {
    fn invariant(&self) -> Invariant {
        Invariant::S16
    }

    fn see(&mut self, seen: &Seen, _: &View<'_>) -> Vec<Finding> {
        let Line::Event {
            event:
                Event::Reading {
                    account,
                    meter,
                    used,
                    limit,
                    remaining,
                    as_of,
                    ..
                },
        } = &seen.line
        else {
            return Vec::new();
        };
        self.newest
            .insert((account.clone(), meter.clone()), (*as_of, *remaining));
        match (used, remaining, limit) {
            (Some(used), Some(left), Some(whole)) if !adds_up(*used, *left, *whole) => {
                let said = format!("{} used and {} left of {}", used.raw(), left.raw(), whole.raw());
                Finding::one(meter.as_str(), said)
            }
            _ => Vec::new(),
        }
    }

    fn end(&mut self, _: Time, view: &View<'_>) -> Vec<Finding> {
        let Some(rows) = stored::now(view.store.meters(None)) else {
            return Vec::new();
        };
        let differs = |row: &tidegate_store::MeterRow| {
            let told = self.newest.get(&(row.info.account.clone(), row.info.id.clone()));
            let stored = row.last_good.as_ref();
            told.zip(stored).is_some_and(|((as_of, left), stored)| {
                stored.as_of().at() == *as_of && stored.remaining() != *left
            })
        };
        let wrong = rows.iter().filter(|row| differs(row));
        wrong
            .map(|row| Finding {
                about: row.info.id.as_str().to_owned(),
                said: "the stored reading is not the one that was told".to_owned(),
            })
            .collect()
    }
}

/// S17: nothing in the stored burn of any guard is below zero, whatever was topped up, refunded or corrected.
pub(super) fn s17_no_negative_burn() -> Box<dyn Check> {
    Box::new(Burn)
}

struct Burn;

fn is_negative(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.to_string().starts_with('-'),
        Value::Array(values) => values.iter().any(is_negative),
        Value::Object(members) => members.values().any(is_negative),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

impl Check for Burn {
    fn invariant(&self) -> Invariant {
        Invariant::S17
    }

    fn see(&mut self, _: &Seen, _: &View<'_>) -> Vec<Finding> {
        Vec::new()
    }

    fn end(&mut self, _: Time, view: &View<'_>) -> Vec<Finding> {
        let rows = stored::now(view.store.guard_states(None)).unwrap_or_default();
        let wrong = rows
            .into_iter()
            .filter(|row| row.state.get("burn").is_some_and(is_negative));
        wrong
            .map(|row| Finding {
                about: row.guard.as_str().to_owned(),
                said: format!("its burn on {} is below zero", row.meter.as_str()),
            })
            .collect()
    }
}
