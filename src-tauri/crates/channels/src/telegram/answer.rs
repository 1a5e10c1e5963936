//! What an answer of Telegram means. Success is only `ok: true`; what went wrong stands in `error_code`, in the words of
//! `description`, and for two cases in `parameters`.

use std::time::Duration;

use serde_json::Value;
use tidegate_egress::Response;
use tidegate_meter::Time;

use super::refusals as r;
use crate::hook::answer::{body, may_retry, number, word};
use crate::hook::{Answer, Verdict, refusals as common};
use crate::limits;

/// Reads an answer that came at `now`; also the new id of a group that moved.
pub(super) fn read(response: &Response, now: Time) -> (Answer, Option<i64>) {
    let body = body(response);
    let body = body.as_ref();
    let ok = body.and_then(|body| body.get("ok")?.as_bool());
    let code = number(body, "error_code").filter(|_| ok == Some(false));
    let said = word(body, "description").unwrap_or_default();
    let verdict = match (ok, code) {
        (Some(true), _) if response.is_success() => Verdict::Taken,
        (_, Some(429)) => throttled(response, now, parameter(body, "retry_after")),
        (_, Some(code)) if !may_retry(u16::try_from(code).unwrap_or(0)) => refused(code, &said),
        _ => Verdict::by_status(response, now),
    };
    let answer = Answer {
        verdict,
        code: code.map_or_else(String::new, |code| code.to_string()),
        said: if matches!(verdict, Verdict::Taken) {
            "ok".to_owned()
        } else {
            said
        },
        status: response.status,
    };
    let moved_to = parameter(body, "migrate_to_chat_id").filter(|_| ok == Some(false));
    (answer, moved_to)
}

fn parameter(body: Option<&Value>, name: &str) -> Option<i64> {
    body?.get("parameters")?.get(name)?.as_i64()
}

/// The pause stands in the body; the header is the word of a proxy in between.
fn throttled(response: &Response, now: Time, seconds: Option<i64>) -> Verdict {
    let asked = seconds.and_then(|seconds| u64::try_from(seconds).ok());
    let least = asked.map_or(limits::RETRY_RATE, Duration::from_secs);
    Verdict::later(response, now, common::RATE, least)
}

fn refused(code: i64, said: &str) -> Verdict {
    let said = said.to_ascii_lowercase();
    let speaks = |word: &str| said.contains(word);
    match code {
        400 if speaks("can't parse entities") || speaks("too long") => Verdict::Form(common::BOTH),
        400 if speaks("chat not found") || speaks("peer_id_invalid") => Verdict::Never(r::CHAT),
        400 if speaks("thread not found") => Verdict::Never(r::THREAD),
        401 | 404 => Verdict::Never(r::TOKEN),
        403 => Verdict::Never(r::BLOCKED),
        _ => Verdict::Never(common::OTHER),
    }
}
