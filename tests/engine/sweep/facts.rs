//! What is true when a story is over, and what must be true of a story in which the process ended: held against the same
//! story without an end.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_guard::IntentState;
use tidegate_store::{AlertFilter, AuditVerdict, DeliveryRow, DeliveryState, IntentRow};

use crate::sweep::house::House;
use crate::sweep::watched::Asked;

/// Alerts, intents and messages that are read back.
const ROWS: usize = 500;
/// What an end itself gives cause to tell; and that a request failed, which is not known where it ended meanwhile.
const OF_ENDS: [&str; 4] = ["lapse", "program", "action_failed", "action_unknown"];
/// That a request was taken on: needless where its proof was found first, and never told once more.
const NEEDLESS: &str = "action_sent";

/// A step of a guard in a window, by guard, meter, window and key.
type Step = (String, String, i64, String);

/// The end of a story.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub(crate) steps: Vec<Step>,
    pub(crate) intents: Vec<IntentRow>,
    pub(crate) deliveries: Vec<DeliveryRow>,
    /// What arrived: channel, id of the message, whether it was marked as a repeat.
    pub(crate) arrived: Vec<(String, String, bool)>,
    pub(crate) asked: Vec<Asked>,
    pub(crate) flows: u64,
    pub(crate) chain: AuditVerdict,
}

impl Facts {
    pub(crate) async fn of(house: &House<'_>) -> Self {
        let alerts = house.store.alerts(AlertFilter::recent(ROWS)).await.unwrap();
        let steps = alerts.into_iter().filter_map(|row| {
            let (guard, meter) = (row.guard?, row.meter?);
            Some((
                guard.to_string(),
                meter.to_string(),
                row.window_start.ms(),
                row.key,
            ))
        });
        let sinks = house.ground.sinks();
        let arrived = sinks.iter().flat_map(|(channel, sink)| {
            let got = sink.got.lock().unwrap().clone();
            got.into_iter()
                .map(|(_, id, repeat)| (channel.clone(), id.to_string(), repeat))
                .collect::<Vec<_>>()
        });
        let whole = tidegate_store::FlowFilter {
            from: "2026-01-01".parse().unwrap(),
            through: "2027-12-31".parse().unwrap(),
            device: None,
            by: Vec::new(),
            limit: 1,
        };
        let sums = house.store.flows(whole).await.unwrap().sums;
        Self {
            steps: steps.collect(),
            intents: house.intents().await,
            deliveries: house.deliveries().await,
            arrived: arrived.collect(),
            asked: house.ground.wire.asked(),
            flows: sums.iter().filter_map(|sum| sum.bytes.total()).sum(),
            chain: house.store.audit_verify(None).await.unwrap(),
        }
    }

    fn steps(&self) -> BTreeSet<&Step> {
        self.steps.iter().collect()
    }

    /// What was proven, with how often.
    fn proven(&self) -> BTreeMap<String, usize> {
        let proven = self
            .intents
            .iter()
            .filter(|row| row.state == IntentState::Verified);
        tally(proven.map(|row| format!("{:?} {}", row.action, row.target.id)))
    }

    fn requests(&self) -> BTreeMap<String, usize> {
        tally(self.asked.iter().map(|asked| asked.what.clone()))
    }

    /// What was told, with how often.
    fn told(&self) -> BTreeMap<String, usize> {
        let told = self.deliveries.iter().flat_map(|row| codes(&row.message));
        tally(told.filter(|code| !OF_ENDS.contains(&code.as_str())))
    }

    /// Everything that is wrong after so many ends, held against the same story without one.
    pub(crate) fn breaches(&self, clean: &Self, ends: usize) -> Vec<String> {
        let mut found = Vec::new();
        self.lost_or_new_steps(clean, &mut found);
        self.untold(clean, &mut found);
        self.requests_beyond(clean, ends, &mut found);
        self.left_open(clean, &mut found);
        self.repeats(ends, &mut found);
        if self.flows != clean.flows {
            found.push(format!("{} bytes are counted, not {}", self.flows, clean.flows));
        }
        if let AuditVerdict::Broken { seq, fault } = &self.chain {
            found.push(format!("the audit is broken at {seq}: {fault:?}"));
        }
        found
    }

