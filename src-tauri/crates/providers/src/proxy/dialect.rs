//! Which kernel answers, and how its dialect differs: what it calls itself, and the unit of an interval.

use serde::Deserialize;

use super::limits;
use crate::ProviderError;
use crate::refusal::shape;

/// What `/version` told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Dialect {
    /// As people know it: `mihomo v1.19.32`.
    pub(super) kernel: String,
    /// An interval counts seconds, not milliseconds.
    in_seconds: bool,
}

#[derive(Deserialize)]
struct Version {
    version: String,
    meta: Option<bool>,
}

/// Most characters of a version that are kept: it is shown and stored.
const VERSION_CHARS: usize = 60;

impl Dialect {
    /// Reads a body of `/version`.
    ///
    /// The four are told apart by what they say there: sing-box names itself, Mihomo says `meta: true`, clash-rs
    /// `meta: false`, the original Clash nothing of it (recorded: `mihomo-version.json`, `singbox-version.json`).
    pub(super) fn read(body: &[u8]) -> Result<Self, ProviderError> {
        let told: Version = serde_json::from_slice(body)
            .map_err(|_| shape("version: what answers there is no proxy kernel"))?;
        let version: String = told
            .version
            .chars()
            .filter(|c| !c.is_control())
            .take(VERSION_CHARS)
            .collect();
        let name = match told.meta {
            _ if version.starts_with("sing-box") => "",
            Some(true) => "mihomo ",
            Some(false) => "clash-rs ",
            None => "clash ",
        };
        Ok(Self {
            kernel: format!("{name}{version}"),
            in_seconds: told.meta == Some(false) && !version.starts_with("sing-box"),
        })
    }

    /// The path of the stream of snapshots, one each second.
    pub(super) fn snapshots(&self) -> String {
        let every = if self.in_seconds {
            u128::from(limits::INTERVAL.as_secs())
        } else {
            limits::INTERVAL.as_millis()
        };
        format!("/connections?interval={every}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> (String, String) {
        let dialect = Dialect::read(body.as_bytes()).unwrap();
        (dialect.kernel.clone(), dialect.snapshots())
    }

    #[test]
    fn each_kernel_is_known_by_its_version_and_asked_for_one_snapshot_a_second() {
        let ms = "/connections?interval=1000".to_owned();
        let s = "/connections?interval=1".to_owned();
        assert_eq!(
            read(r#"{"meta":true,"version":"v1.19.32"}"#),
            ("mihomo v1.19.32".to_owned(), ms.clone())
        );
        assert_eq!(
            read(r#"{"meta":true,"premium":true,"version":"sing-box 1.14.4"}"#),
            ("sing-box 1.14.4".to_owned(), ms.clone())
        );
        assert_eq!(read(r#"{"version":"1.18.0"}"#), ("clash 1.18.0".to_owned(), ms));
        assert_eq!(
            read(r#"{"meta":false,"version":"0.10.8"}"#),
            ("clash-rs 0.10.8".to_owned(), s)
        );
    }

    #[test]
    fn another_program_at_the_port_is_no_kernel() {
        for body in ["<html>FAKE</html>", "{}", "[]", "null", r#"{"version":2}"#, ""] {
            let error = Dialect::read(body.as_bytes()).unwrap_err();
            assert!(error.detail.contains("no proxy kernel"), "{body}");
        }
    }
}
