//! The draft of one transaction: what a look means for every guard on every meter. Owns the translation of decisions
//! into rows, events and messages. Changes nothing outside itself until [`Draft::apply`], after the commit.

use std::collections::BTreeMap;
use std::sync::Arc;

use tidegate_channels::{Message, MeterRef};
use tidegate_guard::{Decision, Judgement, Level, Mode, Severity, judge};
use tidegate_meter::{GuardId, MeterId, MeterInfo, Mono, Outcome, TargetId, Time};
use tidegate_providers::{MeterLook, subscription_info};
use tidegate_store::{AlertRow, Batch, GuardStateRow, IntentRow, TargetRow, Write};

use crate::config::{GuardConfig, MeterChoice};
use crate::desk::Cell;
use crate::event::Event;
use crate::inner::{Inner, json};
use crate::look::Looked;
use crate::memory::{AccountMemory, AlertKey, Asked, Few, MeterMemory, OpenAlert, Slot, spec_on};
use crate::outbox::{Outgoing, merge};
use crate::quotas::{self, Book, Settled, Told};
use crate::restart::Start;
use crate::watch::Watch;
use crate::{facts, limits, subscriptions};

/// The transaction of one look, and what memory becomes when it is durable.
pub(crate) struct Draft {
    pub(crate) batch: Batch,
    pub(crate) events: Vec<Event>,
    pub(crate) outgoing: Vec<Outgoing>,
    pub(crate) at: Time,
    pub(crate) meters: Vec<MeterMemory>,
    gone: Vec<MeterId>,
    slots: Vec<((GuardId, MeterId), Slot)>,
    pub(crate) targets: Few<TargetId, TargetRow>,
    pub(crate) raised: Vec<(AlertKey, OpenAlert)>,
    pub(crate) resolved: Vec<AlertKey>,
    pub(crate) opened: Vec<IntentRow>,
    pub(crate) cancelled: Vec<(Arc<Cell>, IntentRow)>,
    blind: Option<tidegate_meter::Blind>,
    can_act: Option<bool>,
    asked: BTreeMap<TargetId, Asked>,
    book: Option<Box<Book>>,
    /// The outside was asked: the book of quotas alone is no look.
    is_look: bool,
    /// Every look gave truth, of a meter as it was known, after one that gave truth too, and no guard stands otherwise.
    repeats: bool,
}

/// What one judgement says of the meter itself.
struct Judged {
    level: Level,
    lag: Option<std::time::Duration>,
    /// Why this guard does not believe the reading.
    doubt: Option<tidegate_meter::Blind>,
}

/// What one judgement is translated with.
pub(crate) struct Scene<'a> {
    pub(crate) inner: &'a Inner,
    pub(crate) watch: &'a Watch,
    pub(crate) memory: &'a AccountMemory,
    pub(crate) guard: &'a GuardConfig,
    pub(crate) info: &'a MeterInfo,
    pub(crate) known: &'a [AlertRow],
    pub(crate) at: Time,
}

impl Scene<'_> {
    /// The meter as a message names it.
    pub(crate) fn meter_ref(&self) -> MeterRef {
        MeterRef {
            account: self.info.account.clone(),
            account_name: self.watch.config().name.clone(),
            meter: self.info.id.clone(),
            meter_name: self.info.name.clone(),
            guard: self.guard.id.clone(),
            byte_base: self.info.byte_base,
            behind_hours: quotas::behind_hours(self.info),
        }
    }

    pub(crate) fn key(&self, key: &str) -> AlertKey {
        (self.guard.id.clone(), self.info.id.clone(), key.to_owned())
    }

    /// Whether the guard acts now.
    pub(crate) fn is_armed(&self) -> bool {
        matches!(self.guard.mode, Mode::Armed { until, .. } if until > self.at)
    }
}

