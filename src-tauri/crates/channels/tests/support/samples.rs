//! One of every message, and of each of its forms that reads differently.

use std::time::Duration;

use tidegate_channels::{ActionRef, Asked, Message, MeterRef};
use tidegate_guard::{
    ActionKind, Belt, Forecast, IntentState, Limit, PowerState, Proof, Receipt, RunOut, Severity, StepFacts,
    StopManner, Why,
};
use tidegate_meter::{
    AccountId, Blind, ByteBase, GuardId, MeterId, Quantity, Reason, RowId, Target, TargetId, TargetKind,
    Time, Unit,
};

use super::{now, support::zone};

mod leaks;
mod mails;
mod programs;
mod quotas;
mod renewals;
mod reports;

pub fn ago(seconds: u64) -> Time {
    now().minus(Duration::from_secs(seconds))
}

pub fn ahead(seconds: u64) -> Time {
    now().plus(Duration::from_secs(seconds))
}

pub const DAY: u64 = 86_400;

pub fn meter() -> MeterRef {
    MeterRef {
        behind_hours: None,
        account: AccountId::new("hw-main").unwrap(),
        account_name: "主账号".to_owned(),
        meter: MeterId::new("pkg-1").unwrap(),
        meter_name: "flexus-l-1".to_owned(),
        guard: GuardId::new("hw-main-traffic").unwrap(),
        byte_base: ByteBase::Binary,
    }
}

pub fn target() -> Target {
    Target {
        kind: TargetKind::Server,
        id: TargetId::new("0f1e-server").unwrap(),
        name: "web-1".to_owned(),
        region: "cn-north-4".to_owned(),
    }
}

pub fn action(kind: ActionKind) -> ActionRef {
    ActionRef {
        intent: RowId::new(ago(60), [9; 10]),
        action: kind,
        target: target(),
        account: AccountId::new("hw-main").unwrap(),
        account_name: "主账号".to_owned(),
        guard: Some(GuardId::new("hw-main-traffic").unwrap()),
        deed: None,
    }
}

pub fn gib(count: i64) -> Quantity {
    Quantity::bytes(count << 30)
}

pub fn facts() -> StepFacts {
    StepFacts {
        headroom: Some(gib(82)),
        whole: Some(gib(1000)),
        share: Some(Quantity::parse("91.8", Unit::Percent).unwrap()),
        run_out: Some(RunOut {
            early: Some(ahead(3 * DAY)),
            likely: Some(ahead(4 * DAY)),
            late: Some(ahead(5 * DAY - 60)),
        }),
        as_of: ago(25 * 60),
    }
}

pub fn why() -> Why {
    Why {
        headroom: Some(gib(82)),
        distance: Some(gib(72)),
        lower_bound: None,
        limit: Some(Limit::Headroom(gib(10))),
        forecast: Some(Forecast::Accumulating {
            samples: 3,
            needed: 25,
            span: Duration::from_secs(12 * 60),
            span_needed: Duration::from_secs(2 * 3600),
            changes: 0,
            changes_needed: 3,
        }),
        blind: None,
        over: false,
        lasts: false,
        belts: vec![Belt::Watch],
        acting: None,
    }
}

pub fn receipt() -> Receipt {
    Receipt {
        job: Some("ff80-job".to_owned()),
        request: Some("req-1b2c".to_owned()),
        at: ago(41),
    }
}

pub fn proof(after: PowerState) -> Proof {
    Proof {
        target: target(),
        before: PowerState::Running,
        after,
        at: ago(2),
        receipt: Some(receipt()),
    }
}

fn reached(step: &str, facts: StepFacts, why: Why) -> Message {
    Message::StepReached {
        meter: meter(),
        step: step.to_owned(),
        facts,
        why: Box::new(why),
    }
}

fn steps() -> Vec<(&'static str, Severity, Message)> {
    let over = Why {
        over: true,
        distance: Some(gib(-2)),
        belts: vec![
            Belt::Agreeing { seen: 1, needed: 2 },
            Belt::Paused { until: ahead(3600) },
        ],
        ..why()
    };
    let bare = StepFacts {
        headroom: None,
        whole: None,
        share: None,
        run_out: None,
        as_of: ago(25 * 60),
    };
    vec![
        (
            "step_reached_share",
            Severity::Warning,
            reached("85%", facts(), why()),
        ),
        (
            "step_reached_headroom",
            Severity::Critical,
            reached("20 GB", facts(), why()),
        ),
        (
            "step_reached_run_out",
            Severity::Warning,
            reached("2d", bare, why()),
        ),
        (
            "step_reached_limit",
            Severity::Critical,
            reached("limit", facts(), over),
        ),
        (
            "step_reminder",
            Severity::Critical,
            Message::StepReminder {
                meter: meter(),
                step: "95%".to_owned(),
                facts: facts(),
                why: Box::new(why()),
                since: ago(6 * 3600),
            },
        ),
    ]
}

