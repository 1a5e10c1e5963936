//! What comes back: a window that was left, a step that was taken away, an alert that is due again.

use tidegate_guard::{Belt, Decision, GuardSpec, Judgement};
use tidegate_meter::{Quantity, Reason, Window, WindowKind};

use crate::common::*;

/// The first minute of April.
const TURN: i64 = (APRIL - MARCH) / 60_000;

fn reminded<S>(judgement: &Judgement<S>) -> Vec<String> {
    let key = |decision: &Decision| match decision {
        Decision::RemindStep { key, .. } => Some(key.clone()),
        _ => None,
    };
    judgement.decisions.iter().filter_map(key).collect()
}

fn other_windows<S>(judgement: &Judgement<S>) -> usize {
    let belts = judgement.why.belts.iter();
    belts.filter(|belt| **belt == Belt::OtherWindow).count()
}

#[test]
fn the_window_before_counts_again_while_it_runs_once_two_fetches_tell_it() {
    let other = Window::told(WindowKind::Cycle, at(60), march().end);
    let mut guard = Watchman::seen(spec(), 150 * GB);
    for minute in [125, 130] {
        guard.show(within(40 * GB, 50 * GB, minute, Some(other)), minute);
    }
    let once = guard.look(149 * GB, 135);
    assert_eq!(once.why.headroom, Some(Quantity::bytes(40 * GB)));
    let twice = guard.look(149 * GB, 140);
    assert_eq!(twice.why.headroom, Some(Quantity::bytes(149 * GB)));
    assert_eq!(twice.why.blind, None);
}

#[test]
fn behind_the_end_of_its_window_every_look_names_the_other_window_once() {
    let mut guard = Watchman::seen(spec(), 9 * GB);
    let lost = guard.lose(Reason::Transient, TURN + 5);
    assert_eq!(other_windows(&lost), 1, "{:?}", lost.why.belts);
    let closed = guard.look(8 * GB, TURN + 10);
    assert_eq!(other_windows(&closed), 1, "{:?}", closed.why.belts);
}

#[test]
fn a_step_that_comes_back_is_not_told_twice_even_after_other_steps_were() {
    let with = |texts: &[&str]| GuardSpec {
        steps: texts.iter().map(|text| step(text)).collect(),
        limit: None,
        ..watching()
    };
    let mut guard = Watchman::seen(with(&["70%"]), 61 * GB);
    assert_eq!(raised(&guard.look(60 * GB, 105)), ["share:70"]);
    guard.spec = with(&["75%"]);
    assert_eq!(raised(&guard.look(50 * GB, 110)), ["share:75"]);
    guard.spec = with(&["70%", "75%"]);
    assert!(raised(&guard.look(49 * GB, 115)).is_empty());
}

#[test]
fn steps_that_were_edited_all_day_do_not_fill_the_memory() {
    let mut guard = Watchman::seen(watching(), 150 * GB);
    guard.spec.limit = None;
    for edit in 0..200_i64 {
        let mark = Quantity::bytes(151 * GB + edit);
        guard.spec.steps = vec![tidegate_guard::Step::Headroom(mark)];
        assert_eq!(
            raised(&guard.look(150 * GB - edit, 105 + edit)).len(),
            1,
            "{edit}"
        );
    }
    let stored = serde_json::to_value(&guard.state).unwrap();
    let rungs = stored["ladder"]["rungs"].as_array().unwrap().len();
    assert!(rungs <= tidegate_guard::limits::RUNGS, "{rungs}");
}

#[test]
fn of_several_alerts_that_are_due_again_the_highest_is_told() {
    let mut guard = Watchman::seen(
        GuardSpec {
            steps: vec![step("99%")],
            ..watching()
        },
        20 * GB,
    );
    assert_eq!(raised(&guard.look(9 * GB, 105)), ["limit"]);
    assert_eq!(
        raised(&guard.look(GB, 110)),
        ["share:99"],
        "told after the limit, but lower"
    );
    assert_eq!(reminded(&guard.look(GB, 475)), ["limit"]);
    assert!(
        reminded(&guard.look(GB, 480)).is_empty(),
        "the other counts as told"
    );
}
