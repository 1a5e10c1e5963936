//! Each belt of the design, by default and when what it reads cannot be read.

use tidegate_guard::{ActionKind, Belt, Facts, GuardState, Judgement, Mode, PowerState, RestartPolicy};
use tidegate_meter::{AsOf, Quantity, Reading};

use crate::common::*;

fn unreadable(what: &str) -> Belt {
    Belt::Unreadable {
        what: what.to_owned(),
    }
}

/// Two readings over the line under the given change: the second judgement.
fn over(change: impl FnOnce(&mut Watchman)) -> Judgement<GuardState> {
    let mut guard = Watchman::seen(spec(), 20 * GB);
    change(&mut guard);
    guard.look(9 * GB, 105);
    guard.look(8 * GB, 110)
}

/// Blocked, and the belt is named first.
fn blocks(expected: &Belt, change: impl FnOnce(&mut Watchman)) {
    let judgement = over(change);
    assert_eq!(planned(&judgement), None, "{expected:?}");
    assert_eq!(judgement.why.belts.first(), Some(expected));
    assert!(judgement.why.over);
}

#[test]
fn with_every_belt_satisfied_it_acts() {
    assert_eq!(planned(&over(|_| {})), Some(vec!["s1".to_owned()]));
}

#[test]
fn a_new_guard_only_watches() {
    blocks(&Belt::Watch, |guard| guard.spec.mode = Mode::default());
}

#[test]
fn arming_expires() {
    let armed = |until| Mode::Armed {
        until,
        targets: vec![server("s1")],
    };
    blocks(&Belt::Expired { at: at(110) }, |guard| {
        guard.spec.mode = armed(at(110));
    });
    assert!(planned(&over(|guard| guard.spec.mode = armed(at(111)))).is_some());
}

#[test]
fn without_a_limit_or_an_action_nothing_is_done() {
    blocks(&Belt::NoAction, |guard| guard.spec.action = ActionKind::Warn);
    let judgement = over(|guard| guard.spec.limit = None);
    assert_eq!(judgement.why.belts.first(), Some(&Belt::NoAction));
}

#[test]
fn a_copy_without_the_lease_or_durable_writes_does_not_act() {
    blocks(&Belt::NotHolder, |guard| guard.facts.may_act = false);
}

#[test]
fn a_pause_and_a_hold_block_until_they_end() {
    blocks(&Belt::Paused { until: at(111) }, |guard| {
        guard.facts.paused_until = Some(at(111));
    });
    blocks(&Belt::Held { until: at(111) }, |guard| {
        guard.facts.held_until = Some(at(111));
    });
    let ended = over(|guard| {
        guard.facts.paused_until = Some(at(110));
        guard.facts.held_until = Some(at(110));
    });
    assert!(planned(&ended).is_some());
}

#[test]
fn a_snoozed_limit_does_not_act() {
    let mut guard = Watchman::seen(spec(), 20 * GB);
    guard.look(9 * GB, 105);
    assert!(guard.state.snooze("limit", at(200)));
    assert_eq!(guard.look(8 * GB, 110).why.belts, [Belt::Held { until: at(200) }]);
    assert!(planned(&guard.look(7 * GB, 200)).is_some());
}

#[test]
fn an_absent_or_unreadable_credential_blocks() {
    blocks(&Belt::NoCredential, |guard| guard.facts.can_act = Some(false));
    blocks(&unreadable("credential"), |guard| guard.facts.can_act = None);
}

#[test]
fn nothing_in_the_first_hour_of_a_window() {
    let mut guard = Watchman::new(spec());
    guard.look(20 * GB, 40);
    guard.look(9 * GB, 54);
    let settling = guard.look(8 * GB, 59);
    assert_eq!(settling.why.belts, [Belt::Settling { until: at(60) }]);
    assert!(planned(&guard.look(7 * GB, 60)).is_some());
}

