//! One account with money in it.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};
use tidegate_meter::{Quantity, Time, Unit};

use super::dialect::Dialect;
use crate::{SimError, limits};

/// What is true of an account. Amounts are whole millionths.
pub(crate) struct Purse {
    pub(crate) name: String,
    pub(crate) dialect: &'static Dialect,
    /// What a client must know.
    pub(crate) params: BTreeMap<&'static str, String>,
    /// What is left.
    pub(crate) left: i64,
    /// What was spent in this month.
    pub(crate) spent: i64,
    /// What may be spent in a month.
    pub(crate) cap: Option<i64>,
    pub(crate) currency: String,
    /// Tokens that were given, with their ends.
    pub(crate) tokens: Vec<(String, Time)>,
    /// Nonces that were seen.
    nonces: VecDeque<String>,
}

/// What can be set of an account from outside. Amounts are decimal texts; what is left out stays.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// What is left.
    pub left: Option<String>,
    /// What was spent in this month.
    pub spent: Option<String>,
    /// What may be spent in a month.
    pub cap: Option<String>,
    /// The currency's code.
    pub currency: Option<String>,
}

impl Purse {
    pub(crate) fn new(dialect: &'static Dialect, name: &str) -> Self {
        let params = dialect.params.iter();
        Self {
            name: name.to_owned(),
            dialect,
            params: params
                .map(|(key, pattern)| (*key, pattern.replace("{}", name)))
                .collect(),
            left: 100_000_000,
            spent: 12_345_600,
            cap: None,
            currency: dialect.currency.to_owned(),
            tokens: Vec::new(),
            nonces: VecDeque::new(),
        }
    }

    /// The value of a parameter, empty where the dialect has none of that name.
    pub(crate) fn param(&self, key: &str) -> &str {
        self.params.get(key).map_or("", String::as_str)
    }

    /// What tells whose request it is.
    pub(crate) fn identity(&self) -> &str {
        let names = ["key", "ak", "client_id"];
        let told = names.into_iter().map(|name| self.param(name));
        told.into_iter().find(|value| !value.is_empty()).unwrap_or("")
    }

    pub(crate) fn set(&mut self, money: &Money) -> Result<(), SimError> {
        let read = |text: &Option<String>| text.as_deref().map(millionths).transpose();
        let (left, spent, cap) = (read(&money.left)?, read(&money.spent)?, read(&money.cap)?);
        self.left = left.unwrap_or(self.left);
        self.spent = spent.unwrap_or(self.spent);
        self.cap = cap.or(self.cap);
        if let Some(currency) = &money.currency {
            self.currency.clone_from(currency);
        }
        Ok(())
    }

    /// Remembers a nonce; false when it was seen before.
    pub(crate) fn fresh(&mut self, nonce: &str) -> bool {
        if self.nonces.iter().any(|seen| seen == nonce) {
            return false;
        }
        if self.nonces.len() >= limits::NONCES {
            self.nonces.pop_front();
        }
        self.nonces.push_back(nonce.to_owned());
        true
    }

    /// What a client needs and what is true, as JSON. The secrets in it are fake.
    pub(crate) fn details(&self) -> Value {
        let amount = |millionths| super::amount::plain(millionths);
        json!({
            "name": self.name, "provider": self.dialect.id, "params": self.params, "left": amount(self.left),
            "spent": amount(self.spent), "cap": self.cap.map(amount), "currency": self.currency,
        })
    }
}

/// Decimal text as whole millionths.
pub(crate) fn millionths(text: &str) -> Result<i64, SimError> {
    Quantity::parse(text, Unit::Credits)
        .map(Quantity::raw)
        .map_err(|error| SimError::Scenario(format!("amount {text:?}: {error}")))
}
