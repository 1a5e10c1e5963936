//! Where in a JSON body something stands: a JSON Pointer (RFC 6901), and one with `*` for every entry of a list.

use std::fmt;

use serde_json::Value;

use super::limits;

/// A place in a body: `/data/balance`. Escapes `~0` and `~1` as in RFC 6901.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Pointer {
    text: String,
    parts: Vec<String>,
}

impl Pointer {
    /// Reads a pointer; `None` for what is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let inner = text.strip_prefix('/')?;
        let parts: Vec<String> = inner
            .split('/')
            .map(|part| part.replace("~1", "/").replace("~0", "~"))
            .collect();
        let fits = parts.len() <= limits::POINTER_PARTS && parts.iter().all(|part| !part.is_empty());
        fits.then(|| Self {
            text: text.to_owned(),
            parts,
        })
    }

    /// Whether it names every entry of some list.
    pub(super) fn has_star(&self) -> bool {
        self.parts.iter().any(|part| part == "*")
    }

    /// The value, if it is there; null counts as there.
    pub(super) fn find<'v>(&self, body: &'v Value) -> Option<&'v Value> {
        self.parts.iter().try_fold(body, |value, part| step(value, part))
    }

    /// Every value that matches; `None` when a list or a key on the way is not there, since then nothing was counted.
    pub(super) fn find_all<'v>(&self, body: &'v Value) -> Option<Vec<&'v Value>> {
        let mut found = vec![body];
        for part in &self.parts {
            found = if part == "*" {
                let lists: Option<Vec<_>> = found.into_iter().map(Value::as_array).collect();
                lists?.into_iter().flatten().collect()
            } else {
                found
                    .into_iter()
                    .map(|value| step(value, part))
                    .collect::<Option<_>>()?
            };
        }
        Some(found)
    }
}

fn step<'v>(value: &'v Value, part: &str) -> Option<&'v Value> {
    match value {
        Value::Object(object) => object.get(part),
        Value::Array(list) => list.get(part.parse::<usize>().ok()?),
        _ => None,
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