    fn lost_or_new_steps(&self, clean: &Self, found: &mut Vec<String>) {
        for lost in clean.steps().difference(&self.steps()) {
            found.push(format!("an alert is lost: {lost:?}"));
        }
        for new in self.steps().difference(&clean.steps()) {
            found.push(format!("an alert has no cause: {new:?}"));
        }
        if self.steps.len() != self.steps().len() {
            found.push("a step was raised twice in its window".to_owned());
        }
    }

    fn untold(&self, clean: &Self, found: &mut Vec<String>) {
        let (told, wanted) = (self.told(), clean.told());
        for (what, count) in &wanted {
            let got = told.get(what).copied().unwrap_or(0);
            if got > *count || (got < *count && what != NEEDLESS) {
                found.push(format!("{what} is told {got} times, not {count}"));
            }
        }
        for what in told.keys().filter(|what| !wanted.contains_key(*what)) {
            found.push(format!("{what} is told without cause"));
        }
    }

    /// A server is never asked more often than without an end; of a sub-account, the one piece on the wire at the end may
    /// be asked for again: to switch off what is off changes nothing.
    fn requests_beyond(&self, clean: &Self, ends: usize, found: &mut Vec<String>) {
        let wanted = clean.requests();
        let mut again = 0;
        for (what, count) in self.requests() {
            let allowed = wanted.get(&what).copied().unwrap_or(0);
            let surplus = count.saturating_sub(allowed);
            if what.contains(" of ") && allowed > 0 {
                again += surplus;
            } else if surplus > 0 {
                found.push(format!("{what} is asked for {count} times, not {allowed}"));
            }
        }
        if again > ends {
            found.push(format!("{again} pieces are asked for again after {ends} ends"));
        }
        for asked in self.asked.iter().filter(|asked| !asked.durable) {
            found.push(format!("{} left before its intent was durable", asked.what));
        }
    }

    fn left_open(&self, clean: &Self, found: &mut Vec<String>) {
        for row in self.intents.iter().filter(|row| !row.state.is_end()) {
            found.push(format!("an action never ends: {row:?}"));
        }
        if self.proven() != clean.proven() {
            found.push(format!(
                "proven are {:?}, not {:?}",
                self.proven(),
                clean.proven()
            ));
        }
    }

    fn repeats(&self, ends: usize, found: &mut Vec<String>) {
        let mut surplus = 0;
        for row in &self.deliveries {
            let id = row.id.to_string();
            let copies = self.arrived.iter().filter(|(_, got, _)| *got == id);
            let marks: Vec<bool> = copies.map(|(.., repeat)| *repeat).collect();
            surplus += marks.len().saturating_sub(1);
            match row.state {
                DeliveryState::Pending | DeliveryState::Sending => {
                    found.push(format!("a message waits for ever: {row:?}"));
                }
                DeliveryState::Delivered if marks.is_empty() => {
                    found.push(format!("a message never arrived: {row:?}"));
                }
                _ => {}
            }
            if marks.iter().skip(1).any(|repeat| !repeat) {
                found.push(format!("a repeat is not marked: {row:?}"));
            }
        }
        if surplus > ends {
            found.push(format!("{surplus} messages are repeated after {ends} ends"));
        }
    }
}

fn tally<T: Ord>(things: impl Iterator<Item = T>) -> BTreeMap<T, usize> {
    things.fold(BTreeMap::new(), |mut counts, thing| {
        *counts.entry(thing).or_default() += 1;
        counts
    })
}

/// The codes of a message, a group opened.
fn codes(message: &serde_json::Value) -> Vec<String> {
    match message.get("messages").and_then(|messages| messages.as_array()) {
        Some(messages) => messages.iter().flat_map(codes).collect(),
        None => vec![message["code"].as_str().unwrap_or_default().to_owned()],
    }
}
