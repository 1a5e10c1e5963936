//! Labelled points around every durable step. Owns the steps, their labels and the call: nothing becomes durable without
//! naming its [`Step`], so no step is without its two points.
//!
//! A crash test's hook ends the process (or the test's world) at a label and starts again on the same file. The hook and
//! the call exist with the feature `points` only, which tests alone switch on. Tested in `tests/engine/sweep`.

use tidegate_guard::IntentState;

use crate::parts::Options;

macro_rules! steps {
    ($($(#[doc = $doc:literal])+ $step:ident = $name:literal,)+) => {
        /// Something that becomes durable as a whole.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(crate) enum Step {
            $($(#[doc = $doc])+ $step,)+
        }

        impl Step {
            /// The point at which nothing of it is durable.
            pub(crate) const fn before(self) -> &'static str {
                match self {
                    $(Self::$step => concat!($name, ".before"),)+
                }
            }

            /// The point at which all of it is durable, and nothing followed from it yet.
            pub(crate) const fn committed(self) -> &'static str {
                match self {
                    $(Self::$step => concat!($name, ".committed"),)+
                }
            }
        }

        /// Every label: two for each step, and those at which an answer of the outside is known to nobody but us.
        #[cfg(feature = "points")]
        pub const POINTS: &[&str] = &[
            $(concat!($name, ".before"), concat!($name, ".committed"),)+
            INTENT_ANSWERED,
            CLOSURE_ANSWERED,
            DELIVERY_ANSWERED,
        ];
    };
}

/// The provider answered the request of an intent.
pub(crate) const INTENT_ANSWERED: &str = "intent.sent.answered";
/// The provider answered for one piece of a sub-account.
pub(crate) const CLOSURE_ANSWERED: &str = "closure.answered";
/// The platform of a channel answered.
pub(crate) const DELIVERY_ANSWERED: &str = "delivery.answered";

steps! {
    /// The lease is taken.
    LeaseTaken = "lease.taken",
    /// The lease is renewed.
    LeaseRenewed = "lease.renewed",
    /// The lease is given back.
    LeaseReleased = "lease.released",
    /// How long it was guarded.
    Heartbeat = "heartbeat",
    /// A span in which nothing was guarded.
    Lapse = "lapse",
    /// Countdowns that are counted again after a late wake-up.
    LapseLate = "lapse.late",
    /// Guards that a damaged database may not leave armed.
    Disarmed = "guard.disarmed",
    /// Accounts, guards and channels.
    Configured = "config",
    /// A guard is armed or watches.
    Mode = "guard.mode",
    /// Automatic actions are paused, or go on.
    Paused = "paused",
    /// A target is protected, or no longer.
    Protected = "protected",
    /// Settings of the program.
    Settings = "settings",
    /// An entry of the audit for what was done elsewhere.
    Noted = "noted",
    /// An API token.
    Token = "token",
    /// What a look decided.
    Look = "look",
    /// Looks that decided nothing.
    LooksSettled = "looks.settled",
    /// What a discovery found.
    Discovery = "discovery",
    /// A condition of the program begins.
    ConditionRaised = "condition.raised",
    /// A condition of the program ends.
    ConditionEnded = "condition.ended",
    /// An alert is acknowledged or snoozed.
    Answered = "alert.answered",
    /// A person asks for an action.
    IntentOpened = "intent.opened",
    /// A countdown is held, or cut short.
    IntentTouched = "intent.touched",
    /// What an intent learned while its state stays.
    IntentNoted = "intent.noted",
    /// Cleared to leave.
    IntentRechecked = "intent.rechecked",
    /// About to leave.
    IntentSent = "intent.sent",
    /// The provider took it on.
    IntentAccepted = "intent.accepted",
    /// Its effect is awaited.
    IntentVerifying = "intent.verifying",
    /// Its effect is proven.
    IntentVerified = "intent.verified",
    /// It was refused, or had no effect.
    IntentFailed = "intent.failed",
    /// Nobody knows whether it arrived.
    IntentUnknown = "intent.unknown",
    /// It ends without effect.
    IntentEnd = "intent.end",
    /// A piece of a sub-account is about to be asked for.
    ClosureAsked = "closure.asked",
    /// A piece of a sub-account was seen as wanted.
    ClosureDone = "closure.done",
    /// An entry of the audit for what was done at the provider of sub-accounts.
    QuotaNoted = "quota.noted",
    /// A grant or a link.
    QuotaChanged = "quota.changed",
    /// A sub-account that was made.
    QuotaListed = "quota.listed",
    /// A renewal is told.
    RenewalTold = "renewal.told",
    /// Where a renewal stands.
    RenewalNoted = "renewal.noted",
    /// A person renewed.
    RenewalMarked = "renewal.marked",
    /// What a mailbox held.
    MailRead = "mail.read",
    /// A leak check of subscriptions, and what it tells.
    LeakChecked = "leak.checked",
    /// The report of a day.
    Report = "report",
    /// A report that a person asked for.
    ReportByHand = "report.by_hand",
    /// Since when reports are due.
    ReportSince = "report.since",
    /// A message is about to leave.
    DeliverySending = "delivery.sending",
    /// What the platform said of it.
    DeliveryRecorded = "delivery.recorded",
    /// Messages of an ended process go out again.
    DeliveryResumed = "delivery.resumed",
    /// A message never arrives.
    DeliveryEnded = "delivery.ended",
    /// A message goes to the next channel as well.
    DeliveryCopied = "delivery.copied",
    /// A message goes to another channel instead.
    DeliveryReaddressed = "delivery.readdressed",
    /// A person has a message tried again.
    DeliveryRetried = "delivery.retried",
    /// A person tried a channel.
    ChannelTested = "channel.tested",
    /// A stretch of proxy traffic.
    Flows = "flows",
    /// Who counts for a device.
    FlowsOwner = "flows.owner",
    /// What an agent handed in.
    Ingest = "ingest",
    /// A device is invited.
    DeviceInvited = "device.invited",
    /// A device is enrolled.
    DeviceEnrolled = "device.enrolled",
    /// A device is ended.
    DeviceEnded = "device.ended",
    /// What an earlier system knew.
    Imported = "imported",
    /// Rollups and retention.
    Tidied = "maintenance.tidied",
    /// The daily backup.
    BackedUp = "maintenance.backed_up",
}

impl Step {
    /// The transition into a state.
    pub(crate) const fn into_state(state: IntentState) -> Self {
        match state {
            IntentState::Rechecked => Self::IntentRechecked,
            IntentState::Sent => Self::IntentSent,
            IntentState::Accepted => Self::IntentAccepted,
            IntentState::Verifying => Self::IntentVerifying,
            IntentState::Verified => Self::IntentVerified,
            IntentState::Failed => Self::IntentFailed,
            IntentState::Unknown => Self::IntentUnknown,
            IntentState::Planned | IntentState::Cancelled | IntentState::Abandoned => Self::IntentEnd,
        }
    }
}

/// Passes a labelled point.
#[cfg(feature = "points")]
pub(crate) fn point(options: &Options, label: &'static str) {
    if let Some(hook) = &options.crash_hook {
        hook(label);
    }
}

/// Nothing ends here outside crash tests.
#[cfg(not(feature = "points"))]
pub(crate) const fn point(_options: &Options, _label: &'static str) {}
