//! Each provider writes the same amount in its own way, and refuses in its own words.

use serde_json::json;
use tidegate_sim::balances::{operations, providers};
use tidegate_sim::{Fault, Lie};

use crate::support::*;

#[test]
fn each_provider_writes_what_is_left_in_its_own_way() {
    let world = world();
    for (provider, target, pointer, written) in LEFT {
        set(&world, provider, "1234.5", "65.5");
        let answer = answer(&world, provider, target);
        assert_eq!(answer.status, 200, "{provider}");
        let value = answer.value();
        let told = value.pointer(pointer).map(ToString::to_string);
        assert_eq!(told.as_deref(), Some(written), "{provider}: {value}");
    }
}

#[test]
fn what_is_spent_or_pending_stands_beside_it() {
    let world = world();
    let at = |provider: &str, target: &str, pointer: &str| {
        set(&world, provider, "1234.5", "65.5");
        let value = body(&world, provider, target);
        value.pointer(pointer).map(ToString::to_string).unwrap()
    };
    assert_eq!(at("openrouter", "/api/v1/credits", "/data/total_usage"), "65.5");
    assert_eq!(at("vultr", "/v2/account", "/account/pending_charges"), "65.5");
    assert_eq!(at("linode", "/v4/account", "/balance_uninvoiced"), "65.5");
    assert_eq!(
        at("elevenlabs", "/v1/user/subscription", "/character_count"),
        "65"
    );
    assert_eq!(
        at("one-api", "/v1/dashboard/billing/usage", "/total_usage"),
        "6550"
    );
    assert_eq!(
        at("one-api", "/api/usage/token/", "/data/total_available"),
        "617250000"
    );
    assert_eq!(at("one-api", "/api/user/self", "/data/quota"), "617250000");
    assert_eq!(at("openrouter", "/api/v1/key", "/data/limit_remaining"), "null");
}

#[test]
fn a_gateways_unit_is_told_to_anybody() {
    let told = served(&world(), &call("GET", "/api/status", &[], "")).answer;
    assert_eq!(told.value()["data"]["quota_per_unit"], 500_000);
}

#[test]
fn a_key_check_tells_no_amount() {
    let value = body(&world(), "groq", "/openai/v1/models");
    assert_eq!(value["data"][0]["id"], "fake-model");
}

#[test]
fn a_wrong_key_is_refused_by_each_provider_in_its_own_words() {
    let words = [
        ("openrouter", 401, "/error/code", json!(401)),
        ("deepseek", 401, "/error/code", json!("invalid_api_key")),
        ("moonshot", 401, "/error/code", json!("invalid_api_key")),
        ("siliconflow", 401, "", json!("Api key is invalid")),
        ("zhipu", 200, "/code", json!(401)),
        ("xai", 401, "/code", json!(401)),
        ("elevenlabs", 401, "/detail/status", json!("invalid_api_key")),
        ("one-api", 401, "/error/type", json!("one_api_error")),
        ("wxrank", 200, "/code", json!(401)),
        ("digitalocean", 401, "/id", json!("Unauthorized")),
        ("linode", 401, "/errors/0/reason", json!("Invalid Token")),
    ];
    let world = world();
    for (provider, status, pointer, word) in words {
        let (_, target, _, _) = LEFT.iter().find(|row| row.0 == provider).unwrap();
        let mut wrong = keyed(&world, provider, target);
        wrong.query = wrong.query.replace("FAKE", "WRONG");
        for (_, value) in &mut wrong.headers {
            *value = value.replace("FAKE", "WRONG");
        }
        let answer = served(&world, &wrong).answer;
        assert_eq!(answer.status, status, "{provider}");
        assert_eq!(answer.value().pointer(pointer), Some(&word), "{provider}");
    }
}

#[test]
fn a_missing_key_is_refused_as_a_wrong_one() {
    let world = world();
    for (provider, target, pointer, _) in LEFT {
        let value = served(&world, &call("GET", target, &[], "")).answer.value();
        assert_eq!(
            value.pointer(pointer).filter(|_| provider != "wxrank"),
            None,
            "{provider}"
        );
    }
}

#[test]
fn a_path_may_begin_with_the_providers_name() {
    let world = world();
    for (provider, target, ..) in LEFT {
        let named = format!("/{provider}{target}");
        assert_eq!(
            body(&world, provider, &named),
            body(&world, provider, target),
            "{provider}"
        );
    }
    let other = answer(&world, "deepseek", "/groq/user/balance");
    assert_ne!(
        other.status, 200,
        "another provider's name has another provider's paths"
    );
}

#[test]
fn another_team_is_not_found() {
    assert_eq!(
        answer(&world(), "xai", "/v1/billing/teams/other/prepaid/balance").status,
        404
    );
}

#[test]
fn a_refusal_with_each_status_is_told_by_each_provider() {
    let world = world();
    for (provider, target, pointer, written) in LEFT {
        for status in [401, 402, 403, 404, 500, 503] {
            let id = world.fault(Fault::new(Lie::Refuses { status }).on(provider));
            let told = answer(&world, provider, target);
            let amount = told.value().pointer(pointer).map(ToString::to_string);
            assert_ne!(amount.as_deref(), Some(written), "{provider} {status}");
            assert!(told.status == status || told.status == 200, "{provider} {status}");
            world.heal(id);
        }
    }
}

#[test]
fn every_operation_belongs_to_a_provider() {
    let providers: Vec<&str> = providers().collect();
    let operations: Vec<&str> = operations().collect();
    assert_eq!(providers.len(), 25);
    assert!(operations.len() > providers.len());
    for operation in operations {
        let (provider, _) = operation.split_once('.').unwrap();
        assert!(providers.contains(&provider), "{operation}");
    }
}
