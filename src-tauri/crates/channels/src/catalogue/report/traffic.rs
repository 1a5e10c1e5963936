//! Traffic of a report: the large numbers, the chart, devices, nodes, groups.

use tidegate_meter::{FlowBytes, FlowKind, KindBytes};

use super::sheet::{Bar, Chart, Figure, Row, Section};
use super::teller::{Teller, percent, share};
use super::texts as t;
use crate::catalogue::Text;
use crate::page::Tone;
use crate::report::{DayFacts, DeviceFacts, DeviceHeard, ReportKind, SharedBytes, TrafficFacts};

/// A device watched for less than this many percent of the time is worth a look.
const WATCHED_WELL: u64 = 95;

/// Bytes of both directions.
pub(super) fn total(bytes: FlowBytes) -> u64 {
    bytes.total().unwrap_or(u64::MAX)
}

/// The name of a kind.
pub(super) const fn kind(kind: FlowKind) -> Text {
    match kind {
        FlowKind::Proxy => t::PROXY,
        FlowKind::Direct => t::DIRECT,
        FlowKind::Reject => t::REJECT,
        FlowKind::Unattributed => t::UNATTRIBUTED,
    }
}

/// The large numbers: proxy and direct always, the others where there is anything of them.
pub(super) fn figures(teller: Teller<'_>) -> Vec<Figure> {
    let Some(traffic) = &teller.facts.traffic else {
        return Vec::new();
    };
    let Some(sum) = &traffic.sum else {
        return vec![Figure {
            label: teller.word(t::SECTION_TRAFFIC),
            value: teller.word(t::NOT_WATCHED).to_owned(),
            details: Vec::new(),
            minor: false,
        }];
    };
    let shown =
        |kind: &FlowKind| matches!(kind, FlowKind::Proxy | FlowKind::Direct) || !sum.of(*kind).is_zero();
    FlowKind::ALL
        .into_iter()
        .filter(shown)
        .map(|kind| figure(teller, traffic, sum, kind))
        .collect()
}

fn figure(teller: Teller<'_>, traffic: &TrafficFacts, sum: &KindBytes, which: FlowKind) -> Figure {
    let bytes = sum.of(which);
    let (up, down) = (teller.bytes(bytes.up), teller.bytes(bytes.down));
    let mut details = vec![teller.say(t::UP_DOWN, &[("up", &up), ("down", &down)])];
    details.extend(compared(teller, traffic, which));
    Figure {
        label: teller.word(kind(which)),
        value: teller.bytes(total(bytes)),
        details,
        minor: !matches!(which, FlowKind::Proxy | FlowKind::Direct),
    }
}

/// Against the day or week before, and against what is usual.
pub(super) fn compared(teller: Teller<'_>, traffic: &TrafficFacts, kind: FlowKind) -> Vec<String> {
    let Some(sum) = &traffic.sum else {
        return Vec::new();
    };
    let now = total(sum.of(kind));
    let weekly = teller.facts.kind == ReportKind::Weekly;
    let before = traffic.before.map(|before| {
        let text = if weekly { t::THAN_WEEK } else { t::THAN_DAY };
        teller.say(text, &[("change", &teller.change(now, total(before.of(kind))))])
    });
    let usual = traffic.usual.and_then(|usual| {
        let mean = match kind {
            FlowKind::Proxy => usual.proxy,
            FlowKind::Direct => usual.direct,
            FlowKind::Reject | FlowKind::Unattributed => return None,
        };
        let text = match (weekly, usual.weekend) {
            (true, _) => t::THAN_WEEKS,
            (false, true) => t::THAN_WEEKENDS,
            (false, false) => t::THAN_WORKDAYS,
        };
        let values = [
            ("n", &*usual.of.to_string()),
            ("change", &*teller.change(now, mean)),
        ];
        Some(teller.say(text, &values))
    });
    before.into_iter().chain(usual).collect()
}

/// How far the numbers can be trusted: what is estimated, what was not watched.
pub(super) fn counted(teller: Teller<'_>) -> Option<String> {
    let traffic = teller.facts.traffic.as_ref()?;
    let sum = traffic.sum?.sum();
    let share = share(sum.estimated().unwrap_or(u64::MAX), total(sum));
    let gap = traffic.unwatched();
    Some(if gap < 60 {
        teller.say(t::COUNTED_WHOLE, &[("share", &share)])
    } else {
        teller.say(t::COUNTED, &[("share", &share), ("gap", &teller.seconds(gap))])
    })
}

/// Devices, nodes, groups; a section without rows is left out.
pub(super) fn sections(teller: Teller<'_>) -> Vec<Section> {
    let Some(traffic) = &teller.facts.traffic else {
        return Vec::new();
    };
    let most = traffic.devices.iter().map(|device| total(device.bytes.sum()));
    let most = most.max().unwrap_or(0);
    let devices = Section {
        title: teller.word(t::SECTION_DEVICES),
        rows: traffic
            .devices
            .iter()
            .map(|device| row(teller, device, most))
            .collect(),
        notes: counted(teller).into_iter().collect(),
    };
    let mut nodes = shared(teller, t::SECTION_NODES, &traffic.nodes);
    nodes.notes.extend(traffic.nodes_rest.map(|(bytes, count)| {
        let rest = teller.say(t::REST, &[("n", &count.to_string())]);
        format!("{rest} {}", teller.bytes(total(bytes)))
    }));
    let groups = shared(teller, t::SECTION_GROUPS, &traffic.groups);
    let all = [devices, nodes, groups].into_iter();
    all.filter(|section| !section.rows.is_empty()).collect()
}

