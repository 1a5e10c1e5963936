//! What an answer means. The code in `ResponseMetadata.Error` decides, whatever the HTTP status: documents disagree about
//! the status, and errors come inside a 200 too. A body without metadata is no answer of this vendor.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use tidegate_egress::{Response, Verdict, retry_after};
use tidegate_meter::{Reason, Time};

use super::client::{Call, Effect};
use crate::key::Key;
use crate::limits::KEY_PAUSE;
use crate::refusal::{Trouble, clock_off_minutes, error, plain_words, right_in, shape};
use crate::sign::is_clock_complaint;
use crate::{ProviderError, ProviderErrorKind};

/// What an answer brought. It may hold a new key's secret, so it has no `Debug`.
pub(super) struct Answer {
    call: String,
    result: Option<Box<RawValue>>,
}

impl Answer {
    /// The result, where the call has one. A missing or null one, or one of another shape, is no empty one.
    pub(super) fn result<T: DeserializeOwned>(&self) -> Result<T, ProviderError> {
        let missing = || shape(format!("{}: the answer has no result", self.call));
        let told = self.result.as_ref().ok_or_else(missing)?;
        serde_json::from_str(told.get())
            .map_err(|_| shape(format!("{}: the result has another shape", self.call)))
    }
}

/// Every answer of this vendor.
#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "ResponseMetadata")]
    metadata: Option<Box<RawValue>>,
    #[serde(rename = "Result", default)]
    result: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(rename = "Error", default)]
    error: Option<Value>,
}

/// The same without what a good answer brings.
#[derive(Deserialize)]
struct Judged {
    #[serde(rename = "ResponseMetadata")]
    metadata: Option<Box<RawValue>>,
}

/// An object of that shape. A list is none, though it could be taken for one whose every member is missing.
fn object<T: DeserializeOwned>(text: &[u8]) -> Option<T> {
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    first.filter(|byte| **byte == b'{')?;
    serde_json::from_slice(text).ok()
}

fn metadata(told: Option<Box<RawValue>>) -> Option<Metadata> {
    object(told?.get().as_bytes())
}

/// The error's code; empty where an error has none, `None` where there is no error or no such body.
pub(super) fn code_of(response: &Response) -> Option<String> {
    let judged: Judged = object(&response.body)?;
    Some(word(&metadata(judged.metadata)?.error?, "Code"))
}

fn word(error: &Value, key: &str) -> String {
    let word = error.get(key).and_then(Value::as_str);
    word.unwrap_or_default().to_owned()
}

/// What the retry layer makes of an answer. A refused key is final: never a tight retry.
pub(super) fn verdict(response: &Response) -> Verdict {
    match class(response.status, code_of(response).as_deref(), Effect::Reads) {
        Some(ProviderErrorKind::Blind(Reason::Rate)) => Verdict::Rate,
        Some(ProviderErrorKind::Blind(Reason::Transient)) => Verdict::Transient,
        _ => Verdict::Final,
    }
}

/// The answer, or what its refusal means.
pub(super) fn read(call: &Call, response: &Response, key: &Key, now: Time) -> Result<Answer, Trouble> {
    let envelope: Option<Envelope> = object(&response.body);
    let (metadata, result) = envelope.map_or((None, None), |told| (metadata(told.metadata), told.result));
    let refusal = metadata.as_ref().and_then(|metadata| metadata.error.as_ref());
    let code = refusal.map(|refusal| word(refusal, "Code"));
    if let Some(kind) = class(response.status, code.as_deref(), call.effect) {
        let message = refusal
            .map(|refusal| word(refusal, "Message"))
            .unwrap_or_default();
        let refused = Refused {
            kind,
            code: code.unwrap_or_default(),
            message,
        };
        return Err(refused.trouble(call, response, key, now));
    }
    if metadata.is_none() {
        return Err(unreadable(call, response).into());
    }
    Ok(Answer {
        call: call.name(),
        result,
    })
}

/// A success without metadata: a portal's page, or a body cut short. After a change it leaves open what happened.
fn unreadable(call: &Call, response: &Response) -> ProviderError {
    let first = response.body.iter().find(|byte| !byte.is_ascii_whitespace());
    let what = match first {
        None => "an empty body",
        Some(b'<') => "a web page",
        Some(b'{') => "a body that is cut short or without metadata",
        Some(_) => "a body that is no JSON",
    };
    let kind = if call.changes() {
        ProviderErrorKind::Lost
    } else {
        ProviderErrorKind::Blind(Reason::Shape)
    };
    error(kind, format!("{}: answered with {what}", call.name()))
}

/// The class of a refusal; `None` for no refusal. A code that is known decides; the status only where it is not.
fn class(status: u16, code: Option<&str>, effect: Effect) -> Option<ProviderErrorKind> {
    let good = (200..300).contains(&status);
    let fault = if effect == Effect::Reads {
        ProviderErrorKind::Blind(Reason::Transient)
    } else {
        ProviderErrorKind::Lost
    };
    let Some(code) = code else {
        return (!good).then(|| of_status(status, fault));
    };
    Some(of_code(code, fault).unwrap_or_else(|| of_status(status, fault)))
}

