//! Azure: a token first, then costs as a table or a budget.

use serde_json::{Value, json};
use tidegate_sim::{Answer, World, seconds};

use crate::support::*;

/// Asks for a token, with one field of the request wrong.
fn token(world: &World, wrong: (&str, &str)) -> Answer {
    let params = world.purse("azure").unwrap();
    let mut form = vec![
        ("grant_type", "client_credentials".to_owned()),
        ("client_id", params["client_id"].clone()),
        ("client_secret", params["client_secret"].clone()),
        (
            "scope",
            "https%3A%2F%2Fmanagement.azure.com%2F.default".to_owned(),
        ),
        ("tenant", params["tenant"].clone()),
    ];
    for (_, value) in form.iter_mut().filter(|(name, _)| *name == wrong.0) {
        wrong.1.clone_into(value);
    }
    let (_, tenant) = form.pop().unwrap();
    let body: Vec<String> = form
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let target = format!("/{tenant}/oauth2/v2.0/token");
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    served(world, &call("POST", &target, &headers, &body.join("&"))).answer
}

fn bearer(world: &World) -> String {
    let value = token(world, ("", "")).value();
    assert_eq!(value["expires_in"], 3599);
    format!("Bearer {}", value["access_token"].as_str().unwrap())
}

fn costs(world: &World, bearer: &str, scope: &str) -> Answer {
    let target = format!("/{scope}/providers/Microsoft.CostManagement/query?api-version=2025-03-01");
    let body = json!({"type": "ActualCost", "timeframe": "MonthToDate"}).to_string();
    served(world, &call("POST", &target, &[("authorization", bearer)], &body)).answer
}

#[test]
fn costs_are_a_table_behind_a_token() {
    let world = world();
    set(&world, "azure", "0", "12.375");
    let scope = world.purse("azure").unwrap()["scope"].clone();
    let value = costs(&world, &bearer(&world), &scope).value();
    assert_eq!(value["properties"]["columns"][0]["name"], "Cost");
    assert_eq!(value["properties"]["rows"][0].to_string(), r#"[12.375,"USD"]"#);
}

#[test]
fn a_budget_tells_limit_and_spending() {
    let world = world();
    set(&world, "azure", "0", "12.375");
    let scope = &world.purse("azure").unwrap()["scope"];
    let target = format!("/{scope}/providers/Microsoft.Consumption/budgets/month?api-version=2024-08-01");
    let bearer = bearer(&world);
    let ask = |target: &str| served(&world, &call("GET", target, &[("authorization", &bearer)], "")).answer;
    let value = ask(&target).value();
    assert_eq!(value["properties"]["amount"].to_string(), "300");
    assert_eq!(
        value["properties"]["currentSpend"]["amount"].to_string(),
        "12.375"
    );
    assert_eq!(ask(&target.replace("/month", "/other")).status, 404);
    let versionless = target.split_once('?').unwrap().0;
    assert_eq!(ask(versionless).status, 400);
}

#[test]
fn without_a_good_token_nothing_is_told() {
    let world = world();
    let scope = world.purse("azure").unwrap()["scope"].clone();
    assert_eq!(costs(&world, "Bearer FAKE-token-azure-0", &scope).status, 401);
    let bearer = bearer(&world);
    assert_eq!(costs(&world, &bearer, "subscriptions/other").status, 403);
    assert_eq!(costs(&world, &bearer, &scope).status, 200);
    world.advance(seconds(3600));
    assert_eq!(costs(&world, &bearer, &scope).status, 401, "the token has ended");
}

#[test]
fn each_wrong_thing_about_a_client_has_its_code() {
    let world = world();
    let cases: [(&str, &str, u16, Value); 5] = [
        ("client_secret", "wrong", 401, json!([7_000_215])),
        ("client_id", "nobody", 400, json!([700_016])),
        ("tenant", "nowhere", 400, json!([90002])),
        ("scope", "other", 400, json!([70011])),
        ("grant_type", "password", 400, json!([70003])),
    ];
    for (field, wrong, status, code) in cases {
        let told = token(&world, (field, wrong));
        assert_eq!(told.status, status, "{field}");
        assert_eq!(told.value()["error_codes"], code, "{field}");
    }
}
