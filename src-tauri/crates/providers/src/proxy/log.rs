//! One line of a kernel's log: a connection that was opened, by its port, with the node that was dialled.
//!
//! Owns the forms of Mihomo (and Clash) and of sing-box. A line is browsing history: of what it holds only transport,
//! port, node and group leave this file; names of hosts are dropped where they stand. Tested below.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::nodes::Names;
use super::{Network, Opened, limits};

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    payload: std::borrow::Cow<'a, str>,
}

/// Reads lines; holds the half that sing-box tells in a line of its own.
#[derive(Default)]
pub(super) struct LogReader {
    half: BTreeMap<u64, (Network, u16)>,
}

impl LogReader {
    /// What a line of the stream says was opened.
    pub(super) fn read(&mut self, line: &[u8], names: &Names) -> Option<Opened> {
        let line: Line<'_> = serde_json::from_slice(line).ok()?;
        match self.sing_box(&line.payload) {
            Heard::Nothing => mihomo(&line.payload, names),
            Heard::Half => None,
            Heard::Whole(opened) => Some(opened),
        }
    }

    /// `[3707677487 0ms] inbound/mixed[in]: inbound connection from 127.0.0.1:47238`, and later with the same number
    /// `outbound/shadowsocks[node]: outbound connection to …`. The first way out is the node that was chosen; a further
    /// one is a hop on the way to it.
    fn sing_box(&mut self, payload: &str) -> Heard {
        let Some((number, rest)) = numbered(payload) else {
            return Heard::Nothing;
        };
        if let Some((network, port)) = inbound(rest) {
            if self.half.len() >= limits::HALF_OPENED {
                self.half.pop_first();
            }
            self.half.insert(number, (network, port));
            return Heard::Half;
        }
        let opened = outbound(rest).and_then(|node| {
            let (network, source_port) = self.half.remove(&number)?;
            Some(Opened {
                network,
                source_port,
                node: Some(node.to_owned()),
                group: node.to_owned(),
            })
        });
        opened.map_or(Heard::Half, Heard::Whole)
    }
}

/// What a line says in the manner of sing-box.
enum Heard {
    /// It is not in that manner.
    Nothing,
    /// It says no more than a part, or something else.
    Half,
    /// With an earlier line it says all.
    Whole(Opened),
}

/// The number in `[3707677487 0ms] …`, and what follows it.
fn numbered(payload: &str) -> Option<(u64, &str)> {
    let (head, rest) = payload.strip_prefix('[')?.split_once("] ")?;
    let (number, took) = head.split_once(' ')?;
    took.ends_with('s').then_some((number.parse().ok()?, rest))
}

fn inbound(rest: &str) -> Option<(Network, u16)> {
    let said = rest.strip_prefix("inbound/")?;
    let (network, from) = match said.split_once("]: inbound connection from ") {
        Some((_, from)) => (Network::Tcp, from),
        None => (
            Network::Udp,
            said.split_once("]: inbound packet connection from ")?.1,
        ),
    };
    Some((network, port(from)?))
}

fn outbound(rest: &str) -> Option<&str> {
    let said = rest.strip_prefix("outbound/")?;
    let (_, named) = said.split_once('[')?;
    let ends = ["]: outbound connection to ", "]: outbound packet connection"];
    ends.iter()
        .find_map(|end| named.rsplit_once(end))
        .map(|(node, _)| node)
}

/// `[TCP] 127.0.0.1:59760(curl) --> host:443 match DomainSuffix(x) using group[node]`.
fn mihomo(payload: &str, names: &Names) -> Option<Opened> {
    let (network, rest) = match payload.split_once("] ")? {
        ("[TCP", rest) => (Network::Tcp, rest),
        ("[UDP", rest) => (Network::Udp, rest),
        _ => return None,
    };
    let (source, rest) = rest.split_once(" --> ")?;
    let address = source.split_once('(').map_or(source, |(address, _)| address);
    let (_, using) = rest.rsplit_once(" using ")?;
    let (group, node) = split(using.trim_end(), names);
    Some(Opened {
        network,
        source_port: port(address)?,
        node: node.map(str::to_owned),
        group: group.to_owned(),
    })
}

