//! Hours and days of a meter in pages, for export: those that are folded as they stand, later ones folded on the way from
//! what is finer. The cost of a page is bounded by the time that it covers.

use std::collections::BTreeMap;

use rusqlite::Connection;
use tidegate_meter::{AccountId, MeterId, Time};

use super::chart::{Kept, kept};
use super::segment::{Sample as Seen, Segment, add};
use super::{DAY_MS, HOUR_MS, fold, raw};
use crate::{Bucket, FoldedPage, FoldedRow, Sample, StoreError, limits};

/// Runs by the begin of their hour or day.
type Runs = BTreeMap<i64, Vec<Segment>>;

/// The buckets that begin in `from..to`, as many as one page covers. Whole buckets: the first holds `from`.
pub(crate) fn folded(
    conn: &Connection,
    (account, meter): (&AccountId, &MeterId),
    (from, to): (Time, Time),
    bucket: Bucket,
) -> Result<FoldedPage, StoreError> {
    let Some(kept) = kept(conn, account, meter)? else {
        return Ok(FoldedPage::default());
    };
    let (width, buckets) = match bucket {
        Bucket::Hour => (HOUR_MS, limits::PAGE_HOURS),
        Bucket::Day => (DAY_MS, limits::PAGE_DAYS),
    };
    let begin = floor(from.ms().max(kept.begin), width);
    // A bucket that begins before the end is told whole.
    let all = floor(to.ms().saturating_sub(1), width).saturating_add(width);
    let end = begin.saturating_add(width.saturating_mul(buckets)).min(all);
    let mut runs = Runs::new();
    if begin < end {
        gather(conn, &kept, (begin, end), bucket, &mut runs)?;
    }
    let unit = raw::unit(conn, kept.meter)?;
    let rows = runs.into_iter().flat_map(|(start, runs)| {
        let row = move |run: Segment| row(start, &run);
        runs.into_iter().map(row)
    });
    Ok(FoldedPage {
        rows: rows.collect(),
        unit,
        next: (begin < end && end < all).then(|| Time::from_ms(end)),
    })
}

/// From the coarsest rows that are there on to the finest.
fn gather(
    conn: &Connection,
    kept: &Kept,
    (begin, end): (i64, i64),
    bucket: Bucket,
    runs: &mut Runs,
) -> Result<(), StoreError> {
    let width = match bucket {
        Bucket::Hour => HOUR_MS,
        Bucket::Day => DAY_MS,
    };
    let mut put = |at: i64, run: Segment| add(runs.entry(floor(at, width)).or_default(), run);
    let hours_begin = match bucket {
        Bucket::Hour => begin,
        Bucket::Day => kept.days_to.clamp(begin, end),
    };
    fold::days(conn, kept.meter, begin, hours_begin, |day, run| {
        put(day.saturating_mul(DAY_MS), run);
    })?;
    let raw_begin = kept.hours_to.clamp(hours_begin, end);
    fold::hours(conn, kept.meter, hours_begin, raw_begin, |hour, run| {
        put(hour.saturating_mul(HOUR_MS), run);
    })?;
    for span in raw::spans(conn, kept.meter, raw_begin, end)? {
        raw::each(conn, &span, raw_begin, end, i64::MAX, |seen| {
            if let Some(run) = Segment::of(&seen.point()) {
                put(seen.fetched, run);
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn row(start: i64, run: &Segment) -> FoldedRow {
    let sample = |seen: Seen| Sample {
        at: Time::from_ms(seen.at),
        value: seen.value,
    };
    FoldedRow {
        start: Time::from_ms(start),
        readings: run.count,
        of_used: run.of_used,
        first: sample(run.first),
        last: sample(run.last),
        least: sample(run.least),
        most: sample(run.most),
        whole: run.whole,
        window_start: run.window_start.map(Time::from_ms),
    }
}

fn floor(at: i64, width: i64) -> i64 {
    at.div_euclid(width).saturating_mul(width)
}
