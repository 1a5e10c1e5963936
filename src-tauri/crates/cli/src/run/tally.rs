//! What happened during a run, counted for its last line.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tidegate_api::words::{Lang, Time};

/// Events by name.
#[derive(Default)]
pub(crate) struct Tally {
    counts: BTreeMap<String, u64>,
    /// What could not be printed in time: batches that came too fast, lines nobody read.
    pub(crate) missed: u64,
}

impl Tally {
    /// Counts one.
    pub(crate) fn count(&mut self, event: &Value) {
        if let Some(name) = event.get("event").and_then(Value::as_str) {
            let count = self.counts.entry(name.to_owned()).or_default();
            *count = count.saturating_add(1);
        }
    }

    fn of(&self, name: &str) -> u64 {
        self.counts.get(name).copied().unwrap_or(0)
    }

    /// The last line for programs.
    pub(crate) fn summary(&self, at: Time) -> Value {
        json!({ "event": "summary", "at": at, "counts": self.counts, "missed": self.missed })
    }

    /// The last line for people.
    pub(crate) fn sentence(&self, lang: Lang) -> String {
        let (readings, steps) = (self.of("reading"), self.of("step"));
        let (verified, delivered) = (self.of("verified"), self.of("delivered"));
        match lang {
            Lang::Zh => {
                format!(
                    "结束：读数 {readings}，提醒 {steps}，确认完成的行动 {verified}，送达消息 {delivered}。"
                )
            }
            Lang::En => format!(
                "Ended: {readings} readings, {steps} steps, {verified} verified actions, {delivered} delivered messages."
            ),
        }
    }
}
