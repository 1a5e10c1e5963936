//! Volcengine as it answers: one gateway for IAM, projects, STS, billing, Ark and ECS. Owns the simulated main accounts
//! with their sub-accounts, what those spend and by which path, the bill that tells of it late, and the lies of both.
//! Never asks a client how it understood an answer: what is true is asked of [`Cloud`].
//!
//! ```
//! use std::sync::Arc;
//! use tidegate_sim::volcengine::{By, Deed, MainAccount, Path, Spend};
//! use tidegate_sim::{Fault, Lie, SimTransport, World, days, time::VirtualTimer};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), tidegate_sim::SimError> {
//! let plan = MainAccount::new("main")
//!     .project("team-a")
//!     .user("bob") // one active key, ArkFullAccess
//!     .login()
//!     .spend(Spend::new("team-a", "24.5").since(days(40))) // a day, by his key
//!     .endpoint("team-a")
//!     .spend(Spend::new("team-a", "3.25").by(By::Endpoint));
//! let timer = VirtualTimer::new("2026-11-20T04:00:00Z".parse().unwrap());
//! let world = World::new(1).volcengine(plan)?.build(timer.outside());
//! let transport = SimTransport::new(world.clone(), Arc::new(timer.clone())); // for the client
//! let cloud = world.volcengine("main")?;
//! let own = cloud.key(); // what the client signs with
//!
//! world.fault(Fault::new(Lie::Ignored).on("iam.UpdateAccessKey").times(1));
//! cloud.meanwhile("iam.ListAccessKeys", 1, Deed::CreateKey { user: "bob".into() });
//! tokio::time::advance(days(1)).await; // time is the runtime's, so client and world stay in step
//! assert!(cloud.paths("bob")?.contains(&Path::Console));
//! assert!(cloud.can_spend("bob")?);
//! # Ok(())
//! # }
//! ```
//!
//! What the real service does not document is decided here for the harder case: a write shows only after
//! [`MainAccount::settling`], an omitted switch of a login profile falls back to its default, a second attachment is a
//! conflict, and stopping what does not run is refused. Tested in `tests/volcengine`, and by the official clients in
//! `tests/tests/volcengine_sdk.rs` of the workspace.

mod account;
mod ark;
mod ask;
mod bill;
mod cloud;
mod deed;
mod ecs;
mod estate;
mod gate;
mod iam;
mod lie;
mod make;
mod plan;
mod policy;
mod refusal;
mod route;
mod spend;

use tidegate_meter::Time;

use crate::world::{LoggedRequest, State};
use crate::{Answer, Call, Served};
pub(crate) use account::Accounts;
use ask::Ask;
pub(crate) use bill::balance_result;
pub use cloud::{Cloud, KeyTruth, UserTruth};
pub use deed::{Deed, Meanwhile};
pub use estate::Path;
use gate::Entered;
use lie::Lies;
pub use plan::{By, MainAccount, Spend};
use refusal::Refusal;
pub(crate) use refusal::number as error_number;
pub use route::operations;
use route::{Action, Head, Told};

/// Whether one of the main accounts answers this request, rather than the balances: its key decides, or that it is
/// signed as Volcengine wants and belongs to nobody else, or, without a signature, that it asks for a version of ours.
pub(crate) fn takes(state: &State, call: &Call) -> bool {
    if state.volcengine.is_empty() || call.path != "/" {
        return false;
    }
    match gate::named(call) {
        Some(ak) => state.volcengine.by_key(&ak).is_some() || !state.purses.knows("volcengine", &ak),
        None => call
            .parameter("Version")
            .is_some_and(|version| route::is_version(&version)),
    }
}

/// Answers one request that [`takes`] took.
pub(crate) fn receive(state: &mut State, call: &Call, now: Time) -> Served {
    let ask = ask::Params::of(call);
    let head = Head::of(call, &crate::world::new_request_id(&mut state.rng));
    let route = route::find(&head);
    let named = gate::named(call);
    let at = named.as_deref().and_then(|ak| state.volcengine.by_key(ak));
    let name = at
        .and_then(|at| state.volcengine.get(at))
        .map(|of| of.name.clone());
    let lies = Lies::of(
        state,
        &head,
        (name.as_deref(), named.as_deref()),
        &ask.subject(),
        now,
    );
    let outcome = match lies.instead() {
        Some(refusal) => Err(refusal),
        None if lies.idle() => Ok(Told::Nothing),
        None => work(state, call, (ask, route, at), (&head, &lies), now),
    };
    let instances = route::instances(&head, call);
    let code = outcome.as_ref().err().map(|refusal| refusal.code.clone());
    let answer = lies.told(&head, &outcome);
    state.log.push(LoggedRequest {
        at: now,
        method: call.method.clone(),
        path: call.path.clone(),
        query: call.query.clone(),
        operation: head.operation(),
        account: name,
        key: named,
        servers: instances,
        unseen: false,
        forced: false,
        status: answer.status,
        code,
    });
    let arrived = at.filter(|_| !lies.idle());
    if let Some(account) = arrived.and_then(|at| state.volcengine.get_mut(at)) {
        account.passed(&head.operation(), now);
    }
    served(state, answer, &lies, now)
}

fn served(state: &State, answer: Answer, lies: &Lies, now: Time) -> Served {
    let answer = answer.with("date", crate::huawei::http_date(lies.gateway(now)));
    Served {
        answer,
        ending: lies.ending(),
        latency: state.latency.saturating_add(lies.slow()),
    }
}

/// The gateway, then the service.
fn work(
    state: &mut State,
    call: &Call,
    (params, route, at): (ask::Params, Option<&'static Action>, Option<usize>),
    (head, lies): (&Head, &Lies),
    now: Time,
) -> Result<Told, Refusal> {
    let gateway = lies.gateway(now);
    let account = at.and_then(|at| state.volcengine.get_mut(at));
    let Entered {
        account,
        caller,
        action,
    } = gate::enter(account, call, (head, route), lies, gateway)?;
    gate::admit(account, &caller, action, &params, now)?;
    let kept = lies.ignored().then(|| account.keep());
    let told = (action.answer)(&mut Ask {
        account: &mut *account,
        caller,
        params,
        region: head.region.clone(),
        lies,
        now,
    });
    match kept {
        Some(kept) => account.restore(kept),
        None => account.settle(now),
    }
    told
}
