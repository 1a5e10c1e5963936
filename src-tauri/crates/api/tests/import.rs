//! The earlier system's file: everything that can be taken over is, the rest is told with its reason, and no key is in an item
//! or a word.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fall over; that is its answer"
)]

use serde_json::{Value, json};
use tidegate_api::config::{items_text, nothing, parse};
use tidegate_api::import::{ImportError, Imported, balance_alert};
use tidegate_api::request::Item;
use tidegate_api::words::{ExposeSecret, Lang};

const FILE: &str = include_str!("fixtures/balance-alert.json");

fn imported() -> Imported {
    balance_alert(FILE, "CNY", &|name| name != "UNIAPI_KEY").unwrap()
}

fn by_name<'a>(items: &'a [Item], name: &str) -> &'a Value {
    let named = |item: &&Item| item.0["name"].as_str().is_some_and(|text| text.starts_with(name));
    &items.iter().find(named).unwrap().0
}

/// The words on a place.
fn words(imported: &Imported, place: &str) -> Vec<(bool, String)> {
    let notes = imported.notes.iter().filter(|note| note.place == place);
    notes.map(|note| (note.left_out, note.text(Lang::En))).collect()
}

#[test]
fn a_project_becomes_an_account_with_its_threshold_as_a_step_in_the_balance_s_unit() {
    let imported = imported();
    let main = by_name(&imported.items.account, "OpenRouter main");
    assert_eq!(
        main,
        &json!({
            "id": "openrouter-main",
            "provider": "openrouter",
            "name": "OpenRouter main · Search",
            "interval": "30m",
            "secret": { "key": "vault:openrouter-main" },
        })
    );
    let guards: Vec<&Value> = imported.items.guard.iter().map(|item| &item.0).collect();
    assert_eq!(
        guards[0],
        &json!({ "id": "openrouter-main-threshold", "account": "openrouter-main", "meter": "balance", "steps": ["50 USD"] })
    );
    let steps: Vec<&Value> = guards.iter().map(|guard| &guard["steps"][0]).collect();
    assert_eq!(steps, ["50 USD", "100 CNY", "12.5 CNY", "2000 credits", "20 CNY"]);
    assert_eq!(by_name(&imported.items.account, "Aliyun")["enabled"], false);
    assert_eq!(imported.items.account.len(), 7);
    assert_eq!(
        guards[4]["meter"], "balance.CNY",
        "DeepSeek tells each currency by itself"
    );
}

#[test]
fn keys_in_clear_go_to_the_vault_and_references_stay_references() {
    let imported = imported();
    let secret = |item: &str, field: &str| imported.secrets[item][field].0.expose_secret().to_owned();
    assert_eq!(secret("openrouter-main", "key"), "sk-or-FAKE-CANARY");
    let volc = by_name(&imported.items.account, "生产火山");
    let item = volc["id"].as_str().unwrap();
    assert_eq!(
        (secret(item, "ak"), secret(item, "sk")),
        ("AKFAKE-CANARY".into(), "SKFAKE-CANARY".into())
    );
    assert_eq!(
        volc["secret"],
        json!({ "ak": format!("vault:{item}"), "sk": format!("vault:{item}") })
    );
    let stored = words(&imported, "projects[1]");
    let stored = stored.iter().filter(|(_, text)| text.contains("stood in clear"));
    assert_eq!(stored.count(), 1, "two halves of one key are told once");
    let aliyun = &by_name(&imported.items.account, "Aliyun")["secret"];
    assert_eq!(
        aliyun,
        &json!({ "ak": "env:ALIYUN_KEY_AK", "sk": "env:ALIYUN_KEY_SK" })
    );
    assert_eq!(
        by_name(&imported.items.account, "WxRank")["secret"],
        json!({ "key": "env:WXRANK_KEY" })
    );
    assert!(
        words(&imported, "projects[5]")[0]
            .1
            .contains("UNIAPI_KEY is not set now")
    );
    // What the earlier system encrypted nobody can read: it is asked for.
    assert!(
        words(&imported, "projects[4]")[0]
            .1
            .contains("tidegated vault set tikhub key")
    );
    assert!(!imported.secrets.contains_key("tikhub"));
    assert_eq!(imported.secrets["mailbox-plain"].len(), 1);
}

#[test]
fn no_key_is_in_an_item_or_a_word() {
    let imported = imported();
    let mut told = items_text(&imported.items);
    for note in &imported.notes {
        told.push_str(&note.place);
        told.push_str(&note.text(Lang::En));
        told.push_str(&note.text(Lang::Zh));
    }
    told.push_str(&format!("{imported:?}"));
    assert!(!told.contains("CANARY"), "{told}");
}

