//! From answers to meters. Owns what is known, absent or blind; pure: the same answers at the same instant give the same
//! meters. Tested in `tests/specs/` against every example and its mutations.

mod amount;
mod rules;
mod unit;
mod window;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tidegate_meter::{AsOf, Blind, MeterId, MeterKind, Outcome, Quantity, Reading, Reason, Time, Unit};

use super::bodies::Heard;
use super::expr::{Root, Spot, Truth};
use super::number::{self, Round};
use super::spec::{Metric, MetricKind, Unlimited, Value as MetricValue};
use super::{Bodies, Spec, limits};
pub(super) use rules::verdict;

/// One meter as a look found it.
#[derive(Clone, PartialEq, Debug)]
pub struct Found {
    /// `balance`, or `balance.CNY` for a row of a list.
    pub id: MeterId,
    /// What it measures.
    pub kind: MeterKind,
    /// For people.
    pub name: String,
    /// Its value, or why there is none.
    pub outcome: Outcome,
}

/// Why there is no value.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Lack {
    /// Nothing stands there; where.
    Missing(String),
    /// The account has no such thing.
    Absent,
    /// Something stands there that cannot be believed.
    Blind(Blind),
}

/// Everything that an evaluation looks at.
#[derive(Clone, Copy)]
struct Scene<'a> {
    bodies: &'a Bodies,
    params: &'a BTreeMap<String, String>,
    at: Time,
    /// The row that a metric with `each` stands on.
    row: Option<&'a Value>,
}

impl Spec {
    /// The meters that the answers tell, at the instant they came. Blind for the whole account where a list of meters
    /// cannot be read: which of them are missing is then not known.
    pub fn evaluate(
        &self,
        bodies: &Bodies,
        params: &BTreeMap<String, String>,
        at: Time,
    ) -> Result<Vec<Found>, Blind> {
        let scene = Scene {
            bodies,
            params,
            at,
            row: None,
        };
        let mut found = Vec::new();
        for metric in &self.metrics {
            match &metric.each {
                None => found.extend(scene.one(metric, None)?),
                Some(list) => found.extend(scene.each(metric, list)?),
            }
        }
        let mut seen = BTreeSet::new();
        if found.iter().all(|meter| seen.insert(meter.id.clone())) {
            return Ok(found);
        }
        Err(shape("two rows have the same name"))
    }
}

/// The answer has another shape than the spec says.
fn shape(detail: impl AsRef<str>) -> Blind {
    Blind::new(Reason::Shape, detail)
}

impl Lack {
    fn shape(detail: impl AsRef<str>) -> Self {
        Self::Blind(shape(detail))
    }

    /// As the outcome of `metric`; `None` where the account has no such thing.
    fn outcome(self, metric: &Metric) -> Option<Outcome> {
        match self {
            Self::Absent => None,
            Self::Missing(_) if metric.absent => None,
            Self::Missing(place) => Some(Outcome::Blind(shape(format!(
                "{}: {place} is missing",
                metric.id
            )))),
            Self::Blind(blind) => {
                let detail = format!("{}: {}", metric.id, blind.detail);
                Some(Outcome::Blind(Blind::new(blind.reason, detail)))
            }
        }
    }
}

impl<'a> Scene<'a> {
    /// Every row of a list as a meter of its own.
    fn each(&self, metric: &Metric, list: &Spot) -> Result<Vec<Found>, Blind> {
        let rows = match self.rows(list) {
            Ok(rows) => rows,
            Err(Lack::Absent) => return Ok(Vec::new()),
            Err(Lack::Missing(place)) => return Err(shape(format!("{}: {place} is missing", metric.id))),
            Err(Lack::Blind(blind)) => return Err(blind),
        };
        if rows.is_empty() && !metric.absent {
            return Err(Blind::new(
                Reason::Missing,
                format!("{}: the list is empty", metric.id),
            ));
        }
        let mut found = Vec::new();
        for row in rows {
            let label = metric.label.as_ref().and_then(|at| label(at.find(row)?));
            let label = label.ok_or_else(|| shape(format!("{}: a row has no name", metric.id)))?;
            let scene = Scene {
                row: Some(row),
                ..*self
            };
            found.extend(scene.one(metric, Some(&label))?);
        }
        Ok(found)
    }

