//! CES: outbound bytes per address. A wrong id gives an empty list, not an error; an empty period gives no point.

use std::time::Duration;

use serde_json::{Map, Value, json};
use tidegate_meter::Time;

use super::ask::Ask;
use super::refusal::Refusal;
use crate::amount::decimal;
use crate::limits;
use crate::world::{Lie, Server, State};

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

/// `POST /V1.0/{project_id}/batch-query-metric-data`: the period is text here.
pub(crate) fn batch(state: &mut State, ask: &Ask<'_>) -> Result<Value, Refusal> {
    let wanted = ask
        .body
        .get("metrics")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
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
    let rows: Vec<Value> = wanted
        .iter()
        .map(|metric| answered(state, ask, metric, &series, empty))
        .collect();
    Ok(json!({"metrics": rows}))
}

fn answered(state: &State, ask: &Ask<'_>, metric: &Value, series: &Series<'_>, empty: bool) -> Value {
    let dimensions = metric.get("dimensions").cloned().unwrap_or_default();
    let name = metric["metric_name"].as_str().unwrap_or("").to_owned();
    let server = server_of(state, ask, &dimensions).filter(|_| !empty && metric["namespace"] == "SYS.VPC");
    let points = server.map_or_else(Vec::new, |server| {
        points(server, &name, series, ask.now, state.start)
    });
    let unit = server.map_or("unknown", |_| unit_of(&name));
    json!({
        "namespace": metric["namespace"], "metric_name": name, "dimensions": dimensions, "unit": unit,
        "datapoints": points,
    })
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
    let mut points = server.map_or_else(Vec::new, |server| {
        points(server, &name, &series, ask.now, state.start)
    });
    for point in points.iter_mut().filter_map(Value::as_object_mut) {
        point.insert("unit".to_owned(), Value::from(unit_of(&name)));
    }
    Ok(json!({"metric_name": name, "datapoints": points}))
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

fn points(server: &Server, metric: &str, series: &Series<'_>, now: Time, start: Time) -> Vec<Value> {
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

fn point(server: &Server, metric: &str, series: &Series<'_>, from: Time, to: Time) -> Value {
    let bytes = server.sent(from, to);
    let ms = to.ms_since(from).max(1);
    let minutes = (ms / 60_000).max(1);
    let text = match (metric, series.filter) {
        (_, "variance") => "0".to_owned(),
        ("up_stream", "sum") => bytes.to_string(),
        ("up_stream", _) => decimal(bytes, minutes),
        (_, "sum") => decimal(bytes.saturating_mul(8000).saturating_mul(minutes), ms),
        _ => decimal(bytes.saturating_mul(8000), ms),
    };
    let mut point = Map::new();
    point.insert(series.filter.to_owned(), crate::amount::number(&text));
    point.insert("timestamp".to_owned(), Value::from(from.ms()));
    Value::Object(point)
}
