//! Proxy traffic for people: sums of days with how much of them was watched, and what passes now.

use tidegate_api::Response;
use tidegate_api::response::{
    BytesView, CoverageView, DeviceState, FlowRowView, FlowsView, LiveDeviceView, LiveView,
};
use tidegate_api::words::{FlowKind, Quantity};

use super::{age, amount, plain, sheet};
use crate::context::Context;

pub(super) fn text(context: &Context, response: &Response) -> Option<String> {
    match response {
        Response::Flows(view) => Some(flows(context, view)),
        Response::Live(view) => Some(live(context, view)),
        _ => None,
    }
}

fn flows(context: &Context, view: &FlowsView) -> String {
    let days = format!("{} → {} · {}", view.from, view.through, plain(&view.zone));
    let sum = &view.sum;
    let sums = [&sum.proxy, &sum.direct, &sum.reject, &sum.unattributed];
    if view.coverage.is_empty() && sums.iter().all(|bytes| bytes.total.raw() == 0) {
        return format!("{days}\n{}", unwatched(context));
    }
    let mut parts = vec![days, kinds(context, view), rows(context, view)];
    if let Some(rest) = &view.rest {
        parts.push(format!(
            "{} {}: {}",
            rest.rows,
            context.say("行未列出", "more rows"),
            shown(rest.bytes.total)
        ));
    }
    parts.extend(view.coverage.iter().map(|of| coverage(context, of)));
    parts.join("\n")
}

/// What nobody watched is unknown, and not nothing.
fn unwatched(context: &Context) -> &'static str {
    context.say(
        "这些天没有任何设备在统计，流量未知。请添加代理内核（provider = \"proxy\"），或运行 `tidegated agents invite 设备`。",
        "No device was watched in these days, so what passed is unknown. Add a proxy kernel (provider = \"proxy\"), or run \
         `tidegated agents invite DEVICE`.",
    )
}

/// The sum by what became of the bytes.
fn kinds(context: &Context, view: &FlowsView) -> String {
    let sum = &view.sum;
    let all = [
        (FlowKind::Proxy, &sum.proxy),
        (FlowKind::Direct, &sum.direct),
        (FlowKind::Reject, &sum.reject),
        (FlowKind::Unattributed, &sum.unattributed),
    ];
    let told = all
        .iter()
        .map(|(kind, bytes)| with_bytes(vec![kind_word(context, *kind).to_owned()], bytes));
    let head = head(vec![("去向", "kind")]);
    sheet(context, &head, told.collect())
}

/// Each sum, with a column for whatever tells any of them apart.
fn rows(context: &Context, view: &FlowsView) -> String {
    type Cell = fn(&Context, &FlowRowView) -> Option<String>;
    let columns: [((&str, &str), Cell); 6] = [
        (("日期", "day"), |_, row| row.day.map(|day| day.to_string())),
        (("设备", "device"), |_, row| {
            row.device.as_ref().map(ToString::to_string)
        }),
        (("节点", "node"), |context, row| {
            row.node.as_ref().map(|name| named(context, name))
        }),
        (("分组", "group"), |context, row| {
            row.group.as_ref().map(|name| named(context, name))
        }),
        (("订阅", "feed"), |context, row| {
            row.feed.as_ref().map(|name| named(context, name))
        }),
        (("去向", "kind"), |context, row| {
            row.kind.map(|kind| kind_word(context, kind).to_owned())
        }),
    ];
    let used: Vec<_> = columns
        .iter()
        .filter(|(_, cell)| view.rows.iter().any(|row| cell(context, row).is_some()))
        .collect();
    if used.is_empty() {
        return String::new();
    }
    let told = view.rows.iter().map(|row| {
        let cells = used
            .iter()
            .map(|(_, cell)| cell(context, row).unwrap_or_default());
        with_bytes(cells.collect(), &row.bytes)
    });
    let head = head(used.iter().map(|(name, _)| *name).collect());
    sheet(context, &head, told.collect())
}

