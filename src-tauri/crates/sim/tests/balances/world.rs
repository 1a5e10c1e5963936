//! Accounts in a world: described, changed, logged.

use std::sync::Arc;

use serde_json::json;
use tidegate_sim::balances::{Money, providers};
use tidegate_sim::{Door, Scenario, SimError, World};

use crate::support::*;

#[test]
fn a_world_without_a_described_balance_has_one_at_each_provider() {
    let details = world().details();
    let rows = details["balances"].as_array().unwrap();
    let names: Vec<&str> = rows.iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(names, providers().collect::<Vec<_>>());
    for row in rows {
        let fakes = row["params"].as_object().unwrap().values();
        assert!(
            fakes
                .into_iter()
                .any(|value| value.as_str().unwrap().contains("FAKE")),
            "{row}"
        );
    }
}

#[test]
fn a_scenario_describes_balances() {
    let text = r#"
        [[balance]]
        provider = "openai"
        name = "lab"
        spent = "12.5"
        cap = "200"

        [[balance]]
        provider = "deepseek"
        name = "home"
        left = "0.07"
        currency = "USD"
    "#;
    let world = Scenario::parse(text).unwrap().builder(1).unwrap().build_live();
    let details = world.details();
    assert_eq!(details["balances"].as_array().unwrap().len(), 2);
    assert_eq!(details["balances"][0]["spent"], "12.5");
    assert_eq!(
        body(&world, "home", DEEPSEEK)["balance_infos"][0]["total_balance"],
        "0.07"
    );
}

const DEEPSEEK: &str = "/user/balance";

#[test]
fn a_mistake_in_a_scenario_says_what_is_wrong() {
    let mistake = |provider: &str, name: &str, left: &str| {
        let text = format!("[[balance]]\nprovider = {provider:?}\nname = {name:?}\nleft = {left:?}\n");
        let built = Scenario::parse(&text).and_then(|scenario| scenario.builder(1));
        built.map(|_| ()).unwrap_err().to_string()
    };
    assert!(mistake("openapi", "a", "1").contains("openrouter"));
    assert!(mistake("openai", "a b", "1").contains("hyphens"));
    assert!(mistake("openai", "a", "much").contains("much"));
    let twice = "[[balance]]\nprovider = \"groq\"\nname = \"a\"\n".repeat(2);
    let error = Scenario::parse(&twice).unwrap().builder(1).err().unwrap();
    assert!(error.to_string().contains("twice"), "{error}");
    assert!(Scenario::parse("[[balance]]\nprovider = \"groq\"\nname = \"a\"\nrigth = 1\n").is_err());
}

#[test]
fn two_accounts_of_one_provider_have_their_own_keys_and_amounts() {
    let clock: Arc<dyn tidegate_meter::Clock> = Arc::new(tidegate_sim::time::ScaledTimer::live());
    let left = |left: &str| Money {
        left: Some(left.to_owned()),
        ..Money::default()
    };
    let world = World::new(1)
        .purse("deepseek", "a", &left("1"))
        .and_then(|world| world.purse("deepseek", "b", &left("2")))
        .unwrap()
        .build(clock);
    let told = |name: &str| body(&world, name, DEEPSEEK)["balance_infos"][0]["total_balance"].clone();
    assert_eq!((told("a"), told("b")), (json!("1.00"), json!("2.00")));
    set(&world, "a", "3", "0");
    assert_eq!((told("a"), told("b")), (json!("3.00"), json!("2.00")));
    assert!(matches!(
        world.set_money("c", &Money::default()),
        Err(SimError::Unknown(_))
    ));
}

#[test]
fn what_was_asked_is_logged_with_its_account() {
    let world = world();
    body(&world, "deepseek", DEEPSEEK);
    served(&world, &call("GET", DEEPSEEK, &[], ""));
    let log = world.requests();
    let rows: Vec<_> = log
        .iter()
        .map(|request| {
            (
                request.operation.as_str(),
                request.account.as_deref(),
                request.status,
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("deepseek.balance", Some("deepseek"), 200),
            ("deepseek.balance", None, 401)
        ]
    );
}

#[test]
fn another_process_sets_an_amount_by_the_control_route() {
    let world = world();
    let control = |body: &str| {
        Door::with_control(world.clone())
            .answer(&call("POST", "/_sim/balances/deepseek", &[], body))
            .answer
    };
    assert_eq!(control(r#"{"left": "7.5", "currency": "USD"}"#).status, 200);
    let row = body(&world, "deepseek", DEEPSEEK)["balance_infos"][0].clone();
    assert_eq!(
        (row["total_balance"].clone(), row["currency"].clone()),
        (json!("7.50"), json!("USD"))
    );
    assert_eq!(control(r#"{"left": "much"}"#).status, 400);
    assert_eq!(control(r#"{"right": "1"}"#).status, 400);
}
