//! What a refusal means, in our own words: never the provider's, which may repeat the key or the address.

use std::time::Duration;

use serde_json::Value;
use tidegate_egress::{Failure, FailureKind, Response, retry_after};
use tidegate_meter::{Blind, Reason};

use super::super::evaluate::verdict;
use super::super::spec::Ask;
use super::SpecSource;
use crate::limits;
use crate::{ProviderError, ProviderErrorKind};

impl SpecSource {
    /// A failed request, named by spec and, where there are several, by request.
    pub(super) fn trouble(&self, ask: &Ask, reason: Reason, words: &str) -> ProviderError {
        let detail = match self.spec.requests.as_slice() {
            [_] => format!("{}: {words}", self.spec.id),
            _ => format!("{} {}: {words}", self.spec.id, ask.id),
        };
        ProviderError {
            kind: ProviderErrorKind::Blind(reason),
            detail: Blind::new(reason, detail).detail,
            retry_after: (reason == Reason::Auth).then_some(limits::KEY_PAUSE),
        }
    }

    /// No answer came.
    pub(super) fn of_failure(&self, ask: &Ask, failure: &Failure) -> ProviderError {
        let reason = match failure.kind {
            FailureKind::TooLarge | FailureKind::Refused => Reason::Shape,
            FailureKind::Connect
            | FailureKind::Tls
            | FailureKind::Timeout
            | FailureKind::Broken
            | FailureKind::Resting => Reason::Transient,
        };
        let mut error = self.trouble(ask, reason, &failure.text);
        error.retry_after = failure.retry_after;
        error
    }

    /// The body of a good answer, or what its refusal means. A code that the spec knows says more than the status:
    /// several providers refuse with 200, and one tells a wrong key by 404.
    pub(super) fn accepted(
        &self,
        index: usize,
        ask: &Ask,
        response: &Response,
    ) -> Result<Value, ProviderError> {
        let body: Option<Value> = serde_json::from_slice(&response.body).ok();
        let code = self.code_in(response);
        let by_code = code.as_deref().and_then(|code| self.spec.codes.reason(code));
        if !response.is_success() {
            let reason = by_code.unwrap_or_else(|| of_status(response.status));
            return Err(self.refused(ask, reason, response, code));
        }
        // A header may be all that is asked for, under a body that is none of our business.
        let Some(body) = body.or_else(|| self.spec.reads_headers_only(index).then_some(Value::Null)) else {
            return Err(self.trouble(ask, Reason::Shape, "the answer is no JSON"));
        };
        match verdict(&self.spec, index, &body) {
            None => Ok(body),
            Some(reason) => Err(self.refused(ask, reason, response, code)),
        }
    }

    fn refused(&self, ask: &Ask, reason: Reason, response: &Response, code: Option<String>) -> ProviderError {
        let shown = code.unwrap_or_else(|| format!("HTTP {}", response.status));
        let told = if self.complains_of_clock(response) {
            "the time of the signature is refused: set this computer's clock right"
        } else {
            words(reason, response.status)
        };
        let mut error = self.trouble(ask, reason, &format!("{told} ({shown})"));
        let now = self.egress.timer().now().wall;
        let told = retry_after(response, now);
        error.retry_after = error.retry_after.max(told.filter(|wait| *wait > Duration::ZERO));
        error
    }

    /// The provider's code, unless it repeats a secret.
    pub(super) fn code_in(&self, response: &Response) -> Option<String> {
        let body = serde_json::from_slice(&response.body).ok()?;
        self.spec.code(&body).filter(|code| !self.holds_secret(code))
    }
}

const fn of_status(status: u16) -> Reason {
    match status {
        401 => Reason::Auth,
        403 => Reason::Scope,
        402 | 404 | 410 => Reason::Missing,
        429 => Reason::Rate,
        408 | 500.. => Reason::Transient,
        _ => Reason::Shape,
    }
}

const fn words(reason: Reason, status: u16) -> &'static str {
    match (reason, status) {
        (_, 402) => "out of money: the provider asks for payment; top up",
        (Reason::Auth, _) => "the key is refused: wrong, expired or deleted",
        (Reason::Scope, _) => "the key is good but lacks the right to read this",
        (Reason::Rate, _) => "asked too often",
        (Reason::Missing, _) => "not found: check the parameters of the account",
        (Reason::Transient, _) => "a fault inside the provider",
        (_, 300..400) => "redirected elsewhere, which is not followed",
        _ => "the provider refuses",
    }
}
