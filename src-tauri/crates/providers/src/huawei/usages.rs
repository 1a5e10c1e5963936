//! What is left of each package: the answer that decides. Owns the chunked query and the strict reading of a row.
//!
//! A row is believed only when it is complete: known unit, a total above zero, an amount between nothing and the total,
//! and now inside its cycle. Everything else is blind with its reason; nothing is ever taken for zero. Tested in
//! `tests/huawei/usages.rs` with every field dropped, nulled, retyped and the body cut short.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tidegate_meter::{
    AsOf, Blind, MeterId, Outcome, Quantity, Reading, Reason, Time, Unit, Window, WindowKind,
};

use super::account::Identity;
use super::client::{Call, Scope};
use super::hosts::Service;
use super::unit::bytes_per;
use super::{Huawei, limits};
use crate::ProviderError;
use crate::json::{amount, int, rows, text, time};

const USAGES: &str = "/v2/payments/free-resources/usages/details/query";

/// What the usage query gave.
#[derive(Debug, Default)]
pub(super) struct Usages {
    pub(super) outcomes: BTreeMap<MeterId, Outcome>,
    /// Packages that were answered in place of one that was asked for: asked, answered.
    pub(super) renewed: Vec<(MeterId, MeterId)>,
    /// The answer named packages that nobody asked for, and not one for one.
    pub(super) strangers: bool,
}

impl Huawei {
    /// Asks for every id, 100 at a time. A failed chunk blinds its own ids only; when all fail, the first error is
    /// the account's.
    pub(super) async fn ask_usages(
        &self,
        identity: &Identity,
        ids: &[MeterId],
    ) -> Result<Usages, ProviderError> {
        let mut usages = Usages::default();
        let mut errors: Vec<ProviderError> = Vec::new();
        let chunks = ids.chunks(limits::USAGE_IDS);
        let asked = chunks.len();
        for chunk in chunks {
            match self.usage_chunk(identity, chunk).await {
                Ok(answer) => usages.take(chunk, &answer, self.client.now().wall),
                Err(error) => {
                    let blind = error.blind();
                    let blinded = chunk.iter().map(|id| (id.clone(), Outcome::Blind(blind.clone())));
                    usages.outcomes.extend(blinded);
                    errors.push(error);
                }
            }
        }
        let all_failed = errors.len() == asked;
        match errors.into_iter().next() {
            Some(error) if all_failed => Err(error),
            _ => Ok(usages),
        }
    }

    async fn usage_chunk(&self, identity: &Identity, ids: &[MeterId]) -> Result<Vec<Value>, ProviderError> {
        let body = json!({"free_resource_ids": ids});
        let call = Call::post(Service::Bss, Scope::Account(identity.owner.clone()), USAGES, body);
        let answer = self.billing(&call).await?;
        Ok(rows(&answer.body, "free_resources")?.to_vec())
    }
}

impl Usages {
    /// Reads the rows that answer `asked`. An id that is not among them is missing, which is not zero.
    fn take(&mut self, asked: &[MeterId], rows: &[Value], now: Time) {
        let mut answered: BTreeMap<MeterId, Outcome> = BTreeMap::new();
        for row in rows {
            let Some(id) = text(row, "free_resource_id").and_then(|id| MeterId::new(id).ok()) else {
                continue;
            };
            let outcome = outcome(row, now);
            let twice = answered.get(&id).is_some_and(|other| *other != outcome);
            answered.insert(id, if twice { unlike() } else { outcome });
        }
        let missing: Vec<&MeterId> = asked.iter().filter(|id| !answered.contains_key(*id)).collect();
        let wanted: BTreeSet<&MeterId> = asked.iter().collect();
        let strangers: Vec<MeterId> = answered
            .keys()
            .filter(|id| !wanted.contains(*id))
            .cloned()
            .collect();
        match (missing.as_slice(), strangers.as_slice()) {
            // The provider's documentation: for a renewed package it answers with the id now in force.
            ([old], [new]) => self.renewed.push(((*old).clone(), new.clone())),
            (_, []) => {}
            _ => {
                self.strangers = true;
                answered.retain(|id, _| wanted.contains(id));
            }
        }
        let absent = || {
            Outcome::Blind(Blind::new(
                Reason::Missing,
                "bss: the answer does not contain this package",
            ))
        };
        self.outcomes
            .extend(missing.into_iter().map(|id| (id.clone(), absent())));
        self.outcomes.extend(answered);
    }
}

fn unlike() -> Outcome {
    Outcome::Blind(Blind::new(
        Reason::Shape,
        "bss: the package is told twice, with different values",
    ))
}

/// One row as a reading, or why it is none.
pub(super) fn outcome(row: &Value, now: Time) -> Outcome {
    match reading(row, now) {
        Ok(reading) => Outcome::Known(reading),
        Err(blind) => Outcome::Blind(blind),
    }
}

fn reading(row: &Value, now: Time) -> Result<Reading, Blind> {
    let bad = |reason: Reason, words: &str| Blind::new(reason, format!("bss: {words}"));
    let measure = int(row, "measure_id").ok_or_else(|| bad(Reason::Shape, "the package has no unit"))?;
    let factor = bytes_per(measure).ok_or_else(|| {
        bad(
            Reason::Shape,
            &format!("measure_id {measure} is not a known unit of traffic"),
        )
    })?;
    let limit = bytes(row, "original_amount", factor)?;
    let remaining = bytes(row, "amount", factor)?;
    if limit.raw() <= 0 {
        return Err(bad(Reason::Implausible, "the package's total is not above zero"));
    }
    if remaining.is_negative() || remaining.raw() > limit.raw() {
        return Err(bad(
            Reason::Implausible,
            "what is left is not between nothing and the total",
        ));
    }
    let window = window(row)?;
    if !window.contains(now) {
        return Err(bad(Reason::Stale, "the told cycle is not the one of today"));
    }
    // Billing gives no "as of": the number may be hours old, so the fetch time is marked as such. `used` is derived.
    Reading::new(
        None,
        Some(limit),
        Some(remaining),
        Some(window),
        AsOf::Fetch(now),
        now,
    )
    .map_err(|_| bad(Reason::Shape, "the package's numbers do not fit together"))
}

/// An amount in bytes, rounded down where the decimal is finer than a byte: less left is the safe side.
fn bytes(row: &Value, key: &str, factor: i64) -> Result<Quantity, Blind> {
    let bad = |what: &str| Blind::new(Reason::Shape, format!("bss: {key} is {what}"));
    let value = match row.get(key) {
        None => return Err(bad("missing")),
        Some(Value::Null) => return Err(bad("null")),
        Some(value) => value,
    };
    let text = amount(value).ok_or_else(|| bad("no number"))?;
    Quantity::parse_scaled_floor(&text, factor, Unit::Bytes).map_err(|_| bad("no usable number"))
}

/// The cycle of a resettable package, or the life of another; the provider's own dates, never computed.
fn window(row: &Value) -> Result<Window, Blind> {
    let bad = |what: &str| Blind::new(Reason::Shape, format!("bss: the package's cycle {what}"));
    let kind = match row.get("quota_reuse_cycle") {
        None | Some(Value::Null) => WindowKind::Life,
        Some(_) => WindowKind::Cycle,
    };
    let start = time(row, "start_time").ok_or_else(|| bad("has no start"))?;
    let end = time(row, "end_time").ok_or_else(|| bad("has no end"))?;
    if end <= start {
        return Err(bad("ends before it starts"));
    }
    Ok(Window::told(kind, start, Some(end)))
}