impl Draft {
    /// Judges every guard on every meter of the look.
    pub(crate) fn make(
        inner: &Inner,
        watch: &Watch,
        memory: &AccountMemory,
        looked: &Looked,
        settled: Option<Settled>,
        known: &[AlertRow],
    ) -> Self {
        let (book, writes, events) = match settled {
            Some(settled) => (Some(settled.book), settled.writes, settled.events),
            None => (None, Vec::new(), Vec::new()),
        };
        let mut draft = Self {
            batch: Batch { writes },
            events,
            book,
            is_look: !matches!(looked.told, Told::Book(_)),
            outgoing: Vec::new(),
            at: looked.at.wall,
            meters: Vec::new(),
            gone: Vec::new(),
            slots: Vec::new(),
            targets: Few::default(),
            raised: Vec::new(),
            resolved: Vec::new(),
            opened: Vec::new(),
            cancelled: Vec::new(),
            blind: looked.blind.clone(),
            can_act: looked.can_act,
            asked: asked(looked),
            repeats: true,
        };
        facts::note_targets(&mut draft, inner, watch, memory, looked);
        draft.tell_account(watch, memory);
        for look in &looked.meters {
            draft.meter(inner, watch, memory, looked, look, known);
        }
        draft.sample(watch, looked);
        draft.retain(watch, memory, looked);
        draft.merge_blind();
        draft
    }

    fn tell_account(&mut self, watch: &Watch, memory: &AccountMemory) {
        let Some(blind) = &self.blind else {
            return;
        };
        let told = memory.blind.as_ref().map(|before| before.reason);
        if told != Some(blind.reason) {
            self.events.push(Event::Unread {
                at: self.at,
                account: watch.config().id.clone(),
                meter: None,
                blind: blind.clone(),
            });
        }
    }

    fn meter(
        &mut self,
        inner: &Inner,
        watch: &Watch,
        memory: &AccountMemory,
        looked: &Looked,
        look: &MeterLook,
        known: &[AlertRow],
    ) {
        let before = memory.meters.get(&look.info.id);
        let mut worst = Level::Calm;
        let mut doubt = None;
        let mut lag = quotas::lag(&look.info, before.and_then(|meter| meter.lag));
        let mut judges = Vec::new();
        for guard in memory.guards_of(&look.info, look.outcome.reading()) {
            let scene = Scene {
                inner,
                watch,
                memory,
                guard: &guard,
                info: &look.info,
                known,
                at: self.at,
            };
            let judged = self.judge(&scene, looked, look, lag);
            worst = worst.max(judged.level);
            lag = quotas::lag(&look.info, judged.lag.or(lag));
            doubt = doubt.or(judged.doubt);
            judges.push(guard.id.clone());
        }
        self.release(memory, &look.info, &judges);
        // A number that a guard does not believe is no truth for anybody: the meter is blind until it is confirmed.
        let doubted = doubt.map(|blind| MeterLook {
            outcome: Outcome::Blind(blind),
            ..look.clone()
        });
        let look = doubted.as_ref().unwrap_or(look);
        self.write_look(before, look, lag);
        self.tell_look(watch, before, look, worst);
        self.remember(before, look, lag, looked.at.mono);
    }

