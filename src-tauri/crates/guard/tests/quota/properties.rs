//! Any charges, any bills: the sum is the fraction it should be, and never less.

use proptest::prelude::*;
use tidegate_guard::quota::{Bills, Charge, consumed, total_after};
use tidegate_meter::{Month, Quantity, Unit};

use crate::kit::*;

const WHOLE: i64 = 1_000_000;

fn nth(index: usize) -> Month {
    (0..index).fold(month("2026-01"), |month, _| month.next())
}

fn money(raw: i64) -> Quantity {
    Quantity::from_raw(raw, CNY)
}

fn share(raw: i64) -> Quantity {
    Quantity::from_raw(raw, Unit::Percent)
}

/// Six months of three projects.
fn any_bills() -> impl Strategy<Value = Bills> {
    prop::collection::vec(-1_000_000_000_000_i64..1_000_000_000_000, 18).prop_map(|costs| Bills {
        whole: (0..6).map(nth).collect(),
        cost: costs
            .into_iter()
            .enumerate()
            .map(|(index, raw)| {
                let project = ["a", "b", "c"][index % 3].to_owned();
                ((nth(index / 3), project, CNY), money(raw))
            })
            .collect(),
    })
}

fn any_charge() -> impl Strategy<Value = Charge> {
    (
        prop::sample::select(vec!["a", "b", "c"]),
        1..=WHOLE,
        0_usize..6,
        -1_000_000_000_000_i64..1_000_000_000_000,
        prop::option::of((0_usize..6, -1_000_000_000_000_i64..1_000_000_000_000)),
    )
        .prop_map(|(project, part, first, baseline, end)| Charge {
            share: share(part),
            first: nth(first),
            baseline: Some(money(baseline)),
            end: end.map(|(more, raw)| (nth(first.max(more)), money(raw))),
            ..charge(project)
        })
}

/// The same by the plain rule, as a fraction with [`WHOLE`] below it.
fn fraction(charges: &[Charge], bills: &Bills, now: Month) -> i128 {
    let mut sum = 0_i128;
    for charge in charges {
        for at in (0..6).map(nth) {
            let last = charge.end.as_ref().map_or(now, |(last, _)| *last);
            if at < charge.first || at > last {
                continue;
            }
            let bill = bills.cost[&(at, charge.project.clone(), CNY)];
            let cost = match &charge.end {
                Some((last, amount)) if *last == at => *amount,
                _ => bill,
            };
            let before = charge.baseline.filter(|_| at == charge.first).unwrap_or(money(0));
            sum += (i128::from(cost.raw()) - i128::from(before.raw())) * i128::from(charge.share.raw());
        }
    }
    sum
}

proptest! {
    #[test]
    fn the_sum_is_the_fraction_rounded_up_once(
        charges in prop::collection::vec(any_charge(), 1..8), bills in any_bills(), now in 0_usize..6
    ) {
        let found = consumed(&charges, &bills, nth(now)).unwrap();
        let exact = fraction(&charges, &bills, nth(now));
        let above = i128::from(found.raw()) * i128::from(WHOLE) - exact;
        prop_assert!((0..i128::from(WHOLE)).contains(&above), "above by {above} of {WHOLE}");
    }

    #[test]
    fn shares_of_one_project_that_come_to_all_of_it_charge_all_of_it(
        cut in 1..WHOLE, bills in any_bills(), now in 0_usize..6
    ) {
        let part = |raw| Charge { share: share(raw), first: nth(0), ..charge("a") };
        let of = |charges: &[Charge]| consumed(charges, &bills, nth(now)).unwrap().raw();
        let whole = of(&[part(WHOLE)]);
        prop_assert_eq!(of(&[part(cut), part(WHOLE - cut)]), whole, "in one budget nothing is rounded");
        let apart = of(&[part(cut)]) + of(&[part(WHOLE - cut)]);
        prop_assert!((whole..=whole + 1).contains(&apart), "in two budgets at most one smallest amount is");
    }

    #[test]
    fn the_order_of_charges_changes_nothing(
        mut charges in prop::collection::vec(any_charge(), 1..6), bills in any_bills(), now in 0_usize..6
    ) {
        let one = consumed(&charges, &bills, nth(now));
        charges.reverse();
        prop_assert_eq!(consumed(&charges, &bills, nth(now)), one);
    }

    #[test]
    fn ending_a_charge_and_beginning_it_again_at_once_changes_nothing(
        bills in any_bills(), at in 0_usize..6, cut in -1_000_000_i64..1_000_000
    ) {
        let on = Charge { first: nth(0), ..charge("a") };
        let off = Charge { end: Some((nth(at), money(cut))), ..on.clone() };
        let again = Charge { first: nth(at), baseline: Some(money(cut)), ..on.clone() };
        prop_assert_eq!(consumed(&[off, again], &bills, nth(5)), consumed(&[on], &bills, nth(5)));
    }

    #[test]
    fn a_month_that_is_missing_leaves_the_sum_unknown(
        charges in prop::collection::vec(any_charge(), 1..6), bills in any_bills(), gone in 0_usize..6
    ) {
        let mut holed = bills;
        holed.whole.remove(&nth(gone));
        let needs = |charge: &Charge| {
            charge.first <= nth(gone) && charge.end.as_ref().is_none_or(|(last, _)| *last > nth(gone))
        };
        prop_assert_eq!(
            consumed(&charges, &holed, nth(5)).is_err(),
            charges.iter().any(needs)
        );
    }

    #[test]
    fn a_ledger_never_falls_below_nothing(
        entries in prop::collection::vec((-1_000_i64..1_000, any::<bool>()), 1..40), spent in 0_i64..1_000
    ) {
        let mut total = None;
        for (raw, confirmed) in entries {
            if let Ok(after) = total_after(total, money(raw), &Ok(money(spent)), confirmed) {
                prop_assert!(after.raw() >= 0);
                prop_assert!(raw > 0 || confirmed || after.raw() >= spent);
                total = Some(after);
            }
        }
    }
}
