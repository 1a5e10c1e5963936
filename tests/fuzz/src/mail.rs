//! A mail of anybody: a verdict or none, in bounds, and no amount that does not stand in it.

use std::sync::LazyLock;

use jiff::civil::date;
use tidegate_providers::mailbox::{Judge, Mail, RuleBook};

static JUDGE: LazyLock<Judge> = LazyLock::new(|| {
    let book = RuleBook::built_in().unwrap();
    Judge::new(book, "imap.example.net", Some("mx.example.net")).unwrap()
});

fn digits(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').to_owned()
}

pub(crate) fn mail(bytes: &[u8]) {
    let Some(mail) = Mail::parse(bytes) else {
        return;
    };
    assert!(mail.subject.chars().count() <= 200 && mail.from.chars().count() <= 400);
    let Some(found) = JUDGE.judge(&mail, date(2026, 11, 21)) else {
        return;
    };
    assert!(JUDGE.is_candidate(&mail), "what a rule takes is fetched");
    if let Some(amount) = found.amount {
        let told = amount.quantity.decimal();
        let said = digits(&format!("{} {}", mail.subject, mail.text));
        assert!(
            said.contains(&digits(&told)),
            "{told} stands nowhere in {:?}",
            mail.text
        );
    }
}
