//! How much of a span each device was watched. Owns what could have been: nothing before a device was first known, after
//! it was ended, in the future, or so long ago that nobody keeps it any more.

use std::time::Duration;

use tidegate_meter::{DeviceId, Span, Time};
use tidegate_store::DeviceRow;

use super::view::Coverage;
use crate::EngineError;
use crate::inner::Inner;

/// Of one device, or of each that could have been watched in the span.
pub(crate) async fn coverage(
    inner: &Inner,
    device: Option<&DeviceId>,
    span: Span,
) -> Result<Vec<Coverage>, EngineError> {
    let store = &inner.parts.store;
    let rows = store.devices().await?;
    let watched = store.watched(device.cloned(), span).await?;
    let now = inner.wall();
    let kept = now.minus(tidegate_store::limits::FLOW_HOURS_KEPT);
    let asked = rows
        .iter()
        .filter(|row| device.is_none_or(|asked| *asked == row.device));
    let told = asked.filter_map(|row| {
        let could = could(row, span, (kept, now))?;
        let spans = watched.iter().filter(|(device, _)| *device == row.device);
        Some(Coverage {
            device: row.device.clone(),
            name: row.name.clone(),
            watched: within(could, spans.map(|(_, span)| *span)),
            of: could.end.since(could.start),
        })
    });
    Ok(told.collect())
}

/// When a device could have been watched; `None` when never.
fn could(row: &DeviceRow, span: Span, (kept, now): (Time, Time)) -> Option<Span> {
    let start = span.start.max(row.since).max(kept);
    let end = span.end.min(now).min(row.ended_at.unwrap_or(now));
    (start < end).then_some(Span { start, end })
}

/// How much of `whole` these spans are; they never touch each other.
fn within(whole: Span, spans: impl Iterator<Item = Span>) -> Duration {
    spans.fold(Duration::ZERO, |sum, span| {
        let (start, end) = (span.start.max(whole.start), span.end.min(whole.end));
        sum.saturating_add(end.since(start))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: i64, end: i64) -> Span {
        Span {
            start: Time::from_ms(start * 1000),
            end: Time::from_ms(end * 1000),
        }
    }

    fn row(since: i64, ended: Option<i64>) -> DeviceRow {
        DeviceRow {
            device: DeviceId::new("nas").unwrap(),
            name: "nas".to_owned(),
            account: None,
            token: None,
            since: Time::from_ms(since * 1000),
            seen_at: None,
            ended_at: ended.map(|at| Time::from_ms(at * 1000)),
            body: serde_json::Value::Null,
        }
    }

    #[test]
    fn nothing_is_missed_before_a_device_was_known_after_its_end_or_in_the_future() {
        let clocks = (Time::from_ms(0), Time::from_ms(1000 * 1000));
        let could = |row: &DeviceRow, asked| could(row, asked, clocks);
        assert_eq!(could(&row(0, None), span(10, 20)), Some(span(10, 20)));
        assert_eq!(could(&row(15, None), span(10, 20)), Some(span(15, 20)));
        assert_eq!(could(&row(0, Some(12)), span(10, 20)), Some(span(10, 12)));
        assert_eq!(could(&row(0, None), span(990, 2000)), Some(span(990, 1000)));
        assert_eq!(could(&row(20, None), span(10, 20)), None);
    }

    #[test]
    fn only_what_lies_inside_counts() {
        let spans = [span(0, 12), span(14, 15), span(19, 30)];
        assert_eq!(within(span(10, 20), spans.into_iter()), Duration::from_secs(4));
    }
}
