//! ECS: the servers as they are listed.

use serde_json::{Value, json};
use tidegate_meter::Time;

use super::ask::{Ask, stamp};
use super::refusal::Refusal;
use crate::world::{Lie, Server, State};

/// The network that every simulated server is in.
const VPC: &str = "aa000000-1111-4222-8333-444444444444";

/// `GET /v1/{project_id}/cloudservers/detail`: `offset` is a page number from 1.
pub(crate) fn list(state: &mut State, ask: &Ask<'_>) -> Result<Value, Refusal> {
    let limit = ask.number("limit", 25, 0, 1000)?.max(1);
    let page = ask.number("offset", 1, 0, 1_000_000)?.max(1);
    if let Some(ids) = ask.parameter("server_id") {
        return named(state, ask, ids);
    }
    let mut rows = Vec::new();
    for id in ids_of(state, ask)? {
        rows.extend(seen(state, ask, &id));
    }
    rows.retain(|row| wanted(row, ask));
    let count = rows.len();
    let servers = match ask.parameter("marker") {
        Some(marker) => {
            let id = |row: &Value| row["id"].as_str().unwrap_or("").to_owned();
            ask.after(state, rows, Some(marker), limit, id)
                .ok_or_else(|| ask.bad("marker is invalid"))?
                .0
        }
        None => ask.page(state, rows, (page - 1).saturating_mul(limit), limit),
    };
    Ok(json!({"count": count, "servers": servers}))
}

fn wanted(row: &Value, ask: &Ask<'_>) -> bool {
    let contains = |field: &Value, text: &str| field.as_str().is_some_and(|field| field.contains(text));
    ask.parameter("name")
        .is_none_or(|name| contains(&row["name"], name))
        && ask
            .parameter("status")
            .is_none_or(|status| row["status"] == status)
        && ask
            .parameter("ip_eq")
            .is_none_or(|ip| row["addresses"].to_string().contains(&format!("\"{ip}\"")))
        && ask
            .parameter("ip")
            .is_none_or(|ip| row["addresses"].to_string().contains(ip))
}

/// The servers asked for by id; one that does not exist comes back as an object where all but id and fault is null.
fn named(state: &mut State, ask: &Ask<'_>, ids: &str) -> Result<Value, Refusal> {
    let ids: Vec<&str> = ids.split(',').filter(|id| !id.is_empty()).collect();
    if ids.len() > 100 {
        return Err(ask.bad("server_id takes at most 100 ids"));
    }
    let known = ids_of(state, ask)?;
    let mut servers = Vec::new();
    for id in ids {
        let found = known
            .iter()
            .any(|known| known == id)
            .then(|| seen(state, ask, id))
            .flatten();
        servers.push(found.unwrap_or_else(|| gone(id)));
    }
    Ok(json!({"count": servers.len(), "servers": servers}))
}

fn gone(id: &str) -> Value {
    json!({
        "id": id, "fault": {"message": format!("Instance[{id}] could not be found."), "code": 404},
        "name": null, "status": null, "addresses": null, "flavor": null, "metadata": null, "tenant_id": null,
        "OS-EXT-STS:task_state": null, "OS-EXT-STS:vm_state": null, "OS-EXT-STS:power_state": null,
    })
}

/// `GET /v1/{project_id}/cloudservers/{server_id}`.
pub(crate) fn show(state: &mut State, ask: &Ask<'_>) -> Result<Value, Refusal> {
    let id = ask.names.first().copied().unwrap_or("");
    let known = ids_of(state, ask)?.iter().any(|known| known == id);
    known
        .then(|| seen(state, ask, id))
        .flatten()
        .map(|server| json!({"server": server}))
        .ok_or_else(|| not_found(id))
}

pub(crate) fn not_found(id: &str) -> Refusal {
    Refusal::nested(404, "Ecs.0114", format!("Instance[{id}] could not be found."))
}

/// The ids of the servers in the region of the path.
pub(crate) fn ids_of(state: &State, ask: &Ask<'_>) -> Result<Vec<String>, Refusal> {
    let region = ask.region();
    Ok(ask
        .of(state)?
        .servers
        .iter()
        .filter(|server| server.region == region)
        .map(|server| server.id.clone())
        .collect())
}

pub(crate) fn find<'s>(state: &'s State, ask: &Ask<'_>, id: &str) -> Option<&'s Server> {
    ask.of(state).ok()?.servers.iter().find(|server| server.id == id)
}