#[test]
fn what_cannot_be_taken_over_is_told_with_its_reason() {
    let imported = imported();
    let left_out: Vec<&str> = imported
        .notes
        .iter()
        .filter(|note| note.left_out)
        .map(|note| note.place.as_str())
        .collect();
    assert_eq!(
        left_out,
        [
            "settings.alert_cooldown_seconds",
            "settings.max_concurrent_checks",
            "settings.moon_phase",
            "settings.response_cache_ttl",
            "projects[6]",
            "projects[7]",
            "projects[8]",
            "projects[9]",
            "projects[10]",
            "projects[11]",
            "projects[12]",
            "projects[14]",
            "subscriptions[4]",
            "subscriptions[5]",
            "subscriptions[6]",
            "email[2]",
            "webhook.source",
            "database",
        ]
    );
    assert!(
        words(&imported, "projects[6]")[0]
            .1
            .contains("anthropic tells no balance")
    );
    assert!(
        words(&imported, "projects[14]")[0]
            .1
            .contains("groq tells neither balance nor spending")
    );
    let uniapi = words(&imported, "projects[5]");
    assert!(uniapi[1].1.contains("without a guard"), "{uniapi:?}");
}

#[test]
fn a_subscription_becomes_a_renewal_that_is_paid_through_the_due_date_its_payment_covered() {
    let imported = imported();
    let of = |name: &str| by_name(&imported.items.renewal, name).clone();
    assert_eq!(
        of("Domain"),
        json!({
            "id": "domain", "name": "Domain", "owner": "Web", "cycle": "yearly", "day": "02-29",
            "remind": [30, 0], "amount": "89.9 CNY", "paid": "2026-02-28",
        })
    );
    assert_eq!(
        (&of("Backup")["day"], &of("Backup")["paid"]),
        (&json!("31"), &json!("2026-01-31"))
    );
    assert_eq!(
        (&of("Standup")["remind"], &of("Standup")["amount"]),
        (&json!([0]), &Value::Null)
    );
    assert_eq!(
        (&of("Old form")["day"], &of("Old form")["enabled"]),
        (&json!("03-10"), &json!(false))
    );
    assert_eq!(imported.items.renewal.len(), 4);
    assert!(words(&imported, "subscriptions[0]")[0].1.contains("CNY is taken"));
}

#[test]
fn mailboxes_and_the_webhook_are_taken_over() {
    let imported = imported();
    let bills = by_name(&imported.items.mailbox, "Bills");
    assert_eq!(
        (&bills["password"], &bills["port"]),
        (&json!("env:MAIL_PASSWORD"), &Value::Null)
    );
    assert_eq!(bills["extra"], json!(["账单逾期"]));
    let plain = by_name(&imported.items.mailbox, "Plain");
    assert_eq!((&plain["tls"], &plain["port"]), (&json!("starttls"), &json!(143)));
    let channel = &imported.items.channel[0].0;
    assert_eq!(
        channel,
        &json!({ "id": "webhook", "kind": "feishu", "url": "vault:webhook" })
    );
}

#[test]
fn every_item_is_sound_in_the_configuration_format() {
    let text = items_text(&imported().items);
    let read = parse(&text, &nothing());
    let config = read.unwrap_or_else(|findings| panic!("{findings:#?}\n{text}"));
    let counts = (config.accounts.len(), config.guards.len(), config.renewals.len());
    assert_eq!(counts, (7, 5, 4));
    assert_eq!((config.mailboxes.len(), config.channels.len()), (2, 1));
}

#[test]
fn a_second_import_comes_to_the_same() {
    let (first, second) = (imported(), imported());
    assert_eq!(items_text(&first.items), items_text(&second.items));
    let told = |imported: &Imported| format!("{:?}", imported.notes);
    assert_eq!(told(&first), told(&second));
}

#[test]
fn another_file_is_refused_without_repeating_it() {
    let wrong = balance_alert("{ \"api_key\": FAKE-CANARY }", "CNY", &|_| true).unwrap_err();
    assert!(matches!(wrong, ImportError::Syntax { line: 1, .. }));
    assert!(!wrong.to_string().contains("CANARY"));
    assert!(matches!(
        balance_alert("{\"a\": 1}", "CNY", &|_| true),
        Err(ImportError::Shape)
    ));
    assert!(matches!(
        balance_alert("[]", "CNY", &|_| true),
        Err(ImportError::Shape)
    ));
}

#[test]
fn a_section_or_word_of_another_shape_is_told_and_not_lost_in_silence() {
    let text = r#"{ "projects": "none", "webhook": ["https://FAKE.example"], "settings": [],
        "email_settings": { "alert_keywords": "欠费", "extra_alert_keywords": ["due", 7], "days": 1 } }"#;
    let imported = balance_alert(text, "CNY", &|_| true).unwrap();
    let mut places: Vec<&str> = imported
        .notes
        .iter()
        .filter(|note| note.left_out)
        .map(|note| note.place.as_str())
        .collect();
    places.sort_unstable();
    assert_eq!(
        places,
        [
            "email_settings.alert_keywords",
            "email_settings.days",
            "email_settings.extra_alert_keywords",
            "projects",
            "settings",
            "webhook"
        ]
    );
}
