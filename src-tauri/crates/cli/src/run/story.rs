//! One event as one line for people.

use serde_json::Value;
use tidegate_api::words::{ByteBase, Lang, Quantity};

use crate::out::pick;

/// The line, or `None` for what a person need not see each time.
pub(crate) fn line(event: &Value, lang: Lang) -> Option<String> {
    let name = event.get("event")?.as_str()?;
    let told = match name {
        "reading" => reading(event, lang),
        "step" | "reminder" | "resolved" | "blind" | "blind_resolved" | "unread" => alert(name, event, lang),
        "planned" | "rechecked" | "sent" | "accepted" | "verifying" | "verified" | "failed" | "unknown"
        | "cancelled" | "abandoned" | "held" => action(name, event, lang),
        "delivered" | "undelivered" => delivery(name, event, lang),
        _ => state(name, event, lang),
    }?;
    let clean: String = told.chars().filter(|c| !c.is_control()).collect();
    Some(format!("{}  {clean}", moment(event)))
}

/// Hours, minutes and seconds of the event, in UTC.
fn moment(event: &Value) -> String {
    let at = text(event, "/at");
    at.get(11..19).unwrap_or("").to_owned()
}

fn text<'a>(event: &'a Value, pointer: &str) -> &'a str {
    event.pointer(pointer).and_then(Value::as_str).unwrap_or("-")
}

fn amount(event: &Value, field: &str) -> Option<String> {
    let quantity: Quantity = serde_json::from_value(event.get(field)?.clone()).ok()?;
    Some(quantity.human(ByteBase::Binary))
}

fn reading(event: &Value, lang: Lang) -> Option<String> {
    let left = amount(event, "remaining").or_else(|| amount(event, "used"))?;
    Some(format!(
        "{} {} · {left}",
        pick(lang, "读数", "reading  "),
        text(event, "/name")
    ))
}

fn alert(name: &str, event: &Value, lang: Lang) -> Option<String> {
    let guard = text(event, "/guard");
    let meter = text(event, "/meter");
    Some(match name {
        "step" => {
            let left = amount(event, "remaining").unwrap_or_else(|| "?".to_owned());
            let share = amount(event, "share").unwrap_or_else(|| "?".to_owned());
            let (step, left_word) = (text(event, "/step"), pick(lang, "余", "left"));
            format!(
                "{} {step} · {guard} · {share} · {left_word} {left}",
                pick(lang, "阶梯", "step     ")
            )
        }
        "reminder" => format!("{} {guard} · {meter}", pick(lang, "再次提醒", "reminder ")),
        "resolved" => format!(
            "{} {} · {guard}",
            pick(lang, "已恢复", "resolved "),
            text(event, "/key")
        ),
        "blind" => format!(
            "{} {meter} · {}",
            pick(lang, "失明", "blind    "),
            text(event, "/blind/detail")
        ),
        "blind_resolved" => format!("{} {meter}", pick(lang, "复明", "sees     ")),
        _ => format!(
            "{} {} · {} {}",
            pick(lang, "读不到", "unread   "),
            text(event, "/account"),
            text(event, "/blind/reason"),
            text(event, "/blind/detail")
        ),
    })
}

fn action(name: &str, event: &Value, lang: Lang) -> Option<String> {
    let target = text(event, "/target/name");
    Some(match name {
        "planned" => {
            let due = text(event, "/due").get(11..19).unwrap_or("");
            format!(
                "{} {} {target} @ {due}",
                pick(lang, "计划", "planned  "),
                text(event, "/action")
            )
        }
        "rechecked" => format!("{} {target}", pick(lang, "复核通过", "rechecked")),
        "sent" => format!("{} {target}", pick(lang, "发出请求", "sent     ")),
        "accepted" => {
            format!(
                "{} {target} · job {}",
                pick(lang, "云平台受理", "accepted "),
                text(event, "/receipt/job")
            )
        }
        "verifying" => format!(
            "{} {target} · {}",
            pick(lang, "核实中", "verifying"),
            text(event, "/power/power")
        ),
        "verified" => format!(
            "{} {target} · {} → {}",
            pick(lang, "已确认", "verified "),
            text(event, "/proof/before/power"),
            text(event, "/proof/after/power")
        ),
        "failed" => format!(
            "{} {target} · {}",
            pick(lang, "失败", "failed   "),
            text(event, "/detail")
        ),
        "unknown" => format!(
            "{} {target} · {}",
            pick(lang, "结果未知", "unknown  "),
            text(event, "/detail")
        ),
        "cancelled" => format!(
            "{} {target} · {}",
            pick(lang, "已取消", "cancelled"),
            text(event, "/by")
        ),
        "abandoned" => format!(
            "{} {target} · {}",
            pick(lang, "已放弃", "abandoned"),
            text(event, "/detail")
        ),
        _ => format!("{} → {}", pick(lang, "推迟", "held     "), text(event, "/until")),
    })
}

fn delivery(name: &str, event: &Value, lang: Lang) -> Option<String> {
    let (channel, code) = (text(event, "/channel"), text(event, "/code"));
    Some(if name == "delivered" {
        format!("{} {channel} · {code}", pick(lang, "已送达", "delivered"))
    } else {
        format!(
            "{} {channel} · {code} · {}",
            pick(lang, "未送达", "not sent "),
            text(event, "/detail")
        )
    })
}

fn state(name: &str, event: &Value, lang: Lang) -> Option<String> {
    Some(match name {
        "lapse" => format!(
            "{} {} → {} · {}",
            pick(lang, "失守", "lapse    "),
            text(event, "/start"),
            text(event, "/end"),
            text(event, "/cause")
        ),
        "mode" => {
            let until = text(event, "/armed_until");
            let guard = text(event, "/guard");
            if until == "-" {
                format!("{} {guard}", pick(lang, "只提醒", "watching "))
            } else {
                format!("{} {guard} → {until}", pick(lang, "授权", "armed    "))
            }
        }
        "configured" => pick(lang, "配置已生效", "configured").to_owned(),
        "power" => {
            format!(
                "{} {} · {}",
                pick(lang, "电源", "power    "),
                text(event, "/target/name"),
                text(event, "/power/power")
            )
        }
        "program" => format!("! {} · {}", text(event, "/condition"), text(event, "/detail")),
        _ => return None,
    })
}
