//! What an answer of Feishu means. Success is only the body's code on an HTTP 2xx; only the platform's own code can
//! refuse for good.

use std::time::Duration;

use serde_json::Value;
use tidegate_egress::Response;
use tidegate_meter::Time;

use super::refusals as r;
use crate::hook::answer::{body, may_retry, word};
use crate::hook::{Answer, Verdict, refusals as common};
use crate::limits;

/// Reads an answer that came at `now`.
pub(super) fn read(response: &Response, now: Time, seed: u64) -> Answer {
    let body = body(response);
    let code = body.as_ref().and_then(code);
    let said = word(body.as_ref(), "msg").or_else(|| word(body.as_ref(), "StatusMessage"));
    let said = said.unwrap_or_default();
    Answer {
        verdict: verdict(response, code, &said, (now, seed)),
        code: code.map_or_else(String::new, |code| code.to_string()),
        said,
        status: response.status,
    }
}

/// `code`, or `StatusCode` where `code` is missing. A `code` that is no whole number is no code.
fn code(body: &Value) -> Option<i64> {
    match body.get("code") {
        Some(code) => code.as_i64(),
        None => body.get("StatusCode")?.as_i64(),
    }
}

fn verdict(response: &Response, code: Option<i64>, said: &str, (now, seed): (Time, u64)) -> Verdict {
    let rate = || {
        off_the_hour(
            Verdict::later(response, now, common::RATE, limits::RETRY_RATE),
            seed,
            now,
        )
    };
    match code {
        Some(0) if response.is_success() => Verdict::Taken,
        Some(11_232) => rate(),
        Some(9_499) if speaks_of_rate(said) => rate(),
        Some(9_499) => Verdict::Never(r::BAD_REQUEST),
        Some(19_001) => Verdict::Never(r::URL_INVALID),
        Some(19_002) => Verdict::Never(r::PARAMS),
        Some(19_021) => Verdict::Clock,
        Some(19_022) => Verdict::Never(r::IP),
        Some(19_024) => Verdict::Never(r::KEYWORD),
        _ if may_retry(response.status) => Verdict::by_status(response, now),
        Some(11_000..=11_999 | 200_000..=299_999) => Verdict::Form(common::BOTH),
        None | Some(0) => Verdict::by_status(response, now),
        Some(_) => Verdict::Never(common::OTHER),
    }
}

/// 9499 is `Bad Request`, yet it also carries the rate limit, told apart only by its words.
fn speaks_of_rate(said: &str) -> bool {
    let said = said.to_ascii_lowercase();
    said.contains("frequency") || said.contains("limit")
}

/// Spreads retries of a rate limit and keeps them away from full and half hours, where everybody's schedules meet and
/// the platform refuses most.
fn off_the_hour(verdict: Verdict, seed: u64, now: Time) -> Verdict {
    let Verdict::Later {
        why,
        pause,
        may_have_arrived,
    } = verdict.spread(seed)
    else {
        return verdict;
    };
    let into_half = now.plus(pause).seconds().rem_euclid(1_800);
    let push = match into_half {
        0..=89 => 90_i64.saturating_sub(into_half),
        1_770.. => 1_890_i64.saturating_sub(into_half),
        _ => 0,
    };
    Verdict::Later {
        why,
        pause: pause.saturating_add(Duration::from_secs(u64::try_from(push).unwrap_or(0))),
        may_have_arrived,
    }
}
