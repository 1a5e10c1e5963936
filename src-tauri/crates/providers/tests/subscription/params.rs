//! What a person may say of a subscription, and what is refused by name.

use std::collections::BTreeMap;

use tidegate_guard::Multiplier;
use tidegate_meter::Lang;
use tidegate_providers::subscription_info::{FIELDS, Feeds, ResetDay, SubscriptionParams, Via};

fn read(key: &str, value: &str) -> Result<SubscriptionParams, String> {
    let given = BTreeMap::from([(key.to_owned(), value.to_owned())]);
    SubscriptionParams::read(&given).map_err(|error| error.to_string())
}

#[test]
fn each_field_takes_what_it_says() {
    let named = |names: &[&str]| Feeds::Named(names.iter().map(|name| (*name).to_owned()).collect());
    assert_eq!(
        read("feeds", "airport, 备用机场").unwrap().feeds,
        named(&["airport", "备用机场"])
    );
    assert_eq!(read("feeds", "*").unwrap().feeds, Feeds::Every);
    assert_eq!(read("reset_day", "31").unwrap().reset_day, ResetDay::Day(31));
    assert_eq!(read("reset_day", "never").unwrap().reset_day, ResetDay::Never);
    let half: Multiplier = "0.5".parse().unwrap();
    let counts = read("multipliers", "香港 01=1.5; a=b=0.5").unwrap().multipliers;
    assert_eq!(
        counts.get("a=b"),
        Some(&half),
        "the last sign parts name and number"
    );
    assert_eq!(counts.len(), 2);
    assert_eq!(read("via", "direct").unwrap().via, Via::Direct);
    assert!(matches!(
        read("via", "http://[::1]:7890").unwrap().via,
        Via::Proxy(_)
    ));
    assert_eq!(read("leak_bytes", "0.5 GiB").unwrap().tolerance.bytes, 1 << 29);
    assert_eq!(
        read("leak_share", "12.5%").unwrap().tolerance.share.decimal(),
        "12.5"
    );
}

#[test]
fn each_refusal_names_its_field_and_never_repeats_the_value() {
    for (key, value) in [
        ("feeds", ""),
        ("feeds", "a,,b"),
        ("reset_day", "0"),
        ("reset_day", "32"),
        ("reset_day", "first"),
        ("multipliers", "hk"),
        ("multipliers", "hk=0"),
        ("multipliers", "hk=101"),
        ("multipliers", "hk=1.2345"),
        ("user_agent", "机场"),
        ("user_agent", "a\r\nb: c"),
        ("via", "http://192.168.1.2:7890"),
        ("via", "https://127.0.0.1:7890"),
        ("via", "http://u:FAKE-canary@127.0.0.1:1"),
        ("leak_bytes", "0 B"),
        ("leak_bytes", "20%"),
        ("leak_share", "0%"),
        ("leak_share", "101%"),
        ("endpoint", "http://127.0.0.1"),
    ] {
        let told = read(key, value).unwrap_err();
        assert!(told.starts_with(&format!("params.{key}: ")), "{told}");
        assert!(!told.contains("canary"), "{told}");
    }
}

#[test]
fn every_field_says_in_both_languages_what_it_takes() {
    for field in FIELDS {
        assert!(!field.allowed(Lang::Zh).is_ascii(), "{}", field.key);
        assert!(field.allowed(Lang::En).is_ascii(), "{}", field.key);
    }
}
