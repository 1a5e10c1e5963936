//! Each sentence of the design about the ladder.

use crate::common::*;
use tidegate_guard::{Decision, GuardSpec, Level, Severity};
use tidegate_meter::{AsOf, Quantity, Reading};

#[test]
fn a_headroom_step_fires_strictly_below() {
    let mut guard = Watchman::new(GuardSpec {
        steps: vec![step("20 GB")],
        limit: None,
        ..spec()
    });
    assert!(raised(&guard.look(20 * GB, 100)).is_empty(), "equal is fine");
    assert_eq!(
        raised(&guard.look(20 * GB - 1, 105)),
        ["headroom:bytes:20000000000"]
    );
}

#[test]
fn a_share_step_fires_when_the_share_is_reached() {
    let mut guard = Watchman::new(GuardSpec {
        steps: vec![step("70%")],
        limit: None,
        ..spec()
    });
    assert!(
        raised(&guard.look(60 * GB + 1, 100)).is_empty(),
        "one byte short of 70 %"
    );
    assert_eq!(raised(&guard.look(60 * GB, 105)), ["share:70"]);
}

#[test]
fn a_share_is_compared_exactly_where_a_float_would_not_be() {
    let mut guard = Watchman::new(GuardSpec {
        steps: vec![step("99.9999%")],
        limit: None,
        ..spec()
    });
    let whole = 9_000_000_000_000_000_000;
    let used = 8_999_991_000_000_000_000;
    let mut show = |used: i64, minute| {
        let reading = within(whole - used, whole, minute, Some(march()));
        raised(&guard.show(reading, minute))
    };
    assert!(show(used - 1, 100).is_empty());
    assert_eq!(show(used, 105), ["share:99.9999"]);
}

#[test]
fn a_step_fires_on_the_edge_only() {
    let mut guard = Watchman::seen(spec(), 61 * GB);
    assert_eq!(raised(&guard.look(60 * GB, 105)), ["share:70"]);
    for minute in 0..20 {
        assert!(raised(&guard.look(59 * GB - minute, 110 + minute * 5)).is_empty());
    }
}

#[test]
fn only_the_highest_newly_crossed_step_is_told_and_the_lower_ones_count_as_passed() {
    let mut guard = Watchman::seen(spec(), 100 * GB);
    assert_eq!(raised(&guard.look(25 * GB, 105)), ["share:85"]);
    assert!(
        raised(&guard.look(24 * GB, 110)).is_empty(),
        "70 % is passed, not told later"
    );
    assert_eq!(raised(&guard.look(10 * GB, 115)), ["share:95"]);
}

#[test]
fn steps_of_mixed_kinds_are_ordered_by_what_is_left_at_them() {
    let steps = vec![step("20 GB"), step("70%"), step("95%"), step("50 GB")];
    let mut guard = Watchman::seen(
        GuardSpec {
            steps,
            limit: None,
            ..spec()
        },
        100 * GB,
    );
    assert_eq!(
        raised(&guard.look(45 * GB, 105)),
        ["headroom:bytes:50000000000"],
        "50 GB is later than 70 %"
    );
    assert_eq!(
        raised(&guard.look(9 * GB, 110)),
        ["share:95"],
        "95 % (10 GB left) is later than 20 GB"
    );
}

#[test]
fn the_order_in_which_steps_are_written_does_not_matter() {
    for steps in [["95%", "70%", "85%"], ["85%", "95%", "70%"]] {
        let steps = steps.map(step).to_vec();
        let mut guard = Watchman::seen(GuardSpec { steps, ..spec() }, 100 * GB);
        assert_eq!(raised(&guard.look(25 * GB, 105)), ["share:85"]);
    }
}

#[test]
fn the_last_step_and_the_limit_are_critical_and_the_others_warn() {
    let mut guard = Watchman::seen(watching(), 100 * GB);
    let mut severity = |left, minute| {
        let judgement = guard.look(left, minute);
        let told = judgement.decisions.iter().find_map(|decision| match decision {
            Decision::RaiseStep { severity, .. } => Some(*severity),
            _ => None,
        });
        (told, judgement.level)
    };
    assert_eq!(severity(60 * GB, 105), (Some(Severity::Warning), Level::Warning));
    assert_eq!(severity(30 * GB, 110), (Some(Severity::Warning), Level::Warning));
    assert_eq!(
        severity(10 * GB, 115),
        (Some(Severity::Critical), Level::Critical)
    );
    assert_eq!(severity(9 * GB, 120), (Some(Severity::Critical), Level::Critical));
}

#[test]
fn the_limit_outranks_every_step_crossed_with_it() {
    let mut guard = Watchman::seen(watching(), 20 * GB);
    assert_eq!(raised(&guard.look(5 * GB, 105)), ["limit"]);
    assert!(raised(&guard.look(4 * GB, 110)).is_empty());
}

