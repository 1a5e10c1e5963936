//! A request that posts a JSON body.

use tidegate_egress::{Method, Request};
use url::Url;

/// POST with the content type that every platform takes.
pub(crate) fn post(url: Url, body: Vec<u8>) -> Request {
    Request {
        method: Method::Post,
        url,
        headers: vec![(
            "content-type".to_owned(),
            "application/json; charset=utf-8".to_owned(),
        )],
        body: body.into(),
    }
}
