//! Each sentence of the design about burn and forecast, and the learned lag.

use std::time::Duration;

use proptest::prelude::*;
use tidegate_guard::{Change, Forecast, LagLearner, RunOut, change, learn_lag};
use tidegate_meter::{AsOf, Quantity, Reading, Time};

use crate::common::*;

fn forecast(guard: &Watchman, minute: i64) -> Forecast {
    guard.state.forecast(&guard.spec, at(minute))
}

fn hourly(guard: &Watchman, minute: i64) -> Option<(i64, i64, RunOut)> {
    match forecast(guard, minute) {
        Forecast::Known {
            hourly,
            hourly_upper,
            run_out,
            ..
        } => Some((hourly.raw(), hourly_upper.raw(), run_out)),
        Forecast::Accumulating { .. } => None,
    }
}

/// Polled every 5 minutes while the provider books `gb` gigabytes at each full hour.
fn stepwise(hours: i64, gb: impl Fn(i64) -> i64) -> Watchman {
    let mut guard = Watchman::new(watching());
    let mut left = 190 * GB;
    for poll in 0..=hours * 12 {
        if poll > 0 && poll % 12 == 0 {
            left -= gb(poll / 12) * GB;
        }
        guard.look(left, poll * 5);
    }
    guard
}

#[test]
fn hourly_steps_polled_every_five_minutes_give_the_hourly_rate() {
    let guard = stepwise(10, |_| 2);
    let (likely, upper, _) = hourly(&guard, 600).unwrap();
    assert_eq!((likely, upper), (2 * GB, 2 * GB));
}

#[test]
fn below_the_minimum_baseline_no_rate_is_claimed() {
    let mut guard = Watchman::new(watching());
    for hour in 0..3 {
        guard.look(190 * GB - hour * GB, hour * 60);
        assert!(
            matches!(forecast(&guard, hour * 60), Forecast::Accumulating { .. }),
            "hour {hour}"
        );
    }
    let mut polled = Watchman::new(watching());
    for poll in 0..6 {
        polled.look(190 * GB - poll * GB, poll * 5);
    }
    let Forecast::Accumulating { samples, needed, .. } = forecast(&polled, 25) else {
        panic!("six polls in 25 minutes are no baseline")
    };
    assert_eq!(
        (samples, needed),
        (6, 25),
        "two hours of polls every five minutes"
    );
}

#[test]
fn what_a_baseline_still_needs_is_told_in_time_and_changes() {
    let mut polled = Watchman::new(watching());
    polled.spec.interval = Duration::from_secs(1);
    let told = |guard: &Watchman, minute| match forecast(guard, minute) {
        Forecast::Accumulating {
            span,
            span_needed,
            changes,
            changes_needed,
            ..
        } => (
            span.as_secs() / 60,
            span_needed.as_secs() / 60,
            changes,
            changes_needed,
        ),
        Forecast::Known { .. } => panic!("no baseline yet"),
    };
    polled.look(190 * GB, 0);
    polled.look(190 * GB, 12);
    assert_eq!(told(&polled, 12), (12, 120, 0, 3));
    polled.look(189 * GB, 60);
    assert_eq!(told(&polled, 60), (60, 120, 1, 3));
    for minute in [120, 125, 130] {
        polled.look(188 * GB, minute);
    }
    assert_eq!(told(&polled, 130), (130, 120, 2, 3));
    polled.look(187 * GB, 180);
    assert!(hourly(&polled, 180).is_some(), "nothing more is needed");
}

#[test]
fn the_first_sight_of_a_value_opens_no_interval() {
    // The value may have stood for an hour before it was first seen: five minutes later it falls by an hour's burn.
    let mut guard = Watchman::new(watching());
    guard.look(190 * GB, 55);
    for hour in 1..=6 {
        guard.look(190 * GB - hour * 2 * GB, hour * 60);
    }
    assert_eq!(hourly(&guard, 400).unwrap().1, 2 * GB, "not 24 GB/h");
}

#[test]
fn one_burst_moves_the_upper_rate_and_not_the_median() {
    let guard = stepwise(12, |hour| if hour == 12 { 20 } else { 2 });
    let (likely, upper, _) = hourly(&guard, 720).unwrap();
    assert_eq!((likely, upper), (2 * GB, 20 * GB));
}

