//! The tag of an answer: what it is made of, whether a caller has the answer already, and how it goes on when an answer is
//! compressed.

use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use sha2::{Digest, Sha256};

/// A body with its tag.
#[derive(Clone)]
pub(super) struct Tagged {
    /// What is answered.
    pub(super) body: Bytes,
    /// Its tag, in quotation marks.
    pub(super) tag: String,
}

impl Tagged {
    /// With the tag of its content.
    pub(super) fn new(body: Bytes) -> Self {
        let digest = Sha256::digest(&body);
        let tag = format!("\"{}\"", hex::encode(digest.get(..16).unwrap_or_default()));
        Self { body, tag }
    }

    /// Whether the caller says that it has just this.
    pub(super) fn is_known(&self, headers: &HeaderMap) -> bool {
        has(headers, &self.tag)
    }
}

/// A compressed answer is another representation, with a tag of its own; both are the same content.
pub(super) const GZIP_MARK: &str = "-gzip\"";

fn has(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok());
    known.flat_map(|value| value.split(',')).any(|known| {
        let known = known.trim();
        let known = known.strip_prefix("W/").unwrap_or(known);
        known == "*" || known == tag || known.replace(GZIP_MARK, "\"") == tag
    })
}

/// After compression: the tag of what really goes out.
pub(super) fn retag(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let zipped = headers
        .get(header::CONTENT_ENCODING)
        .is_some_and(|encoding| encoding == "gzip");
    if zipped && let Some(tag) = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok()) {
        let marked = format!("{}{GZIP_MARK}", tag.trim_end_matches('"'));
        if let Ok(tag) = HeaderValue::from_str(&marked) {
            headers.insert(header::ETAG, tag);
        }
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}
