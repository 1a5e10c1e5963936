//! What a mail names: an amount and a date. Owns the patterns; each value is taken only beside a word that says what it
//! is, and what could be read in two ways is not taken at all. Tested in `tests/mailbox/extract.rs`.

mod amount;
mod due;
mod near;

use jiff::civil::Date;
use tidegate_meter::{Currency, Quantity};

use super::words::Folded;

/// An amount as a mail names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Amount {
    /// The amount with its currency.
    pub quantity: Quantity,
    /// The words it was read from.
    pub raw: String,
}

/// A date as a mail names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Due {
    /// The day.
    pub day: Date,
    /// The words it was read from.
    pub raw: String,
}

/// The patterns, built once.
pub(super) struct Extract {
    amounts: amount::Patterns,
    days: due::Patterns,
}

impl Extract {
    pub(super) fn new() -> Result<Self, regex::Error> {
        Ok(Self {
            amounts: amount::Patterns::new()?,
            days: due::Patterns::new()?,
        })
    }

    /// The amount beside a word such as "balance"; `hint` says what ¥ or $ means for this sender.
    pub(super) fn amount(&self, text: &Folded, hint: Option<Currency>) -> Option<Amount> {
        near::nearest(text, &amount::ANCHORS, self.amounts.all(text.as_str(), hint))
    }

    /// The date beside a word such as "due"; a date in full comes before "in 3 days".
    pub(super) fn due(&self, text: &Folded, received: Date) -> Option<Due> {
        let full = near::nearest(text, &due::ANCHORS, self.days.full(text.as_str()));
        full.or_else(|| near::nearest(text, &due::ANCHORS, self.days.relative(text.as_str(), received)))
    }
}
