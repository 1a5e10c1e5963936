//! What an answer of DingTalk means. The code 310000 has four meanings, told apart only by its words, in English or
//! Chinese; a throttled robot may get a body without any code.

use tidegate_egress::Response;
use tidegate_meter::Time;

use super::refusals as r;
use crate::hook::answer::{body, may_retry, number, word};
use crate::hook::{Answer, Verdict, refusals as common};
use crate::limits;

/// Reads an answer that came at `now`; also whether the platform throttles. `warned`: it did so before.
pub(super) fn read(response: &Response, now: Time, seed: u64, warned: bool) -> (Answer, bool) {
    let body = body(response);
    let code = number(body.as_ref(), "errcode");
    let punished = code.is_none() && number(body.as_ref(), "status") == Some(1_111);
    let code = if punished { Some(130_101) } else { code };
    let said = word(body.as_ref(), "errmsg").or_else(|| word(body.as_ref(), "punish"));
    let said = said.unwrap_or_default();
    let throttled = matches!(code, Some(130_101 | 410_100));
    let verdict = if throttled {
        let least = if warned {
            limits::DINGTALK_BLOCK
        } else {
            limits::RETRY_RATE
        };
        Verdict::later(response, now, common::RATE, least).spread(seed)
    } else {
        verdict(response, code, &said, now)
    };
    let answer = Answer {
        verdict,
        code: code.map_or_else(String::new, |code| code.to_string()),
        said,
        status: response.status,
    };
    (answer, throttled)
}

fn verdict(response: &Response, code: Option<i64>, said: &str, now: Time) -> Verdict {
    match code {
        Some(0) if response.is_success() => Verdict::Taken,
        Some(310_000) => guarded(said),
        Some(300_001 | 300_005 | 400_101) => Verdict::Never(r::URL_INVALID),
        Some(40_035 | 43_002 | 43_004) => Verdict::Never(r::PARAMS),
        Some(400_013) => Verdict::Never(r::GROUP_GONE),
        Some(400_102) => Verdict::Never(r::STOPPED),
        Some(400_106) => Verdict::Never(r::ROBOT_GONE),
        // The plain form has neither marks nor links.
        Some(400_105 | 430_101) => Verdict::Form(common::BOTH),
        Some(460_101) => Verdict::Never(r::TOO_LONG),
        Some(90_030) => Verdict::later(response, now, r::QUOTA, limits::RETRY_MAX),
        Some(-1) => Verdict::later(response, now, common::BUSY, limits::RETRY_TRANSIENT),
        Some(code) if code != 0 && !may_retry(response.status) => Verdict::Never(common::OTHER),
        _ => Verdict::by_status(response, now),
    }
}

/// 310000: one of the robot's security settings refuses.
fn guarded(said: &str) -> Verdict {
    let said = said.to_ascii_lowercase();
    let speaks = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if speaks(&["keyword", "关键词"]) {
        Verdict::Never(r::KEYWORD)
    } else if speaks(&["timestamp", "时间戳"]) {
        Verdict::Clock
    } else if speaks(&["sign", "签名"]) {
        Verdict::Never(r::SIGN_MISMATCH)
    } else if speaks(&["whitelist", "白名单", "ip "]) {
        Verdict::Never(r::IP)
    } else {
        Verdict::Never(r::GUARDED)
    }
}