#[test]
fn a_batch_in_two_parts_is_one_change() {
    let mut guard = Watchman::new(watching());
    for hour in 0..=8 {
        let left = 190 * GB - hour * 2 * GB;
        guard.look(left, hour * 60);
        guard.look(left - GB, hour * 60 + 1);
    }
    let upper = hourly(&guard, 500).unwrap().1;
    assert!((2 * GB..=3 * GB).contains(&upper), "{upper}");
}

#[test]
fn a_top_up_is_an_event_and_never_burn() {
    let mut guard = stepwise(10, |_| 2);
    let before = hourly(&guard, 600).unwrap();
    guard.look(190 * GB, 605);
    for hour in 11..=20 {
        guard.look(190 * GB - (hour - 10) * 2 * GB, hour * 60);
    }
    let after = hourly(&guard, 1200).unwrap();
    assert_eq!((after.0, after.1), (before.0, before.1));
}

#[test]
fn a_new_window_is_an_event_and_the_rate_lives_on() {
    let turn = (APRIL - MARCH) / 60_000;
    let mut guard = Watchman::new(watching());
    for hour in 0..=10 {
        guard.look(100 * GB - hour * 2 * GB, turn - 660 + hour * 60);
    }
    guard.show(within(200 * GB, 200 * GB, turn + 5, Some(april())), turn + 5);
    let (likely, upper, run_out) = hourly(&guard, turn + 5).unwrap();
    assert_eq!((likely, upper), (2 * GB, 2 * GB));
    assert_eq!(
        run_out.likely,
        Some(at(turn + 5 + 6000)),
        "100 hours from the new whole"
    );
}

#[test]
fn a_correction_upwards_is_an_event() {
    let mut guard = stepwise(10, |_| 2);
    let before = hourly(&guard, 600).unwrap();
    guard.look(171 * GB, 605);
    let after = hourly(&guard, 605).unwrap();
    assert_eq!((after.0, after.1), (before.0, before.1));
}

#[test]
fn a_jump_that_a_second_fetch_confirmed_is_a_correction_not_burn() {
    let mut guard = stepwise(10, |_| 2);
    guard.look(20 * GB, 605);
    let confirmed = guard.look(20 * GB, 610);
    assert_eq!(confirmed.why.headroom, Some(Quantity::bytes(20 * GB)));
    assert_eq!(hourly(&guard, 610).unwrap().1, 2 * GB);
}

#[test]
fn the_run_out_is_a_band_from_early_to_late() {
    let guard = stepwise(40, |hour| [1, 2, 4][usize::try_from(hour % 3).unwrap()]);
    let (_, _, run_out) = hourly(&guard, 2400).unwrap();
    assert!(run_out.early.unwrap() < run_out.likely.unwrap());
    assert!(run_out.likely.unwrap() < run_out.late.unwrap());
}

#[test]
fn a_run_out_is_told_from_the_reading_and_not_from_the_time_of_asking() {
    let guard = stepwise(10, |_| 2);
    assert_eq!(forecast(&guard, 600), forecast(&guard, 900));
    // 170 GB at 2 GB/h.
    assert_eq!(hourly(&guard, 600).unwrap().2.likely, Some(at(600 + 85 * 60)));
}

#[test]
fn the_band_is_cut_by_the_end_of_the_window() {
    let turn = (APRIL - MARCH) / 60_000;
    let mut guard = Watchman::new(watching());
    for hour in 0..=10 {
        guard.look(100 * GB - hour * 2 * GB, turn - 660 + hour * 60);
    }
    let lasts = RunOut {
        early: None,
        likely: None,
        late: None,
    };
    assert_eq!(
        hourly(&guard, turn - 60).unwrap().2,
        lasts,
        "40 hours of burn, one hour of window"
    );
}

#[test]
fn a_server_that_stopped_sending_stops_burning() {
    let mut guard = stepwise(10, |_| 2);
    for poll in 1..=12 * 30 {
        guard.look(170 * GB, 600 + poll * 5);
    }
    let (likely, _, run_out) = hourly(&guard, 2400).unwrap();
    assert_eq!((likely, run_out.likely), (0, None));
}

#[test]
fn a_value_that_never_moved_for_a_day_burns_nothing() {
    let mut guard = Watchman::new(watching());
    for hour in 0..=30 {
        guard.look(190 * GB, hour * 60);
    }
    assert_eq!(
        hourly(&guard, 1800).map(|(likely, upper, _)| (likely, upper)),
        Some((0, 0))
    );
}

