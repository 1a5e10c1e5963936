//! What a real kernel told while known bytes went through it, second by second, against what the origin counted.

use std::collections::BTreeMap;
use std::io::Read;

use serde::Deserialize;
use serde_json::value::RawValue;
use tidegate_meter::{FlowKind, Mono, Now, Time};
use tidegate_providers::proxy::{Frame, Network, NodeMap, Opened};

use crate::support::{Book, Sums};

#[derive(Deserialize)]
struct Head {
    meta: Meta,
}

#[derive(Deserialize)]
struct Meta {
    truth_by_node: BTreeMap<String, Truth>,
}

#[derive(Deserialize, Clone, Copy)]
struct Truth {
    up: u64,
    down: u64,
}

#[derive(Deserialize)]
struct Line<'a> {
    t: i64,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
    opened: Option<Open>,
}

#[derive(Deserialize)]
struct Open {
    network: String,
    port: u16,
    node: String,
    group: String,
}

fn text(name: &str) -> String {
    let path = format!(
        "{}/tests/counting/fixtures/{name}.jsonl.gz",
        env!("CARGO_MANIFEST_DIR")
    );
    let packed = std::fs::read(path).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.as_slice())
        .read_to_string(&mut text)
        .unwrap();
    text
}

/// What was counted of a trace, in parts of 10 000 of what the origin counted.
#[derive(Debug)]
struct Score {
    counted: u64,
    node_error: u64,
    estimated: u64,
    /// Bytes beyond what passed.
    beyond: u64,
}

fn nodes(truth: &BTreeMap<String, Truth>) -> NodeMap {
    let kind = |name: &str| {
        if name == "DIRECT" {
            FlowKind::Direct
        } else {
            FlowKind::Proxy
        }
    };
    let kinds = truth.keys().map(|name| (name.clone(), kind(name))).collect();
    NodeMap {
        kinds,
        feeds: BTreeMap::new(),
    }
}

/// The trace through an accountant; every `every`th snapshot of it, with its log or without.
fn replay(name: &str, every: usize, logs: bool) -> Score {
    let text = text(name);
    let mut lines = text.lines();
    let head: Head = serde_json::from_str(lines.next().unwrap()).unwrap();
    let truth = head.meta.truth_by_node;
    let mut book = Book::new();
    book.accountant.nodes(&nodes(&truth));
    let mut shown = 0;
    for line in lines {
        let line: Line<'_> = serde_json::from_str(line).unwrap();
        if let Some(open) = line.opened.filter(|_| logs) {
            book.accountant.opened(&open.told());
        }
        let Some(body) = line.body else { continue };
        shown += 1;
        if (shown - 1) % every == 0 {
            let now = Now {
                wall: Time::from_ms(line.t),
                mono: Mono(u64::try_from(line.t).unwrap()),
            };
            book.take(&Frame::read(body.get().as_bytes(), now).unwrap());
        }
    }
    score(&truth, &book.sums)
}

impl Open {
    fn told(self) -> Opened {
        let network = if self.network == "udp" {
            Network::Udp
        } else {
            Network::Tcp
        };
        Opened {
            network,
            source_port: self.port,
            node: Some(self.node),
            group: self.group,
        }
    }
}

/// Both sides in parts of 10 000 of what passed.
fn score(truth: &BTreeMap<String, Truth>, sums: &Sums) -> Score {
    let whole: u64 = truth.values().map(|one| one.up + one.down).sum();
    let part = |bytes: u64| bytes * 10_000 / whole;
    let off = |(node, one): (&String, &Truth)| {
        let ours = sums.of_node(node);
        ours.up.abs_diff(one.up) + ours.down.abs_diff(one.down)
    };
    let all = sums.all();
    let nobody = sums.of_kind(FlowKind::Unattributed);
    Score {
        counted: part(all.total().unwrap() - nobody.total().unwrap()),
        node_error: part(truth.iter().map(off).sum()),
        estimated: part(all.estimated().unwrap()),
        beyond: all.total().unwrap().saturating_sub(whole),
    }
}

#[test]
fn long_connections_are_counted_to_the_byte_on_their_own_nodes() {
    for logs in [true, false] {
        let score = replay("steady", 1, logs);
        assert_eq!(
            (score.counted, score.node_error, score.beyond),
            (10_000, 0, 0),
            "{score:?}"
        );
        assert!(score.estimated <= 300, "the last second of each: {score:?}");
    }
}

#[test]
fn a_mixed_load_is_counted_whole_and_its_nodes_are_off_by_less_than_three_parts_of_a_hundred() {
    let score = replay("mixed", 1, true);
    assert_eq!((score.counted, score.beyond), (10_000, 0), "{score:?}");
    assert!(score.node_error <= 290, "{score:?}");
}

#[test]
fn without_the_log_it_is_still_counted_whole_and_its_nodes_are_off_by_more() {
    let score = replay("mixed", 1, false);
    assert_eq!((score.counted, score.beyond), (10_000, 0), "{score:?}");
    assert!((290..=650).contains(&score.node_error), "{score:?}");
}

#[test]
fn a_poll_every_ten_seconds_counts_what_its_first_and_last_look_enclose() {
    let steady = replay("steady", 10, true);
    assert!(steady.counted >= 9_530 && steady.node_error <= 470, "{steady:?}");
    let mixed = replay("mixed", 10, true);
    assert!(mixed.counted >= 9_070, "{mixed:?}");
}
