//! A quota of money: of nothing, overspent many times, topped up, taken back.

use tidegate_guard::{ActionKind, Decision, GuardSpec, GuardState, Level, judge};
use tidegate_meter::{AsOf, Currency, Outcome, Quantity, Reading, Unit};

use crate::common::*;

fn cny(amount: i64) -> Quantity {
    Quantity::from_raw(amount * 1_000_000, Unit::Money(Currency::CNY))
}

fn quota_spec() -> GuardSpec {
    GuardSpec {
        steps: vec![step("50%"), step("80%"), step("90%")],
        limit: Some(limit("100%")),
        action: ActionKind::Stop,
        ..spec()
    }
}

/// What a quota's meter tells, fetched at that minute.
fn quota(used: i64, granted: i64, minute: i64) -> Outcome {
    let reading = Reading::new(
        Some(cny(used)),
        Some(cny(granted)),
        None,
        None,
        AsOf::Fetch(at(minute)),
        at(minute),
    );
    Outcome::Known(reading.expect("a reading"))
}

/// The keys raised by each look, one after the other.
struct Story {
    spec: GuardSpec,
    state: GuardState,
}

impl Story {
    fn new() -> Self {
        Self {
            spec: quota_spec(),
            state: GuardState::default(),
        }
    }

    fn look(&mut self, used: i64, granted: i64, minute: i64) -> (Vec<String>, Vec<String>, Level) {
        let seen = tidegate_guard::Observation {
            outcome: quota(used, granted, minute),
            facts: facts(),
        };
        let judged = judge(&self.spec, &self.state, &seen, at(minute));
        self.state = judged.state;
        let (mut raised, mut resolved) = (Vec::new(), Vec::new());
        for decision in judged.decisions {
            match decision {
                Decision::RaiseStep { key, .. } => raised.push(key),
                Decision::ResolveStep { key, .. } => resolved.push(key),
                _ => {}
            }
        }
        (raised, resolved, judged.level)
    }
}

#[test]
fn a_quota_of_nothing_is_over_as_soon_as_anything_is_spent() {
    let mut story = Story::new();
    assert_eq!(story.look(0, 0, 0), (vec![], vec![], Level::Calm));
    let (raised, _, level) = story.look(1, 0, 5);
    assert_eq!((raised, level), (vec!["limit".to_owned()], Level::Critical));
}

#[test]
fn a_quota_overspent_many_times_is_believed_each_time() {
    let mut story = Story::new();
    story.look(0, 1, 0);
    story.look(40, 1, 60);
    for minute in [120, 180, 240] {
        let (_, _, level) = story.look(40, 1, minute);
        assert_eq!(level, Level::Critical, "at minute {minute}");
        let last = story.state.last_reading().and_then(Reading::used);
        assert_eq!(last, Some(cny(40)));
    }
}

#[test]
fn after_a_top_up_only_the_steps_above_the_new_level_fire_again() {
    let mut story = Story::new();
    story.look(40, 100, 0);
    let (raised, _, _) = story.look(85, 100, 60);
    assert_eq!(raised, ["share:80"], "one message, for the highest");
    let (raised, _, _) = story.look(95, 100, 120);
    assert_eq!(raised, ["share:90"]);
    // 95 of 112 is 84.8 %: 50 and 80 stay crossed, 90 is armed again.
    let (raised, resolved, _) = story.look(95, 112, 120);
    assert_eq!((raised, resolved), (vec![], vec!["share:90".to_owned()]));
    let (raised, _, _) = story.look(97, 112, 180);
    assert_eq!(raised, Vec::<String>::new());
    let (raised, _, _) = story.look(101, 112, 240);
    assert_eq!(raised, ["share:90#2"], "told again, once");
}

#[test]
fn what_a_person_takes_back_is_no_jump() {
    let mut story = Story::new();
    story.look(30, 100, 0);
    let (raised, _, level) = story.look(30, 35, 1);
    assert_eq!((raised, level), (vec!["share:80".to_owned()], Level::Warning));
}

#[test]
fn a_step_at_a_hundred_percent_does_not_take_the_place_of_the_limit() {
    let mut story = Story::new();
    story.spec.steps.push(step("100%"));
    story.look(90, 100, 0);
    let (raised, _, _) = story.look(100, 100, 60);
    assert_eq!(
        raised,
        Vec::<String>::new(),
        "a fall to nothing is read once more"
    );
    let seen = tidegate_guard::Observation {
        outcome: quota(100, 100, 120),
        facts: facts(),
    };
    let judged = judge(&story.spec, &story.state, &seen, at(120));
    let limit = |decision: &Decision| matches!(decision, Decision::RaiseStep { key, .. } if key == "limit");
    assert!(
        judged.decisions.iter().any(limit),
        "the limit is the higher of the two"
    );
    let plans = |decision: &Decision| matches!(decision, Decision::Plan { .. });
    assert!(judged.decisions.iter().any(plans), "and it asks for the action");
}

#[test]
fn eight_hundred_less_a_cent_of_a_thousand_is_not_eighty_percent() {
    let mut story = Story::new();
    let exact = |used: i64, minute: i64| {
        let reading = Reading::new(
            Some(Quantity::from_raw(used, Unit::Money(Currency::CNY))),
            Some(cny(1000)),
            None,
            None,
            AsOf::Fetch(at(minute)),
            at(minute),
        );
        Outcome::Known(reading.expect("a reading"))
    };
    story.look(700, 1000, 0);
    for (used, raised) in [(799_990_000, vec![]), (800_000_000, vec!["share:80".to_owned()])] {
        let seen = tidegate_guard::Observation {
            outcome: exact(used, used / 1_000_000),
            facts: facts(),
        };
        let judged = judge(&story.spec, &story.state, &seen, at(used / 1_000_000));
        story.state = judged.state;
        let keys: Vec<String> = judged
            .decisions
            .into_iter()
            .filter_map(|decision| match decision {
                Decision::RaiseStep { key, .. } => Some(key),
                _ => None,
            })
            .collect();
        assert_eq!(keys, raised);
    }
}
