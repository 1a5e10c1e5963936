//! What a message says: a code with typed arguments. The texts stand in the catalogue.
//! A message never states an outcome stronger than the recorded state it was built from.

use std::time::Duration;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tidegate_guard::{ActionKind, Proof, Receipt, StepFacts, StopManner, Why};
use tidegate_meter::{
    AccountId, Blind, ByteBase, GuardId, MeterId, Quantity, Reason, RenewalId, RowId, Target, Time,
};

use crate::{Deed, LeakNote, MailNote, MailboxRef, Opened, ReportFacts};

/// Which meter a message is about, with the names a person knows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MeterRef {
    /// The account.
    pub account: AccountId,
    /// The account's name.
    pub account_name: String,
    /// The meter.
    pub meter: MeterId,
    /// The meter's name.
    pub meter_name: String,
    /// The guard.
    pub guard: GuardId,
    /// How its bytes are shown.
    pub byte_base: ByteBase,
    /// How far its provider's bill runs behind use at least, in hours: the newest reading lacks that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind_hours: Option<u32>,
}

/// Which action a message is about.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ActionRef {
    /// The intent.
    pub intent: RowId,
    /// What.
    pub action: ActionKind,
    /// On what.
    pub target: Target,
    /// Whose.
    pub account: AccountId,
    /// The account's name.
    pub account_name: String,
    /// The guard that decided; `None` when a person asked.
    pub guard: Option<GuardId>,
    /// What became of the pieces of a sub-account; `None` for a server, and before its first look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deed: Option<Box<Deed>>,
}

/// What became of the requests of an action, where no receipt tells it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// None left.
    #[default]
    Never,
    /// One left; its answer was lost.
    Unanswered,
    /// Some left; each was refused or had no effect.
    Refused,
}

/// Which renewal a message is about, as its owner described it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RenewalRef {
    /// The renewal.
    pub id: RenewalId,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub owner: Option<String>,
    /// How often it falls due.
    pub repeats: Repeats,
    /// What it costs each time.
    pub amount: Option<Quantity>,
    /// It renews by itself.
    pub by_itself: bool,
    /// What its owner noted.
    pub note: Option<String>,
}

/// How often something falls due.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "every")]
pub enum Repeats {
    /// Every week.
    Weekly {
        /// 1 to 7, Monday is 1.
        weekday: i8,
    },
    /// Every month.
    Monthly {
        /// 1 to 31.
        day: i8,
    },
    /// Every year.
    Yearly {
        /// 1 to 12.
        month: i8,
        /// 1 to 31.
        day: i8,
    },
    /// Every so many days.
    Days {
        /// How many.
        count: u16,
    },
    /// Every so many months.
    Months {
        /// How many.
        count: u16,
    },
    /// Once.
    Once,
    /// Once, at the end of a trial.
    Trial,
}

