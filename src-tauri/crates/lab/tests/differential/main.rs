//! A slice of the table in `docs/predictive.md`: every eleventh world at every lag, held to the same bars; and rules that
//! are worse, so that the bars are seen to be missed.

use tidegate_lab::differential::{Bars, LAGS, Lag, Rule, World, lie_rows, page, row, tally, worlds};

const MBIT: u32 = 100;

/// Every eleventh world: of both kinds of steps, and of five kinds of traffic.
fn slice() -> Vec<World> {
    worlds().into_iter().step_by(11).collect()
}

fn held(lag: Lag, fast: bool) {
    let row = row(&slice(), lag, MBIT, fast);
    let missed = Bars::ASKED.missed(&row.ours);
    assert!(missed.is_empty(), "{missed:?}\n{}", row.stories.join("\n"));
    assert_eq!(
        row.ours.beyond_contract,
        0,
        "a measured contract is a bound: {}",
        row.stories.join("\n")
    );
    assert!(
        row.ours.dry > 0 && row.ours.dry < row.ours.worlds,
        "both kinds are played"
    );
}

#[test]
fn a_quarter_of_an_hour_late_ours_holds_the_bars() {
    held(LAGS[0], false);
}

#[test]
fn an_hour_late_ours_holds_the_bars() {
    held(LAGS[1], true);
}

#[test]
fn half_a_day_late_ours_holds_the_bars() {
    held(LAGS[2], false);
}

#[test]
fn a_rule_that_waits_for_the_end_misses_the_bar_of_overshoot() {
    let late = tally(&slice(), LAGS[1], MBIT, Rule::Headroom(0));
    assert!(late.promised > 0, "something is promised that can be broken");
    assert!(late.broken > 0);
    assert!(
        Bars::ASKED
            .missed(&late)
            .iter()
            .any(|bar| bar.contains("promised"))
    );
}

#[test]
fn a_rule_that_stops_at_once_misses_the_bar_of_false_stops() {
    let early = tally(&slice(), LAGS[1], MBIT, Rule::Headroom(i64::MAX));
    assert!(
        Bars::ASKED
            .missed(&early)
            .iter()
            .any(|bar| bar.contains("false stops"))
    );
}

#[test]
fn no_lie_of_a_few_looks_stops_a_healthy_server_and_the_naive_rule_falls_for_each() {
    let lasting = worlds()
        .into_iter()
        .filter(|world| world.whole_percent >= 130)
        .take(1)
        .collect::<Vec<_>>();
    let rows = lie_rows(&lasting);
    assert!(
        rows.iter()
            .all(|row| row.worlds == 1 && row.ours == 0 && row.headroom == 0),
        "{rows:?}"
    );
    assert!(rows.iter().any(|row| row.naive > 0), "{rows:?}");
}

#[test]
fn a_world_is_the_same_every_time() {
    let shown = |seed| format!("{:?}", World::draw(seed));
    assert_eq!(shown(7), shown(7));
    assert_ne!(shown(7), shown(8));
}

#[test]
fn the_tables_stand_between_their_marks_and_leave_the_rest_alone() {
    let document = "before <!-- predictive: begin -->\nyesterday's\n<!-- predictive: end --> after";
    let written = page(document, &[], &[]).unwrap();
    assert!(
        written.starts_with("before ") && written.ends_with(" after") && !written.contains("yesterday's")
    );
    assert!(page("no marks", &[], &[]).is_none());
}
