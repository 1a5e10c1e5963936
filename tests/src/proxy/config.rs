//! What the kernels of the laboratory are told to be: four nodes, groups over them, and rules by the end of a name. Owns
//! the configurations; the names in them are those of real airports in kind: emoji, brackets, a slash.

use anyhow::Context;
use serde_json::{Value, json};

use super::Core;

/// The node past every proxy, as each kernel calls it.
pub(super) const fn direct(core: Core) -> &'static str {
    match core {
        Core::Mihomo => "DIRECT",
        Core::SingBox => "direct",
    }
}

/// Hong Kong, by shadowsocks.
pub(super) const HK: &str = "🇭🇰 香港 01";
/// Japan, by SOCKS5.
pub(super) const JP: &str = "🇯🇵 日本 02 [1.5x]";
/// The United States, by an HTTP proxy.
pub(super) const US: &str = "🇺🇸 US/03 x0.2";

/// Japan dialled through Hong Kong: the hop is a connection of its own, beside the totals.
pub(super) const HOP: &str = "via-hop";
/// The group that is switched while connections through it are open.
pub(super) const SWITCHED: &str = "切换";
/// Where everything is refused.
pub(super) const REJECT: &str = "REJECT";

/// Names that only the edge workload asks for, each with what its rule names and the node that its bytes go through: a
/// group that is switched keeps the connections that are open on their node.
pub(super) const EDGES: [(&str, &str, &str); 4] = [
    ("hop.test", HOP, HOP),
    ("before.switch.test", SWITCHED, HK),
    ("after.switch.test", SWITCHED, JP),
    ("ad.test", "广告拦截", REJECT),
];

/// The secret of the controllers.
pub(super) const SECRET: &str = "FAKE-lab-secret";
/// The password of the shadowsocks node.
const PASSWORD: &str = "FAKE-lab-password";

/// How a name leads out: its end, and the group or node that the rule names.
pub(super) struct Route {
    /// The name of a host for this route.
    pub(super) host: &'static str,
    /// What the rule names; `None` for the last rule.
    pub(super) rule: Option<&'static str>,
}

/// Every route: two past the proxies, four through them.
pub(super) const ROUTES: [Route; 6] = [
    Route {
        host: "direct.test",
        rule: Some("DIRECT"),
    },
    Route {
        host: "cn.test",
        rule: Some("国内直连"),
    },
    Route {
        host: "hk.test",
        rule: Some(HK),
    },
    Route {
        host: "jp.test",
        rule: Some(JP),
    },
    Route {
        host: "dl.test",
        rule: Some("下载"),
    },
    Route {
        host: "other.test",
        rule: None,
    },
];

/// The node that a host is led through.
pub(super) fn node_of(core: Core, host: &str) -> Option<&'static str> {
    let node = match host {
        "direct.test" | "cn.test" => direct(core),
        "hk.test" | "other.test" => HK,
        "jp.test" => JP,
        "dl.test" => US,
        edge => EDGES.iter().find(|(host, ..)| *host == edge)?.2,
    };
    Some(node)
}

/// The ports of one laboratory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ports {
    pub(super) mixed: u16,
    pub(super) controller: u16,
    pub(super) shadowsocks: u16,
    pub(super) socks: u16,
    pub(super) http: u16,
}

/// The far end of the proxies.
pub(super) fn far_end(ports: Ports) -> Value {
    json!({
        "mode": "rule", "log-level": "warning", "ipv6": false, "geo-auto-update": false, "dns": {"enable": false},
        "hosts": {"+.test": "127.0.0.1"},
        "listeners": [
            {"name": "ss", "type": "shadowsocks", "listen": "127.0.0.1", "port": ports.shadowsocks,
             "cipher": "aes-128-gcm", "password": PASSWORD, "udp": true},
            {"name": "socks", "type": "socks", "listen": "127.0.0.1", "port": ports.socks, "udp": true},
            {"name": "http", "type": "http", "listen": "127.0.0.1", "port": ports.http},
        ],
        "rules": ["MATCH,DIRECT"],
    })
}

/// The device under test.
pub(super) fn device(core: Core, ports: Ports) -> Value {
    match core {
        Core::Mihomo => mihomo(ports),
        Core::SingBox => sing_box(ports),
    }
}

/// The name of the file that holds it.
pub(super) const fn file(core: Core) -> &'static str {
    match core {
        Core::Mihomo => "config.yaml",
        Core::SingBox => "config.json",
    }
}

