//! What panels answer instead of the plain truth.

use std::io::Write as _;

use bytes::Bytes;

use super::{PATH, State, TOKEN, Told, list};
use crate::Answer;

/// One way of answering.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PanelLie {
    /// This text as header.
    Header(String),
    /// The truth under a name with a prefix, as storage services write it.
    Prefixed,
    /// The truth in the first line of the body.
    FirstLine,
    /// No header; pseudo nodes with these names.
    Pseudo(Vec<String>),
    /// The same, as addresses of nodes in base64.
    PseudoPacked(Vec<String>),
    /// A header, and pseudo nodes with these names.
    Both(Vec<String>),
    /// A list of nodes and nothing of usage.
    Silent,
    /// The truth in every second answer; else silent.
    Sometimes,
    /// An HTML page with this status.
    Page(u16),
    /// This status, and a word.
    Refused(u16),
    /// 200, and nothing.
    Empty,
    /// So many redirects before the truth.
    Redirects {
        /// How many.
        hops: usize,
    },
    /// A redirect to this address.
    Elsewhere(String),
    /// The truth, packed by gzip.
    Packed,
    /// The truth, and a body without end.
    Endless,
    /// The truth, and so many bytes of body.
    Long(usize),
    /// Nobody listens.
    Gone,
}

impl PanelLie {
    /// Where a redirecting panel sends a request, unless it has arrived.
    pub(super) fn redirect(&self, target: &str) -> Option<Answer> {
        let leads = |to: &str| Answer::html(302, "").with("location", to);
        match self {
            Self::Elsewhere(to) => Some(leads(to)),
            Self::Redirects { hops } => {
                let hop = target
                    .split("hop=")
                    .nth(1)
                    .and_then(|hop| hop.parse::<usize>().ok())
                    .unwrap_or(0);
                let next = format!("{PATH}?token={TOKEN}&hop={}", hop + 1);
                (hop < *hops).then(|| leads(&next))
            }
            _ => None,
        }
    }

    pub(super) fn tell(&self, state: &State, count: usize) -> Told {
        let line = || state.plan.line();
        let named = |answer: Answer, name: &str| answer.with(name, line());
        let plain = |body: String| Answer {
            body: Bytes::from(body),
            ..list(&[])
        };
        let told = |answer: Answer| named(answer, "subscription-userinfo");
        match self {
            Self::Header(text) => list(&[]).with("subscription-userinfo", text.as_str()),
            Self::Prefixed => named(list(&[]), "x-amz-meta-subscription-userinfo"),
            Self::FirstLine => plain(format!("# {}\nproxies:\n", line())),
            Self::Pseudo(names) => list(&refs(names)),
            Self::PseudoPacked(names) => plain(packed_list(names)),
            Self::Both(names) => told(list(&refs(names))),
            Self::Silent => list(&[]),
            Self::Sometimes if count.is_multiple_of(2) => list(&[]),
            Self::Page(status) => {
                Answer::html(*status, "<!DOCTYPE html><html><body>Just a moment…</body></html>")
            }
            Self::Refused(status) => Answer::html(*status, "forbidden").with("retry-after", "900"),
            Self::Empty => plain(String::new()),
            Self::Packed => gzip(told(list(&[]))),
            Self::Endless => {
                return Told {
                    answer: told(list(&[])),
                    endless: true,
                };
            }
            Self::Long(bytes) => told(plain("#".repeat(*bytes))),
            Self::Gone => Answer::html(0, ""),
            Self::Sometimes | Self::Redirects { .. } | Self::Elsewhere(_) => told(list(&[])),
        }
        .into()
    }
}

fn refs(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

/// Addresses of nodes, one a line, names behind the hash, all of it in base64.
fn packed_list(names: &[String]) -> String {
    use base64::Engine as _;
    let encode = |name: &String| {
        percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let lines = names
        .iter()
        .map(|name| format!("ss://FAKE@node.example:443#{}", encode(name)));
    let lines: Vec<String> = lines.collect();
    base64::engine::general_purpose::STANDARD.encode(lines.join("\n"))
}

fn gzip(answer: Answer) -> Answer {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    // Writing into memory does not fail; if it did, the body would be cut, which is a lie too.
    let written = encoder.write_all(&answer.body);
    let body = encoder.finish().unwrap_or_default();
    let body = if written.is_ok() { body } else { Vec::new() };
    Answer {
        body: Bytes::from(body),
        ..answer.with("content-encoding", "gzip")
    }
}
