//! The handle: what `api` calls. Owns nothing but the way in; each command stands in its own file under `command`.

use std::sync::Arc;
use std::time::Duration;

use tidegate_channels::Delivered;
use tidegate_guard::{ActionKind, Consent, GuardSpec, StopManner};
use tidegate_meter::{AccountId, ChannelId, GuardId, MeterId, RowId, TargetId, Time};
use tidegate_store::Store;
use tokio::sync::broadcast;

use crate::config::{Config, GuardConfig};
use crate::event::ChangeBatch;
use crate::view::{Armed, CheckReport, GuardView, Plan, Status};
use crate::{EngineError, Parts, Refused};

/// The engine; a clone is another handle to the same one.
#[derive(Clone)]
pub struct Engine {
    changes: broadcast::Sender<Arc<ChangeBatch>>,
    parts: Arc<Parts>,
}

fn soon<T>() -> Result<T, EngineError> {
    Err(Refused::NotRunning.into())
}

impl Engine {
    /// Loads the configuration and the state of the store. No loop runs yet, nothing is sent: enough for one-off
    /// commands. A writing command takes the lease for itself when no other copy holds it.
    pub async fn open(parts: Parts) -> Result<Self, EngineError> {
        let (changes, _) = broadcast::channel(crate::limits::CHANGES);
        Ok(Self {
            changes,
            parts: Arc::new(parts),
        })
    }

    /// Takes the lease and starts the loops; returns when they run. [`EngineError::NotHolder`] when another copy
    /// guards on this database.
    pub async fn run(&self) -> Result<(), EngineError> {
        soon()
    }

    /// Ends the loops after the transaction in hand and gives the lease back.
    pub async fn stop(&self) {}

    /// What happens from now on, one batch per transaction, each after it became durable.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Arc<ChangeBatch>> {
        self.changes.subscribe()
    }

    /// The store, for queries.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.parts.store
    }

    /// Makes `config` the whole configuration, in one transaction, effective at once. State and mode of what stays
    /// are kept; an armed guard whose effect changes goes back to watch, and the plan says so.
    pub async fn configure(&self, config: Config, by: &str) -> Result<Plan, EngineError> {
        let _ = (config, by);
        soon()
    }

    /// What [`Self::configure`] would change; changes nothing.
    pub async fn plan(&self, config: &Config) -> Result<Plan, EngineError> {
        let _ = config;
        soon()
    }

    /// The whole configuration as it stands, with the mode of each guard.
    pub async fn config(&self) -> Config {
        Config::default()
    }

    /// Looks at every meter of these accounts (all enabled ones when empty) once. Never acts. With running loops it is
    /// an immediate look through the same path, recorded as any other; without, nothing is written.
    pub async fn check(&self, accounts: &[AccountId]) -> Result<CheckReport, EngineError> {
        let _ = accounts;
        soon()
    }

    /// Every guard with all it watches.
    pub async fn guards(&self) -> Vec<GuardView> {
        Vec::new()
    }

    /// Arms a guard for a span: freezes the targets known now and lists them.
    pub async fn arm(&self, guard: &GuardId, span: Duration, by: &str) -> Result<Armed, EngineError> {
        let _ = (guard, span, by);
        soon()
    }

    /// Back to watch; planned actions of the guard are called off.
    pub async fn disarm(&self, guard: &GuardId, by: &str) -> Result<(), EngineError> {
        let _ = (guard, by);
        soon()
    }

    /// Lengthens the countdown of a planned action by a span; returns its new due time.
    pub async fn hold(&self, intent: RowId, span: Duration, by: &str) -> Result<Time, EngineError> {
        let _ = (intent, span, by);
        soon()
    }

    /// Calls an action off before its request left, and holds its guard on that meter for a day.
    pub async fn cancel(&self, intent: RowId, by: &str) -> Result<(), EngineError> {
        let _ = (intent, by);
        soon()
    }

    /// Ends the countdown of a planned action now; it is still checked again before it leaves.
    pub async fn stop_now(&self, intent: RowId, by: &str) -> Result<(), EngineError> {
        let _ = (intent, by);
        soon()
    }

    /// Acts on a target because a person asked by name; the same state machine, without a countdown. Returns the
    /// intent. Without running loops follow it with [`Self::drive`].
    pub async fn act(
        &self,
        account: &AccountId,
        target: &TargetId,
        action: ActionKind,
        manner: StopManner,
        consent: Consent,
    ) -> Result<RowId, EngineError> {
        let _ = (account, target, action, manner, consent);
        soon()
    }

    /// Undoes a verified stop: starts exactly what that intent stopped. Refused when that is not what stands now.
    pub async fn restore(&self, intent: RowId, consent: Consent) -> Result<RowId, EngineError> {
        let _ = (intent, consent);
        soon()
    }

    /// Steps one intent to its end, for commands without running loops.
    pub async fn drive(&self, intent: RowId) -> Result<tidegate_store::IntentRow, EngineError> {
        let _ = intent;
        soon()
    }

    /// Pauses automatic actions until then; watching and telling go on.
    pub async fn pause(&self, until: Time, by: &str) -> Result<(), EngineError> {
        let _ = (until, by);
        soon()
    }

    /// Ends a pause.
    pub async fn resume(&self, by: &str) -> Result<(), EngineError> {
        let _ = by;
        soon()
    }

    /// Acknowledges an open alert with a reason: no more reminders.
    pub async fn acknowledge(&self, alert: RowId, reason: &str, by: &str) -> Result<(), EngineError> {
        let _ = (alert, reason, by);
        soon()
    }

    /// Quiets an open alert until then.
    pub async fn snooze(&self, alert: RowId, until: Time, reason: &str, by: &str) -> Result<(), EngineError> {
        let _ = (alert, until, reason, by);
        soon()
    }

    /// Puts a target on the protect list, or takes it off.
    pub async fn protect(
        &self,
        account: &AccountId,
        target: &TargetId,
        protected: bool,
        by: &str,
    ) -> Result<(), EngineError> {
        let _ = (account, target, protected, by);
        soon()
    }

    /// Sends a test message through a channel at once, past the outbox, and returns the platform's word.
    pub async fn test_channel(&self, channel: &ChannelId) -> Result<Delivered, EngineError> {
        let _ = channel;
        soon()
    }

    /// Puts an undelivered message back into the outbox.
    pub async fn retry_delivery(&self, delivery: RowId, by: &str) -> Result<(), EngineError> {
        let _ = (delivery, by);
        soon()
    }

    /// What a changed spec would have done over the stored history of each meter of the guard; reaches no channel and
    /// no target. `None` replays the guard as it stands.
    pub async fn replay(
        &self,
        guard: &GuardId,
        changed: Option<GuardConfig>,
        days: u32,
    ) -> Result<Vec<(MeterId, GuardSpec)>, EngineError> {
        let _ = (guard, changed, days);
        soon()
    }

    /// The engine as a whole.
    pub async fn status(&self) -> Status {
        Status {
            at: Time::from_ms(0),
            running: false,
            holder: false,
            level: tidegate_guard::Level::Calm,
            accounts: Vec::new(),
            armed: Vec::new(),
            open: Vec::new(),
            paused_until: None,
            deliveries_waiting: 0,
            conditions: Vec::new(),
        }
    }
}
