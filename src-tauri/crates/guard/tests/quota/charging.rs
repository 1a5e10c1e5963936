//! Months, baselines, ends, shares, currencies.

use tidegate_guard::quota::{Bills, Charge, Unknown, charged_in, consumed, free_share, headroom};
use tidegate_meter::{Currency, Unit};

use crate::kit::*;

#[test]
fn what_every_month_cost_is_added() {
    let bills = bills(
        &["2026-03", "2026-04"],
        &[("2026-03", "a", "10.5"), ("2026-04", "a", "0.25")],
    );
    assert_eq!(
        consumed(&[charge("a")], &bills, month("2026-04")),
        Ok(cny("10.75"))
    );
}

#[test]
fn what_a_project_had_cost_before_it_was_linked_is_not_charged() {
    let linked = Charge {
        baseline: Some(cny("7")),
        ..charge("a")
    };
    let bills = bills(
        &["2026-03", "2026-04"],
        &[("2026-03", "a", "10"), ("2026-04", "a", "5")],
    );
    assert_eq!(consumed(&[linked], &bills, month("2026-04")), Ok(cny("8")));
}

#[test]
fn what_a_project_costs_after_its_end_is_not_charged() {
    let ended = Charge {
        end: Some((month("2026-04"), cny("3"))),
        ..charge("a")
    };
    let bills = bills(
        &["2026-03", "2026-04", "2026-05"],
        &[
            ("2026-03", "a", "10"),
            ("2026-04", "a", "5"),
            ("2026-05", "a", "100"),
        ],
    );
    assert_eq!(consumed(&[ended], &bills, month("2026-05")), Ok(cny("13")));
}

#[test]
fn a_charge_that_ended_in_its_first_month_comes_to_the_difference() {
    let ended = Charge {
        baseline: Some(cny("2")),
        end: Some((month("2026-03"), cny("5"))),
        ..charge("a")
    };
    assert_eq!(
        consumed(
            &[ended],
            &bills(&["2026-03"], &[("2026-03", "a", "50")]),
            month("2026-03")
        ),
        Ok(cny("3"))
    );
}

#[test]
fn a_share_is_rounded_up_once_over_the_sum() {
    let third = |project: &str| Charge {
        share: percent("33.3333"),
        ..charge(project)
    };
    let bills = bills(
        &["2026-03"],
        &[("2026-03", "a", "0.000001"), ("2026-03", "b", "0.000001")],
    );
    // Twice a third of the smallest amount is less than one of it: one, not two.
    assert_eq!(
        consumed(&[third("a"), third("b")], &bills, month("2026-03")),
        Ok(cny("0.000001"))
    );
}

#[test]
fn a_late_correction_of_a_closed_month_changes_what_is_consumed() {
    let charges = [charge("a")];
    let before = bills(
        &["2026-03", "2026-04"],
        &[("2026-03", "a", "10"), ("2026-04", "a", "1")],
    );
    let after = bills(
        &["2026-03", "2026-04"],
        &[("2026-03", "a", "4"), ("2026-04", "a", "1")],
    );
    assert_eq!(consumed(&charges, &before, month("2026-04")), Ok(cny("11")));
    assert_eq!(consumed(&charges, &after, month("2026-04")), Ok(cny("5")));
}

#[test]
fn a_refund_beyond_the_baseline_is_given_back() {
    let linked = Charge {
        baseline: Some(cny("7")),
        ..charge("a")
    };
    let bills = bills(&["2026-03"], &[("2026-03", "a", "4")]);
    assert_eq!(consumed(&[linked], &bills, month("2026-03")), Ok(cny("-3")));
}

#[test]
fn a_project_without_a_row_in_a_whole_month_cost_nothing() {
    assert_eq!(
        consumed(&[charge("a")], &bills(&["2026-03"], &[]), month("2026-03")),
        Ok(cny("0"))
    );
}

#[test]
fn a_month_that_was_not_read_whole_is_unknown_and_not_nothing() {
    let bills = bills(
        &["2026-03", "2026-05"],
        &[("2026-03", "a", "1"), ("2026-05", "a", "1")],
    );
    assert_eq!(
        consumed(&[charge("a")], &bills, month("2026-05")),
        Err(Unknown::Unread(month("2026-04")))
    );
}

