//! When a rule fires, when it is only possible, and which rules may stand.

use tidegate_guard::Severity;
use tidegate_meter::MailKind;
use tidegate_providers::mailbox::{Certainty, MailRule, OwnRules, RuleBook};

use crate::support::{RECEIVED, judge, low, mail, verdict};

fn told(from: &str, subject: &str, text: &str) -> Option<(MailKind, Certainty)> {
    verdict(&mail(from, subject, text)).map(|verdict| (verdict.kind, verdict.certainty))
}

fn rule(id: &str, words: &[&str]) -> MailRule {
    MailRule {
        id: id.to_owned(),
        from_domains: vec!["own.example".to_owned()],
        subject_any: words.iter().map(|word| (*word).to_owned()).collect(),
        body_any: Vec::new(),
        none_of: vec!["test mail".to_owned()],
        kind: MailKind::Overdue,
        severity: Severity::Critical,
        currency_hint: Some("JPY".to_owned()),
    }
}

#[test]
fn a_known_sender_with_a_word_in_the_subject_fires() {
    assert_eq!(
        told("a@aliyun.com", "余额不足", ""),
        Some((MailKind::LowBalance, Certainty::Sure))
    );
    assert_eq!(
        told("a@mail.aliyun.com", "Account suspended", ""),
        Some((MailKind::Suspended, Certainty::Sure))
    );
}

#[test]
fn a_known_sender_with_two_words_in_the_text_fires_and_with_one_is_possible() {
    let sure = Some((MailKind::Overdue, Certainty::Sure));
    assert_eq!(
        told("a@openai.com", "Your bill", "It is past due, an unpaid invoice."),
        sure
    );
    let possible = Some((MailKind::Overdue, Certainty::Possible));
    assert_eq!(told("a@openai.com", "Your bill", "It is past due."), possible);
    assert_eq!(told("a@openai.com", "Your bill", "Thanks."), None);
}

#[test]
fn an_unknown_sender_is_never_more_than_possible() {
    let possible = Some((MailKind::Overdue, Certainty::Possible));
    assert_eq!(
        told(
            "a@unknown.example",
            "overdue",
            "past due, unpaid invoice, overdue"
        ),
        possible
    );
    assert_eq!(
        told("a@unknown.example", "Hello", "past due, unpaid invoice"),
        None
    );
    assert_eq!(
        told("a@notaliyun.com", "余额不足", "").map(|(_, certainty)| certainty),
        Some(Certainty::Possible)
    );
    assert_eq!(
        told("a@aliyun.com.evil.example", "余额不足", "").map(|(_, c)| c),
        Some(Certainty::Possible)
    );
    assert_eq!(
        told("", "余额不足", "").map(|(_, certainty)| certainty),
        Some(Certainty::Possible)
    );
}

#[test]
fn a_laptop_upgrade_is_no_top_up() {
    assert_eq!(
        told("a@amazon.com", "Your laptop upgrade", "laptop upgrade"),
        None
    );
    assert!(told("a@amazon.com", "Please top up", "").is_some());
}

#[test]
fn the_worse_news_decides() {
    let both = told("a@aliyun.com", "余额不足，即将停机", "");
    assert_eq!(both, Some((MailKind::Suspended, Certainty::Sure)));
}

#[test]
fn news_that_it_is_settled_is_no_alarm() {
    assert_eq!(told("a@aliyun.com", "欠费已结清", ""), None);
    let paid = told("a@aliyun.com", "充值成功", "充值成功");
    assert_eq!(paid.map(|(kind, _)| kind), Some(MailKind::Receipt));
}

#[test]
fn a_persons_own_rule_comes_first_and_makes_its_sender_known() {
    let own = OwnRules {
        rules: vec![rule("bill", &["rechnung"])],
        ..OwnRules::default()
    };
    let found = judge(&own)
        .judge(&mail("a@own.example", "Ihre Rechnung", "balance: ¥850"), RECEIVED)
        .unwrap();
    assert_eq!((found.rule.as_str(), found.certainty), ("bill", Certainty::Sure));
    assert_eq!(found.amount.unwrap().quantity.unit().to_string(), "JPY");
    let refused = judge(&own).judge(&mail("a@own.example", "Ihre Rechnung", "a test mail"), RECEIVED);
    assert_eq!(refused, None);
}

#[test]
fn own_words_stand_beside_the_rules_or_in_their_place() {
    let words = vec!["Kontostand".to_owned()];
    let beside = OwnRules {
        extra: words.clone(),
        ..OwnRules::default()
    };
    let instead = OwnRules {
        replace: words,
        ..OwnRules::default()
    };
    let own = mail("a@hetzner.com", "Ihr Kontostand", "");
    for rules in [&beside, &instead] {
        assert_eq!(judge(rules).judge(&own, RECEIVED).unwrap().kind, MailKind::Notice);
    }
    assert!(judge(&beside).judge(&low(""), RECEIVED).is_some());
    assert!(judge(&instead).judge(&low(""), RECEIVED).is_none());
}

#[test]
fn a_rule_that_cannot_stand_names_its_field() {
    let field = |rule: MailRule| {
        let own = OwnRules {
            rules: vec![rule],
            ..OwnRules::default()
        };
        own.check().err().map(|error| error.field)
    };
    assert_eq!(field(rule("good", &["word"])), None);
    assert_eq!(field(rule("", &["word"])).as_deref(), Some("rules[0].id"));
    assert_eq!(field(rule("a", &[])).as_deref(), Some("rules[0].subject_any"));
    assert_eq!(field(rule("a", &[" "])).as_deref(), Some("rules[0].subject_any"));
    let bad = MailRule {
        from_domains: vec!["not a domain".to_owned()],
        ..rule("a", &["word"])
    };
    assert_eq!(field(bad).as_deref(), Some("rules[0].from_domains"));
    let bad = MailRule {
        currency_hint: Some("yuan".to_owned()),
        ..rule("a", &["word"])
    };
    assert_eq!(field(bad).as_deref(), Some("rules[0].currency_hint"));
}

#[test]
fn every_built_in_rule_may_stand_and_has_a_name_of_its_own() {
    let book = RuleBook::built_in().unwrap();
    let mut names: Vec<&str> = book.rules.iter().map(|rule| rule.id.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), book.rules.len());
    let own = OwnRules {
        rules: book.rules,
        ..OwnRules::default()
    };
    assert_eq!(own.check(), Ok(()));
}