fn row(teller: Teller<'_>, device: &DeviceFacts, most: u64) -> Row {
    let bytes = total(device.bytes.sum());
    let proxy = teller.bytes(total(device.bytes.proxy));
    let direct = teller.bytes(total(device.bytes.direct));
    let unknown = device.watched == 0 && bytes == 0;
    let sums = teller.say(t::KIND_SUMS, &[("proxy", &proxy), ("direct", &direct)]);
    let mut details: Vec<String> = (!unknown).then_some(sums).into_iter().collect();
    details.push(watched(teller, device));
    if device.restarts > 0 {
        let count = usize::try_from(device.restarts).unwrap_or(usize::MAX);
        details.push(teller.count(t::RESTARTS, t::RESTARTS_ONE, count));
    }
    let silent = match device.heard {
        DeviceHeard::Well => None,
        DeviceHeard::Silent { since: None } => Some(teller.word(t::HEARD_NEVER).to_owned()),
        DeviceHeard::Silent { since: Some(at) } => {
            Some(teller.say(t::HEARD_SILENT, &[("at", &teller.at(at))]))
        }
        DeviceHeard::Ended => Some(teller.word(t::HEARD_ENDED).to_owned()),
    };
    let well = percent(device.watched, device.of).is_none_or(|share| share >= WATCHED_WELL);
    let warns = matches!(device.heard, DeviceHeard::Silent { .. }) || !well;
    details.extend(silent);
    let value = if unknown {
        teller.word(t::NOT_WATCHED).to_owned()
    } else {
        teller.bytes(bytes)
    };
    Row {
        tone: if warns { Tone::Warning } else { Tone::Info },
        details,
        share: percent(bytes, most),
        ..Row::new(teller.name(&device.name), value)
    }
}

fn watched(teller: Teller<'_>, device: &DeviceFacts) -> String {
    let share = share(device.watched, device.of);
    let gap = device.of.saturating_sub(device.watched);
    if gap < 60 {
        teller.say(t::WATCHED, &[("share", &share)])
    } else {
        teller.say(
            t::WATCHED_GAP,
            &[("share", &share), ("gap", &teller.seconds(gap))],
        )
    }
}

fn shared(teller: Teller<'_>, title: Text, all: &[SharedBytes]) -> Section {
    let most = all.iter().map(|one| total(one.bytes)).max().unwrap_or(0);
    let row = |one: &SharedBytes| Row {
        share: percent(total(one.bytes), most),
        ..Row::new(named(teller, &one.name), teller.bytes(total(one.bytes)))
    };
    Section {
        title: teller.word(title),
        rows: all.iter().map(row).collect(),
        notes: Vec::new(),
    }
}

/// A node's name; bytes that nobody can place have none.
pub(super) fn named(teller: Teller<'_>, name: &str) -> String {
    if name.is_empty() {
        teller.word(t::NO_NODE).to_owned()
    } else {
        teller.name(name)
    }
}

/// The last days as bars; `None` where there is nothing to draw.
pub(super) fn chart(teller: Teller<'_>) -> Option<Chart> {
    let days = &teller.facts.traffic.as_ref()?.days;
    let sum = |day: &DayFacts| day.proxy.unwrap_or(0).saturating_add(day.direct.unwrap_or(0));
    let top = days.iter().max_by_key(|day| sum(day))?;
    let most = sum(top);
    if most == 0 {
        return None;
    }
    let date = teller.day(top.day);
    let mut notes = vec![teller.say(t::CHART_TOP, &[("date", &date), ("bytes", &teller.bytes(most))])];
    if days.iter().any(|day| day.proxy.is_none()) {
        notes.push(teller.word(t::CHART_GAPS).to_owned());
    }
    Some(Chart {
        title: teller.say(t::CHART, &[("n", &days.len().to_string())]),
        bars: days.iter().map(|day| bar(teller, day, most)).collect(),
        notes,
        proxy: teller.word(t::PROXY),
        direct: teller.word(t::DIRECT),
    })
}

fn bar(teller: Teller<'_>, day: &DayFacts, most: u64) -> Bar {
    let date = teller.day(day.day);
    let (Some(proxy), Some(direct)) = (day.proxy, day.direct) else {
        let told = format!("{date} {}", teller.word(t::NOT_WATCHED));
        return Bar { heights: None, told };
    };
    let (said, by_direct) = (teller.bytes(proxy), teller.bytes(direct));
    let sums = teller.say(t::KIND_SUMS, &[("proxy", &said), ("direct", &by_direct)]);
    Bar {
        heights: Some((height(proxy, most), height(direct, most))),
        told: format!("{date} {sums}"),
    }
}

/// A part of the highest bar; what is there is never nothing.
fn height(part: u64, most: u64) -> u64 {
    let steps = u128::from(part) * u128::from(Chart::STEPS);
    let height = steps.checked_div(u128::from(most)).unwrap_or(0);
    let height = u64::try_from(height).unwrap_or(Chart::STEPS);
    height.max(u64::from(part > 0)).min(Chart::STEPS)
}
