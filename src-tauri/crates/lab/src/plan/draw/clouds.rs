//! Accounts with servers and packages, so filled that most packages come to their line within the run.

use tidegate_guard::Limit;
use tidegate_meter::Time;
use tidegate_sim::gib;

use super::curves::{self, Traffic, share};
use super::guards;
use super::shape::Shape;
use super::when::seconds;
use crate::plan::{CloudPlan, PackagePlan, ServerPlan};
use crate::seed::Stream;

/// Accounts are called by trees.
const NAMES: [&str; 4] = ["alder", "birch", "cedar", "dogwood"];
/// Seconds of a civil month at its longest: cycles turn by the day of purchase.
const MONTH_S: u64 = 31 * 86_400;
/// A hundred percent, raw.
const WHOLE_PERCENT: i64 = 1_000_000;

pub(super) fn draw(stream: Stream, shape: &Shape, start: Time) -> Vec<CloudPlan> {
    let count = usize::try_from(stream.named("count").count(shape.clouds)).unwrap_or(1);
    let clouds = (1_u64..).zip(NAMES).take(count);
    clouds
        .map(|(number, name)| cloud(stream.named(name), number, name, shape, start))
        .collect()
}

fn cloud(stream: Stream, number: u64, name: &str, shape: &Shape, start: Time) -> CloudPlan {
    let (least, most) = shape.interval_s;
    let interval_s = stream.named("interval").spread(least, most);
    let sent: Vec<(ServerPlan, Traffic)> = (1..=u64::from(stream.named("servers").count(shape.servers)))
        .map(|of| {
            server(
                stream.named("server").numbered(of),
                &format!("s{number}{of}"),
                shape,
                start,
            )
        })
        .collect();
    let packages = (1..=u64::from(stream.named("packages").count(shape.packages))).map(|of| {
        let own = stream.named("package").numbered(of);
        package(own, &format!("p{number}{of}"), of, &sent, shape, start)
    });
    CloudPlan {
        name: name.to_owned(),
        has_act_key: stream.named("keys").percent(60),
        interval_s,
        interval_near_s: interval_s.min(least.max(120)),
        packages: packages.collect(),
        servers: sent.into_iter().map(|(server, _)| server).collect(),
    }
}

fn server(stream: Stream, name: &str, shape: &Shape, start: Time) -> (ServerPlan, Traffic) {
    let traffic = curves::draw(stream.named("traffic"), shape.span_s(), start);
    let server = ServerPlan {
        name: name.to_owned(),
        traffic: traffic.curve.clone(),
        is_off: stream.named("off").percent(6),
        is_locked: stream.named("locked").percent(4),
        is_protected: stream.named("protected").percent(8),
    };
    (server, traffic)
}

/// A package of one server, by turns, or of two.
fn package(
    stream: Stream,
    name: &str,
    number: u64,
    sent: &[(ServerPlan, Traffic)],
    shape: &Shape,
    start: Time,
) -> PackagePlan {
    let most = if stream.named("shared").percent(25) { 2 } else { 1 };
    let skipped = usize::try_from(number.saturating_sub(1)).unwrap_or(0);
    let of: Vec<&(ServerPlan, Traffic)> = sent
        .iter()
        .cycle()
        .skip(skipped)
        .take(sent.len().min(most))
        .collect();
    let mean = of
        .iter()
        .fold(0_u64, |sum, (_, traffic)| sum.saturating_add(traffic.mean));
    let sent_bytes = share(mean, shape.span_s(), 8);
    let quota = quota(stream, sent_bytes);
    let link_mbit = of
        .iter()
        .fold(0_u32, |sum, (_, traffic)| sum.saturating_add(traffic.link_mbit));
    let lag_s = stream.named("lag").spread(60, 12 * 3600);
    let guard = stream
        .named("is-guarded")
        .percent(94)
        .then(|| guards::draw(stream.named("guard"), quota, link_mbit));
    let limit = guard.as_ref().and_then(|guard| guard.limit);
    PackagePlan {
        name: name.to_owned(),
        servers: of.iter().map(|(server, _)| server.name.clone()).collect(),
        quota,
        used: used(stream, (quota, sent_bytes), limit),
        lag_s,
        step_s: stream.named("step").spread(60, 3600).min(lag_s),
        bought: stream
            .named("is-dated")
            .percent(60)
            .then(|| bought(stream.named("bought"), shape, start)),
        is_once: stream.named("once").percent(10),
        guard,
    }
}

/// What a cycle has: a tenth to four times what a run sends.
fn quota(stream: Stream, sent: u64) -> i64 {
    let one = gib(1).unsigned_abs();
    let quota = share(sent, stream.named("quota").spread(10, 400), 100);
    bytes(quota.div_ceil(one).max(8).saturating_mul(one))
}

/// So much of it that the line is crossed early in the run: after a tenth to a third of what the run sends, right away, or,
/// in one of eight, later than it lasts. What lies above the line counts for nothing where there is no line.
fn used(stream: Stream, (quota, sent): (i64, u64), limit: Option<Limit>) -> i64 {
    let percent = match stream.named("when").below(8) {
        0 => 0,
        1 => stream.named("late").between(60, 150),
        _ => stream.named("soon").spread(1, 40),
    };
    let line = match limit {
        Some(Limit::Headroom(mark) | Limit::Predictive { reserve: mark }) => mark.raw(),
        Some(Limit::Share(used)) => {
            let left = WHOLE_PERCENT.saturating_sub(used.raw()).unsigned_abs();
            bytes(share(quota.unsigned_abs(), left, WHOLE_PERCENT.unsigned_abs()))
        }
        None => 0,
    };
    let left = line.saturating_add(bytes(share(sent, percent, 100)));
    quota.saturating_sub(left).clamp(0, quota)
}

fn bytes(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// An instant so long ago that a cycle often turns within the run.
fn bought(stream: Stream, shape: &Shape, start: Time) -> Time {
    let within = stream.named("turn").below(shape.span_s() / 2 * 3);
    let months = stream.named("months").between(1, 5);
    start
        .plus(seconds(within))
        .minus(seconds(months.saturating_mul(MONTH_S)))
}
