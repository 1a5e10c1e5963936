//! The door for other programs: REST, its description, changes as they happen, health. Off until somebody opens it.
//!
//! Everything is one table of routes ([`routes`]): the router, the OpenAPI document and the tests read the same entries.
//! Owns tokens at the gate, bounds, pace, errors as JSON, tags and compression. Never decides anything of the guard:
//! each route is a request of `tidegate-api`, with every confirmation that the api asks for. Never acts on an address or
//! a path that a caller gives. Tested in `tests/http.rs`, and by other programs in the project's `tests/`.

mod agents;
mod answer;
mod bindings;
mod call;
mod changes;
mod check;
mod error;
mod gate;
mod health;
mod ingest;
mod jobs;
mod kept;
pub mod kind;
pub mod limits;
mod openapi;
mod pace;
pub mod route;
mod router;
pub mod routes;
mod serve;
mod tag;

use std::net::SocketAddr;
use std::sync::Arc;

use tidegate_api::door::Door;
use tidegate_api::words::Timer;
use tokio::sync::Semaphore;

pub(crate) use gate::is_asked_for_here;
pub use serve::{Serving, serve};
pub(crate) use serve::{listen, over};

/// How the door is opened.
#[derive(Clone)]
pub struct HttpOptions {
    /// Where it listens; port 0 picks a free one.
    pub listen: SocketAddr,
    /// Both clocks, and waiting.
    pub timer: Arc<dyn Timer>,
    /// How often a token may ask.
    pub pace_token: limits::Pace,
    /// How often somebody without one may ask.
    pub pace_stranger: limits::Pace,
}

impl HttpOptions {
    /// The usual pace.
    #[must_use]
    pub fn new(listen: SocketAddr, timer: Arc<dyn Timer>) -> Self {
        Self {
            listen,
            timer,
            pace_token: limits::PACE_TOKEN,
            pace_stranger: limits::PACE_STRANGER,
        }
    }
}

/// Why the door is not open.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The address cannot be listened on.
    #[error("{0} cannot be listened on: {1}")]
    Listen(SocketAddr, std::io::Error),
}

/// What every call needs.
struct Shared {
    door: Arc<dyn Door>,
    timer: Arc<dyn Timer>,
    types: bindings::Known,
    hub: Arc<changes::Hub>,
    jobs: Arc<jobs::Jobs>,
    kept: Arc<kept::Kept>,
    paces: pace::Paces,
    unpacking: Semaphore,
    is_loopback: bool,
}