/// Steps that ended.
fn ends() -> Vec<(&'static str, Severity, Message)> {
    vec![
        (
            "step_resolved",
            Severity::Info,
            Message::StepResolved {
                meter: meter(),
                step: "85%".to_owned(),
                facts: Some(facts()),
                by_new_window: false,
                closed: Vec::new(),
            },
        ),
        (
            "step_resolved_by_new_window",
            Severity::Info,
            Message::StepResolved {
                meter: meter(),
                step: "limit".to_owned(),
                facts: None,
                by_new_window: true,
                closed: Vec::new(),
            },
        ),
    ]
}

fn actions() -> Vec<(&'static str, Severity, Message)> {
    let stop = || action(ActionKind::Stop);
    vec![
        (
            "action_planned",
            Severity::Critical,
            Message::ActionPlanned {
                action: stop(),
                meter: meter(),
                facts: facts(),
                due: ahead(50),
                countdown: Duration::from_secs(60),
            },
        ),
        (
            "action_cancelled",
            Severity::Info,
            Message::ActionCancelled {
                action: stop(),
                by: "recovered".to_owned(),
                why: Some(Box::new(why())),
                asked: Asked::Never,
            },
        ),
        (
            "action_sent",
            Severity::Critical,
            Message::ActionSent {
                action: stop(),
                manner: StopManner::Soft,
                receipt: receipt(),
            },
        ),
        (
            "action_failed",
            Severity::Critical,
            Message::ActionFailed {
                action: stop(),
                detail: "Ecs.0207: quota".to_owned(),
                retry_at: Some(ahead(120)),
            },
        ),
        (
            "action_failed_for_good",
            Severity::Critical,
            Message::ActionFailed {
                action: action(ActionKind::Start),
                detail: "Ecs.0114: no such server".to_owned(),
                retry_at: None,
            },
        ),
        (
            "action_unknown",
            Severity::Critical,
            Message::ActionUnknown {
                action: stop(),
                detail: "no answer within 15 s".to_owned(),
                given_up: false,
            },
        ),
        (
            "action_unknown_given_up",
            Severity::Critical,
            Message::ActionUnknown {
                action: stop(),
                detail: "no answer within 15 s".to_owned(),
                given_up: true,
            },
        ),
    ]
}

/// Actions that were called off, by other causes.
fn cancels() -> Vec<(&'static str, Severity, Message)> {
    let stop = || action(ActionKind::Stop);
    vec![
        (
            "action_cancelled_unread",
            Severity::Warning,
            Message::ActionCancelled {
                action: stop(),
                by: "unread".to_owned(),
                why: None,
                asked: Asked::Never,
            },
        ),
        (
            "action_cancelled_after_a_try",
            Severity::Info,
            Message::ActionCancelled {
                action: stop(),
                by: "person".to_owned(),
                why: None,
                asked: Asked::Refused,
            },
        ),
    ]
}

fn proofs() -> Vec<(&'static str, Severity, Message)> {
    let verified = |kind, proof| Message::ActionVerified {
        action: action(kind),
        proof,
        took: Duration::from_secs(39),
        asked: Asked::Never,
    };
    let without_receipt = |asked| Message::ActionVerified {
        action: action(ActionKind::Stop),
        proof: Proof {
            receipt: None,
            ..proof(PowerState::Stopped)
        },
        took: Duration::from_secs(39),
        asked,
    };
    let already = Proof {
        receipt: None,
        before: PowerState::Stopped,
        ..proof(PowerState::Stopped)
    };
    vec![
        (
            "action_verified",
            Severity::Critical,
            verified(ActionKind::Stop, proof(PowerState::Stopped)),
        ),
        (
            "action_verified_already",
            Severity::Info,
            verified(ActionKind::Stop, already),
        ),
        (
            "action_verified_unanswered",
            Severity::Warning,
            without_receipt(Asked::Unanswered),
        ),
        (
            "action_verified_refused",
            Severity::Warning,
            without_receipt(Asked::Refused),
        ),
        (
            "action_verified_gone",
            Severity::Warning,
            verified(ActionKind::Stop, proof(PowerState::Gone)),
        ),
        (
            "action_verified_start",
            Severity::Info,
            verified(ActionKind::Start, proof(PowerState::Running)),
        ),
    ]
}

fn others() -> Vec<(&'static str, Severity, Message)> {
    let lapse = |cause: &str| Message::Lapse {
        start: ago(9 * 3600),
        end: ago(60),
        cause: cause.to_owned(),
    };
    let detail = "the right bss:bill:view is missing";
    let blind = |reason, since| Message::Blind {
        meter: meter(),
        blind: Blind::new(reason, detail),
        since,
    };
    vec![
        ("blind", Severity::Critical, blind(Reason::Scope, Some(ago(3600)))),
        (
            "blind_from_the_start",
            Severity::Critical,
            blind(Reason::Auth, None),
        ),
        (
            "blind_resolved",
            Severity::Info,
            Message::BlindResolved {
                meter: meter(),
                reason: Reason::Auth,
                since: ago(2 * 3600 + 300),
            },
        ),
        ("lapse_asleep", Severity::Warning, lapse("asleep")),
        ("lapse_stopped", Severity::Warning, lapse("stopped")),
        ("lapse_offline", Severity::Warning, lapse("offline")),
        ("lapse_clock", Severity::Warning, lapse("clock")),
        (
            "test",
            Severity::Info,
            Message::Test {
                channel: "ops".to_owned(),
            },
        ),
    ]
}