#[test]
fn a_value_must_come_back_by_the_hysteresis_before_its_alert_resolves() {
    let mut guard = Watchman::seen(spec(), 100 * GB);
    guard.look(60 * GB, 105);
    assert!(
        resolved(&guard.look(61 * GB, 110)).is_empty(),
        "69.5 % is within one point of 70 %"
    );
    assert_eq!(
        resolved(&guard.look(62 * GB, 115)),
        [("share:70".to_owned(), false)]
    );
}

#[test]
fn a_resolved_message_pairs_each_raised_one_and_nothing_else() {
    let mut guard = Watchman::seen(watching(), 100 * GB);
    guard.look(60 * GB, 105);
    guard.look(9 * GB, 110);
    let back = guard.look(150 * GB, 115);
    let mut keys: Vec<String> = resolved(&back).into_iter().map(|(key, _)| key).collect();
    keys.sort();
    assert_eq!(keys, ["limit", "share:70"], "85 and 95 were passed, never told");
    assert_eq!(back.level, Level::Calm);
}

#[test]
fn a_value_that_wavers_around_a_step_tells_it_once() {
    let mut guard = Watchman::seen(spec(), 62 * GB);
    let mut told = 0;
    for round in 0..50 {
        told += raised(&guard.look(59_500_000_000, 105 + round * 10)).len();
        told += raised(&guard.look(61_400_000_000, 110 + round * 10)).len();
    }
    assert_eq!(told, 1);
}

#[test]
fn a_slow_return_within_noise_resolves_but_does_not_re_arm() {
    let mut guard = Watchman::seen(spec(), 61 * GB);
    guard.look(60 * GB, 105);
    guard.look(61_500_000_000, 110);
    assert_eq!(resolved(&guard.look(62_500_000_000, 115)).len(), 1);
    assert!(
        raised(&guard.look(59 * GB, 120)).is_empty(),
        "no top-up, so the window has had its message"
    );
}

#[test]
fn a_top_up_re_arms_only_the_steps_above_the_new_level() {
    let mut guard = Watchman::seen(watching(), 100 * GB);
    guard.look(25 * GB, 105);
    guard.look(9 * GB, 110);
    let topped_up = guard.look(45 * GB, 115);
    assert_eq!(resolved(&topped_up).len(), 2, "85 % and the limit");
    assert!(
        raised(&guard.look(44 * GB, 120)).is_empty(),
        "70 % is still passed"
    );
    assert_eq!(
        raised(&guard.look(29 * GB, 125)),
        ["share:85#2"],
        "armed again under a key of its own"
    );
}

#[test]
fn a_larger_limit_re_arms_what_it_clears() {
    let mut guard = Watchman::seen(spec(), 61 * GB);
    guard.look(60 * GB, 105);
    let larger = guard.show(within(260 * GB, 400 * GB, 110, Some(march())), 110);
    assert_eq!(resolved(&larger), [("share:70".to_owned(), false)]);
    assert_eq!(
        raised(&guard.show(within(119 * GB, 400 * GB, 115, Some(march())), 115)),
        ["share:70#2"]
    );
}

#[test]
fn a_new_window_is_a_new_ladder_and_resolves_the_old_one() {
    let mut guard = Watchman::seen(spec(), 61 * GB);
    guard.look(60 * GB, 105);
    let turn = (APRIL - MARCH) / 60_000;
    let new = guard.show(within(200 * GB, 200 * GB, turn + 1, Some(april())), turn + 1);
    assert_eq!(resolved(&new), [("share:70".to_owned(), true)]);
    let crossed = guard.show(within(60 * GB, 200 * GB, turn + 600, Some(april())), turn + 600);
    let again = guard.show(within(59 * GB, 200 * GB, turn + 605, Some(april())), turn + 605);
    let told: Vec<String> = [raised(&crossed), raised(&again)].concat();
    assert_eq!(told, ["share:70"], "the same key, in another window");
}

#[test]
fn a_step_taken_out_of_the_spec_resolves_and_is_not_told_twice_when_it_comes_back() {
    let mut guard = Watchman::seen(spec(), 61 * GB);
    guard.look(60 * GB, 105);
    guard.spec.steps = vec![step("95%")];
    assert_eq!(
        resolved(&guard.look(59 * GB, 110)),
        [("share:70".to_owned(), false)]
    );
    guard.spec = spec();
    assert!(
        raised(&guard.look(58 * GB, 115)).is_empty(),
        "it was told in this window already"
    );
}

#[test]
fn a_critical_alert_is_told_again_every_six_hours_until_acknowledged() {
    let mut guard = Watchman::seen(watching(), 20 * GB);
    guard.look(9 * GB, 105);
    let reminded = |guard: &mut Watchman, minute| {
        let judgement = guard.look(9 * GB - minute, minute);
        let reminders = judgement.decisions.iter().filter_map(|decision| match decision {
            Decision::RemindStep { key, .. } => Some(key.clone()),
            _ => None,
        });
        reminders.collect::<Vec<_>>()
    };
    assert!(reminded(&mut guard, 105 + 359).is_empty());
    assert_eq!(reminded(&mut guard, 105 + 360), ["limit"]);
    assert!(reminded(&mut guard, 105 + 365).is_empty());
    assert_eq!(reminded(&mut guard, 105 + 720), ["limit"]);
    assert!(guard.state.acknowledge("limit"));
    assert!(reminded(&mut guard, 105 + 2000).is_empty());
}

