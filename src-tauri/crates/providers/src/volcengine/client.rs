//! One signed call. Owns the two lanes of the account, the pause of a refused key and what is known of the vendor's clock;
//! makes a fresh signature for each try and turns every answer into a result or into an error with a class.

use std::fmt::Display;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;
use tidegate_egress::{CallPolicy, Egress, Lane, Method, Request, Response};
use tidegate_meter::{AccountId, Now, Reason};
use url::Url;

use super::answer::{Answer, code_of, read, verdict};
use super::hosts::{Service, base};
use super::limits;
use crate::key::Key;
use crate::refusal::{Trouble, blind, of_failure};
use crate::sign::{
    Algorithm, Draft, KeyPair, Scope, SignError, Skew, canonical_query, is_clock_complaint, sign,
};
use crate::{ProviderError, ProviderErrorKind};

/// What a call carries.
#[derive(Clone)]
enum Params {
    /// GET: everything stands in the query.
    Query(Vec<(String, String)>),
    /// POST: a JSON body.
    Json(Value),
}

/// What a call does, and so what may happen to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Effect {
    /// It reads: tried again after a fault.
    Reads,
    /// It sets something to a value: twice is like once, so it is tried again too; a lost answer stays lost.
    Sets,
    /// It makes something new each time: sent once, whatever comes back.
    Makes,
}

/// One call, not yet signed.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) service: Service,
    pub(super) action: &'static str,
    pub(super) effect: Effect,
    params: Params,
}

impl Call {
    pub(super) const fn get(service: Service, action: &'static str) -> Self {
        Self {
            service,
            action,
            effect: Effect::Reads,
            params: Params::Query(Vec::new()),
        }
    }

    pub(super) const fn post(service: Service, action: &'static str, body: Value) -> Self {
        Self {
            service,
            action,
            effect: Effect::Reads,
            params: Params::Json(body),
        }
    }

    /// With one parameter in the query; a call with a body has none there.
    pub(super) fn with(mut self, name: &str, value: &dyn Display) -> Self {
        if let Params::Query(pairs) = &mut self.params {
            pairs.push((name.to_owned(), value.to_string()));
        }
        self
    }

    pub(super) const fn sets(mut self) -> Self {
        self.effect = Effect::Sets;
        self
    }

    pub(super) const fn makes(mut self) -> Self {
        self.effect = Effect::Makes;
        self
    }

    /// As errors name it, which is also the right it takes: `iam:ListUsers`.
    pub(super) fn name(&self) -> String {
        format!("{}:{}", self.service.name(), self.action)
    }

    /// Which breaker it falls under: its action's own, so that nothing that fails holds back what closes a user.
    fn place(&self) -> String {
        format!("{} {}", self.name(), self.service.region())
    }

    pub(super) fn changes(&self) -> bool {
        self.effect != Effect::Reads
    }

    fn policy(&self) -> CallPolicy {
        match self.effect {
            Effect::Reads | Effect::Sets => CallPolicy::reading(verdict),
            Effect::Makes => CallPolicy::changing(verdict),
        }
    }
}

/// The way to the provider, for one account.
pub(super) struct Client {
    account: AccountId,
    egress: Arc<Egress>,
    endpoint: Option<Url>,
    bills: Lane,
    others: Lane,
    skew: Skew,
}

impl Client {
    pub(super) fn new(account: AccountId, egress: Arc<Egress>, endpoint: Option<Url>) -> Self {
        Self {
            account,
            egress,
            endpoint,
            bills: Lane::apart(limits::BILL_GAP_MS),
            others: Lane::new(limits::CALLS_PER_SECOND, 1),
            skew: Skew::default(),
        }
    }

    pub(super) fn now(&self) -> Now {
        self.egress.timer().now()
    }

    /// How far the vendor's clock is ahead of ours, once it was believed.
    pub(super) fn clock_ahead_ms(&self) -> Option<i64> {
        self.skew.learned()
    }

    /// Sends one call with `key`. A key that rests sends nothing. A signature refused for its time is made once more by the
    /// vendor's clock: nothing was done yet, so that holds for every call.
    pub(super) async fn send(&self, key: &Key, call: &Call) -> Result<Answer, Trouble> {
        if let Some((rest, why)) = key.rest(self.now().mono) {
            let mut error = blind(Reason::Auth, why);
            error.retry_after = Some(rest);
            return Err(error.into());
        }
        let mut response = self.exchange(key, call).await?;
        if let Some(ahead_ms) = self.learned(&response) {
            tracing::warn!(account = %self.account, ahead_ms, "this computer's clock differs from the provider's; signing by the provider's");
            response = self.exchange(key, call).await?;
        }
        self.read(key, call, &response)
    }

    /// What a complaint about our clock taught of the vendor's.
    fn learned(&self, response: &Response) -> Option<i64> {
        let complains = code_of(response).is_some_and(|code| is_clock_complaint(&code));
        complains
            .then(|| self.skew.learn(response, self.now().wall))
            .flatten()
    }

    fn read(&self, key: &Key, call: &Call, response: &Response) -> Result<Answer, Trouble> {
        let now = self.now();
        read(call, response, key, now.wall).inspect_err(|trouble| {
            if trouble.error.kind == ProviderErrorKind::Blind(Reason::Auth) {
                key.pause(now.mono, &trouble.error.detail);
            }
        })
    }

    async fn exchange(&self, key: &Key, call: &Call) -> Result<Response, ProviderError> {
        let draft = self.draft(call)?;
        // Made once beforehand: what cannot be signed is told instead of being sent unsigned.
        let sample = self
            .signed(key, call, &draft)
            .map_err(|error| blind(Reason::Auth, format!("{}: {error}", call.name())))?;
        let make = || self.signed(key, call, &draft).unwrap_or_else(|_| sample.clone());
        let lane = match call.service {
            Service::Billing => &self.bills,
            _ => &self.others,
        };
        let answer = self.egress.call(lane, &call.place(), &call.policy(), make).await;
        answer.map_err(|failure| of_failure(&call.name(), &failure, call.changes()))
    }

    fn draft(&self, call: &Call) -> Result<Request, ProviderError> {
        let mut url = base(self.endpoint.as_ref())?;
        let (method, headers, body) = match &call.params {
            Params::Query(pairs) => {
                let query = canonical_query(pairs);
                url.set_query((!query.is_empty()).then_some(query.as_str()));
                (Method::Get, Vec::new(), Bytes::new())
            }
            Params::Json(body) => {
                let json = ("content-type".to_owned(), "application/json".to_owned());
                (Method::Post, vec![json], Bytes::from(body.to_string()))
            }
        };
        Ok(Request {
            method,
            url,
            headers,
            body,
        })
    }

    /// The request with a signature of this instant.
    fn signed(&self, key: &Key, call: &Call, draft: &Request) -> Result<Request, SignError> {
        let credential = key.credential();
        let scope = Scope {
            service: call.service.name(),
            region: call.service.region(),
            action: call.action,
            version: call.service.version(),
        };
        let pair = KeyPair {
            ak: &credential.ak,
            sk: &credential.sk,
            token: credential.security_token.as_ref(),
        };
        let unsigned = Draft {
            method: draft.method,
            url: &draft.url,
            headers: &draft.headers,
            body: &draft.body,
        };
        let at = self.skew.apply(self.now().wall);
        // This algorithm draws no random number.
        let signed = sign(Algorithm::Volcengine, &scope, &pair, &unsigned, at, [0; 16])?;
        Ok(Request {
            url: signed.url,
            headers: signed.headers,
            method: draft.method,
            body: draft.body.clone(),
        })
    }
}
