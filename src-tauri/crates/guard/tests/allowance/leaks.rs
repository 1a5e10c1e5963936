//! The leak check: C3.13. Both sides over one interval, the coverage stated, a signed verdict or none.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_guard::leak::{
    Billed, Check, Ours, Tolerance, Undecided, Verdict, Watched, check, pools, unwatched,
};
use tidegate_meter::{Quantity, Span, Unit};

use super::kit::span;

const MIB: u64 = 1 << 20;

fn whole() -> Span {
    span("2026-11-10T00:00:00Z", "2026-11-10T10:00:00Z")
}

/// Watched from the first of these hours to the second.
fn watched(hours: &[(u8, u8)]) -> Watched {
    let hour = |hour: &u8| format!("2026-11-10T{hour:02}:00:00Z");
    Watched {
        there: whole(),
        spans: hours
            .iter()
            .map(|(start, end)| span(&hour(start), &hour(end)))
            .collect(),
    }
}

fn all_day() -> Vec<Watched> {
    vec![watched(&[(0, 10)])]
}

fn compared(billed: u64, ours: u64, devices: &[Watched]) -> Check {
    let billed = Billed {
        bytes: billed,
        reset: false,
    };
    let ours = Ours {
        bytes: ours,
        ..Ours::default()
    };
    check(whole(), billed, ours, devices, Tolerance::default()).unwrap()
}

#[test]
fn both_thresholds_must_be_passed() {
    for (billed, ours, verdict) in [
        (100 * MIB, 0, Verdict::Agrees),
        (100 * MIB + 1, 0, Verdict::UsedElsewhere),
        (0, 100 * MIB + 1, Verdict::CountedHere),
        (1000 * MIB, 800 * MIB, Verdict::Agrees),
        (1000 * MIB, 800 * MIB - 1, Verdict::UsedElsewhere),
        (800 * MIB - 1, 1000 * MIB, Verdict::CountedHere),
        (0, 0, Verdict::Agrees),
    ] {
        assert_eq!(
            compared(billed, ours, &all_day()).verdict,
            verdict,
            "{billed} against {ours}"
        );
    }
}

#[test]
fn thresholds_are_the_users() {
    let tolerance = Tolerance {
        bytes: 10 * MIB,
        share: Quantity::parse("5", Unit::Percent).unwrap(),
    };
    let billed = Billed {
        bytes: 1000 * MIB,
        reset: false,
    };
    let ours = Ours {
        bytes: 949 * MIB,
        ..Ours::default()
    };
    let told = check(whole(), billed, ours, &all_day(), tolerance).unwrap();
    assert_eq!((told.verdict, told.tolerance), (Verdict::UsedElsewhere, 50 * MIB));
    assert_eq!(told.difference(), Some(51 * 1_048_576));
}

#[test]
fn the_coverage_is_the_time_in_which_every_device_was_watched() {
    let devices = [watched(&[(0, 4), (5, 10)]), watched(&[(0, 9)])];
    assert_eq!(
        unwatched(whole(), &devices).as_secs(),
        2 * 3600,
        "two holes that do not overlap"
    );
    let told = compared(0, 0, &devices);
    assert_eq!(told.coverage, Quantity::parse("80", Unit::Percent).unwrap());
    let same = [watched(&[(0, 4), (5, 10)]), watched(&[(0, 4), (5, 10)])];
    assert_eq!(
        unwatched(whole(), &same).as_secs(),
        3600,
        "one hole of both is one hole"
    );
}

#[test]
fn with_more_than_a_fifth_unwatched_nobody_can_say() {
    let at_limit = compared(9000 * MIB, 0, &[watched(&[(0, 8)])]);
    assert_eq!(at_limit.verdict, Verdict::UsedElsewhere);
    let mut beyond = watched(&[(0, 8)]);
    beyond.spans[0].end = beyond.spans[0].end.minus(std::time::Duration::from_secs(1));
    let beyond = compared(9000 * MIB, 0, &[beyond]);
    assert_eq!(beyond.verdict, Verdict::NotDecidable(Undecided::Coverage));
}

#[test]
fn what_may_have_passed_in_a_gap_is_no_leak() {
    // A tenth was not watched, and a tenth of a gigabyte beyond the share is missing.
    let gap = [watched(&[(0, 9)])];
    assert_eq!(compared(1000 * MIB, 701 * MIB, &gap).verdict, Verdict::Agrees);
    assert_eq!(
        compared(1000 * MIB, 699 * MIB, &gap).verdict,
        Verdict::UsedElsewhere
    );
    assert_eq!(
        compared(1000 * MIB, 701 * MIB, &all_day()).verdict,
        Verdict::UsedElsewhere
    );
}

