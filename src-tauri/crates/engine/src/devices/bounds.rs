//! Whether a batch can be true. Owns the bounds, and that a batch beyond any of them is kept aside whole: half of a count
//! is no count. What does not even parse never comes so far.

use std::collections::HashSet;
use std::fmt;

use tidegate_meter::{Flow, FlowBatch, FlowKey, Span, Time};

use super::clock::Difference;
use crate::limits;

/// Why a batch is not believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Doubt {
    /// Its number is none.
    Number,
    /// Another batch had its number.
    SameNumber,
    /// Its number is long past, and what it held is not known any more.
    OldNumber,
    /// It holds too many flows.
    Flows,
    /// It holds too many spans.
    Spans,
    /// A span ends before it begins.
    Span,
    /// A minute does not begin at a minute.
    Minute,
    /// A minute and way stand twice.
    Twice,
    /// It lies in the future.
    Future,
    /// It lies too far back.
    Old,
    /// More bytes than a minute can carry.
    Bytes,
    /// An estimate is more than what it is a part of.
    Estimate,
    /// A name is too long or has control characters.
    Name,
    /// A day of one way would hold more than a day can carry, or the device has taken too many ways.
    Sum,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number => "its number is not one from 1 on",
            Self::SameNumber => "another batch of the same number was counted: two agents with one identity, or one that was put back to an earlier day",
            Self::OldNumber => "a number long past: an agent that was put back to an earlier day",
            Self::Flows => "more than 20000 flows",
            Self::Spans => "more than 5000 spans",
            Self::Span => "a span that ends before it begins",
            Self::Minute => "a minute that does not begin at a minute",
            Self::Twice => "a minute and way that stand twice",
            Self::Future => "more than 5 minutes in the future",
            Self::Old => "older than 400 days",
            Self::Bytes => "more than 1 TiB in a minute",
            Self::Estimate => "an estimate that is more than what it is a part of",
            Self::Name => "a name that is longer than 512 bytes or has control characters",
            Self::Sum => "more than 1 PiB of one way in a day, or more than 200000 ways",
        })
    }
}

/// What of a batch is to be counted, by our clock.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Believed {
    pub(super) flows: Vec<Flow>,
    pub(super) watched: Vec<Span>,
}

/// The batch by our clock. Errors: the first bound that it breaks.
pub(super) fn believe(batch: &FlowBatch, difference: Difference, now: Time) -> Result<Believed, Doubt> {
    if batch.sequence == 0 || i64::try_from(batch.sequence).is_err() {
        return Err(Doubt::Number);
    }
    if batch.flows.len() > limits::INGEST_FLOWS {
        return Err(Doubt::Flows);
    }
    if batch.watched.len() > limits::INGEST_SPANS {
        return Err(Doubt::Spans);
    }
    let mut met = HashSet::with_capacity(batch.flows.len());
    let mut flows = Vec::with_capacity(batch.flows.len());
    for flow in &batch.flows {
        if !met.insert((flow.minute, &flow.key)) {
            return Err(Doubt::Twice);
        }
        flows.push(believe_flow(flow, difference, now)?);
    }
    let watched = batch
        .watched
        .iter()
        .map(|span| believe_span(*span, difference, now));
    Ok(Believed {
        flows,
        watched: watched.collect::<Result<_, _>>()?,
    })
}

fn believe_flow(flow: &Flow, difference: Difference, now: Time) -> Result<Flow, Doubt> {
    if flow.minute.ms().rem_euclid(60_000) != 0 {
        return Err(Doubt::Minute);
    }
    if !flow.bytes.is_sound() {
        return Err(Doubt::Estimate);
    }
    let total = flow.bytes.total();
    if total.is_none_or(|total| total > limits::INGEST_FLOW_BYTES) {
        return Err(Doubt::Bytes);
    }
    if !is_plain(&flow.key) {
        return Err(Doubt::Name);
    }
    let minute = difference.ours(flow.minute);
    in_time(minute, now)?;
    Ok(Flow {
        minute,
        key: flow.key.clone(),
        bytes: flow.bytes,
    })
}

fn is_plain(key: &FlowKey) -> bool {
    let names = [&key.node, &key.group, &key.feed];
    let is_plain =
        |name: &&String| name.len() <= limits::INGEST_NAME_BYTES && !name.chars().any(char::is_control);
    names.iter().all(is_plain)
}

fn believe_span(span: Span, difference: Difference, now: Time) -> Result<Span, Doubt> {
    if span.end < span.start {
        return Err(Doubt::Span);
    }
    let span = difference.ours_span(span);
    in_time(span.start, now)?;
    in_time(span.end, now)?;
    Ok(span)
}