    fn rows(&self, list: &Spot) -> Result<Vec<&'a Value>, Lack> {
        let mut rows = Vec::new();
        for page in self.pages(list.root)? {
            let list_of = list.ptr.find(page).and_then(Value::as_array);
            rows.extend(list_of.ok_or_else(|| Lack::Missing(list.ptr.to_string()))?);
        }
        if rows.len() > limits::ROWS {
            return Err(Lack::shape("the list is longer than 500 rows"));
        }
        Ok(rows)
    }

    /// One meter; `None` where the account has no such thing.
    fn one(&self, metric: &Metric, label: Option<&str>) -> Result<Option<Found>, Blind> {
        let outcome = match self.reading(metric) {
            Ok(reading) => Some(Outcome::Known(reading)),
            Err(lack) => lack.outcome(metric),
        };
        let Some(outcome) = outcome else {
            return Ok(None);
        };
        let id = label.map_or_else(|| metric.id.clone(), |label| format!("{}.{label}", metric.id));
        Ok(Some(Found {
            id: MeterId::new(id).map_err(|_| shape(format!("{}: a row's name is too long", metric.id)))?,
            kind: metric.kind.meter(),
            name: self.name(metric, label),
            outcome,
        }))
    }

    fn name(&self, metric: &Metric, label: Option<&str>) -> String {
        let told = metric.with.as_ref().and_then(|key| self.params.get(key));
        let parts = [Some(metric.name.both()), label.map(str::to_owned), told.cloned()];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        parts.join(" · ")
    }

    fn reading(&self, metric: &Metric) -> Result<Reading, Lack> {
        self.admitted(metric)?;
        match &metric.value {
            MetricValue::Flag(truth) => self.flag(truth),
            MetricValue::Amount { .. } if self.is_unlimited(metric)? => self.without_limit(metric),
            MetricValue::Amount { expr, .. } => {
                let value = self.number(expr)?;
                self.amounts(metric, Some(value))
            }
        }
    }

    /// Only where every one of its conditions holds; one that fails or is missing tells nothing about the amount.
    fn admitted(&self, metric: &Metric) -> Result<(), Lack> {
        for (spot, least) in &metric.only {
            let holds = number::of_value(self.value(spot)?, false).is_some_and(|number| number > *least);
            if !holds {
                return Err(Lack::Missing(format!("{} above {least}", spot.ptr)));
            }
        }
        Ok(())
    }

    /// A flag is a share, so that it is never taken for money: all of it while it holds, nothing of it when it does not.
    fn flag(&self, truth: &Truth) -> Result<Reading, Lack> {
        let holds = match truth {
            Truth::Read(spot) => {
                let value = self.value(spot)?;
                value
                    .as_bool()
                    .ok_or_else(|| Lack::shape(format!("{} is no yes or no", spot.ptr)))?
            }
            // What is not there says nothing: another answer, or half of one, is no "no".
            Truth::Exists(spot) => self.value(spot).map(|_| true)?,
        };
        let whole = Quantity::from_raw(100 * 10_i64.pow(Unit::Percent.scale()), Unit::Percent);
        let left = if holds {
            whole
        } else {
            Quantity::zero(Unit::Percent)
        };
        self.made(None, Some(whole), Some(left), None)
    }

    /// Without a limit only what was used is a number; where that is not told either there is no such meter.
    fn without_limit(&self, metric: &Metric) -> Result<Reading, Lack> {
        if metric.used.is_none() {
            return Err(Lack::Absent);
        }
        self.amounts(metric, None)
    }

    fn is_unlimited(&self, metric: &Metric) -> Result<bool, Lack> {
        Ok(match &metric.unlimited {
            None => false,
            Some(Unlimited::Eq(spot, literal)) => rules::says(self.value(spot)?, literal),
            Some(Unlimited::AtLeast(spot, least)) => {
                let number = number::of_value(self.value(spot)?, false);
                number.ok_or_else(|| Lack::shape(format!("{} is no number", spot.ptr)))? >= *least
            }
        })
    }

    /// What is left is rounded down and what was used is rounded up, where they are finer than their unit keeps.
    fn amounts(&self, metric: &Metric, value: Option<rust_decimal::Decimal>) -> Result<Reading, Lack> {
        let MetricValue::Amount { unit, .. } = &metric.value else {
            return Err(Lack::Absent);
        };
        let unit = self.unit(unit)?;
        let fit = |number, round| {
            number::quantity(number, unit, round).ok_or_else(|| Lack::shape("the amount is out of range"))
        };
        let more = |expr: &Option<_>, round| match expr {
            Some(expr) => fit(self.number(expr)?, round).map(Some),
            None => Ok(None),
        };
        let limit = match value {
            Some(_) => more(&metric.limit, Round::Down)?,
            None => None,
        };
        let window = self.window(metric);
        if metric.kind == MetricKind::Spend {
            let used = value.map(|value| fit(value, Round::Up)).transpose()?;
            return self.made(used, limit, None, window);
        }
        let used = more(&metric.used, Round::Up)?;
        let left = value.map(|value| fit(value, Round::Down)).transpose()?;
        self.made(used, limit, left, window)
    }

    fn made(
        &self,
        used: Option<Quantity>,
        limit: Option<Quantity>,
        left: Option<Quantity>,
        window: Option<tidegate_meter::Window>,
    ) -> Result<Reading, Lack> {
        Reading::new(used, limit, left, window, AsOf::Fetch(self.at), self.at)
            .map_err(|_| Lack::shape("the amounts do not fit together"))
    }

    /// Everything that a request brought, or the row alone.
    fn pages(&self, root: Root) -> Result<Vec<&'a Value>, Lack> {
        match root {
            Root::Row => Ok(self.row.into_iter().collect()),
            Root::Request(index) => match self.bodies.get(index) {
                Heard::Answer { pages, .. } => Ok(pages.iter().collect()),
                Heard::Absent => Err(Lack::Absent),
                Heard::Failed(error) => Err(Lack::Blind(error.blind())),
            },
        }
    }

    /// What stands at a spot of the first page; null and nothing are both missing.
    fn value(&self, spot: &Spot) -> Result<&'a Value, Lack> {
        let pages = self.pages(spot.root)?;
        let found = pages.first().and_then(|page| spot.ptr.find(page));
        found
            .filter(|value| !value.is_null())
            .ok_or_else(|| Lack::Missing(spot.ptr.to_string()))
    }
}

