//! Expressions of a spec: numbers, yes or no, units, instants.

use std::collections::BTreeMap;

use regex::{Regex, RegexBuilder};
use rust_decimal::Decimal;
use tidegate_meter::Unit;
use toml::de::DeValue;

use super::super::expr::{
    Expr, HeaderField, Instant, Literal, MapKey, Pick, Root, Spot, Sum, Table as Grid, TimeForm, Truth,
    UnitRule,
};
use super::super::mistake::Wrong;
use super::super::pointer::Pointer;
use super::super::spec::Param;
use super::super::{limits, number};
use super::table::{Place, Table};

const POINTER: (&str, &str) = (
    "指针，如 /data/balance",
    "a pointer such as /data/balance, of at most 16 parts",
);
const PATTERN: (&str, &str) = (
    "以 ^ 开头、$ 结尾、恰有一个分组的正则，最长 200 字",
    "a pattern of at most 200 characters from ^ to $ with exactly one group",
);
const OPERATORS: [&str; 12] = [
    "ptr", "add", "sub", "mul", "div", "neg", "sum", "first", "pick", "re", "hkv", "table",
];
const UNIT: (&str, &str) = (
    "单位：bytes、credits、days，或 CNY 这样的三字母货币",
    "a unit: bytes, credits, days, or a three-letter currency such as CNY",
);
const DEEP: (&str, &str) = ("不超过 8 层的表达式", "an expression of at most 8 levels");
const FORMS: [(&str, TimeForm); 3] = [
    ("unix", TimeForm::Unix),
    ("unix_ms", TimeForm::UnixMs),
    ("rfc3339", TimeForm::Rfc3339),
];

/// What an expression may refer to.
#[derive(Clone)]
pub(super) struct Frame {
    requests: Vec<String>,
    params: Vec<String>,
    in_row: bool,
}

impl Frame {
    pub(super) fn new(requests: Vec<String>, params: &[Param]) -> Self {
        let shown = params.iter().filter(|param| !param.secret);
        Self {
            requests,
            params: shown.map(|param| param.key.clone()).collect(),
            in_row: false,
        }
    }

    /// The same inside the rows of a list.
    pub(super) fn in_row(&self) -> Self {
        Self {
            in_row: true,
            ..self.clone()
        }
    }

    /// The request that is named.
    pub(super) fn request(&self, place: &Place<'_, '_>) -> Option<usize> {
        let name = place.text()?;
        let found = self.requests.iter().position(|id| id == name);
        if found.is_none() {
            place.wrong(Wrong::Undefined(self.requests.clone()));
        }
        found
    }

    /// The request that is named, or the only one.
    fn request_of(&self, table: &Table<'_, '_>) -> Option<usize> {
        match table.get("req") {
            Some(place) => self.request(&place),
            None if self.requests.len() == 1 => Some(0),
            None => table.need("req").and(None),
        }
    }

    fn root(&self, table: &Table<'_, '_>) -> Option<Root> {
        if self.in_row && table.get("req").is_none() {
            return Some(Root::Row);
        }
        self.request_of(table).map(Root::Request)
    }

    /// The parameter that is named and is no secret.
    pub(super) fn param(&self, place: &Place<'_, '_>) -> Option<String> {
        let name = place.text()?;
        let found = self.params.iter().find(|key| *key == name);
        if found.is_none() {
            place.wrong(Wrong::Undefined(self.params.clone()));
        }
        found.cloned()
    }

    pub(super) fn requests(&self) -> &[String] {
        &self.requests
    }
}

/// A pointer without `*`.
pub(super) fn pointer(place: &Place<'_, '_>) -> Option<Pointer> {
    place.parsed(POINTER, |text| {
        Pointer::parse(text).filter(|pointer| !pointer.has_star())
    })
}

/// `ptr` of a table and what it starts from.
pub(super) fn spot(table: &Table<'_, '_>, frame: &Frame) -> Option<Spot> {
    let ptr = table.need("ptr").and_then(|place| pointer(&place));
    let root = frame.root(table);
    Some(Spot {
        root: root?,
        ptr: ptr?,
    })
}

/// A value that an answer may have.
pub(super) fn literal(place: &Place<'_, '_>) -> Option<Literal> {
    let found = match place.raw() {
        DeValue::Boolean(flag) => Some(Literal::Flag(*flag)),
        DeValue::String(text) => Some(Literal::Text(text.to_string())),
        _ => decimal(place.raw()).map(Literal::Number),
    };
    if found.is_none() {
        place.wrong(Wrong::Type("boolean | string | number"));
    }
    found
}

fn decimal(value: &DeValue<'_>) -> Option<Decimal> {
    match value {
        DeValue::Integer(integer) if integer.radix() == 10 => number::of_text(integer.as_str(), false),
        DeValue::Float(float) => number::of_text(float.as_str(), false),
        _ => None,
    }
}

