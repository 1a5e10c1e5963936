//! One signed call. Owns the lane of the account and the pause of a refused key; makes a fresh signature for each try
//! and turns every answer into JSON or into an error with a class.

use std::fmt::Display;
use std::sync::Arc;

use bytes::Bytes;
use secrecy::ExposeSecret;
use serde_json::Value;
use tidegate_egress::{CallPolicy, Egress, Lane, Method, Request, Response};
use tidegate_meter::{Now, Reason, Time};
use url::Url;

use super::Site;
use super::error::{Trouble, blind, error, is_flow_limit, of_answer, of_failure, verdict};
use super::hosts::Service;
use crate::key::Key;
use crate::sign::huawei::{DATE_HEADER, authorization};
use crate::sign::{Signable, canonical_query, host};
use crate::{ProviderError, ProviderErrorKind};

/// The project or account that a request is about.
#[derive(Clone)]
pub(super) enum Scope {
    /// A regional service.
    Project(String),
    /// A service of the whole account.
    Account(String),
    /// Finding out which projects and account there are.
    Nothing,
}

/// One call, not yet signed.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) service: Service,
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) scope: Scope,
    pub(super) body: Option<Value>,
    /// It changes something: sent once, and a lost answer stays lost.
    pub(super) changes: bool,
}

impl Call {
    pub(super) fn get(service: Service, scope: Scope, path: impl Into<String>) -> Self {
        Self {
            service,
            method: Method::Get,
            path: path.into(),
            query: Vec::new(),
            scope,
            body: None,
            changes: false,
        }
    }

    pub(super) fn post(service: Service, scope: Scope, path: impl Into<String>, body: Value) -> Self {
        Self {
            method: Method::Post,
            body: Some(body),
            ..Self::get(service, scope, path)
        }
    }

    pub(super) fn with(mut self, name: &str, value: &dyn Display) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    pub(super) const fn changing(mut self) -> Self {
        self.changes = true;
        self
    }

    /// Which breaker it falls under: failed reads of a service must not hold back a stop.
    fn place(&self) -> String {
        let place = self.service.place();
        if self.changes {
            format!("{place} action")
        } else {
            place
        }
    }
}

/// What an answer brought, with the id that the provider's support asks for.
pub(super) struct Answer {
    pub(super) body: Value,
    pub(super) request: Option<String>,
}

/// The way to the provider, for one account.
pub(super) struct Client {
    egress: Arc<Egress>,
    lane: Lane,
    endpoint: Option<Url>,
}

impl Client {
    pub(super) fn new(egress: Arc<Egress>, endpoint: Option<Url>) -> Self {
        Self {
            egress,
            lane: Lane::default(),
            endpoint,
        }
    }

    pub(super) fn now(&self) -> Now {
        self.egress.timer().now()
    }

    /// Sends one call with `key`. A key that rests sends nothing.
    pub(super) async fn send(&self, key: &Key, site: Site, call: &Call) -> Result<Answer, Trouble> {
        if let Some((rest, why)) = key.rest(self.now().mono) {
            let mut error = blind(Reason::Auth, why);
            error.retry_after = Some(rest);
            return Err(error.into());
        }
        let url = call.service.url(
            self.endpoint.as_ref(),
            site,
            &call.path,
            &canonical_query(&call.query),
        )?;
        let policy = if call.changes {
            CallPolicy::changing(verdict)
        } else {
            CallPolicy::reading(verdict)
        };
        let body = call
            .body
            .as_ref()
            .map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));
        let make = || signed(key, call, &url, &body, self.now().wall);
        let place = call.place();
        match self.egress.call(&self.lane, &place, &policy, make).await {
            Ok(response) => self.read(&place, &response, key, call.changes),
            Err(failure) => Err(of_failure(&place, &failure, call.changes).into()),
        }
    }

    fn read(&self, place: &str, response: &Response, key: &Key, changes: bool) -> Result<Answer, Trouble> {
        let now = self.now();
        if !response.is_success() || is_flow_limit(response) {
            let trouble = of_answer(place, response, key, changes, now.wall);
            if trouble.error.kind == ProviderErrorKind::Blind(Reason::Auth) {
                key.pause(now.mono, &trouble.error.detail);
            }
            return Err(trouble);
        }
        let body =
            serde_json::from_slice(&response.body).map_err(|_| unreadable(place, response, changes))?;
        let request = response.header("x-request-id").map(|id| key.scrub(id));
        Ok(Answer { body, request })
    }
}

/// A success that is no JSON: a portal's page, or a body cut short. After a change it leaves open what happened.
fn unreadable(place: &str, response: &Response, changes: bool) -> ProviderError {
    let first = response.body.iter().find(|byte| !byte.is_ascii_whitespace());
    let what = match first {
        None => "an empty body",
        Some(b'<') => "a web page",
        Some(_) => "a body that is cut short or no JSON",
    };
    let kind = if changes {
        ProviderErrorKind::Lost
    } else {
        ProviderErrorKind::Blind(Reason::Shape)
    };
    error(kind, format!("{place}: answered with {what}"))
}

/// The request with its headers and a signature of this instant.
fn signed(key: &Key, call: &Call, url: &Url, body: &Bytes, now: Time) -> Request {
    let mut headers = vec![(
        DATE_HEADER.to_owned(),
        now.to_jiff().strftime("%Y%m%dT%H%M%SZ").to_string(),
    )];
    let mut add = |name: &str, value: &str| headers.push((name.to_owned(), value.to_owned()));
    if !body.is_empty() {
        add("content-type", "application/json");
    }
    match &call.scope {
        Scope::Project(id) => add("x-project-id", id),
        Scope::Account(id) => add("x-domain-id", id),
        Scope::Nothing => {}
    }
    let credential = key.credential();
    if let Some(token) = &credential.security_token {
        add("x-security-token", token.expose_secret());
    }
    let authorization = authorize(key, call, url, &headers, body);
    headers.push(("authorization".to_owned(), authorization));
    Request {
        method: call.method,
        url: url.clone(),
        headers,
        body: body.clone(),
    }
}

fn authorize(key: &Key, call: &Call, url: &Url, headers: &[(String, String)], body: &[u8]) -> String {
    let mut covered = headers.to_vec();
    covered.push(("host".to_owned(), host(url).unwrap_or_default()));
    let credential = key.credential();
    let request = Signable {
        method: call.method.as_str(),
        path: url.path(),
        query: call.query.clone(),
        headers: covered,
        body,
    };
    authorization(
        credential.ak.expose_secret(),
        credential.sk.expose_secret(),
        &request,
    )
}