#[test]
fn a_change_at_every_poll_for_a_month_keeps_the_long_view_in_bounded_space() {
    let mut guard = Watchman::new(watching());
    for poll in 0..8640 {
        guard.look(190 * GB - poll * 20_000_000, poll * 5);
    }
    assert_eq!(
        hourly(&guard, 43_200).map(|(likely, ..)| likely),
        Some(240_000_000)
    );
    assert!(serde_json::to_string(&guard.state).unwrap().len() <= 4096);
}

#[test]
fn the_lag_is_the_median_spacing_between_changes() {
    let guard = stepwise(10, |_| 2);
    assert_eq!(guard.state.lag(), Some(hours(1)));
}

#[test]
fn the_lag_of_a_provider_that_tells_its_time_is_how_late_it_tells_it() {
    let readings: Vec<Reading> = (0..10)
        .map(|hour| {
            let left = Some(Quantity::bytes(100 * GB - hour * GB));
            Reading::new(
                None,
                None,
                left,
                None,
                AsOf::Provider(at(hour * 60)),
                at(hour * 60 + 25),
            )
            .unwrap()
        })
        .collect();
    assert_eq!(learn_lag(&readings), Some(minutes(25)));
}

#[test]
fn no_lag_is_claimed_below_three_changes_and_none_above_a_days_bill() {
    let every = |hours: i64, count: i64| -> Vec<Reading> {
        (0..count)
            .map(|index| reading(100 * GB - index * GB, index * hours * 60))
            .collect()
    };
    assert_eq!(
        learn_lag(&every(1, 4)),
        None,
        "the first change only opens an interval"
    );
    assert_eq!(learn_lag(&every(1, 5)), Some(hours(1)));
    assert_eq!(
        learn_lag(&every(12, 9)),
        Some(hours(12)),
        "half a day is no idle server"
    );
    assert_eq!(learn_lag(&every(48, 9)), Some(hours(26)));
}

#[test]
fn changes_are_named_for_what_they_are() {
    let noise = 2 * GB;
    let named = |before: Reading, after: Reading| change(&before, &after, noise);
    let gb = |count: i64| Quantity::bytes(count * GB);
    assert_eq!(named(reading(50 * GB, 0), reading(50 * GB, 5)), Change::Same);
    assert_eq!(
        named(reading(50 * GB, 0), reading(47 * GB, 5)),
        Change::Burned(gb(3))
    );
    assert_eq!(
        named(reading(50 * GB, 0), reading(52 * GB, 5)),
        Change::Correction(gb(2))
    );
    assert_eq!(
        named(reading(50 * GB, 0), reading(53 * GB, 5)),
        Change::TopUp(gb(3))
    );
    let more = within(45 * GB, 300 * GB, 5, Some(march()));
    assert_eq!(
        named(reading(50 * GB, 0), more),
        Change::TopUp(gb(-5)),
        "a new limit is never burn"
    );
    let less = within(45 * GB, 100 * GB, 5, Some(march()));
    assert_eq!(named(reading(50 * GB, 0), less), Change::Correction(gb(-5)));
    let next = within(200 * GB, 200 * GB, 5, Some(april()));
    assert_eq!(named(reading(50 * GB, 0), next), Change::Reset);
}

proptest! {
    #[test]
    fn the_sum_of_the_changes_is_last_minus_first(
        lefts in prop::collection::vec((0_i64..=200 * GB, prop::bool::weighted(0.1)), 2..60),
    ) {
        let mut whole = 200 * GB;
        let readings: Vec<Reading> = (0..).zip(&lefts).map(|(poll, (left, larger))| {
            if *larger {
                whole += 50 * GB;
            }
            within(*left, whole, poll * 5, Some(march()))
        }).collect();
        let mut sum = 0_i128;
        for pair in readings.windows(2) {
            sum += match change(&pair[0], &pair[1], 2 * GB) {
                Change::Same | Change::Reset => 0,
                Change::Burned(amount) => {
                    prop_assert!(amount.raw() > 0);
                    -i128::from(amount.raw())
                }
                Change::TopUp(amount) | Change::Correction(amount) => i128::from(amount.raw()),
            };
        }
        let (first, last) = (lefts[0].0, lefts[lefts.len() - 1].0);
        prop_assert_eq!(sum, i128::from(last) - i128::from(first));
    }

    #[test]
    fn no_history_gives_a_negative_rate_or_an_upside_down_band(
        moves in prop::collection::vec((-3_i64..=30, 1_i64..=90), 1..200),
    ) {
        let mut guard = Watchman::new(watching());
        let (mut left, mut minute) = (200 * GB, 0);
        for (gb, wait) in moves {
            left = (left - gb * 100_000_000).clamp(1, 200 * GB);
            minute += wait;
            guard.look(left, minute);
            if let Some((likely, upper, run_out)) = hourly(&guard, minute) {
                prop_assert!(0 <= likely && likely <= upper);
                let far = Time::from_ms(i64::MAX);
                prop_assert!(run_out.early.unwrap_or(far) <= run_out.likely.unwrap_or(far));
                prop_assert!(run_out.likely.unwrap_or(far) <= run_out.late.unwrap_or(far));
            }
        }
    }
}

