//! The frames, as JSON: one object a frame.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use tidegate_api::ApiError;
use tokio_util::codec::LengthDelimitedCodec;

use crate::limits;

/// From the client.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FromClient {
    /// First: which protocol, and who asks.
    Hello {
        /// Its protocol.
        protocol: u32,
        /// `cli`, `window`, `api`.
        actor: String,
    },
    /// A request under an id of the client's own. It is read apart, so that one unknown request refuses only itself.
    Ask {
        /// The id.
        id: u64,
        /// A [`tidegate_api::Request`].
        request: Value,
    },
    /// Changes from now on.
    Subscribe,
}

/// From the server.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FromServer {
    /// The answer to a hello.
    Hello {
        /// Its protocol.
        protocol: u32,
        /// Its version.
        version: String,
    },
    /// Not served; the connection ends.
    Refused {
        /// Why.
        detail: String,
    },
    /// The answer to an id.
    Answer {
        /// The id.
        id: u64,
        /// What came of it: a [`tidegate_api::Response`] as its text, which whoever only hands it on need not understand.
        result: Result<Box<RawValue>, ApiError>,
    },
    /// Subscribed: every later change is told.
    Subscribed,
    /// One change batch.
    Changes(Value),
    /// Batches that this client was too slow for.
    Missed(u64),
    /// Last: the guard ends in good order, and nobody comes after it.
    Ended,
}

/// Frames with a 4-byte length before them; a longer one ends the connection.
pub(super) fn codec(longest: usize) -> LengthDelimitedCodec {
    LengthDelimitedCodec::builder()
        .max_frame_length(longest)
        .new_codec()
}

/// For the side that reads requests and writes answers.
pub(super) fn both() -> LengthDelimitedCodec {
    // One codec serves both directions of a connection; the reader of requests checks their shorter limit itself.
    codec(limits::ANSWER_BYTES)
}
