//! Every lie of the catalogue: what it serves.

use crate::common::{Client, build};
use serde_json::{Value, json};
use tidegate_sim::{Ending, Fault, Lie, World, gib, mbit, minutes, seconds};

fn two() -> (World, Client) {
    let world = build(
        World::new(7)
            .server("hk")
            .package(gib(200))
            .used(gib(150))
            .burn(mbit(30))
            .server("sg")
            .package(gib(100))
            .stop_delay(seconds(10)),
    );
    let client = Client::of(&world);
    (world, client)
}

/// What a lie about the package `hk` makes of its row in the list and in the usages.
fn rows(lie: Lie) -> (Option<Value>, Option<Value>) {
    let (world, client) = two();
    world.fault(Fault::new(lie).about("hk"));
    let id = world.package_id("hk").unwrap();
    let listed = client
        .packages()
        .iter()
        .map(|row| row["free_resources"][0].clone())
        .find(|row| row["free_resource_id"] == id.as_str());
    assert_eq!(
        client.usage("sg").unwrap()["amount"],
        100,
        "the other package is told as it is"
    );
    (listed, client.usage("hk"))
}

#[test]
fn an_amount_may_be_null_missing_zero_garbage_or_negative() {
    let amounts = |lie| {
        let (listed, usage) = rows(lie);
        (
            listed.unwrap().get("amount").cloned(),
            usage.unwrap().get("amount").cloned(),
        )
    };
    assert_eq!(amounts(Lie::AmountNull), (Some(Value::Null), Some(Value::Null)));
    assert_eq!(amounts(Lie::AmountMissing), (None, None));
    assert_eq!(amounts(Lie::AmountZero), (Some(json!("0")), Some(json!(0))));
    assert_eq!(
        amounts(Lie::AmountGarbage),
        (Some(json!("--")), Some(json!("--")))
    );
    assert_eq!(amounts(Lie::AmountNegative), (Some(json!("-1")), Some(json!(-1))));
    assert_eq!(
        amounts(Lie::AmountOtherType),
        (Some(json!(50)), Some(json!("50")))
    );
}

#[test]
fn a_package_may_be_told_in_another_unit_or_left_out() {
    let (listed, usage) = rows(Lie::Unit { measure_id: 17 });
    assert_eq!(
        (&listed.unwrap()["measure_id"], &usage.unwrap()["measure_id"]),
        (&json!(17), &json!(17))
    );
    assert_eq!(rows(Lie::Missing), (None, None));
}

#[test]
fn a_package_may_be_told_as_used_up() {
    let (world, client) = two();
    world.fault(Fault::new(Lie::UsedUp).about("hk"));
    assert_eq!(client.packages()[0]["status"], 2);
    assert_eq!(client.usage("hk").unwrap()["amount"], 0);
    assert!(world.truth("hk").unwrap().remaining > 0, "it is a lie");
}

#[test]
fn a_value_may_freeze() {
    let (world, client) = two();
    world.advance(minutes(10));
    let before = client.usage("hk").unwrap();
    world.fault(Fault::new(Lie::Frozen).about("hk"));
    world.advance(minutes(60));
    assert_eq!(client.usage("hk").unwrap(), before);
    world.heal_all();
    assert_ne!(client.usage("hk").unwrap(), before);
}

#[test]
fn a_page_may_be_empty_repeat_or_skip_a_row() {
    let list = |lie: Option<Lie>, offset: u64| -> Vec<Value> {
        let (world, client) = two();
        if let Some(lie) = lie {
            world.fault(Fault::new(lie).on("bss.packages"));
        }
        let value = client.post(
            "/v3/payments/free-resources/query",
            &json!({"limit": 1, "offset": offset}),
        );
        assert_eq!(value["total_count"], 2, "the total does not know of the lie");
        let rows = value["free_resource_packages"].as_array().unwrap();
        rows.iter()
            .map(|row| row["free_resources"][0]["original_amount"].clone())
            .collect()
    };
    assert_eq!(
        (list(None, 0), list(None, 1)),
        (vec![json!("200")], vec![json!("100")])
    );
    assert_eq!(list(Some(Lie::Empty), 0), Vec::<Value>::new());
    assert_eq!(list(Some(Lie::RepeatRow), 1), [json!("200")]);
    assert_eq!(list(Some(Lie::SkipRow), 1), Vec::<Value>::new());
}

