//! A meter's value as of an instant. Owns the consistency of used, limit and remaining; never invents a value.

use serde::{Deserialize, Serialize};

use crate::{Blind, Quantity, QuantityError, Time, Unit, Window};

/// When a value was true.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "source", content = "at", rename_all = "snake_case")]
pub enum AsOf {
    /// The provider's own time.
    Provider(Time),
    /// The provider gives none; this is when we fetched it, the truth may be older.
    Fetch(Time),
}

impl AsOf {
    /// The instant, whatever its source.
    #[must_use]
    pub const fn at(self) -> Time {
        match self {
            Self::Provider(at) | Self::Fetch(at) => at,
        }
    }
}

/// Why values do not make a reading.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadingError {
    /// Neither used nor remaining is known.
    #[error("neither used nor remaining is known")]
    Empty,
    /// The values are in different units, or do not fit.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
}

/// A complete, parsed value. At least one of used and remaining is known; all values share one unit.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reading {
    used: Option<Quantity>,
    limit: Option<Quantity>,
    remaining: Option<Quantity>,
    window: Option<Window>,
    as_of: AsOf,
    fetched_at: Time,
}

impl Reading {
    /// Checks and keeps the values; the third of used, limit and remaining is derived when two are known.
    pub fn new(
        used: Option<Quantity>,
        limit: Option<Quantity>,
        remaining: Option<Quantity>,
        window: Option<Window>,
        as_of: AsOf,
        fetched_at: Time,
    ) -> Result<Self, ReadingError> {
        if used.is_none() && remaining.is_none() {
            return Err(ReadingError::Empty);
        }
        let (used, limit, remaining) = complete(used, limit, remaining)?;
        Ok(Self {
            used,
            limit,
            remaining,
            window,
            as_of,
            fetched_at,
        })
    }

    /// What was used in the window.
    #[must_use]
    pub const fn used(&self) -> Option<Quantity> {
        self.used
    }

    /// The whole of the window.
    #[must_use]
    pub const fn limit(&self) -> Option<Quantity> {
        self.limit
    }

    /// What is left; negative when overspent.
    #[must_use]
    pub const fn remaining(&self) -> Option<Quantity> {
        self.remaining
    }

    /// Headroom: what is left, under the name the guards use for it.
    #[must_use]
    pub const fn headroom(&self) -> Option<Quantity> {
        self.remaining
    }

    /// The span the value counts in.
    #[must_use]
    pub const fn window(&self) -> Option<Window> {
        self.window
    }

    /// When it was true.
    #[must_use]
    pub const fn as_of(&self) -> AsOf {
        self.as_of
    }

    /// When we fetched it.
    #[must_use]
    pub const fn fetched_at(&self) -> Time {
        self.fetched_at
    }

    /// The one unit of all its values.
    #[must_use]
    pub fn unit(&self) -> Unit {
        self.remaining
            .or(self.used)
            .or(self.limit)
            .map_or(Unit::Percent, Quantity::unit)
    }
}

type Triple = (Option<Quantity>, Option<Quantity>, Option<Quantity>);

fn complete(
    used: Option<Quantity>,
    limit: Option<Quantity>,
    remaining: Option<Quantity>,
) -> Result<Triple, ReadingError> {
    Ok(match (used, limit, remaining) {
        (Some(used), Some(limit), None) => (Some(used), Some(limit), Some(limit.minus(used)?)),
        (None, Some(limit), Some(remaining)) => (Some(limit.minus(remaining)?), Some(limit), Some(remaining)),
        (Some(used), None, Some(remaining)) => (Some(used), Some(used.plus(remaining)?), Some(remaining)),
        (Some(used), Some(limit), Some(remaining)) => {
            used.compare(remaining)?;
            limit.compare(remaining)?;
            (Some(used), Some(limit), Some(remaining))
        }
        other => other,
    })
}

/// What one look at a meter gave.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// A complete reading.
    Known(Reading),
    /// No truth now.
    Blind(Blind),
}

impl Outcome {
    /// The reading, if there is one.
    #[must_use]
    pub const fn reading(&self) -> Option<&Reading> {
        match self {
            Self::Known(reading) => Some(reading),
            Self::Blind(_) => None,
        }
    }
}