    fn judge(
        &mut self,
        scene: &Scene<'_>,
        looked: &Looked,
        look: &MeterLook,
        lag: Option<std::time::Duration>,
    ) -> Judged {
        let spec = spec_on(scene.guard, scene.info, scene.watch.config().interval);
        let id = (scene.guard.id.clone(), scene.info.id.clone());
        let before = scene.memory.slots.get(&id).cloned().unwrap_or_default();
        let seen = facts::observe(scene, &self.targets, looked, look, lag, None);
        let judgement = judge(&spec, &before.state, &seen, self.at);
        let learned = judgement.state.lag();
        let level = judgement.level;
        let doubt = judgement.doubt.clone();
        let is_written = !self.is_young(&before) || Self::is_news(&before, &judgement);
        self.repeats &= Self::may_be_lost(&before, &judgement);
        if is_written {
            self.write_state(scene, &before, &judgement);
        }
        let plans = crate::planning::opens_any(self, scene, &judgement.decisions);
        // A guard of every meter watches what took the place of this one: nothing is unguarded.
        let is_guarded_on = matches!(scene.guard.meter, MeterChoice::All) && looked.is_replaced(scene.info);
        for decision in judgement.decisions {
            if !(is_guarded_on && matches!(decision, Decision::RaiseBlind { .. })) {
                self.decide(scene, decision, plans);
            }
        }
        self.slots.push((
            id,
            Slot {
                version: before.version.saturating_add(i64::from(is_written)),
                stored_at: if is_written {
                    Some(self.at)
                } else {
                    before.stored_at
                },
                state: judgement.state,
                level,
                why: Some(judgement.why),
                judged_at: Some(self.at),
                held_until: before.held_until,
            },
        ));
        Judged {
            level,
            lag: learned,
            doubt,
        }
    }

    /// Whether a judgement decided, or knows more than what stands in the store.
    fn is_news(before: &Slot, judgement: &Judgement<tidegate_guard::GuardState>) -> bool {
        !judgement.decisions.is_empty() || !judgement.state.knows_the_same(&before.state)
    }

    /// Whether a judgement need not be durable now: it decided nothing, and nothing stands otherwise than stored.
    fn may_be_lost(before: &Slot, judgement: &Judgement<tidegate_guard::GuardState>) -> bool {
        before.stored_at.is_some()
            && judgement.decisions.is_empty()
            && judgement.state.stands_the_same(&before.state)
    }

    /// Whether the stored state is of late. One that is not is written without news, so that a start after a crash knows
    /// nearly as much.
    fn is_young(&self, before: &Slot) -> bool {
        before
            .stored_at
            .is_some_and(|at| at <= self.at && self.at.since(at) < limits::STATE_EVERY)
    }

    fn write_state(
        &mut self,
        scene: &Scene<'_>,
        before: &Slot,
        judgement: &Judgement<tidegate_guard::GuardState>,
    ) {
        self.batch.push(Write::GuardState(GuardStateRow {
            guard: scene.guard.id.clone(),
            meter: scene.info.id.clone(),
            version: before.version,
            state: json(&judgement.state),
            level: judgement.level,
            why: json(&judgement.why),
            at: self.at,
        }));
    }

    fn decide(&mut self, scene: &Scene<'_>, decision: Decision, plans: bool) {
        match decision {
            Decision::RaiseStep { .. } => self.raise_step(scene, decision, plans),
            Decision::RemindStep { key, facts, why, .. } => self.remind(scene, key, facts, why),
            Decision::ResolveStep {
                key,
                facts,
                by_new_window,
                by_edit,
                ..
            } => self.resolve_step(scene, key, facts, by_new_window, by_edit),
            Decision::RaiseBlind { blind, since } => self.raise_blind(scene, blind, since),
            Decision::ResolveBlind { reason, since } => self.resolve_blind(scene, reason, since),
            Decision::Plan { .. } => crate::planning::plan(self, scene, decision),
            Decision::Cancel { why } => crate::planning::cancel(self, scene, &why),
        }
    }

    /// What a guard knows of a meter after the commit.
    pub(crate) fn keep_slot(&mut self, key: (GuardId, MeterId), slot: Slot) {
        self.slots.push((key, slot));
    }

    /// Queues a message by the guard's routing.
    pub(crate) fn send(
        &mut self,
        scene: &Scene<'_>,
        message: Message,
        severity: Severity,
        alert: Option<tidegate_meter::RowId>,
    ) {
        self.outgoing.push(Outgoing {
            message,
            severity,
            routed: severity,
            alert,
            intent: None,
            channels: scene.guard.channels.clone(),
        });
    }

