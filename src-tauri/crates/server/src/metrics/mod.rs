//! `/metrics`: the engine in numbers for a Prometheus, on an address of its own. Off until somebody opens it.
//!
//! Every family is one entry of [`FAMILIES`]: its name, its help and where its samples come from. Samples are made when
//! they are asked for and kept nowhere, so that a series ends with its subject. Owns the text; the counters are the
//! engine's. Tested in `tests/metrics.rs`, and by a real Prometheus in the project's `tests/`.

mod families;
mod flows;
mod text;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};
use tidegate_api::door::Door;

pub use families::{FAMILIES, Family, Kind};

use crate::http::{HttpError, Serving, is_asked_for_here, listen, over};

/// Opens `/metrics`. Errors: the address cannot be listened on.
pub async fn serve(door: Arc<dyn Door>, at: SocketAddr) -> Result<Serving, HttpError> {
    let (listener, address) = listen(at).await?;
    let router = Router::new().route("/metrics", get(scrape)).with_state(Scraped {
        door,
        is_loopback: address.ip().is_loopback(),
    });
    Ok(over(listener, address, router))
}

#[derive(Clone)]
struct Scraped {
    door: Arc<dyn Door>,
    is_loopback: bool,
}

async fn scrape(State(scraped): State<Scraped>, request: Request) -> Response {
    if scraped.is_loopback && !is_asked_for_here(request.headers(), request.uri()) {
        return StatusCode::MISDIRECTED_REQUEST.into_response();
    }
    let accept = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    let form = text::Form::of(accept);
    let Ok(measured) = scraped.door.measured().await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    match text::text(measured, form) {
        Ok(text) => ([(header::CONTENT_TYPE, form.media())], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