/// Every message, with a name and how loud it is.
pub fn all() -> Vec<(&'static str, Severity, Message)> {
    let mut all = steps();
    all.extend(ends());
    all.extend(actions());
    all.extend(cancels());
    all.extend(proofs());
    all.extend(others());
    all.extend(programs::all());
    all.extend(programs::devices());
    all.extend(renewals::all());
    all.extend(mails::all());
    all.extend(leaks::all());
    all.extend(quotas::all());
    all.extend(reports::all());
    let messages = all.iter().take(9).map(|sample| sample.2.clone()).collect();
    all.push(("group", Severity::Critical, Message::Group { messages }));
    all
}

/// A message's code. A new message does not compile here until it has a name, and then fails until it has a sample.
pub fn code_of(message: &Message) -> &'static str {
    match message {
        Message::StepReached { .. } => "step_reached",
        Message::StepReminder { .. } => "step_reminder",
        Message::StepResolved { .. } => "step_resolved",
        Message::ActionPlanned { .. } => "action_planned",
        Message::ActionCancelled { .. } => "action_cancelled",
        Message::ActionSent { .. } => "action_sent",
        Message::ActionVerified { .. } => "action_verified",
        Message::ActionFailed { .. } => "action_failed",
        Message::ActionUnknown { .. } => "action_unknown",
        Message::OpenedAgain { .. } => "opened_again",
        Message::Blind { .. } => "blind",
        Message::BlindResolved { .. } => "blind_resolved",
        Message::RenewalDue { .. } => "renewal_due",
        Message::RenewalSettled { .. } => "renewal_settled",
        Message::Lapse { .. } => "lapse",
        Message::Group { .. } => "group",
        Message::Program { .. } => "program",
        Message::Mail { .. } => "mail",
        Message::MailDigest { .. } => "mail_digest",
        Message::MailboxUnread { .. } => "mailbox_unread",
        Message::MailsUnreadable { .. } => "mails_unreadable",
        Message::MailboxRead { .. } => "mailbox_read",
        Message::Leak { .. } => "leak",
        Message::LeakResolved { .. } => "leak_resolved",
        Message::Report { .. } => "report",
        Message::Test { .. } => "test",
    }
}

pub const CODES: [&str; 26] = [
    "leak",
    "leak_resolved",
    "opened_again",
    "mails_unreadable",
    "mail",
    "mail_digest",
    "mailbox_unread",
    "mailbox_read",
    "step_reached",
    "step_reminder",
    "step_resolved",
    "action_planned",
    "action_cancelled",
    "action_sent",
    "action_verified",
    "action_failed",
    "action_unknown",
    "blind",
    "blind_resolved",
    "renewal_due",
    "renewal_settled",
    "lapse",
    "group",
    "program",
    "report",
    "test",
];

/// Every restriction there is.
pub fn belts() -> Vec<Belt> {
    let until = ahead(1200);
    vec![
        Belt::Watch,
        Belt::Expired { at: ago(3600) },
        Belt::Agreeing { seen: 1, needed: 2 },
        Belt::Old {
            age: Duration::from_secs(4000),
            allowed: Duration::from_secs(900),
        },
        Belt::Quarantined,
        Belt::Settling { until },
        Belt::Grace {
            target: target(),
            until,
        },
        Belt::GuardCount {
            actions: 3,
            allowed: 3,
        },
        Belt::TargetCount {
            target: target(),
            actions: 3,
            allowed: 3,
        },
        Belt::AllCount {
            actions: 10,
            allowed: 10,
        },
        Belt::Protected { target: target() },
        Belt::NotFrozen { target: target() },
        Belt::Covered {
            target: target(),
            meter: "package-2".to_owned(),
        },
        Belt::NoTarget,
        Belt::Suspended { target: target() },
        Belt::Paused { until },
        Belt::Held { until },
        Belt::NoCredential,
        Belt::NotHolder,
        Belt::Unreadable {
            what: "power".to_owned(),
        },
        Belt::Unreadable {
            what: "protect".to_owned(),
        },
        Belt::Unreadable {
            what: "actions".to_owned(),
        },
        Belt::Unreadable {
            what: "credential".to_owned(),
        },
        Belt::Unreadable {
            what: "other_package".to_owned(),
        },
        Belt::OtherWindow,
        Belt::NoAction,
        Belt::NothingRunning,
        Belt::NoConsent,
        Belt::StillOver,
        Belt::NotOver,
    ]
}

pub const STATES: [IntentState; 10] = [
    IntentState::Planned,
    IntentState::Rechecked,
    IntentState::Sent,
    IntentState::Accepted,
    IntentState::Verifying,
    IntentState::Verified,
    IntentState::Failed,
    IntentState::Unknown,
    IntentState::Cancelled,
    IntentState::Abandoned,
];
