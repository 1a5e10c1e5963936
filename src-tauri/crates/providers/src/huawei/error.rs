//! What a refusal means. Owns the walk through the provider's many error bodies and the mapping of codes to classes.
//!
//! A gateway's 401 text repeats the canonical request with the security token in it, so the provider's own words are
//! never shown for a refused key; elsewhere they are cut and scrubbed.

use std::time::Duration;

use serde_json::Value;
use tidegate_egress::{Response, Verdict, retry_after};
use tidegate_meter::{Reason, Time};

use crate::ProviderErrorKind;
use crate::key::Key;
use crate::limits;
pub(super) use crate::refusal::{Trouble, blind, error, of_failure, shape};
use crate::refusal::{clock_off_minutes, plain_words, right_in};

/// Code and message as found in an error body.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Refusal {
    pub(super) code: String,
    pub(super) message: String,
    /// An identity policy's denial whose details only the owner's console can decode.
    pub(super) encoded: bool,
}

impl Trouble {
    /// The account belongs to the other site: two codes are in use for it.
    pub(super) fn is_wrong_site(&self) -> bool {
        matches!(self.code.as_str(), "CBC.0150" | "CBC.0156")
    }
}

/// What the retry layer makes of an answer. A refused key is final: never a tight retry.
pub(super) fn verdict(response: &Response) -> Verdict {
    match response.status {
        429 => Verdict::Rate,
        // The server's way to say that another command still runs.
        501 => Verdict::Final,
        408 | 500.. => Verdict::Transient,
        202 | 400..500 if is_throttle(&refusal(response).code) => Verdict::Rate,
        _ => Verdict::Final,
    }
}

fn is_throttle(code: &str) -> bool {
    let code = code.strip_prefix("APIG.").unwrap_or(code);
    matches!(
        code,
        "APIGW.0308" | "0308" | "CBC.0250" | "Common.0024" | "Common.1503" | "ces.0429"
    )
}

/// Whether a 202 says "too busy" instead of "taken on".
pub(super) fn is_flow_limit(response: &Response) -> bool {
    response.status == 202 && is_throttle(&refusal(response).code)
}

/// Finds code and message in a body: at each level the first known pair of names, else in the objects below. Codes may
/// be numbers.
pub(super) fn refusal(response: &Response) -> Refusal {
    let Ok(body) = serde_json::from_slice::<Value>(&response.body) else {
        return Refusal::default();
    };
    let mut found = walk(&body, 0).unwrap_or_default();
    found.encoded = found.encoded
        || body
            .get("encoded_authorization_message")
            .is_some_and(Value::is_string);
    found
}

fn walk(value: &Value, depth: usize) -> Option<Refusal> {
    let object = value.as_object().filter(|_| depth < 8)?;
    let word = |key: &str| match object.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let pairs = [
        ("error_code", "error_msg"),
        ("errorCode", "errorMsg"),
        ("code", "message"),
    ];
    let here = pairs.into_iter().find_map(|(code, message)| {
        let found = Refusal {
            code: word(code)?,
            message: word(message).unwrap_or_default(),
            encoded: object.contains_key("encoded_authorization_message"),
        };
        (!found.code.is_empty()).then_some(found)
    });
    here.or_else(|| object.values().find_map(|inner| walk(inner, depth + 1)))
}

/// An answer that refuses.
pub(super) fn of_answer(place: &str, response: &Response, key: &Key, changes: bool, now: Time) -> Trouble {
    let refusal = refusal(response);
    let kind = class(response.status, &refusal.code, changes);
    let words = match kind {
        ProviderErrorKind::Blind(Reason::Auth) => refused_key(response, &refusal, key, now),
        ProviderErrorKind::Blind(Reason::Scope) => missing_right(&refusal, key),
        _ => plain_words(&refusal.message, key),
    };
    let code = if refusal.code.is_empty() {
        format!("HTTP {}", response.status)
    } else {
        key.scrub(&refusal.code).chars().take(32).collect()
    };
    let mut error = error(kind, format!("{place}: {words} ({code})"));
    error.retry_after = wait(kind, response, now);
    Trouble {
        error,
        code: refusal.code,
    }
}

fn wait(kind: ProviderErrorKind, response: &Response, now: Time) -> Option<Duration> {
    if kind == ProviderErrorKind::Blind(Reason::Auth) {
        return Some(limits::KEY_PAUSE);
    }
    retry_after(response, now)
}

fn class(status: u16, code: &str, changes: bool) -> ProviderErrorKind {
    let short = code.strip_prefix("APIGW.").or_else(|| code.strip_prefix("APIG."));
    match (status, code) {
        _ if is_throttle(code) || status == 429 => ProviderErrorKind::Blind(Reason::Rate),
        (401, _) => ProviderErrorKind::Blind(Reason::Auth),
        _ if matches!(short, Some("0301" | "0303" | "0305" | "0307")) => {
            ProviderErrorKind::Blind(Reason::Auth)
        }
        (_, "Ecs.0114" | "Ecs.0614") => ProviderErrorKind::Gone,
        (_, "Ecs.0100" | "Ecs.0603" | "Ecs.0605") => ProviderErrorKind::Conflict,
        (403, _) | (_, "Ecs.0003" | "Ecs.0110" | "Ecs.0023" | "Common.0018") => {
            ProviderErrorKind::Blind(Reason::Scope)
        }
        (408 | 500.., _) if changes => ProviderErrorKind::Lost,
        (408 | 500.., _) => ProviderErrorKind::Blind(Reason::Transient),
        _ => ProviderErrorKind::Blind(Reason::Shape),
    }
}

/// What is wrong with the key, in our words only.
fn refused_key(response: &Response, refusal: &Refusal, key: &Key, now: Time) -> String {
    if let Some(minutes) = clock_off_minutes(response, now) {
        let way = if minutes > 0 { "ahead" } else { "behind" };
        return format!(
            "this machine's clock is {} min {way}; set it right, then the key works again",
            minutes.unsigned_abs()
        );
    }
    let message = refusal.message.to_ascii_lowercase();
    let says = |word: &str| message.contains(word);
    if says("failed to reach the limit") {
        "the key is locked for 5 min after repeated refusals".to_owned()
    } else if key.is_temporary() && (says("expir") || says("token")) {
        "the temporary key has expired; make a new one".to_owned()
    } else if says("security") && says("token") {
        "this is a temporary key whose security token is missing or expired".to_owned()
    } else if says("ak not exist") {
        "the access key does not exist".to_owned()
    } else if says("expir") {
        "the date of the request was refused as expired: compare this machine's clock".to_owned()
    } else if says("verify aksk signature fail") {
        "the secret key does not belong to the access key".to_owned()
    } else {
        "the key is refused".to_owned()
    }
}

fn missing_right(refusal: &Refusal, key: &Key) -> String {
    match refusal.code.as_str() {
        "CBC.0150" | "CBC.0156" => return "the account belongs to the other site".to_owned(),
        "Ecs.0003" | "Ecs.0110" => return "no permission, or the account is in arrears".to_owned(),
        _ => {}
    }
    if let Some(right) = right_in(&refusal.message) {
        return format!("the key lacks the right {}", key.scrub(&right));
    }
    let words = plain_words(&refusal.message, key);
    if refusal.encoded {
        return format!("{words}; the provider's console can decode the details");
    }
    words
}
