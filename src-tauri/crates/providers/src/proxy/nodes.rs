//! What nodes there are, and what becomes of bytes through each: by its type, never by its name.
//!
//! Owns the union of the kernel's own nodes with those of its subscriptions (in Mihomo neither list holds the other), the
//! last known type of a node that is gone, and which names of snapshots are worth asking about. Tested below and in
//! `tests/proxy/nodes.rs`.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use regex::bytes::Regex;
use serde::Deserialize;
use serde::de::IgnoredAny;
use tidegate_meter::FlowKind;

use super::{NodeMap, limits};
use crate::ProviderError;
use crate::refusal::shape;

#[derive(Deserialize)]
struct Own {
    proxies: BTreeMap<String, Option<Entry>>,
}

#[derive(Deserialize)]
struct Entry {
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    all: Option<IgnoredAny>,
    #[serde(rename = "provider-name")]
    feed: Option<String>,
}

#[derive(Deserialize)]
struct Fed {
    providers: Option<BTreeMap<String, Option<Feed>>>,
}

#[derive(Deserialize)]
struct Feed {
    #[serde(rename = "vehicleType")]
    vehicle: Option<String>,
    proxies: Option<Vec<Entry>>,
}

/// Everything known of the names that a kernel uses.
#[derive(Default)]
pub(super) struct Names {
    map: NodeMap,
    groups: BTreeSet<String>,
    /// Names that both lists have been asked about in vain: no reason to ask again before the minute is over.
    strange: BTreeSet<String>,
}

impl Names {
    /// Takes on both lists. What they no longer hold stays as it was last known: its connections may live on. Returns
    /// whether anything is new.
    pub(super) fn learn(&mut self, proxies: &[u8], providers: &[u8]) -> Result<bool, ProviderError> {
        let own: Own = serde_json::from_slice(proxies)
            .map_err(|_| shape("proxies: not the list of nodes of a kernel"))?;
        let fed: Fed = serde_json::from_slice(providers)
            .map_err(|_| shape("providers: not the list of subscriptions of a kernel"))?;
        let before = self.map.clone();
        self.groups.clear();
        if self.map.kinds.len() > limits::NAMES {
            self.map = NodeMap::default();
        }
        for (name, entry) in own.proxies {
            self.take(name, entry, None);
        }
        for (feed, told) in fed.providers.into_iter().flatten() {
            let Some(told) = told else { continue };
            // What a group holds and the kernel's own list look like subscriptions too.
            let is_feed = told.vehicle.as_deref() != Some("Compatible");
            for entry in told.proxies.into_iter().flatten() {
                if let Some(name) = entry.name.clone() {
                    self.take(name, Some(entry), is_feed.then_some(feed.as_str()));
                }
            }
        }
        Ok(self.map != before)
    }

    fn take(&mut self, name: String, entry: Option<Entry>, feed: Option<&str>) {
        let Some(entry) = entry else { return };
        if entry.all.is_some() {
            self.groups.insert(name);
            return;
        }
        let own = entry.feed.filter(|feed| !feed.is_empty());
        if let Some(feed) = feed.map(str::to_owned).or(own) {
            self.map.feeds.insert(name.clone(), feed);
        }
        if let Some(kind) = entry.kind {
            self.map.kinds.insert(name, kind_of(&kind));
        }
    }

    /// The nodes, for whoever counts.
    pub(super) const fn map(&self) -> &NodeMap {
        &self.map
    }

    /// A node, not a group.
    pub(super) fn is_node(&self, name: &str) -> bool {
        self.map.kinds.contains_key(name)
    }

    pub(super) fn is_group(&self, name: &str) -> bool {
        self.groups.contains(name)
    }

    /// Whether a node of a snapshot is neither known nor asked about; it counts as asked about from now on.
    fn is_new(&mut self, name: &str) -> bool {
        if self.is_node(name) {
            return false;
        }
        if self.strange.len() >= limits::NAMES {
            self.strange.clear();
        }
        self.strange.insert(name.to_owned())
    }
}

/// What becomes of bytes through a node of that type. A type that nobody knows is another protocol of a proxy.
fn kind_of(kind: &str) -> FlowKind {
    match kind.to_ascii_lowercase().as_str() {
        "direct" | "pass" | "passrule" | "compatible" | "dns" => FlowKind::Direct,
        "reject" | "rejectdrop" => FlowKind::Reject,
        _ => FlowKind::Proxy,
    }
}

/// Looks through snapshots for nodes that nobody knows. Finds them in the bytes themselves, as every kernel writes them,
/// so that a snapshot is parsed once, by whoever counts.
pub(super) struct Lookout {
    chains: Option<Regex>,
    /// First names of chains as they stand in the bytes, found known before.
    seen: HashSet<Vec<u8>>,
}

impl Lookout {
    pub(super) fn new() -> Self {
        Self {
            chains: Regex::new(r#""chains":\[""#).ok(),
            seen: HashSet::new(),
        }
    }

    /// Whether a snapshot goes through a node that was never heard of.
    pub(super) fn sees_new(&mut self, body: &[u8], names: &mut Names) -> bool {
        let Some(chains) = &self.chains else {
            return false;
        };
        let mut is_new = false;
        for found in chains.find_iter(body) {
            let written = body.get(found.end()..).map(first_text).unwrap_or_default();
            if self.seen.contains(written) {
                continue;
            }
            if self.seen.len() >= limits::NAMES {
                self.seen.clear();
            }
            self.seen.insert(written.to_vec());
            is_new |= read_text(written).is_some_and(|name| names.is_new(&name));
        }
        is_new
    }
}

/// Up to the quote that ends a text.
fn first_text(bytes: &[u8]) -> &[u8] {
    let mut escaped = false;
    let end = bytes.iter().position(|byte| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    end.and_then(|end| bytes.get(..end)).unwrap_or_default()
}

fn read_text(written: &[u8]) -> Option<String> {
    let quoted = [b"\"", written, b"\""].concat();
    serde_json::from_slice(&quoted).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let mut names = Names::default();
        let proxies =
            r#"{"proxies":{"DIRECT":{"type":"Direct"},"节点":{"type":"Selector","all":["DIRECT"]}}}"#;
        names.learn(proxies.as_bytes(), br#"{"providers":{}}"#).unwrap();
        names
    }

    #[test]
    fn a_node_that_nobody_knows_is_asked_about_once() {
        let (mut names, mut lookout) = (names(), Lookout::new());
        let known = r#"{"connections":[{"chains":["DIRECT","节点"]}]}"#;
        let new = r#"{"connections":[{"chains":["DIRECT"]},{"chains":["A \"B\" [1]","节点"]}]}"#;
        assert!(!lookout.sees_new(known.as_bytes(), &mut names));
        assert!(lookout.sees_new(new.as_bytes(), &mut names));
        assert!(!lookout.sees_new(new.as_bytes(), &mut names));
        assert!(
            names.strange.contains("A \"B\" [1]"),
            "as it reads, not as it is written"
        );
    }

    #[test]
    fn bytes_of_any_kind_are_looked_through_without_harm() {
        let (mut names, mut lookout) = (names(), Lookout::new());
        for body in [
            "",
            "\"chains\":[\"",
            "\"chains\":[\"\\",
            "\"chains\":[\"\\uZZZZ\"",
            "{\"chains\":[]}",
        ] {
            let _may_be_either = lookout.sees_new(body.as_bytes(), &mut names);
        }
    }
}
