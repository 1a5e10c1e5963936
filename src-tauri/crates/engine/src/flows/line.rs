//! Flows over time. Owns how long a step is, and that a step in which nobody watched is not taken for one in which
//! nothing passed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use tidegate_meter::{DeviceId, FlowBytes, FlowKind, KindBytes, Span, Time};
use tidegate_store::{FlowBy, FlowFilter, FlowSpanFilter};

use super::view::{LinePoint, LineTold};
use super::{days, settle};
use crate::inner::Inner;
use crate::{EngineError, Refused};

/// Steps in minutes, the finest first; after them come calendar days.
const STEPS: [u32; 4] = [1, 5, 15, 60];
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);

/// Flows of a span in at most `points` steps.
pub(crate) async fn line(
    inner: &Arc<Inner>,
    span: Span,
    device: Option<&DeviceId>,
    points: usize,
) -> Result<LineTold, EngineError> {
    let minutes_from = inner.wall().minus(tidegate_store::limits::FLOW_MINUTES_KEPT);
    let step = step(span, points, minutes_from);
    settle(inner).await;
    let Some(minutes) = step else {
        return by_day(inner, span, device, points).await;
    };
    let width = MINUTE.saturating_mul(minutes);
    let starts = starts(span, width);
    let filter = FlowSpanFilter {
        span: Span {
            start: starts.first().copied().unwrap_or(span.start),
            end: span.end,
        },
        device: device.cloned(),
    };
    let whole = filter.span;
    let mut sums: BTreeMap<Time, KindBytes> = BTreeMap::new();
    for point in inner.parts.store.flow_line(filter, minutes).await? {
        add(&mut sums, point.at, (point.kind, point.bytes))?;
    }
    let watched = watched(inner, device, whole).await?;
    Ok(LineTold {
        step: width,
        points: drawn(&ends(starts, span.end), &sums, &watched),
    })
}

/// The finest step that suffices, in minutes; `None`: a day. Where minutes are not kept any more, an hour is the finest.
fn step(span: Span, points: usize, minutes_from: Time) -> Option<u32> {
    let finest = if span.start < minutes_from { 60 } else { 1 };
    STEPS
        .into_iter()
        .filter(|step| *step >= finest)
        .find(|step| starts(span, MINUTE.saturating_mul(*step)).len() <= points)
}

/// Where the steps of a span begin: at whole multiples of their width, the first at or before the span's start.
fn starts(span: Span, width: Duration) -> Vec<Time> {
    let ms = i64::try_from(width.as_millis()).unwrap_or(i64::MAX);
    let first = Time::from_ms(span.start.ms().div_euclid(ms).saturating_mul(ms));
    std::iter::successors(Some(first), |at| Some(at.plus(width)))
        .take_while(|at| *at < span.end)
        .take(tidegate_store::limits::FLOW_POINTS)
        .collect()
}

/// By calendar days, as they were filed.
async fn by_day(
    inner: &Inner,
    span: Span,
    device: Option<&DeviceId>,
    points: usize,
) -> Result<LineTold, EngineError> {
    let zone = &inner.parts.zone;
    let last = Time::from_ms(span.end.ms().saturating_sub(1));
    let (from, through) = (days::day_of(span.start, zone), days::day_of(last, zone));
    let starts: Vec<Time> = days::each(from, through)
        .take(points.saturating_add(1))
        .filter_map(|day| days::start_of(day, zone))
        .collect();
    let whole = days::span_of(from, through, zone).filter(|_| starts.len() <= points);
    let whole = whole.ok_or(Refused::Range {
        field: "points",
        allowed: "as many as the span has days, or a shorter span",
    })?;
    let sums = sums_by_day(inner, (from, through), device).await?;
    let watched = watched(inner, device, whole).await?;
    Ok(LineTold {
        step: DAY,
        points: drawn(&ends(starts, whole.end), &sums, &watched),
    })
}

/// The sums of each day under its first instant, page by page.
async fn sums_by_day(
    inner: &Inner,
    (from, through): (Date, Date),
    device: Option<&DeviceId>,
) -> Result<BTreeMap<Time, KindBytes>, EngineError> {
    let mut sums = BTreeMap::new();
    let all: Vec<Date> = days::each(from, through).collect();
    for page in all.chunks(tidegate_store::limits::PAGE_ROWS / FlowKind::ALL.len()) {
        let (Some(from), Some(through)) = (page.first(), page.last()) else {
            continue;
        };
        let filter = FlowFilter {
            from: *from,
            through: *through,
            device: device.cloned(),
            by: vec![FlowBy::Day, FlowBy::Kind],
            limit: tidegate_store::limits::PAGE_ROWS,
        };
        for row in inner.parts.store.flows(filter).await?.sums {
            let start = row.day.and_then(|day| days::start_of(day, &inner.parts.zone));
            if let (Some(at), Some(kind)) = (start, row.kind) {
                add(&mut sums, at, (kind, row.bytes))?;
            }
        }
    }
    Ok(sums)
}

