//! Huawei Cloud as it answers: every operation that Tidegate uses, one base address for all services and regions. Owns
//! [`Dialect`]. Field names, JSON types, paging defaults and error codes are those of the documentation and of the
//! official SDK's models, against which `tests/sdk/judge.py` of the workspace holds every answer.

mod action;
mod ask;
mod bss;
mod ces;
mod config;
mod ecs;
mod eip;
mod entry;
mod iam;
mod money;
mod refusal;
mod route;
mod sign;
mod wire;

use serde_json::Value;
use tidegate_meter::Time;

pub use route::OPERATIONS;
pub(crate) use sign::{claim, verify};
pub(crate) use wire::{http_date, instead};

use crate::world::{LoggedRequest, State, World};
use crate::{Answer, Call, Ending, Served};
use ask::Ask;
use refusal::Refusal;
use route::Route;

/// Answers requests as Huawei Cloud would, for one world.
#[derive(Clone)]
pub struct Dialect {
    world: World,
}

impl Dialect {
    /// The dialect of a world.
    #[must_use]
    pub const fn new(world: World) -> Self {
        Self { world }
    }

    /// Answers one request. What it changes has happened before this returns; the latency and the ending are the
    /// carrier's to act out.
    #[must_use]
    pub fn answer(&self, call: &Call) -> Served {
        self.world.with(|state, now| exchange(state, call, now))
    }
}

fn exchange(state: &mut State, call: &Call, now: Time) -> Served {
    let body: Value = serde_json::from_slice(&call.body).unwrap_or(Value::Null);
    let starts = body.get("os-start").is_some();
    let forced = body.pointer("/os-stop/type").is_some_and(|kind| kind == "HARD");
    let route = route::route(&call.method, &call.path, starts);
    let name = route.as_ref().map_or("-", |route| route.operation.name);
    let claimed = entry::claimed(state, call);
    let wire = wire::Wire::of(state, call, claimed, name, now);
    if wire.ending == Ending::Refused {
        return wire.served(Answer::html(503, ""));
    }
    let request_id = crate::world::new_request_id(&mut state.rng);
    let (outcome, servers) = match wire.instead.clone() {
        Some(instead) => (Ok(instead), action::named(&body)),
        None => work(state, call, body, route.as_ref(), now),
    };
    let (answer, code) = match outcome {
        Ok(answer) => (answer, None),
        Err(refusal) => (refusal.answer(&request_id), Some(refusal.code)),
    };
    let account = claimed.and_then(|entered| state.accounts.get(entered.account));
    let key = claimed.and_then(|entered| account.and_then(|account| account.keys.get(entered.key)));
    let entry = LoggedRequest {
        at: now,
        method: call.method.clone(),
        path: call.path.clone(),
        query: call.query.clone(),
        operation: name.to_owned(),
        account: account.map(|account| account.name.clone()),
        key: key.map(|key| key.credential.ak.clone()),
        servers,
        unseen: wire.instead.is_some(),
        forced,
        status: answer.status,
        code,
    };
    state.log.push(entry);
    let trace = if name.starts_with("iam.") {
        "x-iam-trace-id"
    } else {
        "x-request-id"
    };
    wire.served(answer.with(trace, request_id).with("date", wire::http_date(now)))
}

/// The gateway, then the service. Also gives the servers of an authenticated action, refused or not.
fn work(
    state: &mut State,
    call: &Call,
    body: Value,
    route: Option<&Route<'_>>,
    now: Time,
) -> (Result<Answer, Refusal>, Vec<String>) {
    let Some(route) = route else {
        let message = "The API does not exist or has not been published in the environment";
        return (Err(Refusal::gateway(404, "APIGW.0101", message)), Vec::new());
    };
    let entered = match entry::authenticate(state, call, now) {
        Ok(entered) => entered,
        Err(refusal) => return (Err(refusal), Vec::new()),
    };
    let servers = action::named(&body);
    let outcome = entry::admit(state, entered, route, call, now).and_then(|()| {
        let ask = Ask::new(state, call, route, entered, body, now)?;
        match ask.operation {
            "ces.batch" => ces::batch(state, &ask),
            _ => dispatch(state, &ask).map(|value| Answer::json(200, &value)),
        }
    });
    (outcome, servers)
}

fn dispatch(state: &mut State, ask: &Ask<'_>) -> Result<Value, Refusal> {
    match ask.operation {
        "iam.auth_projects" | "iam.projects" => Ok(iam::projects(state, ask)),
        "iam.auth_domains" => Ok(iam::domains(state, ask)),
        "sts.caller_identity" => Ok(iam::caller(state, ask)),
        "bss.packages" => bss::packages(state, ask),
        "bss.usages" => bss::usages(state, ask),
        "bss.records" => bss::records(state, ask),
        "bss.units" => Ok(money::units()),
        "bss.conversions" => Ok(money::conversions()),
        "bss.balances" => Ok(money::balances(state, ask)),
        "bss.monthly_sum" => money::monthly_sum(state, ask),
        "bss.subscriptions" => money::subscriptions(state, ask),
        "rms.resources" => config::resources(state, ask),
        "ecs.list" => ecs::list(state, ask),
        "ecs.show" => ecs::show(state, ask),
        "ecs.stop" | "ecs.start" => action::act(state, ask),
        "ecs.job" => action::job(state, ask),
        "ces.metrics" => ces::metrics(state, ask),
        "ces.single" => ces::single(state, ask),
        "eip.publicips" => eip::publicips(state, ask),
        "eip.publicips_v1" => eip::publicips_v1(state, ask),
        _ => eip::bandwidths(state, ask),
    }
}

/// Whether a host name exists: one of the provider's in a known region or without one, or any other host, which then
/// stands for all services.
pub(crate) fn resolves(host: &str) -> bool {
    match entry::region_of(host) {
        Some(region) => crate::world::REGIONS.contains(&region),
        None => true,
    }
}
