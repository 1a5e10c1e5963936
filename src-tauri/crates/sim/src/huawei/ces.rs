//! CES: outbound bytes per address. A wrong id gives an empty list, not an error; an empty period gives no point.

use std::time::Duration;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use tidegate_meter::Time;

use super::ask::Ask;
use super::refusal::Refusal;
use crate::amount::{decimal, number};
use crate::world::{Lie, Server, State};
use crate::{Answer, limits};

/// `GET /V1.0/{project_id}/metrics`, paged by `start`.
pub(crate) fn metrics(state: &mut State, ask: &Ask<'_>) -> Result<Value, Refusal> {
    let limit = ask.number("limit", 1000, 1, 1000)?;
    let region = ask.region();
    let mut rows = Vec::new();
    for server in ask
        .of(state)?
        .servers
        .iter()
        .filter(|server| server.region == region)
    {
        if !(0..4).all(|index| dimension_fits(server, ask, index)) {
            continue;
        }
        for name in ["up_stream", "upstream_bandwidth"] {
            let wanted = ask.parameter("metric_name").is_none_or(|wanted| wanted == name)
                && ask
                    .parameter("namespace")
                    .is_none_or(|wanted| wanted == "SYS.VPC");
            if wanted {
                rows.push(listed(server, name));
            }
        }
    }
    let total = rows.len();
    let start = ask.parameter("start").filter(|start| !start.is_empty());
    let (page, _) = ask
        .after(state, rows, start, limit, marker)
        .ok_or_else(|| ask.bad("start is invalid"))?;
    let last = page.last().map(marker).unwrap_or_default();
    Ok(json!({"metrics": page, "meta_data": {"count": page.len(), "total": total, "marker": last}}))
}

/// Whether the `index`-th dimension asked for, if any, is the server's.
fn dimension_fits(server: &Server, ask: &Ask<'_>, index: usize) -> bool {
    match ask
        .parameter(&format!("dim.{index}"))
        .map(|text| text.split_once(','))
    {
        None => true,
        Some(Some(("publicip_id", id))) => id == server.eip.id,
        Some(Some(("bandwidth_id", id))) => id == server.eip.bandwidth_id,
        Some(_) => false,
    }
}

fn listed(server: &Server, metric: &str) -> Value {
    json!({
        "namespace": "SYS.VPC", "metric_name": metric,
        "unit": if metric == "up_stream" { "byte" } else { "bit/s" },
        "dimensions": [
            {"name": "bandwidth_id", "value": server.eip.bandwidth_id},
            {"name": "publicip_id", "value": server.eip.id},
        ],
    })
}

fn marker(row: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let dimensions = row["dimensions"].as_array().into_iter().flatten();
    let dimensions: Vec<String> = dimensions
        .map(|dimension| format!("{}:{}", text(&dimension["name"]), text(&dimension["value"])))
        .collect();
    format!(
        "{}.{}.{}",
        text(&row["namespace"]),
        text(&row["metric_name"]),
        dimensions.join(".")
    )
}

/// What is asked of one metric.
struct Series<'q> {
    filter: &'q str,
    period_ms: i64,
    from: i64,
    to: i64,
}

/// What is answered to many questions at once. Nearly every look asks, a day of an address is 288 points: they are written
/// as they are, without a tree of values in between.
#[derive(Serialize)]
struct Batch<'a> {
    metrics: Vec<Answered<'a>>,
}

#[derive(Serialize)]
struct Answered<'a> {
    namespace: &'a Value,
    metric_name: &'a str,
    dimensions: &'a Value,
    unit: &'static str,
    datapoints: Vec<Point<'a>>,
}

/// One period of a metric: its amount, by the name of the filter.
struct Point<'a> {
    filter: &'a str,
    amount: Amount,
    timestamp: i64,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Amount {
    Whole(i64),
    Decimal(Value),
}

impl Serialize for Point<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(Some(2))?;
        members.serialize_entry(self.filter, &self.amount)?;
        members.serialize_entry("timestamp", &self.timestamp)?;
        members.end()
    }
}

/// `POST /V1.0/{project_id}/batch-query-metric-data`: the period is text here.
pub(crate) fn batch(state: &mut State, ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let wanted = ask.body.get("metrics").and_then(Value::as_array);
    let wanted = wanted.map(Vec::as_slice).unwrap_or_default();
    if wanted.is_empty() || wanted.len() > limits::BATCH_METRICS {
        return Err(ask.bad("metrics must be 1 to 500"));
    }
    let period = ask
        .text("period")
        .ok_or_else(|| ask.bad("period must be a text"))?;
    let instant = |name: &str| {
        let value = ask.body.get(name).and_then(Value::as_i64);
        value.ok_or_else(|| ask.bad(&format!("{name} must be a number of milliseconds")))
    };
    let mut series = series(ask, period, ask.text("filter"), instant("from")?, instant("to")?)?;
    let points = (series.to - series.from) / series.period_ms.max(1);
    let metrics = i64::try_from(wanted.len()).unwrap_or(1);
    if points.saturating_mul(metrics) > limits::BATCH_POINTS {
        // The real one moves the start without a word.
        series.from = series.to - limits::BATCH_POINTS / metrics * series.period_ms;
    }
    let empty = state.faults.is(ask.now, ask.here(), &Lie::Empty);
    let rows = wanted
        .iter()
        .map(|metric| answered(state, ask, metric, &series, empty));
    let told = Batch {
        metrics: rows.collect(),
    };
    Ok(Answer::json(200, &told))
}