/// A number.
pub(super) fn expr(place: &Place<'_, '_>, frame: &Frame) -> Option<Expr> {
    deep(place, frame, 0)
}

fn deep(place: &Place<'_, '_>, frame: &Frame, depth: usize) -> Option<Expr> {
    if depth > limits::DEPTH {
        place.wrong(Wrong::NotAllowed(DEEP.0, DEEP.1));
        return None;
    }
    if let Some(number) = decimal(place.raw()) {
        return Some(Expr::Number(number));
    }
    let table = place.table()?;
    let Some(operator) = OPERATORS.into_iter().find(|key| table.get(key).is_some()) else {
        place.wrong(Wrong::Words(OPERATORS.map(str::to_owned).to_vec()));
        return None;
    };
    if operator == "ptr" {
        table.only(&["req", "ptr", "default", "thousands"]);
        let default = table.get("default").map(|place| deep_number(&place));
        return Some(Expr::Read {
            spot: spot(&table, frame)?,
            default: default.flatten(),
            thousands: table.flag("thousands"),
        });
    }
    table.only(&[operator]);
    let inner = table.need(operator)?;
    operation(operator, &inner, frame, depth + 1)
}

fn operation(operator: &str, inner: &Place<'_, '_>, frame: &Frame, depth: usize) -> Option<Expr> {
    Some(match operator {
        "add" => Expr::Add(operands(inner, frame, depth)?),
        "sub" => Expr::Sub(operands(inner, frame, depth)?),
        "mul" => Expr::Mul(operands(inner, frame, depth)?),
        "first" => Expr::First(operands(inner, frame, depth)?),
        "div" => {
            let mut both = operands(inner, frame, depth)?.into_iter();
            match (both.next(), both.next(), both.next()) {
                (Some(above), Some(below), None) => Expr::Div(Box::new(above), Box::new(below)),
                _ => {
                    inner.wrong(Wrong::NotAllowed("恰好两个运算数", "exactly two operands"));
                    return None;
                }
            }
        }
        "neg" => Expr::Neg(Box::new(deep(inner, frame, depth)?)),
        "sum" => Expr::Sum(sum(&inner.table()?, frame)?),
        "pick" => Expr::Pick(pick(&inner.table()?, frame)?),
        "re" => {
            let table = inner.table()?;
            table.only(&["req", "ptr", "pattern"]);
            let (spot, pattern) = (spot(&table, frame), pattern(&table));
            Expr::Pattern(spot?, pattern?)
        }
        "hkv" => Expr::HeaderField(header_field(&inner.table()?, frame)?),
        _ => Expr::Table(grid(&inner.table()?, frame)?),
    })
}

fn deep_number(place: &Place<'_, '_>) -> Option<Decimal> {
    let number = decimal(place.raw());
    if number.is_none() {
        place.wrong(Wrong::Type("number"));
    }
    number
}

fn operands(place: &Place<'_, '_>, frame: &Frame, depth: usize) -> Option<Vec<Expr>> {
    let places = place.list(limits::OPERANDS);
    if places.is_empty() {
        place.wrong(Wrong::Missing);
        return None;
    }
    let read: Vec<Option<Expr>> = places.iter().map(|place| deep(place, frame, depth)).collect();
    read.into_iter().collect()
}

fn sum(table: &Table<'_, '_>, frame: &Frame) -> Option<Sum> {
    table.only(&["req", "ptr", "empty", "all"]);
    let ptr = table.need("ptr").and_then(|place| {
        place.parsed(("带 * 的指针", "a pointer with *"), |text| {
            Pointer::parse(text).filter(Pointer::has_star)
        })
    });
    let all = match table.get("all") {
        Some(place) => Some(same_everywhere(&place.table()?)?),
        None => None,
    };
    Some(Sum {
        spot: Spot {
            root: frame.root(table)?,
            ptr: ptr?,
        },
        empty_is_zero: empty(table),
        all,
    })
}

fn same_everywhere(table: &Table<'_, '_>) -> Option<(Pointer, Literal)> {
    table.only(&["ptr", "eq"]);
    let ptr = table.need("ptr").and_then(|place| {
        place.parsed(("带 * 的指针", "a pointer with *"), |text| {
            Pointer::parse(text).filter(Pointer::has_star)
        })
    });
    let eq = table.need("eq").and_then(|place| literal(&place));
    Some((ptr?, eq?))
}

/// `"0"`: nothing to add is zero.
fn empty(table: &Table<'_, '_>) -> bool {
    let told = table
        .get("empty")
        .and_then(|place| place.word(&[("0", true), ("error", false)]));
    told.unwrap_or(false)
}

