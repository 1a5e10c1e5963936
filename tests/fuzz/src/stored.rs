//! What was stored or handed in: a guard's state and an agent's batch. Whatever it is, judging it ends.

use tidegate_guard::{
    ActionKind, Belts, Facts, GuardSpec, GuardState, Limit, Mode, Observation, RestartPolicy, judge,
};
use tidegate_meter::handover::{EnrolBody, HandIn};
use tidegate_meter::{AsOf, Outcome, Quantity, Reading, Time, Unit};

use std::time::Duration;

fn spec() -> GuardSpec {
    GuardSpec {
        id: "g".parse().unwrap(),
        steps: vec![
            "70%".parse().unwrap(),
            "20 GB".parse().unwrap(),
            "2d".parse().unwrap(),
        ],
        limit: Some(Limit::Predictive {
            reserve: Quantity::bytes(5_000_000_000),
        }),
        action: ActionKind::Stop,
        mode: Mode::Watch,
        countdown: Duration::from_secs(60),
        interval: Duration::from_secs(300),
        stop_latency: Duration::from_secs(60),
        bandwidth_mbit: Some(5),
        belts: Belts::default(),
        forced: false,
        restart: RestartPolicy::default(),
        start_after_reset: true,
        reminder: Duration::from_secs(6 * 3600),
        hysteresis: Quantity::from_raw(10_000, Unit::Percent),
    }
}

fn reading(left: i64, at: Time) -> Outcome {
    let (whole, left) = (Quantity::bytes(200_000_000_000), Quantity::bytes(left));
    Outcome::Known(Reading::new(None, Some(whole), Some(left), None, AsOf::Fetch(at), at).unwrap())
}

/// A state that can be read is judged with, stored, and read again; inert facts never plan.
pub(crate) fn state(bytes: &[u8]) {
    let Ok(mut state) = serde_json::from_slice::<GuardState>(bytes) else {
        return;
    };
    let start = Time::from_ms(1_772_323_200_000);
    for (minute, left) in [(5, 100_000_000_000), (10, 99_000_000_000), (15, 0), (20, 0)] {
        let at = start.plus(Duration::from_secs(minute * 60));
        let seen = Observation {
            outcome: reading(left, at),
            facts: Facts::inert(),
        };
        let judgement = judge(&spec(), &state, &seen, at);
        let stored = serde_json::to_string(&judgement.state).unwrap();
        state = serde_json::from_str(&stored).unwrap();
        assert_eq!(state, judgement.state, "{stored}");
        let planned = judgement
            .decisions
            .iter()
            .any(|decision| matches!(decision, tidegate_guard::Decision::Plan { .. }));
        assert!(!planned, "who may not act plans nothing");
    }
}

/// A batch is refused, or written so that it is read again as the same. A code is never shown.
pub(crate) fn hand_in(bytes: &[u8]) {
    if let Ok(read) = serde_json::from_slice::<HandIn>(bytes) {
        let written = serde_json::to_vec(&read).unwrap();
        assert_eq!(serde_json::from_slice::<HandIn>(&written).unwrap(), read);
    }
    if let Ok(read) = serde_json::from_slice::<EnrolBody>(bytes) {
        let is_telling = read.code.len() > 8 && !read.agent.contains(&read.code);
        assert!(!is_telling || !format!("{read:?}").contains(&read.code));
    }
}
