//! Metrics of a spec.

use tidegate_meter::WindowKind;

use super::super::expr::Spot;
use super::super::mistake::Wrong;
use super::super::spec::{Every, Metric, MetricKind, Unlimited, Value, WindowRule};
use super::expr::{self, Frame};
use super::head::slug;
use super::table::{Place, Table};

const KEYS: &[&str] = &[
    "id",
    "kind",
    "name",
    "with",
    "each",
    "label",
    "unit",
    "value",
    "limit",
    "used",
    "window",
    "resets",
    "null",
    "unlimited",
    "only",
    "note",
];
const KINDS: [(&str, MetricKind); 6] = [
    ("balance", MetricKind::Balance),
    ("credit_left", MetricKind::CreditLeft),
    ("limit_left", MetricKind::LimitLeft),
    ("traffic_left", MetricKind::TrafficLeft),
    ("spend", MetricKind::Spend),
    ("flag", MetricKind::Flag),
];

/// The metrics, each id once.
pub(super) fn metrics(root: &Table<'_, '_>, frame: &Frame) -> Vec<Metric> {
    let mut metrics: Vec<Metric> = Vec::new();
    for table in root.tables("metric") {
        let Some(metric) = metric(&table, frame) else {
            continue;
        };
        if metrics.iter().any(|other| other.id == metric.id) {
            table.wrong(Wrong::Twice);
        } else {
            metrics.push(metric);
        }
    }
    metrics
}

fn metric(table: &Table<'_, '_>, frame: &Frame) -> Option<Metric> {
    table.only(KEYS);
    let id = table.need("id").and_then(|place| slug(&place));
    let kind = table.need("kind").and_then(|place| place.word(&KINDS));
    let name = table.need("name").and_then(|place| place.said());
    let with = table.get("with").and_then(|place| frame.param(&place));
    let each = table.get("each").and_then(|place| list(&place, frame));
    let frame = &if table.get("each").is_some() {
        frame.in_row()
    } else {
        frame.clone()
    };
    let label = label(table);
    let value = value(table, kind?, frame);
    let amount = |key| {
        table
            .get(key)
            .and_then(|place: Place<'_, '_>| expr::expr(&place, frame))
    };
    let (limit, used) = (amount("limit"), amount("used"));
    let window = window(table, frame);
    let absent = table
        .get("null")
        .and_then(|place| place.word(&[("absent", true), ("error", false)]))
        .unwrap_or(false);
    let unlimited = table
        .get("unlimited")
        .and_then(|place| unlimited(&place.table()?, frame));
    let only = table
        .tables("only")
        .iter()
        .filter_map(|table| only(table, frame))
        .collect();
    let note = table
        .get("note")
        .and_then(|place| place.said())
        .unwrap_or_default();
    Some(Metric {
        id: id?,
        kind: kind?,
        name: name?,
        with,
        each,
        label,
        value: value?,
        limit,
        used,
        window,
        absent,
        unlimited,
        only,
        note,
    })
}

fn list(place: &Place<'_, '_>, frame: &Frame) -> Option<Spot> {
    let table = place.table()?;
    table.only(&["req", "ptr"]);
    expr::spot(&table, frame)
}

/// Rows need a label, and nothing else has one.
fn label(table: &Table<'_, '_>) -> Option<super::super::pointer::Pointer> {
    match (table.get("each"), table.get("label")) {
        (Some(_), _) => table.need("label").and_then(|place| expr::pointer(&place)),
        (None, Some(place)) => {
            place.wrong(Wrong::NotAllowed(
                "只与 each 一起用的 label",
                "label only beside each",
            ));
            None
        }
        (None, None) => None,
    }
}

fn value(table: &Table<'_, '_>, kind: MetricKind, frame: &Frame) -> Option<Value> {
    let value = table.need("value")?;
    if kind == MetricKind::Flag {
        if let Some(place) = table.get("unit") {
            place.wrong(Wrong::NotAllowed("flag 没有单位", "no unit for a flag"));
        }
        return expr::truth(&value, frame).map(Value::Flag);
    }
    let unit = table.need("unit").and_then(|place| expr::unit(&place, frame));
    let expr = expr::expr(&value, frame);
    Some(Value::Amount {
        unit: Box::new(unit?),
        expr: Box::new(expr?),
    })
}

fn window(table: &Table<'_, '_>, frame: &Frame) -> Option<WindowRule> {
    if let (Some(_), Some(place)) = (table.get("window"), table.get("resets")) {
        place.wrong(Wrong::NotAllowed(
            "window 与 resets 之一",
            "one of window and resets",
        ));
    }
    if let Some(place) = table.get("window") {
        let calendar = |kind, beijing| WindowRule::Calendar { kind, beijing };
        return place.word(&[
            ("utc_day", calendar(WindowKind::Day, false)),
            ("utc_month", calendar(WindowKind::Month, false)),
            ("utc_year", calendar(WindowKind::Year, false)),
            ("beijing_day", calendar(WindowKind::Day, true)),
            ("beijing_month", calendar(WindowKind::Month, true)),
        ]);
    }
    let resets = table.get("resets")?.table()?;
    let words = [
        ("day", Every::Day),
        ("week", Every::Week),
        ("month", Every::Month),
        ("life", Every::Life),
    ];
    let every = resets.need("every").and_then(|place| place.word(&words));
    let at = expr::instant(&resets, frame);
    Some(WindowRule::Resets {
        at: at?,
        every: every?,
    })
}

fn unlimited(table: &Table<'_, '_>, frame: &Frame) -> Option<Unlimited> {
    table.only(&["req", "ptr", "eq", "gte"]);
    let spot = expr::spot(table, frame)?;
    match (table.get("eq"), table.get("gte")) {
        (Some(place), None) => Some(Unlimited::Eq(spot, expr::literal(&place)?)),
        (None, Some(place)) => match expr::literal(&place)? {
            super::super::expr::Literal::Number(least) => Some(Unlimited::AtLeast(spot, least)),
            _ => {
                place.wrong(Wrong::Type("number"));
                None
            }
        },
        _ => {
            table.wrong(Wrong::NotAllowed("eq 与 gte 之一", "one of eq and gte"));
            None
        }
    }
}

fn only(table: &Table<'_, '_>, frame: &Frame) -> Option<(Spot, rust_decimal::Decimal)> {
    table.only(&["req", "ptr", "gt"]);
    let spot = expr::spot(table, frame);
    let least = table.need("gt").and_then(|place| match expr::literal(&place)? {
        super::super::expr::Literal::Number(least) => Some(least),
        _ => {
            place.wrong(Wrong::Type("number"));
            None
        }
    });
    Some((spot?, least?))
}
