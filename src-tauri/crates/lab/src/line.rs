//! What is seen of a run, line by line, in the order of time: the only thing that checks, the trace and the story read.
//! Owns the words; nothing here is the engine's own opinion but [`Line::Event`].

use serde::Serialize;
use tidegate_engine::Event;
use tidegate_meter::{RowId, Time};
use tidegate_sim::LoggedRequest;

use crate::plan::Deed;

/// One line, with the world's true time.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    /// True time, whatever the machine's clock says.
    pub at: Time,
    /// The machine's monotonic milliseconds.
    pub mono_ms: u64,
    /// What was seen.
    pub line: Line,
}

/// What can be seen.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "seen")]
pub enum Line {
    /// A process began its life; the number counts from one.
    Began {
        /// The how manyth.
        life: u32,
    },
    /// A life ended, by a kill or in good order.
    Ended {
        /// By a kill.
        killed: bool,
    },
    /// A request arrived at a simulated provider and was answered.
    Request {
        /// As the provider logged it.
        request: LoggedRequest,
        /// Of a request that changes something: whether, at the moment it arrived, an intent that names this target
        /// stood durably in the database. `None` for requests that only read.
        recorded: Option<bool>,
    },
    /// A message was accepted by a platform.
    Card {
        /// `feishu`, `dingtalk`, …
        platform: String,
        /// Its whole text.
        text: String,
        /// It says of itself that it may be a repeat.
        is_repeat: bool,
    },
    /// The engine told its listeners something after it was durable.
    Event {
        /// What.
        event: Event,
    },
    /// Something of the plan happened.
    Deed {
        /// What.
        deed: Deed,
    },
    /// Everything was mended.
    Healed,
}

/// The action that an event is about.
pub(crate) const fn intent_of(event: &Event) -> Option<RowId> {
    Some(match event {
        Event::Planned { intent, .. }
        | Event::Rechecked { intent, .. }
        | Event::Sent { intent, .. }
        | Event::Accepted { intent, .. }
        | Event::Verifying { intent, .. }
        | Event::Verified { intent, .. }
        | Event::Failed { intent, .. }
        | Event::Unknown { intent, .. }
        | Event::Cancelled { intent, .. }
        | Event::Abandoned { intent, .. }
        | Event::Held { intent, .. }
        | Event::Due { intent, .. } => *intent,
        _ => return None,
    })
}