fn in_time(at: Time, now: Time) -> Result<(), Doubt> {
    if at > now.plus(limits::INGEST_AHEAD) {
        return Err(Doubt::Future);
    }
    if at < now.minus(limits::INGEST_OLD) {
        return Err(Doubt::Old);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tidegate_meter::{FlowBytes, FlowKind, RowId};

    use super::*;

    /// A whole minute.
    const NOW: Time = Time::from_ms(1_800_000_000_000);

    fn minute(back: i64) -> Time {
        Time::from_ms(NOW.ms() - back * 60_000)
    }

    fn flow(minute: Time, up: u64) -> Flow {
        Flow {
            minute,
            key: FlowKey {
                kind: FlowKind::Proxy,
                node: "香港 01 🇭🇰".to_owned(),
                group: "auto".to_owned(),
                feed: String::new(),
            },
            bytes: FlowBytes {
                up,
                ..FlowBytes::default()
            },
        }
    }

    fn batch(flows: Vec<Flow>) -> FlowBatch {
        FlowBatch {
            device: "nas".parse().unwrap(),
            epoch: RowId::from_bytes([1; 16]),
            sequence: 1,
            sealed_at: NOW,
            flows,
            watched: Vec::new(),
            restarts: 0,
            kernel: String::new(),
        }
    }

    fn judged(batch: &FlowBatch) -> Result<Believed, Doubt> {
        believe(batch, Difference::new(NOW, NOW), NOW)
    }

    #[test]
    fn what_can_be_true_is_believed_to_the_last_byte_of_its_bounds() {
        let old = NOW.minus(limits::INGEST_OLD);
        let flows = vec![
            flow(minute(1), limits::INGEST_FLOW_BYTES),
            flow(minute(-5), 1),
            flow(old, 1),
            flow(minute(2), 0),
        ];
        assert_eq!(judged(&batch(flows.clone())).unwrap().flows, flows);
        assert!(judged(&batch(Vec::new())).is_ok(), "a batch of nothing");
        let most = u64::try_from(i64::MAX).unwrap();
        assert!(
            judged(&FlowBatch {
                sequence: most,
                ..batch(Vec::new())
            })
            .is_ok()
        );
    }

    #[test]
    fn what_cannot_be_true_is_not_believed() {
        let changed = |change: fn(&mut Flow)| {
            let mut changed = flow(minute(1), 1);
            change(&mut changed);
            judged(&batch(vec![flow(minute(2), 7), changed])).unwrap_err()
        };
        assert_eq!(
            changed(|flow| flow.bytes.up = limits::INGEST_FLOW_BYTES + 1),
            Doubt::Bytes
        );
        assert_eq!(changed(|flow| flow.bytes.down = u64::MAX), Doubt::Bytes);
        assert_eq!(changed(|flow| flow.bytes.estimated_up = 2), Doubt::Estimate);
        assert_eq!(changed(|flow| flow.minute = minute(-6)), Doubt::Future);
        assert_eq!(
            changed(|flow| flow.minute = Time::from_ms(i64::MAX / 60_000 * 60_000)),
            Doubt::Future
        );
        assert_eq!(changed(|flow| flow.minute = Time::from_ms(0)), Doubt::Old);
        assert_eq!(
            changed(|flow| flow.minute = Time::from_ms(NOW.ms() - 1)),
            Doubt::Minute
        );
        assert_eq!(changed(|flow| flow.key.node = "x".repeat(513)), Doubt::Name);
        assert_eq!(changed(|flow| flow.key.feed = "a\u{7}".to_owned()), Doubt::Name);
        assert_eq!(changed(|flow| flow.minute = minute(2)), Doubt::Twice);
    }

    #[test]
    fn numbers_lists_and_spans_have_bounds() {
        for sequence in [0, u64::MAX] {
            assert_eq!(
                judged(&FlowBatch {
                    sequence,
                    ..batch(Vec::new())
                }),
                Err(Doubt::Number)
            );
        }
        let flows = (0..=limits::INGEST_FLOWS).map(|n| flow(minute(i64::try_from(n).unwrap()), 1));
        assert_eq!(judged(&batch(flows.collect())), Err(Doubt::Flows));
        let spans = |watched| {
            judged(&FlowBatch {
                watched,
                ..batch(Vec::new())
            })
        };
        let span = |start: Time, end| Span { start, end };
        assert_eq!(
            spans(vec![span(NOW, NOW); limits::INGEST_SPANS + 1]),
            Err(Doubt::Spans)
        );
        assert_eq!(spans(vec![span(minute(1), minute(2))]), Err(Doubt::Span));
        assert_eq!(spans(vec![span(minute(1), minute(-6))]), Err(Doubt::Future));
        assert_eq!(spans(vec![span(Time::from_ms(0), minute(1))]), Err(Doubt::Old));
    }

    #[test]
    fn a_clock_that_is_wrong_moves_everything_before_it_is_judged() {
        let year = Duration::from_secs(365 * 86_400);
        let behind = Difference::new(NOW.minus(2 * year), NOW);
        let at = |time: Time| time.minus(2 * year);
        let told = FlowBatch {
            watched: vec![Span {
                start: at(minute(3)),
                end: at(minute(1)),
            }],
            ..batch(vec![flow(at(minute(2)), 9)])
        };
        let believed = believe(&told, behind, NOW).unwrap();
        assert_eq!(believed.flows, [flow(minute(2), 9)]);
        assert_eq!(
            believed.watched,
            [Span {
                start: minute(3),
                end: minute(1)
            }]
        );
        assert_eq!(judged(&told), Err(Doubt::Old));
    }
}
