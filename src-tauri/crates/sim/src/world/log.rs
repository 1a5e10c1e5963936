//! What was asked: every request that arrived, for tests that count.

use std::collections::VecDeque;

use serde::Serialize;
use tidegate_meter::Time;

use crate::limits;

/// One request that arrived at a simulated provider.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct LoggedRequest {
    /// World time.
    pub at: Time,
    /// The method.
    pub method: String,
    /// The path as sent.
    pub path: String,
    /// The query as sent.
    pub query: String,
    /// What it was recognised as: `ecs.stop`; `-` for nothing known.
    pub operation: String,
    /// Whose key signed it, if that could be told.
    pub account: Option<String>,
    /// The access key.
    pub key: Option<String>,
    /// The servers of a stop or start.
    pub servers: Vec<String>,
    /// A lie answered in place of the service, which never saw it.
    pub unseen: bool,
    /// A stop that cuts the power.
    pub forced: bool,
    /// The status it was answered with.
    pub status: u16,
    /// The provider's error code, if it was refused.
    pub code: Option<String>,
}

/// The newest requests.
#[derive(Default)]
pub(crate) struct Log {
    entries: VecDeque<LoggedRequest>,
}

impl Log {
    pub(crate) fn push(&mut self, entry: LoggedRequest) {
        if self.entries.len() >= limits::LOG_REQUESTS {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    pub(crate) fn all(&self) -> Vec<LoggedRequest> {
        self.entries.iter().cloned().collect()
    }

    /// Takes them out.
    pub(crate) fn take(&mut self) -> Vec<LoggedRequest> {
        self.entries.drain(..).collect()
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}
