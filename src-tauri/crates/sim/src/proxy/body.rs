//! The bodies of the controller, by dialect. Written from the recorded ones, never by the client's own types.

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::state::{Carried, Held, Sort, State};
use super::{Dialect, Lie};

/// `/version`.
pub(super) fn version(dialect: Dialect) -> Value {
    match dialect {
        Dialect::Mihomo => json!({ "meta": true, "version": "v1.19.32" }),
        Dialect::SingBox => json!({ "meta": true, "premium": true, "version": "sing-box 1.14.4" }),
        Dialect::Clash => json!({ "version": "1.18.0" }),
        Dialect::ClashRs => json!({ "meta": false, "version": "0.10.8" }),
    }
}

/// `/proxies`: nodes of the kernel's own configuration and groups; nodes of subscriptions are not in it.
pub(super) fn proxies(state: &State) -> Value {
    let mut every = Map::new();
    for (name, kind) in &state.nodes {
        every.insert(name.clone(), node(name, kind, ""));
    }
    for (name, members) in &state.groups {
        let group = json!({
            "name": name, "type": "Selector", "all": members, "now": members.first(), "history": [], "udp": true,
        });
        every.insert(name.clone(), group);
    }
    json!({ "proxies": every })
}

fn node(name: &str, kind: &str, feed: &str) -> Value {
    json!({ "name": name, "type": kind, "alive": true, "history": [], "udp": true, "provider-name": feed })
}

/// `/providers/proxies`; sing-box and clash-rs know none.
pub(super) fn providers(dialect: Dialect, state: &State) -> Value {
    let mut every = Map::new();
    if matches!(dialect, Dialect::Mihomo | Dialect::Clash) {
        for feed in state.feeds.values() {
            let nodes: Vec<Value> = feed
                .nodes
                .iter()
                .map(|(name, kind)| node(name, kind, &feed.name))
                .collect();
            let mut told = json!({
                "name": feed.name, "type": "Proxy", "vehicleType": "HTTP", "proxies": nodes,
                "updatedAt": feed.updated_at,
            });
            if let (Some(info), Some(fields), Dialect::Mihomo) = (&feed.info, told.as_object_mut(), dialect) {
                fields.insert("subscriptionInfo".to_owned(), json!(info));
            }
            every.insert(feed.name.clone(), told);
        }
        let own: Vec<Value> = state
            .nodes
            .iter()
            .map(|(name, kind)| node(name, kind, ""))
            .collect();
        let own = json!({
            "name": "default", "type": "Proxy", "vehicleType": "Compatible", "proxies": own,
            "updatedAt": "0001-01-01T00:00:00Z",
        });
        every.insert("default".to_owned(), own);
    }
    json!({ "providers": every })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Snapshot<'a> {
    download_total: u64,
    upload_total: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    connections: Option<Option<Vec<Connection<'a>>>>,
    memory: u64,
    #[serde(skip_serializing_if = "str::is_empty")]
    padding: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Connection<'a> {
    id: &'a str,
    metadata: Metadata<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upload: Option<Counter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    download: Option<Counter>,
    start: &'a str,
    chains: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_chains: Option<&'a [String]>,
    rule: &'a str,
    rule_payload: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata<'a> {
    network: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(rename = "sourceIP")]
    source_ip: &'a str,
    #[serde(rename = "destinationIP")]
    destination_ip: &'a str,
    source_port: String,
    destination_port: &'a str,
    host: &'a str,
    dns_mode: &'a str,
    process_path: &'a str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Counter {
    Plain(u64),
    Object {
        current: u64,
        max: u64,
        total: u64,
        last: u64,
    },
}

/// `/connections`.
pub(super) fn connections(dialect: Dialect, state: &State) -> Bytes {
    let padding = if state.lies(Lie::Huge) {
        "x".repeat(20_000_000)
    } else {
        String::new()
    };
    let Carried { up, down } = state.totals;
    let snapshot = Snapshot {
        download_total: down,
        upload_total: up,
        connections: list(dialect, state),
        memory: 0,
        padding: &padding,
    };
    let mut body = serde_json::to_vec(&snapshot).unwrap_or_default();
    body.push(b'\n');
    if state.lies(Lie::CutOff) {
        body.truncate(body.len() / 2);
    }
    Bytes::from(body)
}

fn list(dialect: Dialect, state: &State) -> Option<Option<Vec<Connection<'_>>>> {
    if state.lies(Lie::NoList) {
        return None;
    }
    let idle = dialect == Dialect::Mihomo && state.connections.is_empty();
    if idle || state.lies(Lie::NullList) {
        return Some(None);
    }
    let mut rows: Vec<Connection<'_>> = state
        .connections
        .values()
        .map(|held| row(dialect, state, held))
        .collect();
    if let (Some(first), true) = (rows.first_mut(), state.lies(Lie::NoCounters)) {
        (first.upload, first.download) = (None, None);
    }
    Some(Some(rows))
}

fn row<'a>(dialect: Dialect, state: &State, held: &'a Held) -> Connection<'a> {
    let counter = |count: u64| match state.lies(Lie::CounterObjects) {
        true => Counter::Object {
            current: 0,
            max: 0,
            total: count,
            last: 0,
        },
        false => Counter::Plain(count),
    };
    Connection {
        id: &held.id,
        metadata: metadata(dialect, held),
        upload: Some(counter(held.told.up)),
        download: Some(counter(held.told.down)),
        start: &held.start,
        chains: &held.chain,
        provider_chains: (dialect == Dialect::Mihomo).then_some(held.feeds.as_slice()),
        rule: if held.sort == Sort::Hop { "" } else { "Match" },
        rule_payload: "",
    }
}

fn metadata(dialect: Dialect, held: &Held) -> Metadata<'_> {
    let kind = match (held.sort, dialect) {
        (Sort::Own | Sort::Hop, _) => "Inner",
        (Sort::Plain, Dialect::SingBox) => "mixed/mixed-in",
        (Sort::Plain, _) => "HTTPS",
    };
    Metadata {
        network: "tcp",
        kind,
        source_ip: "127.0.0.1",
        destination_ip: "",
        source_port: held.port.to_string(),
        destination_port: "443",
        host: "fake.test",
        dns_mode: "normal",
        process_path: "/usr/bin/curl",
    }
}
