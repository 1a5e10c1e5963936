//! How one seller of services is spoken to: its paths, its proof of who asks, its words of refusal. A dialect is data
//! and small functions; what they have in common stands in `mod.rs`.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use tidegate_meter::Time;

use super::Purse;
use crate::{Answer, Call};

/// JSON without a charset: a client of Tencent Cloud finds errors in exactly this type only.
pub(crate) fn json_answer(status: u16, body: &Value) -> Answer {
    Answer {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: Bytes::from(body.to_string()),
    }
}

/// A provider as it answers about money.
pub(crate) struct Dialect {
    /// Its name, also as a prefix of the path.
    pub(crate) id: &'static str,
    /// What a client must know, with a pattern for each fake value: `{}` becomes the account's name. The first of
    /// `key`, `ak` and `client_id` tells whose request it is.
    pub(crate) params: &'static [(&'static str, &'static str)],
    /// The currency that it tells amounts in by default.
    pub(crate) currency: &'static str,
    /// Who may ask.
    pub(crate) proof: Proof,
    /// What may be asked.
    pub(crate) routes: &'static [Route],
    /// Its words of refusal.
    pub(crate) refuse: fn(&Refusal) -> (u16, Value),
}

/// How a request proves whose it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Proof {
    /// `Authorization: Bearer`.
    Bearer,
    /// The key in a header of this name.
    Header(&'static str),
    /// The key in a parameter of this name.
    Query(&'static str),
    /// A bearer token that the token endpoint gave.
    Token,
    /// One of the signatures.
    Signed(Signer),
}

/// Whose signature it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Signer {
    Tencent,
    Alibaba,
    Volcengine,
    Huawei,
    Aws,
}

/// One thing that may be asked.
pub(crate) struct Route {
    /// As the log and the faults call it: `openai.costs`.
    pub(crate) name: &'static str,
    /// The method; the clouds that put everything into one path take several.
    pub(crate) methods: &'static [&'static str],
    /// The path: `*` stands for any one segment, `**` at the start for any number.
    pub(crate) path: &'static str,
    /// What else marks the request, where the path does not tell.
    pub(crate) marked: fn(&Call) -> bool,
    /// Whether anybody may ask.
    pub(crate) open: bool,
    /// The answer.
    pub(crate) show: fn(&Ask<'_>) -> Result<Page, Refusal>,
}

impl Route {
    /// A route that its path alone tells.
    pub(crate) const fn new(
        name: &'static str,
        method: &'static [&'static str],
        path: &'static str,
        show: fn(&Ask<'_>) -> Result<Page, Refusal>,
    ) -> Self {
        Self {
            name,
            methods: method,
            path,
            marked: |_| true,
            open: false,
            show,
        }
    }

    pub(crate) const fn marked(mut self, marked: fn(&Call) -> bool) -> Self {
        self.marked = marked;
        self
    }

    pub(crate) const fn open(mut self) -> Self {
        self.open = true;
        self
    }

    /// Whether the call, with this path, means this route.
    pub(crate) fn takes(&self, call: &Call, path: &str) -> bool {
        self.methods.contains(&call.method.as_str()) && matches(self.path, path) && (self.marked)(call)
    }
}

/// A path against a pattern, segment by segment; slashes at the end do not count. Every request of every provider is held
/// against every route, so that nothing is copied for it.
fn matches(pattern: &str, path: &str) -> bool {
    let fits =
        |wanted: &str, given: Option<&str>| given.is_some_and(|given| wanted == "*" || wanted == given);
    let mut given = segments(path);
    let mut rest = segments(pattern);
    if rest.next() == Some("**") {
        return rest.rev().all(|wanted| fits(wanted, given.next_back()));
    }
    segments(pattern).all(|wanted| fits(wanted, given.next())) && given.next().is_none()
}

fn segments(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.split('/').filter(|part| !part.is_empty())
}

/// One request that was let in.
pub(crate) struct Ask<'a> {
    /// The request.
    pub(crate) call: &'a Call,
    /// Its path without the provider's prefix.
    pub(crate) path: &'a str,
    /// Whose it is; an empty one for an open route.
    pub(crate) purse: &'a Purse,
    /// World time.
    pub(crate) now: Time,
}

impl Ask<'_> {
    /// The body as JSON, null when it is none.
    pub(crate) fn body(&self) -> Value {
        serde_json::from_slice(&self.call.body).unwrap_or(Value::Null)
    }

    /// Segment `index` of the path.
    pub(crate) fn segment(&self, index: usize) -> &str {
        let mut segments = self.path.split('/').filter(|part| !part.is_empty());
        segments.nth(index).unwrap_or("")
    }
}

