//! What is watched: meters, guards, accounts, servers.

use tidegate_api::response::{
    AccountView, ArmedView, GuardView, MeterView, MetersView, ModeName, OutcomeName, StatusView, TargetView,
};
use tidegate_api::words::{ActionKind, Level, PowerState, Quantity, TargetKind, Time, blind_reason};

use super::{age, amount, name, plain, sheet};
use crate::context::Context;

/// Whether anything could not be read.
pub(crate) fn any_blind(view: &MetersView) -> bool {
    !view.blind_accounts.is_empty()
        || view
            .meters
            .iter()
            .any(|meter| meter.outcome == OutcomeName::Blind)
}

pub(super) fn meters(context: &Context, view: &MetersView) -> String {
    let head = [
        ("账户", "account"),
        ("计量", "meter"),
        ("余量", "left"),
        ("总量", "whole"),
        ("时效", "age"),
        ("状态", "level"),
        ("守护", "guard"),
    ];
    let mut text = sheet(
        context,
        &head,
        view.meters
            .iter()
            .map(|meter| meter_row(context, meter))
            .collect(),
    );
    for meter in &view.meters {
        for guard in &meter.guards {
            if let Some(why) = &guard.why {
                text.push_str(&format!(
                    "\n{} · {}: {}",
                    plain(&meter.name),
                    guard.id,
                    plain(&why.text)
                ));
            }
        }
    }
    for account in &view.blind_accounts {
        text.push_str(&format!("\n{}: {}", account.account, blindness(context, account)));
    }
    text
}

fn blindness(context: &Context, account: &AccountView) -> String {
    let reason = account
        .reason
        .map_or("-", |reason| blind_reason(reason, context.lang));
    format!(
        "{} · {}",
        context.say("失明", "blind"),
        plain(&with_detail(reason, account.detail.as_deref()))
    )
}

/// A reason and, where it was told, what exactly.
fn with_detail(reason: &str, detail: Option<&str>) -> String {
    match detail.filter(|detail| !detail.is_empty()) {
        Some(detail) => format!("{reason}: {detail}"),
        None => reason.to_owned(),
    }
}

/// What is left; of spending without a whole, what was spent, said as such.
fn left_or_used(context: &Context, left: Option<Quantity>, used: Option<Quantity>, binary: bool) -> String {
    match (left, used) {
        (None, Some(_)) => format!("{} {}", context.say("已用", "used"), amount(used, binary)),
        _ => amount(left, binary),
    }
}

fn meter_row(context: &Context, meter: &MeterView) -> Vec<String> {
    let level = meter.guards.iter().map(|guard| guard.level).max();
    let left = match (meter.outcome, &meter.last_good) {
        (OutcomeName::Known, _) => left_or_used(context, meter.remaining, meter.used, meter.binary),
        (OutcomeName::Blind, Some(last)) => {
            format!(
                "? ({} {})",
                context.say("上次", "last"),
                left_or_used(context, last.remaining, last.used, meter.binary)
            )
        }
        (OutcomeName::Blind, None) => "?".to_owned(),
    };
    let as_of = meter
        .as_of
        .or_else(|| meter.last_good.as_ref().map(|last| last.as_of));
    let state = match meter.reason {
        Some(reason) => {
            let reason = blind_reason(reason, context.lang);
            format!(
                "{}: {}",
                context.say("失明", "blind"),
                with_detail(reason, meter.detail.as_deref())
            )
        }
        None => level.map_or_else(|| "-".to_owned(), |level| level_word(context, level).to_owned()),
    };
    let guards = meter
        .guards
        .iter()
        .map(|guard| format!("{} ({})", guard.id, mode_word(context, guard.mode)));
    vec![
        meter.account.to_string(),
        meter.name.clone(),
        left,
        amount(meter.limit, meter.binary),
        age(context, as_of),
        state,
        guards.collect::<Vec<_>>().join("\n"),
    ]
}

pub(super) const fn level_word(context: &Context, level: Level) -> &'static str {
    match level {
        Level::Calm => crate::out::pick(context.lang, "平稳", "calm"),
        Level::Warning => crate::out::pick(context.lang, "警告", "warning"),
        Level::Critical => crate::out::pick(context.lang, "危急", "critical"),
        Level::Blind => crate::out::pick(context.lang, "失明", "blind"),
    }
}

const fn mode_word(context: &Context, mode: ModeName) -> &'static str {
    match mode {
        ModeName::Watch => crate::out::pick(context.lang, "只提醒", "watch"),
        ModeName::Armed => crate::out::pick(context.lang, "已授权", "armed"),
    }
}

