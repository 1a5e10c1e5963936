//! Sums of flows for a report: its own window exactly, what came before, what is usual, the days of the chart. A day on
//! which no device was watched is unknown and left out of every mean.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use tidegate_channels::report::{DayFacts, ReportKind, SharedBytes, UsualFacts};
use tidegate_meter::{DeviceId, FlowBytes, FlowKind, KindBytes, Span};
use tidegate_store::{FlowBy, FlowFilter, FlowSpanFilter, FlowSum, StoreError};

use super::due::{Reach, first_day};
use crate::inner::Inner;
use crate::limits;

/// What passed within a reach.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) sum: KindBytes,
    pub(super) devices: BTreeMap<DeviceId, KindBytes>,
    nodes: BTreeMap<String, FlowBytes>,
    groups: BTreeMap<String, FlowBytes>,
    /// Nodes beyond a page, together.
    more: (FlowBytes, usize),
}

impl Tally {
    /// Of a reach. Whole days come from the rollups; an open last day is summed up to the minute.
    pub(super) async fn of(inner: &Inner, reach: &Reach) -> Result<Self, StoreError> {
        let mut tally = Self::default();
        let whole_through = if reach.whole {
            Some(reach.through)
        } else {
            reach.through.yesterday().ok().filter(|day| *day >= reach.from)
        };
        if let Some(through) = whole_through {
            tally.whole_days(inner, reach.from, through).await?;
        }
        if !reach.whole {
            let day = inner.parts.zone.span_of(reach.through);
            let start = day.map_or(reach.window.start, |day| day.start);
            tally
                .open_day(
                    inner,
                    Span {
                        start,
                        ..reach.window
                    },
                )
                .await?;
        }
        Ok(tally)
    }

    async fn whole_days(&mut self, inner: &Inner, from: Date, through: Date) -> Result<(), StoreError> {
        let store = &inner.parts.store;
        let ask = |by: Vec<FlowBy>| FlowFilter {
            from,
            through,
            device: None,
            by,
            limit: tidegate_store::limits::PAGE_ROWS,
        };
        for sum in store.flows(ask(vec![FlowBy::Device, FlowBy::Kind])).await?.sums {
            self.device(&sum);
        }
        let nodes = store.flows(ask(vec![FlowBy::Node, FlowBy::Kind])).await?;
        nodes.sums.iter().for_each(|sum| self.node(sum));
        self.more = (plus(self.more.0, nodes.rest.0), self.more.1 + nodes.rest.1);
        let groups = store.flows(ask(vec![FlowBy::Group, FlowBy::Kind])).await?;
        groups.sums.iter().for_each(|sum| self.group(sum));
        Ok(())
    }

    async fn open_day(&mut self, inner: &Inner, span: Span) -> Result<(), StoreError> {
        let filter = FlowSpanFilter { span, device: None };
        for sum in inner.parts.store.flow_sums(filter).await? {
            self.device(&sum);
            self.node(&sum);
            self.group(&sum);
        }
        Ok(())
    }

    fn device(&mut self, sum: &FlowSum) {
        let Some(kind) = sum.kind else {
            return;
        };
        self.sum.add(kind, sum.bytes);
        if let Some(device) = &sum.device {
            self.devices
                .entry(device.clone())
                .or_default()
                .add(kind, sum.bytes);
        }
    }

    /// Only what went through a proxy: the node of everything else is the way past it.
    fn node(&mut self, sum: &FlowSum) {
        if let (Some(FlowKind::Proxy), Some(node)) = (sum.kind, &sum.node) {
            let slot = self.nodes.entry(node.clone()).or_default();
            *slot = plus(*slot, sum.bytes);
        }
    }

    fn group(&mut self, sum: &FlowSum) {
        if let (Some(FlowKind::Proxy), Some(group)) = (sum.kind, &sum.group) {
            let slot = self.groups.entry(group.clone()).or_default();
            *slot = plus(*slot, sum.bytes);
        }
    }

    /// The nodes with the most bytes, and the rest of them.
    pub(super) fn nodes(&self) -> (Vec<SharedBytes>, Option<(FlowBytes, usize)>) {
        let (top, rest) = largest(&self.nodes, limits::REPORT_NODES);
        let rest = (plus(rest.0, self.more.0), rest.1 + self.more.1);
        (top, (rest.1 > 0).then_some(rest))
    }

    /// The groups with the most bytes.
    pub(super) fn groups(&self) -> Vec<SharedBytes> {
        largest(&self.groups, limits::REPORT_GROUPS).0
    }
}

fn largest(all: &BTreeMap<String, FlowBytes>, most: usize) -> (Vec<SharedBytes>, (FlowBytes, usize)) {
    let mut sorted: Vec<(&String, FlowBytes)> = all
        .iter()
        .map(|(name, bytes)| (name, *bytes))
        .filter(|(_, bytes)| !bytes.is_zero())
        .collect();
    sorted.sort_by_key(|(_, bytes)| std::cmp::Reverse(both(*bytes)));
    let rest = sorted.split_off(sorted.len().min(most));
    let sum = rest
        .iter()
        .fold(FlowBytes::default(), |sum, (_, bytes)| plus(sum, *bytes));
    let top = sorted.into_iter().map(|(name, bytes)| SharedBytes {
        name: name.clone(),
        bytes,
    });
    (top.collect(), (sum, rest.len()))
}