/// A truthful answer, with the places that a lie can change.
pub(crate) struct Page {
    pub(crate) body: Value,
    /// Where amounts, currencies and lists stand, as JSON pointers.
    pub(crate) amounts: Vec<String>,
    pub(crate) currencies: Vec<String>,
    pub(crate) lists: Vec<String>,
}

impl Page {
    pub(crate) const fn new(body: Value) -> Self {
        Self {
            body,
            amounts: Vec::new(),
            currencies: Vec::new(),
            lists: Vec::new(),
        }
    }

    /// Here an amount is told.
    pub(crate) fn amount(mut self, pointer: impl Into<String>) -> Self {
        self.amounts.push(pointer.into());
        self
    }

    /// Here the currency is told.
    pub(crate) fn currency(mut self, pointer: impl Into<String>) -> Self {
        self.currencies.push(pointer.into());
        self
    }

    /// Here is a list that could be empty.
    pub(crate) fn list(mut self, pointer: impl Into<String>) -> Self {
        self.lists.push(pointer.into());
        self
    }
}

/// Why a request is refused; each dialect has its own words for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Refusal {
    /// The key is unknown.
    Key,
    /// The key is known and its secret wrong.
    Signature,
    /// The request's time is off.
    Clock,
    /// The same request came before.
    Replay,
    /// The key lacks the right.
    Right,
    /// There is no money left.
    Money,
    /// There is no such thing.
    Gone,
    /// The request is malformed; says how.
    Bad(&'static str),
    /// Too many requests.
    Rate(Option<Wait>),
    /// A fault inside, with this status.
    Fault(u16),
}

/// How long a throttled client is told to wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wait {
    /// In seconds.
    Seconds(u64),
    /// Until a date.
    Until(Time),
}

impl Wait {
    pub(crate) fn text(self) -> String {
        match self {
            Self::Seconds(seconds) => seconds.to_string(),
            Self::Until(at) => crate::huawei::http_date(at),
        }
    }

    /// Until so much after `now`.
    pub(crate) fn until(now: Time, seconds: u64) -> Self {
        Self::Until(now.plus(Duration::from_secs(seconds)))
    }
}

impl Refusal {
    /// What HTTP calls it.
    pub(crate) const fn status(&self) -> u16 {
        match self {
            Self::Key | Self::Signature | Self::Clock | Self::Replay => 401,
            Self::Right => 403,
            Self::Money => 402,
            Self::Gone => 404,
            Self::Bad(_) => 400,
            Self::Rate(_) => 429,
            Self::Fault(status) => *status,
        }
    }

    /// The refusal behind a status.
    pub(crate) const fn of(status: u16) -> Self {
        match status {
            401 => Self::Key,
            402 => Self::Money,
            403 => Self::Right,
            404 => Self::Gone,
            429 => Self::Rate(None),
            status => Self::Fault(status),
        }
    }

    /// In plain words.
    pub(crate) const fn words(&self) -> &'static str {
        match self {
            Self::Key => "the key is not known",
            Self::Signature => "the signature does not match",
            Self::Clock => "the request has expired",
            Self::Replay => "the nonce was used before",
            Self::Right => "the key has no permission for this",
            Self::Money => "insufficient balance",
            Self::Gone => "not found",
            Self::Bad(words) => words,
            Self::Rate(_) => "too many requests",
            Self::Fault(_) => "internal error",
        }
    }

    /// On the wire, in the words of a dialect.
    pub(crate) fn answer(&self, dialect: &Dialect) -> Answer {
        let (status, body) = (dialect.refuse)(self);
        let answer = json_answer(status, &body);
        match self {
            Self::Rate(Some(wait)) => answer.with("retry-after", wait.text()),
            _ => answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_pattern_matches_whole_paths() {
        for (pattern, path, expected) in [
            ("/v1/a", "/v1/a", true),
            ("/v1/a", "/v1/a/", true),
            ("/v1/a", "/v1", false),
            ("/v1/a", "/v1/a/b", false),
            ("/v1/*/b", "/v1/x/b", true),
            ("/v1/*/b", "/v1/x/y/b", false),
            ("**/a/*", "/x/y/a/z", true),
            ("**/a/*", "/a/z", true),
            ("**/a/*", "/z", false),
            ("/", "/", true),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }
}