fn add(
    sums: &mut BTreeMap<Time, KindBytes>,
    at: Time,
    (kind, bytes): (FlowKind, FlowBytes),
) -> Result<(), EngineError> {
    let sum = sums.entry(at).or_default();
    let more = sum.plus(kind, bytes);
    *sum = more.ok_or_else(|| EngineError::Row("flow".to_owned()))?;
    Ok(())
}

/// When any device was watched, by time.
async fn watched(inner: &Inner, device: Option<&DeviceId>, span: Span) -> Result<Vec<Span>, EngineError> {
    let rows = inner.parts.store.watched(device.cloned(), span).await?;
    let mut spans: Vec<Span> = rows.into_iter().map(|(_, span)| span).collect();
    spans.sort_unstable();
    Ok(spans)
}

/// Each step with where it ends: where the next begins.
fn ends(starts: Vec<Time>, end: Time) -> Vec<Span> {
    let next = starts.iter().copied().skip(1).chain(std::iter::once(end));
    let next: Vec<Time> = next.collect();
    starts
        .into_iter()
        .zip(next)
        .map(|(start, end)| Span { start, end })
        .collect()
}

/// Each step with what passed in it. Both lists go forward together.
fn drawn(steps: &[Span], sums: &BTreeMap<Time, KindBytes>, watched: &[Span]) -> Vec<LinePoint> {
    let mut reach: Vec<Span> = Vec::with_capacity(watched.len());
    for span in watched {
        match reach.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => reach.push(*span),
        }
    }
    let mut spans = reach.iter().peekable();
    let mut points = Vec::with_capacity(steps.len());
    for step in steps {
        while spans.peek().is_some_and(|span| span.end <= step.start) {
            spans.next();
        }
        let is_watched = spans.peek().is_some_and(|span| span.start < step.end);
        let known = sums.get(&step.start).copied();
        points.push(LinePoint {
            at: step.start,
            bytes: known.or_else(|| is_watched.then(KindBytes::default)),
        });
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    fn span(start: &str, end: &str) -> Span {
        Span {
            start: at(start),
            end: at(end),
        }
    }

    #[test]
    fn the_finest_step_that_suffices_is_taken() {
        let long_ago = at("2000-01-01T00:00:00Z");
        let day = span("2026-11-20T16:00:00Z", "2026-11-21T16:00:00Z");
        for (points, minutes) in [
            (1440, Some(1)),
            (1439, Some(5)),
            (288, Some(5)),
            (96, Some(15)),
            (24, Some(60)),
        ] {
            assert_eq!(step(day, points, long_ago), minutes, "{points} points");
        }
        assert_eq!(step(day, 23, long_ago), None, "fewer points than hours are days");
    }

    #[test]
    fn where_minutes_are_not_kept_any_more_an_hour_is_the_finest_step() {
        let day = span("2026-11-20T16:00:00Z", "2026-11-21T16:00:00Z");
        assert_eq!(step(day, 2000, at("2026-11-20T16:00:00Z")), Some(1));
        assert_eq!(step(day, 2000, at("2026-11-20T16:00:01Z")), Some(60));
    }

    #[test]
    fn steps_begin_at_whole_multiples_of_their_width() {
        let starts = starts(span("2026-11-21T00:07:00Z", "2026-11-21T00:20:00Z"), MINUTE * 5);
        let told: Vec<String> = starts.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "2026-11-21T00:05:00Z",
                "2026-11-21T00:10:00Z",
                "2026-11-21T00:15:00Z"
            ]
        );
    }

    #[test]
    fn a_step_that_nobody_watched_is_not_one_in_which_nothing_passed() {
        let steps = ends(
            starts(span("2026-11-21T00:00:00Z", "2026-11-21T00:05:00Z"), MINUTE),
            at("2026-11-21T00:05:00Z"),
        );
        let bytes = FlowBytes {
            up: 1,
            ..FlowBytes::default()
        };
        let one = KindBytes::default().plus(FlowKind::Direct, bytes).unwrap();
        let sums = BTreeMap::from([
            (at("2026-11-21T00:01:00Z"), one),
            (at("2026-11-21T00:04:00Z"), one),
        ]);
        let watched = [
            span("2026-11-20T23:00:00Z", "2026-11-21T00:00:30Z"),
            span("2026-11-21T00:00:10Z", "2026-11-21T00:02:01Z"),
        ];
        let told: Vec<Option<u64>> = drawn(&steps, &sums, &watched)
            .iter()
            .map(|point| point.bytes.map(|bytes| bytes.direct.up))
            .collect();
        // Watched and nothing; watched and something; watched for a second; nobody; found later, though nobody watched.
        assert_eq!(told, [Some(0), Some(1), Some(0), None, Some(1)]);
    }
}