const fn of_status(status: u16, fault: ProviderErrorKind) -> ProviderErrorKind {
    match status {
        401 => ProviderErrorKind::Blind(Reason::Auth),
        403 => ProviderErrorKind::Blind(Reason::Scope),
        429 => ProviderErrorKind::Blind(Reason::Rate),
        408 | 500.. => fault,
        _ => ProviderErrorKind::Blind(Reason::Shape),
    }
}

/// What a code says. Some come with a prefix or a suffix, so most are looked for within it, the narrower ones first: a
/// parameter, a service or an action that is not found is our mistake and no absence.
pub(super) fn of_code(code: &str, fault: ProviderErrorKind) -> Option<ProviderErrorKind> {
    let has = |words: &[&str]| words.iter().any(|word| code.contains(word));
    let is = |words: &[&str]| words.contains(&code);
    if has(&["FlowLimitExceeded"]) {
        return Some(ProviderErrorKind::Blind(Reason::Rate));
    }
    if is_clock_complaint(code) || is(&REFUSED_KEY) {
        return Some(ProviderErrorKind::Blind(Reason::Auth));
    }
    if has(&["AccessDenied", "LackPolicy", "LackProjectPolicy"]) || is(&["AccountNotVerified"]) {
        return Some(ProviderErrorKind::Blind(Reason::Scope));
    }
    if has(&FAULTS) {
        return Some(fault);
    }
    if is(&["ParameterNotFound", "ServiceNotFound"]) {
        return Some(ProviderErrorKind::Blind(Reason::Shape));
    }
    if has(&["NotExist", "NotFound", "NoFound"]) {
        return Some(ProviderErrorKind::Gone);
    }
    if has(&["AlreadyExist", "Conflict", "LimitExceeded", "OperationDenied"]) {
        return Some(ProviderErrorKind::Conflict);
    }
    None
}

/// The key that asks is refused. `InvalidAccessKeyId` and its like are about a key that is asked about, and not here.
const REFUSED_KEY: [&str; 9] = [
    "MissingAuthenticationToken",
    "MissingSignature",
    "InvalidAccessKey",
    "SignatureDoesNotMatch",
    "InvalidAuthorization",
    "InvalidCredential",
    "InvalidSecretToken",
    "SessionTokenInvalid",
    "AccessKeyIsExpire",
];

/// Faults inside the vendor.
const FAULTS: [&str; 5] = [
    "InternalError",
    "InternalService",
    "ServiceUnavailable",
    "ServiceFailure",
    "ServiceTimeout",
];

/// A refusal on its way to an error.
struct Refused {
    kind: ProviderErrorKind,
    code: String,
    message: String,
}

impl Refused {
    fn trouble(self, call: &Call, response: &Response, key: &Key, now: Time) -> Trouble {
        let words = match self.kind {
            ProviderErrorKind::Blind(Reason::Auth) => self.refused_key(response, key, now),
            ProviderErrorKind::Blind(Reason::Scope) => self.missing_right(call, key),
            _ => plain_words(&self.message, key),
        };
        let shown = if self.code.is_empty() {
            format!("HTTP {}", response.status)
        } else {
            key.scrub(&self.code).chars().take(48).collect()
        };
        let mut error = error(self.kind, format!("{}: {words} ({shown})", call.name()));
        error.retry_after = self.wait(response, now);
        Trouble {
            error,
            code: self.code,
        }
    }

    fn wait(&self, response: &Response, now: Time) -> Option<Duration> {
        if self.kind == ProviderErrorKind::Blind(Reason::Auth) {
            return Some(KEY_PAUSE);
        }
        retry_after(response, now)
    }

    /// What is wrong with the key, in our words only: the vendor's may repeat what was signed.
    fn refused_key(&self, response: &Response, key: &Key, now: Time) -> String {
        let off = clock_off_minutes(response, now);
        if is_clock_complaint(&self.code) {
            return off.map_or_else(
                || "the time of the signature is refused: set this computer's clock right".to_owned(),
                |minutes| {
                    let way = if minutes > 0 { "ahead" } else { "behind" };
                    format!(
                        "this computer's clock is {} min {way}; set it right, then the key works again",
                        minutes.unsigned_abs()
                    )
                },
            );
        }
        match self.code.as_str() {
            "SignatureDoesNotMatch" => "the secret key does not belong to the access key",
            "InvalidAccessKey" => "the access key does not exist or is inactive",
            "InvalidSecretToken" | "SessionTokenInvalid" if key.is_temporary() => {
                "the temporary key has expired; make a new one"
            }
            "AccessKeyIsExpire" => "the access key has expired; make a new one",
            _ => "the key is refused",
        }
        .to_owned()
    }

    fn missing_right(&self, call: &Call, key: &Key) -> String {
        if self.code == "AccountNotVerified" {
            return "the account's owner is not verified yet (实名认证)".to_owned();
        }
        let right = right_in(&self.message).map_or_else(|| call.name(), |right| key.scrub(&right));
        format!("the key lacks the right {right}")
    }
}