fn answered<'a>(
    state: &State,
    ask: &Ask<'_>,
    metric: &'a Value,
    series: &Series<'a>,
    empty: bool,
) -> Answered<'a> {
    let dimensions = &metric["dimensions"];
    let name = metric["metric_name"].as_str().unwrap_or("");
    let server = server_of(state, ask, dimensions).filter(|_| !empty && metric["namespace"] == "SYS.VPC");
    Answered {
        namespace: &metric["namespace"],
        metric_name: name,
        dimensions,
        unit: server.map_or("unknown", |_| unit_of(name)),
        datapoints: server.map_or_else(Vec::new, |server| {
            points(server, name, series, ask.now, state.start)
        }),
    }
}

fn server_of<'s>(state: &'s State, ask: &Ask<'_>, dimensions: &Value) -> Option<&'s Server> {
    let dimensions = dimensions.as_array()?;
    let region = ask.region();
    ask.of(state).ok()?.servers.iter().find(|server| {
        let fits = |dimension: &Value| {
            let value = &dimension["value"];
            match dimension["name"].as_str() {
                Some("publicip_id") => *value == server.eip.id.as_str(),
                Some("bandwidth_id") => *value == server.eip.bandwidth_id.as_str(),
                _ => false,
            }
        };
        server.region == region && !dimensions.is_empty() && dimensions.iter().all(fits)
    })
}

/// `GET /V1.0/{project_id}/metric-data`: the period is a number here, the dimension `name,value`.
pub(crate) fn single(state: &mut State, ask: &Ask<'_>) -> Result<Value, Refusal> {
    let mut dimensions = Vec::new();
    for index in 0..4 {
        if let Some((name, value)) = ask
            .parameter(&format!("dim.{index}"))
            .and_then(|text| text.split_once(','))
        {
            dimensions.push(json!({"name": name, "value": value}));
        }
    }
    if dimensions.is_empty() {
        return Err(ask.bad("dim.0 must be name,value"));
    }
    let instant = |name: &str| {
        let value = ask.parameter(name).and_then(|text| text.parse().ok());
        value.ok_or_else(|| ask.bad(&format!("{name} must be a number of milliseconds")))
    };
    let period = ask.parameter("period").unwrap_or("");
    let series = series(
        ask,
        period,
        ask.parameter("filter"),
        instant("from")?,
        instant("to")?,
    )?;
    let name = ask.parameter("metric_name").unwrap_or("").to_owned();
    let empty = state.faults.is(ask.now, ask.here(), &Lie::Empty);
    let server = server_of(state, ask, &Value::from(dimensions)).filter(|_| !empty);
    let points = server.map_or_else(Vec::new, |server| {
        points(server, &name, &series, ask.now, state.start)
    });
    let mut rows = json!(points);
    let members = rows.as_array_mut().into_iter().flatten();
    for point in members.filter_map(Value::as_object_mut) {
        point.insert("unit".to_owned(), Value::from(unit_of(&name)));
    }
    Ok(json!({"metric_name": name, "datapoints": rows}))
}

fn unit_of(metric: &str) -> &'static str {
    if metric == "up_stream" { "byte" } else { "bit/s" }
}

fn series<'q>(
    ask: &Ask<'_>,
    period: &str,
    filter: Option<&'q str>,
    from: i64,
    to: i64,
) -> Result<Series<'q>, Refusal> {
    let seconds: i64 = match period {
        "1" => 60,
        "60" | "300" | "1200" | "3600" | "14400" | "86400" => period.parse().unwrap_or(300),
        _ => return Err(ask.bad("period must be 1, 60, 300, 1200, 3600, 14400 or 86400")),
    };
    let filter = filter
        .filter(|filter| ["average", "min", "max", "sum", "variance"].contains(filter))
        .ok_or_else(|| ask.bad("filter must be average, min, max, sum or variance"))?;
    if to <= from {
        return Err(ask.bad("from must be before to"));
    }
    let period_ms = seconds * 1000;
    Ok(Series {
        filter,
        period_ms,
        from: from.div_euclid(period_ms) * period_ms,
        to,
    })
}

fn points<'a>(server: &Server, metric: &str, series: &Series<'a>, now: Time, start: Time) -> Vec<Point<'a>> {
    let oldest = now.minus(limits::METRIC_KEPT).ms();
    let first = series
        .from
        .max(oldest.div_euclid(series.period_ms) * series.period_ms);
    let mut points = Vec::new();
    let mut at = first;
    while at < series.to && at < now.ms() {
        let (begin, end) = (
            Time::from_ms(at),
            Time::from_ms(at.saturating_add(series.period_ms)),
        );
        if end > start && server_ran(server, begin, end.min(now)) {
            points.push(point(server, metric, series, begin, end.min(now)));
        }
        at = end.ms();
    }
    points
}

/// A server that stood for the whole period sends no metric at all.
fn server_ran(server: &Server, from: Time, to: Time) -> bool {
    let just_before = to.minus(Duration::from_millis(1));
    server.runs(from) || server.runs(just_before)
}

fn point<'a>(server: &Server, metric: &str, series: &Series<'a>, from: Time, to: Time) -> Point<'a> {
    let bytes = server.sent(from, to);
    let ms = to.ms_since(from).max(1);
    let minutes = (ms / 60_000).max(1);
    let told = |amount, unit| Amount::Decimal(number(&decimal(amount, unit)));
    Point {
        filter: series.filter,
        amount: match (metric, series.filter) {
            (_, "variance") => Amount::Whole(0),
            ("up_stream", "sum") => Amount::Whole(bytes),
            ("up_stream", _) => told(bytes, minutes),
            (_, "sum") => told(bytes.saturating_mul(8000).saturating_mul(minutes), ms),
            _ => told(bytes.saturating_mul(8000), ms),
        },
        timestamp: from.ms(),
    }
}
