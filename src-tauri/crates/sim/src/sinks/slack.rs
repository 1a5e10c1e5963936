//! An incoming webhook of Slack. Its answers are words.

use serde_json::Value;
use tidegate_meter::Time;

use super::{Sink, parsed, text};
use crate::{Answer, Call, limits};

/// FAKE.
pub(super) const HOOK: &str = "services/T00FAKE/B00FAKE/FAKEslackwebhook";

pub(super) fn take(sink: &mut Sink, call: &Call, rest: &str, now: Time) -> Answer {
    if rest != HOOK {
        return Answer::html(404, "no_service");
    }
    if !sink.within_second(now, 1) {
        return Answer::html(429, "rate_limited").with("retry-after", "1");
    }
    let Some(body) = parsed(call) else {
        return Answer::html(400, "invalid_payload");
    };
    if text(&body, "/text").is_none() && body.get("blocks").is_none() {
        return Answer::html(400, "no_text");
    }
    if !body.get("blocks").is_none_or(are_blocks) {
        return Answer::html(400, "invalid_blocks");
    }
    sink.keep(now, body, None);
    Answer::html(200, "ok")
}

/// Each with a type, headers and sections within their lengths.
fn are_blocks(blocks: &Value) -> bool {
    let most = |block: &Value| match text(block, "/type") {
        Some("header") => limits::SLACK_HEADER_CHARS,
        _ => limits::SLACK_TEXT_CHARS,
    };
    let good = |block: &Value| {
        let told = text(block, "/text/text").unwrap_or_default();
        text(block, "/type").is_some() && told.chars().count() <= most(block)
    };
    blocks
        .as_array()
        .is_some_and(|blocks| !blocks.is_empty() && blocks.iter().all(good))
}
