//! What cannot be used, as an error with a class: the parts that clouds have in common. Owns the cut of every detail and
//! of the provider's own words; never shows a part of a key. What a code means is each provider's own.

use tidegate_egress::{Failure, FailureKind, Response, http_date};
use tidegate_meter::{Reason, Time, limits::BLIND_DETAIL_CHARS};

use crate::key::Key;
use crate::{ProviderError, ProviderErrorKind, limits};

/// A refusal with the provider's code, empty where there was none.
pub(crate) struct Trouble {
    pub(crate) error: ProviderError,
    pub(crate) code: String,
}

impl From<ProviderError> for Trouble {
    fn from(error: ProviderError) -> Self {
        Self {
            error,
            code: String::new(),
        }
    }
}

impl From<Trouble> for ProviderError {
    fn from(trouble: Trouble) -> Self {
        trouble.error
    }
}

/// An error of that class.
pub(crate) fn error(kind: ProviderErrorKind, detail: impl AsRef<str>) -> ProviderError {
    ProviderError {
        kind,
        detail: detail.as_ref().chars().take(BLIND_DETAIL_CHARS).collect(),
        retry_after: None,
    }
}

/// Blind for `reason`.
pub(crate) fn blind(reason: Reason, detail: impl AsRef<str>) -> ProviderError {
    error(ProviderErrorKind::Blind(reason), detail)
}

/// The answer has another shape than documented.
pub(crate) fn shape(detail: impl AsRef<str>) -> ProviderError {
    blind(Reason::Shape, detail)
}

/// No answer came. For a call that changes something, a request that may have arrived is lost, not failed.
pub(crate) fn of_failure(place: &str, failure: &Failure, changes: bool) -> ProviderError {
    let kind = match failure.kind {
        _ if changes && failure.may_have_arrived => ProviderErrorKind::Lost,
        FailureKind::TooLarge => ProviderErrorKind::Blind(Reason::Shape),
        FailureKind::Connect
        | FailureKind::Tls
        | FailureKind::Timeout
        | FailureKind::Broken
        | FailureKind::Refused
        | FailureKind::Resting => ProviderErrorKind::Blind(Reason::Transient),
    };
    let mut error = error(kind, format!("{place}: {}", failure.text));
    error.retry_after = failure.retry_after;
    error
}

/// How many minutes our clock is ahead of the provider's, where that explains a refusal.
pub(crate) fn clock_off_minutes(response: &Response, now: Time) -> Option<i64> {
    let theirs = http_date(response.header("date")?)?;
    let off = now.ms_since(theirs);
    let most = i64::try_from(limits::CLOCK_SKEW.as_millis()).unwrap_or(i64::MAX);
    (off.abs() > most).then_some(off / 60_000)
}

/// The provider's own message, cut, in one line and without any part of the key.
pub(crate) fn plain_words(message: &str, key: &Key) -> String {
    let words: String = key
        .scrub(message)
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(limits::MESSAGE_CHARS)
        .collect();
    if words.trim().is_empty() {
        return "refused without a reason".to_owned();
    }
    words.trim().to_owned()
}

/// The right that a denial names: after the words that announce it, else the first `service:resource:action`.
pub(crate) fn right_in(message: &str) -> Option<String> {
    let clean = |word: &str| -> String {
        word.chars()
            .take_while(|c| c.is_ascii_alphanumeric() || ":_*.-".contains(*c))
            .take(80)
            .collect()
    };
    for announce in ["correct permission code is", "not authorized to perform"] {
        if let Some((_, after)) = message.split_once(announce) {
            let right = clean(after.trim_start_matches([':', ' ', '"', '\'']));
            let right = right.trim_end_matches(['.', ':']);
            if !right.is_empty() {
                return Some(right.to_owned());
            }
        }
    }
    message
        .split(|c: char| c.is_whitespace() || "[]\"'(),;".contains(c))
        .map(clean)
        .map(|word| word.trim_end_matches('.').to_owned())
        .find(|word| word.split(':').count() == 3 && word.split(':').all(|part| !part.is_empty()))
}