fn head<'a>(mut names: Vec<(&'a str, &'a str)>) -> Vec<(&'a str, &'a str)> {
    names.extend([
        ("上传", "up"),
        ("下载", "down"),
        ("合计", "total"),
        ("其中估算", "of it estimated"),
    ]);
    names
}

fn with_bytes(mut cells: Vec<String>, bytes: &BytesView) -> Vec<String> {
    cells.extend([bytes.up, bytes.down, bytes.total, bytes.estimated].map(shown));
    cells
}

/// Traffic is told in powers of 1024, as kernels and panels do.
fn shown(bytes: Quantity) -> String {
    amount(Some(bytes), true)
}

fn named(context: &Context, name: &str) -> String {
    if name.is_empty() {
        context.say("（未知）", "(unknown)").to_owned()
    } else {
        name.to_owned()
    }
}

const fn kind_word<'a>(context: &Context, kind: FlowKind) -> &'a str {
    match kind {
        FlowKind::Proxy => context.say("代理", "proxy"),
        FlowKind::Direct => context.say("直连", "direct"),
        FlowKind::Reject => context.say("拦截", "reject"),
        FlowKind::Unattributed => context.say("无法归属", "unattributed"),
    }
}

/// How much of the days was watched, in tenths of a percent, rounded down.
fn coverage(context: &Context, of: &CoverageView) -> String {
    let tenths = of.watched.saturating_mul(1000).checked_div(of.of).unwrap_or(0);
    format!(
        "{} ({}): {} {}.{} %",
        plain(&of.name),
        of.device,
        context.say("已监测", "watched"),
        tenths / 10,
        tenths % 10
    )
}

fn live(context: &Context, view: &LiveView) -> String {
    let devices = [
        ("设备", "device"),
        ("名称", "name"),
        ("状态", "state"),
        ("时效", "age"),
        ("上传", "up"),
        ("下载", "down"),
        ("连接", "connections"),
    ];
    let rows = view.devices.iter().map(|row| device(context, row));
    let mut text = sheet(context, &devices, rows.collect());
    let nodes = [
        ("设备", "device"),
        ("节点", "node"),
        ("去向", "kind"),
        ("上传", "up"),
        ("下载", "down"),
        ("连接", "connections"),
    ];
    let rows = view.devices.iter().flat_map(|row| {
        row.nodes.iter().map(|node| {
            vec![
                row.device.to_string(),
                named(context, &node.node),
                kind_word(context, node.kind).to_owned(),
                rate(Some(node.up_rate)),
                rate(Some(node.down_rate)),
                node.connections.to_string(),
            ]
        })
    });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        text.push('\n');
        text.push_str(&sheet(context, &nodes, rows));
    }
    text
}

fn device(context: &Context, row: &LiveDeviceView) -> Vec<String> {
    vec![
        row.device.to_string(),
        row.name.clone(),
        state(context, row.state).to_owned(),
        age(context, row.as_of),
        rate(row.up_rate),
        rate(row.down_rate),
        row.connections
            .map_or_else(|| "-".to_owned(), |count| count.to_string()),
    ]
}

const fn state<'a>(context: &Context, state: DeviceState) -> &'a str {
    match state {
        DeviceState::Watched => context.say("监测中", "watched"),
        DeviceState::Lost => context.say("内核无应答", "kernel does not answer"),
        DeviceState::Silent => context.say("代理程序失联", "agent is silent"),
        DeviceState::Ended => context.say("已停用", "ended"),
        DeviceState::New => context.say("尚未收到", "never heard of"),
    }
}

/// Bytes a second; what is not known now is a dash, never zero.
fn rate(bytes: Option<u64>) -> String {
    let raw = bytes.and_then(|bytes| i64::try_from(bytes).ok());
    raw.map_or_else(
        || "-".to_owned(),
        |raw| {
            format!(
                "{}/s",
                shown(Quantity::from_raw(raw, tidegate_api::words::Unit::Bytes))
            )
        },
    )
}
