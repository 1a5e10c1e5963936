//! What an answer of Feishu means. Success is only the body's code on an HTTP 2xx; only the platform's own code can
//! refuse for good. A page without a code is a proxy or a login page in between, and is tried again.

use std::time::Duration;

use serde_json::Value;
use tidegate_egress::{Response, retry_after};
use tidegate_meter::Time;

use super::refusals as r;
use crate::catalogue::text::Text;
use crate::limits;

/// The meaning of one answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Answer {
    /// The class.
    pub(crate) verdict: Verdict,
    /// The platform's code, if it gave one.
    pub(crate) code: Option<i64>,
    /// The platform's word as it came: quoted only through [`super::Feishu::quote`].
    pub(crate) said: String,
    /// The HTTP status.
    pub(crate) status: u16,
}

/// The class of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// The platform took it.
    Taken,
    /// Again, not before the span. The flag: this copy may have been taken all the same.
    Later(Refused, Duration, bool),
    /// Never like this.
    Never(Refused),
    /// The signature: the clock has to be looked at first.
    Sign,
    /// The card: plain text may pass.
    Card,
}

/// Which text tells it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Refused {
    /// No code of the platform.
    Unreadable,
    /// The platform's or a gateway's fault.
    Busy,
    /// Too often.
    Rate,
    /// 9499.
    BadRequest,
    /// 19001.
    Url,
    /// 19002.
    Params,
    /// 19022.
    Ip,
    /// 19024.
    Keyword,
    /// Any other code.
    Other,
}

impl Refused {
    /// Its text.
    pub(crate) const fn text(self) -> Text {
        match self {
            Self::Unreadable => r::UNREADABLE,
            Self::Busy => r::BUSY,
            Self::Rate => r::RATE,
            Self::BadRequest => r::BAD_REQUEST,
            Self::Url => r::URL_INVALID,
            Self::Params => r::PARAMS,
            Self::Ip => r::IP,
            Self::Keyword => r::KEYWORD,
            Self::Other => r::OTHER,
        }
    }
}

/// Reads an answer that came at `now`.
pub(crate) fn read(response: &Response, now: Time) -> Answer {
    let body: Option<Value> = serde_json::from_slice(&response.body).ok();
    let code = body.as_ref().and_then(code);
    let said = body.as_ref().and_then(said).unwrap_or_default();
    Answer {
        verdict: verdict(response, code, &said, now),
        code,
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

fn said(body: &Value) -> Option<String> {
    let word = |key: &str| body.get(key)?.as_str().filter(|word| !word.is_empty());
    word("msg").or_else(|| word("StatusMessage")).map(str::to_owned)
}

fn verdict(response: &Response, code: Option<i64>, said: &str, now: Time) -> Verdict {
    let status = response.status;
    let may_retry = matches!(status, 408 | 425 | 429 | 500..=599);
    let later = |why, least: Duration, arrived| {
        let asked = retry_after(response, now).unwrap_or_default();
        Verdict::Later(why, asked.max(least).min(limits::RETRY_MAX), arrived)
    };
    match code {
        Some(0) if response.is_success() => Verdict::Taken,
        Some(11_232) => later(Refused::Rate, limits::RETRY_RATE, false),
        Some(9_499) if speaks_of_rate(said) => later(Refused::Rate, limits::RETRY_RATE, false),
        Some(9_499) => Verdict::Never(Refused::BadRequest),
        Some(19_001) => Verdict::Never(Refused::Url),
        Some(19_002) => Verdict::Never(Refused::Params),
        Some(19_021) => Verdict::Sign,
        Some(19_022) => Verdict::Never(Refused::Ip),
        Some(19_024) => Verdict::Never(Refused::Keyword),
        _ if status == 429 => later(Refused::Busy, limits::RETRY_RATE, false),
        _ if may_retry => later(Refused::Busy, limits::RETRY_TRANSIENT, status >= 500),
        Some(11_000..=11_999 | 200_000..=299_999) => Verdict::Card,
        None | Some(0) => later(
            Refused::Unreadable,
            limits::RETRY_TRANSIENT,
            response.is_success(),
        ),
        Some(_) => Verdict::Never(Refused::Other),
    }
}

/// 9499 is `Bad Request`, yet it also carries the rate limit, told apart only by its words.
fn speaks_of_rate(said: &str) -> bool {
    let said = said.to_ascii_lowercase();
    said.contains("frequency") || said.contains("limit")
}

/// Spreads retries of a rate limit and keeps them away from full and half hours, where everybody's schedules meet and
/// the platform refuses most. `seed` differs from delivery to delivery.
pub(crate) fn off_the_hour(pause: Duration, seed: u64, now: Time) -> Duration {
    let spread = Duration::from_secs(seed % limits::RETRY_SPREAD_SECONDS);
    let pause = pause.saturating_add(spread);
    let into_half = now.plus(pause).seconds().rem_euclid(1_800);
    let push = match into_half {
        0..=89 => 90_i64.saturating_sub(into_half),
        1_770.. => 1_890_i64.saturating_sub(into_half),
        _ => 0,
    };
    pause.saturating_add(Duration::from_secs(u64::try_from(push).unwrap_or(0)))
}