    /// Queues the end of an alert: good news, for whoever got the bad ones.
    pub(crate) fn send_end(
        &mut self,
        scene: &Scene<'_>,
        message: Message,
        alert: Option<(tidegate_meter::RowId, Severity)>,
    ) {
        let routed = alert.map_or(Severity::Warning, |(_, severity)| severity);
        self.outgoing.push(Outgoing {
            message,
            severity: Severity::Info,
            routed,
            alert: alert.map(|(id, _)| id),
            intent: None,
            channels: scene.guard.channels.clone(),
        });
    }

    fn write_look(
        &mut self,
        before: Option<&MeterMemory>,
        look: &MeterLook,
        lag: Option<std::time::Duration>,
    ) {
        let learned = lag.filter(|lag| before.and_then(|meter| meter.lag) != Some(*lag));
        let as_before = before
            .is_some_and(|meter| meter.info == look.info && matches!(meter.outcome, Some(Outcome::Known(_))));
        self.repeats &= as_before && learned.is_none() && look.outcome.reading().is_some();
        self.batch.push(Write::Look {
            info: look.info.clone(),
            outcome: look.outcome.clone(),
            at: self.at,
            lag_ms: learned.and_then(|lag| i64::try_from(lag.as_millis()).ok()),
        });
    }

    fn tell_look(&mut self, watch: &Watch, before: Option<&MeterMemory>, look: &MeterLook, level: Level) {
        match &look.outcome {
            Outcome::Known(reading) => self.events.push(Event::Reading {
                at: self.at,
                account: watch.config().id.clone(),
                meter: look.info.id.clone(),
                name: look.info.name.clone(),
                used: reading.used(),
                limit: reading.limit(),
                remaining: reading.remaining(),
                window: reading.window(),
                as_of: reading.as_of().at(),
                level,
            }),
            Outcome::Blind(blind) => {
                let told = before.and_then(|meter| meter.outcome.as_ref()).is_some_and(
                    |outcome| matches!(outcome, Outcome::Blind(old) if old.reason == blind.reason),
                );
                if !told && self.blind.is_none() {
                    self.events.push(Event::Unread {
                        at: self.at,
                        account: watch.config().id.clone(),
                        meter: Some(look.info.id.clone()),
                        blind: blind.clone(),
                    });
                }
            }
        }
    }

    fn remember(
        &mut self,
        before: Option<&MeterMemory>,
        look: &MeterLook,
        lag: Option<std::time::Duration>,
        at: Mono,
    ) {
        // What a quota's meter misses is in the book or the bill: its sub-account is kept all the same.
        let listed = quotas::measured(&look.info).is_none();
        let missing = listed
            && matches!(&look.outcome, Outcome::Blind(blind) if blind.reason == tidegate_meter::Reason::Missing);
        let since = before.and_then(|meter| meter.missing_since).unwrap_or(at);
        let last_good = match &look.outcome {
            Outcome::Known(reading) => Some(reading.clone()),
            Outcome::Blind(_) => before.and_then(|meter| meter.last_good.clone()),
        };
        self.meters.push(MeterMemory {
            info: look.info.clone(),
            outcome: Some(look.outcome.clone()),
            last_good,
            lag,
            missing_since: missing.then_some(since),
        });
    }

    /// Keeps what the panel of a subscription told, if its meter was believed. One look repeats another of the same
    /// request: that sample is there already.
    fn sample(&mut self, watch: &Watch, looked: &Looked) {
        let Some(usage) = looked.usage.filter(|_| self.meters.iter().any(is_believed)) else {
            return;
        };
        let account = &watch.config().id;
        self.batch.push(subscriptions::write(account, &usage));
        self.events.push(Event::Subscription {
            at: self.at,
            account: account.clone(),
        });
    }

