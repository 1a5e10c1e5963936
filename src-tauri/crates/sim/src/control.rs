//! The control routes of a served world, below `/_sim/`: what a test in another process may see and do.
//!
//! | route | does |
//! |---|---|
//! | `GET state` | time, accounts, keys, servers, packages, lies |
//! | `GET requests` · `GET feishu` | what arrived at the cloud · what the sink took |
//! | `GET channels/{platform}` | what another platform's sink took |
//! | `POST faults` with a fault | switches a lie on, gives its `id` |
//! | `DELETE faults` · `DELETE faults/{id}` | switches all or one off |
//! | `POST advance` `{seconds}` | the world goes on alone |
//! | `POST servers/{id}/start` · `…/stop` | somebody does it by hand |
//! | `POST traffic` `{server, curve}` or `{server, mbit}` | changes what a server sends |
//! | `POST packages/{id}/top_up` `{bytes}` · `…/correct` `{bytes}` · `…/renew` `{overlap_s}` | happens to a package |
//! | `POST accounts/{name}/rotate` | replaces the first key, gives the new one |
//! | `POST balances/{name}` `{left, spent, cap, currency}` | sets an account's money; what is left out stays |
//! | `GET volcengine/{name}` | a main account, and the ways of spending that are open to each sub-account |
//! | `POST volcengine/{name}` with a deed | somebody else does it at once |
//! | `POST volcengine/{name}/meanwhile` with a deed, `after` and `calls` | … when the client has called so often |
//! | `POST latency` `{ms}` | every answer takes so long |

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::balances::Money;
use crate::volcengine::{Deed, Meanwhile};
use crate::world::{Curve, Fault, World, mbit, seconds};
use crate::{Answer, Call, Ending, Served, SimError};

/// Answers one control request.
pub(crate) fn answer(world: &World, call: &Call, rest: &str) -> Served {
    let body: Value = serde_json::from_slice(&call.body).unwrap_or(Value::Null);
    let segments: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
    let done = match call.method.as_str() {
        "GET" => look(world, &segments),
        "POST" => change(world, &segments, &body),
        "DELETE" => heal(world, &segments),
        _ => None,
    };
    let answer = match done {
        Some(Ok(value)) => Answer::json(200, &value),
        Some(Err(error)) => Answer::json(400, &json!({"error": error.to_string()})),
        None => Answer::json(404, &json!({"error": "no such control route"})),
    };
    Served {
        answer,
        ending: Ending::Whole,
        latency: Duration::ZERO,
    }
}

type Done = Option<Result<Value, SimError>>;

fn look(world: &World, segments: &[&str]) -> Done {
    Some(Ok(match segments {
        ["state"] => {
            let mut state = world.details();
            if let Some(members) = state.as_object_mut() {
                members.insert("faults".to_owned(), faults(world));
            }
            state
        }
        ["requests"] => json!({"requests": world.requests(), "stops": world.stops()}),
        ["feishu"] => json!({"messages": world.feishu()}),
        ["volcengine", name] => return Some(cloud(world, name)),
        ["channels", platform] => json!({"messages": world.taken(platform)}),
        ["faults"] => faults(world),
        _ => return None,
    }))
}

fn faults(world: &World) -> Value {
    let faults = world.faults();
    let rows: Vec<Value> = faults
        .iter()
        .map(|(id, fault)| json!({"id": id, "fault": fault}))
        .collect();
    Value::from(rows)
}

fn heal(world: &World, segments: &[&str]) -> Done {
    match segments {
        ["faults"] => world.heal_all(),
        ["faults", id] => world.heal(id.parse().ok()?),
        _ => return None,
    }
    Some(Ok(json!({})))
}

fn change(world: &World, segments: &[&str], body: &Value) -> Done {
    let number = |name: &str| body.get(name).and_then(Value::as_i64).unwrap_or(0);
    let positive = |name: &str| u64::try_from(number(name)).unwrap_or(0);
    let nothing = |()| json!({});
    Some(match segments {
        ["faults"] => read::<Fault>(body).map(|fault| json!({"id": world.fault(fault)})),
        ["advance"] => {
            world.advance(seconds(positive("seconds")));
            Ok(json!({"now": world.now()}))
        }
        ["servers", id, "start"] => world.start_by_hand(id).map(nothing),
        ["servers", id, "stop"] => world.stop_by_hand(id).map(nothing),
        ["traffic"] => traffic(world, body, positive("mbit")).map(nothing),
        ["packages", id, "top_up"] => world.top_up(id, number("bytes")).map(nothing),
        ["packages", id, "correct"] => world.correct(id, number("bytes")).map(nothing),
        ["packages", id, "renew"] => world
            .renew(id, seconds(positive("overlap_s")))
            .map(|id| json!({"id": id})),
        ["accounts", name, "rotate"] => world.rotate_key(name).map(|key| json!(key)),
        ["balances", name] => read::<Money>(body)
            .and_then(|money| world.set_money(name, &money))
            .map(nothing),
        ["volcengine", name] => read::<Deed>(body).and_then(|deed| {
            world.volcengine(name)?.happen(&deed)?;
            Ok(json!({}))
        }),
        ["volcengine", name, "meanwhile"] => read::<Meanwhile>(body).and_then(|told| {
            world
                .volcengine(name)?
                .meanwhile(&told.after, told.calls, told.deed);
            Ok(json!({}))
        }),
        ["latency"] => {
            world.set_latency(Duration::from_millis(positive("ms")));
            Ok(json!({}))
        }
        _ => return None,
    })
}

fn read<T: DeserializeOwned>(body: &Value) -> Result<T, SimError> {
    serde_json::from_value(body.clone()).map_err(|error| SimError::Scenario(error.to_string()))
}

/// A main account with what is open in it.
fn cloud(world: &World, name: &str) -> Result<Value, SimError> {
    let cloud = world.volcengine(name)?;
    let mut paths = Map::new();
    for user in cloud.users()? {
        let open = json!(cloud.paths(&user)?);
        paths.insert(user, open);
    }
    Ok(json!({"account": cloud.details()?, "paths": paths}))
}

fn traffic(world: &World, body: &Value, rate: u64) -> Result<(), SimError> {
    let server = body.get("server").and_then(Value::as_str).unwrap_or("");
    let curve = match body.get("curve") {
        Some(curve) => read(curve)?,
        None => Curve::Steady(mbit(rate)),
    };
    world.set_traffic(server, curve)
}