#[test]
fn fifteen_minutes_of_grace_after_an_observed_start() {
    let grace = Belt::Grace {
        target: server("s1"),
        until: at(111),
    };
    blocks(&grace, |guard| guard.facts.targets[0].started_at = Some(at(96)));
    assert!(planned(&over(|guard| guard.facts.targets[0].started_at = Some(at(95)))).is_some());
}

#[test]
fn at_most_three_actions_of_a_guard_and_ten_of_all_in_a_day() {
    blocks(
        &Belt::GuardCount {
            actions: 3,
            allowed: 3,
        },
        |guard| guard.facts.actions_guard = Some(3),
    );
    blocks(
        &Belt::AllCount {
            actions: 10,
            allowed: 10,
        },
        |guard| guard.facts.actions_all = Some(10),
    );
    let just_under = over(|guard| {
        guard.facts.actions_guard = Some(2);
        guard.facts.actions_all = Some(9);
    });
    assert!(planned(&just_under).is_some());
}

/// Two guards of one server, each below its own count, must not stop it six times a day.
#[test]
fn a_server_bears_three_actions_in_a_day_whichever_guards_took_them() {
    blocks(
        &Belt::TargetCount {
            target: server("s1"),
            actions: 3,
            allowed: 3,
        },
        |guard| {
            guard.facts.actions_guard = Some(0);
            guard.facts.targets[0].actions = Some(3);
        },
    );
    assert!(planned(&over(|guard| guard.facts.targets[0].actions = Some(2))).is_some());
}

#[test]
fn a_server_that_bore_its_actions_does_not_hold_up_another_one() {
    let judgement = over(|guard| {
        guard.spec.mode = Mode::Armed {
            until: at(100_000),
            targets: ["s1", "s2"].map(server).to_vec(),
        };
        guard.facts = Facts::supposed(["s1", "s2"].map(server));
        guard.facts.targets[0].actions = Some(3);
    });
    assert_eq!(planned(&judgement).unwrap(), ["s2"]);
}

#[test]
fn actions_that_could_not_be_counted_block() {
    blocks(&unreadable("actions"), |guard| {
        guard.facts.targets[0].actions = None
    });
    blocks(&unreadable("actions"), |guard| guard.facts.actions_guard = None);
    blocks(&unreadable("actions"), |guard| guard.facts.actions_all = None);
}

#[test]
fn a_plan_never_names_more_targets_than_the_counts_leave() {
    let judgement = over(|guard| {
        guard.spec.mode = Mode::Armed {
            until: at(100_000),
            targets: ["s1", "s2", "s3", "s4", "s5"].map(server).to_vec(),
        };
        guard.facts.targets = ["s1", "s2", "s3", "s4", "s5"].map(running).to_vec();
        guard.facts.actions_guard = Some(1);
    });
    assert_eq!(planned(&judgement).map(|targets| targets.len()), Some(2));
}

#[test]
fn a_protected_target_is_never_touched_and_an_unreadable_list_protects() {
    let protected = Belt::Protected { target: server("s1") };
    blocks(&protected, |guard| guard.facts.targets[0].protected = Some(true));
    blocks(&protected, |guard| {
        guard.spec.belts.protect = vec![server("s1").id];
    });
    blocks(&protected, |guard| {
        guard.facts.targets[0].protected = None;
        guard.spec.belts.protect = vec![server("s1").id];
    });
    blocks(&unreadable("protect"), |guard| {
        guard.facts.targets[0].protected = None;
    });
}

#[test]
fn an_unreadable_or_strange_power_state_blocks() {
    blocks(&unreadable("power"), |guard| guard.facts.targets[0].power = None);
    let strange = PowerState::Other {
        word: "MIGRATING".to_owned(),
    };
    blocks(&unreadable("power"), |guard| {
        guard.facts.targets[0].power = Some(strange);
    });
}

