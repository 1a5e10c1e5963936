//! Amounts and dates: taken beside the word that names them, exactly, or not at all.

use crate::support::{low, mail, verdict};

fn amount(text: &str) -> Option<String> {
    let found = verdict(&low(text)).unwrap().amount;
    found.map(|amount| format!("{} {}", amount.quantity.decimal(), amount.quantity.unit()))
}

fn due(text: &str) -> Option<String> {
    verdict(&low(text)).unwrap().due.map(|due| due.day.to_string())
}

#[test]
fn an_amount_is_taken_beside_its_word() {
    let cases = [
        ("余额：¥8.50", "8.5 CNY"),
        ("当前余额 8.50 元", "8.5 CNY"),
        ("您的账户余额为1,234.56元", "1234.56 CNY"),
        ("账户余额：-12.5元", "-12.5 CNY"),
        ("余额：￥－１２.５", "-12.5 CNY"),
        ("欠费 CNY 12.00", "12 CNY"),
        ("Your balance is $5.25.", "5.25 USD"),
        ("Balance: -$5.25", "-5.25 USD"),
        ("balance: US$1,000", "1000 USD"),
        ("balance: HK$80", "80 HKD"),
        ("balance: $8.50 CAD", "8.5 CAD"),
        ("amount due: 30 EUR", "30 EUR"),
        ("$30.00 is past due", "30 USD"),
        ("余额：¥8.50元", "8.5 CNY"),
    ];
    for (text, expected) in cases {
        assert_eq!(amount(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn an_offer_or_a_threshold_beside_it_is_not_the_amount() {
    assert_eq!(amount("满100元送券，余额¥8.50").as_deref(), Some("8.5 CNY"));
    assert_eq!(
        amount("余额低于100元，当前余额：8.50元").as_deref(),
        Some("8.5 CNY")
    );
    for text in [
        "您的余额低于 100 元",
        "余额不足100元",
        "余额不足 充值满100元送券",
        "your balance fell below $10",
        "Your balance is less than $10",
        "balance threshold of $10",
        "满100元送券",
        "第3次查询，剩余100",
    ] {
        assert_eq!(amount(text), None, "{text}");
    }
}

#[test]
fn what_could_be_read_in_two_ways_is_not_read() {
    for text in [
        "余额 10-20元",
        "余额 ¥1,23",
        "balance: 1.234,56 EUR",
        "balance: $8.50 EUR",
        "欠费1.2万元",
        "余额¥1.2万",
        "余额 ¥8.50 欠费 ¥12.00",
        "balance 850",
        "balance: USD850x",
        "余额 10~20元",
    ] {
        assert_eq!(amount(text), None, "{text}");
    }
}

#[test]
fn the_yen_sign_means_what_its_sender_counts_in() {
    let of = |from: &str| {
        let found = verdict(&mail(from, "Low balance", "balance: ¥850"))
            .unwrap()
            .amount;
        found.map(|amount| amount.quantity.unit().to_string())
    };
    assert_eq!(of("notice@aliyun.com").as_deref(), Some("CNY"));
    assert_eq!(of("notice@unknown.example"), None);
}

#[test]
fn the_words_of_an_amount_are_kept() {
    let found = verdict(&low("余额：¥8.50。")).unwrap().amount.unwrap();
    assert_eq!(found.raw, "¥8.50");
}

#[test]
fn a_date_is_taken_beside_its_word() {
    let cases = [
        ("将于2026年12月1日到期", "2026-12-01"),
        ("到期时间：2026-12-01 10:00", "2026-12-01"),
        ("有效期至 2026/12/1", "2026-12-01"),
        ("请在2026.12.01前续费", "2026-12-01"),
        ("It expires on December 1, 2026.", "2026-12-01"),
        ("Please renew before 1 Dec 2026", "2026-12-01"),
        ("due 1st of December 2026", "2026-12-01"),
        ("还有3天到期", "2026-11-24"),
        ("3天后到期", "2026-11-24"),
        ("expires in 10 days", "2026-12-01"),
    ];
    for (text, expected) in cases {
        assert_eq!(due(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn an_ambiguous_or_impossible_date_is_none() {
    for text in [
        "due on 03/04/2026",
        "due on 3.4.2026",
        "到期：12月1日",
        "到期：2026-13-01",
        "到期：2026-02-30",
        "expires 2026-12-01 or due 2026-12-02",
        "已于3天前到期",
        "created on 2026-11-01",
        "3个工作日内处理",
    ] {
        assert_eq!(due(text), None, "{text}");
    }
}