#[test]
fn an_instance_may_be_missing_from_config_while_it_lives() {
    let (world, client) = two();
    world.fault(Fault::new(Lie::Missing).on("rms").about("hk"));
    let path = format!(
        "/v1/resource-manager/domains/{}/all-resources?type=hcss.l-instance",
        client.domain
    );
    assert_eq!(client.get(&path)["resources"].as_array().unwrap().len(), 1);
    assert_eq!(client.server("hk")["server"]["status"], "ACTIVE");
}

#[test]
fn something_in_between_may_answer_instead() {
    let answer = |lie: Lie| {
        let (world, client) = two();
        world.fault(Fault::new(lie).on("bss.usages"));
        client.send(
            "POST",
            "/v2/payments/free-resources/usages/details/query",
            r#"{"free_resource_ids":["x"]}"#,
        )
    };
    let page = answer(Lie::Html);
    assert_eq!(page.status, 200);
    assert!(page.body.starts_with(b"<html>"));
    let malformed = answer(Lie::Malformed);
    assert!(malformed.status == 200 && malformed.value().is_null() && !malformed.body.is_empty());
    assert_eq!(answer(Lie::Status { status: 502 }).status, 502);
    let retry = |answer: tidegate_sim::Answer| {
        answer
            .headers
            .iter()
            .find(|(name, _)| name == "retry-after")
            .map(|(_, value)| value.clone())
    };
    let bare = answer(Lie::Throttled { retry_after: None });
    assert_eq!(
        (bare.status, bare.value()["error_code"].clone()),
        (429, json!("APIGW.0308"))
    );
    assert_eq!(retry(bare), None);
    assert_eq!(
        retry(answer(Lie::Throttled { retry_after: Some(7) })).as_deref(),
        Some("7")
    );
}

#[test]
fn the_wire_may_refuse_break_hang_or_be_slow() {
    let stop = |lie: Lie| {
        let (world, client) = two();
        world.fault(Fault::new(lie).on("ecs.stop"));
        let id = world.server_id("hk").unwrap();
        let body = json!({"os-stop": {"servers": [{"id": id}]}}).to_string();
        let served = client.served(
            "POST",
            &format!("/v1/{}/cloudservers/action", client.project),
            &body,
        );
        world.advance(seconds(10));
        (
            served.ending,
            world.runs("hk").unwrap(),
            world.stops().len(),
            served.latency,
        )
    };
    let now = std::time::Duration::ZERO;
    assert_eq!(
        stop(Lie::Refused),
        (Ending::Refused, true, 0, now),
        "it never arrived"
    );
    assert_eq!(
        stop(Lie::Broken),
        (Ending::Broken, false, 1, now),
        "it arrived and was acted on"
    );
    assert_eq!(stop(Lie::Hanging), (Ending::Hanging, false, 1, now));
    assert_eq!(stop(Lie::Truncated), (Ending::Truncated, false, 1, now));
    assert_eq!(
        stop(Lie::Slow { ms: 3000 }),
        (Ending::Whole, false, 1, seconds(3))
    );
    let instead = stop(Lie::Status { status: 500 });
    assert_eq!(
        (instead.1, instead.2),
        (true, 0),
        "an error in place of the service: the service never saw it"
    );
}

#[test]
fn a_stop_may_be_refused_with_any_documented_code() {
    for (code, status) in [
        ("Ecs.0100", 400),
        ("Ecs.0605", 400),
        ("Ecs.0603", 501),
        ("Ecs.0110", 403),
        ("Common.1503", 429),
    ] {
        let (world, client) = two();
        world.fault(Lie::StopRefused {
            code: code.to_owned(),
        });
        let answer = client.stop("hk");
        assert_eq!(
            (answer.status, answer.value()["error"]["code"].clone()),
            (status, json!(code))
        );
        assert!(world.runs("hk").unwrap());
    }
}

