//! What an amount counts, where the answer says it.

use serde_json::Value;
use tidegate_meter::{Currency, Unit};

use super::super::expr::{MapKey, UnitRule};
use super::{Lack, Scene};

impl Scene<'_> {
    /// The unit, or why it is not known: an amount without one is no amount.
    pub(super) fn unit(&self, rule: &UnitRule) -> Result<Unit, Lack> {
        match rule {
            UnitRule::Fixed(unit) => Ok(*unit),
            UnitRule::Told(spot) => currency(self.value(spot)?),
            UnitRule::Column(table) => match self.same(table, &table.column)? {
                Some(value) => currency(value),
                None => Err(Lack::Missing(table.rows.to_string())),
            },
            UnitRule::Map { of, to, default } => {
                let key = match self.map_key(of) {
                    Ok(key) => Some(key),
                    Err(Lack::Missing(_) | Lack::Absent) if default.is_some() => None,
                    Err(lack) => return Err(lack),
                };
                let unit = key.as_ref().and_then(|key| to.get(key)).copied();
                unit.or(default.filter(|_| key.is_none()))
                    .ok_or_else(|| Lack::shape("the unit has an unknown name"))
            }
        }
    }

    fn map_key(&self, of: &MapKey) -> Result<String, Lack> {
        match of {
            MapKey::Param(key) => self.params.get(key).cloned().ok_or(Lack::Absent),
            MapKey::Spot(spot) => match self.value(spot)? {
                Value::String(text) => Ok(text.clone()),
                Value::Bool(flag) => Ok(flag.to_string()),
                _ => Err(Lack::shape(format!("{} is no name of a unit", spot.ptr))),
            },
        }
    }
}

fn currency(value: &Value) -> Result<Unit, Lack> {
    let code = value.as_str().map(str::to_ascii_uppercase);
    let currency: Option<Currency> = code.and_then(|code| code.parse().ok());
    currency
        .map(Unit::Money)
        .ok_or_else(|| Lack::shape("the currency is no three-letter code"))
}
