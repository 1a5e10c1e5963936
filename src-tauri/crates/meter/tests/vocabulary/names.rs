//! Ids and units by name.

use proptest::prelude::*;
use tidegate_meter::{AccountId, Currency, MailKind, MeterId, RowId, TargetId, Time, Unit};

#[test]
fn slugs_are_short_lower_case_and_begin_with_a_letter_or_digit() {
    for good in ["hw-main", "a", "0", "a.b_c-d", &"x".repeat(64)] {
        assert_eq!(AccountId::new(good).unwrap().as_str(), good);
    }
    for bad in [
        "",
        "-a",
        ".a",
        "_a",
        "A",
        "a b",
        "a/b",
        "..",
        "主",
        &"x".repeat(65),
    ] {
        assert!(AccountId::new(bad).is_err(), "{bad:?}");
        assert!(serde_json::from_value::<AccountId>(serde_json::json!(bad)).is_err());
    }
}

#[test]
fn member_ids_are_what_providers_give() {
    assert!(MeterId::new("01fe:a3/主#1").is_ok());
    for bad in ["", "a b", "a\n", &"x".repeat(161)] {
        assert!(TargetId::new(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn units_have_names_that_read_back() {
    for unit in [
        Unit::Bytes,
        Unit::Credits,
        Unit::Days,
        Unit::Percent,
        Unit::Money(Currency::CNY),
    ] {
        assert_eq!(unit.name().parse::<Unit>(), Ok(unit));
    }
    for bad in ["", "GB", "cny", "CNYX", "C1Y", "byte"] {
        assert!(bad.parse::<Unit>().is_err(), "{bad:?}");
    }
}

proptest! {
    #[test]
    fn row_ids_sort_by_their_time_and_read_back(a in 0_i64..1 << 46, b in 0_i64..1 << 46, one in any::<[u8; 10]>(), other in any::<[u8; 10]>()) {
        let (x, y) = (RowId::new(Time::from_ms(a), one), RowId::new(Time::from_ms(b), other));
        if a != b {
            prop_assert_eq!(a < b, x < y);
            prop_assert_eq!(a < b, x.to_string() < y.to_string());
        }
        prop_assert_eq!(x.to_string().parse::<RowId>(), Ok(x));
        prop_assert_eq!(RowId::from_bytes(x.bytes()), x);
        prop_assert_eq!(x.short().len(), 8);
        prop_assert!(x.to_string().ends_with(&x.short()));
    }
}

#[test]
fn a_refused_id_is_repeated_as_far_as_it_helps() {
    let long = format!("A{}", "x".repeat(100));
    let error = long.parse::<AccountId>().unwrap_err().to_string();
    assert!(error.contains(&format!("\"A{}\"", "x".repeat(71))), "{error}");
}

#[test]
fn every_kind_of_mail_has_its_own_name() {
    let names = MailKind::ALL.map(MailKind::name);
    assert_eq!(
        names,
        [
            "low_balance",
            "overdue",
            "expiring",
            "suspended",
            "payment_failed",
            "receipt",
            "notice"
        ]
    );
}
