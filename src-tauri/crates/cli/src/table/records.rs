//! What happened: plans, actions, alerts, deliveries, audit.

use tidegate_api::Response;
use tidegate_api::config::{Change, Plan};
use tidegate_api::response::{
    ActionView, AlertView, AuditView, ChannelView, DeliveryView, FootingView, LapseView, PointView,
    TokenView, VaultView,
};
use tidegate_api::words::{AuditVerdict, Time, intent_state};

use super::guarding::power;
use super::{amount, name, plain, sheet};
use crate::context::Context;

pub(super) fn text(context: &Context, response: &Response) -> String {
    match response {
        Response::Plan(view) => plan(context, view),
        Response::Planned(view) => actions(context, std::slice::from_ref(&**view)),
        Response::Actions(views) => actions(context, views),
        Response::Alerts(views) => alerts(context, views),
        Response::Channels(views) => channels(context, views),
        Response::Tested(view) => {
            format!(
                "{} {}: {}",
                context.say("已送达", "Delivered to"),
                view.channel,
                plain(&view.word)
            )
        }
        Response::Deliveries(views) => deliveries(context, views),
        Response::History(points) => history(context, points, false),
        Response::AuditVerdict(view) => verdict(context, view),
        Response::Audit(views) => audit(context, views),
        Response::Lapses(views) => lapses(context, views),
        Response::VaultItems(view) => vault(context, view),
        Response::Tokens(views) => tokens(context, views),
        Response::Doctor(rows) => doctor(rows),
        Response::Version(view) => format!("{} {}", view.name, view.version),
        other => super::json(other).to_string(),
    }
}

fn plan(context: &Context, plan: &Plan) -> String {
    let head = [
        ("变更", "change"),
        ("类别", "kind"),
        ("标识", "id"),
        ("字段", "fields"),
    ];
    let rows = plan.items.iter().map(|item| {
        let sign = match item.change {
            Change::Add => context.say("+ 新增", "+ add"),
            Change::Change => context.say("~ 修改", "~ change"),
            Change::Remove => context.say("- 移除", "- remove"),
            Change::Unchanged => context.say("  不变", "  unchanged"),
        };
        let mut fields = item.fields.join(", ");
        if item.disarmed {
            fields.push_str(context.say("（授权解除，改为只提醒）", " (disarmed: back to watching)"));
        }
        vec![sign.to_owned(), name(&item.kind), item.id.clone(), fields]
    });
    let text = sheet(context, &head, rows.collect());
    if plan.is_empty() {
        format!("{text}\n{}", context.say("没有要改的。", "Nothing to change."))
    } else {
        text
    }
}

fn actions(context: &Context, views: &[ActionView]) -> String {
    let head = [
        ("行动", "action"),
        ("做什么", "what"),
        ("目标", "target"),
        ("状态", "state"),
        ("时间", "when"),
        ("证据", "proof"),
    ];
    let rows = views.iter().map(|view| {
        let proof = view.proof.as_ref().map_or_else(String::new, |proof| {
            format!(
                "{} → {} @ {}",
                power(Some(&proof.before)),
                power(Some(&proof.after)),
                proof.at
            )
        });
        vec![
            view.id.to_string(),
            name(&view.action),
            view.target.name.clone(),
            intent_state(view.state, context.lang).to_owned(),
            view.updated_at.to_string(),
            proof,
        ]
    });
    sheet(context, &head, rows.collect())
}

fn alerts(context: &Context, views: &[AlertView]) -> String {
    let head = [
        ("提醒", "alert"),
        ("级别", "severity"),
        ("账户", "account"),
        ("内容", "what"),
        ("开始", "raised"),
        ("结束", "resolved"),
    ];
    let rows = views.iter().map(|view| {
        let resolved = match (view.resolved_at, &view.acknowledged) {
            (Some(at), _) => at.to_string(),
            (None, Some(_)) => context.say("已确认", "acknowledged").to_owned(),
            (None, None) => "-".to_owned(),
        };
        vec![
            view.id.to_string(),
            name(&view.severity),
            view.account
                .as_ref()
                .map_or_else(|| "-".to_owned(), ToString::to_string),
            view.title.clone(),
            view.raised_at.to_string(),
            resolved,
        ]
    });
    sheet(context, &head, rows.collect())
}

