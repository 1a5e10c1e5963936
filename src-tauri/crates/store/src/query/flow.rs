//! Sums of flows. Rows are added up here, exactly, one after the other: a sum that no `u64` holds is an error.

use std::collections::HashMap;
use std::hash::Hash;

use rusqlite::{Connection, Params, Row, params};
use tidegate_meter::{DeviceId, FlowBytes, FlowKind, Span, Time};

use crate::column::{Columns, one};
use crate::flow::{count_of, day_number, day_of, minute_of};
use crate::{FlowBy, FlowFilter, FlowPage, FlowPoint, FlowSpanFilter, FlowSum, StoreError, limits};

/// From which hour on minutes are kept, and from which on hours.
pub(crate) fn kept(conn: &Connection) -> Result<(i64, i64), StoreError> {
    let sql = "SELECT minutes_from, hours_from FROM flow_kept WHERE id = 1";
    let row = one(conn, sql, [], |row| {
        Ok((row.plain("minutes_from")?, row.plain("hours_from")?))
    })?;
    row.ok_or(StoreError::Corrupt)
}

/// The sums of some days.
pub(crate) fn flows(conn: &Connection, filter: &FlowFilter) -> Result<FlowPage, StoreError> {
    let mut ways = Ways::new(conn, filter.device.as_ref(), &filter.by);
    let by_day = filter.by.contains(&FlowBy::Day);
    let mut sums: Sums<(usize, Option<i64>)> = Sums::default();
    let sql = "SELECT day, key, up, down, est_up, est_down FROM flow_day WHERE day BETWEEN ?1 AND ?2";
    let values = params![day_number(filter.from), day_number(filter.through)];
    each(conn, sql, values, |day, key, bytes| match ways.group(key)? {
        Some(group) => sums.add((group, by_day.then_some(day)), bytes),
        None => Ok(()),
    })?;
    let limit = filter.limit.min(limits::PAGE_ROWS);
    let (largest, others) = sums.largest(limit, |(group, day)| (ways.labels.get(*group), *day))?;
    let rest = others
        .iter()
        .try_fold(FlowBytes::default(), |sum, (_, bytes)| plus(sum, *bytes))?;
    let sums = largest.into_iter().map(|((group, day), bytes)| {
        let day = day.map(day_of).transpose()?;
        Ok(FlowSum {
            day,
            bytes,
            ..ways.label(group)?
        })
    });
    Ok(FlowPage {
        sums: sums.collect::<Result<_, StoreError>>()?,
        rest: (rest, others.len()),
    })
}

/// The sums of a span by every way, the most bytes first.
pub(crate) fn sums(conn: &Connection, filter: &FlowSpanFilter) -> Result<Vec<FlowSum>, StoreError> {
    let by = [
        FlowBy::Device,
        FlowBy::Node,
        FlowBy::Group,
        FlowBy::Feed,
        FlowBy::Kind,
    ];
    let mut ways = Ways::new(conn, filter.device.as_ref(), &by);
    let mut sums: Sums<usize> = Sums::default();
    in_span(conn, filter.span, |_, key, bytes| match ways.group(key)? {
        Some(group) => sums.add(group, bytes),
        None => Ok(()),
    })?;
    let (all, _) = sums.largest(usize::MAX, |group| ways.labels.get(*group))?;
    all.into_iter()
        .map(|(group, bytes)| {
            Ok(FlowSum {
                bytes,
                ..ways.label(group)?
            })
        })
        .collect()
}

