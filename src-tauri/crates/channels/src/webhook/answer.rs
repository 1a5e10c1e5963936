//! What an answer of a receiver means: any 2xx, and where it is asked for, a value of the body. Other 4xx refuse for good:
//! here the status is all the code there is.

use tidegate_egress::Response;
use tidegate_meter::Time;

use super::{Expected, as_text, refusals as r};
use crate::hook::answer::{body, may_retry, word};
use crate::hook::{Answer, Verdict};
use crate::limits;

/// Reads an answer that came at `now`.
pub(super) fn read(response: &Response, now: Time, expected: Option<&Expected>) -> Answer {
    let body = body(response);
    let found = expected.and_then(|expected| {
        let value = body.as_ref()?.pointer(&expected.pointer)?;
        Some(as_text(value))
    });
    let good = expected.is_none_or(|expected| found.as_ref() == Some(&expected.equals));
    let status = response.status;
    let verdict = match status {
        200..=299 if good => Verdict::Taken,
        // What the receiver means by another value is not known: it may be busy, and it may have the message.
        200..=299 => Verdict::later(response, now, r::NOT_OK, limits::RETRY_TRANSIENT).arrived(true),
        _ if may_retry(status) => Verdict::by_status(response, now),
        400..=499 => Verdict::Never(r::REFUSED),
        _ => Verdict::Never(r::MOVED),
    };
    let words = ["message", "error", "msg", "errmsg", "detail"];
    let said = words.iter().find_map(|key| word(body.as_ref(), key));
    Answer {
        verdict,
        code: status.to_string(),
        said: found.filter(|_| !good).or(said).unwrap_or_default(),
        status,
    }
}
