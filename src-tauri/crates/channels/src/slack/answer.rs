//! What an answer of Slack, or of what speaks like it, means. Success is the word `ok` on an HTTP 2xx; a refusal is a
//! word too, Discord's and Mattermost's a JSON body.

use std::time::Duration;

use serde_json::Value;
use tidegate_egress::{Response, retry_after};
use tidegate_meter::Time;

use super::refusals as r;
use crate::hook::answer::{body, may_retry, word};
use crate::hook::{Answer, Verdict, refusals as common};
use crate::limits;

/// Reads an answer that came at `now`.
pub(super) fn read(response: &Response, now: Time) -> Answer {
    let body = body(response);
    let said = word(body.as_ref(), "message")
        .or_else(|| word(body.as_ref(), "error"))
        .unwrap_or_else(|| plain(response));
    Answer {
        verdict: verdict(response, body.as_ref(), &said, now),
        code: response.status.to_string(),
        said,
        status: response.status,
    }
}

/// A body that is one word, as Slack's are; a page is not quoted.
fn plain(response: &Response) -> String {
    let text = String::from_utf8_lossy(&response.body);
    let text = text.trim();
    let is_word = text.len() <= limits::QUOTE_CHARS && !text.contains(['<', '{']);
    if is_word { text.to_owned() } else { String::new() }
}

fn verdict(response: &Response, body: Option<&Value>, said: &str, now: Time) -> Verdict {
    let status = response.status;
    match said {
        "ok" if response.is_success() => Verdict::Taken,
        "invalid_blocks" | "invalid_blocks_format" | "invalid_payload" => Verdict::Form(common::BOTH),
        "no_service" | "no_service_id" | "no_team" | "invalid_token" | "team_disabled" => {
            Verdict::Never(r::GONE)
        }
        "channel_not_found" | "channel_is_archived" => Verdict::Never(r::CHANNEL),
        "action_prohibited" | "posting_to_general_channel_denied" => Verdict::Never(r::PROHIBITED),
        _ if status == 429 => {
            // Whoever names the pause means it: a second of Slack's is not made a minute.
            let named = retry_after(response, now).or_else(|| asked(body));
            Verdict::later(response, now, common::RATE, named.unwrap_or(limits::RETRY_RATE))
        }
        _ if may_retry(status) => Verdict::by_status(response, now),
        // Discord's 10015: the webhook was removed; 50035 is its word for a form it does not read.
        _ if matches!(status, 401 | 403 | 404 | 410) && !said.is_empty() => Verdict::Never(r::GONE),
        _ if (400..500).contains(&status) && !said.is_empty() => Verdict::Never(common::OTHER),
        _ => Verdict::by_status(response, now),
    }
}

/// Discord names the pause in its body, in seconds with a fraction; rounded up.
fn asked(body: Option<&Value>) -> Option<Duration> {
    let seconds = body?.get("retry_after")?.to_string();
    let whole: u64 = seconds.split('.').next()?.parse().ok()?;
    Some(Duration::from_secs(whole.saturating_add(1)))
}
