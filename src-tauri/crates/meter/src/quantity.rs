//! Exact amounts. Owns fixed-point arithmetic within one unit and the decimal text of it; never rounds silently,
//! never mixes units, never passes through a float. Tested in `tests/vocabulary/quantity.rs`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Unit, limits};

/// An exact amount: `raw` counts units of 10^-scale (see [`Unit::scale`]). 1 GiB is `raw = 1073741824`, `Bytes`.
///
/// JSON form: `{"value": "1073741824", "unit": "bytes"}`, the value a decimal string in the base unit.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quantity {
    raw: i64,
    unit: Unit,
}

/// Why an amount could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// Two amounts of different units met.
    #[error("{0} and {1} cannot be combined")]
    UnitMismatch(Unit, Unit),
    /// The result does not fit.
    #[error("the amount is too large")]
    Overflow,
    /// The text is no decimal number.
    #[error("not a decimal number: {0:?}")]
    NotDecimal(String),
    /// The number has more digits after the point than the unit keeps, so it would have to be rounded.
    #[error("{0:?} is finer than {1} keeps ({2} digits after the point)")]
    TooFine(String, Unit, u32),
}

impl Quantity {
    /// From the raw fixed-point integer (amount × 10^scale).
    #[must_use]
    pub const fn from_raw(raw: i64, unit: Unit) -> Self {
        Self { raw, unit }
    }

    /// `count` whole bytes.
    #[must_use]
    pub const fn bytes(count: i64) -> Self {
        Self::from_raw(count, Unit::Bytes)
    }

    /// Nothing of a unit.
    #[must_use]
    pub const fn zero(unit: Unit) -> Self {
        Self::from_raw(0, unit)
    }

    /// Parses plain decimal text (`-12.5`, no exponent, no separators) exactly into `unit`.
    pub fn parse(text: &str, unit: Unit) -> Result<Self, QuantityError> {
        let raw = parse_fixed(text, unit)?;
        Ok(Self { raw, unit })
    }

    /// Exactly `text × factor` in `unit`, for amounts told in a multiple of the base unit
    /// (`180.25` GiB with factor 2^30 is 193541963776 bytes). An inexact product is an error.
    pub fn parse_scaled(text: &str, factor: i64, unit: Unit) -> Result<Self, QuantityError> {
        let (product, divisor) = scaled_parts(text, factor, unit)?;
        if product % divisor != 0 {
            return Err(QuantityError::TooFine(text.to_owned(), unit, unit.scale()));
        }
        Ok(Self {
            raw: i64::try_from(product / divisor).map_err(|_| QuantityError::Overflow)?,
            unit,
        })
    }

    /// Like [`Self::parse_scaled`], but an inexact product is rounded towards negative infinity: for a provider that
    /// tells a binary multiple with few decimal digits, less left is the safe side.
    pub fn parse_scaled_floor(text: &str, factor: i64, unit: Unit) -> Result<Self, QuantityError> {
        let (product, divisor) = scaled_parts(text, factor, unit)?;
        let raw = i64::try_from(product.div_euclid(divisor)).map_err(|_| QuantityError::Overflow)?;
        Ok(Self { raw, unit })
    }

    /// The raw fixed-point integer.
    #[must_use]
    pub const fn raw(self) -> i64 {
        self.raw
    }

    /// What it counts.
    #[must_use]
    pub const fn unit(self) -> Unit {
        self.unit
    }

