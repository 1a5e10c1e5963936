//! One request as it arrives, and what the simulator makes of it. Plain data: no HTTP library's type.

use std::time::Duration;

use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde_json::Value;

/// One request at the door.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path as sent.
    pub path: String,
    /// The query as sent, without the question mark.
    pub query: String,
    /// Headers, names in lower case, `host` among them.
    pub headers: Vec<(String, String)>,
    /// The exact bytes.
    pub body: Bytes,
}

impl Call {
    /// The first header of that lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The decoded pairs of the query, in order.
    #[must_use]
    pub fn pairs(&self) -> Vec<(String, String)> {
        self.query
            .split('&')
            .filter(|part| !part.is_empty())
            .map(|part| {
                let (key, value) = part.split_once('=').unwrap_or((part, ""));
                (decode(key), decode(value))
            })
            .collect()
    }

    /// The decoded value of a query parameter.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<String> {
        self.pairs()
            .into_iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }
}

/// Percent-decoding only: `+` is a plus.
pub(crate) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// One answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// A JSON answer. Its bodies are shapes of ours, which always have a JSON form.
    #[must_use]
    pub fn json(status: u16, body: &impl Serialize) -> Self {
        Self {
            status,
            headers: vec![(
                "content-type".to_owned(),
                "application/json;charset=utf-8".to_owned(),
            )],
            body: Bytes::from(serde_json::to_vec(body).unwrap_or_default()),
        }
    }

    /// An answer that is no JSON.
    #[must_use]
    pub fn html(status: u16, body: &str) -> Self {
        Self {
            status,
            headers: vec![("content-type".to_owned(), "text/html".to_owned())],
            body: Bytes::from(body.to_owned()),
        }
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The body as JSON; null when it is none.
    #[must_use]
    pub fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

/// How the exchange ends on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// The whole answer arrives.
    Whole,
    /// Nothing listens: the request never arrived.
    Refused,
    /// The request arrived and was acted on; the connection breaks before an answer.
    Broken,
    /// The head and half of the body arrive, then the connection breaks.
    Truncated,
    /// The request arrived and was acted on; the answer never comes.
    Hanging,
}

/// An answer with its way back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Served {
    /// What is answered.
    pub answer: Answer,
    /// How it ends on the wire.
    pub ending: Ending,
    /// How long it takes.
    pub latency: Duration,
}
