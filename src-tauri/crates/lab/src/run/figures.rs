//! What a run came to, in numbers: how much was played, and which words of the product and of the plan it touched.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use tidegate_engine::Event;
use tidegate_guard::ActionKind;
use tidegate_meter::{RowId, TargetKind};

use crate::line::{Line, Seen, intent_of};
use crate::run::moments::state_of;

/// The numbers of a run.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Figures {
    /// Virtual seconds that passed.
    pub seconds: u64,
    /// Lines that were seen.
    pub lines: u64,
    /// Lives of the process.
    pub lives: u32,
    /// Transactions that became durable.
    pub commits: u64,
    /// Requests that arrived.
    pub requests: u64,
    /// Messages that arrived.
    pub cards: u64,
    /// How often each was seen: `event.step`, `deed.crash`, `request.ecs.stop`, `lie.hanging`, …
    pub counts: BTreeMap<String, u64>,
}

impl Figures {
    /// Adds a line.
    pub(crate) fn note(&mut self, seen: &Seen) {
        self.lines = self.lines.saturating_add(1);
        let name = match &seen.line {
            Line::Began { .. } => {
                self.lives = self.lives.saturating_add(1);
                "began".to_owned()
            }
            Line::Ended { killed } => if *killed { "killed" } else { "ended" }.to_owned(),
            Line::Request { request, .. } => {
                self.requests = self.requests.saturating_add(1);
                format!("request.{}", request.operation)
            }
            Line::Card { platform, .. } => {
                self.cards = self.cards.saturating_add(1);
                format!("card.{platform}")
            }
            Line::Event { event } => format!("event.{}", word(event, "event")),
            Line::Deed { deed } => format!("deed.{}", word(deed, "does")),
            Line::Healed => "healed".to_owned(),
        };
        self.count(name);
    }

    /// Adds those of another run.
    pub(crate) fn add(&mut self, other: &Self) {
        self.seconds = self.seconds.saturating_add(other.seconds);
        self.lines = self.lines.saturating_add(other.lines);
        self.lives = self.lives.saturating_add(other.lives);
        self.commits = self.commits.saturating_add(other.commits);
        self.requests = self.requests.saturating_add(other.requests);
        self.cards = self.cards.saturating_add(other.cards);
        for (name, count) in &other.counts {
            let sum = self.counts.entry(name.clone()).or_default();
            *sum = sum.saturating_add(*count);
        }
    }

    /// One more of that name.
    pub(crate) fn count(&mut self, name: String) {
        let count = self.counts.entry(name).or_default();
        *count = count.saturating_add(1);
    }
}

/// What becomes of actions: each state that one comes to is counted under what it does.
#[derive(Default)]
pub(super) struct Ends {
    done: BTreeMap<RowId, &'static str>,
}

impl Ends {
    /// `stop.planned`, `stop.verified`, `disable.failed`, …; `None` of what is about no action.
    pub(super) fn name(&mut self, event: &Event) -> Option<String> {
        let state = state_of(event)?;
        let intent = intent_of(event)?;
        if let Event::Planned { action, target, .. } = event {
            self.done.insert(intent, what(*action, target.kind));
        }
        let what = self.done.get(&intent)?;
        Some(format!("{what}.{}", state.name()))
    }
}

const fn what(action: ActionKind, on: TargetKind) -> &'static str {
    match (action, on) {
        (ActionKind::Start, TargetKind::SubAccount) => "restore",
        (ActionKind::Start, _) => "start",
        (_, TargetKind::SubAccount) => "disable",
        _ => "stop",
    }
}

/// The word that tells the variant of a tagged value. Its tag stands first: what follows is not written out for every line.
fn word(value: &impl Serialize, tag: &str) -> String {
    let mut head = Head::default();
    // An error says that the head is full.
    let _ = serde_json::to_writer(&mut head, value);
    let text = String::from_utf8_lossy(&head.bytes);
    let word = text.split_once(&format!("\"{tag}\":\"")).map(|(_, rest)| rest);
    let word = word.and_then(|rest| rest.split_once('"')).map(|(word, _)| word);
    word.unwrap_or("-").to_owned()
}

/// The beginning of a text; whoever writes more is told to stop.
#[derive(Default)]
struct Head {
    bytes: Vec<u8>,
}

/// Longer than two tags and their words.
const HEAD_BYTES: usize = 96;

impl Write for Head {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = HEAD_BYTES.saturating_sub(self.bytes.len());
        let taken = bytes.get(..bytes.len().min(room)).unwrap_or_default();
        self.bytes.extend_from_slice(taken);
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::word;
    use crate::plan::{Deed, DiskDeed, WorldDeed};

    #[test]
    fn a_deed_is_called_by_what_it_does_however_long_it_is() {
        let long = json!({ "does": "other", "text": "x".repeat(500) });
        let deed = Deed::World(WorldDeed::Volcengine {
            main: "m".repeat(200),
            deed: long,
        });
        assert_eq!(word(&deed, "does"), "volcengine");
        assert_eq!(word(&Deed::Disk(DiskDeed::Flip { bits: 3 }), "does"), "flip");
        assert_eq!(word(&json!({ "a": 1 }), "does"), "-");
    }
}