/// `group[node]`, or one name. Names may hold brackets themselves, so it is asked which names there are, longest first.
fn split<'a>(using: &'a str, names: &Names) -> (&'a str, Option<&'a str>) {
    if names.is_node(using) {
        return (using, Some(using));
    }
    let Some(inner) = using.strip_suffix(']') else {
        return (using, None);
    };
    let brackets: Vec<(&str, &str)> = inner
        .match_indices('[')
        .filter_map(|(at, _)| Some((inner.get(..at)?, inner.get(at + 1..)?)))
        .collect();
    let by_node = brackets.iter().find(|(_, node)| names.is_node(node));
    let by_group = || brackets.iter().find(|(group, _)| names.is_group(group));
    match by_node.or_else(by_group) {
        Some((group, node)) => (group, Some(node)),
        None => (using, None),
    }
}

/// The port at the end of an address.
fn port(address: &str) -> Option<u16> {
    address.trim_end().rsplit_once(':')?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names() -> Names {
        let proxies = json!({ "proxies": {
            "DIRECT": { "type": "Direct" }, "REJECT": { "type": "Reject" },
            "🇭🇰 香港 01": { "type": "Shadowsocks" }, "🇯🇵 日本 02 [1.5x]": { "type": "Socks5" },
            "[1.5x]": { "type": "Socks5" }, "a [b] c": { "type": "Vmess" },
            "国内直连": { "type": "Selector", "all": [] }, "节点选择": { "type": "Selector", "all": [] },
            "G [x]": { "type": "Selector", "all": [] }, "GLOBAL": { "type": "Selector", "all": [] },
        }});
        let mut names = Names::default();
        names
            .learn(proxies.to_string().as_bytes(), br#"{"providers":{}}"#)
            .unwrap();
        names
    }

    fn read(payload: &str) -> Option<Opened> {
        let line = json!({ "type": "info", "payload": payload }).to_string();
        LogReader::default().read(line.as_bytes(), &names())
    }

    fn way(using: &str) -> (String, Option<String>) {
        let payload = format!(
            "[TCP] 127.0.0.1:59760(curl) --> b4.cn.test:443 match DomainSuffix(cn.test) using {using}"
        );
        let opened = read(&payload).unwrap();
        assert_eq!((opened.network, opened.source_port), (Network::Tcp, 59_760));
        (opened.group, opened.node)
    }

    #[test]
    fn a_group_and_its_node_are_told_apart_whatever_brackets_their_names_hold() {
        let pair = |group: &str, node: &str| (group.to_owned(), Some(node.to_owned()));
        assert_eq!(way("国内直连[DIRECT]"), pair("国内直连", "DIRECT"));
        assert_eq!(
            way("节点选择[🇯🇵 日本 02 [1.5x]]"),
            pair("节点选择", "🇯🇵 日本 02 [1.5x]")
        );
        assert_eq!(
            way("🇯🇵 日本 02 [1.5x]"),
            pair("🇯🇵 日本 02 [1.5x]", "🇯🇵 日本 02 [1.5x]"),
            "no group"
        );
        assert_eq!(way("G [x][a [b] c]"), pair("G [x]", "a [b] c"));
        assert_eq!(way("DIRECT"), pair("DIRECT", "DIRECT"));
    }

    #[test]
    fn a_node_that_nobody_knows_is_what_stands_behind_a_known_group() {
        assert_eq!(
            way("节点选择[new [2x]]"),
            ("节点选择".to_owned(), Some("new [2x]".to_owned()))
        );
        assert_eq!(
            way("GLOBAL"),
            ("GLOBAL".to_owned(), None),
            "in global mode the node is not named"
        );
        assert_eq!(
            way("who [knows]"),
            ("who [knows]".to_owned(), None),
            "nothing is guessed"
        );
    }

    #[test]
    fn lines_without_a_program_or_over_ipv6_or_udp_are_read_too() {
        let opened =
            read("[UDP] [::1]:34233 --> u.rej.test:18083 match DomainSuffix(rej.test) using REJECT").unwrap();
        assert_eq!((opened.network, opened.source_port), (Network::Udp, 34_233));
        assert_eq!(opened.node.as_deref(), Some("REJECT"));
        let opened =
            read("[TCP] 127.0.0.1:5(my app (x86)) --> x:443 match Match using 节点选择[DIRECT]").unwrap();
        assert_eq!(opened.source_port, 5);
    }

    #[test]
    fn other_lines_are_passed_over() {
        for payload in [
            "",
            "Start initial provider airport-a",
            "[TCP] dial DIRECT (match Match/) 127.0.0.1:5 --> x:443 error: connection refused",
            "[TCP] 127.0.0.1:70000 --> x:443 using DIRECT",
            "[ICMP] 127.0.0.1:5 --> x using DIRECT",
            "[DNS] a.test --> 127.0.0.1",
            "[12 x] outbound/direct[direct]: outbound connection to a:1",
        ] {
            assert_eq!(read(payload), None, "{payload}");
        }
        assert_eq!(LogReader::default().read(b"<html>FAKE", &names()), None);
    }

    /// Whatever became of a line: what is told of it stands in it.
    #[test]
    fn a_broken_line_opens_only_what_it_says() {
        let whole = "[TCP] 127.0.0.1:59760(curl) --> b4.cn.test:443 match DomainSuffix(cn.test) using 国内直连[DIRECT]";
        let mut none = 0;
        for mutant in crate::mutate::text::mutants("log", whole.as_bytes()) {
            let payload = String::from_utf8_lossy(&mutant.bytes);
            let Some(opened) = read(&payload) else {
                none += 1;
                continue;
            };
            let port = opened.source_port.to_string();
            assert!(
                payload.contains(&port) && payload.contains(&opened.group),
                "{}: {opened:?}",
                mutant.what
            );
            assert!(
                !opened.group.contains("b4.cn"),
                "{}: a host is browsing history",
                mutant.what
            );
            let node = opened.node.as_deref().unwrap_or_default();
            assert!(payload.contains(node), "{}: {opened:?}", mutant.what);
        }
        assert!(none >= 30, "{none}");
    }

    #[test]
    fn the_two_lines_of_sing_box_are_joined_by_their_number() {
        let mut reader = LogReader::default();
        let mut hear = |payload: &str| {
            let line = json!({ "type": "info", "payload": payload }).to_string();
            reader.read(line.as_bytes(), &Names::default())
        };
        assert_eq!(
            hear("[7 0ms] inbound/mixed[mixed-in]: inbound connection from 127.0.0.1:47238"),
            None
        );
        assert_eq!(
            hear("[8 0ms] inbound/mixed[mixed-in]: inbound packet connection from 127.0.0.1:47239"),
            None
        );
        assert_eq!(
            hear("[7 0ms] inbound/mixed[mixed-in]: inbound connection to a.hk.test:443"),
            None
        );
        let packets = hear("[8 1ms] outbound/direct[direct]: outbound packet connection").unwrap();
        assert_eq!((packets.network, packets.source_port), (Network::Udp, 47_239));
        let opened =
            hear("[7 1.2s] outbound/socks[a]: b [1.5x]]: outbound connection to a.hk.test:443").unwrap();
        assert_eq!((opened.network, opened.source_port), (Network::Tcp, 47_238));
        assert_eq!(opened.node.as_deref(), Some("a]: b [1.5x]"));
        let hop = hear("[7 1.3s] outbound/shadowsocks[hop]: outbound connection to 127.0.0.1:8389");
        assert_eq!(hop, None, "a hop on the way is not a second connection");
    }

    #[test]
    fn half_told_connections_do_not_pile_up() {
        let mut reader = LogReader::default();
        for number in 0..10_000_u32 {
            let payload = format!("[{number} 0ms] inbound/mixed[in]: inbound connection from 127.0.0.1:1");
            let line = json!({ "payload": payload }).to_string();
            assert_eq!(reader.read(line.as_bytes(), &Names::default()), None);
        }
        assert_eq!(reader.half.len(), limits::HALF_OPENED);
    }
}