#[test]
fn without_a_project_nothing_is_known_rather_than_everything_charged() {
    let bills = bills(&["2026-03"], &[("2026-03", "a", "1000")]);
    assert_eq!(consumed(&[], &bills, month("2026-03")), Err(Unknown::NoCharge));
}

#[test]
fn a_baseline_that_is_not_known_yet_leaves_the_sum_unknown() {
    let linked = Charge {
        baseline: None,
        ..charge("a")
    };
    let bills = bills(&["2026-03"], &[("2026-03", "a", "9")]);
    assert_eq!(
        consumed(&[linked], &bills, month("2026-03")),
        Err(Unknown::Baseline("a".to_owned()))
    );
}

#[test]
fn cost_in_another_currency_is_unknown_and_not_left_out() {
    let usd = Unit::Money(Currency::USD);
    let mut bills = bills(&["2026-03"], &[("2026-03", "a", "9")]);
    let key = (month("2026-03"), "a".to_owned(), usd);
    bills
        .cost
        .insert(key.clone(), tidegate_meter::Quantity::from_raw(1, usd));
    let found = consumed(&[charge("a")], &bills, month("2026-03"));
    assert!(matches!(found, Err(Unknown::Currency { found, .. }) if found == usd));
    bills.cost.insert(key, tidegate_meter::Quantity::zero(usd));
    assert_eq!(
        consumed(&[charge("a")], &bills, month("2026-03")),
        Ok(cny("9")),
        "nothing in another currency is nothing"
    );
}

#[test]
fn another_project_of_a_similar_name_is_not_charged() {
    let bills = bills(
        &["2026-03"],
        &[
            ("2026-03", "a", "1"),
            ("2026-03", "ab", "10"),
            ("2026-03", "", "5"),
        ],
    );
    assert_eq!(consumed(&[charge("a")], &bills, month("2026-03")), Ok(cny("1")));
}

#[test]
fn a_month_beside_the_charge_comes_to_nothing() {
    let ended = Charge {
        end: Some((month("2026-04"), cny("3"))),
        ..charge("a")
    };
    let bills = bills(
        &["2026-02", "2026-05"],
        &[("2026-02", "a", "9"), ("2026-05", "a", "9")],
    );
    for beside in ["2026-02", "2026-05"] {
        assert_eq!(charged_in(&ended, &bills, month(beside)), Ok(cny("0")));
    }
    assert_eq!(charged_in(&ended, &bills, month("2026-04")), Ok(cny("3")));
}

#[test]
fn what_is_left_goes_below_zero() {
    assert_eq!(headroom(cny("10"), cny("12.5")), Ok(cny("-2.5")));
}

#[test]
fn what_no_share_takes_is_free() {
    assert_eq!(free_share([percent("60"), percent("39.9999")]), percent("0.0001"));
    assert_eq!(free_share([percent("60"), percent("60")]), percent("-20"));
    assert_eq!(free_share([]), percent("100"));
}

#[test]
fn what_an_ended_charge_cost_in_another_currency_is_unknown() {
    let usd = Unit::Money(Currency::USD);
    let ended = Charge {
        end: Some((month("2026-03"), tidegate_meter::Quantity::from_raw(1, usd))),
        ..charge("a")
    };
    let found = consumed(&[ended], &bills(&["2026-03"], &[]), month("2026-04"));
    assert!(matches!(found, Err(Unknown::Currency { found, .. }) if found == usd));
}

#[test]
fn the_currency_of_another_project_is_its_own() {
    let usd = Unit::Money(Currency::USD);
    let mut bills = bills(&["2026-03"], &[("2026-03", "a", "9")]);
    let key = (month("2026-03"), "b".to_owned(), usd);
    bills.cost.insert(key, tidegate_meter::Quantity::from_raw(1, usd));
    assert_eq!(consumed(&[charge("a")], &bills, month("2026-03")), Ok(cny("9")));
}

#[test]
fn a_charge_goes_on_to_the_last_month_of_the_calendar_and_ends_there() {
    let last = std::iter::successors(Some(month("9990-01")), |month| {
        (month.next() > *month).then(|| month.next())
    })
    .take(1000)
    .last()
    .unwrap();
    let found = consumed(
        &[Charge {
            first: last,
            ..charge("a")
        }],
        &Bills::default(),
        last,
    );
    assert!(matches!(found, Err(Unknown::Unread(month)) if month == last));
}
