//! Accounts with servers and packages, so filled that most packages come near their line within the run.

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
    let (quota, used) = filled(stream, mean, shape);
    let link_mbit = of
        .iter()
        .fold(0_u32, |sum, (_, traffic)| sum.saturating_add(traffic.link_mbit));
    let lag_s = stream.named("lag").spread(60, 12 * 3600);
    PackagePlan {
        name: name.to_owned(),
        servers: of.iter().map(|(server, _)| server.name.clone()).collect(),
        quota,
        used,
        lag_s,
        step_s: stream.named("step").spread(60, 3600).min(lag_s),
        bought: stream
            .named("is-dated")
            .percent(50)
            .then(|| bought(stream.named("bought"), shape, start)),
        is_once: stream.named("once").percent(10),
        guard: stream
            .named("is-guarded")
            .percent(88)
            .then(|| guards::draw(stream.named("guard"), quota, link_mbit)),
    }
}

/// What a cycle has, and what of it is used: a tenth to one and a half of what a run sends is left.
fn filled(stream: Stream, mean: u64, shape: &Shape) -> (i64, i64) {
    let one = gib(1).unsigned_abs();
    let sent = share(mean, shape.span_s(), 8);
    let left = share(sent, stream.named("left").between(10, 150), 100).max(one);
    let rest_percent = stream.named("rest").between(4, 80);
    let quota = share(left, 100, rest_percent).div_ceil(one).saturating_mul(one);
    let bytes = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    (bytes(quota), bytes(quota.saturating_sub(left)))
}

/// An instant so long ago that a cycle often turns within the run.
fn bought(stream: Stream, shape: &Shape, start: Time) -> Time {
    let within = stream.named("turn").below(shape.span_s().saturating_mul(2));
    let months = stream.named("months").between(1, 5);
    start
        .plus(seconds(within))
        .minus(seconds(months.saturating_mul(MONTH_S)))
}
