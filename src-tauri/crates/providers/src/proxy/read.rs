//! A snapshot out of the bytes that came: borrowed, and lenient about everything but what is counted.
//!
//! Owns which key of which kernel means what. Keys that nobody knows are passed over; a connection must tell its id, its
//! chain and both counters, a snapshot both totals: without them nothing is counted, since missing is not zero. Never
//! repeats a piece of what came in an error. Tested in `tests/proxy/frames.rs`.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};
use serde_json::value::RawValue;
use tidegate_meter::Now;

use super::{Connection, Frame, Network};
use crate::ProviderError;
use crate::refusal::shape;

impl<'a> Frame<'a> {
    /// Reads a body of `/connections`, from any of the kernels.
    ///
    /// A list that is `null` or missing is not told. An idle Mihomo tells `null` where the others tell an empty list
    /// (recorded: `mihomo-connections-idle.json`), and so does a kernel that has lost its table for a moment; nothing in
    /// the body sets the two apart. So neither is taken for "all are closed": whoever counts keeps the ids for a while,
    /// which costs nothing because no id is used twice, and goes on by the totals, which stand in every body.
    ///
    /// # Errors
    /// Another shape, with the place and nothing of what stood there.
    pub fn read(body: &'a [u8], at: Now) -> Result<Self, ProviderError> {
        let told: Body<'a> = serde_json::from_slice(body).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            shape(format!(
                "connections: not a snapshot of a kernel, at line {line} column {column}"
            ))
        })?;
        Ok(Self {
            at,
            up_total: told.up_total.0,
            down_total: told.down_total.0,
            connections: told.connections,
        })
    }
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(rename = "uploadTotal")]
    up_total: Count,
    #[serde(rename = "downloadTotal")]
    down_total: Count,
    #[serde(borrow, default, deserialize_with = "connections")]
    connections: Option<Vec<Connection<'a>>>,
}

/// One connection as it is told.
#[derive(Deserialize)]
struct Row<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    upload: Count,
    download: Count,
    #[serde(borrow)]
    chains: Vec<Text<'a>>,
    #[serde(borrow, default, rename = "providerChains")]
    feeds: Option<Vec<Text<'a>>>,
    #[serde(borrow, default)]
    metadata: Option<Metadata<'a>>,
    #[serde(borrow, default)]
    start: Option<&'a RawValue>,
    #[serde(borrow, default)]
    rule: Option<&'a RawValue>,
}

/// What is told about a connection. None of it is counted, so any of it may be missing or of another type.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Metadata<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Option<&'a RawValue>,
    #[serde(borrow, default)]
    network: Option<&'a RawValue>,
    #[serde(borrow, default)]
    source_port: Option<&'a RawValue>,
    #[serde(borrow, default)]
    host: Option<&'a RawValue>,
    #[serde(borrow, default)]
    sniff_host: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "destinationIP")]
    destination_ip: Option<&'a RawValue>,
    #[serde(borrow, default)]
    process: Option<&'a RawValue>,
    #[serde(borrow, default)]
    process_path: Option<&'a RawValue>,
}

impl<'a> From<Row<'a>> for Connection<'a> {
    fn from(row: Row<'a>) -> Self {
        let metadata = row.metadata.unwrap_or_default();
        let since = row.start.map(text).and_then(|start| start.parse().ok());
        Self {
            id: row.id.0,
            up: row.upload.0,
            down: row.download.0,
            chain: texts(row.chains),
            feeds: row.feeds.map(texts).unwrap_or_default(),
            since,
            network: metadata.network(),
            source_port: metadata.source_port.and_then(port).unwrap_or(0),
            is_inner: metadata.is_inner() && row.rule.is_none_or(|rule| text(rule).is_empty()),
            host: metadata.host(),
            process: metadata.process(),
        }
    }
}

impl<'a> Metadata<'a> {
    fn network(&self) -> Network {
        match self.network.map(RawValue::get) {
            Some("\"udp\"") => Network::Udp,
            _ => Network::Tcp,
        }
    }

    /// Of the kernel's own making. With a rule it is in the totals (a download of a subscription), without one it is not
    /// (a hop of a chained node, DNS over a proxy).
    fn is_inner(&self) -> bool {
        self.kind.is_some_and(|kind| kind.get() == "\"Inner\"")
    }

    /// The first of name, sniffed name and address that says anything.
    fn host(&self) -> Cow<'a, str> {
        first([self.host, self.sniff_host, self.destination_ip])
    }

    /// The program's name, else the end of its path: sing-box tells the path alone.
    fn process(&self) -> Cow<'a, str> {
        match first([self.process, self.process_path]) {
            Cow::Borrowed(path) => Cow::Borrowed(end_of(path)),
            Cow::Owned(path) => Cow::Owned(end_of(&path).to_owned()),
        }
    }
}

fn end_of(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn first<'a, const N: usize>(raw: [Option<&'a RawValue>; N]) -> Cow<'a, str> {
    let told = raw.into_iter().flatten().map(text);
    told.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
}

/// The text of a value; empty for what is none.
fn text(raw: &RawValue) -> Cow<'_, str> {
    let inner = raw
        .get()
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(plain) if !plain.contains('\\') => Cow::Borrowed(plain),
        Some(_) => serde_json::from_str(raw.get()).map_or(Cow::Borrowed(""), Cow::Owned),
        None => Cow::Borrowed(""),
    }
}

/// Ports are told as text, by some as numbers.
fn port(raw: &RawValue) -> Option<u16> {
    raw.get().trim_matches('"').parse().ok()
}

fn texts(told: Vec<Text<'_>>) -> Vec<Cow<'_, str>> {
    told.into_iter().map(|text| text.0).collect()
}

/// A text that stays in the body unless something in it is escaped.
struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }
}

/// Bytes: a whole number, or an object with one under `total`, as Stash tells them.
struct Count(u64);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        if let Ok(count) = raw.get().parse() {
            return Ok(Self(count));
        }
        let spread: Spread = serde_json::from_str(raw.get()).map_err(|_| D::Error::custom("no count"))?;
        Ok(Self(spread.total))
    }
}

#[derive(Deserialize)]
struct Spread {
    total: u64,
}

/// The list, without a second one beside it: there may be thousands.
fn connections<'de: 'a, 'a, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<Connection<'a>>>, D::Error> {
    deserializer.deserialize_option(ListVisitor)
}

struct ListVisitor;

impl<'de> Visitor<'de> for ListVisitor {
    type Value = Option<Vec<Connection<'de>>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of connections")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(row) = rows.next_element::<Row<'de>>()? {
            list.push(row.into());
        }
        Ok(Some(list))
    }
}
