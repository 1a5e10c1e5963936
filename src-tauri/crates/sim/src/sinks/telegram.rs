//! A Telegram bot in one group, which was an ordinary group with another number before.

use serde_json::{Value, json};
use tidegate_meter::Time;

use super::{Sink, parsed, text};
use crate::{Answer, Call, limits};

/// FAKE.
pub(super) const TOKEN: &str = "123456789:FAKE-telegram-bot-token";
/// The group.
pub(super) const CHAT: i64 = -1_001_234_567_890;
/// What the group's number was before it became a supergroup.
pub(super) const MOVED: i64 = -1_234_567;

pub(super) fn take(sink: &mut Sink, call: &Call, rest: &str, now: Time) -> Answer {
    if rest != format!("bot{TOKEN}/sendMessage") {
        return refusal(401, "Unauthorized", &json!({}));
    }
    if !sink.within_second(now, 1) {
        return throttled(1);
    }
    if !sink.within_minute(now, limits::TELEGRAM_PER_MINUTE) {
        return throttled(40);
    }
    let bad = |words: &str| refusal(400, &format!("Bad Request: {words}"), &json!({}));
    let Some(body) = parsed(call) else {
        return bad("can't parse JSON");
    };
    match body.get("chat_id").and_then(Value::as_i64) {
        Some(CHAT) => {}
        Some(MOVED) => {
            let words = "Bad Request: group chat was upgraded to a supergroup chat";
            return refusal(400, words, &json!({ "migrate_to_chat_id": CHAT }));
        }
        _ => return bad("chat not found"),
    }
    let Some(told) = text(&body, "/text") else {
        return bad("message text is empty");
    };
    let html = text(&body, "/parse_mode") == Some("HTML");
    if html && !is_well_formed(told) {
        return bad("can't parse entities: unsupported start tag");
    }
    if told.encode_utf16().count() > limits::TELEGRAM_UNITS {
        return bad("message is too long");
    }
    let count = sink.taken.len();
    sink.keep(now, body, None);
    Answer::json(
        200,
        &json!({ "ok": true, "result": { "message_id": count, "date": now.seconds() } }),
    )
}

/// A refusal as the platform writes it: the status is the code.
pub(super) fn refusal(code: i64, words: &str, parameters: &Value) -> Answer {
    let body = json!({ "ok": false, "error_code": code, "description": words, "parameters": parameters });
    Answer::json(u16::try_from(code).unwrap_or(500), &body)
}

/// Too many requests.
pub(super) fn throttled(seconds: u64) -> Answer {
    let words = format!("Too Many Requests: retry after {seconds}");
    refusal(429, &words, &json!({ "retry_after": seconds }))
}

/// Tags of a few names, closed in order, and no bare `<` or `&`.
fn is_well_formed(told: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = told;
    while let Some(at) = rest.find(['<', '&']) {
        let (_, from) = rest.split_at(at);
        let end = if from.starts_with('<') { '>' } else { ';' };
        let Some((word, after)) = from.get(1..).and_then(|from| from.split_once(end)) else {
            return false;
        };
        let good = match (end, word.strip_prefix('/')) {
            ('>', Some(name)) => open.pop() == Some(name),
            ('>', None) => {
                open.push(word);
                ["b", "i", "u", "s", "code", "pre"].contains(&word)
            }
            _ => ["lt", "gt", "amp", "quot"].contains(&word),
        };
        if !good {
            return false;
        }
        rest = after;
    }
    open.is_empty()
}
