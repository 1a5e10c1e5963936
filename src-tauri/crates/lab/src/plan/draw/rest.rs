//! Machines with a proxy kernel, dates that come due, and where messages go.

use super::shape::Shape;
use crate::plan::{DevicePlan, RenewalPlan, SinkPlan, SubscriptionPlan};
use crate::seed::Stream;

/// Platforms beside the first one.
const PLATFORMS: [&str; 4] = ["dingtalk", "wecom", "slack", "webhook"];

/// Mostly silent: a kernel tells a frame each second while bytes move, and a day has 86 400 of them.
pub(super) fn devices(stream: Stream, shape: &Shape) -> Vec<DevicePlan> {
    if !stream.named("has").percent(shape.devices_percent) {
        return Vec::new();
    }
    let names = if stream.named("two").percent(40) {
        &["laptop", "router"][..]
    } else {
        &["laptop"][..]
    };
    let device = |name: &&str| {
        let own = stream.named(name);
        DevicePlan {
            name: (*name).to_owned(),
            is_agent: own.named("agent").percent(50),
            rate: own.named("rate").spread(1_000, 4_000_000),
            busy_s: own.named("busy").spread(5, 60),
        }
    };
    names.iter().map(device).collect()
}

/// So full that a step is near.
pub(super) fn subscriptions(stream: Stream, shape: &Shape) -> Vec<SubscriptionPlan> {
    let count = usize::try_from(stream.named("count").count(shape.subscriptions)).unwrap_or(0);
    let names = ["airport", "harbour"].into_iter().take(count);
    names
        .map(|name| {
            let own = stream.named(name);
            let rate = own.named("rate").spread(1_000, 2_000_000);
            let sent = rate.saturating_mul(shape.span_s());
            let total = super::curves::share(sent, own.named("total").spread(30, 2_000), 100).max(1 << 30);
            SubscriptionPlan {
                name: name.to_owned(),
                total,
                used: super::curves::share(total, own.named("used").between(0, 99), 100),
                rate,
                steps: super::guards::shares(own.named("steps")),
                interval_s: own.named("interval").spread(3600, 4 * 3600),
            }
        })
        .collect()
}

pub(super) fn renewals(stream: Stream, shape: &Shape) -> Vec<RenewalPlan> {
    let count = u64::from(stream.named("count").count(shape.renewals));
    (1..=count)
        .map(|number| {
            let own = stream.numbered(number);
            let days = own.named("days").between(0, 8);
            let mut remind: Vec<u16> = [7, 3, 1, 0]
                .into_iter()
                .filter(|day| own.named("remind").numbered(u64::from(*day)).percent(60))
                .collect();
            if remind.is_empty() {
                remind.push(1);
            }
            RenewalPlan {
                name: format!("renewal-{number}"),
                in_days: i16::try_from(days).unwrap_or(8).saturating_sub(2),
                remind,
            }
        })
        .collect()
}

pub(super) fn sinks(stream: Stream) -> Vec<SinkPlan> {
    let sink = |kind: &str| SinkPlan {
        kind: kind.to_owned(),
    };
    let mut sinks = vec![sink("feishu")];
    if stream.named("second").percent(55) {
        sinks.extend(stream.named("kind").pick(&PLATFORMS).map(|kind| sink(kind)));
    }
    sinks
}
