//! Spending that comes in pages of days.

use serde_json::Value;
use tidegate_sim::balances::Money;
use tidegate_sim::{Fault, Lie};

use crate::support::*;

/// 2026-01-01T00:00:00Z.
const MONTH: &str = "1767225600";

/// Every page of a list, from the first on.
fn pages(provider: &str, target: &str) -> (Vec<Value>, usize) {
    let world = world();
    set(&world, provider, "0", "123.456789");
    let (mut rows, mut count, mut page) = (Vec::new(), 0, String::new());
    loop {
        let value = body(&world, provider, &format!("{target}{page}"));
        rows.extend(value["data"].as_array().unwrap().clone());
        count += 1;
        match value["next_page"].as_str() {
            Some(next) => page = format!("&page={next}"),
            None => {
                assert_eq!(value["has_more"], false);
                return (rows, count);
            }
        }
    }
}

/// Millionths of decimal text.
fn millionths(value: &Value) -> i64 {
    let text = value.to_string();
    let text = text.trim_matches('"');
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<6}").parse().unwrap()
}

#[test]
fn the_days_of_the_month_add_up_to_what_was_spent() {
    let (rows, count) = pages("openai", &format!("/v1/organization/costs?start_time={MONTH}"));
    assert_eq!(
        (rows.len(), count),
        (20, 3),
        "seven days a page, unless asked otherwise"
    );
    let sum: i64 = rows
        .iter()
        .map(|row| millionths(&row["results"][0]["amount"]["value"]))
        .sum();
    assert_eq!(sum, 123_456_789);
    let (rows, count) = pages(
        "anthropic",
        "/v1/organizations/cost_report?starting_at=2026-01-01T00:00:00Z&limit=31",
    );
    assert_eq!((rows.len(), count), (20, 1));
    let sum: i64 = rows
        .iter()
        .map(|row| millionths(&row["results"][0]["amount"]))
        .sum();
    assert_eq!(sum, 12_345_678_900, "in cents");
}

#[test]
fn days_of_an_earlier_month_are_empty_and_stay_in_the_list() {
    let (rows, _) = pages("openai", "/v1/organization/costs?start_time=1767139200&limit=180");
    assert_eq!(rows.len(), 21);
    assert_eq!(rows[0]["results"].as_array().unwrap().len(), 0);
    assert_eq!(rows[1]["results"].as_array().unwrap().len(), 1);
}

#[test]
fn a_request_that_lacks_something_is_malformed() {
    let world = world();
    for target in [
        "/v1/organization/costs",
        "/v1/organization/costs?start_time=soon",
        "/v1/organization/costs?start_time=1767225600&limit=181",
        "/v1/organization/costs?start_time=1767225600&limit=0",
        "/v1/organization/costs?start_time=1767225600&page=made-up",
    ] {
        assert_eq!(answer(&world, "openai", target).status, 400, "{target}");
    }
    let key = world.purse("anthropic").unwrap()["key"].clone();
    let target = "/v1/organizations/cost_report?starting_at=2026-01-01T00:00:00Z";
    let versionless = call("GET", target, &[("x-api-key", &key)], "");
    let value = served(&world, &versionless).answer.value();
    assert_eq!(value["error"]["type"], "invalid_request_error");
}

#[test]
fn a_cap_that_is_not_set_is_not_found_and_one_that_is_set_is_whole_cents() {
    let world = world();
    let target = "/v1/organization/spend_limit";
    assert_eq!(answer(&world, "openai", target).status, 404);
    let money = Money {
        cap: Some("200".to_owned()),
        ..Money::default()
    };
    world.set_money("openai", &money).unwrap();
    let value = body(&world, "openai", target);
    assert_eq!(value["threshold_amount"], 20000);
    assert_eq!(value["currency"], "USD");
}

#[test]
fn a_lie_about_amounts_is_told_on_every_day_of_a_page() {
    let world = world();
    world.fault(Fault::new(Lie::AmountNull).on("openai.costs"));
    let value = body(
        &world,
        "openai",
        &format!("/v1/organization/costs?start_time={MONTH}"),
    );
    let rows = value["data"].as_array().unwrap();
    assert_eq!(rows.len(), 7);
    assert!(
        rows.iter()
            .all(|row| row["results"][0]["amount"]["value"].is_null())
    );
}
