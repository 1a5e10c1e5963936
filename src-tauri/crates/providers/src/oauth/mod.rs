//! OAuth 2 client credentials: a token for an account's requests, kept until shortly before it ends.
//!
//! Owns the one request for a token, the mapping of its refusals, and the pause after a refused client. Never logs or
//! shows a secret or a token: of a refusal only the identity service's own code is kept (`AADSTS…`), since its text
//! repeats ids. Tested in `tests/oauth`.

mod answer;
mod limits;

use std::time::Duration;

use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tidegate_egress::{CallPolicy, Egress, Lane, Method, Request};
use tidegate_meter::{Mono, Reason};
use tokio::sync::Mutex;
use url::Url;

use crate::{ProviderError, ProviderErrorKind};

/// The place of the token endpoint in an account's lane: it has a breaker of its own.
const PLACE: &str = "token";

/// What a client presents.
#[derive(Clone, Copy)]
pub struct ClientCredentials<'a> {
    /// The token endpoint.
    pub token_url: &'a Url,
    /// The client's id.
    pub client_id: &'a str,
    /// Its secret; sent to the token endpoint only, in the body.
    pub client_secret: &'a SecretString,
    /// What the token is for.
    pub scope: &'a str,
}

/// The token of one account. Whoever asks while a request is under way waits for its answer.
#[derive(Default)]
pub struct TokenCache {
    kept: Mutex<Kept>,
}

/// What the last request brought, for exactly these credentials.
#[derive(Default)]
enum Kept {
    #[default]
    Nothing,
    Token {
        of: Fingerprint,
        token: SecretString,
        until: Mono,
    },
    Refused {
        of: Fingerprint,
        error: ProviderError,
        until: Mono,
    },
}

type Fingerprint = [u8; 32];

impl TokenCache {
    /// A token that is good for at least five minutes more, from the last request or a new one. A refused client is
    /// blind for [`Reason::Auth`] and is not sent again for five minutes.
    pub async fn bearer(
        &self,
        egress: &Egress,
        lane: &Lane,
        ask: &ClientCredentials<'_>,
    ) -> Result<SecretString, ProviderError> {
        let mut kept = self.kept.lock().await;
        let (of, now) = (fingerprint(ask), egress.timer().now().mono);
        if let Some(known) = kept.answer(of, now) {
            return known;
        }
        let outcome = request(egress, lane, ask).await;
        let now = egress.timer().now().mono;
        match outcome {
            Ok((token, life)) => {
                *kept = Kept::Token {
                    of,
                    token: token.clone(),
                    until: now.plus(life.min(limits::LONGEST).saturating_sub(limits::SPARE)),
                };
                Ok(token)
            }
            Err(mut error) => {
                if error.kind == ProviderErrorKind::Blind(Reason::Auth) {
                    error.retry_after = Some(limits::CLIENT_PAUSE);
                    *kept = Kept::Refused {
                        of,
                        error: error.clone(),
                        until: now.plus(limits::CLIENT_PAUSE),
                    };
                }
                Err(error)
            }
        }
    }

    /// Drops the kept token, when the service that it was for refuses it before its end.
    pub async fn forget(&self) {
        *self.kept.lock().await = Kept::Nothing;
    }
}

impl Kept {
    fn answer(&self, asked: Fingerprint, now: Mono) -> Option<Result<SecretString, ProviderError>> {
        match self {
            Self::Token { of, token, until } if *of == asked && now < *until => Some(Ok(token.clone())),
            Self::Refused { of, error, until } if *of == asked && now < *until => {
                let mut error = error.clone();
                error.retry_after = Some(until.since(now));
                Some(Err(error))
            }
            _ => None,
        }
    }
}

/// Tells two credentials apart without keeping either.
fn fingerprint(ask: &ClientCredentials<'_>) -> Fingerprint {
    let mut digest = Sha256::new();
    let parts = [
        ask.token_url.as_str(),
        ask.client_id,
        ask.client_secret.expose_secret(),
        ask.scope,
    ];
    for part in parts {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

async fn request(
    egress: &Egress,
    lane: &Lane,
    ask: &ClientCredentials<'_>,
) -> Result<(SecretString, Duration), ProviderError> {
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "client_credentials")
        .append_pair("client_id", ask.client_id)
        .append_pair("client_secret", ask.client_secret.expose_secret())
        .append_pair("scope", ask.scope)
        .finish();
    let body = Bytes::from(form);
    let make = || Request {
        method: Method::Post,
        url: ask.token_url.clone(),
        headers: [
            ("content-type", "application/x-www-form-urlencoded"),
            ("accept", "application/json"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec(),
        body: body.clone(),
    };
    let policy = CallPolicy::reading(answer::verdict);
    match egress.call(lane, PLACE, &policy, make).await {
        Ok(response) => answer::read(&response, egress.timer().now().wall),
        Err(failure) => Err(answer::of_failure(&failure)),
    }
}
