//! ECS: servers, which are stopped and started several at once, each with an answer of its own inside a 200. The codes
//! of those answers are placeholders: no source quotes them.

use serde_json::{Value, json};

use super::ask::Ask;
use super::estate::Running;
use super::refusal::Refusal;
use super::route::{Action, Told};

const VERSION: &str = "2020-04-01";

pub(crate) const ACTIONS: &[Action] = &[
    Action::new("ecs", VERSION, "DescribeInstances", describe),
    Action::new("ecs", VERSION, "StopInstances", stop),
    Action::new("ecs", VERSION, "StartInstances", start),
];

/// The one region that the simulated servers are in.
const REGION: &str = "cn-beijing";
/// Most servers of one call.
const MOST: usize = 100;

const fn status(server: &Running) -> &'static str {
    if server.on { "RUNNING" } else { "STOPPED" }
}

fn instance(server: &Running) -> Value {
    let mode = match (server.on, server.free_when_off) {
        (true, _) => "",
        (false, true) => "StopCharging",
        (false, false) => "KeepCharging",
    };
    json!({
        "InstanceId": server.id, "InstanceName": server.id, "Status": status(server), "StoppedMode": mode,
        "InstanceChargeType": "PostPaid", "ProjectName": server.project, "ZoneId": "cn-beijing-a",
        "InstanceTypeId": "ecs.g3i.large", "SpotStrategy": "NoSpot", "DeletionProtection": false,
        "EipAddress": {"AllocationId": "", "IpAddress": ""}, "NetworkInterfaces": [], "Cpus": 2, "MemorySize": 8192,
        "Tags": [{"Key": "sys:createdBy", "Value": format!("IAMUser/{}/{}", server.owner, server.owner_name)}],
        "CreatedAt": super::iam::date(server.created), "UpdatedAt": super::iam::date(server.updated),
    })
}

fn describe(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let (ids, project) = (ask.params.list("InstanceIds")?, ask.params.text("ProjectName")?);
    let wanted = ask.params.text("Status")?;
    let limit = ask.params.int("MaxResults")?.unwrap_or(10);
    let limit = usize::try_from(limit)
        .ok()
        .filter(|limit| (1..=MOST).contains(limit));
    let limit =
        limit.ok_or_else(|| Refusal::new("InvalidParameter.MaxResults", "MaxResults from 1 to 100."))?;
    let token = ask.params.text("NextToken")?.filter(|token| !token.is_empty());
    let from = token.map_or(Ok(0), |token| token.trim_start_matches("page-").parse::<usize>());
    let from = from.map_err(|_| Refusal::new("InvalidNextToken", "The token is not ours."))?;
    let here = ask.region == REGION;
    let meant = |of: &&Running| {
        here && (ids.is_empty() || ids.contains(&of.id))
            && project.as_ref().is_none_or(|project| of.project == *project)
            && wanted.as_deref().is_none_or(|wanted| status(of) == wanted)
    };
    let all: Vec<Value> = ask.seen().instances.iter().filter(meant).map(instance).collect();
    let to = from.saturating_add(limit);
    let next = if to < all.len() {
        format!("page-{to}")
    } else {
        String::new()
    };
    let (rows, total) = ask.lies.page(all, from, limit);
    Ok(Told::Result(
        json!({"Instances": rows, "NextToken": next, "TotalCount": total}),
    ))
}

fn stop(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    let mode = ask.params.text("StoppedMode")?;
    let known = matches!(mode.as_deref(), None | Some("" | "KeepCharging" | "StopCharging"));
    if !known {
        return Err(Refusal::new(
            "InvalidParameter.StoppedMode",
            "KeepCharging or StopCharging.",
        ));
    }
    let free = mode.as_deref() == Some("StopCharging");
    switch(ask, &|server| (server.on, server.free_when_off) = (false, free))
}

fn start(ask: &mut Ask<'_>) -> Result<Told, Refusal> {
    switch(ask, &|server| (server.on, server.free_when_off) = (true, false))
}

fn switch(ask: &mut Ask<'_>, change: &dyn Fn(&mut Running)) -> Result<Told, Refusal> {
    let ids = ask.params.list("InstanceIds")?;
    if ids.is_empty() || ids.len() > MOST {
        return Err(Refusal::new(
            "InvalidParameter.InstanceIds",
            "From 1 to 100 servers.",
        ));
    }
    let token = ask.params.text("ClientToken")?.unwrap_or_default();
    if let Some(done) = ask.account.tokens.get(&token) {
        return Ok(Told::Result(done.clone()));
    }
    let (here, now) = (ask.region == REGION, ask.now);
    let estate = ask.change();
    let details = ids.iter().map(|id| {
        let error = match estate.instances.iter_mut().find(|of| here && of.id == *id) {
            None => json!({"Code": "InvalidInstance.NotFound", "Message": "The specified instance does not exist."}),
            Some(server) => {
                let was = server.on;
                change(server);
                server.updated = now;
                match server.on == was {
                    true => json!({"Code": "InvalidInstance.InvalidInstanceStatus", "Message": "It is so already."}),
                    false => Value::Null,
                }
            }
        };
        json!({"InstanceId": id, "Error": error})
    });
    let told = json!({"OperationDetails": details.collect::<Vec<_>>()});
    if !token.is_empty() {
        ask.account.tokens.insert(token, told.clone());
    }
    Ok(Told::Result(told))
}
