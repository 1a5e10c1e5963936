//! The sellers of models and clouds as they answer about money. Owns [`Purses`]: accounts whose amounts a test sets,
//! and one dialect per provider with its paths, proofs of who asks, bodies and refusals.
//!
//! All of them stand under one address: a request is recognised by its path and marks, or by the provider's name as
//! the path's first segment. Lies of the fault catalogue hold for the operation (`openai.costs`), the provider
//! (`openai`), the account or one of its keys. Tested in `tests/balances`, by the client's own signers in the providers'
//! tests, and by the vendors' official clients in `tests/tests/balance_sdks.rs` of the workspace.

mod amount;
mod clouds;
mod dialect;
mod gateways;
mod lie;
mod models;
mod proof;
mod purse;
mod spending;
mod token;

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_meter::Time;

use crate::world::{LoggedRequest, Spot, State};
use crate::{Answer, Call, Ending, Served, SimError};
pub(crate) use amount::cents_text;
use dialect::{Ask, Dialect, Page, Refusal, Route, json_answer};
use lie::Lies;
pub(crate) use proof::{Flaw, pairs, volcengine_claim, volcengine_flaw};
pub use purse::Money;
pub(crate) use purse::{Purse, millionths};

/// Every dialect.
static DIALECTS: [&Dialect; 25] = [
    &models::OPENROUTER,
    &spending::OPENAI,
    &spending::ANTHROPIC,
    &spending::AZURE,
    &models::DEEPSEEK,
    &models::GROQ,
    &models::MOONSHOT,
    &models::SILICONFLOW,
    &models::ZHIPU,
    &models::STEPFUN,
    &models::NOVITA,
    &models::XAI,
    &models::ELEVENLABS,
    &gateways::ONE_API,
    &gateways::UNIAPI,
    &gateways::TIKHUB,
    &gateways::WXRANK,
    &clouds::ALIYUN,
    &clouds::TENCENT,
    &clouds::HUAWEI,
    &clouds::VOLCENGINE,
    &clouds::DIGITALOCEAN,
    &clouds::VULTR,
    &clouds::LINODE,
    &spending::AWS,
];

/// The names of the providers.
pub fn providers() -> impl Iterator<Item = &'static str> {
    DIALECTS.iter().map(|dialect| dialect.id)
}

/// The names of all operations, as the log and the faults call them.
pub fn operations() -> impl Iterator<Item = &'static str> {
    let routes = DIALECTS.iter().flat_map(|dialect| dialect.routes.iter());
    routes.map(|route| route.name).chain([token::OPERATION])
}

/// Every account.
#[derive(Default)]
pub(crate) struct Purses {
    all: Vec<Purse>,
    /// By provider and identity: a thousand accounts are looked up on every request.
    lookup: HashMap<(&'static str, String), usize>,
}

impl Purses {
    /// Opens an account at a provider.
    pub(crate) fn open(&mut self, provider: &str, name: &str) -> Result<(), SimError> {
        let dialect = DIALECTS.iter().find(|dialect| dialect.id == provider);
        let dialect = dialect.ok_or_else(|| {
            let known: Vec<&str> = providers().collect();
            SimError::Scenario(format!(
                "no provider {provider:?}; there are {}",
                known.join(", ")
            ))
        })?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if name.is_empty() || !name.chars().all(plain) {
            return Err(SimError::Scenario(format!(
                "account name {name:?}: use letters, digits and hyphens, since its fake keys contain it"
            )));
        }
        if self.all.iter().any(|purse| purse.name == name) {
            return Err(SimError::Scenario(format!(
                "account name {name:?} is there twice"
            )));
        }
        self.push(Purse::new(dialect, name));
        Ok(())
    }

    /// Opens one account at each provider, called as the provider.
    pub(crate) fn open_everywhere(&mut self) {
        for dialect in DIALECTS {
            self.push(Purse::new(dialect, dialect.id));
        }
    }

    fn push(&mut self, purse: Purse) {
        let key = (purse.dialect.id, purse.identity().to_owned());
        self.lookup.insert(key, self.all.len());
        self.all.push(purse);
    }

    /// Whether an account at this provider is known by this identity.
    pub(crate) fn knows(&self, provider: &str, identity: &str) -> bool {
        let known = DIALECTS.iter().find(|dialect| dialect.id == provider);
        known.is_some_and(|dialect| self.position(dialect, identity).is_some())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(crate) fn named(&mut self, name: &str) -> Result<&mut Purse, SimError> {
        let found = self.all.iter_mut().find(|purse| purse.name == name);
        found.ok_or_else(|| SimError::Unknown(name.to_owned()))
    }

    pub(crate) fn details(&self) -> Value {
        self.all.iter().map(Purse::details).collect()
    }

    fn get_mut(&mut self, position: usize) -> Option<&mut Purse> {
        self.all.get_mut(position)
    }

    fn position(&self, dialect: &Dialect, identity: &str) -> Option<usize> {
        self.lookup.get(&(dialect.id, identity.to_owned())).copied()
    }

    fn by_token(&self, token: &str, now: Time) -> Option<usize> {
        let holds = |purse: &Purse| purse.tokens.iter().any(|(of, end)| of == token && now < *end);
        self.all.iter().position(holds)
    }
}

/// A request that one of the dialects knows.
struct Found<'a> {
    dialect: &'static Dialect,
    /// `None` for the token endpoint.
    route: Option<&'static Route>,
    /// The path without the provider's name.
    path: &'a str,
}

impl Found<'_> {
    fn operation(&self) -> &'static str {
        self.route.map_or(token::OPERATION, |route| route.name)
    }
}

