//! The handle: what `api` calls. Owns nothing but the way in and the life of the loops; each command stands in its own
//! file under `command`. The last handle that is dropped ends the loops at once, as a crash would; `stop` ends them
//! cleanly.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::civil::Date;
use tidegate_channels::Delivered;
use tidegate_channels::report::ReportKind;
use tidegate_guard::{ActionKind, Consent, Contract, Replay, StopManner};
use tidegate_meter::handover::{EnrolBody, HandIn};
use tidegate_meter::{
    AccountId, ChannelId, DeviceId, GuardId, MailboxId, MeterId, MeterInfo, RenewalId, RowId, Span, TargetId,
    Time,
};
use tidegate_store::{
    DeviceRow, FindingFilter, FindingRow, FlowFilter, IntentRow, InviteRow, Store, TokenRow,
};
use tidegate_vault::Fields;
use tokio::sync::broadcast;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::command::measured::Measured;
use crate::config::{AccountConfig, ChannelConfig, Config, GuardConfig, MailboxConfig};
use crate::devices::Taken;
use crate::event::ChangeBatch;
use crate::flows::{FlowsTold, LineTold, LiveTold};
use crate::inner::{Inner, lock};
use crate::mailboxes::{Finding, MailboxTrial, MailboxView};
use crate::measures::{Measures, Metered};
use crate::outside::{AccountSecrets, Outside};
use crate::quiet::QuietHours;
use crate::report::{ReportSettings, ReportShown};
use crate::standard::Standard;
use crate::view::{
    Armed, ChannelHealth, CheckReport, GuardView, Marked, Plan, Pulse, RenewalView, Status, Trial, WhatIf,
};
use crate::{EngineError, Parts, command, devices, flows, limits, load, mailboxes, renewals, report, run};

/// The engine; a clone is another handle to the same one.
#[derive(Clone)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
    life: Arc<Life>,
}

/// The root of the loops.
#[derive(Default)]
struct Life {
    root: Mutex<Option<(CancellationToken, JoinHandle<()>)>>,
}

impl Drop for Life {
    fn drop(&mut self) {
        if let Some((_, root)) = lock(&self.root).take() {
            root.abort();
        }
    }
}

impl Engine {
    /// Loads the configuration and the state of the store. No loop runs yet, nothing is sent: enough for one-off
    /// commands. A writing command takes the lease for itself when no other copy holds it.
    pub async fn open(mut parts: Parts) -> Result<Self, EngineError> {
        let measures = Arc::new(Measures::default());
        parts.transport = Arc::new(Metered {
            wire: Arc::clone(&parts.transport),
            timer: Arc::clone(&parts.timer),
            measures: Arc::clone(&measures),
        });
        let outside: Arc<dyn Outside> = parts
            .options
            .outside
            .clone()
            .unwrap_or_else(|| Arc::new(Standard::new(&parts)));
        let (changes, _) = broadcast::channel(limits::CHANGES);
        let inner = Arc::new(Inner::new(parts, outside, changes, measures));
        load::everything(&inner).await?;
        Ok(Self {
            inner,
            life: Arc::default(),
        })
    }

    /// Takes the lease and starts the loops; returns when they run. [`EngineError::NotHolder`] when another copy
    /// guards on this database. Later loss of the lease ends the loops; they come back when the lease does.
    pub async fn run(&self) -> Result<(), EngineError> {
        let _order = self.inner.order.lock().await;
        if lock(&self.life.root).is_some() {
            return Ok(());
        }
        run::take_lease(&self.inner).await?;
        let end = CancellationToken::new();
        let loops = end.child_token();
        *lock(&self.inner.loops) = Some(loops.clone());
        let begun = match run::begin(&self.inner, &loops).await {
            Ok(begun) => begun,
            Err(error) => {
                *lock(&self.inner.loops) = None;
                run::release(&self.inner).await;
                return Err(error);
            }
        };
        let root = tokio::spawn(run::guard(Arc::clone(&self.inner), end.clone(), (loops, begun)));
        *lock(&self.life.root) = Some((end, root));
        Ok(())
    }

    /// Ends the loops after the transaction in hand and gives the lease back.
    pub async fn stop(&self) {
        let root = lock(&self.life.root).take();
        if let Some((end, root)) = root {
            end.cancel();
            // An error only says that the loops were ended otherwise.
            let _ = root.await;
        } else if self.inner.is_holder() {
            run::release(&self.inner).await;
        }
    }