fn channels(context: &Context, views: &[ChannelView]) -> String {
    let head = [
        ("通道", "channel"),
        ("类型", "kind"),
        ("启用", "on"),
        ("语言", "language"),
        ("密钥", "secrets"),
    ];
    let rows = views.iter().map(|view| {
        let secrets: Vec<String> = view
            .secrets
            .iter()
            .map(|(field, place)| format!("{field} = {place}"))
            .collect();
        let on = if view.enabled {
            context.say("是", "yes")
        } else {
            context.say("否", "no")
        };
        vec![
            view.id.to_string(),
            view.kind.clone(),
            on.to_owned(),
            name(&view.language),
            secrets.join("\n"),
        ]
    });
    sheet(context, &head, rows.collect())
}

fn deliveries(context: &Context, views: &[DeliveryView]) -> String {
    let head = [
        ("投递", "delivery"),
        ("通道", "channel"),
        ("内容", "what"),
        ("状态", "state"),
        ("次数", "tries"),
        ("原因", "error"),
    ];
    let rows = views.iter().map(|view| {
        vec![
            view.id.to_string(),
            view.channel.to_string(),
            view.title.clone(),
            name(&view.state),
            view.tries.to_string(),
            view.error.clone().unwrap_or_default(),
        ]
    });
    sheet(context, &head, rows.collect())
}

/// Amounts as the provider's console shows them: by 1024 or by 1000.
pub(crate) fn history(context: &Context, points: &[PointView], binary: bool) -> String {
    let head = [("时间", "as of"), ("余量", "left"), ("已用", "used")];
    let rows = points.iter().map(|point| {
        vec![
            point.as_of.to_string(),
            amount(point.remaining, binary),
            amount(point.used, binary),
        ]
    });
    sheet(context, &head, rows.collect())
}

fn verdict(context: &Context, verdict: &AuditVerdict) -> String {
    match verdict {
        AuditVerdict::Intact { head } => {
            format!(
                "{} · {} · {}",
                context.say("审计链完整", "The audit chain is intact"),
                head.seq,
                head.hash
            )
        }
        AuditVerdict::Broken { seq, fault } => {
            format!(
                "{} {seq}: {}",
                context.say("审计链在此行断裂", "The audit chain breaks at row"),
                name(fault)
            )
        }
    }
}

fn audit(context: &Context, views: &[AuditView]) -> String {
    let head = [
        ("序号", "row"),
        ("时间", "at"),
        ("谁", "who"),
        ("事件", "event"),
        ("事实", "facts"),
    ];
    let rows = views.iter().map(|view| {
        vec![
            view.seq.to_string(),
            view.at.to_string(),
            view.actor.clone(),
            view.event.clone(),
            view.facts.to_string(),
        ]
    });
    sheet(context, &head, rows.collect())
}

fn lapses(context: &Context, views: &[LapseView]) -> String {
    let head = [("从", "from"), ("到", "to"), ("原因", "cause")];
    let rows = views
        .iter()
        .map(|view| vec![view.start.to_string(), view.end.to_string(), view.cause.clone()]);
    sheet(context, &head, rows.collect())
}

fn vault(context: &Context, view: &VaultView) -> String {
    let rows = view.items.iter().map(|item| vec![item.clone()]);
    format!(
        "{}\n{}",
        view.backend,
        sheet(context, &[("条目", "item")], rows.collect())
    )
}

fn tokens(context: &Context, views: &[TokenView]) -> String {
    let head = [
        ("标识", "id"),
        ("名称", "name"),
        ("权限", "scopes"),
        ("创建", "made"),
        ("上次使用", "last used"),
        ("状态", "state"),
    ];
    let rows = views.iter().map(|view| {
        let scopes: Vec<&str> = view.scopes.iter().map(|scope| scope.word()).collect();
        let at = |at: Option<Time>| at.map_or_else(|| "-".to_owned(), |at| at.to_string());
        let state = match (view.revoked_at, view.expires_at) {
            (Some(_), _) => context.say("已吊销", "revoked").to_owned(),
            (None, Some(end)) if end <= context.now() => context.say("已过期", "expired").to_owned(),
            (None, Some(end)) => format!("→ {end}"),
            (None, None) => context.say("有效", "stands").to_owned(),
        };
        vec![
            view.id.to_string(),
            view.name.clone(),
            scopes.join(" "),
            view.created_at.to_string(),
            at(view.last_used_at),
            state,
        ]
    });
    sheet(context, &head, rows.collect())
}

fn doctor(rows: &[FootingView]) -> String {
    let lines = rows.iter().map(|row| {
        let sign = if row.ok { "✓" } else { "✗" };
        let next = row
            .next
            .as_ref()
            .map_or_else(String::new, |next| format!("\n    → {next}"));
        format!("{sign} {:<10} {}{next}", row.what, plain(&row.found))
    });
    lines.collect::<Vec<_>>().join("\n")
}