fn pick(table: &Table<'_, '_>, frame: &Frame) -> Option<Pick> {
    table.only(&["req", "ptr", "where", "get"]);
    let get = table.need("get").and_then(|place| pointer(&place));
    let condition = table.need("where").and_then(|place| place.table())?;
    condition.only(&["ptr", "eq"]);
    let at = condition.need("ptr").and_then(|place| pointer(&place));
    let eq = condition.need("eq").and_then(|place| literal(&place));
    Some(Pick {
        list: spot(table, frame)?,
        at: at?,
        eq: eq?,
        get: get?,
    })
}

/// Anchored at both ends, or a number somewhere in a sentence would be taken for the balance.
fn pattern(table: &Table<'_, '_>) -> Option<Regex> {
    table.need("pattern")?.parsed(PATTERN, |text| {
        let anchored = text.starts_with('^') && text.ends_with('$') && !text.ends_with("\\$");
        let fits = anchored && text.chars().count() <= limits::PATTERN_CHARS && !text.contains('|');
        let regex = RegexBuilder::new(text)
            .size_limit(limits::PATTERN_BYTES)
            .build()
            .ok()?;
        (fits && regex.captures_len() == 2).then_some(regex)
    })
}

pub(super) fn header_field(table: &Table<'_, '_>, frame: &Frame) -> Option<HeaderField> {
    table.only(&["req", "header", "key", "form", "every"]);
    let request = frame.request_of(table);
    let header = table.need("header")?.text()?.to_ascii_lowercase();
    Some(HeaderField {
        request: request?,
        header,
        key: table.need("key")?.text()?.to_owned(),
    })
}

fn grid(table: &Table<'_, '_>, frame: &Frame) -> Option<Grid> {
    table.only(&["req", "columns", "rows", "column", "same", "empty"]);
    let columns = table.need("columns").and_then(|place| pointer(&place));
    let rows = table.need("rows").and_then(|place| pointer(&place));
    Some(Grid {
        request: frame.request_of(table)?,
        columns: columns?,
        rows: rows?,
        column: table.need("column")?.text()?.to_owned(),
        same: table.text("same").map(str::to_owned),
        empty_is_zero: empty(table),
    })
}

/// Yes or no.
pub(super) fn truth(place: &Place<'_, '_>, frame: &Frame) -> Option<Truth> {
    let table = place.table()?;
    let Some(exists) = table.get("exists") else {
        table.only(&["req", "ptr"]);
        return spot(&table, frame).map(Truth::Read);
    };
    table.only(&["exists"]);
    let inner = exists.table()?;
    inner.only(&["req", "ptr"]);
    spot(&inner, frame).map(Truth::Exists)
}

/// What an amount counts.
pub(super) fn unit(place: &Place<'_, '_>, frame: &Frame) -> Option<UnitRule> {
    if place.raw().is_str() {
        return fixed_unit(place).map(UnitRule::Fixed);
    }
    let table = place.table()?;
    if let Some(inner) = table.get("table") {
        table.only(&["table"]);
        return grid(&inner.table()?, frame).map(UnitRule::Column);
    }
    let Some(map) = table.get("map") else {
        table.only(&["req", "ptr"]);
        return spot(&table, frame).map(UnitRule::Told);
    };
    table.only(&["map", "to", "default"]);
    let of = map_key(&map.table()?, frame);
    let units = table.need("to").and_then(|place| place.table())?;
    let unit = |(name, place): (String, Place<'_, '_>)| Some((name, fixed_unit(&place)?));
    let to: BTreeMap<String, Unit> = units.entries().into_iter().filter_map(unit).collect();
    let default = table.get("default").and_then(|place| fixed_unit(&place));
    Some(UnitRule::Map { of: of?, to, default })
}

fn fixed_unit(place: &Place<'_, '_>) -> Option<Unit> {
    place.parsed(UNIT, |text| {
        text.parse().ok().filter(|unit| *unit != Unit::Percent)
    })
}

fn map_key(table: &Table<'_, '_>, frame: &Frame) -> Option<MapKey> {
    match table.get("param") {
        Some(place) => {
            table.only(&["param"]);
            frame.param(&place).map(MapKey::Param)
        }
        None => {
            table.only(&["req", "ptr"]);
            spot(table, frame).map(MapKey::Spot)
        }
    }
}

/// An instant in an answer.
pub(super) fn instant(table: &Table<'_, '_>, frame: &Frame) -> Option<Instant> {
    let form = table.need("form").and_then(|place| place.word(&FORMS));
    if table.get("header").is_some() {
        let field = header_field(table, frame);
        return Some(Instant::Header(field?, form?));
    }
    table.only(&["req", "ptr", "form", "every"]);
    let spot = spot(table, frame);
    Some(Instant::Spot(spot?, form?))
}
