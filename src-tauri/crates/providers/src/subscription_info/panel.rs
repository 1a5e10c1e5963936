//! What an answer of a panel means: usage, or why there is none. Nothing here is ever zero for want of an answer.

use tidegate_egress::{Response, retry_after};
use tidegate_meter::{Quantity, Reason, Time, Zone};

use super::Usage;
use super::body::{self, Pseudo};
use super::header::{self, Told, Unread};
use crate::ProviderError;
use crate::refusal::{blind, shape};

/// What can be taken from an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Said {
    /// Usage, whole.
    Usage(Usage),
    /// What is left alone, from the list of nodes, rounded by the panel.
    Left {
        remaining: Quantity,
        expires_at: Option<Time>,
    },
}

/// Reads an answer that came at `at`. `known`: the panel told usage before.
pub(super) fn read(response: &Response, at: Time, zone: &Zone, known: bool) -> Result<Said, ProviderError> {
    let text = body::text(response);
    refused(response, &text, at)?;
    let list = body::pseudo(&text);
    match told(response, &text) {
        Some(Ok(told)) => Ok(Said::Usage(usage(told, list, at, zone))),
        Some(Err(Unread(field))) => Err(shape(format!(
            "panel: {field} is missing or no whole number of bytes"
        ))),
        None => without_header(&text, list, zone, known),
    }
}

/// What the status and the form of the answer say.
fn refused(response: &Response, text: &str, at: Time) -> Result<(), ProviderError> {
    let status = response.status;
    let page = body::is_page(text);
    let in_words = |words: &str| format!("panel: HTTP {status}: {words}");
    match status {
        200..300 => Ok(()),
        429 => {
            let mut error = blind(Reason::Rate, in_words("asked too often"));
            error.retry_after = retry_after(response, at);
            Err(error)
        }
        401 | 403 | 503 if page => Err(blind(
            Reason::Scope,
            in_words("an HTML page blocks programs; try another user_agent or via"),
        )),
        401 | 403 | 404 | 410 => Err(blind(
            Reason::Scope,
            in_words(
                "the address is refused: the plan ended, the account is locked, or the address was renewed",
            ),
        )),
        500.. => Err(blind(Reason::Transient, in_words("a fault inside the panel"))),
        _ => Err(shape(in_words("no answer that is known"))),
    }
}

/// The line that tells usage: the header of that name, one with a prefix, or the first line of the body.
fn told(response: &Response, text: &str) -> Option<Result<Told, Unread>> {
    let exact = response.header("subscription-userinfo");
    let prefixed = response
        .headers
        .iter()
        .find(|(name, _)| header::is_userinfo(name));
    let lines = [
        exact,
        prefixed.map(|(_, value)| value.as_str()),
        body::first_line(text),
    ];
    lines.into_iter().flatten().find_map(header::read)
}

fn usage(told: Told, list: Pseudo, at: Time, zone: &Zone) -> Usage {
    Usage {
        at,
        up: told.up,
        down: told.down,
        total: told.total,
        expires_at: told.expires_at.or_else(|| expiry(list, zone)),
        reset_day: told.reset_day.or_else(|| reset_day(list, at, zone)),
    }
}

fn without_header(text: &str, list: Pseudo, zone: &Zone, known: bool) -> Result<Said, ProviderError> {
    if let Some(remaining) = list.remaining {
        return Ok(Said::Left {
            remaining,
            expires_at: expiry(list, zone),
        });
    }
    if text.is_empty() {
        let detail = "panel: an empty answer: the plan ended or the account is locked";
        return Err(blind(Reason::Scope, detail));
    }
    if body::is_page(text) {
        return Err(shape(
            "panel: an HTML page instead of a subscription; is the address whole?",
        ));
    }
    if known {
        return Err(blind(
            Reason::Stale,
            "panel: it told no usage this time; the last known stays, with its age",
        ));
    }
    Err(blind(
        Reason::Missing,
        "panel: it tells no usage to this user_agent",
    ))
}

/// The end of the last day, in the user's zone: the list tells the day alone.
fn expiry(list: Pseudo, zone: &Zone) -> Option<Time> {
    Some(zone.span_of(list.expires_on?)?.end)
}

/// `5 天` to the reset: its date is that many days ahead.
fn reset_day(list: Pseudo, at: Time, zone: &Zone) -> Option<u8> {
    let days = i64::from(list.reset_in?);
    let date = zone.date_of(at).checked_add(jiff::Span::new().days(days)).ok()?;
    u8::try_from(date.day()).ok()
}