impl MetricKind {
    /// The meter it becomes.
    pub(super) const fn meter(self) -> MeterKind {
        match self {
            Self::Balance | Self::CreditLeft | Self::LimitLeft | Self::Flag => MeterKind::Balance,
            Self::TrafficLeft => MeterKind::Traffic,
            Self::Spend => MeterKind::Spending,
        }
    }
}

/// A row's name as part of a meter's id: without spaces and control characters, encoded so that no two become one.
fn label(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let encoded: String = text
        .chars()
        .map(|c| {
            if c.is_whitespace() || c.is_control() || c == '%' {
                format!("%{:02X}", u32::from(c))
            } else {
                c.to_string()
            }
        })
        .collect();
    (!encoded.is_empty()).then_some(encoded)
}

/// How a meter's value is written in the expectations of an example: `27.5 USD` left, `8.8 USD of 50 USD` left of a
/// whole, `used 13 USD`, `100 percent` for a flag that holds, `blind shape`.
#[must_use]
pub fn shown(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Blind(blind) => format!("blind {}", blind.reason.name()),
        Outcome::Known(reading) => match (reading.remaining(), reading.limit(), reading.used()) {
            (Some(left), _, _) if left.unit() == Unit::Percent => left.to_string(),
            (Some(left), Some(whole), _) => format!("{left} of {whole}"),
            (Some(left), None, _) => left.to_string(),
            (None, _, Some(used)) => format!("used {used}"),
            (None, _, None) => "nothing".to_owned(),
        },
    }
}
