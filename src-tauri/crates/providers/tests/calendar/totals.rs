//! What renewals cost.

use tidegate_meter::{Quantity, Unit};
use tidegate_providers::calendar::totals;

use crate::cycle;

fn money(text: &str) -> Quantity {
    let (value, unit) = text.split_once(' ').unwrap();
    Quantity::parse(value, unit.parse::<Unit>().unwrap()).unwrap()
}

fn told(renewals: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    let renewals = renewals
        .iter()
        .map(|(name, day, amount)| (cycle(name, day), money(amount)));
    let text = |amount: Option<Quantity>| amount.map_or("?".to_owned(), Quantity::decimal);
    let totals = totals(renewals).into_iter();
    totals
        .map(|total| {
            (
                total.currency.to_string(),
                text(total.per_month),
                text(total.per_year),
            )
        })
        .collect()
}

fn line(currency: &str, month: &str, year: &str) -> (String, String, String) {
    (currency.to_owned(), month.to_owned(), year.to_owned())
}

#[test]
fn each_cycle_is_brought_to_a_month_and_a_year() {
    let table = [
        ("monthly", "1", "68 CNY", "68", "816"),
        ("yearly", "02-29", "100 CNY", "8.333333", "100"),
        ("every 3 months", "2026-01-31", "30 CNY", "10", "120"),
        ("every 7 months", "2026-01-31", "7 CNY", "1", "12"),
        ("weekly", "1", "7 CNY", "30.436875", "365.2425"),
        ("every 1 days", "2026-01-01", "1 CNY", "30.436875", "365.2425"),
        ("every 365 days", "2026-01-01", "365 CNY", "30.436875", "365.2425"),
    ];
    for (name, day, amount, month, year) in table {
        assert_eq!(told(&[(name, day, amount)]), [line("CNY", month, year)], "{name}");
    }
}

#[test]
fn currencies_are_never_added() {
    let renewals = [
        ("monthly", "1", "10 USD"),
        ("yearly", "01-01", "120 CNY"),
        ("monthly", "2", "5.5 USD"),
    ];
    assert_eq!(
        told(&renewals),
        [line("CNY", "10", "120"), line("USD", "15.5", "186")]
    );
}

#[test]
fn thirds_add_up_to_a_whole() {
    let third = ("every 36 months", "2026-01-01", "1 USD");
    assert_eq!(told(&[third]), [line("USD", "0.027778", "0.333333")]);
    assert_eq!(
        told(&[third; 3]),
        [line("USD", "0.083333", "1")],
        "rounded once, at the end"
    );
}

#[test]
fn what_does_not_come_again_is_left_out() {
    assert!(
        told(&[
            ("once", "2026-01-01", "10 USD"),
            ("trial", "2026-01-01", "10 USD")
        ])
        .is_empty()
    );
    assert!(
        told(&[("monthly", "1", "10 credits")]).is_empty(),
        "credits are no money"
    );
}

#[test]
fn a_sum_that_does_not_fit_is_not_told() {
    let huge = ("monthly", "1", "9000000000000 USD");
    assert_eq!(told(&[huge; 9]), [line("USD", "?", "?")]);
    let primes = [3659, 3643, 3637, 3631, 3623, 3617, 3613, 3607, 3593, 3583, 3581];
    let names: Vec<String> = primes.iter().map(|days| format!("every {days} days")).collect();
    let many: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), "2026-01-01", "1 USD"))
        .collect();
    assert_eq!(told(&many), [line("USD", "?", "?")]);
}
