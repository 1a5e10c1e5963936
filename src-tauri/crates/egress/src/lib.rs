//! The one way out of the process for HTTP: limits, one retry layer, redaction, and a transport that a simulator can
//! replace.
//!
//! Owns [`Transport`], [`HttpTransport`], [`Egress`], [`Lane`], [`Timer`], [`SystemTimer`], [`Request`], [`Response`], [`Failure`] and
//! [`redact()`]. Never knows a provider or a channel, never logs a URL's query, a header's value or a body. It exists
//! beside the design's list of crates because providers and channels must not know each other and yet share one
//! client. Tested in `tests/`.

mod call;
mod clock;
mod failure;
mod lane;
pub mod limits;
mod redact;
mod request;
mod retry_after;
mod tcp;
mod timer;
mod transport;

pub use call::{CallPolicy, Egress, Verdict};
pub use clock::SystemTimer;
pub use failure::{Failure, FailureKind};
pub use lane::{Lane, Pass};
pub use redact::redact;
pub use request::{Method, Request, Response};
pub use retry_after::{http_date, retry_after};
pub use tcp::{HttpTransport, is_tls, plain_allowed};
pub use timer::Timer;
pub use transport::{Glance, Transport};