fn plus(one: FlowBytes, other: FlowBytes) -> FlowBytes {
    let mut sum = KindBytes {
        proxy: one,
        ..KindBytes::default()
    };
    sum.add(FlowKind::Proxy, other);
    sum.proxy
}

/// Bytes of both directions.
pub(super) fn both(bytes: FlowBytes) -> u64 {
    bytes.total().unwrap_or(u64::MAX)
}

/// The days up to a report's last, as far back as anything of it looks.
pub(super) struct Past {
    days: BTreeMap<Date, KindBytes>,
    watched: BTreeSet<Date>,
}

impl Past {
    /// Of the days before and with `through`.
    pub(super) async fn of(inner: &Inner, through: Date) -> Result<Self, StoreError> {
        let from = through
            .checked_sub(limits::REPORT_PAST_DAYS.days())
            .unwrap_or(through);
        let filter = FlowFilter {
            from,
            through,
            device: None,
            by: vec![FlowBy::Day, FlowBy::Kind],
            limit: tidegate_store::limits::PAGE_ROWS,
        };
        let mut days: BTreeMap<Date, KindBytes> = BTreeMap::new();
        for sum in inner.parts.store.flows(filter).await?.sums {
            if let (Some(day), Some(kind)) = (sum.day, sum.kind) {
                days.entry(day).or_default().add(kind, sum.bytes);
            }
        }
        let watched = watched_days(inner, from, through).await?;
        Ok(Self { days, watched })
    }

    /// What a day came to; `None` when nobody watched. Bytes are a sign that somebody did.
    fn day(&self, day: Date) -> Option<KindBytes> {
        let sum = self.days.get(&day).copied();
        sum.or_else(|| self.watched.contains(&day).then(KindBytes::default))
    }

    /// Days together; `None` when nobody watched on any of them.
    pub(super) fn sum(&self, from: Date, through: Date) -> Option<KindBytes> {
        let mut sum = None;
        for day in from.series(1.day()).take_while(|day| *day <= through) {
            let Some(told) = self.day(day) else {
                continue;
            };
            let sum: &mut KindBytes = sum.get_or_insert_default();
            for kind in FlowKind::ALL {
                sum.add(kind, told.of(kind));
            }
        }
        sum
    }

    /// The chart: `last` is what the report itself says of its last day.
    pub(super) fn chart(&self, through: Date, last: Option<KindBytes>) -> Vec<DayFacts> {
        let first = through
            .checked_sub((limits::REPORT_CHART_DAYS - 1).days())
            .unwrap_or(through);
        let days = first.series(1.day()).take_while(|day| *day <= through);
        days.map(|day| {
            let sum = if day == through { last } else { self.day(day) };
            DayFacts {
                day,
                proxy: sum.map(|sum| both(sum.proxy)),
                direct: sum.map(|sum| both(sum.direct)),
            }
        })
        .collect()
    }

    /// What is usual: the mean of the last seven days of the same kind, or of the last four weeks.
    pub(super) fn usual(&self, kind: ReportKind, through: Date) -> Option<UsualFacts> {
        let weekend = kind == ReportKind::Daily && is_weekend(through);
        let sums: Vec<KindBytes> = match kind {
            ReportKind::Daily => {
                let before = (1..=limits::REPORT_PAST_DAYS)
                    .filter_map(|back| through.checked_sub(back.days()).ok())
                    .filter(|day| is_weekend(*day) == weekend);
                before
                    .filter_map(|day| self.day(day))
                    .take(limits::REPORT_USUAL_DAYS)
                    .collect()
            }
            ReportKind::Weekly => (1..=limits::REPORT_USUAL_WEEKS)
                .filter_map(|back| through.checked_sub((back * 7).days()).ok())
                .filter_map(|end| self.sum(first_day(kind, end)?, end))
                .collect(),
        };
        let of = u32::try_from(sums.len()).ok()?;
        if of < limits::REPORT_USUAL_LEAST {
            return None;
        }
        let mean = |bytes: fn(&KindBytes) -> FlowBytes| {
            let sum: u128 = sums.iter().map(|sum| u128::from(both(bytes(sum)))).sum();
            let mean = sum.checked_div(u128::from(of))?;
            u64::try_from(mean).ok()
        };
        Some(UsualFacts {
            proxy: mean(|sum| sum.proxy)?,
            direct: mean(|sum| sum.direct)?,
            of,
            weekend,
        })
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// The days of which at least a part was watched.
async fn watched_days(inner: &Inner, from: Date, through: Date) -> Result<BTreeSet<Date>, StoreError> {
    let zone = &inner.parts.zone;
    let (Some(first), Some(last)) = (zone.span_of(from), zone.span_of(through)) else {
        return Ok(BTreeSet::new());
    };
    let span = Span {
        start: first.start,
        end: last.end,
    };
    let mut days = BTreeSet::new();
    for (_, watched) in inner.parts.store.watched(None, span).await? {
        let (from, through) = (zone.date_of(watched.start), zone.date_of(watched.end));
        days.extend(
            from.series(1.day())
                .take_while(|day| *day <= through)
                .filter(|day| {
                    zone.span_of(*day)
                        .is_some_and(|day| watched.start < day.end && day.start < watched.end)
                }),
        );
    }
    Ok(days)
}
