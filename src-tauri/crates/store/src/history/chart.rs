//! The line of a chart: picks days, hours or raw readings by the length asked for, joins what only a coarser one still
//! holds, and thins. The cost follows the number of points, not the number of readings.

use rusqlite::Connection;
use tidegate_meter::{AccountId, MeterId, Time};

use super::outline::Outline;
use super::segment::Segment;
use super::thin::Thinner;
use super::{DAY_MS, HOUR_MS, fold, raw};
use crate::column::{Columns, one};
use crate::{ChartLine, Point, StoreError, limits};

/// How far a meter is folded, and from where on finer rows are there.
pub(super) struct Kept {
    pub(super) meter: i64,
    /// Nothing was read before this, or only in another unit: asking for a year of a week-old meter must not give days,
    /// and no line leads from one currency to another.
    pub(super) begin: i64,
    pub(super) hours_to: i64,
    pub(super) days_to: i64,
    raw_from: i64,
    hours_from: i64,
}

/// The coarsest rows that still give the asked number of points.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Grain {
    Raw,
    Hours,
    Days,
}

/// A line under way: its points and its outline.
struct Drawing {
    thinner: Thinner,
    outline: Outline,
}

impl Drawing {
    /// The points of one row that stands for so many readings.
    fn take(&mut self, row: &[Point], readings: u64) {
        self.outline.see(row, readings);
        row.iter().for_each(|point| self.thinner.take(*point));
    }
}

/// A chart's line in `from..to` by time of fetch; at most `points_max` points, oldest first. A silence longer than
/// `gap_ms` is a gap, as far as the rows tell it: within a folded hour or day none is seen.
pub(crate) fn chart(
    conn: &Connection,
    (account, meter): (&AccountId, &MeterId),
    (from, to): (Time, Time),
    points_max: usize,
    gap_ms: i64,
) -> Result<ChartLine, StoreError> {
    let Some(kept) = kept(conn, account, meter)? else {
        return Ok(ChartLine::default());
    };
    let (from, to) = (from.ms().max(kept.begin), to.ms());
    if to <= from {
        return Ok(ChartLine::default());
    }
    let points_max = points_max.min(limits::HISTORY_POINTS);
    let (hours_begin, raw_begin) = joints(&kept, grain(to.saturating_sub(from), points_max));
    let mut drawing = Drawing {
        thinner: Thinner::new(from, to, points_max),
        outline: Outline::new(gap_ms),
    };
    let until = hours_begin.clamp(from, to);
    let days_from = from.div_euclid(DAY_MS).saturating_mul(DAY_MS);
    fold::days(conn, kept.meter, days_from, until, |_, day| {
        offer(&mut drawing, &day, from, until);
    })?;
    let raw_begin = raw_begin.clamp(until, to);
    let hours_from = until.div_euclid(HOUR_MS).saturating_mul(HOUR_MS);
    fold::hours(conn, kept.meter, hours_from, raw_begin, |_, hour| {
        offer(&mut drawing, &hour, until, raw_begin);
    })?;
    for span in raw::spans(conn, kept.meter, raw_begin, to)? {
        raw::each(conn, &span, raw_begin, to, i64::MAX, |seen| {
            drawing.take(&[seen.point()], 1);
            Ok(())
        })?;
    }
    let outline = drawing.outline.finish(to);
    Ok(ChartLine {
        points: drawing.thinner.finish(),
        gaps: outline.gaps,
        windows: outline.windows,
        top_ups: outline.top_ups,
        figures: outline.figures,
        silent: outline.silent,
    })
}

/// Where days end and hours begin, and where hours end and raw readings begin.
const fn joints(kept: &Kept, grain: Grain) -> (i64, i64) {
    match grain {
        Grain::Raw => (kept.hours_from, kept.raw_from),
        Grain::Hours => (kept.hours_from, kept.hours_to),
        Grain::Days => (kept.days_to, kept.hours_to),
    }
}

/// Raw readings while, at one every five minutes, they are at most twice the points; hours while they are at most twice
/// the points; else days, which give up to four points each.
fn grain(span_ms: i64, points_max: usize) -> Grain {
    let points = i64::try_from(points_max).unwrap_or(i64::MAX);
    if span_ms / 300_000 <= points.saturating_mul(2) {
        Grain::Raw
    } else if span_ms / HOUR_MS <= points.saturating_mul(2) {
        Grain::Hours
    } else {
        Grain::Days
    }
}

fn offer(drawing: &mut Drawing, segment: &Segment, from: i64, to: i64) {
    let mut points = segment.points();
    points.retain(|point| (from..to).contains(&point.fetched_at.ms()));
    drawing.take(&points, segment.count);
}

pub(super) fn kept(
    conn: &Connection,
    account: &AccountId,
    meter: &MeterId,
) -> Result<Option<Kept>, StoreError> {
    let sql = "SELECT key, hours_to, days_to, raw_from, hours_from,
        (SELECT min(base) FROM reading_span WHERE reading_span.meter = meter.key) AS first_span,
        (SELECT min(day) FROM reading_day WHERE reading_day.meter = meter.key) AS first_day
        FROM meter WHERE account = ?1 AND id = ?2";
    let found = one(conn, sql, [account.as_str(), meter.as_str()], |row| {
        let at = |name: &str| -> Result<i64, StoreError> {
            Ok(row.plain::<Option<i64>>(name)?.unwrap_or(i64::MIN))
        };
        Ok(Kept {
            meter: row.plain("key")?,
            begin: first(row.plain("first_span")?, row.plain("first_day")?),
            hours_to: at("hours_to")?,
            days_to: at("days_to")?,
            raw_from: at("raw_from")?,
            hours_from: at("hours_from")?,
        })
    })?;
    let Some(mut kept) = found else { return Ok(None) };
    if let Some(since) = raw::unit_since(conn, kept.meter)? {
        kept.begin = kept.begin.max(since);
    }
    Ok(Some(kept))
}

fn first(span: Option<i64>, day: Option<i64>) -> i64 {
    let day = day.map(|day| day.saturating_mul(DAY_MS));
    [span, day].into_iter().flatten().min().unwrap_or(i64::MIN)
}
