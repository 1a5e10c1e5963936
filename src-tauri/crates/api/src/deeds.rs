//! The audit in words: who did what to what, in one line. An event without words of its own keeps its name.

use serde_json::Value;
use tidegate_meter::Lang;

use crate::texts::{self as t, Text};

/// An event's words in both languages.
const DEEDS: &[(&str, Text)] = &[
    (
        "config.applied",
        Text::new("更改了配置", "changed the configuration"),
    ),
    ("guard.armed", Text::new("布防", "armed")),
    ("guard.disarmed", Text::new("撤防", "disarmed")),
    ("guard.held", Text::new("按住", "held")),
    (
        "actions.paused",
        Text::new("暂停了自动行动", "paused automatic actions"),
    ),
    (
        "actions.resumed",
        Text::new("恢复了自动行动", "resumed automatic actions"),
    ),
    (
        "target.protected",
        Text::new("更改了保护", "changed the protection of"),
    ),
    ("alert.answered", Text::new("答复了提醒", "answered the alert")),
    ("intent.planned", Text::new("计划行动", "planned an action on")),
    (
        "intent.rechecked",
        Text::new("行动前复查", "checked again before acting on"),
    ),
    ("intent.sent", Text::new("发出请求", "sent a request to")),
    (
        "intent.accepted",
        Text::new("平台接受了请求", "had a request accepted for"),
    ),
    ("intent.verifying", Text::new("等待证据", "awaits proof of")),
    ("intent.verified", Text::new("已由平台状态确认", "has proof of")),
    ("intent.failed", Text::new("行动未成功", "did not succeed with")),
    (
        "intent.unknown",
        Text::new("结果未知", "does not know the outcome of"),
    ),
    (
        "intent.cancelled",
        Text::new("取消了行动", "called off the action on"),
    ),
    (
        "intent.abandoned",
        Text::new("放弃了行动", "gave up the action on"),
    ),
    ("intent.held", Text::new("延后了行动", "held the action")),
    (
        "intent.hurried",
        Text::new("立即执行行动", "ended the countdown of the action"),
    ),
    (
        "delivery.retried",
        Text::new("重发消息", "sent again the message"),
    ),
    (
        "delivery.readdressed",
        Text::new("改投消息", "readdressed the message"),
    ),
    ("delivery.undelivered", Text::new("未能送达", "could not deliver")),
    ("channel.tested", Text::new("测试了通道", "tested the channel")),
    ("channel.tried", Text::new("试发了通道", "tried the channel")),
    ("settings.saved", Text::new("更改了设置", "changed settings")),
    (
        "settings.start_at_login",
        Text::new("更改了登录时启动", "changed the start at login"),
    ),
    ("renewal.marked", Text::new("标记为已续费", "marked as renewed")),
    (
        "renewal.cleared",
        Text::new("撤销了续费标记", "took back the mark of"),
    ),
    (
        "intent.piece_asked",
        Text::new("请求关闭或打开一项：", "asked for one piece of"),
    ),
    (
        "intent.pieces_seen",
        Text::new("读到各项状态：", "read every piece of"),
    ),
    ("quota.allocated", Text::new("划拨额度给", "allocated to")),
    ("quota.ruled", Text::new("更改了设置：", "set the rules of")),
    ("quota.linked", Text::new("关联了项目", "linked a project to")),
    (
        "quota.unlinked",
        Text::new("取消关联项目", "unlinked a project from"),
    ),
    ("quota.toggled", Text::new("开关了项目", "switched projects of")),
    (
        "spending.restated",
        Text::new("按更正的账单重记", "restated the spending of"),
    ),
    (
        "sub_account.created",
        Text::new("创建了子账号", "made the sub-account"),
    ),
    (
        "sub_account.key_created",
        Text::new("创建了访问密钥：", "made an access key for"),
    ),
    (
        "sub_account.policy_attached",
        Text::new("授予了策略：", "attached a policy to"),
    ),
    (
        "sub_account.policy_detached",
        Text::new("收回了策略：", "detached a policy from"),
    ),
    ("secrets.saved", Text::new("保存了密钥", "saved secrets")),
    ("device.invited", Text::new("邀请了设备", "invited the device")),
    ("device.enrolled", Text::new("登记了设备", "enrolled the device")),
    ("device.ended", Text::new("停用了设备", "ended the device")),
    (
        "device.batch_refused",
        Text::new("另行保留了一批不可信的流量：", "kept a batch aside of the device"),
    ),
    ("token.created", Text::new("创建了令牌", "made the token")),
    ("token.revoked", Text::new("吊销了令牌", "revoked the token")),
    ("backup.made", Text::new("做了备份", "made a backup")),
    ("backup.restored", Text::new("恢复了备份", "restored a backup")),
    (
        "program.raised",
        Text::new("报告了自身的问题", "raised a condition of its own:"),
    ),
    (
        "program.resolved",
        Text::new("自身的问题已消除", "resolved a condition of its own:"),
    ),
    ("demo.begun", Text::new("开始了演示", "began the demonstration")),
    ("demo.ended", Text::new("结束了演示", "ended the demonstration")),
];