#[test]
fn a_value_that_stands_for_longer_than_usual_lowers_the_rate_before_the_day_is_over() {
    let mut guard = stepwise(10, |_| 2);
    for poll in 1..=12 * 15 {
        guard.look(170 * GB, 600 + poll * 5);
    }
    let (likely, upper, _) = hourly(&guard, 1500).unwrap();
    assert_eq!(
        (likely, upper),
        (0, 2 * GB),
        "fifteen of twenty-four hours stood still"
    );
}

#[test]
fn a_value_that_stands_is_nothing_new_until_it_stands_for_two_usual_intervals() {
    let mut guard = stepwise(10, |_| 2);
    let before = guard.state.clone();
    for minute in [605, 690, 720] {
        guard.look(170 * GB, minute);
        assert!(guard.state.knows_the_same(&before), "minute {minute}");
    }
    guard.look(170 * GB, 721);
    assert!(
        !guard.state.knows_the_same(&before),
        "it stands still: the rate falls"
    );
}

#[test]
fn an_interval_of_twice_the_usual_length_burned_slowly_and_a_longer_one_stood_still() {
    for (wait, upper) in [(120, 2 * GB), (121, 4 * GB)] {
        let mut guard = stepwise(10, |_| 2);
        guard.look(166 * GB, 600 + wait);
        assert_eq!(hourly(&guard, 600 + wait).unwrap().1, upper, "{wait} minutes");
    }
}

#[test]
fn a_change_at_every_poll_gives_its_rate() {
    let mut guard = Watchman::new(watching());
    guard.spec.interval = hours(1);
    for hour in 0..=8 {
        guard.look(190 * GB - hour * 2 * GB, hour * 60);
    }
    assert_eq!(hourly(&guard, 480).unwrap().0, 2 * GB);
}

#[test]
fn a_baseline_takes_two_hours_or_five_polls_whichever_is_longer() {
    let span_needed = |interval: Duration| {
        let mut guard = Watchman::new(watching());
        guard.spec.interval = interval;
        guard.look(190 * GB, 0);
        match forecast(&guard, 0) {
            Forecast::Accumulating { span_needed, .. } => span_needed,
            Forecast::Known { .. } => panic!("no baseline yet"),
        }
    };
    assert_eq!(span_needed(minutes(5)), hours(2));
    assert_eq!(span_needed(hours(1)), hours(5));
}

#[test]
fn with_the_time_behind_it_only_the_least_count_of_polls_is_waited_for() {
    let mut guard = Watchman::new(watching());
    guard.spec.interval = minutes(1);
    let needed = |guard: &Watchman, minute| match forecast(guard, minute) {
        Forecast::Accumulating { needed, .. } => needed,
        Forecast::Known { .. } => panic!("no baseline yet"),
    };
    guard.look(190 * GB, 0);
    guard.look(189 * GB, 119);
    assert_eq!(needed(&guard, 119), 121, "a poll each minute of two hours");
    guard.look(188 * GB, 120);
    assert_eq!(needed(&guard, 120), 6);
}

#[test]
fn what_runs_out_just_as_its_window_ends_lasts() {
    let turn = (APRIL - MARCH) / 60_000;
    let likely = |more: i64| {
        let mut guard = Watchman::new(watching());
        for hour in 0..=10 {
            let minute = turn - (20 - hour) * 60;
            guard.look(20 * GB + more + (10 - hour) * 2 * GB, minute);
        }
        hourly(&guard, turn - 600).unwrap().2.likely
    };
    assert_eq!(likely(0), None, "twenty gigabytes for ten hours");
    assert_eq!(likely(-GB), Some(at(turn - 30)), "half an hour before the end");
}

