//! Words of people: amounts, instants, spans, months, zones, ids, places of controllers, thresholds. Whatever is read prints so that it is read
//! again as the same.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use tidegate_guard::{Limit, Multiplier, Step};
use tidegate_meter::{
    AccountId, ByteBase, Currency, FlowKind, MeterId, Month, Quantity, RowId, Time, Unit, Zone, parse_span,
    print_span,
};
use tidegate_providers::proxy::Place;

/// Read, printed and read again.
fn comes_back<T: FromStr + Display + PartialEq + Debug>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        let printed = value.to_string();
        assert!(
            printed.parse::<T>().ok().as_ref() == Some(&value),
            "{text:?} → {printed:?}"
        );
    }
}

pub(crate) fn vocabulary(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    for unit in [
        Unit::Bytes,
        Unit::Money(Currency::CNY),
        Unit::Credits,
        Unit::Days,
        Unit::Percent,
    ] {
        amounts(text, unit);
    }
    comes_back::<Time>(text);
    comes_back::<Month>(text);
    comes_back::<RowId>(text);
    comes_back::<AccountId>(text);
    comes_back::<MeterId>(text);
    comes_back::<Currency>(text);
    comes_back::<FlowKind>(text);
    comes_back::<Place>(text);
    if let Ok(span) = parse_span(text) {
        assert_eq!(parse_span(&print_span(span)), Ok(span), "{text:?}");
    }
    if let Ok(zone) = text.parse::<Zone>() {
        let day = zone.date_of(Time::from_ms(1_769_396_400_000));
        assert!(
            zone.span_of(day).is_some_and(|span| span.start < span.end),
            "{text:?}"
        );
    }
}

fn amounts(text: &str, unit: Unit) {
    let Ok(exact) = Quantity::parse(text, unit) else {
        return;
    };
    assert_eq!(Quantity::parse(&exact.decimal(), unit), Ok(exact), "{text:?}");
    assert!(!exact.human(ByteBase::Binary).is_empty());
    let floored = Quantity::parse_scaled_floor(text, 1, unit);
    assert_eq!(floored, Ok(exact), "{text:?}: an exact amount is not rounded");
    if let Ok(scaled) = Quantity::parse_scaled(text, 1024, unit) {
        assert_eq!(scaled.scaled(1, 1024), Ok(exact), "{text:?}");
    }
}

pub(crate) fn threshold(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    comes_back::<Step>(text);
    comes_back::<Limit>(text);
    comes_back::<Multiplier>(text);
}
