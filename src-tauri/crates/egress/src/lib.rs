//! The one way out of the process for HTTP: limits, one retry layer, redaction, and a transport that a simulator can
//! replace.
//!
//! Owns [`Transport`], [`Egress`], [`Timer`], [`Request`], [`Response`], [`Failure`] and [`redact`]. Never knows a
//! provider or a channel, never logs a URL's query, a header's value or a body. It exists beside the design's list of
//! crates because providers and channels must not know each other and yet share one client. Tested in `tests/`.

mod failure;
pub mod limits;
mod redact;
mod request;
mod timer;
mod transport;

pub use failure::{Failure, FailureKind};
pub use redact::redact;
pub use request::{Method, Request, Response};
pub use timer::Timer;
pub use transport::Transport;
