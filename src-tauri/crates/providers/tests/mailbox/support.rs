//! Mails and judges for the tests.

use jiff::civil::{Date, date};
use tidegate_providers::mailbox::{Judge, Mail, OwnRules, RuleBook, Verdict};

/// The day every mail of the tests comes in.
pub(crate) const RECEIVED: Date = date(2026, 11, 21);

/// The built-in rules with a person's own, for mails of a host that signs as `mx.example.net`.
pub(crate) fn judge(own: &OwnRules) -> Judge {
    let book = RuleBook::built_in().unwrap().with(own).unwrap();
    Judge::new(book, "imap.example.net", Some("mx.example.net")).unwrap()
}

/// What the built-in rules say.
pub(crate) fn verdict(mail: &Mail) -> Option<Verdict> {
    judge(&OwnRules::default()).judge(mail, RECEIVED)
}

/// A mail of words.
pub(crate) fn mail(from: &str, subject: &str, text: &str) -> Mail {
    Mail {
        from: from.to_owned(),
        subject: subject.to_owned(),
        text: text.to_owned(),
        identity: "FAKE".to_owned(),
        authentication: None,
    }
}

/// A mail of a service whose ¥ is CNY, about a low balance.
pub(crate) fn low(text: &str) -> Mail {
    mail("notice@aliyun.com", "Low balance", text)
}
