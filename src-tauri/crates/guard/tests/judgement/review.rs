//! Found by a review of what could stop a healthy server, or stay silent: each failed before its fix.

use tidegate_guard::{Belt, Forecast, GuardSpec, OtherMeter};
use tidegate_meter::{AsOf, Quantity, Reading};

use super::common::{GB, Watchman, at, facts, limit, march, planned, reading, running, spec};

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
