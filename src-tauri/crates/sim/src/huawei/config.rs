//! Config (RMS): which instance owns which server, address and package.

use serde_json::{Value, json};

use super::ask::{Ask, stamp};
use super::refusal::Refusal;
use crate::world::{Account, Cover, Lie, Server, State};

/// `GET …/all-resources` and `GET …/provider/{provider}/type/{type}/resources`, paged by marker.
pub(crate) fn resources(state: &mut State, ask: &Ask<'_>) -> Result<Value, Refusal> {
    let limit = ask
        .number("limit", 100, 1, 200)
        .map_err(|_| Refusal::service(400, "RMS.00010025", "limit must be within 1 and 200"))?;
    let kind = match ask.names.as_slice() {
        [provider, kind] => Some(format!("{provider}.{kind}")),
        _ => ask.parameter("type").map(str::to_owned),
    };
    if kind
        .as_ref()
        .is_some_and(|kind| !kind.contains('.') || kind.len() > 40)
    {
        return Err(Refusal::service(400, "RMS.00010002", "Resource type is invalid."));
    }
    let mut rows = rows(state, ask, kind.as_deref())?;
    rows.retain(|row| {
        ask.parameter("region_id")
            .is_none_or(|region| row["region_id"] == region)
            && ask.parameter("id").is_none_or(|id| row["id"] == id)
            && ask.parameter("name").is_none_or(|name| row["name"] == name)
    });
    let marker = ask.parameter("marker");
    let id = |row: &Value| format!("marker-{}", row["id"].as_str().unwrap_or(""));
    let (page, next) = ask
        .after(state, rows, marker, limit, id)
        .ok_or_else(|| Refusal::service(400, "RMS.00010034", "The marker is invalid."))?;
    Ok(json!({"page_info": {"current_count": page.len(), "next_marker": next}, "resources": page}))
}

fn rows(state: &mut State, ask: &Ask<'_>, kind: Option<&str>) -> Result<Vec<Value>, Refusal> {
    let wants = |name: &str| kind.is_none_or(|kind| kind == name);
    let names: Vec<(String, String)> = ask
        .of(state)?
        .servers
        .iter()
        .map(|server| (server.id.clone(), server.name.clone()))
        .collect();
    let mut rows = Vec::new();
    for (id, name) in names {
        let missing = state.faults.is(ask.now, ask.about(&id, &name), &Lie::Missing);
        let account = ask.of(state)?;
        let Some(server) = account.servers.iter().find(|server| server.id == id && !missing) else {
            continue;
        };
        if let Some(instance) = server.instance.as_deref().filter(|_| wants("hcss.l-instance")) {
            let properties = instance_properties(account, server, ask);
            rows.push(row(account, server, instance, ("hcss", "l-instance"), properties));
        }
        if wants("ecs.cloudservers") {
            let properties = json!({"status": if server.runs(ask.now) { "ACTIVE" } else { "SHUTOFF" }});
            rows.push(row(
                account,
                server,
                &server.id,
                ("ecs", "cloudservers"),
                properties,
            ));
        }
        if wants("vpc.publicips") {
            let properties = json!({"publicIpAddress": server.eip.address});
            rows.push(row(
                account,
                server,
                &server.eip.id,
                ("vpc", "publicips"),
                properties,
            ));
        }
    }
    Ok(rows)
}

/// The server, its packages in effect, and its address.
fn instance_properties(account: &Account, server: &Server, ask: &Ask<'_>) -> Value {
    let mut parts = vec![json!({
        "logical_resource_type": "huaweicloudinternal_ecs_instance", "physical_resource_id": server.id,
        "physical_resource_name": server.name, "resource_attributes": [],
    })];
    let mut order = "";
    for package in &account.packages {
        let own = matches!(&package.cover, Cover::Servers(ids) if ids.contains(&server.id));
        if own && package.active(ask.now) {
            order = &package.order_id;
            parts.push(json!({
                "logical_resource_type": "huaweicloudinternal_cbc_freeresource",
                "physical_resource_id": package.id, "physical_resource_name": "", "resource_attributes": [],
            }));
        }
    }
    parts.push(json!({
        "logical_resource_type": "huaweicloudinternal_eip", "physical_resource_id": server.eip.id,
        "physical_resource_name": "",
        "resource_attributes": [{"key": "public_ip_address", "value": server.eip.address}],
    }));
    json!({
        "metadata": {"charging_mode": "prePaid", "order_id": order, "resource_spec_code": "hf.small.1.linux"},
        "resources": parts,
    })
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the properties become part of the row"
)]
fn row(account: &Account, server: &Server, id: &str, kind: (&str, &str), properties: Value) -> Value {
    let project = account
        .projects
        .iter()
        .find(|project| project.name == server.region);
    json!({
        "id": id, "name": server.name, "provider": kind.0, "type": kind.1, "region_id": server.region,
        "project_id": project.map_or("", |project| project.id.as_str()), "project_name": server.region,
        "ep_id": "0", "ep_name": "default",
        "checksum": "4f1a2c0c6a3b8c9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f",
        "created": stamp(server.created), "updated": stamp(server.created), "provisioning_state": "Succeeded",
        "state": "Normal", "tags": {}, "properties": properties,
    })
}
