//! For how long the rest lasts: C3.12.

use tidegate_guard::allowance::{
    Allowance, Ending, Left, Limits, NoEstimate, Rate, Series, Spare, left, rates,
};
use tidegate_meter::Time;

use super::kit::{DAY, GIB, at, daily, series};

fn now() -> Time {
    at("2026-11-20T04:00:00Z")
}

fn holds(used: u64) -> Allowance {
    Allowance {
        used,
        total: Some(100 * GIB),
    }
}

fn lasts(used: u64, limits: Limits, series: &Series) -> Left {
    left(holds(used), limits, series, now())
}

fn reset_in(days: u32) -> Limits {
    Limits {
        reset_at: Some(now().plus(DAY * days)),
        expires_at: None,
    }
}

fn expiry_in(days: u32) -> Limits {
    Limits {
        reset_at: None,
        expires_at: Some(now().plus(DAY * days)),
    }
}

#[test]
fn rates_are_means_of_whole_weeks_as_far_back_as_there_are_samples() {
    let uses: Vec<u64> = (0..28).map(|day| if day < 21 { GIB } else { 5 * GIB }).collect();
    let rate = |days: u32, bytes: u64| Rate { days, bytes };
    assert_eq!(
        rates(&daily(now(), &uses)).unwrap(),
        [rate(7, 35 * GIB), rate(14, 42 * GIB), rate(28, 56 * GIB)]
    );
    assert_eq!(rates(&daily(now(), &[GIB; 13])).unwrap(), [rate(7, 7 * GIB)]);
    assert_eq!(rates(&daily(now(), &[GIB; 5])).unwrap(), [rate(5, 5 * GIB)]);
}

#[test]
fn below_three_full_days_nothing_is_said() {
    assert_eq!(
        lasts(0, Limits::default(), &Series::default()),
        Left::NoEstimate(NoEstimate::NoSample)
    );
    for days in [1, 2] {
        let young = daily(now(), &vec![GIB; days]);
        let why = NoEstimate::TooYoung {
            days: u32::try_from(days).unwrap(),
        };
        assert_eq!(lasts(GIB, Limits::default(), &young), Left::NoEstimate(why));
    }
    assert!(matches!(
        lasts(GIB, Limits::default(), &daily(now(), &[GIB; 3])),
        Left::Range { .. }
    ));
}

#[test]
fn without_use_there_is_no_estimate_and_no_zero_days() {
    let still = daily(now(), &[0; 14]);
    for limits in [Limits::default(), reset_in(5)] {
        assert_eq!(lasts(GIB, limits, &still), Left::NoEstimate(NoEstimate::NoUse));
    }
    let hardly = daily(now(), &[1000; 14]);
    assert_eq!(
        lasts(GIB, Limits::default(), &hardly),
        Left::NoEstimate(NoEstimate::NoUse)
    );
}

#[test]
fn the_fastest_and_the_slowest_rate_make_the_range() {
    let uses: Vec<u64> = (0..28).map(|day| if day < 21 { GIB } else { 5 * GIB }).collect();
    // 60 GiB left: at 5, 3 and 2 GiB a day.
    let range = lasts(40 * GIB, Limits::default(), &daily(now(), &uses));
    assert_eq!(
        range,
        Left::Range {
            least: 12,
            most: 30,
            end: None
        }
    );
}

#[test]
fn what_outlasts_the_reset_is_enough_and_says_what_is_left_over() {
    let uses: Vec<u64> = (0..28).map(|day| if day < 21 { GIB } else { 5 * GIB }).collect();
    let known = daily(now(), &uses);
    assert_eq!(
        lasts(40 * GIB, reset_in(10), &known),
        Left::Until {
            end: Ending::Reset,
            days: 10,
            spare: Spare {
                least: 10 * GIB,
                most: 40 * GIB
            }
        }
    );
    assert_eq!(
        lasts(40 * GIB, reset_in(20), &known),
        Left::Range {
            least: 12,
            most: 20,
            end: Some((Ending::Reset, 20))
        },
        "the slowest rate outlasts it, the fastest does not"
    );
}

#[test]
fn the_earlier_of_expiry_and_reset_is_the_end() {
    let known = daily(now(), &[GIB; 7]);
    let both = |reset, expiry| Limits {
        expires_at: expiry_in(expiry).expires_at,
        ..reset_in(reset)
    };
    let ends = |limits| match lasts(50 * GIB, limits, &known) {
        Left::Until { end, days, .. } => (end, days),
        other => panic!("{other:?}"),
    };
    assert_eq!(ends(both(9, 4)), (Ending::Expiry, 4));
    assert_eq!(ends(both(4, 9)), (Ending::Reset, 4));
    assert_eq!(ends(expiry_in(8)), (Ending::Expiry, 8));
    assert!(matches!(
        lasts(50 * GIB, expiry_in(60), &known),
        Left::Range {
            least: 50,
            most: 50,
            end: Some((Ending::Expiry, 60))
        }
    ));
}

#[test]
fn what_is_over_is_over() {
    let known = daily(now(), &[GIB; 7]);
    assert_eq!(lasts(100 * GIB, reset_in(3), &known), Left::UsedUp);
    assert_eq!(
        lasts(120 * GIB, Limits::default(), &known),
        Left::UsedUp,
        "overused is used up"
    );
    assert_eq!(lasts(0, expiry_in(0), &known), Left::Expired);
    let endless = Allowance {
        used: GIB,
        total: None,
    };
    assert_eq!(left(endless, reset_in(3), &known, now()), Left::Unlimited);
}

#[test]
fn a_reset_in_between_does_not_make_the_rate_negative() {
    let known = series(&[
        ("2026-11-13T04:00:00Z", 90 * GIB),
        ("2026-11-16T04:00:00Z", 96 * GIB),
        ("2026-11-17T04:00:00Z", GIB),
        ("2026-11-20T04:00:00Z", 8 * GIB),
    ]);
    // 6 + 1 + 7 in seven days.
    assert_eq!(
        rates(&known).unwrap(),
        [Rate {
            days: 7,
            bytes: 14 * GIB
        }]
    );
}

#[test]
fn an_end_that_is_now_is_no_end_ahead() {
    let known = daily(now(), &[GIB; 7]);
    let range = Left::Range {
        least: 10,
        most: 10,
        end: None,
    };
    assert_eq!(lasts(90 * GIB, reset_in(0), &known), range);
    assert_eq!(lasts(90 * GIB, expiry_in(0), &known), Left::Expired);
}

#[test]
fn ten_years_are_the_longest_that_is_told() {
    let known = daily(now(), &[GIB / 100; 7]);
    let rest = |bytes: u64| lasts(100 * GIB - bytes, Limits::default(), &known);
    let years = Left::Range {
        least: 3650,
        most: 3650,
        end: None,
    };
    assert_eq!(rest(GIB / 100 * 3650), years);
    assert_eq!(rest(GIB / 100 * 3651), Left::NoEstimate(NoEstimate::NoUse));
}