fn mihomo(ports: Ports) -> Value {
    let rule = |route: &Route| match route.rule {
        Some(target) => format!("DOMAIN-SUFFIX,{},{target}", route.host),
        None => "MATCH,节点选择".to_owned(),
    };
    let edges = EDGES
        .iter()
        .map(|(host, rule, _)| format!("DOMAIN-SUFFIX,{host},{rule}"));
    let rules: Vec<String> = edges.chain(ROUTES.iter().map(rule)).collect();
    json!({
        "mixed-port": ports.mixed, "bind-address": "127.0.0.1", "mode": "rule", "log-level": "warning", "ipv6": false,
        "external-controller": format!("127.0.0.1:{}", ports.controller), "secret": SECRET,
        "profile": {"store-selected": false, "store-fake-ip": false}, "geo-auto-update": false,
        "hosts": {"+.test": "127.0.0.1"}, "dns": {"enable": false},
        "proxies": [
            {"name": HK, "type": "ss", "server": "127.0.0.1", "port": ports.shadowsocks, "cipher": "aes-128-gcm",
             "password": PASSWORD, "udp": true},
            {"name": JP, "type": "socks5", "server": "127.0.0.1", "port": ports.socks, "udp": true},
            {"name": US, "type": "http", "server": "127.0.0.1", "port": ports.http},
            {"name": HOP, "type": "ss", "server": "127.0.0.1", "port": ports.shadowsocks, "cipher": "aes-128-gcm",
             "password": PASSWORD, "dialer-proxy": JP},
        ],
        "proxy-groups": [
            {"name": "节点选择", "type": "select", "proxies": ["自动选择", HK, "DIRECT"]},
            {"name": "自动选择", "type": "select", "proxies": [HK, JP]},
            {"name": "国内直连", "type": "select", "proxies": ["DIRECT", "节点选择"]},
            {"name": "下载", "type": "select", "proxies": [US, HK]},
            {"name": SWITCHED, "type": "select", "proxies": [HK, JP]},
            {"name": "广告拦截", "type": "select", "proxies": [REJECT, "DIRECT"]},
        ],
        "rules": rules,
    })
}

fn sing_box(ports: Ports) -> Value {
    let names = ROUTES
        .iter()
        .map(|route| (route.host.to_owned(), json!("127.0.0.1")));
    let names: serde_json::Map<String, Value> = names.collect();
    let target = |rule: &str| {
        if rule == "DIRECT" {
            "direct".to_owned()
        } else {
            rule.to_owned()
        }
    };
    let rules = ROUTES.iter().filter_map(|route| {
        route
            .rule
            .map(|rule| json!({"domain_suffix": [route.host], "outbound": target(rule)}))
    });
    json!({
        "log": {"level": "info"},
        "dns": {"servers": [{"type": "hosts", "tag": "names", "predefined": names}]},
        "inbounds": [{"type": "mixed", "tag": "mixed-in", "listen": "127.0.0.1", "listen_port": ports.mixed}],
        "outbounds": [
            {"type": "direct", "tag": "direct"},
            {"type": "shadowsocks", "tag": HK, "server": "127.0.0.1", "server_port": ports.shadowsocks,
             "method": "aes-128-gcm", "password": PASSWORD},
            {"type": "socks", "tag": JP, "server": "127.0.0.1", "server_port": ports.socks},
            {"type": "http", "tag": US, "server": "127.0.0.1", "server_port": ports.http},
            {"type": "selector", "tag": "节点选择", "outbounds": ["自动选择", HK, "direct"]},
            {"type": "selector", "tag": "自动选择", "outbounds": [HK, JP]},
            {"type": "selector", "tag": "国内直连", "outbounds": ["direct", "节点选择"]},
            {"type": "selector", "tag": "下载", "outbounds": [US, HK]},
        ],
        "route": {"rules": rules.collect::<Vec<_>>(), "final": "节点选择", "default_domain_resolver": "names"},
        "experimental": {"clash_api": {
            "external_controller": format!("127.0.0.1:{}", ports.controller), "secret": SECRET, "default_mode": "Rule",
        }},
    })
}

/// Ports that nobody uses now, below those that the system hands out by itself.
pub(super) fn free_ports() -> anyhow::Result<Ports> {
    let mut found = Vec::new();
    for _ in 0..400 {
        let port = fastrand::u16(20_000..32_000);
        if !found.contains(&port) && std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            found.push(port);
        }
        if let [mixed, controller, shadowsocks, socks, http] = *found.as_slice() {
            return Ok(Ports {
                mixed,
                controller,
                shadowsocks,
                socks,
                http,
            });
        }
    }
    None.context("five free ports")
}