/// A server as this look sees it; `None` when a lie hides it.
fn seen(state: &mut State, ask: &Ask<'_>, id: &str) -> Option<Value> {
    let name = find(state, ask, id)?.name.clone();
    let spot = ask.about(id, &name);
    let hidden =
        state.faults.is(ask.now, spot, &Lie::ServerGone) || state.faults.is(ask.now, spot, &Lie::Missing);
    if hidden {
        return None;
    }
    let flapping = state.faults.is(ask.now, spot, &Lie::Flapping);
    let flipped = flapping && state.faults.flip();
    let server = find(state, ask, id)?;
    Some(detail(server, ask, server.runs(ask.now) != flipped))
}

fn detail(server: &Server, ask: &Ask<'_>, running: bool) -> Value {
    let task = server.busy(ask.now);
    let changed = server.power.iter().rev().find(|(at, _)| *at <= ask.now);
    let changed = changed
        .map_or(server.created, |(at, _)| *at)
        .max(task.map_or(server.created, |task| task.from));
    let task = task.map(|task| if task.up { "powering-on" } else { "powering-off" });
    let mut value = json!({
        "id": server.id, "name": server.name, "status": if running { "ACTIVE" } else { "SHUTOFF" },
        "tenant_id": ask.project_id(), "user_id": "05498fe56b8010d41f7fc01e280b6666",
        "created": stamp(server.created), "updated": stamp(changed),
        "hostId": "c7145889b2e3202cd295ceddb1742ff8941b827b586861fd0acedf64",
        "accessIPv4": "", "accessIPv6": "", "config_drive": "", "fault": null, "key_name": null, "progress": 0,
        "description": "", "host_status": "UP", "addresses": addresses(server),
        "flavor": {"id": "hf.small.1", "name": "hf.small.1", "disk": "0", "vcpus": "2", "ram": "2048"},
        "image": {"id": "cc000000-1111-4222-8333-444444444444"}, "metadata": metadata(server),
        "locked": server.locked, "tags": [], "enterprise_project_id": "0",
        "sys_tags": [{"key": "_sys_enterprise_project_id", "value": "0"}], "os:scheduler_hints": {},
        "security_groups": [{"id": "ee000000-1111-4222-8333-444444444444", "name": "default"}],
    });
    if let Some(members) = value.as_object_mut() {
        members.extend(extensions(server, running, task, ask.now));
    }
    value
}

fn extensions(
    server: &Server,
    running: bool,
    task: Option<&str>,
    now: Time,
) -> serde_json::Map<String, Value> {
    let launched = server
        .launched(now)
        .to_jiff()
        .strftime("%Y-%m-%dT%H:%M:%S.000000");
    let value = json!({
        "OS-EXT-STS:vm_state": if running { "active" } else { "stopped" },
        "OS-EXT-STS:task_state": task, "OS-EXT-STS:power_state": if running { 1 } else { 4 },
        "OS-EXT-AZ:availability_zone": format!("{}a", server.region),
        "OS-SRV-USG:launched_at": launched.to_string(),
        "os-extended-volumes:volumes_attached": [{
            "id": "dd000000-1111-4222-8333-444444444444", "delete_on_termination": "true",
            "bootIndex": "0", "device": "/dev/vda",
        }],
    });
    match value {
        Value::Object(members) => members,
        _ => serde_json::Map::new(),
    }
}

fn addresses(server: &Server) -> Value {
    let eip = &server.eip;
    let address = |addr: &str, kind: &str| {
        json!({
            "version": "4", "addr": addr, "OS-EXT-IPS:type": kind,
            "OS-EXT-IPS-MAC:mac_addr": "fa:16:3e:00:00:01", "OS-EXT-IPS:port_id": eip.port_id,
        })
    };
    let mut fixed = address(&eip.private, "fixed");
    if let Some(members) = fixed.as_object_mut() {
        members.insert("primary".to_owned(), Value::from(true));
    }
    json!({ VPC: [fixed, address(&eip.address, "floating")] })
}

fn metadata(server: &Server) -> Value {
    let mut members = json!({"charging_mode": "0", "vpc_id": VPC, "os_type": "Linux"});
    if let (Some(instance), Some(members)) = (&server.instance, members.as_object_mut()) {
        members.insert("charging_mode".to_owned(), Value::from("1"));
        members.insert("lockSource".to_owned(), Value::from("hcss"));
        members.insert("lockSourceId".to_owned(), Value::from(instance.as_str()));
    }
    members
}