fn find(call: &Call) -> Option<Found<'_>> {
    let inner = call.path.strip_prefix('/').unwrap_or(&call.path);
    let (first, rest) = inner.split_once('/').unwrap_or((inner, ""));
    let named = DIALECTS.iter().find(|dialect| dialect.id == first);
    // A provider's name may also be the first word of another's path: Groq's begins with `openai`.
    let whole = DIALECTS.iter().map(|dialect| (*dialect, inner));
    let candidates = named.map(|dialect| (*dialect, rest)).into_iter().chain(whole);
    let mut found = candidates.filter_map(|(dialect, path)| {
        let route = dialect.routes.iter().find(|route| route.takes(call, path));
        let token = dialect.id == "azure" && token::takes(call, path);
        (route.is_some() || token).then_some(Found { dialect, route, path })
    });
    found.next()
}

/// Whether the balances answer this request. Huawei Cloud's balance is also told by the world's own accounts: there
/// the access key decides.
pub(crate) fn takes(state: &State, call: &Call) -> bool {
    let Some(found) = find(call) else {
        return false;
    };
    if found.dialect.id != "huawei" {
        return true;
    }
    let named = proof::named(call, found.dialect).unwrap_or_default();
    !state.keys.contains_key(&named)
}

/// Answers one request that [`takes`] took.
pub(crate) fn receive(state: &mut State, call: &Call, now: Time) -> Served {
    let Some(found) = find(call) else {
        return whole(json_answer(404, &json!({"error": "not found"})));
    };
    let named = proof::named(call, found.dialect).or_else(|| token::client(call));
    let named = named.and_then(|identity| {
        let by_token = state.purses.by_token(&identity, now);
        by_token.or_else(|| state.purses.position(found.dialect, &identity))
    });
    let purse = named.and_then(|position| state.purses.all.get(position));
    let name = purse.map(|purse| purse.name.clone());
    let key = purse.map(|purse| purse.identity().to_owned());
    let host = call.header("host").unwrap_or("").to_owned();
    let spot = Spot {
        operation: found.operation(),
        account: name.as_deref(),
        subject: key.as_deref().map(|key| (key, host.as_str())),
    };
    let lies = Lies::of(state, spot, now);
    let answer = match lies.instead(found.dialect, now) {
        Some(instead) => instead,
        None => truth(state, call, &found, &lies, now),
    };
    log(state, call, &found, (name.clone(), key.clone()), &answer, now);
    let gateway = Time::from_ms(now.ms().saturating_add(lies.skew_ms));
    let answer = answer.with("date", crate::huawei::http_date(gateway));
    Served {
        answer,
        ending: lies.ending,
        latency: state.latency.saturating_add(lies.slow),
    }
}

const fn whole(answer: Answer) -> Served {
    Served {
        answer,
        ending: Ending::Whole,
        latency: Duration::ZERO,
    }
}

fn log(
    state: &mut State,
    call: &Call,
    found: &Found<'_>,
    (account, key): (Option<String>, Option<String>),
    answer: &Answer,
    now: Time,
) {
    state.log.push(LoggedRequest {
        at: now,
        method: call.method.clone(),
        path: call.path.clone(),
        query: call.query.clone(),
        operation: found.operation().to_owned(),
        account,
        key,
        servers: Vec::new(),
        unseen: false,
        forced: false,
        status: answer.status,
        code: None,
    });
}

/// Who asks, then what is true, then what is told of it.
fn truth(state: &mut State, call: &Call, found: &Found<'_>, lies: &Lies, now: Time) -> Answer {
    let gateway = Time::from_ms(now.ms().saturating_add(lies.skew_ms));
    let Some(route) = found.route else {
        return token::give(&mut state.purses, call, found.path, now);
    };
    let page = enter(&mut state.purses, call, found, route, gateway);
    match page {
        Ok(page) => lies.told(&page),
        Err(refusal) => refusal.answer(found.dialect),
    }
}

fn enter(
    purses: &mut Purses,
    call: &Call,
    found: &Found<'_>,
    route: &Route,
    now: Time,
) -> Result<Page, Refusal> {
    let nobody;
    let purse = if route.open {
        nobody = Purse::new(found.dialect, "nobody");
        &nobody
    } else {
        let position = proof::prove(purses, call, found.dialect, now)?;
        purses.all.get(position).ok_or(Refusal::Key)?
    };
    let ask = Ask {
        call,
        path: found.path,
        purse,
        now,
    };
    (route.show)(&ask)
}
