//! What the engine told and what arrived, in words. Owns which of it belongs into a story: what was decided, what left and
//! what came of it; looks are folded elsewhere, and what only keeps the house is left out.

use tidegate_engine::Event;
use tidegate_guard::ActionKind;
use tidegate_meter::Lang::{En, Zh};
use tidegate_sim::LoggedRequest;

use super::words::{Both, amount, both, span};
use crate::line::Line;

/// `None`: it does not belong into a story.
pub(super) fn told(line: &Line) -> Option<Both> {
    match line {
        Line::Began { life: 1 } => Some(both("守护开始", "the guard begins")),
        Line::Began { life } => Some(both(
            format!("进程重启（第 {life} 条命）"),
            format!("the process starts again, life {life}"),
        )),
        Line::Ended { killed: true } => Some(both("进程死了", "the process is dead")),
        Line::Ended { killed: false } => Some(both("守护结束", "the guard ends")),
        Line::Healed => Some(both("一切修复", "everything is mended")),
        Line::Request { request, recorded } => recorded.map(|recorded| asked(request, recorded)),
        Line::Card {
            platform,
            text,
            is_repeat,
        } => Some(card(platform, text, *is_repeat)),
        Line::Event { event } => decided(event).or_else(|| acted(event)).or_else(|| kept(event)),
        Line::Deed { .. } => None,
    }
}

fn asked(request: &LoggedRequest, recorded: bool) -> Both {
    let servers = request.servers.join(", ");
    let (status, code) = (
        request.status.to_string(),
        request.code.clone().unwrap_or_default(),
    );
    let words = [request.operation.as_str(), servers.as_str(), "→", &status, &code];
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let told = words.join(" ");
    if recorded {
        both(format!("请求 {told}"), format!("request {told}"))
    } else {
        both(
            format!("请求 {told}，此前没有记录"),
            format!("request {told}, without a record before it"),
        )
    }
}

fn card(platform: &str, text: &str, is_repeat: bool) -> Both {
    let line = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or("");
    let line: String = line.chars().take(60).collect();
    let (zh, en) = if is_repeat {
        ("（重发）", " (a repeat)")
    } else {
        ("", "")
    };
    both(
        format!("{platform} 收到{zh}「{line}」"),
        format!("{platform} gets{en} “{line}”"),
    )
}

fn decided(event: &Event) -> Option<Both> {
    Some(match event {
        Event::Step {
            guard,
            step,
            remaining,
            ..
        } => {
            let left = amount(*remaining);
            both(
                format!("{guard} 越过 {step}，剩 {}", left.get(Zh)),
                format!("{guard} crosses {step}, {} left", left.get(En)),
            )
        }
        Event::Resolved { guard, key, .. } => both(
            format!("{guard} 回到 {key} 以内"),
            format!("{guard} is back within {key}"),
        ),
        Event::Blind { guard, blind, .. } => both(
            format!("{guard} 失明：{}", blind.reason.name()),
            format!("{guard} is blind: {}", blind.reason.name()),
        ),
        Event::BlindResolved { guard, .. } => {
            both(format!("{guard} 又看得见"), format!("{guard} sees again"))
        }
        Event::Planned {
            at,
            guard,
            action,
            target,
            due,
            ..
        } => {
            let who = guard.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
            let (name, later) = (&target.name, span(due.since(*at).as_secs()));
            let (zh, en) = doing(*action);
            both(
                format!("{who} 决定{zh} {name}，{later} 后动手"),
                format!("{who} decides to {en} {name}, in {later}"),
            )
        }
        Event::Mode {
            guard, armed_until, ..
        } => match armed_until {
            Some(until) => both(
                format!("{guard} 布防到 {}", until.to_jiff()),
                format!("{guard} is armed until {}", until.to_jiff()),
            ),
            None => both(
                format!("{guard} 回到观察"),
                format!("{guard} is back to watching"),
            ),
        },
        _ => return None,
    })
}

const fn doing(action: ActionKind) -> (&'static str, &'static str) {
    match action {
        ActionKind::Warn => ("提醒", "warn of"),
        ActionKind::Stop => ("停掉", "stop"),
        ActionKind::Start => ("启动", "start"),
    }
}

fn acted(event: &Event) -> Option<Both> {
    let pair = |name: &str, zh: &str, en: &str| Some(both(format!("{name}：{zh}"), format!("{name}: {en}")));
    match event {
        Event::Rechecked { target, .. } => pair(&target.name, "复核通过", "checked again and cleared"),
        Event::Sent { target, .. } => pair(&target.name, "请求发出", "the request leaves"),
        Event::Accepted { target, .. } => pair(&target.name, "平台受理", "the provider takes it on"),
        Event::Verified { target, .. } => pair(&target.name, "已核实", "verified"),
        Event::Failed { target, detail, .. } => pair(
            &target.name,
            &format!("失败：{detail}"),
            &format!("failed: {detail}"),
        ),
        Event::Unknown { target, detail, .. } => pair(
            &target.name,
            &format!("结果不明：{detail}"),
            &format!("unknown: {detail}"),
        ),
        Event::Cancelled { target, by, .. } => pair(
            &target.name,
            &format!("取消，因 {by}"),
            &format!("called off by {by}"),
        ),
        Event::Abandoned { target, detail, .. } => pair(
            &target.name,
            &format!("放弃：{detail}"),
            &format!("given up: {detail}"),
        ),
        Event::Power { target, power, .. } => pair(
            &target.name,
            &format!("电源 {}", serde_word(power)),
            &format!("power is {}", serde_word(power)),
        ),
        _ => None,
    }
}

fn kept(event: &Event) -> Option<Both> {
    Some(match event {
        Event::Undelivered { channel, code, .. } => both(
            format!("{channel} 没收下：{code}"),
            format!("{channel} does not take it: {code}"),
        ),
        Event::Lapse {
            start, end, cause, ..
        } => both(
            format!("失守 {} 到 {}：{cause}", start.to_jiff(), end.to_jiff()),
            format!("a lapse from {} to {}: {cause}", start.to_jiff(), end.to_jiff()),
        ),
        Event::Lease { holder: true, .. } => both("拿到租约", "the lease is gained"),
        Event::Lease { holder: false, .. } => both("失去租约", "the lease is lost"),
        Event::Program { condition, .. } => both(
            format!("程序告警：{condition}"),
            format!("the program needs a person: {condition}"),
        ),
        Event::ProgramResolved { condition, .. } => both(
            format!("程序告警解除：{condition}"),
            format!("the program is well again: {condition}"),
        ),
        Event::RenewalDue { renewal, days, .. } => both(
            format!("{renewal} 还有 {days} 天到期"),
            format!("{renewal} falls due in {days} days"),
        ),
        Event::Paused { until, .. } => match until {
            Some(until) => both(
                format!("自动动作暂停到 {}", until.to_jiff()),
                format!("automatic actions rest until {}", until.to_jiff()),
            ),
            None => both("自动动作恢复", "automatic actions are taken up again"),
        },
        _ => return None,
    })
}

/// A word of the product, as it writes it.
fn serde_word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}
