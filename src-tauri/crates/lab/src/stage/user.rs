//! The person: does what the plan says through the engine's own commands, as a window or a script would. What is refused
//! is a person's bad luck and only counted.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tidegate_egress::Timer;
use tidegate_engine::config::{GuardConfig, MeterChoice};
use tidegate_engine::{Engine, EngineError};
use tidegate_guard::{ActionKind, Consent, IntentState, Limit};
use tidegate_meter::{AccountId, Clock, GuardId, MeterId, Time};
use tidegate_sim::World;
use tidegate_store::{AlertFilter, AlertRow, IntentFilter, IntentRow};

use crate::limits;
use crate::plan::UserDeed;
use crate::run::record::Record;
use crate::stage::house::{StageError, guard_id, target};
use crate::stage::quotas::GiveError;
use crate::time::Machine;

/// How the person is named in the audit.
pub(super) const BY: &str = "person";

/// Why a deed came to nothing.
#[derive(Debug, thiserror::Error)]
enum Undone {
    #[error("{0}")]
    Refused(#[from] EngineError),
    #[error("{0}")]
    Store(#[from] tidegate_store::StoreError),
    #[error("{0}")]
    Unknown(#[from] StageError),
    #[error("{0}")]
    Give(#[from] GiveError),
    #[error("there is nothing to do it to")]
    Nothing,
}

/// The person at one life of the program.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) engine: Engine,
    pub(crate) world: World,
    pub(crate) machine: Arc<Machine>,
    pub(crate) record: Arc<Record>,
}

impl Person {
    /// Arms what the plan says is armed, again and again until it is.
    pub(crate) async fn arm_all(self, guards: Arc<Mutex<Vec<GuardId>>>) {
        let mut pause = limits::ARM_AFTER;
        loop {
            self.machine.sleep(pause).await;
            pause = limits::ARM_AGAIN;
            let waiting = guards.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if waiting.is_empty() {
                return;
            }
            for guard in waiting {
                if self.engine.arm(&guard, limits::ARMED_FOR, BY).await.is_ok() {
                    let mut left = guards.lock().unwrap_or_else(PoisonError::into_inner);
                    left.retain(|other| *other != guard);
                }
            }
        }
    }

    /// Does a deed once the machine runs.
    pub(crate) async fn does(self, deed: UserDeed) {
        self.machine.awake().await;
        let done = self.tries(deed).await;
        self.record.count(match done {
            Ok(()) => "user.done",
            Err(Undone::Refused(_)) => "user.refused",
            Err(_) => "user.idle",
        });
    }

    async fn tries(&self, deed: UserDeed) -> Result<(), Undone> {
        match deed {
            UserDeed::Arm { guard, for_s } => {
                let span = Duration::from_secs(for_s);
                self.engine.arm(&guard_id(&guard)?, span, BY).await?;
            }
            UserDeed::Disarm { guard } => self.engine.disarm(&guard_id(&guard)?, BY).await?,
            UserDeed::Cancel { guard } => self.cancel(&guard_id(&guard)?).await?,
            UserDeed::Snooze { guard, for_s } => self.snooze(&guard_id(&guard)?, for_s).await?,
            UserDeed::Acknowledge { guard } => self.acknowledge(&guard_id(&guard)?).await?,
            UserDeed::Pause { for_s } => self.engine.pause(self.later(for_s), BY).await?,
            UserDeed::Resume => self.engine.resume(BY).await?,
            UserDeed::Protect { cloud, server } => self.protect(&cloud, &server).await?,
            UserDeed::Restore { guard } => self.restore(&guard_id(&guard)?).await?,
            UserDeed::Limit { guard, limit } => self.limit(&guard_id(&guard)?, limit).await?,
            UserDeed::WhatIf { guard, limit } => self.what_if(&guard_id(&guard)?, limit).await?,
            UserDeed::Allocate { main, user, amount } => self.give(&main, &user, &amount).await?,
        }
        Ok(())
    }

    /// By the machine's wall clock, which is the only one that a person sees.
    fn later(&self, seconds: u64) -> Time {
        self.machine.now().wall.plus(Duration::from_secs(seconds))
    }

    async fn cancel(&self, guard: &GuardId) -> Result<(), Undone> {
        let open = self.engine.store().intents(IntentFilter::Open).await?;
        let countdowns = open.into_iter().filter(|intent| {
            intent.guard.as_ref() == Some(guard)
                && matches!(intent.state, IntentState::Planned | IntentState::Rechecked)
        });
        let mut said = Vec::new();
        for intent in countdowns {
            said.push(self.engine.cancel(intent.id, BY).await);
        }
        all_of(said)
    }

    async fn alerts(&self, guard: &GuardId) -> Result<impl Iterator<Item = AlertRow> + use<>, Undone> {
        let guard = guard.clone();
        let open = self.engine.store().alerts(AlertFilter::open()).await?;
        Ok(open
            .into_iter()
            .filter(move |alert| alert.guard.as_ref() == Some(&guard)))
    }

    async fn snooze(&self, guard: &GuardId, for_s: u64) -> Result<(), Undone> {
        let until = self.later(for_s);
        let mut said = Vec::new();
        for alert in self.alerts(guard).await? {
            said.push(self.engine.snooze(alert.id, until, "later", BY).await);
        }
        all_of(said)
    }

    async fn acknowledge(&self, guard: &GuardId) -> Result<(), Undone> {
        let mut said = Vec::new();
        for alert in self.alerts(guard).await? {
            said.push(self.engine.acknowledge(alert.id, "seen", BY).await);
        }
        all_of(said)
    }

    async fn protect(&self, cloud: &str, server: &str) -> Result<(), Undone> {
        let account = AccountId::new(cloud).map_err(|_| Undone::Nothing)?;
        let target = target(&self.world, server)?;
        Ok(self.engine.protect(&account, &target, true, BY).await?)
    }

    /// Starts again what a guard stopped last, each target once.
    async fn restore(&self, guard: &GuardId) -> Result<(), Undone> {
        let filter = IntentFilter::Recent {
            before: None,
            limit: limits::RESTORED_FROM,
        };
        let recent = self.engine.store().intents(filter).await?;
        let mut stopped: Vec<IntentRow> = Vec::new();
        for intent in recent {
            let theirs = intent.guard.as_ref() == Some(guard) && intent.action == ActionKind::Stop;
            if theirs && stopped.iter().all(|known| known.target.id != intent.target.id) {
                stopped.push(intent);
            }
        }
        let mut said = Vec::new();
        for intent in stopped {
            let consent = Consent {
                by: BY.to_owned(),
                typed_name: intent.target.name,
            };
            said.push(self.engine.restore(intent.id, consent).await.map(drop));
        }
        all_of(said)
    }

    async fn limit(&self, guard: &GuardId, limit: Limit) -> Result<(), Undone> {
        let mut config = self.engine.config().await;
        let known = config.guards.iter_mut().find(|known| known.id == *guard);
        known.ok_or(Undone::Nothing)?.limit = Some(limit);
        self.engine.configure(config, BY).await?;
        Ok(())
    }

    async fn what_if(&self, guard: &GuardId, limit: Limit) -> Result<(), Undone> {
        let config = self.engine.config().await;
        let known = config.guards.into_iter().find(|known| known.id == *guard);
        let draft = GuardConfig {
            limit: Some(limit),
            ..known.ok_or(Undone::Nothing)?
        };
        let meter = self.meter(&draft).await?;
        let days = limits::WHAT_IF_DAYS;
        self.engine.what_if(&draft.account, &meter, &draft, days).await?;
        Ok(())
    }

    /// A meter that the guard watches.
    async fn meter(&self, guard: &GuardConfig) -> Result<MeterId, Undone> {
        if let MeterChoice::One(meter) = &guard.meter {
            return Ok(meter.clone());
        }
        let views = self.engine.guards().await;
        let view = views.into_iter().find(|view| view.config.id == guard.id);
        let on = view.and_then(|view| view.meters.into_iter().next());
        Ok(on.ok_or(Undone::Nothing)?.info.id)
    }
}

/// What came of doing it to each: the first refusal, or that there was nobody to do it to.
fn all_of(said: Vec<Result<(), EngineError>>) -> Result<(), Undone> {
    if said.is_empty() {
        return Err(Undone::Nothing);
    }
    let done: Result<(), EngineError> = said.into_iter().collect();
    Ok(done?)
}
