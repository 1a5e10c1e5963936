//! What the token endpoint answered: a token with its life, or a refusal with its class.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use tidegate_egress::{Failure, FailureKind, Response, Verdict, retry_after};
use tidegate_meter::{Reason, Time};

use crate::{ProviderError, ProviderErrorKind};

/// RFC 6749, section 5.1. Some services write the life as text.
#[derive(Deserialize)]
struct Granted {
    access_token: Option<SecretString>,
    token_type: Option<String>,
    expires_in: Option<Value>,
}

/// RFC 6749, section 5.2.
#[derive(Deserialize, Default)]
struct Refused {
    error: Option<String>,
    error_description: Option<String>,
}

/// What the retry layer makes of an answer.
pub(super) fn verdict(response: &Response) -> Verdict {
    match response.status {
        429 => Verdict::Rate,
        408 | 500.. => Verdict::Transient,
        _ => Verdict::Final,
    }
}

pub(super) fn read(response: &Response, now: Time) -> Result<(SecretString, Duration), ProviderError> {
    if !response.is_success() {
        return Err(refusal(response, now));
    }
    let granted: Granted =
        serde_json::from_slice(&response.body).map_err(|_| shape("no JSON with a token"))?;
    let kind = granted.token_type.as_deref().unwrap_or("Bearer");
    if !kind.eq_ignore_ascii_case("bearer") {
        return Err(shape("a token that is no bearer token"));
    }
    let token = granted
        .access_token
        .filter(|token| !token.expose_secret().is_empty())
        .ok_or_else(|| shape("no access_token"))?;
    Ok((token, life(granted.expires_in.as_ref())?))
}

/// Seconds as a number or as text; left out, the token is used once and not kept.
fn life(told: Option<&Value>) -> Result<Duration, ProviderError> {
    let seconds = match told {
        None | Some(Value::Null) => Some(0),
        Some(Value::String(text)) => text.parse().ok(),
        Some(value) => value.as_u64(),
    };
    seconds
        .map(Duration::from_secs)
        .ok_or_else(|| shape("an expires_in that is no number of seconds"))
}

fn refusal(response: &Response, now: Time) -> ProviderError {
    let refused: Refused = serde_json::from_slice(&response.body).unwrap_or_default();
    let word = refused.error.unwrap_or_default();
    let code = refused.error_description.as_deref().and_then(directory_code);
    let code = code.unwrap_or_else(|| format!("HTTP {}", response.status));
    let (reason, words) = match (response.status, word.as_str()) {
        (429, _) => (Reason::Rate, "too many requests for a token"),
        (408 | 500.., _) | (_, "temporarily_unavailable") => {
            (Reason::Transient, "the identity service failed")
        }
        (403, _) | (_, "invalid_scope" | "invalid_resource") => {
            (Reason::Scope, "the client may not have a token for this service")
        }
        (401, _) | (_, "invalid_client" | "unauthorized_client" | "invalid_grant" | "access_denied") => (
            Reason::Auth,
            "the client id or its secret is refused or has expired",
        ),
        (400, "invalid_request") => (Reason::Auth, "the directory or the client id does not exist"),
        _ => (Reason::Shape, "the answer is neither a token nor a known refusal"),
    };
    let mut error = blind(reason, &format!("{words} ({code})"));
    error.retry_after = retry_after(response, now);
    error
}

/// `AADSTS7000215` out of a text that goes on with ids.
fn directory_code(text: &str) -> Option<String> {
    let (_, after) = text.split_once("AADSTS")?;
    let digits: String = after.chars().take_while(char::is_ascii_digit).take(9).collect();
    (!digits.is_empty()).then(|| format!("AADSTS{digits}"))
}

pub(super) fn of_failure(failure: &Failure) -> ProviderError {
    let reason = match failure.kind {
        FailureKind::TooLarge => Reason::Shape,
        _ => Reason::Transient,
    };
    let mut error = blind(reason, &failure.text);
    error.retry_after = failure.retry_after;
    error
}

fn shape(what: &str) -> ProviderError {
    blind(Reason::Shape, &format!("the answer holds {what}"))
}

fn blind(reason: Reason, detail: &str) -> ProviderError {
    ProviderError {
        kind: ProviderErrorKind::Blind(reason),
        detail: format!("token: {detail}"),
        retry_after: None,
    }
}
