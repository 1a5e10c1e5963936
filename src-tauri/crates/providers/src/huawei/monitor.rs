//! The fast signal: bytes that left through a package's addresses since its number last changed, from cloud monitoring.
//!
//! A decoration: its failure is logged and blinds nothing. A wrong or silent address answers with an empty list, which
//! is not zero traffic: such a signal is incomplete, or none. `up_stream` is bytes per minute; the sum over a period is
//! the period's bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_guard::FastSignal;
use tidegate_meter::{Quantity, Time, Unit};

use super::account::Identity;
use super::catalogue::Catalogue;
use super::change::Change;
use super::client::{Call, Scope};
use super::hosts::Service;
use super::{Huawei, limits};
use crate::json::{amount, int, rows, text};
use crate::{MeterLook, ProviderError};

const PERIOD: Duration = Duration::from_secs(limits::PERIOD_SECONDS);

/// Bytes by the start of their period, by address.
type Points = BTreeMap<String, BTreeMap<Time, i64>>;

/// A project in its region.
type Place = (String, String);

/// What is asked for one meter.
struct Wanted {
    /// Which of the looks.
    index: usize,
    place: Place,
    eips: BTreeSet<String>,
    since: Time,
    /// Every byte since the change lies in the span.
    whole: bool,
}

impl Huawei {
    /// Adds the fast signal to every known meter whose addresses are known. Each project is asked once.
    pub(super) async fn add_fast(&self, identity: &Identity, catalogue: &Catalogue, looks: &mut [MeterLook]) {
        let now = self.client.now().wall;
        let wanted: Vec<Wanted> = looks
            .iter()
            .enumerate()
            .filter_map(|(index, look)| self.wanted(index, look, identity, catalogue, now))
            .collect();
        let places: BTreeSet<&Place> = wanted.iter().map(|wanted| &wanted.place).collect();
        for place in places {
            let here: Vec<&Wanted> = wanted.iter().filter(|wanted| wanted.place == *place).collect();
            match self.ask_points(place, &here, now).await {
                Ok(points) => {
                    for wanted in here {
                        if let Some(look) = looks.get_mut(wanted.index) {
                            look.fast = signal(wanted, &points, now);
                        }
                    }
                }
                Err(error) => {
                    tracing::debug!(account = %self.config.account, region = place.0, %error, "no fast signal");
                }
            }
        }
    }

    fn wanted(
        &self,
        index: usize,
        look: &MeterLook,
        identity: &Identity,
        catalogue: &Catalogue,
        now: Time,
    ) -> Option<Wanted> {
        let change = self.note(&look.info.id, look.outcome.reading()?);
        let servers = look
            .info
            .targets
            .iter()
            .filter_map(|target| catalogue.servers.get(&target.id));
        let eips: BTreeSet<String> = servers
            .clone()
            .flat_map(|server| server.eips.iter().cloned())
            .collect();
        let server = servers.clone().next()?;
        // One meter's servers stand in one region; a manual mapping across regions gets no signal rather than half of one.
        if eips.is_empty() || servers.clone().any(|other| other.region != server.region) {
            return None;
        }
        let project = identity.project(&server.region, server.project.as_deref()).ok()?;
        let (since, whole) = span(&change, now);
        Some(Wanted {
            index,
            place: (server.region.clone(), project.to_owned()),
            eips,
            since,
            whole,
        })
    }

