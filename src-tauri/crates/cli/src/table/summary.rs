//! What history comes to, for people: a trend's figures and lines, statistics.

use tidegate_api::response::{CountView, ForecastView, SampleView, StatisticsView, TrendView};
use tidegate_api::words::Quantity;

use super::{amount, name, plain, sheet};
use crate::context::Context;

pub(super) fn trend(context: &Context, view: &TrendView) -> String {
    let of = match view.of.as_str() {
        "used" => context.say("已用", "used"),
        _ => context.say("余量", "left"),
    };
    let mut parts = vec![format!(
        "{} · {} / {} · {of} · {} → {}",
        plain(&view.name),
        view.account,
        view.meter,
        view.start,
        view.end
    )];
    match figures(context, view) {
        Some(text) => parts.push(text),
        None => parts.push(
            context
                .say("这段时间没有读数。", "Nothing was read in this span.")
                .to_owned(),
        ),
    }
    if !view.steps.is_empty() || !view.limits.is_empty() {
        parts.push(lines(context, view));
    }
    if let Some(ForecastView::Known { text, .. } | ForecastView::Accumulating { text, .. }) = &view.forecast {
        parts.push(plain(text));
    }
    parts.join("\n")
}

fn figures(context: &Context, view: &TrendView) -> Option<String> {
    let told = view.figures.as_ref()?;
    let show = |quantity: Quantity| amount(Some(quantity), view.binary);
    let sample = |sample: &SampleView| (show(sample.value), sample.at.to_string());
    let row = |zh, en, (value, at): (String, String)| vec![context.say(zh, en).to_owned(), value, at];
    let only = |value: String| (value, String::new());
    let change = match told.change_share {
        Some(share) => format!("{} ({} %)", show(told.change), share.decimal()),
        None => show(told.change),
    };
    let daily = told.burned_daily.map_or_else(|| "-".to_owned(), show);
    let gaps = format!(
        "{} · {}",
        view.gaps,
        tidegate_api::words::print_span(std::time::Duration::from_secs(view.silent))
    );
    let rows = vec![
        row("最初", "first", sample(&told.first)),
        row("最新", "last", sample(&told.last)),
        row("变化", "change", only(change)),
        row("最低", "lowest", sample(&told.lowest)),
        row("最高", "highest", sample(&told.highest)),
        row("平均（按时间）", "average over time", only(show(told.average))),
        row("消耗", "used up", only(show(told.burned))),
        row("每天消耗", "used up a day", only(daily)),
        row("读数", "readings", only(told.readings.to_string())),
        row(
            "重置与充值",
            "resets and top-ups",
            only(view.events.len().to_string()),
        ),
        row("空档", "gaps", only(gaps)),
    ];
    Some(sheet(
        context,
        &[("项目", "figure"), ("值", "value"), ("时间", "when")],
        rows,
    ))
}

fn lines(context: &Context, view: &TrendView) -> String {
    let head = [("阈值", "threshold"), ("余量", "left"), ("已越过", "crossed")];
    let crossed = |crossed: bool| if crossed { "✓" } else { "" }.to_owned();
    let steps = view.steps.iter().map(|step| (&step.text, step.at, step.crossed));
    let limits = view
        .limits
        .iter()
        .map(|limit| (&limit.text, limit.at, limit.crossed));
    let rows = steps
        .chain(limits)
        .map(|(text, at, is)| vec![text.clone(), amount(at, view.binary), crossed(is)]);
    sheet(context, &head, rows.collect())
}

pub(super) fn statistics(context: &Context, view: &StatisticsView) -> String {
    let total = format!(
        "{} → {}\n{} {} · {} {}",
        view.start,
        view.end,
        context.say("提醒", "alerts"),
        view.alerts,
        context.say("已恢复", "resolved"),
        view.resolved
    );
    let counts = |views: &[CountView]| {
        views
            .iter()
            .map(|row| vec![row.name.clone(), row.count.to_string()])
            .collect()
    };
    let severities = view
        .by_severity
        .iter()
        .map(|(severity, count)| vec![name(severity), count.to_string()]);
    [
        total,
        sheet(
            context,
            &[("级别", "severity"), ("次数", "count")],
            severities.collect(),
        ),
        sheet(
            context,
            &[("提醒内容", "what"), ("次数", "count")],
            counts(&view.by_code),
        ),
        sheet(
            context,
            &[("提醒最多的账户", "top account"), ("次数", "count")],
            counts(&view.top_accounts),
        ),
        made(context, view),
        checks(context, view),
    ]
    .join("\n\n")
}

fn made(context: &Context, view: &StatisticsView) -> String {
    let head = [
        ("通道或账户", "channel or account"),
        ("结果", "result"),
        ("次数", "count"),
    ];
    let deliveries = view
        .deliveries
        .iter()
        .map(|row| vec![row.channel.to_string(), name(&row.state), row.count.to_string()]);
    let actions = view
        .actions
        .iter()
        .map(|row| vec![row.account.to_string(), name(&row.state), row.count.to_string()]);
    sheet(context, &head, deliveries.chain(actions).collect())
}

fn checks(context: &Context, view: &StatisticsView) -> String {
    let head = [
        ("账户", "account"),
        ("有读数", "known"),
        ("失明", "blind"),
        ("失明比例", "blind share"),
    ];
    let rows = view.checks.iter().map(|row| {
        let share = row
            .blind_share
            .map_or_else(|| "-".to_owned(), |share| format!("{} %", share.decimal()));
        vec![
            row.account.to_string(),
            row.known.to_string(),
            row.blind.to_string(),
            share,
        ]
    });
    sheet(context, &head, rows.collect())
}
