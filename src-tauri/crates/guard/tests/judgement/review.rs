//! Found by a review of what could stop a healthy server, or stay silent: each failed before its fix.

use tidegate_guard::{Belt, Decision, Forecast, GuardSpec, GuardState, Judgement, Level, OtherMeter};
use tidegate_meter::{AsOf, Quantity, Reading, Reason};

use super::common::{
    GB, Watchman, april, at, facts, limit, march, planned, raised, reading, resolved, running, spec, step,
    watching, within,
};

fn covered_by(now: Option<i64>, before: Option<i64>, minute: i64) -> Vec<OtherMeter> {
    vec![OtherMeter {
        name: "second package".to_owned(),
        now: now.map(|left| reading(left, minute)),
        before: before.map(|left| reading(left, minute - 5)),
    }]
}

/// A guard over its line for the second look, beside another package of its server.
fn over_beside(now: Option<i64>, before: Option<i64>) -> (Option<Vec<String>>, Vec<Belt>) {
    let mut watchman = Watchman::seen(spec(), 15 * GB);
    watchman.facts = facts();
    watchman.facts.targets[0].others = covered_by(now, before, 105);
    watchman.look(9 * GB, 105);
    watchman.facts.targets[0].others = covered_by(now, before, 110);
    let judgement = watchman.look(8 * GB, 110);
    (planned(&judgement), judgement.why.belts)
}

#[test]
fn a_server_with_another_package_that_is_not_over_the_line_is_not_stopped() {
    let covered = vec![Belt::Covered {
        target: running("s1").target,
        meter: "second package".to_owned(),
    }];
    assert_eq!(
        over_beside(Some(150 * GB), Some(150 * GB)),
        (None, covered.clone())
    );
    // One number alone does not say that the other is used up, nor that it was when it is full again.
    assert_eq!(over_beside(Some(0), Some(150 * GB)), (None, covered.clone()));
    assert_eq!(over_beside(Some(150 * GB), Some(0)), (None, covered));
}

#[test]
fn a_server_whose_other_package_cannot_be_read_is_not_stopped() {
    let unread = vec![Belt::Unreadable {
        what: "other_package".to_owned(),
    }];
    for (now, before) in [(None, Some(5 * GB)), (Some(5 * GB), None), (None, None)] {
        assert_eq!(
            over_beside(now, before),
            (None, unread.clone()),
            "{now:?} {before:?}"
        );
    }
}

#[test]
fn a_server_is_stopped_when_its_last_package_is_over_the_line() {
    let stopped = (Some(vec!["s1".to_owned()]), Vec::new());
    assert_eq!(over_beside(Some(5 * GB), Some(5 * GB)), stopped);
}

/// The provider leaves the limit out of one answer: only what was used is told.
fn without_limit(left: i64, minute: i64) -> Reading {
    let used = Quantity::bytes(200 * GB - left);
    let now = at(minute);
    Reading::new(Some(used), None, None, Some(march()), AsOf::Fetch(now), now).expect("a reading")
}

#[test]
fn an_answer_without_its_limit_is_not_burn() {
    let mut watchman = Watchman::new(GuardSpec {
        steps: Vec::new(),
        limit: Some(limit("predictive 5 GB")),
        ..spec()
    });
    let (mut left, mut minute) = (180 * GB, 100);
    for look in 0..120 {
        left -= if look % 12 == 0 { GB / 10 } else { 0 };
        watchman.look(left, minute);
        minute += 5;
    }
    let before = watchman.state.forecast(&watchman.spec, at(minute));
    assert_eq!(planned(&watchman.show(without_limit(left, minute), minute)), None);
    for _ in 0..4 {
        minute += 5;
        let judgement = watchman.look(left, minute);
        assert_eq!(planned(&judgement), None);
        assert!(!judgement.why.over, "{:?}", judgement.why.lower_bound);
    }
    assert_eq!(
        rates(&watchman.state.forecast(&watchman.spec, at(minute))),
        rates(&before)
    );
}

fn rates(forecast: &Forecast) -> Option<(Quantity, Quantity)> {
    match forecast {
        Forecast::Known {
            hourly, hourly_upper, ..
        } => Some((*hourly, *hourly_upper)),
        Forecast::Accumulating { .. } => None,
    }
}

#[test]
fn a_number_that_is_not_believed_says_so() {
    let mut watchman = Watchman::seen(spec(), 150 * GB);
    let doubt = |judgement: Judgement<GuardState>| judgement.doubt.map(|blind| blind.reason);
    assert_eq!(
        doubt(watchman.look(0, 105)),
        Some(Reason::Implausible),
        "to nothing at once"
    );
    assert_eq!(doubt(watchman.look(149 * GB, 110)), None);
    let april = within(200 * GB, 200 * GB, 115, Some(april()));
    assert_eq!(
        doubt(watchman.show(april, 115)),
        Some(Reason::Stale),
        "a window that has not begun"
    );
    assert_eq!(
        doubt(watchman.lose(Reason::Transient, 120)),
        None,
        "there was no number to doubt"
    );
}

/// Watches a line of 50 GB that was crossed and told, and moves it to 20 GB.
fn with_a_moved_limit(left: i64) -> (Watchman, Judgement<GuardState>) {
    let mut watchman = Watchman::seen(
        GuardSpec {
            steps: Vec::new(),
            limit: Some(limit("50 GB")),
            ..watching()
        },
        80 * GB,
    );
    assert_eq!(raised(&watchman.look(45 * GB, 110)), ["limit"]);
    watchman.spec.limit = Some(limit("20 GB"));
    let judgement = watchman.look(left, 120);
    (watchman, judgement)
}

#[test]
fn a_moved_limit_is_told_in_the_same_window() {
    // 21 GB: on the right side of the new line, and still within its hysteresis.
    for left in [44 * GB, 21 * GB] {
        let (mut watchman, moved) = with_a_moved_limit(left);
        assert_eq!(edited(&moved), ["limit"], "{left}");
        assert_eq!(watchman.state.level(), Level::Calm, "{left}");
        assert_eq!(raised(&watchman.look(19 * GB, 180)), ["limit#2"], "{left}");
        assert!(raised(&watchman.look(18 * GB, 185)).is_empty(), "told once");
    }
}

#[test]
fn a_moved_limit_that_is_crossed_as_well_is_not_told_twice() {
    let (mut watchman, moved) = with_a_moved_limit(15 * GB);
    assert!(raised(&moved).is_empty() && resolved(&moved).is_empty());
    assert_eq!(watchman.state.level(), Level::Critical);
    let back = watchman.look(60 * GB, 180);
    assert_eq!(
        (resolved(&back).len(), edited(&back).len()),
        (1, 0),
        "it recovered"
    );
}

#[test]
fn a_step_that_was_taken_away_is_no_recovery() {
    let mut watchman = Watchman::seen(watching(), 190 * GB);
    watchman.look(25 * GB, 160);
    assert_eq!(raised(&watchman.look(25 * GB, 165)), ["share:85"]);
    watchman.spec.steps = vec![step("70%"), step("80%")];
    let judgement = watchman.look(25 * GB, 170);
    assert_eq!(edited(&judgement), ["share:85"]);
    assert_eq!(resolved(&judgement).len(), 1);
}

/// The keys that ended because a person changed the guard.
fn edited(judgement: &Judgement<GuardState>) -> Vec<String> {
    let key = |decision: &Decision| match decision {
        Decision::ResolveStep {
            key, by_edit: true, ..
        } => Some(key.clone()),
        _ => None,
    };
    judgement.decisions.iter().filter_map(key).collect()
}
