//! A spec as a typed tree, made once by `read` and checked whole. Owns what a provider's balances are: parameters, auth,
//! requests, rules, metrics and examples.

use std::collections::BTreeMap;
use std::time::Duration;

use tidegate_egress::Method;
use tidegate_meter::{Reason, Time, WindowKind};
use url::Url;

use super::Said;
use super::expr::{Expr, Instant, Literal, MapKey, Spot, Truth, UnitRule};
use super::kinds::{Category, Confidence, Standing};
use super::pointer::Pointer;
use super::template::{BodyTemplate, Template};
use crate::sign::Algorithm;

/// What may stand in a parameter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ParamForm {
    /// One line without spaces.
    Text,
    /// A resource's path: like text, with slashes, without `..`.
    Path,
    /// One of these.
    Choice(Vec<String>),
    /// An address to send requests to: https, or http near by. Fixed once the account exists.
    Base,
    /// An amount with its unit, such as `20 USD`.
    Amount,
    /// `yes`, and nothing else: a consent.
    Consent,
}

/// A value that a person gives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Param {
    /// Its name in the configuration.
    pub key: String,
    /// What it is.
    pub label: Said,
    /// What it looks like and where it stands.
    pub hint: Said,
    /// Kept in the keychain, and sent in the auth slot only.
    pub secret: bool,
    /// Must be given.
    pub required: bool,
    /// What it is when nobody says; only for one that is no secret.
    pub default: Option<String>,
    /// What may stand in it.
    pub form: ParamForm,
}

/// How a request proves who asks. The names are those of parameters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Auth {
    /// Nothing.
    None,
    /// `Authorization: Bearer …`.
    Bearer {
        /// The secret.
        param: String,
    },
    /// A header of its own.
    Header {
        /// Its name, in lower case.
        name: String,
        /// Before the secret.
        prefix: String,
        /// The secret.
        param: String,
    },
    /// In the query, where proxies may log it.
    Query {
        /// Its name.
        name: String,
        /// The secret.
        param: String,
    },
    /// User and password.
    Basic {
        /// The user.
        user: String,
        /// The secret.
        pass: String,
    },
    /// A token that is fetched with a client's id and secret, and kept until shortly before it ends.
    ClientCredentials(ClientCredentialsAuth),
    /// A signature over the whole request.
    Signer(Signer),
}

/// Where and for what a token is fetched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClientCredentialsAuth {
    /// Where tokens are made.
    pub(super) token_url: Address,
    /// The client's id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// What the token is for.
    pub scope: String,
}

/// What is signed for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signer {
    /// Which signature.
    pub algorithm: Algorithm,
    /// The parameter with the key's id.
    pub ak: String,
    /// The parameter with the key's secret.
    pub sk: String,
    /// The service's name.
    pub service: String,
    /// Its region.
    pub region: String,
    /// The action.
    pub action: String,
    /// The interface's version.
    pub version: String,
}

/// Where a request goes: an origin that is fixed once the account exists, and a path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Address {
    pub(super) origin: Origin,
    pub(super) path: Template,
}

/// Scheme, host and port.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Origin {
    Fixed(Url),
    /// `https` at the host that this parameter chooses.
    Choice(String),
    /// The address in this parameter.
    Base(String),
}

/// One request of a look.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) id: String,
    pub(super) method: Method,
    pub(super) address: Address,
    pub(super) query: Vec<(String, Template)>,
    pub(super) headers: Vec<(String, Template)>,
    pub(super) body: Option<BodyTemplate>,
    /// Its failure leaves the metrics of other requests known.
    pub(super) optional: bool,
    /// Sent without the secret.
    pub(super) anonymous: bool,
    /// These statuses say that the account has no such thing.
    pub(super) absent: Vec<u16>,
    pub(super) paging: Option<Paging>,
}

/// How the next page is asked for.
#[derive(Clone, Debug)]
pub(super) struct Paging {
    pub(super) next: Pointer,
    pub(super) more: Option<Pointer>,
    pub(super) param: String,
    pub(super) max: usize,
}

/// What an answer must or must not say.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    /// Of which request; `None`: of each.
    pub(super) request: Option<usize>,
    pub(super) ptr: Pointer,
    pub(super) test: Test,
}

/// What a rule asks.
#[derive(Clone, Debug)]
pub(super) enum Test {
    In(Vec<Literal>),
    Exists(bool),
}

/// Codes by what they mean, each as the beginning of a code.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Codes(pub(super) Vec<(String, Reason)>);

/// What a metric measures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MetricKind {
    /// Prepaid money left.
    Balance,
    /// Units left.
    CreditLeft,
    /// A cap less what was used of it.
    LimitLeft,
    /// Traffic left.
    TrafficLeft,
    /// Used in its window.
    Spend,
    /// Yes or no, told as 100 % or 0 %.
    Flag,
}

/// The span a metric counts in.
#[derive(Clone, Debug)]
pub(super) enum WindowRule {
    /// A calendar span of UTC, or of Beijing's zone where `beijing`.
    Calendar { kind: WindowKind, beijing: bool },
    /// Until an instant that the answer tells.
    Resets { at: Instant, every: Every },
}

/// How long a told window lasts before its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Every {
    Day,
    Week,
    Month,
    Life,
}