    /// Below zero: overspent.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.raw < 0
    }

    /// Exactly nothing left, or nothing used.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.raw == 0
    }

    /// Sum; an error when units differ or the result does not fit.
    pub fn plus(self, other: Self) -> Result<Self, QuantityError> {
        self.combine(other, i128::checked_add)
    }

    /// Difference; may be negative; an error when units differ or the result does not fit.
    pub fn minus(self, other: Self) -> Result<Self, QuantityError> {
        self.combine(other, i128::checked_sub)
    }

    /// `self × numerator ÷ denominator`, rounded down, through 128 bits. An error for a zero denominator.
    pub fn scaled(self, numerator: i64, denominator: i64) -> Result<Self, QuantityError> {
        if denominator == 0 {
            return Err(QuantityError::Overflow);
        }
        let raw = match self.raw.checked_mul(numerator) {
            Some(product) => product
                .checked_div_euclid(denominator)
                .ok_or(QuantityError::Overflow)?,
            None => {
                let product = i128::from(self.raw) * i128::from(numerator);
                i64::try_from(product.div_euclid(i128::from(denominator)))
                    .map_err(|_| QuantityError::Overflow)?
            }
        };
        Ok(Self { raw, unit: self.unit })
    }

    /// Order within one unit; an error across units.
    pub fn compare(self, other: Self) -> Result<std::cmp::Ordering, QuantityError> {
        self.same_unit(other)?;
        Ok(self.raw.cmp(&other.raw))
    }

    /// Whether `self / whole ≥ percent`, compared by cross-multiplication: 799.99 of 1000 is not 80 %.
    /// An error across units, or when `percent` is no percentage. A whole of zero or less is reached by anything.
    pub fn share_reaches(self, whole: Self, percent: Self) -> Result<bool, QuantityError> {
        self.same_unit(whole)?;
        percent.same_unit(Self::zero(Unit::Percent))?;
        let hundred = 100 * 10_i128.pow(Unit::Percent.scale());
        Ok(i128::from(self.raw) * hundred >= i128::from(whole.raw) * i128::from(percent.raw))
    }

    /// `self / whole` as a percentage, rounded down; `None` for a whole of zero or less, or across units.
    #[must_use]
    pub fn share_of(self, whole: Self) -> Option<Self> {
        if self.unit != whole.unit || whole.raw <= 0 {
            return None;
        }
        let hundred = 100 * 10_i128.pow(Unit::Percent.scale());
        let raw = (i128::from(self.raw) * hundred).div_euclid(i128::from(whole.raw));
        Some(Self {
            raw: i64::try_from(raw).ok()?,
            unit: Unit::Percent,
        })
    }

    /// The decimal text in the base unit, without trailing zeros: `12.5`, `-3`, `193541963776`.
    #[must_use]
    pub fn decimal(self) -> String {
        let scale = self.unit.scale();
        let power = 10_u64.pow(scale);
        let magnitude = self.raw.unsigned_abs();
        let sign = if self.raw < 0 { "-" } else { "" };
        let (whole, fraction) = (magnitude / power, magnitude % power);
        if fraction == 0 {
            return format!("{sign}{whole}");
        }
        let digits = format!("{fraction:0width$}", width = usize::try_from(scale).unwrap_or(0));
        format!("{sign}{whole}.{}", digits.trim_end_matches('0'))
    }

    fn same_unit(self, other: Self) -> Result<(), QuantityError> {
        if self.unit == other.unit {
            Ok(())
        } else {
            Err(QuantityError::UnitMismatch(self.unit, other.unit))
        }
    }

    fn combine(self, other: Self, op: fn(i128, i128) -> Option<i128>) -> Result<Self, QuantityError> {
        self.same_unit(other)?;
        let raw = op(i128::from(self.raw), i128::from(other.raw)).ok_or(QuantityError::Overflow)?;
        Ok(Self {
            raw: i64::try_from(raw).map_err(|_| QuantityError::Overflow)?,
            unit: self.unit,
        })
    }
}

/// Mantissa and number of digits after the point of plain decimal text.
fn decimal_parts(text: &str) -> Result<(i128, u32), QuantityError> {
    let bad = || QuantityError::NotDecimal(text.chars().take(limits::AMOUNT_CHARS).collect());
    if text.len() > limits::AMOUNT_CHARS {
        return Err(bad());
    }
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits_only(whole) || !digits_only(fraction) || unsigned.ends_with('.') {
        return Err(bad());
    }
    let fraction = fraction.trim_end_matches('0');
    let magnitude: i128 = format!("{whole}{fraction}")
        .parse()
        .map_err(|_| QuantityError::Overflow)?;
    let digits = u32::try_from(fraction.len()).map_err(|_| QuantityError::Overflow)?;
    Ok((
        if text.starts_with('-') {
            -magnitude
        } else {
            magnitude
        },
        digits,
    ))
}

/// `text × factor` in raw units of `unit` as an exact fraction: numerator and denominator.
fn scaled_parts(text: &str, factor: i64, unit: Unit) -> Result<(i128, i128), QuantityError> {
    let (mantissa, digits) = decimal_parts(text)?;
    let product = mantissa
        .checked_mul(i128::from(factor))
        .and_then(|value| value.checked_mul(10_i128.pow(unit.scale())))
        .ok_or(QuantityError::Overflow)?;
    let divisor = 10_i128.checked_pow(digits).ok_or(QuantityError::Overflow)?;
    Ok((product, divisor))
}

fn parse_fixed(text: &str, unit: Unit) -> Result<i64, QuantityError> {
    let (mantissa, digits) = decimal_parts(text)?;
    let missing = unit
        .scale()
        .checked_sub(digits)
        .ok_or_else(|| QuantityError::TooFine(text.to_owned(), unit, unit.scale()))?;
    let raw = mantissa
        .checked_mul(10_i128.pow(missing))
        .ok_or(QuantityError::Overflow)?;
    i64::try_from(raw).map_err(|_| QuantityError::Overflow)
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.decimal(), self.unit)
    }
}

impl fmt::Debug for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The JSON shape of a quantity.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    value: String,
    unit: Unit,
}

impl Serialize for Quantity {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire {
            value: self.decimal(),
            unit: self.unit,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        Self::parse(&wire.value, wire.unit).map_err(serde::de::Error::custom)
    }
}