#[test]
fn nothing_runs_out_in_a_window_that_is_over() {
    let turn = (APRIL - MARCH) / 60_000;
    let mut guard = Watchman::new(watching());
    for hour in 0..=10 {
        guard.look(GB + (10 - hour) * 2 * GB, turn - (20 - hour) * 60);
    }
    assert!(hourly(&guard, turn - 1).unwrap().2.likely.is_some());
    assert_eq!(hourly(&guard, turn).unwrap().2.likely, None);
}

#[test]
fn only_the_first_sight_of_a_providers_time_says_how_late_it_came() {
    let told = |as_of: i64, late: i64| {
        let left = Some(Quantity::bytes(100 * GB - as_of));
        let (as_of, fetched) = (AsOf::Provider(at(as_of)), at(as_of + late));
        Reading::new(None, None, left, None, as_of, fetched).unwrap()
    };
    let readings: Vec<Reading> = (0..6)
        .flat_map(|hour| [10, 25, 40].map(|late| told(hour * 60, late)))
        .collect();
    assert_eq!(learn_lag(&readings), Some(minutes(10)));
}

#[test]
fn the_lag_is_the_middle_one_of_unequal_spacings() {
    let mut minute = 0;
    let readings: Vec<Reading> = [60, 60, 300, 240, 180, 120, 61]
        .into_iter()
        .enumerate()
        .map(|(index, wait)| {
            minute += wait;
            reading(100 * GB - i64::try_from(index).unwrap() * GB, minute)
        })
        .collect();
    // The first spacing that counts is the third: 300, 240, 180, 120 and 61.
    assert_eq!(learn_lag(&readings), Some(hours(3)));
}

#[test]
fn a_restated_value_is_a_first_sight_again() {
    let mut learner = LagLearner::default();
    let see = |learner: &mut LagLearner, left: i64, minute: i64| {
        learner.observe(&reading(left * GB, minute));
        learner.lag()
    };
    see(&mut learner, 100, 0);
    see(&mut learner, 99, 60);
    assert_eq!(see(&mut learner, 98, 120), None);
    learner.restart();
    see(&mut learner, 150, 700);
    see(&mut learner, 149, 760);
    assert_eq!(see(&mut learner, 148, 820), None, "two spacings are known");
    assert_eq!(see(&mut learner, 147, 880), Some(hours(1)));
}

#[test]
fn what_was_learned_of_the_lag_is_stored_where_it_is_more_than_nothing() {
    let empty = serde_json::to_value(LagLearner::default()).unwrap();
    assert!(empty.get("told").is_none() && empty.get("spaced").is_none());
    let mut learner = LagLearner::default();
    for hour in 0..4 {
        let left = Some(Quantity::bytes(100 * GB - hour * GB));
        let (as_of, fetched) = (AsOf::Provider(at(hour * 60)), at(hour * 60 + 10));
        learner.observe(&Reading::new(None, None, left, None, as_of, fetched).unwrap());
    }
    let stored = serde_json::to_value(&learner).unwrap();
    assert_eq!((&stored["told"], &stored["spaced"]), (&true.into(), &3600.into()));
    assert_eq!(serde_json::from_value::<LagLearner>(stored).unwrap(), learner);
}

#[test]
fn a_changed_limit_is_a_top_up_only_beyond_the_noise() {
    let named = |whole: i64, left: i64| {
        let after = within(left, whole, 5, Some(march()));
        change(&reading(50 * GB, 0), &after, 2 * GB)
    };
    let by = |bytes: i64| Quantity::bytes(bytes);
    assert_eq!(named(202 * GB, 50 * GB), Change::Correction(by(0)));
    assert_eq!(named(202 * GB + 1, 50 * GB), Change::TopUp(by(0)));
    assert_eq!(named(199 * GB, 52 * GB), Change::Correction(by(2 * GB)));
    assert_eq!(named(199 * GB, 52 * GB + 1), Change::TopUp(by(2 * GB + 1)));
    assert_eq!(named(199 * GB, 60 * GB), Change::TopUp(by(10 * GB)));
}