    /// Lets go of meters that the provider no longer names and whose window is over, that are over by its word, or that
    /// are missing for long.
    fn retain(&mut self, watch: &Watch, memory: &AccountMemory, looked: &Looked) {
        let named = |id: &MeterId| {
            memory
                .guards
                .values()
                .any(|guard| matches!(&guard.meter, MeterChoice::One(one) if one == id))
        };
        let over = |meter: &&MeterMemory| {
            let is_told = looked.over.contains(&meter.info.id);
            meter.is_over(is_told, looked.at) && !named(&meter.info.id)
        };
        self.gone = self
            .meters
            .iter()
            .filter(over)
            .map(|meter| meter.info.id.clone())
            .collect();
        if self.gone.is_empty() {
            return;
        }
        let present = self
            .meters
            .iter()
            .map(|meter| meter.info.id.clone())
            .filter(|id| !self.gone.contains(id))
            .collect();
        self.batch.push(Write::RetainMeters {
            account: watch.config().id.clone(),
            present,
        });
        for (key, open) in &memory.alerts {
            if self.gone.contains(&key.1) && !self.resolved.contains(key) {
                self.batch.push(Write::ResolveAlert {
                    guard: Some(key.0.clone()),
                    meter: Some(key.1.clone()),
                    key: open.stored_key.clone(),
                    window_start: open.window_start,
                    at: self.at,
                });
                self.resolved.push(key.clone());
            }
        }
    }

    /// A whole account without truth is one thing to tell, however many meters it has.
    fn merge_blind(&mut self) {
        merge(&mut self.outgoing, |message| {
            matches!(message, Message::Blind { .. })
        });
        merge(&mut self.outgoing, |message| {
            matches!(message, Message::BlindResolved { .. })
        });
    }

    /// Whether nothing was decided and nothing but values may have changed: losing it is losing a sample.
    pub(crate) fn is_quiet(&self, batch: &Batch) -> bool {
        let may_wait = |write: &Write| matches!(write, Write::Look { .. } | Write::GuardState(_));
        self.repeats && batch.writes.iter().all(may_wait)
    }

    /// Whether a new action would be written.
    pub(crate) fn plans_action(&self) -> bool {
        !self.opened.is_empty()
    }

    /// Plans what restarts by itself after a reset.
    pub(crate) fn plan_starts(&mut self, inner: &Inner, starts: &[Start]) {
        for start in starts {
            crate::planning::plan_start(self, inner, start);
        }
    }

    /// Makes memory what has become durable. True when intents changed.
    pub(crate) fn apply(self, inner: &Inner, memory: &mut AccountMemory) -> bool {
        if self.is_look {
            let misses = self.blind.as_ref().map(|_| memory.misses.saturating_add(1));
            memory.misses = misses.unwrap_or(0);
            memory.looked_at = Some(self.at);
        }
        memory.blind = self.blind;
        memory.can_act = self.can_act.or(memory.can_act);
        memory.asked.extend(self.asked);
        memory.book = self.book.or(memory.book.take());
        for meter in self.meters {
            memory.meters.insert(meter.info.id.clone(), meter);
        }
        for (id, slot) in self.slots {
            memory.slots.insert(id, slot);
        }
        for id in &self.gone {
            memory.meters.remove(id);
            memory.slots.retain(|(_, meter), _| meter != id);
        }
        memory.targets.extend(self.targets);
        for key in self.resolved {
            memory.alerts.remove(&key);
        }
        memory.alerts.extend(self.raised);
        let changed = !self.opened.is_empty() || !self.cancelled.is_empty();
        let now = inner.now();
        for row in self.opened {
            inner.desk.open(row, now);
        }
        for (cell, row) in self.cancelled {
            inner.desk.remove(row.id);
            cell.set_row(row, now.mono);
        }
        changed
    }
}

fn is_believed(meter: &MeterMemory) -> bool {
    let known = matches!(meter.outcome, Some(Outcome::Known(_)));
    known && meter.info.id.as_str() == subscription_info::TRAFFIC
}

fn asked(looked: &Looked) -> BTreeMap<TargetId, Asked> {
    let states = looked.states.iter();
    states
        .map(|(id, state)| {
            let (at, state) = (looked.at, state.clone());
            (id.clone(), Asked { at, state })
        })
        .collect()
}
