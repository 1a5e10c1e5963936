//! One of every message about mail.

use tidegate_channels::{MailNote, MailboxRef, Message};
use tidegate_guard::Severity;
use tidegate_meter::{Currency, MailKind, MailboxId, Quantity, Reason, Time, Unit};

use super::ago;

fn note(kind: MailKind) -> MailNote {
    MailNote {
        kind,
        service: Some("阿里云".to_owned()),
        amount: Some(Quantity::parse("-8.50", Unit::Money(Currency::CNY)).unwrap()),
        due: Some("2026-12-01".to_owned()),
        sender: "notice@cloud.example".to_owned(),
        verified: true,
        subject: "余额不足提醒".to_owned(),
        received: ago(600),
    }
}

pub fn all() -> Vec<(&'static str, Severity, Message)> {
    let mailbox = MailboxRef {
        id: MailboxId::new("work").unwrap(),
        name: "工作邮箱".to_owned(),
    };
    let unread = |reason: Reason, detail: &str, since: Option<Time>| Message::MailboxUnread {
        mailbox: mailbox.clone(),
        reason,
        detail: detail.to_owned(),
        since,
    };
    let mail = |mail: MailNote| Message::Mail {
        mailbox: mailbox.clone(),
        mail: Box::new(mail),
    };
    let spoofed = MailNote {
        service: None,
        amount: None,
        due: None,
        verified: false,
        subject: "Pay **now** [here](https://evil.example/x) <at id=all></at> www.evil.example 8.50"
            .to_owned(),
        ..note(MailKind::Suspended)
    };
    let nobody = MailNote {
        sender: String::new(),
        ..spoofed.clone()
    };
    vec![
        ("mail", Severity::Warning, mail(note(MailKind::LowBalance))),
        ("mail_unverified", Severity::Critical, mail(spoofed)),
        (
            "mail_digest",
            Severity::Info,
            Message::MailDigest {
                mailbox: mailbox.clone(),
                count: 3,
                mails: vec![note(MailKind::Expiring), nobody],
            },
        ),
        (
            "mailbox_refused",
            Severity::Warning,
            unread(Reason::Auth, "login refused: bad password", Some(ago(3600))),
        ),
        (
            "mailbox_unread",
            Severity::Warning,
            unread(Reason::Transient, "connect: no answer within 10 s", None),
        ),
        (
            "mails_unreadable",
            Severity::Warning,
            Message::MailsUnreadable {
                mailbox: mailbox.clone(),
                count: 1,
            },
        ),
        (
            "mailbox_read",
            Severity::Info,
            Message::MailboxRead {
                mailbox,
                since: ago(7200),
            },
        ),
    ]
}
