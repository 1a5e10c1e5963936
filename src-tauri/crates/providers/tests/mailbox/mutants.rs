//! Every recorded mail with one thing broken, about two hundred times each. A mail is words of anybody, so what it says may
//! be another thing; but an amount stands in it, it is never trusted more than the whole was, and no word of its rules is
//! made up.

use tidegate_providers::mailbox::{Certainty, Judge, Mail, OwnRules, Verdict};

use crate::mutate::mutant::{Kind, Mutant};
use crate::mutate::text::mutants;
use crate::support::{RECEIVED, judge};

macro_rules! mails {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_bytes!(concat!("../../src/mailbox/fixtures/", $name, ".eml")).as_slice())),*]
    };
}

/// The digits of an amount, without its sign and its point.
fn digits(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').to_owned()
}

/// The lines in which mail hosts vouch: what the own one wrote on top, nobody on the way can change.
const VOUCHING: [&str; 6] = ["authentication-results", "dkim", "spf", "d", "s", "mailfrom"];

/// Looks at one mutant; what it says, if anything.
fn judged(mutant: &Mutant, whole: Option<&Verdict>, judge: &Judge) -> Option<Certainty> {
    let mail = Mail::parse(&mutant.bytes)?;
    let found = judge.judge(&mail, RECEIVED)?;
    let what = &mutant.what;
    let is_trusted = whole.is_some_and(|whole| whole.verified);
    let before = mutant.before.iter().map(|(_, place)| place.as_str());
    let is_vouching = before
        .chain([mutant.place.as_str()])
        .any(|place| VOUCHING.contains(&place));
    let is_reordered = mutant.kind == Kind::Reordered;
    assert!(
        is_trusted || !found.verified || is_vouching || is_reordered,
        "{what}: vouched for by nobody"
    );
    let raw = String::from_utf8_lossy(&mutant.bytes).to_lowercase();
    let is_signed = ["from:", "authentication-results:"]
        .iter()
        .all(|field| raw.contains(field));
    assert!(
        is_signed || !found.verified,
        "{what}: verified without a sender or a word for it"
    );
    if let Some(amount) = &found.amount {
        let said = digits(&format!("{} {}", mail.subject, mail.text));
        let told = amount.quantity.decimal().to_string();
        assert!(
            said.contains(&digits(&told)),
            "{what}: {told} stands nowhere in {:?}",
            mail.text
        );
        assert!(!amount.quantity.is_zero(), "{what}: a zero that nobody told");
    }
    Some(found.certainty)
}

#[test]
fn a_broken_mail_says_what_stands_in_it_and_is_trusted_no_more() {
    let judge = judge(&OwnRules::default());
    let (mut says, mut silent) = (0, 0);
    for (name, raw) in mails!(
        "big5-expiring",
        "en-payment-failed",
        "gb18030-overdue",
        "nasty",
        "newsletter",
        "raw-gbk",
        "spoofed",
        "stub-plain",
        "two-senders",
        "zh-low-balance",
    ) {
        let whole = Mail::parse(raw).and_then(|mail| judge.judge(&mail, RECEIVED));
        for mutant in mutants(name, raw) {
            let found = judged(&mutant, whole.as_ref(), &judge);
            assert!(
                name != "nasty" || found != Some(Certainty::Sure),
                "{}: an alarm",
                mutant.what
            );
            says += usize::from(found.is_some());
            silent += usize::from(found.is_none());
        }
    }
    assert!(
        says + silent >= 2000 && silent >= 100,
        "{says} say something, {silent} nothing"
    );
}
