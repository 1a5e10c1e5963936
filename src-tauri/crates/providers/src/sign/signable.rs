//! A request as far as a signature covers it, and the canonical request that four of the clouds share.

use url::Url;

use super::canonical::{canonical_query, parse_query};
use super::{Draft, SignError, Signed};

/// A request as far as a signature covers it.
#[derive(Clone)]
pub struct Signable<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// The path, percent-encoded or not: both sign alike.
    pub path: &'a str,
    /// The query as decoded pairs, in any order.
    pub query: Vec<(String, String)>,
    /// The headers, `host` among them; names in any case.
    pub headers: Vec<(String, String)>,
    /// The exact bytes of the body.
    pub body: &'a [u8],
}

impl<'a> Signable<'a> {
    /// From what arrived on the wire: `target` is the path with its query. `headers` must hold `host`.
    #[must_use]
    pub fn from_wire(
        method: &'a str,
        target: &'a str,
        headers: Vec<(String, String)>,
        body: &'a [u8],
    ) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method,
            path,
            query: parse_query(query),
            headers,
            body,
        }
    }

    /// The value of a header, whatever the case of its name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }

    /// The lower-case names of the headers that `wanted` picks by them, sorted.
    #[must_use]
    pub fn names(&self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let mut names: Vec<String> = self
            .headers
            .iter()
            .map(|(name, _)| name.to_ascii_lowercase())
            .filter(|name| wanted(name))
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// From a draft, with `host` as the transport will send it: without the scheme's own port.
    pub(super) fn of(draft: &Draft<'a>) -> Result<Self, SignError> {
        let mut request = Self {
            method: draft.method.as_str(),
            path: draft.url.path(),
            query: parse_query(draft.url.query().unwrap_or_default()),
            headers: Vec::new(),
            body: draft.body,
        };
        request.add("host", &host(draft.url).ok_or(SignError::NoHost)?)?;
        for (name, value) in draft.headers {
            request.add(&name.to_ascii_lowercase(), value)?;
        }
        Ok(request)
    }

    /// Adds a header that may not be there already.
    pub(super) fn add(&mut self, name: &str, value: &str) -> Result<(), SignError> {
        if self.header(name).is_some() {
            return Err(SignError::Taken(name.to_owned()));
        }
        self.headers.push((name.to_owned(), value.trim().to_owned()));
        Ok(())
    }

    /// Adds a header unless its value is empty.
    pub(super) fn add_some(&mut self, name: &str, value: &str) -> Result<(), SignError> {
        if value.is_empty() {
            return Ok(());
        }
        self.add(name, value)
    }

    /// Adds a parameter that may not be there already, unless its value is empty.
    pub(super) fn ask(&mut self, name: &str, value: &str) -> Result<(), SignError> {
        if value.is_empty() {
            return Ok(());
        }
        if self.query.iter().any(|(key, _)| key == name) {
            return Err(SignError::Taken(name.to_owned()));
        }
        self.query.push((name.to_owned(), value.to_owned()));
        Ok(())
    }

    /// The canonical request over the named headers. Between the headers and their names stands an empty line.
    pub(super) fn canonical(&self, path: &str, names: &[String], payload: &str) -> String {
        let headers: String = names
            .iter()
            .map(|name| format!("{name}:{}\n", self.header(name).unwrap_or_default()))
            .collect();
        [
            self.method,
            path,
            &canonical_query(&self.query),
            &headers,
            &names.join(";"),
            payload,
        ]
        .join("\n")
    }

    /// What leaves the house: `url` with the query as signed; the transport sets `host` itself.
    pub(super) fn leave(self, url: &Url) -> Signed {
        let mut url = url.clone();
        let query = canonical_query(&self.query);
        url.set_query((!query.is_empty()).then_some(query.as_str()));
        let mut headers = self.headers;
        headers.retain(|(name, _)| name != "host");
        Signed { url, headers }
    }
}

/// The host as a request names it.
pub(crate) fn host(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(
        url.port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
    )
}
