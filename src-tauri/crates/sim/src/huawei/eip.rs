//! EIP: addresses and bandwidths, in the three shapes of the API.

use serde_json::{Value, json};

use super::ask::{Ask, stamp};
use super::refusal::Refusal;
use crate::world::{Lie, Server, State};

/// `GET /v3/{project_id}/eip/publicips`, paged by marker, limit up to 2000.
pub(crate) fn publicips(state: &mut State, ask: &Ask<'_>) -> Result<Value, Refusal> {
    let limit = ask.number("limit", 1000, 1, 2000)?;
    let rows = rows(state, ask, publicip)?;
    let total = rows.len();
    let (page, next) = paged(state, ask, rows, limit)?;
    let mut info = json!({"current_count": page.len()});
    if let (Some(next), Some(info)) = (next, info.as_object_mut()) {
        info.insert("next_marker".to_owned(), Value::from(next));
    }
    Ok(json!({
        "request_id": super::ask::stamp_ms(ask.now), "total_count": total, "page_info": info, "publicips": page,
    }))
}

/// `GET /v1/{project_id}/publicips`.
pub(crate) fn publicips_v1(state: &mut State, ask: &Ask<'_>) -> Result<Value, Refusal> {
    let limit = ask.number("limit", 1000, 0, 2000)?;
    let rows = rows(state, ask, publicip_v1)?;
    Ok(json!({"publicips": paged(state, ask, rows, limit)?.0}))
}

/// `GET /v1/{project_id}/bandwidths`.
pub(crate) fn bandwidths(state: &mut State, ask: &Ask<'_>) -> Result<Value, Refusal> {
    let limit = ask.number("limit", 1000, 0, 2000)?;
    let rows = rows(state, ask, bandwidth)?;
    Ok(json!({"bandwidths": paged(state, ask, rows, limit)?.0}))
}

fn paged(
    state: &mut State,
    ask: &Ask<'_>,
    rows: Vec<Value>,
    limit: usize,
) -> Result<(Vec<Value>, Option<String>), Refusal> {
    let marker = ask.parameter("marker");
    ask.after(state, rows, marker, limit, |row| {
        row["id"].as_str().unwrap_or("").to_owned()
    })
    .ok_or_else(|| ask.bad("marker is invalid"))
}

fn rows(
    state: &mut State,
    ask: &Ask<'_>,
    make: fn(&Server, &Ask<'_>) -> Value,
) -> Result<Vec<Value>, Refusal> {
    let region = ask.region();
    let ids: Vec<(String, String)> = ask
        .of(state)?
        .servers
        .iter()
        .filter(|server| server.region == region)
        .map(|server| (server.id.clone(), server.name.clone()))
        .collect();
    let mut rows = Vec::new();
    for (id, name) in ids {
        let missing = state.faults.is(ask.now, ask.about(&id, &name), &Lie::Missing);
        let server = ask
            .of(state)?
            .servers
            .iter()
            .find(|server| server.id == id && !missing);
        rows.extend(server.map(|server| make(server, ask)));
    }
    Ok(rows)
}

fn publicip(server: &Server, ask: &Ask<'_>) -> Value {
    let eip = &server.eip;
    json!({
        "id": eip.id, "project_id": ask.project_id(), "ip_version": 4, "public_ip_address": eip.address,
        "status": "ACTIVE", "created_at": stamp(server.created), "updated_at": stamp(server.created),
        "type": "EIP", "publicip_pool_name": eip.line, "associate_instance_type": "PORT",
        "associate_instance_id": eip.port_id,
        "vnic": {"device_id": server.id, "private_ip_address": eip.private, "port_id": eip.port_id},
        "bandwidth": {
            "id": eip.bandwidth_id, "name": format!("bw-{}", server.name), "size": eip.size, "share_type": "PER",
            "charge_mode": eip.charge_mode, "billing_info": "",
        },
        "enterprise_project_id": "0", "billing_info": "",
    })
}

fn publicip_v1(server: &Server, ask: &Ask<'_>) -> Value {
    let eip = &server.eip;
    json!({
        "id": eip.id, "status": "ACTIVE", "type": eip.line, "public_ip_address": eip.address,
        "private_ip_address": eip.private, "port_id": eip.port_id, "tenant_id": ask.project_id(),
        "create_time": server.created.to_jiff().strftime("%Y-%m-%d %H:%M:%S").to_string(),
        "bandwidth_id": eip.bandwidth_id, "bandwidth_name": format!("bw-{}", server.name),
        "bandwidth_size": eip.size, "bandwidth_share_type": "PER", "enterprise_project_id": "0", "ip_version": 4,
    })
}

fn bandwidth(server: &Server, ask: &Ask<'_>) -> Value {
    let eip = &server.eip;
    json!({
        "id": eip.bandwidth_id, "name": format!("bw-{}", server.name), "size": eip.size, "share_type": "PER",
        "charge_mode": eip.charge_mode, "bandwidth_type": "bgp", "billing_info": "", "tenant_id": ask.project_id(),
        "status": "NORMAL", "enterprise_project_id": "0",
        "publicip_info": [{
            "publicip_id": eip.id, "publicip_address": eip.address, "publicip_type": eip.line, "ip_version": 4,
        }],
    })
}