/// A line: steps from the minute of the span's start, each with what it holds of each kind; a step with nothing is left
/// out. At most [`limits::FLOW_POINTS`] steps: a finer step is made coarser.
pub(crate) fn line(
    conn: &Connection,
    filter: &FlowSpanFilter,
    step_minutes: u32,
) -> Result<Vec<FlowPoint>, StoreError> {
    let first = minute_of(filter.span.start);
    let step = step_of(filter.span, step_minutes);
    let mut ways = Ways::new(conn, filter.device.as_ref(), &[FlowBy::Kind]);
    let mut sums: Sums<(i64, usize)> = Sums::default();
    in_span(conn, filter.span, |minute, key, bytes| match ways.group(key)? {
        Some(group) => sums.add(((minute - first).div_euclid(step), group), bytes),
        None => Ok(()),
    })?;
    let mut points = sums
        .0
        .into_iter()
        .map(|((number, group), bytes)| {
            let kind = ways.labels.get(group).and_then(|label| label.1);
            Ok(FlowPoint {
                at: Time::from_ms((first + number * step).saturating_mul(60_000)),
                kind: kind.ok_or(StoreError::Corrupt)?,
                bytes,
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    points.sort_by_key(|point| (point.at, point.kind));
    Ok(points)
}

/// The step in minutes, so that a line has no more steps than it may.
fn step_of(span: Span, step_minutes: u32) -> i64 {
    let minutes = minute_of(span.end).saturating_sub(minute_of(span.start)).max(1);
    let most = i64::try_from(limits::FLOW_POINTS).unwrap_or(i64::MAX);
    let finest = minutes.saturating_add(most - 1).div_euclid(most);
    i64::from(step_minutes).max(finest).max(1)
}

/// Every row of a span with the minute at which it begins: hours that have no minutes any more, then minutes.
fn in_span(
    conn: &Connection,
    span: Span,
    mut take: impl FnMut(i64, i64, FlowBytes) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let (minutes_from, _) = kept(conn)?;
    let (from, to) = (minute_of(span.start), minute_of(span.end));
    let first_hour = from.saturating_add(59).div_euclid(60);
    let end_hour = to.saturating_add(59).div_euclid(60).min(minutes_from);
    let sql = "SELECT hour, key, up, down, est_up, est_down FROM flow_hour WHERE hour >= ?1 AND hour < ?2";
    each(conn, sql, [first_hour, end_hour], |hour, key, bytes| {
        take(hour.saturating_mul(60), key, bytes)
    })?;
    let sql =
        "SELECT minute, key, up, down, est_up, est_down FROM flow_minute WHERE minute >= ?1 AND minute < ?2";
    each(conn, sql, [from.max(minutes_from.saturating_mul(60)), to], take)
}

/// Every row: its time, its way, its bytes. By position: these are many.
fn each(
    conn: &Connection,
    sql: &str,
    values: impl Params,
    mut take: impl FnMut(i64, i64, FlowBytes) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(values)?;
    while let Some(row) = rows.next()? {
        take(row.get(0)?, row.get(1)?, bytes(row)?)?;
    }
    Ok(())
}

fn bytes(row: &Row<'_>) -> Result<FlowBytes, StoreError> {
    Ok(FlowBytes {
        up: count_of(row.get(2)?)?,
        down: count_of(row.get(3)?)?,
        estimated_up: count_of(row.get(4)?)?,
        estimated_down: count_of(row.get(5)?)?,
    })
}

fn plus(sum: FlowBytes, more: FlowBytes) -> Result<FlowBytes, StoreError> {
    sum.plus(more).ok_or_else(|| StoreError::conflict("flow sum"))
}

/// The ways that were met, and the groups that they fall into when only some of what tells them apart is asked for.
struct Ways<'a> {
    conn: &'a Connection,
    device: Option<&'a DeviceId>,
    by: &'a [FlowBy],
    groups: HashMap<i64, Option<usize>>,
    numbers: HashMap<Label, usize>,
    labels: Vec<Label>,
}

/// What a group is told apart by: device, kind, node, group, feed.
type Label = (Option<DeviceId>, Option<FlowKind>, [Option<String>; 3]);

impl<'a> Ways<'a> {
    fn new(conn: &'a Connection, device: Option<&'a DeviceId>, by: &'a [FlowBy]) -> Self {
        Self {
            conn,
            device,
            by,
            groups: HashMap::new(),
            numbers: HashMap::new(),
            labels: Vec::new(),
        }
    }

    /// The group of a way; `None` for another device than was asked for.
    fn group(&mut self, key: i64) -> Result<Option<usize>, StoreError> {
        if let Some(known) = self.groups.get(&key) {
            return Ok(*known);
        }
        let group = self.look_up(key)?.map(|label| self.number(label));
        self.groups.insert(key, group);
        Ok(group)
    }

    fn look_up(&self, key: i64) -> Result<Option<Label>, StoreError> {
        let sql = "SELECT device, kind, node, grp, feed FROM flow_key WHERE id = ?1";
        let row = one(self.conn, sql, [key], |row| {
            let device: DeviceId = row.text("device")?;
            let kind: FlowKind = row.text("kind")?;
            Ok((
                device,
                kind,
                [row.plain("node")?, row.plain("grp")?, row.plain("feed")?],
            ))
        })?;
        let (device, kind, [node, group, feed]) = row.ok_or(StoreError::Corrupt)?;
        if self.device.is_some_and(|wanted| *wanted != device) {
            return Ok(None);
        }
        let names = [
            self.wanted(FlowBy::Node, node),
            self.wanted(FlowBy::Group, group),
            self.wanted(FlowBy::Feed, feed),
        ];
        Ok(Some((
            self.wanted(FlowBy::Device, device),
            self.wanted(FlowBy::Kind, kind),
            names,
        )))
    }

    fn wanted<T>(&self, by: FlowBy, value: T) -> Option<T> {
        self.by.contains(&by).then_some(value)
    }

    fn number(&mut self, label: Label) -> usize {
        if let Some(known) = self.numbers.get(&label) {
            return *known;
        }
        let number = self.labels.len();
        self.numbers.insert(label.clone(), number);
        self.labels.push(label);
        number
    }

    /// A group as it is told, without bytes.
    fn label(&self, group: usize) -> Result<FlowSum, StoreError> {
        let label = self.labels.get(group).cloned().ok_or(StoreError::Corrupt)?;
        let (device, kind, [node, group, feed]) = label;
        Ok(FlowSum {
            device,
            node,
            group,
            feed,
            kind,
            day: None,
            bytes: FlowBytes::default(),
        })
    }
}

/// Sums and what they are of.
type Entries<K> = Vec<(K, FlowBytes)>;

/// Sums under way.
#[derive(Default)]
struct Sums<K>(HashMap<K, FlowBytes>);

impl<K: Eq + Hash> Sums<K> {
    fn add(&mut self, key: K, bytes: FlowBytes) -> Result<(), StoreError> {
        let sum = self.0.entry(key).or_default();
        *sum = plus(*sum, bytes)?;
        Ok(())
    }

    /// The largest of the sums, the most bytes first and of equal ones by `label`; then the others in no order.
    fn largest<L: Ord>(
        self,
        limit: usize,
        label: impl Fn(&K) -> L,
    ) -> Result<(Entries<K>, Entries<K>), StoreError> {
        let mut totals = Vec::with_capacity(self.0.len());
        for (key, bytes) in self.0 {
            let total = bytes.total().ok_or_else(|| StoreError::conflict("flow sum"))?;
            totals.push((total, key, bytes));
        }
        let order = |a: &(u64, K, FlowBytes), b: &(u64, K, FlowBytes)| {
            b.0.cmp(&a.0).then_with(|| label(&a.1).cmp(&label(&b.1)))
        };
        if limit < totals.len() {
            totals.select_nth_unstable_by(limit, order);
        }
        let others = totals.split_off(limit.min(totals.len()));
        totals.sort_unstable_by(order);
        let bare = |totals: Vec<(u64, K, FlowBytes)>| {
            totals.into_iter().map(|(_, key, bytes)| (key, bytes)).collect()
        };
        Ok((bare(totals), bare(others)))
    }
}