    async fn ask_points(
        &self,
        place: &Place,
        wanted: &[&Wanted],
        now: Time,
    ) -> Result<Points, ProviderError> {
        let eips: BTreeSet<&String> = wanted.iter().flat_map(|wanted| &wanted.eips).collect();
        let eips: Vec<&String> = eips.into_iter().collect();
        let oldest = wanted.iter().map(|wanted| wanted.since).min().unwrap_or(now);
        let from = oldest.min(period_start(now.minus(PERIOD)));
        let mut points = Points::new();
        for chunk in eips.chunks(per_query(now.since(from))) {
            let metrics: Vec<Value> = chunk.iter().map(|eip| metric(eip)).collect();
            let body = json!({
                "metrics": metrics,
                "period": limits::PERIOD_SECONDS.to_string(),
                "filter": "sum",
                "from": from.ms(),
                "to": now.ms(),
            });
            let path = format!("/V1.0/{}/batch-query-metric-data", place.1);
            let scope = Scope::Project(place.1.clone());
            let call = Call::post(Service::Ces(place.0.clone()), scope, path, body);
            let answer = self.client.send(&self.watch, self.site(), &call).await?;
            collect(&answer.body, &mut points)?;
        }
        Ok(points)
    }
}

/// From where to count: the change, or a day ago if that is later; and whether that covers everything since.
fn span(change: &Change, now: Time) -> (Time, bool) {
    let earliest = period_start(now.minus(limits::MONITOR_SPAN)).plus(PERIOD);
    let since = period_start(change.since);
    (since.max(earliest), change.observed && since >= earliest)
}

fn period_start(at: Time) -> Time {
    let period = i64::try_from(PERIOD.as_millis()).unwrap_or(i64::MAX);
    Time::from_ms(at.ms() - at.ms().rem_euclid(period))
}

/// How many addresses one query may name, so that the provider does not move its start.
fn per_query(span: Duration) -> usize {
    let points = span.as_secs() / limits::PERIOD_SECONDS + 1;
    usize::try_from(limits::POINTS / points)
        .unwrap_or(limits::METRICS)
        .clamp(1, limits::METRICS)
}

fn metric(eip: &str) -> Value {
    json!({
        "namespace": "SYS.VPC",
        "metric_name": "up_stream",
        "dimensions": [{"name": "publicip_id", "value": eip}],
    })
}

fn collect(answer: &Value, points: &mut Points) -> Result<(), ProviderError> {
    for series in rows(answer, "metrics")? {
        let dimensions = series.get("dimensions").and_then(Value::as_array);
        let eip = dimensions
            .into_iter()
            .flatten()
            .find(|dimension| text(dimension, "name") == Some("publicip_id"))
            .and_then(|dimension| text(dimension, "value"));
        let (Some(eip), Some(data)) = (eip, series.get("datapoints").and_then(Value::as_array)) else {
            continue;
        };
        let told = points.entry(eip.to_owned()).or_default();
        told.extend(data.iter().filter_map(point));
    }
    Ok(())
}

/// One period; a point that cannot be read is a missing one.
fn point(point: &Value) -> Option<(Time, i64)> {
    let at = Time::from_ms(int(point, "timestamp")?);
    let bytes = Quantity::parse_scaled_floor(&amount(point.get("sum")?)?, 1, Unit::Bytes).ok()?;
    (!bytes.is_negative()).then_some((at, bytes.raw()))
}

/// The sum over all addresses up to the end of the newest complete period. `None` when nothing was told.
fn signal(wanted: &Wanted, points: &Points, now: Time) -> Option<FastSignal> {
    let told = |eip: &String| {
        points
            .get(eip)
            .into_iter()
            .flatten()
            .filter(|(at, _)| **at >= wanted.since && at.plus(PERIOD) <= now)
    };
    let newest = wanted.eips.iter().flat_map(told).map(|(at, _)| *at).max()?;
    let until = newest.plus(PERIOD);
    let periods = until.since(wanted.since).as_secs() / limits::PERIOD_SECONDS;
    let every_period = |eip: &String| u64::try_from(told(eip).count()).is_ok_and(|count| count >= periods);
    let bytes = wanted
        .eips
        .iter()
        .flat_map(told)
        .fold(0_i64, |sum, (_, bytes)| sum.saturating_add(*bytes));
    Some(FastSignal {
        bytes,
        since: wanted.since,
        until,
        complete: wanted.whole && wanted.eips.iter().all(every_period),
    })
}