/// Facts that name what it was done to, the first that is there.
const SUBJECTS: [&str; 13] = [
    "target",
    "guard",
    "channel",
    "renewal",
    "item",
    "name",
    "user",
    "project",
    "device",
    "condition",
    "account",
    "alert",
    "intent",
];

/// One line: `window: armed web`.
pub(crate) fn line(actor: &str, event: &str, facts: &Value, lang: Lang) -> String {
    let known = DEEDS.iter().find(|(name, _)| *name == event);
    let deed = known.map_or(event, |(_, text)| text.of(lang));
    let actor = actor_in_words(actor, lang);
    match subject(facts) {
        Some(subject) => t::AUDIT_OF.say(lang, &[("actor", actor), ("deed", deed), ("subject", &subject)]),
        None => t::AUDIT.say(lang, &[("actor", actor), ("deed", deed)]),
    }
}

fn actor_in_words(actor: &str, lang: Lang) -> &str {
    match actor {
        "engine" => t::ACTOR_ENGINE.of(lang),
        "window" => t::ACTOR_WINDOW.of(lang),
        "tray" => t::ACTOR_TRAY.of(lang),
        "cli" => t::ACTOR_CLI.of(lang),
        "agent" => t::ACTOR_AGENT.of(lang),
        "api" => t::ACTOR_API.of(lang),
        "person" => t::ACTOR_PERSON.of(lang),
        other => other,
    }
}

fn subject(facts: &Value) -> Option<String> {
    SUBJECTS.iter().find_map(|key| {
        let value = facts.get(key)?;
        let named = value.get("name").or_else(|| value.get("id")).unwrap_or(value);
        let text = named.as_str().filter(|text| !text.is_empty())?;
        Some(text.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_audit_row_is_one_line_in_both_languages() {
        let facts = json!({ "guard": "web", "until": "2026-01-01T00:00:00Z" });
        assert_eq!(
            line("window", "guard.armed", &facts, Lang::En),
            "window: armed web"
        );
        assert_eq!(line("window", "guard.armed", &facts, Lang::Zh), "窗口：布防 web");
    }

    #[test]
    fn a_target_is_named_by_its_name_and_an_unknown_event_keeps_its_own() {
        let facts = json!({ "intent": "x", "target": { "id": "1", "name": "ecs-hk-01" } });
        assert_eq!(
            line("engine", "intent.sent", &facts, Lang::En),
            "Tidegate: sent a request to ecs-hk-01"
        );
        assert_eq!(
            line("engine", "new.thing", &json!({}), Lang::En),
            "Tidegate: new.thing"
        );
    }

    #[test]
    fn every_deed_is_told_in_both_languages() {
        let han = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        assert!(
            DEEDS
                .iter()
                .all(|(_, text)| han(text.of(Lang::Zh)) && !han(text.of(Lang::En)))
        );
    }
}