    /// What happens from now on, one batch per transaction, each after it became durable.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Arc<ChangeBatch>> {
        self.inner.changes.subscribe()
    }

    /// The store, for queries.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.inner.parts.store
    }

    /// Makes `config` the whole configuration, in one transaction, effective at once. State and mode of what stays
    /// are kept; an armed guard whose effect changes goes back to watch, and the plan says so.
    pub async fn configure(&self, config: Config, by: &str) -> Result<Plan, EngineError> {
        command::configure(&self.inner, config, by).await
    }

    /// What [`Self::configure`] would change; changes nothing.
    pub async fn plan(&self, config: &Config) -> Result<Plan, EngineError> {
        command::plan(&self.inner, config).await
    }

    /// The whole configuration as it stands, with the mode of each guard.
    pub async fn config(&self) -> Config {
        command::current(&self.inner).await
    }

    /// Looks at every meter of these accounts (all enabled ones when empty) once. Never acts. With running loops it is
    /// an immediate look through the same path, recorded as any other; without, nothing is written.
    pub async fn check(&self, accounts: &[AccountId]) -> Result<CheckReport, EngineError> {
        command::check(&self.inner, accounts).await
    }

    /// Every guard with all it watches.
    pub async fn guards(&self) -> Vec<GuardView> {
        command::guards(&self.inner).await
    }

    /// Arms a guard for a span: freezes the targets known now and lists them.
    pub async fn arm(&self, guard: &GuardId, span: Duration, by: &str) -> Result<Armed, EngineError> {
        command::arm(&self.inner, guard, span, by).await
    }

    /// Back to watch; planned actions of the guard are called off.
    pub async fn disarm(&self, guard: &GuardId, by: &str) -> Result<(), EngineError> {
        command::disarm(&self.inner, guard, by).await
    }

    /// Lengthens the countdown of a planned action by a span; returns its new due time.
    pub async fn hold(&self, intent: RowId, span: Duration, by: &str) -> Result<Time, EngineError> {
        command::hold(&self.inner, intent, span, by).await
    }

    /// Calls an action off before its request left, and holds its guard on that meter for a day.
    pub async fn cancel(&self, intent: RowId, by: &str) -> Result<(), EngineError> {
        command::cancel(&self.inner, intent, by).await
    }

    /// Ends the countdown of a planned action now; it is still checked again before it leaves.
    pub async fn stop_now(&self, intent: RowId, by: &str) -> Result<(), EngineError> {
        command::stop_now(&self.inner, intent, by).await
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
        command::act(&self.inner, account, target, action, manner, consent).await
    }

    /// Undoes a verified stop: starts exactly what that intent stopped. Refused when that is not what stands now.
    pub async fn restore(&self, intent: RowId, consent: Consent) -> Result<RowId, EngineError> {
        command::restore(&self.inner, intent, consent).await
    }

    /// Steps one intent to its end, for commands without running loops.
    pub async fn drive(&self, intent: RowId) -> Result<IntentRow, EngineError> {
        command::drive(&self.inner, intent).await
    }

    /// Pauses automatic actions until then; watching and telling go on.
    pub async fn pause(&self, until: Time, by: &str) -> Result<(), EngineError> {
        command::pause(&self.inner, until, by).await
    }

    /// Ends a pause.
    pub async fn resume(&self, by: &str) -> Result<(), EngineError> {
        command::resume(&self.inner, by).await
    }

    /// Today in the user's zone, and every renewal as of today: the most urgent first. Sends nothing.
    pub async fn renewals(&self) -> Result<(Date, Vec<RenewalView>), EngineError> {
        renewals::list(&self.inner).await
    }

    /// Marks a renewal as renewed; see [`tidegate_providers::calendar::Standing::covers`] for what `day` reaches. Its
    /// open alert ends, and who was told is told so.
    pub async fn mark_renewed(
        &self,
        renewal: &RenewalId,
        day: Option<Date>,
        by: &str,
    ) -> Result<Marked, EngineError> {
        renewals::mark(&self.inner, renewal, day, by).await
    }

    /// Takes the last mark of a renewal back.
    pub async fn clear_renewed(&self, renewal: &RenewalId, by: &str) -> Result<Marked, EngineError> {
        renewals::clear(&self.inner, renewal, by).await
    }

    /// Raises a condition of the program that needs a person, such as `config_refused`: an alert and a warning to every
    /// channel, told once until [`Self::resolve_condition`]. `detail` is one short line without secrets.
    pub async fn raise_condition(&self, condition: &str, detail: &str) {
        crate::program::raise(
            &self.inner,
            condition,
            detail,
            tidegate_guard::Severity::Warning,
            None,
        )
        .await;
    }

    /// Ends a condition of the program, if it was open.
    pub async fn resolve_condition(&self, condition: &str) {
        crate::program::resolve(&self.inner, condition).await;
    }

    /// Acknowledges an open alert with a reason: no more reminders.
    pub async fn acknowledge(&self, alert: RowId, reason: &str, by: &str) -> Result<(), EngineError> {
        command::acknowledge(&self.inner, alert, reason, by).await
    }

    /// Quiets an open alert until then.
    pub async fn snooze(&self, alert: RowId, until: Time, reason: &str, by: &str) -> Result<(), EngineError> {
        command::snooze(&self.inner, alert, until, reason, by).await
    }

    /// Puts a target on the protect list, or takes it off.
    pub async fn protect(
        &self,
        account: &AccountId,
        target: &TargetId,
        protected: bool,
        by: &str,
    ) -> Result<(), EngineError> {
        command::protect(&self.inner, account, target, protected, by).await
    }

    /// Sends a test message through a channel at once, past the outbox, and returns the platform's word.
    pub async fn test_channel(&self, channel: &ChannelId, by: &str) -> Result<Delivered, EngineError> {
        command::test(&self.inner, channel, by).await
    }

    /// Reads an account that is not configured; the secrets in hand come before those it refers to. Stores nothing.
    pub async fn try_account(
        &self,
        config: &AccountConfig,
        given: AccountSecrets,
    ) -> Result<Trial, EngineError> {
        command::trial::account(&self.inner, config, given).await
    }

    /// Sends a test message through a channel that is not configured. Stores nothing.
    pub async fn try_channel(&self, config: &ChannelConfig, given: Fields) -> Result<Delivered, EngineError> {
        command::trial::channel(&self.inner, config, given).await
    }

    /// Every mailbox with what is known of it.
    pub async fn mailboxes(&self) -> Result<Vec<MailboxView>, EngineError> {
        mailboxes::views(&self.inner).await
    }

    /// What mails said, newest first.
    pub async fn findings(&self, filter: FindingFilter) -> Result<Vec<(FindingRow, Finding)>, EngineError> {
        mailboxes::findings(&self.inner, filter).await
    }

    /// Looks into a mailbox now, recorded and told like any other look; returns what is known of it then.
    pub async fn scan_mailbox(&self, mailbox: &MailboxId) -> Result<MailboxView, EngineError> {
        command::scan_mailbox(&self.inner, mailbox).await
    }

    /// Looks into a mailbox that is not configured; the secrets in hand come before those it refers to. Stores nothing,
    /// tells nobody.
    pub async fn try_mailbox(&self, config: &MailboxConfig, given: Fields) -> MailboxTrial {
        mailboxes::trial(&self.inner, config, given).await
    }

    /// Proxy traffic of calendar days in the user's zone, told apart as asked. Errors: a last day before the first, the
    /// database.
    pub async fn flows(&self, filter: FlowFilter) -> Result<FlowsTold, EngineError> {
        flows::flows(&self.inner, filter).await
    }

    /// Proxy traffic over time in at most `points` steps of a minute, 5 or 15 minutes, an hour, or a calendar day; a step
    /// that nobody watched is `None`. Errors: more days than points, the database.
    pub async fn flow_line(
        &self,
        span: Span,
        device: Option<&DeviceId>,
        points: usize,
    ) -> Result<LineTold, EngineError> {
        flows::line(&self.inner, span, device, points).await
    }

    /// What passes now, never stored. Whoever asks is told by one [`crate::Event::Live`] when that changes. Errors: the
    /// database, for the names of agents.
    pub async fn live(&self) -> Result<LiveTold, EngineError> {
        flows::live(&self.inner).await
    }

    /// A new id for a row, made now.
    #[must_use]
    pub fn row_id(&self) -> RowId {
        self.inner.row_id()
    }

    /// Keeps a new token of another program, audited by its name.
    pub async fn create_token(&self, row: TokenRow, by: &str) -> Result<(), EngineError> {
        command::tokens::create(&self.inner, row, by).await
    }

    /// Ends a token, audited by its name.
    pub async fn revoke_token(&self, row: &TokenRow, by: &str) -> Result<(), EngineError> {
        command::tokens::revoke(&self.inner, row, by).await
    }

    /// Makes an invitation for an agent, audited. Refused for a device that is watched from here.
    pub async fn invite_agent(&self, row: InviteRow) -> Result<(), EngineError> {
        devices::invite(&self.inner, row).await
    }

    /// Exchanges an invitation for a token of its device, and ends the token that it had; `None` when the invitation was
    /// used or ran out meanwhile.
    pub async fn enrol(
        &self,
        invite: &InviteRow,
        token: TokenRow,
        told: &EnrolBody,
    ) -> Result<Option<DeviceRow>, EngineError> {
        devices::enrol(&self.inner, invite, token, told).await
    }

    /// Ends a device with its token and invitations; its flows stay. Refused for one that is watched from here.
    pub async fn end_device(&self, device: &DeviceId, by: &str) -> Result<(), EngineError> {
        devices::end(&self.inner, device, by).await
    }

    /// Takes a batch from the agent of that token: durable when it is answered, counted once however often it comes.
    pub async fn ingest(&self, token: RowId, hand_in: &HandIn) -> Result<Taken, EngineError> {
        devices::take(&self.inner, token, hand_in).await
    }

    /// Notes when a token was shown last.
    pub async fn note_token_used(&self, id: RowId, at: Time) -> Result<(), EngineError> {
        command::tokens::used(&self.inner, id, at).await
    }

    /// Everything that is measured, as it stands. Errors: the database.
    pub async fn measured(&self) -> Result<Measured, EngineError> {
        command::measured::measured(&self.inner).await
    }

    /// Makes adapters anew that were made with these vault items: their secrets have changed.
    pub async fn renew_secrets(&self, items: &[String]) {
        command::renew_secrets(&self.inner, items).await;
    }

    /// Makes the adapters of these providers anew: what describes them may have changed.
    pub async fn renew_providers(&self, providers: &[String]) {
        command::renew_providers(&self.inner, providers).await;
    }

    /// Puts an entry of its caller's into the audit: what was done outside the database. One that cannot be written is
    /// told in the log alone, since what it tells has happened.
    pub async fn note(&self, by: &str, event: &str, facts: serde_json::Value) {
        command::settings::note(&self.inner, by, event, facts).await;
    }

    /// What each channel said last, and how much waits for it.
    pub async fn channel_health(&self) -> Result<BTreeMap<ChannelId, ChannelHealth>, EngineError> {
        command::channel_health(&self.inner).await
    }

    /// How far each of these guards could overshoot on each meter it would watch, were the configuration this one. The
    /// flag is false for a meter that only the guard names.
    pub async fn contracts(&self, config: &Config) -> Vec<(GuardId, MeterInfo, Contract, bool)> {
        command::contracts(&self.inner, config).await
    }

    /// Changes the quiet hours (`Some(None)` ends them), when reports are sent, and settings that are kept for others by name, in one
    /// transaction, audited by name.
    pub async fn save_settings(
        &self,
        quiet: Option<Option<QuietHours>>,
        reports: Option<ReportSettings>,
        own: Vec<(String, serde_json::Value)>,
        by: &str,
    ) -> Result<(), EngineError> {
        command::settings::save(&self.inner, quiet, reports, own, by).await
    }

    /// When reports are sent, and where.
    #[must_use]
    pub fn report_settings(&self) -> ReportSettings {
        lock(&self.inner.reports.settings).clone()
    }

    /// The report of a day, or of the week that ends with it; today where none is named. One that was made is shown as it
    /// was, any other as it would be now. Sends nothing. Errors: a day ahead or too long ago, the database.
    pub async fn report(&self, kind: ReportKind, day: Option<Date>) -> Result<ReportShown, EngineError> {
        report::show(&self.inner, kind, day).await
    }

    /// Sends that report now, marked as sent by hand, as often as it is asked for. The one that is due is sent as ever.
    /// Errors: those of [`Self::report`], and that no channel takes it.
    pub async fn send_report(
        &self,
        kind: ReportKind,
        day: Option<Date>,
        by: &str,
    ) -> Result<ReportShown, EngineError> {
        report::send(&self.inner, kind, day, by).await
    }

    /// The quiet hours in force.
    #[must_use]
    pub fn quiet_hours(&self) -> Option<QuietHours> {
        lock(&self.inner.quiet).clone()
    }

    /// A setting that is kept for others by name.
    pub async fn own_setting(&self, name: &str) -> Result<Option<serde_json::Value>, EngineError> {
        Ok(self
            .inner
            .parts
            .store
            .setting(&crate::load::own_key(name))
            .await?)
    }

    /// Puts an undelivered message back into the outbox.
    pub async fn retry_delivery(&self, delivery: RowId, by: &str) -> Result<(), EngineError> {
        command::retry(&self.inner, delivery, by).await
    }

    /// What a changed spec would have done over the stored history of each meter of the guard; reaches no channel and
    /// no target. `None` replays the guard as it stands.
    pub async fn replay(
        &self,
        guard: &GuardId,
        changed: Option<GuardConfig>,
        days: u32,
    ) -> Result<Vec<(MeterId, Replay)>, EngineError> {
        command::replay(&self.inner, guard, changed, days).await
    }

    /// What a draft of a guard would have done over the stored history of one meter; reaches no channel and no target.
    /// Dropping the future ends the work.
    pub async fn what_if(
        &self,
        account: &AccountId,
        meter: &MeterId,
        draft: &GuardConfig,
        days: u32,
    ) -> Result<WhatIf, EngineError> {
        command::what_if(&self.inner, account, meter, draft, days).await
    }

    /// How the engine stands, without looking at anything.
    #[must_use]
    pub fn pulse(&self) -> Pulse {
        self.inner.pulse()
    }

    /// How many batches of changes were told.
    #[must_use]
    pub fn told(&self) -> u64 {
        self.inner.told()
    }

    /// The engine as a whole.
    pub async fn status(&self) -> Status {
        command::status(&self.inner).await
    }
}
