//! Units. Owns which units exist and how many decimal digits each keeps; conversions between units do not exist.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An ISO-4217-like currency code, three capital letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// A name that is neither a unit nor a three-letter currency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown unit {0:?}: use bytes, credits, days, percent, or a currency such as CNY")]
pub struct UnitError(pub String);

impl Currency {
    /// Chinese yuan.
    pub const CNY: Self = Self(*b"CNY");
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");

    /// The three letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

impl FromStr for Currency {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        match text.as_bytes() {
            [a, b, c] if [a, b, c].iter().all(|byte| byte.is_ascii_uppercase()) => Ok(Self([*a, *b, *c])),
            _ => Err(UnitError(text.chars().take(24).collect())),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// What a [`crate::Quantity`] counts. Amounts of different units are never combined.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Unit {
    /// Whole bytes.
    Bytes,
    /// Money in one currency, to 1e-6.
    Money(Currency),
    /// Provider credits, to 1e-6.
    Credits,
    /// Whole days.
    Days,
    /// Percent, to 1e-4 of a percent point.
    Percent,
}

impl Unit {
    /// Decimal digits kept after the point: the raw integer is the amount × 10^scale.
    #[must_use]
    pub const fn scale(self) -> u32 {
        match self {
            Self::Bytes | Self::Days => 0,
            Self::Money(_) | Self::Credits => 6,
            Self::Percent => 4,
        }
    }

    /// The name used in JSON, TOML and the database: `bytes`, `credits`, `days`, `percent` or the currency code.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Bytes => "bytes",
            Self::Money(currency) => currency.code(),
            Self::Credits => "credits",
            Self::Days => "days",
            Self::Percent => "percent",
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Unit {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        Ok(match text {
            "bytes" => Self::Bytes,
            "credits" => Self::Credits,
            "days" => Self::Days,
            "percent" => Self::Percent,
            other => Self::Money(other.parse()?),
        })
    }
}

impl Serialize for Unit {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Unit {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