#[test]
fn estimates_excuse_both_ways_and_unattributed_bytes_only_what_is_missing() {
    let told = |billed: u64, ours: Ours| {
        let billed = Billed {
            bytes: billed,
            reset: false,
        };
        check(whole(), billed, ours, &all_day(), Tolerance::default())
            .unwrap()
            .verdict
    };
    let ours = |bytes: u64, estimated: u64, unattributed: u64| Ours {
        bytes: bytes * MIB,
        estimated: estimated * MIB,
        unattributed: unattributed * MIB,
    };
    assert_eq!(told(1000 * MIB, ours(700, 0, 0)), Verdict::UsedElsewhere);
    assert_eq!(told(1000 * MIB, ours(700, 100, 0)), Verdict::Agrees);
    assert_eq!(told(1000 * MIB, ours(700, 0, 100)), Verdict::Agrees);
    assert_eq!(told(700 * MIB, ours(1000, 100, 0)), Verdict::Agrees);
    assert_eq!(told(700 * MIB, ours(1000, 0, 100)), Verdict::CountedHere);
}

#[test]
fn a_reset_within_or_no_device_is_not_decidable() {
    let billed = Billed {
        bytes: 9000 * MIB,
        reset: true,
    };
    let told = check(whole(), billed, Ours::default(), &all_day(), Tolerance::default()).unwrap();
    assert_eq!(told.verdict, Verdict::NotDecidable(Undecided::Reset));
    let alone = compared(9000 * MIB, 0, &[]);
    assert_eq!(alone.verdict, Verdict::NotDecidable(Undecided::NoDevice));
    assert!(alone.coverage.is_zero(), "nothing was watched");
}

#[test]
fn a_device_counts_from_when_it_was_first_known_until_it_was_ended() {
    let guest = Watched {
        there: span("2026-11-10T06:00:00Z", "2026-11-10T08:00:00Z"),
        spans: vec![span("2026-11-10T06:00:00Z", "2026-11-10T07:30:00Z")],
    };
    assert_eq!(unwatched(whole(), &[watched(&[(0, 10)]), guest]).as_secs(), 1800);
}

#[test]
fn only_the_same_difference_twice_in_a_row_is_sure() {
    let more = compared(9000 * MIB, 0, &all_day());
    for (before, sure) in [
        (Verdict::UsedElsewhere, true),
        (Verdict::CountedHere, false),
        (Verdict::Agrees, false),
        (Verdict::NotDecidable(Undecided::Coverage), false),
    ] {
        assert_eq!(more.is_confirmed_by(before), sure, "{before:?}");
    }
    let agrees = compared(0, 0, &all_day());
    assert!(
        !agrees.is_confirmed_by(Verdict::Agrees),
        "agreement is nothing to tell"
    );
}

#[test]
fn subscriptions_that_share_nodes_are_checked_together() {
    let feeds =
        |names: &[&str]| -> BTreeSet<String> { names.iter().map(|name| (*name).to_owned()).collect() };
    let told = pools(&BTreeMap::from([
        ("a", feeds(&["one", "shared"])),
        ("b", feeds(&["two"])),
        ("c", feeds(&["shared", "bridge"])),
        ("d", feeds(&["bridge"])),
    ]));
    let mut told: Vec<Vec<&str>> = told.into_iter().map(|pool| pool.into_iter().collect()).collect();
    told.sort();
    assert_eq!(told, [vec!["a", "c", "d"], vec!["b"]]);
}

#[test]
fn what_was_watched_before_or_behind_the_interval_covers_nothing_of_it() {
    let devices = [watched(&[(0, 2), (12, 14)])];
    assert_eq!(unwatched(whole(), &devices).as_secs(), 8 * 3600);
    let mut late = watched(&[(0, 2), (6, 10)]);
    late.there.start = span("2026-11-10T04:00:00Z", "2026-11-10T10:00:00Z").start;
    assert_eq!(
        unwatched(whole(), &[late]).as_secs(),
        2 * 3600,
        "it was not there before"
    );
}

#[test]
fn bytes_of_unknown_way_explain_nothing_where_nothing_is_missing() {
    let billed = Billed {
        bytes: 1000 * MIB,
        reset: false,
    };
    let ours = Ours {
        bytes: 1000 * MIB,
        unattributed: 500 * MIB,
        ..Ours::default()
    };
    let told = check(whole(), billed, ours, &all_day(), Tolerance::default()).unwrap();
    assert_eq!(told.tolerance, 200 * MIB, "a fifth of it, and no more");
}
