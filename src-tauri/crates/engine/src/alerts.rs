//! Alerts of a draft: raised, told again, resolved. Owns the key an alert is stored with, and which message tells it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use tidegate_channels::{Message, Opened};
use tidegate_guard::{ActionKind, Decision, Mode, Piece, PowerState, RestartPolicy, Severity, Why};
use tidegate_meter::{ChannelId, Reason, TargetKind, Time};
use tidegate_store::{AlertRow, TargetRow, Write};

use crate::config::GuardConfig;
use crate::draft::{Draft, Scene};
use crate::event::Event;
use crate::guards;
use crate::inner::json;
use crate::memory::{AccountMemory, AlertKey, OpenAlert};
use crate::outbox::Outgoing;
use crate::watch::Watch;

impl Draft {
    /// Tells that a sub-account that we disabled was opened by somebody.
    pub(crate) fn tell_opened(
        &mut self,
        watch: &Watch,
        memory: &AccountMemory,
        row: &TargetRow,
        open: Option<&Vec<Piece>>,
    ) {
        let meters: Vec<_> = memory.meters_of(&row.target.id).collect();
        let guards: Vec<_> = meters
            .iter()
            .flat_map(|meter| memory.guards_of(&meter.info, meter.newest()))
            .filter(|guard| guard.action == ActionKind::Stop)
            .collect();
        let again = |guard: &GuardConfig| {
            let armed = matches!(guard.mode, Mode::Armed { until, .. } if until > self.at);
            armed && guard.restart == RestartPolicy::StopAgain
        };
        let opened = Opened {
            account: row.account.clone(),
            account_name: watch.config().name.clone(),
            target: row.target.clone(),
            pieces: open.cloned().unwrap_or_default(),
            again: guards.iter().any(|guard| again(guard)),
        };
        self.outgoing.push(Outgoing {
            message: Message::OpenedAgain { opened },
            severity: Severity::Critical,
            routed: Severity::Critical,
            alert: None,
            intent: None,
            channels: routes(&guards),
        });
    }

    /// Sub-accounts of the meter that we closed and that are closed still.
    fn closed(&self, scene: &Scene<'_>) -> Vec<String> {
        let targets = scene.info.targets.iter();
        targets
            .filter(|target| target.kind == TargetKind::SubAccount)
            .filter_map(|target| {
                let drafted = self.targets.get(&target.id);
                drafted.or_else(|| scene.memory.targets.get(&target.id))
            })
            .filter(|row| {
                let stopped = row.power.as_ref().map(|(power, _)| power);
                row.stopped_by_us_at.is_some() && stopped == Some(&PowerState::Stopped)
            })
            .map(|row| row.target.name.clone())
            .collect()
    }

    /// Raises a step. The limit's own message is left out when the plan that comes with it says more.
    pub(crate) fn raise_step(&mut self, scene: &Scene<'_>, decision: Decision, plans: bool) {
        let Decision::RaiseStep {
            key,
            severity,
            window,
            facts,
            why,
            ..
        } = decision
        else {
            return;
        };
        let step = guards::step_text(&key);
        let message = Message::StepReached {
            meter: scene.meter_ref(),
            step: step.clone(),
            facts: facts.clone(),
            why: why.clone(),
        };
        let window_start = window.map_or(Time::from_ms(0), |window| window.start);
        let quiet = plans && step == "limit";
        let Some(alert) = self.raise(scene, &key, window_start, severity, message, quiet) else {
            return;
        };
        self.events.push(Event::Step {
            at: self.at,
            alert,
            account: scene.info.account.clone(),
            guard: scene.guard.id.clone(),
            meter: scene.info.id.clone(),
            key,
            step,
            severity,
            remaining: facts.headroom,
            share: facts.share,
            why: *why,
        });
    }

    /// Adds an alert with its message. `None` when that alert is open already: it was told before.
    fn raise(
        &mut self,
        scene: &Scene<'_>,
        key: &str,
        window_start: Time,
        severity: Severity,
        message: Message,
        quiet: bool,
    ) -> Option<tidegate_meter::RowId> {
        let stored_key = stored_key(scene, key, window_start)?;
        let id = scene.inner.row_id();
        self.batch.push(Write::RaiseAlert(AlertRow {
            id,
            guard: Some(scene.guard.id.clone()),
            account: Some(scene.info.account.clone()),
            meter: Some(scene.info.id.clone()),
            key: stored_key.clone(),
            window_start,
            severity,
            raised_at: self.at,
            resolved_at: None,
            acknowledged: None,
            snoozed_until: None,
            body: json(&message),
        }));
        self.raised.push((
            scene.key(key),
            OpenAlert {
                id,
                stored_key,
                window_start,
                severity,
                raised_at: self.at,
            },
        ));
        if !quiet {
            self.send(scene, message, severity, Some(id));
        }
        Some(id)
    }

