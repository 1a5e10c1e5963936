//! The text forms of steps, limits and amounts: `"70%"`, `"20 GB"`, `"2d"`, `"predictive 5 GB"`. Owns their exact round
//! trip. GB is 10^9 bytes, GiB is 2^30; never rounds. Tested in `tests/judgement/specs.rs`.

use std::fmt;
use std::str::FromStr;

use tidegate_meter::{Currency, Quantity, Unit, parse_span, print_span};

use crate::{Limit, SpecError, Step};

/// The byte units that are understood, with their size; printing prefers the shortest exact text.
const BYTE_UNITS: [(&str, i64); 9] = [
    ("B", 1),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

/// An amount with its unit: `20 GB`, `20 GiB`, `0.5 GB`, `5 CNY`, `100 credits`, `7 days`. Exact, or an error that
/// names `field`. A percentage is no amount.
pub fn parse_amount(text: &str, field: &'static str) -> Result<Quantity, SpecError> {
    amount(text).ok_or_else(|| SpecError::Amount {
        field,
        text: text.chars().take(48).collect(),
    })
}

fn amount(text: &str) -> Option<Quantity> {
    let text = text.trim();
    let split = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'))?;
    let (number, unit) = text.split_at_checked(split)?;
    let unit = unit.trim_start();
    let byte_unit = BYTE_UNITS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(unit));
    if let Some((_, size)) = byte_unit {
        return Quantity::parse_scaled(number, *size, Unit::Bytes).ok();
    }
    let unit = match unit {
        "credits" | "credit" => Unit::Credits,
        "days" | "day" => Unit::Days,
        code => Unit::Money(code.parse::<Currency>().ok()?),
    };
    Quantity::parse(number, unit).ok()
}

/// The amount in the text form that [`parse_amount`] reads back exactly.
#[must_use]
pub fn print_amount(amount: Quantity) -> String {
    match amount.unit() {
        Unit::Bytes => print_bytes(amount.raw()),
        Unit::Percent => format!("{}%", amount.decimal()),
        unit => format!("{} {unit}", amount.decimal()),
    }
}

/// The shortest exact text; of equally short ones the one in the larger unit of the list.
fn print_bytes(raw: i64) -> String {
    let exact = |(name, size): &(&str, i64)| {
        let (whole, rest) = (raw / size, raw % size);
        // Below one of it a sign would be lost.
        (whole != 0 || *size == 1).then_some(())?;
        let number = fraction(whole, i128::from(rest), i128::from(*size))?;
        Some(format!("{number} {name}"))
    };
    let candidates = BYTE_UNITS.iter().filter_map(exact);
    candidates
        .min_by_key(String::len)
        .unwrap_or_else(|| format!("{raw} B"))
}

/// `whole + rest/size` with at most nine decimals; `None` when that is not exact.
fn fraction(whole: i64, rest: i128, size: i128) -> Option<String> {
    const NINE: i128 = 1_000_000_000;
    if rest == 0 {
        return Some(whole.to_string());
    }
    let scaled = rest.abs() * NINE;
    if scaled % size != 0 {
        return None;
    }
    let digits = format!("{:09}", scaled / size);
    Some(format!("{whole}.{}", digits.trim_end_matches('0')))
}

fn percent(text: &str) -> Option<Quantity> {
    let number = text.trim().strip_suffix('%')?.trim_end();
    Quantity::parse(number, Unit::Percent).ok()
}

fn print_percent(percent: Quantity) -> String {
    format!("{}%", percent.decimal())
}

impl FromStr for Step {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        if let Some(percent) = percent(text) {
            return Ok(Self::Share(percent));
        }
        if let Ok(span) = parse_span(text) {
            return Ok(Self::RunOut(span));
        }
        amount(text)
            .map(Self::Headroom)
            .ok_or_else(|| SpecError::Step(text.chars().take(48).collect()))
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Share(percent) => f.write_str(&print_percent(*percent)),
            Self::Headroom(amount) => f.write_str(&print_amount(*amount)),
            Self::RunOut(span) => f.write_str(&print_span(*span)),
        }
    }
}

impl FromStr for Limit {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let bad = || SpecError::Limit(text.chars().take(48).collect());
        if let Some(reserve) = text.trim().strip_prefix("predictive ") {
            let reserve = amount(reserve).ok_or_else(bad)?;
            return Ok(Self::Predictive { reserve });
        }
        if let Some(percent) = percent(text) {
            return Ok(Self::Share(percent));
        }
        amount(text).map(Self::Headroom).ok_or_else(bad)
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Headroom(amount) => f.write_str(&print_amount(*amount)),
            Self::Share(percent) => f.write_str(&print_percent(*percent)),
            Self::Predictive { reserve } => write!(f, "predictive {}", print_amount(*reserve)),
        }
    }
}