/// What says that there is no limit.
#[derive(Clone, Debug)]
pub(super) enum Unlimited {
    Eq(Spot, Literal),
    AtLeast(Spot, rust_decimal::Decimal),
}

/// What a metric's value is made of.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Amount { unit: Box<UnitRule>, expr: Box<Expr> },
    Flag(Truth),
}

/// One metric.
#[derive(Clone, Debug)]
pub(super) struct Metric {
    pub(super) id: String,
    pub(super) kind: MetricKind,
    pub(super) name: Said,
    /// A parameter shown behind the name where it is given.
    pub(super) with: Option<String>,
    /// The list whose rows each give one meter.
    pub(super) each: Option<Spot>,
    /// What tells the rows apart.
    pub(super) label: Option<Pointer>,
    pub(super) value: Value,
    /// The whole, beside what is left or used.
    pub(super) limit: Option<Expr>,
    /// What was used: beside what is left, and alone where there is no limit.
    pub(super) used: Option<Expr>,
    pub(super) window: Option<WindowRule>,
    /// Missing or null: the account has no such thing.
    pub(super) absent: bool,
    pub(super) unlimited: Option<Unlimited>,
    /// Only where all of these are greater.
    pub(super) only: Vec<(Spot, rust_decimal::Decimal)>,
    pub(super) note: Said,
}

/// Recorded bodies in the shape that the source describes, with invented values, and what comes out of them.
#[derive(Clone, Debug)]
pub struct Example {
    /// Parameters, beside those with a default.
    pub params: BTreeMap<String, String>,
    /// When the answers came.
    pub at: Time,
    /// Bodies by request.
    pub bodies: BTreeMap<String, String>,
    /// Headers by request.
    pub headers: BTreeMap<String, Vec<(String, String)>>,
    /// What each meter shows: see [`super::shown`].
    pub expect: BTreeMap<String, String>,
}

/// How the balances of one kind of account are read.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The provider's name in the configuration.
    pub id: String,
    /// Its name for people.
    pub name: Said,
    /// What kind of service it is.
    pub category: Category,
    /// Where the facts come from.
    pub confidence: Confidence,
    /// How much is promised.
    pub standing: Standing,
    /// The provider's own page.
    pub docs_url: Url,
    /// Which kind of key, and where it is made.
    pub keys_at: Said,
    /// What a person must know; may be empty.
    pub note: Said,
    /// Between two looks, where the account says nothing.
    pub interval: Duration,
    /// Never asked more often than this.
    pub min_interval: Duration,
    /// What a person gives.
    pub params: Vec<Param>,
    /// How it is proved who asks.
    pub auth: Auth,
    pub(super) requests: Vec<Ask>,
    pub(super) ok: Vec<Rule>,
    pub(super) fail: Vec<Rule>,
    pub(super) auth_fail: Vec<Rule>,
    pub(super) fail_code: Option<Pointer>,
    pub(super) codes: Codes,
    pub(super) metrics: Vec<Metric>,
    /// Bodies with what comes out of them.
    pub examples: Vec<Example>,
}

impl Metric {
    /// The parameter that its unit depends on.
    pub(super) fn map_param(&self) -> Option<&str> {
        let Value::Amount { unit, .. } = &self.value else {
            return None;
        };
        match &**unit {
            UnitRule::Map {
                of: MapKey::Param(key),
                ..
            } => Some(key),
            _ => None,
        }
    }
}

impl Spec {
    /// The parameter of that name.
    #[must_use]
    pub fn param(&self, key: &str) -> Option<&Param> {
        self.params.iter().find(|param| param.key == key)
    }

    /// Whether asking costs money, so that a person must have agreed.
    #[must_use]
    pub fn costs_money(&self) -> bool {
        self.params.iter().any(|param| param.form == ParamForm::Consent)
    }

    /// The hosts it names by itself, sorted; those typed by a person are not among them.
    #[must_use]
    pub fn hosts(&self) -> Vec<String> {
        let token = match &self.auth {
            Auth::ClientCredentials(auth) => Some(&auth.token_url.origin),
            _ => None,
        };
        let origins = self.requests.iter().map(|ask| &ask.address.origin).chain(token);
        let mut hosts: Vec<String> = origins.flat_map(|origin| self.hosts_of(origin)).collect();
        hosts.sort_unstable();
        hosts.dedup();
        hosts
    }

    fn hosts_of(&self, origin: &Origin) -> Vec<String> {
        match origin {
            Origin::Fixed(url) => vec![tidegate_egress::redact(url)],
            Origin::Choice(key) => match self.param(key).map(|param| &param.form) {
                Some(ParamForm::Choice(hosts)) => {
                    hosts.iter().map(|host| format!("https://{host}")).collect()
                }
                _ => Vec::new(),
            },
            Origin::Base(_) => Vec::new(),
        }
    }

    /// Whether every metric of a request reads its headers alone.
    pub(super) fn reads_headers_only(&self, request: usize) -> bool {
        let uses = |metric: &Metric| match &metric.value {
            Value::Amount { expr, .. } => expr.reads_body_of(request),
            Value::Flag(truth) => truth.reads_body_of(request),
        };
        !self.metrics.iter().any(uses)
    }
}