#[test]
fn a_stop_may_be_accepted_and_nothing_happens() {
    let after = |lie: Lie| {
        let (world, client) = two();
        world.fault(lie);
        let accepted = client.stop("hk");
        assert_eq!(accepted.status, 200);
        world.advance(seconds(11));
        (client.job(&accepted)["status"].clone(), world.runs("hk").unwrap())
    };
    assert_eq!(after(Lie::StopIgnored), (json!("SUCCESS"), true));
    assert_eq!(after(Lie::StopFails), (json!("FAIL"), true));
    assert_eq!(after(Lie::StopStuck), (json!("RUNNING"), true));
    assert_eq!(after(Lie::StopSlow { seconds: 60 }), (json!("RUNNING"), true));
}

#[test]
fn a_stopped_server_may_start_again_by_itself() {
    let (world, client) = two();
    world.fault(Lie::Restarts { seconds: 60 });
    client.stop("hk");
    world.advance(seconds(10));
    assert!(!world.runs("hk").unwrap());
    world.advance(seconds(60));
    assert!(world.runs("hk").unwrap());
}

#[test]
fn a_status_may_flap_a_server_or_job_may_be_gone() {
    let (world, client) = two();
    world.fault(Fault::new(Lie::Flapping).about("hk").times(4));
    let seen: Vec<Value> = (0..6)
        .map(|_| client.server("hk")["server"]["status"].clone())
        .collect();
    assert_eq!(
        seen,
        ["SHUTOFF", "ACTIVE", "SHUTOFF", "ACTIVE", "ACTIVE", "ACTIVE"]
    );
    let accepted = client.stop("hk");
    world.fault(Lie::JobGone);
    assert_eq!(client.job(&accepted)["code"], "Common.0011");
    world.fault(Fault::new(Lie::ServerGone).about("hk"));
    assert_eq!(client.server("hk")["error"]["code"], "Ecs.0114");
    assert_eq!(client.stop("hk").status, 404);
    assert_eq!(client.server("sg")["server"]["status"], "ACTIVE");
}

#[test]
fn a_right_may_be_taken_away_and_the_account_may_owe_money() {
    let (world, client) = two();
    let fault = world.fault(Lie::RightRemoved {
        right: "bss:order:view".to_owned(),
    });
    let answer = client.send("POST", "/v3/payments/free-resources/query", "{}");
    assert_eq!(
        (answer.status, answer.value()["error_code"].clone()),
        (403, json!("CBC.0151"))
    );
    world.heal(fault);
    assert_eq!(client.packages().len(), 2);
    world.fault(Lie::Arrears);
    let answer = client.stop("hk");
    assert_eq!(
        (answer.status, answer.value()["error"]["code"].clone()),
        (403, json!("Ecs.0110"))
    );
    let balance = client.get("/v2/accounts/customer-accounts/balances");
    assert_eq!(balance["debt_amount"].to_string(), "0.01");
}

#[test]
fn a_key_may_be_rotated_a_token_expire_and_the_gateways_clock_be_off() {
    let (world, client) = two();
    let status = |client: &Client| client.send("GET", "/v3/auth/projects", "").status;
    let id = world.fault(Fault::new(Lie::KeyRotated).about(&client.key.ak));
    assert_eq!(status(&client), 401);
    world.heal(id);
    let id = world.fault(Lie::Skewed { ms: 16 * 60_000 });
    assert_eq!(status(&client), 401);
    world.heal(id);
    let id = world.fault(Lie::TokenExpired);
    assert_eq!(status(&client), 401);
    world.heal(id);
    assert_eq!(status(&client), 200);
    let mut renewed = client.clone();
    renewed.key = world.rotate_key("main").unwrap();
    assert_eq!((status(&client), status(&renewed)), (401, 200));
}

#[test]
fn the_account_may_turn_out_to_belong_to_the_other_site() {
    let (world, client) = two();
    world.fault(Lie::OtherSite {
        code: "CBC.0156".to_owned(),
    });
    let answer = client.send("POST", "/v3/payments/free-resources/query", "{}");
    assert_eq!(
        (answer.status, answer.value()["error_code"].clone()),
        (403, json!("CBC.0156"))
    );
    assert_eq!(
        client.send("GET", "/v3/auth/projects", "").status,
        200,
        "only BSS differs by site"
    );
}