#[test]
fn what_is_stopped_already_is_not_planned() {
    for power in [
        PowerState::Stopped,
        PowerState::Stopping,
        PowerState::Starting,
        PowerState::Gone,
    ] {
        blocks(&Belt::NothingRunning, |guard| {
            guard.facts.targets[0].power = Some(power);
        });
    }
}

#[test]
fn only_frozen_targets_that_are_still_mapped_are_touched() {
    blocks(&Belt::NotFrozen { target: server("s2") }, |guard| {
        guard.facts.targets = vec![running("s2")];
    });
    blocks(&Belt::NoTarget, |guard| guard.facts.targets.clear());
    let both = over(|guard| {
        guard.spec.mode = Mode::Armed {
            until: at(100_000),
            targets: vec![server("s1"), server("s3")],
        };
        guard.facts.targets = vec![running("s1"), running("s2")];
    });
    assert_eq!(
        planned(&both),
        Some(vec!["s1".to_owned()]),
        "s2 is not frozen, s3 is not mapped"
    );
    assert_eq!(both.why.belts, [Belt::NotFrozen { target: server("s2") }]);
}

#[test]
fn a_target_of_the_same_id_in_another_region_is_another_target() {
    let mut elsewhere = server("s1");
    elsewhere.region = "ap-southeast-1".to_owned();
    let expected = Belt::NotFrozen {
        target: elsewhere.clone(),
    };
    blocks(&expected, |guard| guard.facts.targets[0].target = elsewhere);
}

#[test]
fn a_renamed_target_is_still_the_frozen_one() {
    let judgement = over(|guard| guard.facts.targets[0].target.name = "renamed".to_owned());
    assert_eq!(planned(&judgement), Some(vec!["s1".to_owned()]));
}

#[test]
fn a_target_that_somebody_started_again_is_left_alone_until_the_window_resets() {
    let suspended = Belt::Suspended { target: server("s1") };
    blocks(&suspended, |guard| {
        guard.facts.targets[0].started_after_our_stop = true;
    });
}

#[test]
fn under_the_other_policy_it_is_stopped_again_after_the_grace() {
    let again = |started| {
        over(|guard| {
            guard.spec.restart = RestartPolicy::StopAgain;
            guard.facts.targets[0].started_after_our_stop = true;
            guard.facts.targets[0].started_at = Some(started);
        })
    };
    assert!(planned(&again(at(96))).is_none());
    assert!(planned(&again(at(95))).is_some());
}

#[test]
fn the_same_fetch_twice_does_not_agree_with_itself() {
    let mut guard = Watchman::seen(spec(), 20 * GB);
    guard.look(9 * GB, 105);
    for _ in 0..5 {
        assert_eq!(planned(&guard.look(9 * GB, 105)), None);
    }
    assert!(
        planned(&guard.look(9 * GB, 110)).is_some(),
        "another fetch with the same value agrees"
    );
}

#[test]
fn a_reading_above_the_line_between_two_below_starts_the_count_anew() {
    let mut guard = Watchman::seen(spec(), 20 * GB);
    guard.look(9 * GB, 105);
    guard.look(11 * GB, 110);
    assert_eq!(planned(&guard.look(9 * GB, 115)), None);
    assert!(planned(&guard.look(9 * GB, 120)).is_some());
}

#[test]
fn readings_over_an_earlier_line_do_not_count_for_a_new_one() {
    let mut guard = Watchman::seen(spec(), 20 * GB);
    guard.spec.limit = Some(limit("15 GB"));
    guard.look(9 * GB, 105);
    guard.look(9 * GB, 110);
    guard.spec.limit = Some(limit("10 GB"));
    assert_eq!(planned(&guard.look(9 * GB, 115)), None);
    assert!(planned(&guard.look(9 * GB, 120)).is_some());
}