    /// Tells a raised step again.
    pub(crate) fn remind(
        &mut self,
        scene: &Scene<'_>,
        key: String,
        facts: tidegate_guard::StepFacts,
        why: Box<Why>,
    ) {
        let open = scene.memory.alerts.get(&scene.key(&key));
        let since = open.map_or(self.at, |open| open.raised_at);
        let severity = open.map_or(Severity::Critical, |open| open.severity);
        let alert = open.map(|open| open.id);
        let message = Message::StepReminder {
            meter: scene.meter_ref(),
            step: guards::step_text(&key),
            facts,
            why,
            since,
        };
        self.send(scene, message, severity, alert);
        self.events.push(Event::Reminder {
            at: self.at,
            guard: scene.guard.id.clone(),
            meter: scene.info.id.clone(),
            key,
        });
    }

    /// Closes an open alert; `None` when none is open.
    fn close(&mut self, scene: &Scene<'_>, key: &AlertKey) -> Option<(tidegate_meter::RowId, Severity)> {
        let open = scene.memory.alerts.get(key)?;
        self.batch.push(Write::ResolveAlert {
            guard: Some(scene.guard.id.clone()),
            meter: Some(scene.info.id.clone()),
            key: open.stored_key.clone(),
            window_start: open.window_start,
            at: self.at,
        });
        self.resolved.push(key.clone());
        Some((open.id, open.severity))
    }

    /// Ends a raised step, and tells it.
    pub(crate) fn resolve_step(
        &mut self,
        scene: &Scene<'_>,
        key: String,
        facts: Option<tidegate_guard::StepFacts>,
        by_new_window: bool,
        by_edit: bool,
    ) {
        let alert = self.close(scene, &scene.key(&key));
        let message = Message::StepResolved {
            meter: scene.meter_ref(),
            step: guards::step_text(&key),
            facts,
            by_new_window,
            closed: self.closed(scene),
        };
        // Nothing recovered where a person changed the guard: a message would say what is not so.
        if !by_edit {
            self.send_end(scene, message, alert);
        }
        self.events.push(Event::Resolved {
            at: self.at,
            guard: scene.guard.id.clone(),
            meter: scene.info.id.clone(),
            key,
            by_new_window,
        });
    }

    /// Raises a blindness.
    pub(crate) fn raise_blind(
        &mut self,
        scene: &Scene<'_>,
        blind: tidegate_meter::Blind,
        since: Option<Time>,
    ) {
        // An armed guard that cannot see cannot protect: that is as urgent as the line itself.
        let severity = if scene.is_armed() {
            Severity::Critical
        } else {
            Severity::Warning
        };
        let key = format!("blind:{}", blind.reason.name());
        let message = Message::Blind {
            meter: scene.meter_ref(),
            blind: blind.clone(),
            since,
        };
        // One keychain is one message, however many accounts it blinds: the program tells it.
        let quiet = blind.reason == Reason::Locked;
        // A blindness has no window; its own start tells two episodes of one reason apart.
        let Some(alert) = self.raise(scene, &key, self.at, severity, message, quiet) else {
            return;
        };
        self.events.push(Event::Blind {
            at: self.at,
            alert,
            account: scene.info.account.clone(),
            guard: scene.guard.id.clone(),
            meter: scene.info.id.clone(),
            blind,
            since,
        });
    }

    /// Ends a blindness.
    pub(crate) fn resolve_blind(&mut self, scene: &Scene<'_>, reason: tidegate_meter::Reason, since: Time) {
        let open: Vec<AlertKey> = scene
            .memory
            .alerts
            .keys()
            .filter(|(guard, meter, key)| {
                *guard == scene.guard.id && *meter == scene.info.id && key.starts_with("blind:")
            })
            .cloned()
            .collect();
        let mut alert = None;
        for key in &open {
            let closed = self.close(scene, key);
            alert = [alert, closed]
                .into_iter()
                .flatten()
                .max_by_key(|(_, severity)| *severity);
        }
        let message = Message::BlindResolved {
            meter: scene.meter_ref(),
            reason,
            since,
        };
        if reason != Reason::Locked {
            self.send_end(scene, message, alert);
        }
        self.events.push(Event::BlindResolved {
            at: self.at,
            guard: scene.guard.id.clone(),
            meter: scene.info.id.clone(),
            reason,
            since,
        });
    }
}

/// The key an alert is stored with; `None` when the same alert is open already. Earlier alerts of the same key exist
/// only where a guard was removed and made again in the same window.
fn stored_key(scene: &Scene<'_>, key: &str, window_start: Time) -> Option<String> {
    let same: Vec<&AlertRow> = scene
        .known
        .iter()
        .filter(|row| {
            row.guard.as_ref() == Some(&scene.guard.id)
                && row.meter.as_ref() == Some(&scene.info.id)
                && row.window_start == window_start
                && guards::base_key(&row.key) == key
        })
        .collect();
    if same.is_empty() {
        return Some(key.to_owned());
    }
    let all_resolved = same.iter().all(|row| row.resolved_at.is_some());
    all_resolved.then(|| guards::numbered(key, same.len() + 1))
}

/// Where guards send their messages; empty, which is every channel, as soon as one of them does so.
fn routes(guards: &[Cow<'_, GuardConfig>]) -> Vec<ChannelId> {
    if guards.iter().any(|guard| guard.channels.is_empty()) {
        return Vec::new();
    }
    let named: BTreeSet<ChannelId> = guards.iter().flat_map(|guard| guard.channels.clone()).collect();
    named.into_iter().collect()
}
