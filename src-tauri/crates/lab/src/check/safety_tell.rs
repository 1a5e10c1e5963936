//! Safety of what people are told: never more than the record (S11), each step once (S13), extra copies marked (S14).
//! Shown to fail in `tests/planted.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tidegate_engine::Event;
use tidegate_guard::{ActionKind, IntentState};
use tidegate_meter::{RowId, Time};
use tidegate_sim::{Fault, Lie};
use tidegate_store::DeliveryRow;

use super::cast::Known;
use super::machine::Machine;
use super::{Check, Finding, Invariant, View, stored};
use crate::line::{Line, Seen};
use crate::plan::{Deed, WorldDeed};

/// Between the read of a state and the word of it: what happened to the server since, the proof cannot know.
const PROOF: Duration = Duration::from_secs(60);

/// S11: a message about an action claims no state that its record had not reached when the message was made; and a stop is
/// called verified only of a server that truly stands. Exempt from the second half: a server that was started within the
/// minute, and a provider whose status flaps, which two reads apart make rarer and [`Invariant::L5`] notices.
pub(super) fn s11_no_claim_beyond_the_record() -> Box<dyn Check> {
    Box::new(Claims::default())
}

#[derive(Default)]
struct Claims {
    cast: Known,
    stops: BTreeSet<RowId>,
}

/// The state that a message claims at least.
fn claimed(code: &str) -> Option<IntentState> {
    Some(match code {
        "action_sent" => IntentState::Accepted,
        "action_verified" => IntentState::Verified,
        "action_failed" => IntentState::Failed,
        "action_unknown" => IntentState::Unknown,
        "action_cancelled" => IntentState::Cancelled,
        _ => return None,
    })
}

fn parts(message: &serde_json::Value) -> Vec<&serde_json::Value> {
    match message.get("messages").and_then(serde_json::Value::as_array) {
        Some(parts) => parts.iter().collect(),
        None => vec![message],
    }
}

/// Every action that a message tells of, with the state that it claims.
fn claims(row: &DeliveryRow) -> Vec<(RowId, &str, IntentState)> {
    let claim = |part: &serde_json::Value| -> Option<RowId> {
        serde_json::from_value(part.get("action")?.get("intent")?.clone()).ok()
    };
    let told = parts(&row.message).into_iter();
    told.filter_map(|part| {
        let code = part.get("code")?.as_str()?;
        Some((claim(part)?, code, claimed(code)?))
    })
    .collect()
}

impl Claims {
    fn is_told(&self, at: Time, target: &str, view: &View<'_>) -> Option<String> {
        let since = view.world.running_since(target).ok()??;
        let faults = view.world.faults();
        let flaps = faults.iter().any(|(_, fault)| fault.lie == Lie::Flapping);
        let is_false = !flaps && at.since(since) > PROOF;
        is_false.then(|| {
            format!(
                "called stopped, and it runs since {} s",
                at.since(since).as_secs()
            )
        })
    }
}

impl Check for Claims {
    fn invariant(&self) -> Invariant {
        Invariant::S11
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        match &seen.line {
            Line::Event {
                event:
                    Event::Planned {
                        intent,
                        action: ActionKind::Stop,
                        ..
                    },
            } => {
                self.stops.insert(*intent);
            }
            Line::Event {
                event: Event::Verified { intent, target, .. },
            } if self.stops.contains(intent) => {
                let id = target.id.as_str();
                if let Some(said) = self.is_told(seen.at, id, view) {
                    return Finding::one(self.cast.of(view).name(id), said);
                }
            }
            _ => {}
        }
        Vec::new()
    }

    fn end(&mut self, _: Time, view: &View<'_>) -> Vec<Finding> {
        let mut found = Vec::new();
        for row in stored::deliveries(view.store) {
            for (intent, code, least) in claims(&row) {
                let Some(events) = stored::now(view.store.intent_events(intent)) else {
                    continue;
                };
                let reached = events
                    .iter()
                    .any(|event| event.to == least && event.at <= row.created_at);
                if !reached {
                    let said = format!("{code} was told of {intent}, which was never {}", least.name());
                    found.extend(Finding::one(row.channel.as_str(), said));
                }
            }
        }
        found
    }
}

/// S13: a step is raised once in a window for ever: no two alerts of one guard, meter, key and window, no step told twice
/// by the engine, no two messages of one step to one channel. A copy for the next channel goes to another one.
pub(super) fn s13_each_step_once() -> Box<dyn Check> {
    Box::new(Steps::default())
}

#[derive(Default)]
struct Steps {
    told: BTreeSet<RowId>,
}

impl Check for Steps {
    fn invariant(&self) -> Invariant {
        Invariant::S13
    }

