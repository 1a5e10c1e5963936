//! How a request proves who asks: the only place that a secret goes to.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use tidegate_egress::{Request, Response};
use tidegate_meter::{Reason, Time};

use super::super::spec::{Ask, Auth, ClientCredentialsAuth, Signer};
use super::SpecSource;
use super::ask::set_query;
use crate::ProviderError;
use crate::oauth::ClientCredentials;
use crate::sign::{Draft, KeyPair, Scope, is_clock_complaint, sign};

/// What must be fetched before a request can be made.
pub(super) enum Proof {
    /// Nothing.
    Ready,
    /// A token.
    Token(SecretString),
}

impl SpecSource {
    pub(super) async fn proof(&self, ask: &Ask) -> Result<Proof, ProviderError> {
        match &self.spec.auth {
            Auth::ClientCredentials(auth) if !ask.anonymous => self.token(ask, auth).await,
            _ => Ok(Proof::Ready),
        }
    }

    async fn token(&self, ask: &Ask, auth: &ClientCredentialsAuth) -> Result<Proof, ProviderError> {
        let now = self.egress.timer().now().wall;
        let token_url = self
            .url(&auth.token_url, now)
            .ok_or_else(|| self.trouble(ask, Reason::Shape, "the token's address cannot be used"))?;
        let credentials = ClientCredentials {
            token_url: &token_url,
            client_id: self.given(&auth.client_id),
            client_secret: self.secret(ask, &auth.client_secret)?,
            scope: &auth.scope,
        };
        let token = self.tokens.bearer(&self.egress, &self.lane, &credentials).await?;
        Ok(Proof::Token(token))
    }

    /// A token that the service refuses before its end was taken back: the next look fetches another.
    pub(super) async fn drop_refused_token(&self, ask: &Ask, reason: Reason) {
        if reason == Reason::Auth && !ask.anonymous {
            self.tokens.forget().await;
        }
    }

    fn secret(&self, ask: &Ask, key: &str) -> Result<&SecretString, ProviderError> {
        let missing = || self.trouble(ask, Reason::Auth, &format!("secret.{key} is missing"));
        self.secrets.get(key).ok_or_else(missing)
    }

    /// A parameter, secret or not.
    fn given(&self, key: &str) -> &str {
        let secret = self.secrets.get(key).map(ExposeSecret::expose_secret);
        secret
            .or(self.params.get(key).map(String::as_str))
            .unwrap_or_default()
    }

    /// The request with its proof.
    pub(super) fn proved(
        &self,
        ask: &Ask,
        mut draft: Request,
        proof: &Proof,
        now: Time,
    ) -> Result<Request, ProviderError> {
        if ask.anonymous {
            return Ok(draft);
        }
        match (&self.spec.auth, proof) {
            (Auth::None, _) => {}
            (Auth::Bearer { param }, _) => {
                let value = format!("Bearer {}", self.secret(ask, param)?.expose_secret());
                draft.headers.push(("authorization".to_owned(), value));
            }
            (Auth::Header { name, prefix, param }, _) => {
                let value = format!("{prefix}{}", self.secret(ask, param)?.expose_secret());
                draft.headers.push((name.clone(), value));
            }
            (Auth::Query { name, param }, _) => {
                let value = self.secret(ask, param)?.expose_secret().to_owned();
                set_query(&mut draft.url, &[(name.clone(), value)]);
            }
            (Auth::Basic { user, pass }, _) => {
                let pair = format!("{}:{}", self.given(user), self.secret(ask, pass)?.expose_secret());
                let value = format!("Basic {}", STANDARD.encode(pair));
                draft.headers.push(("authorization".to_owned(), value));
            }
            (Auth::ClientCredentials(_), Proof::Token(token)) => {
                let value = format!("Bearer {}", token.expose_secret());
                draft.headers.push(("authorization".to_owned(), value));
            }
            (Auth::ClientCredentials(_), Proof::Ready) => {
                return Err(self.trouble(ask, Reason::Auth, "there is no token"));
            }
            (Auth::Signer(signer), _) => return self.signed(ask, signer, draft, now),
        }
        Ok(draft)
    }

    fn signed(
        &self,
        ask: &Ask,
        signer: &Signer,
        draft: Request,
        now: Time,
    ) -> Result<Request, ProviderError> {
        let scope = Scope {
            service: &signer.service,
            region: &signer.region,
            action: &signer.action,
            version: &signer.version,
        };
        let key = KeyPair {
            ak: self.secret(ask, &signer.ak)?,
            sk: self.secret(ask, &signer.sk)?,
            token: self.secrets.get("security_token"),
        };
        let unsigned = Draft {
            method: draft.method,
            url: &draft.url,
            headers: &draft.headers,
            body: &draft.body,
        };
        let nonce = fastrand::u128(..).to_be_bytes();
        let signed = sign(
            signer.algorithm,
            &scope,
            &key,
            &unsigned,
            self.skew.apply(now),
            nonce,
        )
        .map_err(|error| self.trouble(ask, Reason::Auth, &error.to_string()))?;
        Ok(Request {
            url: signed.url,
            headers: signed.headers,
            ..draft
        })
    }

    /// Whether a signature was refused for its time.
    pub(super) fn complains_of_clock(&self, response: &Response) -> bool {
        matches!(self.spec.auth, Auth::Signer(_))
            && self
                .code_in(response)
                .is_some_and(|code| is_clock_complaint(&code))
    }
}
