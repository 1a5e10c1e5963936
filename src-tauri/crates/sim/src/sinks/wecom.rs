//! A WeCom group robot. Its limits count bytes.

use serde_json::Value;
use tidegate_meter::Time;

use super::{Sink, errcode, parsed, text};
use crate::{Answer, Call, limits};

/// FAKE.
pub(super) const KEY: &str = "FAKE-wecom-robot-key";

pub(super) fn take(sink: &mut Sink, call: &Call, rest: &str, now: Time) -> Answer {
    match checked(sink, call, rest, now) {
        Ok(body) => {
            sink.keep(now, body, None);
            errcode(0, "ok")
        }
        Err((code, text)) => errcode(code, text),
    }
}

fn checked(sink: &mut Sink, call: &Call, rest: &str, now: Time) -> Result<Value, (i64, &'static str)> {
    if rest != "cgi-bin/webhook/send" || call.parameter("key").as_deref() != Some(KEY) {
        return Err((93_000, "invalid webhook url"));
    }
    if !sink.within_minute(now, limits::WECOM_PER_MINUTE) {
        return Err((45_009, "api freq out of limit"));
    }
    let body = parsed(call).ok_or((47_001, "data format error"))?;
    let (content, most) = match text(&body, "/msgtype") {
        Some("text") => (text(&body, "/text/content"), limits::WECOM_TEXT_BYTES),
        Some("markdown" | "markdown_v2") => (text(&body, "/markdown/content"), limits::WECOM_MARKDOWN_BYTES),
        _ => return Err((40_008, "invalid message type")),
    };
    let content = content.ok_or((44_004, "empty content"))?;
    if content.len() > most {
        return Err((40_058, "content exceed max length"));
    }
    Ok(body)
}
