//! Agents on other machines: each counts its kernel exactly by true time, seals a batch every few minutes and hands in what
//! it has, the oldest first, until it is answered. It outlives every process that takes its batches.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tidegate_engine::{Engine, EngineError, Taken};
use tidegate_meter::handover::{EnrolBody, HandIn};
use tidegate_meter::{DeviceId, Flow, FlowBatch, FlowBytes, FlowKey, FlowKind, IdError, RowId, Span, Time};
use tidegate_store::{InviteRow, TokenRow};

use super::kernel::{GROUP, NODE, Traffic};
use super::switches::Switches;
use super::user::{BY, Person};
use crate::limits;
use crate::plan::DevicePlan;
use crate::time::Tide;

/// An agent; see the module.
pub(crate) struct Agent {
    device: DeviceId,
    /// Tells its token and its invitation from those of other agents.
    number: u8,
    start: Time,
    traffic: Traffic,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    is_enrolled: bool,
    sequence: u64,
    /// True milliseconds until which it counted.
    counted_ms: u64,
    waiting: VecDeque<FlowBatch>,
}

impl Agent {
    pub(crate) fn new(plan: &DevicePlan, number: u8, start: Time) -> Result<Arc<Self>, IdError> {
        Ok(Arc::new(Self {
            device: DeviceId::new(plan.name.clone())?,
            number,
            start,
            traffic: Traffic::of(plan),
            state: Mutex::default(),
        }))
    }

    /// Works while a process takes what it has.
    pub(crate) async fn works(self: Arc<Self>, person: Person, (tide, switches): (Arc<Tide>, Arc<Switches>)) {
        let every = u64::try_from(limits::SEALED_EVERY.as_millis()).unwrap_or(u64::MAX);
        loop {
            let now = tide.elapsed_ms();
            let next = (now / every).saturating_add(1).saturating_mul(every);
            tide.at(next).await;
            person.machine.awake().await;
            self.seal(tide.elapsed_ms());
            if switches.is_offline(tide.elapsed_ms()) {
                continue;
            }
            match self.hand_in_all(&person.engine, tide.now()).await {
                Ok(()) => person.record.count("agent.done"),
                Err(_) => person.record.count("agent.refused"),
            }
        }
    }

    /// Counts until the last whole minute, and seals what there is.
    fn seal(&self, now_ms: u64) {
        let mut state = self.lock();
        // The run may begin within a minute.
        let into = u64::try_from(self.start.ms().rem_euclid(MINUTE_MS_I)).unwrap_or(0);
        let until = now_ms
            .saturating_add(into)
            .checked_div(MINUTE_MS)
            .unwrap_or(0)
            .saturating_mul(MINUTE_MS)
            .saturating_sub(into);
        while state.counted_ms < until {
            let from = state.counted_ms;
            let first = if from == 0 {
                MINUTE_MS.saturating_sub(into)
            } else {
                MINUTE_MS
            };
            let mut end = from.saturating_add(first).min(until);
            let mut flows = vec![self.flow(from, end)];
            while flows.len() < limits::SEALED_MINUTES && end < until {
                let next = end.saturating_add(MINUTE_MS).min(until);
                flows.push(self.flow(end, next));
                end = next;
            }
            state.counted_ms = end;
            state.sequence = state.sequence.saturating_add(1);
            let batch = self.batch(
                state.sequence,
                Span {
                    start: self.at(from),
                    end: self.at(end),
                },
                flows,
            );
            state.waiting.push_back(batch);
        }
    }

    fn batch(&self, sequence: u64, watched: Span, flows: Vec<Flow>) -> FlowBatch {
        let total = |flow: &Flow| flow.bytes.total().unwrap_or(0) > 0;
        FlowBatch {
            device: self.device.clone(),
            epoch: self.id(),
            sequence,
            sealed_at: watched.end,
            watched: vec![watched],
            flows: flows.into_iter().filter(total).collect(),
            restarts: 0,
            kernel: "mihomo v1.19.32".to_owned(),
        }
    }

    fn flow(&self, from: u64, to: u64) -> Flow {
        let (before, after) = (self.traffic.until(from), self.traffic.until(to));
        let minute = self
            .at(from)
            .ms()
            .div_euclid(MINUTE_MS_I)
            .saturating_mul(MINUTE_MS_I);
        Flow {
            minute: Time::from_ms(minute),
            key: FlowKey {
                kind: FlowKind::Proxy,
                node: NODE.to_owned(),
                group: GROUP.to_owned(),
                feed: String::new(),
            },
            bytes: FlowBytes {
                up: after.0.saturating_sub(before.0),
                down: after.1.saturating_sub(before.1),
                ..FlowBytes::default()
            },
        }
    }

    async fn hand_in_all(&self, engine: &Engine, now: Time) -> Result<(), EngineError> {
        if !self.lock().is_enrolled {
            self.enrol(engine, now).await?;
        }
        loop {
            let Some((batch, backlog)) = self.first() else {
                return Ok(());
            };
            let hand_in = HandIn {
                sent_at: now,
                agent: "0.1.0".to_owned(),
                backlog,
                batch,
            };
            match engine.ingest(self.id(), &hand_in).await? {
                Taken::Receipt(_) => drop(self.lock().waiting.pop_front()),
                Taken::NotAnAgent | Taken::OtherDevice => {
                    self.lock().is_enrolled = false;
                    return Ok(());
                }
            }
        }
    }

    fn first(&self) -> Option<(FlowBatch, u64)> {
        let state = self.lock();
        let batch = state.waiting.front()?.clone();
        let backlog = state.waiting.len().saturating_sub(1);
        Some((batch, u64::try_from(backlog).unwrap_or(u64::MAX)))
    }

    /// The person invites it, and it takes the invitation up.
    async fn enrol(&self, engine: &Engine, now: Time) -> Result<(), EngineError> {
        let invite = InviteRow {
            hash: [self.number; 32],
            device: self.device.clone(),
            name: self.device.to_string(),
            by: BY.to_owned(),
            created_at: now,
            expires_at: now.plus(limits::INVITED_FOR),
            used_at: None,
        };
        engine.invite_agent(invite.clone()).await?;
        let token = TokenRow {
            id: self.id(),
            name: format!("agent {}", self.device),
            hash: [self.number; 32],
            scopes: "ingest".to_owned(),
            created_at: now,
            expires_at: None,
            last_used_at: None,
            revoked_at: None,
        };
        let body = EnrolBody {
            code: "FAKE".to_owned(),
            agent: "0.1.0".to_owned(),
            system: "linux x86_64".to_owned(),
        };
        let row = engine.enrol(&invite, token, &body).await?;
        self.lock().is_enrolled = row.is_some();
        Ok(())
    }

    fn id(&self) -> RowId {
        RowId::from_bytes([self.number; 16])
    }

    fn at(&self, true_ms: u64) -> Time {
        self.start.plus(Duration::from_millis(true_ms))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const MINUTE_MS: u64 = 60_000;
const MINUTE_MS_I: i64 = 60_000;
