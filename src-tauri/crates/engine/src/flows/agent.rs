//! What agents handed in last, for the picture of now. Owns the rate of an agent: of what its last batch watched, and only
//! while that is fresh.

use std::time::Duration;

use tidegate_meter::{DeviceId, Flow, Span, Time};

use super::desk::FlowDesk;
use crate::inner::lock;
use crate::limits;

/// What an agent's last batch told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Heard {
    /// The end of what it watched.
    pub(crate) as_of: Time,
    /// Bytes a second up and down while it watched.
    rates: (u64, u64),
}

impl Heard {
    /// The rates, while they may be called those of now.
    pub(super) fn rates(&self, now: Time) -> Option<(u64, u64)> {
        (now.since(self.as_of) <= limits::AGENT_FRESH).then_some(self.rates)
    }

    /// Of one batch; `None` when it watched nothing.
    fn of(flows: &[Flow], watched: &[Span]) -> Option<Self> {
        let as_of = watched.iter().map(|span| span.end).max()?;
        let long = watched.iter().fold(Duration::ZERO, |sum, span| {
            sum.saturating_add(span.end.since(span.start))
        });
        let sum = |of: fn(&Flow) -> u64| flows.iter().fold(0_u64, |sum, flow| sum.saturating_add(of(flow)));
        let rate = |bytes: u64| bytes.checked_div(long.as_secs().max(1)).unwrap_or(0);
        Some(Self {
            as_of,
            rates: (rate(sum(|flow| flow.bytes.up)), rate(sum(|flow| flow.bytes.down))),
        })
    }
}

impl FlowDesk {
    /// A batch of an agent became durable.
    pub(crate) fn heard(&self, device: &DeviceId, flows: &[Flow], watched: &[Span]) {
        self.counted(device, flows);
        let Some(heard) = Heard::of(flows, watched) else {
            return;
        };
        let mut all = lock(&self.heard);
        let newer = all.get(device).is_none_or(|known| known.as_of <= heard.as_of);
        if newer {
            all.insert(device.clone(), heard);
        }
    }
}

#[cfg(test)]
mod tests {
    use tidegate_meter::{FlowBytes, FlowKey, FlowKind};

    use super::*;

    fn flow(up: u64) -> Flow {
        Flow {
            minute: Time::from_ms(0),
            key: FlowKey {
                kind: FlowKind::Proxy,
                node: "HK 01".to_owned(),
                group: "Auto".to_owned(),
                feed: String::new(),
            },
            bytes: FlowBytes {
                up,
                ..FlowBytes::default()
            },
        }
    }

    fn span(start: i64, end: i64) -> Span {
        Span {
            start: Time::from_ms(start * 1000),
            end: Time::from_ms(end * 1000),
        }
    }

    #[test]
    fn the_rate_of_an_agent_is_that_of_what_it_watched_and_ends_with_its_freshness() {
        let heard = Heard::of(&[flow(600), flow(400)], &[span(0, 4), span(5, 11)]).unwrap();
        assert_eq!(heard.rates(Time::from_ms(20_000)), Some((100, 0)));
        let late = Time::from_ms(11_000).plus(limits::AGENT_FRESH);
        assert!(heard.rates(late).is_some());
        assert_eq!(heard.rates(late.plus(Duration::from_millis(1))), None);
        assert_eq!(Heard::of(&[flow(1)], &[]), None, "nothing was watched");
    }

    #[test]
    fn an_older_batch_that_comes_late_does_not_take_the_place_of_a_newer_one() {
        let (desk, device) = (FlowDesk::default(), DeviceId::new("nas").unwrap());
        desk.heard(&device, &[flow(10)], &[span(50, 60)]);
        desk.heard(&device, &[flow(9000)], &[span(0, 10)]);
        let known = lock(&desk.heard).get(&device).copied().unwrap();
        assert_eq!((known.as_of, known.rates), (Time::from_ms(60_000), (1, 0)));
        let sum = desk.counts().get(&(device, FlowKind::Proxy)).copied().unwrap();
        assert_eq!(sum.up, 9010, "both count");
    }
}
