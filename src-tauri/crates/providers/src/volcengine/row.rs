//! One page of a bill and its rows, read strictly: a row that does not say how much, in which currency or of which project
//! could belong to anyone, so it fails the page. Amounts are exact; no float comes near them.

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;
use tidegate_meter::Currency;

use super::list::count;
use super::{BillBasis, limits};
use crate::ProviderError;
use crate::refusal::shape;
use crate::specs::number::of_value;

/// A page as told; only what is used of it is kept.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Page {
    total: Option<Value>,
    offset: Option<Value>,
    list: Option<Vec<Row>>,
}

/// A row as told. The vendor writes amounts as text, and some as numbers.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Row {
    bill_period: Option<Value>,
    split_bill_detail_id: Option<Value>,
    project: Option<Value>,
    currency: Option<Value>,
    payable_amount: Option<Value>,
    discount_bill_amount: Option<Value>,
    original_bill_amount: Option<Value>,
}

/// What a row says.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Line<'a> {
    /// The vendor's id of the row; empty where it has none.
    pub(super) id: &'a str,
    /// The project as told; `-` and nothing are names too, of what belongs to no project.
    pub(super) project: &'a str,
    pub(super) currency: Currency,
    /// Exact, in units of 10^-12; below zero for a refund.
    pub(super) amount: i128,
}

impl Page {
    /// The rows of the whole period.
    pub(super) fn total(&self) -> Result<usize, ProviderError> {
        count(self.total.as_ref()).ok_or_else(|| shape("billing: the bill does not say how many rows it has"))
    }

    /// The rows of this page, which must be the one asked for. An empty bill may have no list at all.
    pub(super) fn rows(&self, offset: usize) -> Result<&[Row], ProviderError> {
        if self.offset.is_some() && count(self.offset.as_ref()) != Some(offset) {
            return Err(shape("billing: the answer is another page of the bill"));
        }
        match &self.list {
            Some(list) if list.len() <= limits::BILL_ROWS => Ok(list),
            Some(_) => Err(shape("billing: a page of the bill is longer than asked for")),
            None if self.total()? == 0 => Ok(&[]),
            None => Err(shape("billing: a page of the bill has no rows")),
        }
    }
}

impl Row {
    /// What the row says of a period.
    pub(super) fn line(&self, period: &str, basis: BillBasis) -> Result<Line<'_>, ProviderError> {
        let other = |told: &Value| told.as_str() != Some(period);
        if self.bill_period.as_ref().is_some_and(other) {
            return Err(shape("billing: a row belongs to another period"));
        }
        let project = self.project.as_ref().and_then(Value::as_str);
        let project = project.ok_or_else(|| shape("billing: a row does not say its project"))?;
        let currency = self.currency.as_ref().and_then(Value::as_str);
        let currency = currency.and_then(|code| code.parse().ok());
        Ok(Line {
            id: word(self.split_bill_detail_id.as_ref())?,
            project,
            currency: currency.ok_or_else(|| shape("billing: a row does not say its currency"))?,
            amount: self.amount(basis)?,
        })
    }

    fn amount(&self, basis: BillBasis) -> Result<i128, ProviderError> {
        let told = match basis {
            BillBasis::Payable => &self.payable_amount,
            BillBasis::Discounted => &self.discount_bill_amount,
            BillBasis::Original => &self.original_bill_amount,
        };
        let amount = told.as_ref().and_then(|told| of_value(told, false));
        amount
            .and_then(exact)
            .ok_or_else(|| shape(format!("billing: a row has no usable {}", basis.field())))
    }
}

/// Text that may be missing; anything but text is another shape.
fn word(value: Option<&Value>) -> Result<&str, ProviderError> {
    match value {
        None => Ok(""),
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(shape("billing: a row holds something else where a text belongs")),
    }
}

/// In units of 10^-12; `None` for what is finer or does not fit.
fn exact(amount: Decimal) -> Option<i128> {
    let amount = amount.normalize();
    let missing = limits::AMOUNT_DIGITS.checked_sub(amount.scale())?;
    amount.mantissa().checked_mul(10_i128.checked_pow(missing)?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn amount(told: &Value) -> Option<i128> {
        let row: Row = serde_json::from_value(json!({"PayableAmount": told})).unwrap();
        row.amount(BillBasis::Payable).ok()
    }

    #[test]
    fn an_amount_is_exact_as_text_or_as_number_and_keeps_its_sign() {
        assert_eq!(amount(&json!("0.675015")), Some(675_015_000_000));
        assert_eq!(amount(&json!("-1.250000")), Some(-1_250_000_000_000));
        assert_eq!(amount(&json!(3)), Some(3_000_000_000_000));
        assert_eq!(amount(&serde_json::from_str("0.000000000001").unwrap()), Some(1));
        assert_eq!(amount(&json!("0")), Some(0));
    }

    #[test]
    fn what_is_no_exact_amount_is_none() {
        for told in [
            json!("0.0000000000001"),
            json!("1e30"),
            json!("99999999999999999999999999999999999"),
            json!("1,250.00"),
            json!("¥3"),
            json!(""),
            json!(true),
            json!([]),
            json!(null),
        ] {
            assert_eq!(amount(&told), None, "{told}");
        }
    }
}