#[test]
fn a_snoozed_alert_is_quiet_until_then() {
    let mut guard = Watchman::seen(watching(), 20 * GB);
    guard.look(9 * GB, 105);
    assert!(guard.state.snooze("limit", at(3000)));
    let reminders = |judgement: &tidegate_guard::Judgement<_>| {
        judgement
            .decisions
            .iter()
            .filter(|d| matches!(d, Decision::RemindStep { .. }))
            .count()
    };
    assert_eq!(reminders(&guard.look(8 * GB, 2999)), 0);
    assert_eq!(reminders(&guard.look(7 * GB, 3000)), 1);
}

#[test]
fn an_unknown_key_cannot_be_acknowledged() {
    let mut guard = Watchman::seen(watching(), 20 * GB);
    assert!(!guard.state.acknowledge("limit"), "nothing is open");
}

#[test]
fn a_warning_is_not_repeated() {
    let mut guard = Watchman::seen(spec(), 61 * GB);
    guard.look(60 * GB, 105);
    let later = guard.look(59 * GB, 105 + 5000);
    assert!(
        !later
            .decisions
            .iter()
            .any(|d| matches!(d, Decision::RemindStep { .. }))
    );
}

#[test]
fn a_run_out_step_fires_when_the_likely_run_out_is_near() {
    let steps = vec![step("2d")];
    let mut guard = Watchman::new(GuardSpec {
        steps,
        limit: None,
        ..spec()
    });
    let mut told = Vec::new();
    // One gigabyte an hour: 200 GB last eight days and eight hours, two days are left below 48 GB.
    for hour in 0..160_i64 {
        let judgement = guard.look(200 * GB - hour * GB, hour * 60);
        if let Some(key) = raised(&judgement).into_iter().next() {
            told.push((key, hour));
        }
    }
    assert_eq!(
        told,
        [("run_out:172800".to_owned(), 153)],
        "47 GB are left at hour 153"
    );
}

#[test]
fn a_run_out_behind_the_end_of_the_window_is_no_reason_to_warn() {
    let steps = vec![step("40d")];
    let mut guard = Watchman::new(GuardSpec {
        steps,
        limit: None,
        ..spec()
    });
    for hour in 0..40_i64 {
        assert!(raised(&guard.look(200 * GB - hour * 1_000_000, hour * 60)).is_empty());
    }
}

#[test]
fn a_share_of_an_unknown_whole_is_neither_crossed_nor_resolved() {
    let mut guard = Watchman::new(GuardSpec {
        steps: vec![step("70%"), step("5 GB")],
        limit: None,
        ..spec()
    });
    let only_left = |left: i64, minute| {
        Reading::new(
            None,
            None,
            Some(Quantity::bytes(left)),
            None,
            AsOf::Fetch(at(minute)),
            at(minute),
        )
        .unwrap()
    };
    assert!(raised(&guard.show(only_left(6 * GB, 100), 100)).is_empty());
    assert_eq!(
        raised(&guard.show(only_left(4 * GB, 105), 105)),
        ["headroom:bytes:5000000000"]
    );
}

#[test]
fn the_old_windows_number_is_never_judged_against_the_new_window() {
    let mut guard = Watchman::seen(spec(), 100 * GB);
    let turn = (APRIL - MARCH) / 60_000;
    // The provider still shows March's last gigabyte, a minute into April.
    let old = guard.show(reading(GB, turn + 1), turn + 1);
    assert!(raised(&old).is_empty());
    assert!(planned(&old).is_none());
    assert!(old.why.belts.contains(&tidegate_guard::Belt::OtherWindow));
    assert_eq!(
        old.why.headroom, None,
        "no number of the closed window is shown as what is left"
    );
}

#[test]
fn a_closed_window_that_is_shown_once_more_repeats_nothing() {
    let mut guard = Watchman::seen(spec(), 61 * GB);
    assert_eq!(raised(&guard.look(60 * GB, 105)), ["share:70"]);
    // A second package appears beside the first, then the first again: both windows run now.
    let other = tidegate_meter::Window::told(tidegate_meter::WindowKind::Cycle, at(50), march().end);
    let beside = |minute| within(150 * GB, 200 * GB, minute, Some(other));
    guard.show(beside(110), 110);
    assert_eq!(
        resolved(&guard.show(beside(115), 115)),
        [("share:70".to_owned(), true)]
    );
    guard.look(60 * GB, 120);
    assert!(
        raised(&guard.look(59 * GB, 125)).is_empty(),
        "70 % of March was told"
    );
    guard.look(29 * GB, 130);
    assert_eq!(raised(&guard.look(28 * GB, 135)), Vec::<String>::new());
}
