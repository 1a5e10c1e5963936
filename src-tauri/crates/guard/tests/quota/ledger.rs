//! The entries of a ledger.

use tidegate_guard::quota::{EntryError, Unknown, total_after};
use tidegate_meter::{Currency, Quantity, QuantityError, Unit};

use crate::kit::*;

#[test]
fn granting_adds() {
    assert_eq!(
        total_after(None, cny("100"), &Ok(cny("0")), false),
        Ok(cny("100"))
    );
    assert_eq!(
        total_after(Some(cny("100")), cny("0.5"), &Ok(cny("500")), false),
        Ok(cny("100.5")),
        "more is always possible, also when it does not cover what is spent"
    );
}

#[test]
fn nothing_falls_below_nothing() {
    assert_eq!(
        total_after(Some(cny("100")), cny("-100.000001"), &Ok(cny("0")), true),
        Err(EntryError::Underflow { granted: cny("100") })
    );
    assert_eq!(
        total_after(Some(cny("100")), cny("-100"), &Ok(cny("0")), false),
        Ok(cny("0"))
    );
    assert_eq!(
        total_after(None, cny("-1"), &Ok(cny("0")), true),
        Err(EntryError::Underflow { granted: cny("0") })
    );
}

#[test]
fn taking_back_what_is_spent_needs_a_confirmation() {
    let spent = Ok(cny("40"));
    assert_eq!(
        total_after(Some(cny("100")), cny("-60"), &spent, false),
        Ok(cny("40"))
    );
    assert_eq!(
        total_after(Some(cny("100")), cny("-60.01"), &spent, false),
        Err(EntryError::BelowSpent { spent: cny("40") })
    );
    assert_eq!(
        total_after(Some(cny("100")), cny("-60.01"), &spent, true),
        Ok(cny("39.99"))
    );
}

#[test]
fn taking_back_while_nobody_knows_what_is_spent_needs_a_confirmation() {
    let unknown = Err(Unknown::NoCharge);
    assert_eq!(
        total_after(Some(cny("100")), cny("-1"), &unknown, false),
        Err(EntryError::SpentUnknown(Unknown::NoCharge))
    );
    assert_eq!(
        total_after(Some(cny("100")), cny("-1"), &unknown, true),
        Ok(cny("99"))
    );
    assert_eq!(
        total_after(Some(cny("100")), cny("1"), &unknown, false),
        Ok(cny("101"))
    );
}

#[test]
fn an_entry_of_nothing_is_refused() {
    assert_eq!(
        total_after(Some(cny("1")), cny("0"), &Ok(cny("0")), true),
        Err(EntryError::Nothing)
    );
}

#[test]
fn an_entry_in_another_currency_is_refused() {
    let usd = Unit::Money(Currency::USD);
    assert_eq!(
        total_after(Some(cny("1")), Quantity::from_raw(1, usd), &Ok(cny("0")), true),
        Err(EntryError::Amount(QuantityError::UnitMismatch(CNY, usd)))
    );
}
