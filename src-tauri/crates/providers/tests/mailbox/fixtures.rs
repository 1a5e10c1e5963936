//! Whole mails, from their bytes to the verdict.

use tidegate_meter::MailKind;
use tidegate_providers::mailbox::{Certainty, Mail, Verdict};

use crate::support::verdict;

macro_rules! eml {
    ($name:literal) => {
        include_bytes!(concat!("../../src/mailbox/fixtures/", $name, ".eml"))
    };
}

fn said(bytes: &[u8]) -> Verdict {
    verdict(&Mail::parse(bytes).unwrap()).unwrap()
}

fn amount(verdict: &Verdict) -> Option<String> {
    let amount = verdict.amount.as_ref()?;
    Some(format!(
        "{} {}",
        amount.quantity.decimal(),
        amount.quantity.unit()
    ))
}

fn due(verdict: &Verdict) -> Option<String> {
    verdict.due.as_ref().map(|due| due.day.to_string())
}

#[test]
fn a_signed_chinese_mail_is_read_whole() {
    let found = said(eml!("zh-low-balance"));
    assert_eq!(
        (found.kind, found.certainty),
        (MailKind::LowBalance, Certainty::Sure)
    );
    assert_eq!(found.subject, "【阿里云】余额不足提醒");
    assert_eq!(found.service.as_deref(), Some("阿里云"));
    assert_eq!(amount(&found).as_deref(), Some("8.5 CNY"));
    assert_eq!(due(&found).as_deref(), Some("2026-12-01"));
    assert_eq!(
        (found.sender.as_str(), found.verified),
        ("notice@notice.aliyun.com", true)
    );
}

#[test]
fn html_in_gb2312_is_read_without_its_scripts_and_titles() {
    let found = said(eml!("gb18030-overdue"));
    assert_eq!((found.kind, found.verified), (MailKind::Overdue, false));
    assert_eq!(amount(&found).as_deref(), Some("-12.5 CNY"));
}

#[test]
fn undeclared_gbk_is_read_as_chinese() {
    let found = said(eml!("raw-gbk"));
    assert_eq!(found.subject, "账户余额不足");
    assert_eq!(amount(&found).as_deref(), Some("3.2 CNY"));
}

#[test]
fn big5_is_read() {
    let found = said(eml!("big5-expiring"));
    assert_eq!(found.kind, MailKind::Expiring);
    assert_eq!(due(&found).as_deref(), Some("2026-12-05"));
}

#[test]
fn the_plain_part_comes_before_the_marked_one() {
    let found = said(eml!("en-payment-failed"));
    assert_eq!(
        (found.kind, found.service.as_deref()),
        (MailKind::PaymentFailed, Some("DigitalOcean"))
    );
    assert_eq!(amount(&found).as_deref(), Some("1234.56 USD"));
    assert_eq!(due(&found).as_deref(), Some("2026-12-05"));
}

#[test]
fn a_plain_part_that_says_nothing_gives_way_and_attachments_are_not_read() {
    let found = said(eml!("stub-plain"));
    assert_eq!(amount(&found).as_deref(), Some("-5.25 USD"));
}

#[test]
fn a_newsletter_is_possible_at_most() {
    let found = said(eml!("newsletter"));
    assert_eq!(
        (found.kind, found.certainty),
        (MailKind::Expiring, Certainty::Possible)
    );
}

#[test]
fn only_the_topmost_word_of_the_own_server_verifies() {
    let found = said(eml!("spoofed"));
    assert_eq!((found.certainty, found.verified), (Certainty::Sure, false));
}

#[test]
fn two_senders_are_none() {
    let found = said(eml!("two-senders"));
    assert_eq!(
        (found.sender.as_str(), found.certainty),
        ("", Certainty::Possible)
    );
    assert!(found.service.is_none());
}

#[test]
fn a_mail_without_an_id_is_told_by_its_words() {
    let raw = eml!("two-senders");
    let (one, two) = (Mail::parse(raw).unwrap(), Mail::parse(raw).unwrap());
    assert!(one.identity.starts_with("sha256:"));
    assert_eq!(one.identity, two.identity);
    let other = String::from_utf8_lossy(raw).replace("past due", "overdue");
    assert_ne!(Mail::parse(other.as_bytes()).unwrap().identity, one.identity);
}

#[test]
fn a_nasty_mail_is_short_and_harmless() {
    let mail = Mail::parse(eml!("nasty")).unwrap();
    assert!(mail.subject.chars().count() <= 200);
    assert!(mail.identity.len() < 300);
    // Whatever it is, it is no alarm.
    assert!(verdict(&mail).is_none_or(|found| found.certainty == Certainty::Possible));
}