    fn see(&mut self, seen: &Seen, _: &View<'_>) -> Vec<Finding> {
        let Line::Event {
            event: Event::Step {
                alert, guard, step, ..
            },
        } = &seen.line
        else {
            return Vec::new();
        };
        if self.told.insert(*alert) {
            return Vec::new();
        }
        Finding::one(guard.as_str(), format!("step {step} was told twice"))
    }

    fn end(&mut self, _: Time, view: &View<'_>) -> Vec<Finding> {
        let mut found = Vec::new();
        let mut raised = BTreeSet::new();
        for row in stored::alerts(view.store) {
            let about = row
                .guard
                .as_ref()
                .map_or_else(String::new, |guard| guard.as_str().to_owned());
            if !raised.insert((row.guard, row.meter, row.key.clone(), row.window_start)) {
                found.extend(Finding::one(
                    about,
                    format!("{} was raised twice in one window", row.key),
                ));
            }
        }
        let mut sent = BTreeSet::new();
        for row in stored::deliveries(view.store) {
            let is_step = row.message.get("code").is_some_and(|code| code == "step_reached");
            if let Some(alert) = row.alert.filter(|_| is_step)
                && !sent.insert((alert, row.channel.clone()))
            {
                found.extend(Finding::one(row.channel.as_str(), "one step in two messages"));
            }
        }
        found
    }
}

/// S14: of the copies of one message that a platform took, all but the first say that they may be a repeat; and there are
/// no more of those than crashes, lies and cut wires together, each of which can cost one answer, and the copies that were
/// taken while a lie held that loses every answer of the platform.
pub(super) fn s14_extra_copies_are_marked() -> Box<dyn Check> {
    Box::new(Copies::default())
}

#[derive(Default)]
struct Copies {
    machine: Machine,
    /// By platform and short id: taken without and with the mark.
    taken: BTreeMap<(String, String), (u32, u32)>,
    /// And those of them whose answer was lost.
    lost: BTreeMap<(String, String), u32>,
    /// Lies that lose answers: of which platform, or of all, from when until when.
    losing: Vec<(Option<String>, Time, Option<Time>)>,
}

impl Copies {
    fn lies(&mut self, at: Time, fault: &Fault) {
        let loses = matches!(
            fault.lie,
            Lie::Broken | Lie::Hanging | Lie::Truncated | Lie::Slow { .. }
        );
        if loses && fault.account.is_none() {
            let from = at.plus(Duration::from_secs(fault.after_s));
            let until = fault.for_s.map(|span| from.plus(Duration::from_secs(span)));
            self.losing.push((fault.on.clone(), from, until));
        }
    }

    fn is_lost(&self, platform: &str, at: Time) -> bool {
        self.losing.iter().any(|(on, from, until)| {
            on.as_deref().is_none_or(|on| on == platform)
                && *from <= at
                && until.is_none_or(|until| at <= until)
        })
    }
}

/// The short id that stands in a message: `#0123abcd`.
fn short_id(text: &str) -> Option<String> {
    let is_id =
        |word: &&str| word.len() >= ID_CHARS && word.chars().take(ID_CHARS).all(|c| c.is_ascii_hexdigit());
    let last = text.rsplit('#').find(is_id)?;
    Some(last.chars().take(ID_CHARS).collect())
}

/// Characters of a short id.
const ID_CHARS: usize = 8;

impl Check for Copies {
    fn invariant(&self) -> Invariant {
        Invariant::S14
    }

    fn see(&mut self, seen: &Seen, _: &View<'_>) -> Vec<Finding> {
        self.machine.see(seen);
        if let Line::Deed {
            deed: Deed::World(WorldDeed::Lie { fault }),
        } = &seen.line
        {
            self.lies(seen.at, fault);
        }
        let Line::Card {
            platform,
            text,
            is_repeat,
        } = &seen.line
        else {
            return Vec::new();
        };
        let Some(id) = short_id(text) else {
            return Vec::new();
        };
        let key = (platform.clone(), id);
        let is_lost = self.is_lost(platform, seen.at);
        let lost = self.lost.entry(key.clone()).or_default();
        let before = *lost;
        *lost = lost.saturating_add(u32::from(is_lost));
        let copies = self.taken.entry(key).or_default();
        if *is_repeat {
            copies.1 += 1;
        } else {
            copies.0 += 1;
        }
        if copies.0 > 1 {
            return Finding::one(
                platform.as_str(),
                "one message arrived twice and the second is not marked",
            );
        }
        if copies.1 > self.machine.kills + self.machine.troubles + before {
            let said = format!(
                "{} repeats of one message; nothing cost so many answers",
                copies.1
            );
            return Finding::one(platform.as_str(), said);
        }
        Vec::new()
    }
}
