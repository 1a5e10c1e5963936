//! Guards of packages: steps, lines, belts and what they may do.

use std::time::Duration;

use tidegate_guard::{Belts, Limit, RestartPolicy, Step};
use tidegate_meter::{Quantity, Unit};

use super::when::seconds;
use crate::plan::GuardPlan;
use crate::seed::Stream;

/// Countdowns: none, a minute, the usual five, a quarter of an hour.
const COUNTDOWNS: [u64; 4] = [0, 60, 300, 900];

pub(super) fn draw(stream: Stream, quota: i64, link_mbit: u32) -> GuardPlan {
    GuardPlan {
        steps: steps(stream.named("steps"), quota),
        limit: (!stream.named("is-open").percent(5)).then(|| limit(stream.named("limit"), quota)),
        countdown_s: stream.named("countdown").pick(&COUNTDOWNS).copied().unwrap_or(0),
        belts: belts(stream.named("belts")),
        bandwidth_mbit: stream.named("is-told").percent(60).then_some(link_mbit.max(1)),
        is_forced: stream.named("forced").percent(20),
        restart: if stream.named("restart").percent(50) {
            RestartPolicy::StopAgain
        } else {
            RestartPolicy::SuspendUntilReset
        },
        starts_after_reset: stream.named("after-reset").percent(60),
        is_armed: stream.named("armed").percent(92),
    }
}

/// A line of any of the three kinds.
pub(super) fn limit(stream: Stream, quota: i64) -> Limit {
    match stream.named("kind").below(3) {
        0 => Limit::Headroom(part(quota, stream.between(2, 12))),
        1 => Limit::Share(percent(stream.between(88, 99))),
        _ => Limit::Predictive {
            reserve: part(quota, stream.between(0, 5)),
        },
    }
}

fn steps(stream: Stream, quota: i64) -> Vec<Step> {
    let all = [
        Step::Share(percent(stream.named("early").between(50, 79))),
        Step::Share(percent(stream.named("late").between(80, 97))),
        Step::Headroom(part(quota, stream.named("left").between(5, 30))),
        Step::RunOut(seconds(stream.named("run-out").spread(3600, 4 * 86_400))),
    ];
    let kept = (0_u64..)
        .zip(all)
        .filter(|(at, _)| stream.named("has").numbered(*at).percent(65));
    kept.map(|(_, step)| step).collect()
}

/// One or two shares and a time.
pub(super) fn shares(stream: Stream) -> Vec<Step> {
    let mut steps = vec![Step::Share(percent(stream.named("late").between(80, 97)))];
    if stream.named("has-early").percent(60) {
        steps.push(Step::Share(percent(stream.named("early").between(40, 79))));
    }
    if stream.named("has-run-out").percent(40) {
        steps.push(Step::RunOut(seconds(
            stream.named("run-out").spread(3600, 4 * 86_400),
        )));
    }
    steps
}

/// The design's own in half of all guards.
fn belts(stream: Stream) -> Belts {
    if stream.named("usual").percent(50) {
        return Belts::default();
    }
    let minutes = |name: &str, least, most| -> Duration {
        seconds(stream.named(name).between(least, most).saturating_mul(60))
    };
    Belts {
        agreeing: u8::try_from(stream.named("agreeing").between(1, 3)).unwrap_or(2),
        fresh_intervals: stream.named("fresh").count((2, 6)),
        window_settle: minutes("settle", 0, 120),
        start_grace: minutes("grace", 1, 30),
        actions_guard: stream.named("guard").count((1, 5)),
        actions_all: stream.named("all").count((2, 10)),
        protect: Vec::new(),
    }
}

fn percent(count: u64) -> Quantity {
    Quantity::from_raw(
        i64::try_from(count).unwrap_or(0).saturating_mul(10_000),
        Unit::Percent,
    )
}

fn part(quota: i64, percent: u64) -> Quantity {
    Quantity::bytes((quota / 100).saturating_mul(i64::try_from(percent).unwrap_or(0)))
}
