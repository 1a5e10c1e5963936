//! Where thresholds stand on the scale of what is left, and which of them are passed: what pictures and words are made of.

use std::time::Duration;

use tidegate_guard::{GuardSpec, Hourly, Level, Limit, Passed, Step, is_over};
use tidegate_meter::{AsOf, Quantity, Reading};

use crate::common::*;

fn gb(count: i64) -> Quantity {
    Quantity::bytes(count * GB)
}

#[test]
fn a_step_is_told_under_a_key_that_names_it() {
    let key = |text: &str| step(text).key();
    assert_eq!(key("70%"), "share:70");
    assert_eq!(key("20 GB"), "headroom:bytes:20000000000");
    assert_eq!(key("2d"), "run_out:172800");
}

#[test]
fn a_step_stands_where_so_much_is_left_when_it_fires() {
    let hourly = Hourly {
        lower: gb(1),
        likely: gb(2),
        upper: gb(3),
    };
    let mark = |text: &str| step(text).mark(Some(gb(200)), Some(hourly));
    assert_eq!(mark("70%"), Some(gb(60)));
    assert_eq!(mark("20 GB"), Some(gb(20)));
    assert_eq!(mark("2d"), Some(gb(96)), "48 hours at the median");
    assert_eq!(step("70%").mark(None, Some(hourly)), None, "of an unknown whole");
    assert_eq!(step("2d").mark(Some(gb(200)), None), None, "at an unknown rate");
}

#[test]
fn a_limit_stands_where_so_much_is_left_and_a_predictive_one_moves() {
    let mark = |text: &str, whole: Option<Quantity>| limit(text).mark(whole);
    assert_eq!(mark("10 GB", None), Some(gb(10)));
    assert_eq!(mark("98%", Some(gb(200))), Some(gb(4)));
    assert_eq!(mark("98%", None), None);
    assert_eq!(mark("predictive 5 GB", Some(gb(200))), None);
}

#[test]
fn what_is_passed_is_told_for_each_step_in_its_order_and_for_the_limit() {
    let spec = GuardSpec {
        steps: vec![step("95%"), step("70%"), step("85%")],
        ..watching()
    };
    let passed = |steps: [bool; 3], limit: bool| Passed {
        steps: steps.to_vec(),
        limit,
    };
    let mut guard = Watchman::seen(spec, 100 * GB);
    assert_eq!(guard.state.passed(&guard.spec), passed([false; 3], false));
    guard.look(25 * GB, 105);
    assert_eq!(
        guard.state.passed(&guard.spec),
        passed([false, true, true], false)
    );
    guard.look(9 * GB, 110);
    assert_eq!(guard.state.passed(&guard.spec), passed([true; 3], true));
    guard.look(150 * GB, 115);
    assert_eq!(
        guard.state.passed(&guard.spec),
        passed([false; 3], false),
        "what was passed and came back is not passed now"
    );
}

#[test]
fn a_limit_that_was_taken_away_is_not_passed() {
    let mut guard = Watchman::seen(watching(), 20 * GB);
    guard.look(9 * GB, 105);
    assert!(guard.state.passed(&guard.spec).limit);
    guard.spec.limit = None;
    assert!(!guard.state.passed(&guard.spec).limit);
}

#[test]
fn the_burn_in_an_hour_is_told_once_enough_is_known() {
    let mut guard = Watchman::new(watching());
    assert_eq!(guard.state.hourly(), None);
    let mut left = 190 * GB;
    for hour in 0..=40 {
        // A tenth of the hours stand still at 1 GB, a tenth burns 4 GB.
        left -= match hour % 10 {
            0 | 1 => GB,
            2 | 3 => 4 * GB,
            _ => 2 * GB,
        };
        guard.look(left, hour * 60);
    }
    let expected = Hourly {
        lower: gb(1),
        likely: gb(2),
        upper: gb(4),
    };
    assert_eq!(guard.state.hourly(), Some(expected));
}

#[test]
fn levels_bear_the_names_that_are_stored() {
    for level in [Level::Calm, Level::Warning, Level::Critical, Level::Blind] {
        assert_eq!(serde_json::to_value(level).unwrap(), level.name());
    }
}

#[test]
fn a_reading_alone_says_on_which_side_of_a_line_it_is() {
    let over = |text: &str, left: i64| is_over(limit(text), &reading(left, 100));
    assert_eq!(over("10 GB", 10 * GB), Some(false));
    assert_eq!(over("10 GB", 10 * GB - 1), Some(true));
    assert_eq!(over("predictive 5 GB", 5 * GB), Some(false));
    assert_eq!(over("predictive 5 GB", 5 * GB - 1), Some(true));
    assert_eq!(over("98%", 4 * GB + 1), Some(false));
    assert_eq!(over("98%", 4 * GB), Some(true));
    let (used, now) = (Some(gb(199)), at(100));
    let bare = Reading::new(used, None, None, None, AsOf::Fetch(now), now).unwrap();
    for line in [Limit::Headroom(gb(10)), limit("98%")] {
        assert_eq!(is_over(line, &bare), None, "nothing to compare is no answer");
    }
    assert_eq!(Step::RunOut(Duration::from_secs(60)).key(), "run_out:60");
}
