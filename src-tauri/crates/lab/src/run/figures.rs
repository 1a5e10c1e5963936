//! What a run came to, in numbers: how much was played, and which words of the product and of the plan it touched.

use std::collections::BTreeMap;

use serde::Serialize;
use tidegate_engine::Event;
use tidegate_guard::ActionKind;
use tidegate_meter::{RowId, TargetKind};

use crate::line::{Line, Seen};
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

const fn intent_of(event: &Event) -> Option<RowId> {
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
        | Event::Abandoned { intent, .. } => *intent,
        _ => return None,
    })
}

/// The word that tells the variant of a tagged value.
fn word(value: &impl Serialize, tag: &str) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    let word = value.get(tag).and_then(serde_json::Value::as_str);
    word.unwrap_or("-").to_owned()
}