#[test]
fn a_reading_older_than_three_intervals_and_the_learned_lag_is_not_acted_on() {
    let told = |left: i64, as_of: i64, fetched: i64| {
        let (whole, left) = (Some(Quantity::bytes(200 * GB)), Some(Quantity::bytes(left)));
        Reading::new(
            None,
            whole,
            left,
            Some(march()),
            AsOf::Provider(at(as_of)),
            at(fetched),
        )
        .unwrap()
    };
    let mut guard = Watchman::new(spec());
    guard.show(told(20 * GB, 70, 100), 100);
    guard.show(told(9 * GB, 85, 105), 105);
    let old = guard.show(told(9 * GB, 94, 110), 110);
    let belt = Belt::Old {
        age: minutes(16),
        allowed: minutes(15),
    };
    assert_eq!(old.why.belts, [belt]);
    assert!(
        planned(&guard.show(told(9 * GB, 96, 111), 111)).is_some(),
        "exactly 15 minutes old"
    );
    guard.facts.lag = Some(minutes(30));
    assert!(
        planned(&guard.show(told(9 * GB, 96, 116), 116)).is_some(),
        "20 min old, lag 30 min"
    );
}

#[test]
fn a_number_that_the_provider_tells_late_and_seldom_can_be_acted_on_until_the_next_one() {
    let told = |left: i64, as_of: i64, fetched: i64| {
        let (whole, left) = (Some(Quantity::bytes(200 * GB)), Some(Quantity::bytes(left)));
        let as_of = AsOf::Provider(at(as_of));
        Reading::new(None, whole, left, Some(march()), as_of, at(fetched)).unwrap()
    };
    // Every twelve hours, the number of twelve hours ago.
    let mut guard = Watchman::new(spec());
    for batch in 0..6 {
        let as_of = batch * 720;
        guard.show(told((60 - batch * 10) * GB, as_of, as_of + 720), as_of + 720);
    }
    let last = guard.show(told(9 * GB, 4320, 5040), 5040);
    assert_eq!(last.why.belts, [Belt::Agreeing { seen: 1, needed: 2 }]);
    assert!(planned(&guard.show(told(9 * GB, 4320, 5045), 5045)).is_some());
}

#[test]
fn a_reading_from_the_future_means_the_clock_cannot_be_believed() {
    let mut guard = Watchman::seen(spec(), 20 * GB);
    guard.look(9 * GB, 205);
    let seen = known(reading(8 * GB, 210));
    let judgement = tidegate_guard::judge(&guard.spec, &guard.state, &seen, at(190));
    assert_eq!(planned(&judgement), None);
    assert!(judgement.why.belts.contains(&unreadable("clock")));
}

#[test]
fn less_than_nothing_left_in_a_package_warns_but_never_stops() {
    let mut guard = Watchman::seen(spec(), 20 * GB);
    let mut told = Vec::new();
    for round in 0..6 {
        let judgement = guard.look(-1 - round, 105 + round * 5);
        told.extend(raised(&judgement));
        assert_eq!(planned(&judgement), None);
    }
    assert_eq!(told, ["limit"]);
}

#[test]
fn a_watching_guard_lists_what_else_would_block() {
    let mut guard = Watchman::seen(watching(), 20 * GB);
    guard.facts.targets[0].protected = Some(true);
    let why = guard.look(9 * GB, 105).why;
    let expected = [
        Belt::Watch,
        Belt::Agreeing { seen: 1, needed: 2 },
        Belt::Protected { target: server("s1") },
    ];
    assert_eq!(why.belts, expected);
}

#[test]
fn the_defaults_are_the_designs() {
    let belts = tidegate_guard::Belts::default();
    assert_eq!(
        (
            belts.agreeing,
            belts.fresh_intervals,
            belts.actions_guard,
            belts.actions_all
        ),
        (2, 3, 3, 10)
    );
    assert_eq!((belts.window_settle, belts.start_grace), (hours(1), minutes(15)));
    assert_eq!(Mode::default(), Mode::Watch);
    assert_eq!(RestartPolicy::default(), RestartPolicy::SuspendUntilReset);
}