pub(super) fn guards(context: &Context, guards: &[GuardView]) -> String {
    let head = [
        ("规则", "guard"),
        ("账户", "account"),
        ("模式", "mode"),
        ("阶梯", "steps"),
        ("闸线", "limit"),
        ("行动", "action"),
    ];
    let rows = guards.iter().map(|guard| {
        let mode = match guard.armed_until {
            Some(until) => format!("{} → {until}", mode_word(context, guard.mode)),
            None => mode_word(context, guard.mode).to_owned(),
        };
        vec![
            guard.id.to_string(),
            guard.account.to_string(),
            mode,
            guard.steps.join(" "),
            guard.limit.clone().unwrap_or_else(|| "-".to_owned()),
            name(&guard.action),
        ]
    });
    let mut text = sheet(context, &head, rows.collect());
    for guard in guards {
        for meter in &guard.meters {
            let level = level_word(context, meter.level);
            let why = meter.why.as_ref().map_or("-", |why| why.text.as_str());
            text.push_str(&format!(
                "\n{} · {} [{level}] {}",
                guard.id,
                plain(&meter.name),
                plain(why)
            ));
            if guard.action == ActionKind::Stop {
                text.push_str(&format!("\n    {}", plain(&meter.contract)));
            }
        }
        if !guard.frozen.is_empty() {
            let names: Vec<String> = guard.frozen.iter().map(|target| plain(&target.name)).collect();
            let may = context.say("只可停止", "may stop only");
            text.push_str(&format!("\n{} · {may}: {}", guard.id, names.join(", ")));
        }
    }
    text
}

pub(super) fn armed(context: &Context, armed: &ArmedView) -> String {
    let names = armed.targets.iter().map(|target| {
        format!(
            "\n  {} · {} · {}",
            plain(&target.name),
            target.id,
            plain(&target.region)
        )
    });
    let names: String = names.collect();
    match context.lang {
        tidegate_api::words::Lang::Zh => {
            format!("{} 授权到 {}，只可停止：{names}", armed.guard, armed.until)
        }
        tidegate_api::words::Lang::En => {
            format!(
                "{} is armed until {} and may stop only:{names}",
                armed.guard, armed.until
            )
        }
    }
}

pub(super) fn status(context: &Context, status: &StatusView) -> String {
    let running = if status.running {
        context.say("正在看守", "guarding")
    } else {
        context.say(
            "没有看守：先启动 `tidegated run`",
            "not guarding: start `tidegated run`",
        )
    };
    let mut lines = vec![format!("{running} · {}", level_word(context, status.level))];
    if let Some(until) = status.paused_until {
        lines.push(format!(
            "{} → {until}",
            context.say("自动行动已暂停", "automatic actions are paused")
        ));
    }
    for (guard, until) in &status.armed {
        lines.push(format!("{guard}: {} → {until}", context.say("已授权", "armed")));
    }
    for (condition, detail) in &status.conditions {
        lines.push(format!("! {condition}: {}", plain(detail)));
    }
    let open = status.open.len();
    let waiting = status.deliveries_waiting;
    lines.push(format!(
        "{} {open} · {} {waiting}",
        context.say("进行中的行动", "open actions"),
        context.say("待发消息", "waiting messages")
    ));
    lines.push(accounts(context, &status.accounts));
    lines.join("\n")
}

pub(super) fn accounts(context: &Context, accounts: &[AccountView]) -> String {
    let head = [
        ("账户", "account"),
        ("名称", "name"),
        ("计量", "meters"),
        ("上次", "looked"),
        ("下次", "next"),
        ("状态", "state"),
    ];
    let rows = accounts.iter().map(|account| {
        let state = match (account.enabled, account.reason) {
            (false, _) => context.say("停用", "off").to_owned(),
            (true, Some(_)) => blindness(context, account),
            (true, None) => "ok".to_owned(),
        };
        vec![
            account.account.to_string(),
            account.name.clone(),
            account.meters.to_string(),
            age(context, account.looked_at),
            moment(account.next_at),
            state,
        ]
    });
    sheet(context, &head, rows.collect())
}

fn moment(at: Option<Time>) -> String {
    at.map_or_else(|| "-".to_owned(), |at| at.to_string())
}

pub(super) fn targets(context: &Context, targets: &[TargetView]) -> String {
    let head = [
        ("账户", "account"),
        ("目标", "target"),
        ("ID", "id"),
        ("区域", "region"),
        ("状态", "state"),
        ("保护", "protected"),
    ];
    let rows = targets.iter().map(|view| {
        vec![
            view.account.to_string(),
            view.target.name.clone(),
            view.target.id.to_string(),
            view.target.region.clone(),
            standing(context, view),
            if view.protected {
                context.say("是", "yes")
            } else {
                ""
            }
            .to_owned(),
        ]
    });
    sheet(context, &head, rows.collect())
}

/// The provider's state in our words.
/// What a server's power is called; a sub-account is enabled or disabled.
fn standing(context: &Context, view: &TargetView) -> String {
    match (view.target.kind, view.power.as_ref()) {
        (TargetKind::SubAccount, Some(PowerState::Running)) => context.say("已启用", "enabled").to_owned(),
        (TargetKind::SubAccount, Some(PowerState::Stopped)) => context.say("已停用", "disabled").to_owned(),
        (_, state) => power(state),
    }
}

pub(super) fn power(power: Option<&PowerState>) -> String {
    match power {
        None => "-".to_owned(),
        Some(PowerState::Other { word }) => word.clone(),
        Some(state) => {
            let value = serde_json::to_value(state).unwrap_or_default();
            value
                .get("power")
                .and_then(serde_json::Value::as_str)
                .unwrap_or("-")
                .to_owned()
        }
    }
}
