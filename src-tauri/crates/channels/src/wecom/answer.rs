//! What an answer of WeCom means. Success is only `errcode` 0 on an HTTP 2xx.

use tidegate_egress::Response;
use tidegate_meter::Time;

use super::refusals as r;
use crate::hook::answer::{body, may_retry, number, word};
use crate::hook::{Answer, Verdict, refusals as common};
use crate::limits;

/// Reads an answer that came at `now`.
pub(super) fn read(response: &Response, now: Time, seed: u64) -> Answer {
    let body = body(response);
    let code = number(body.as_ref(), "errcode");
    let verdict = match code {
        Some(0) if response.is_success() => Verdict::Taken,
        Some(45_009) => Verdict::later(response, now, common::RATE, limits::RETRY_RATE).spread(seed),
        Some(93_000) => Verdict::Never(r::URL_INVALID),
        // Too long or a parameter of the form: the plain form is half as long and has none.
        Some(40_058) => Verdict::Form(common::BOTH),
        Some(-1) => Verdict::later(response, now, common::BUSY, limits::RETRY_TRANSIENT),
        Some(code) if code != 0 && !may_retry(response.status) => Verdict::Never(common::OTHER),
        _ => Verdict::by_status(response, now),
    };
    Answer {
        verdict,
        code: code.map_or_else(String::new, |code| code.to_string()),
        said: word(body.as_ref(), "errmsg").unwrap_or_default(),
        status: response.status,
    }
}