/// Every message there is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "code")]
pub enum Message {
    /// A step was reached; says what will happen next or why nothing will.
    StepReached {
        /// Which meter.
        meter: MeterRef,
        /// The step's text: `85%`, `20 GB`, `2d`, or `limit`.
        step: String,
        /// The numbers.
        facts: StepFacts,
        /// The sentence.
        why: Box<Why>,
    },
    /// Still over, not acknowledged.
    StepReminder {
        /// Which meter.
        meter: MeterRef,
        /// The step's text.
        step: String,
        /// The numbers now.
        facts: StepFacts,
        /// The sentence now.
        why: Box<Why>,
        /// Raised when.
        since: Time,
    },
    /// Back on the right side, or a new window began.
    StepResolved {
        /// Which meter.
        meter: MeterRef,
        /// The step's text.
        step: String,
        /// The numbers now, when known.
        facts: Option<StepFacts>,
        /// Ended by a new window.
        by_new_window: bool,
        /// Sub-accounts of this meter that we closed and that are closed still: a person may restore them now.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        closed: Vec<String>,
    },
    /// The limit is crossed and an action is planned; countdown runs.
    ActionPlanned {
        /// Which action.
        action: ActionRef,
        /// Which meter.
        meter: MeterRef,
        /// The numbers.
        facts: StepFacts,
        /// When it will happen.
        due: Time,
        /// The countdown.
        countdown: Duration,
    },
    /// Called off before anything was sent, or before anything more was sent.
    ActionCancelled {
        /// Which action.
        action: ActionRef,
        /// Who or what called it off: `person`, `recovered`, `belt`, `expired`, `unread`.
        by: String,
        /// The sentence, when judgement called it off.
        why: Option<Box<Why>>,
        /// What became of its requests.
        #[serde(default)]
        asked: Asked,
    },
    /// The request was taken on. Not yet done.
    ActionSent {
        /// Which action.
        action: ActionRef,
        /// How.
        manner: StopManner,
        /// The provider's receipt.
        receipt: Receipt,
    },
    /// The provider's state says so.
    ActionVerified {
        /// Which action.
        action: ActionRef,
        /// The proof.
        proof: Proof,
        /// From the sending to the proof.
        took: Duration,
        /// What became of its requests; counts where the proof has no receipt.
        #[serde(default)]
        asked: Asked,
    },
    /// Refused or not taken effect.
    ActionFailed {
        /// Which action.
        action: ActionRef,
        /// The provider's word; empty where the pieces of a sub-account tell it.
        detail: String,
        /// Tried again at, if it is.
        retry_at: Option<Time>,
    },
    /// The answer was lost; the state is being read.
    ActionUnknown {
        /// Which action.
        action: ActionRef,
        /// What is known.
        detail: String,
        /// The state could not be read for too long: nobody reads it any more, a person must look.
        #[serde(default)]
        given_up: bool,
    },
    /// Somebody else opened a sub-account that we disabled.
    OpenedAgain {
        /// What was found.
        opened: Opened,
    },
    /// No truth about a meter.
    Blind {
        /// Which meter.
        meter: MeterRef,
        /// Why.
        blind: Blind,
        /// The last truth, if there ever was one.
        since: Option<Time>,
    },
    /// Truth again.
    BlindResolved {
        /// Which meter.
        meter: MeterRef,
        /// The reason it had.
        reason: Reason,
        /// Blind since.
        since: Time,
    },
    /// A renewal falls due, is due, or was due and is not marked.
    RenewalDue {
        /// Which renewal.
        renewal: RenewalRef,
        /// The due date.
        due: Date,
        /// How many days before the due date it was to be told; 0 on the day, negative when overdue.
        days: i64,
        /// Due dates before this one that are open as well.
        earlier: usize,
    },
    /// A renewal that was told was marked as renewed.
    RenewalSettled {
        /// Which renewal.
        renewal: RenewalRef,
        /// Paid through this date.
        paid: Date,
        /// The next due date, if there is one.
        next: Option<Date>,
    },
    /// Nothing was guarding for a while.
    Lapse {
        /// From.
        start: Time,
        /// To.
        end: Time,
        /// `asleep`, `stopped`, `offline`, `clock`.
        cause: String,
    },
    /// More than three at once, in one.
    Group {
        /// The messages.
        messages: Vec<Message>,
    },
    /// Something of the program itself needs a person: `database_unreadable`, `keychain_locked`, `config_refused`, …
    Program {
        /// Which condition.
        condition: String,
        /// One short line.
        detail: String,
    },
    /// A mail of a service, found by a rule that fits.
    Mail {
        /// Which mailbox.
        mailbox: MailboxRef,
        /// What it says.
        mail: Box<MailNote>,
    },
    /// Mails that may matter, once a day.
    MailDigest {
        /// Which mailbox.
        mailbox: MailboxRef,
        /// All of them.
        count: u32,
        /// The newest of them.
        mails: Vec<MailNote>,
    },
    /// A mailbox cannot be read.
    MailboxUnread {
        /// Which mailbox.
        mailbox: MailboxRef,
        /// Why.
        reason: Reason,
        /// One short line.
        detail: String,
        /// Read last, if it ever was.
        since: Option<Time>,
    },
    /// Mails of a mailbox that were passed over: nobody can tell what they say.
    MailsUnreadable {
        /// Which mailbox.
        mailbox: MailboxRef,
        /// How many.
        count: u32,
    },
    /// It can be read again.
    MailboxRead {
        /// Which mailbox.
        mailbox: MailboxRef,
        /// Could not be read since.
        since: Time,
    },
    /// What a subscription's panel billed and what our devices sent differ by more than they may, twice in a row.
    Leak {
        /// By how much, and when.
        leak: Box<LeakNote>,
    },
    /// Both sides agree again.
    LeakResolved {
        /// The subscription.
        account: AccountId,
        /// Its name, and those of the subscriptions that share nodes with it.
        names: Vec<String>,
        /// Told since.
        since: Time,
    },
    /// What a day or a week came to.
    Report {
        /// All of it.
        report: Box<ReportFacts>,
    },
    /// A person pressed *send test*.
    Test {
        /// The channel's name.
        channel: String,
    },
}
