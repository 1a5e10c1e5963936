//! What is true in the world and what the bill says of it.

use crate::common::{Client, at, build};
use serde_json::json;
use tidegate_sim::{Curve, World, days, gib, hours, mbit, minutes, seconds};

fn one() -> tidegate_sim::Builder {
    World::new(7)
        .server("hk")
        .package(gib(200))
        .used(gib(150))
        .burn(mbit(30))
}

#[test]
fn a_running_server_uses_up_its_package_byte_by_byte() {
    let world = build(one());
    world.advance(hours(1));
    let truth = world.truth("hk").unwrap();
    assert_eq!(truth.used, gib(150) + 30_000_000 / 8 * 3600);
    assert_eq!(truth.remaining, truth.quota - truth.used);
    assert_eq!(world.excess("main").unwrap(), 0);
}

#[test]
fn it_never_matters_how_often_anybody_looks() {
    let (often, once) = (build(one()), build(one()));
    for _ in 0..977 {
        often.advance(seconds(37));
        let _ = often.truth("hk");
        let _ = Client::of(&often).usage("hk");
    }
    once.advance(seconds(37 * 977));
    assert_eq!(often.truth("hk").unwrap(), once.truth("hk").unwrap());
}

#[test]
fn the_same_seed_tells_the_same_story_and_another_seed_another() {
    let story = |seed: u64| {
        let world = build(World::example(seed));
        let client = Client::of(&world);
        let mut story = vec![world.details().to_string()];
        for _ in 0..5 {
            world.advance(minutes(20));
            story.push(client.packages().iter().map(ToString::to_string).collect());
            story.push(
                client
                    .get(&format!("/v1/{}/cloudservers/detail", client.project))
                    .to_string(),
            );
        }
        story.push(client.stop("ecs-hk-01").value().to_string());
        story.push(serde_json::to_string(&world.requests()).unwrap());
        story
    };
    assert_eq!(story(3), story(3));
    assert_ne!(story(3), story(4));
}

#[test]
fn a_stopped_server_sends_nothing() {
    let world = build(one().stop_delay(seconds(10)));
    let client = Client::of(&world);
    assert_eq!(client.stop("hk").status, 200);
    world.advance(seconds(10));
    let used = world.truth("hk").unwrap().used;
    assert_eq!(used, gib(150) + 30_000_000 / 8 * 10, "it sends until it stands");
    world.advance(days(3));
    assert_eq!(world.truth("hk").unwrap().used, used);
    world.start_by_hand("hk").unwrap();
    world.advance(seconds(8));
    assert_eq!(world.truth("hk").unwrap().used, used + 30_000_000);
}

#[test]
fn beyond_the_package_the_excess_is_billed() {
    let world = build(World::new(1).server("hk").package(gib(1)).burn(mbit(800)));
    let client = Client::of(&world);
    let balance = |client: &Client| {
        client.get("/v2/accounts/customer-accounts/balances")["account_balances"][0]["amount"].to_string()
    };
    assert_eq!(balance(&client), "100.00");
    world.advance(seconds(100));
    assert_eq!(world.truth("hk").unwrap().remaining, 0);
    assert_eq!(world.excess("main").unwrap(), 10_000_000_000 - gib(1));
    assert_eq!(balance(&client), "93.35", "8.31 GiB at 0.80 a GB, in whole cents");
    let month = client.get("/v2/bills/customer-bills/monthly-sum?bill_cycle=2026-01");
    assert_eq!(month["consume_amount"].to_string(), "6.65");
}

#[test]
fn own_packages_pay_before_shared_ones() {
    let world = build(
        World::new(1)
            .server("hk")
            .package(gib(1))
            .burn(mbit(800))
            .shared("pool", gib(100)),
    );
    world.advance(seconds(100));
    assert_eq!(world.truth("hk").unwrap().used, gib(1));
    assert_eq!(world.truth("pool").unwrap().used, 10_000_000_000 - gib(1));
    assert_eq!(world.excess("main").unwrap(), 0);
}

#[test]
fn a_shared_package_pays_only_for_its_line_region_and_billing_by_traffic() {
    let world = build(
        World::new(1)
            .account("main")
            .region("ap-southeast-1")
            .server("far")
            .burn(mbit(8))
            .region("cn-north-4")
            .server("static")
            .line("5_sbgp")
            .burn(mbit(8))
            .server("flat")
            .by_bandwidth()
            .burn(mbit(8))
            .server("near")
            .burn(mbit(8))
            .shared("pool", gib(100)),
    );
    world.advance(seconds(1));
    assert_eq!(world.truth("pool").unwrap().used, 1_000_000);
    assert_eq!(
        world.excess("main").unwrap(),
        2_000_000,
        "by bandwidth costs no traffic"
    );
}

#[test]
fn the_bill_runs_behind_and_moves_by_the_hour() {
    let world = build(one().lag(hours(1)));
    let client = Client::of(&world);
    let told = || client.usage("hk").unwrap()["amount"].to_string();
    assert_eq!(told(), "50");
    world.advance(minutes(119));
    assert_eq!(told(), "50", "0 minutes of traffic have reached the bill");
    world.advance(minutes(1));
    let hour = 30_000_000_i64 / 8 * 3600;
    let left = gib(50) - hour;
    assert_eq!(
        told(),
        format!(
            "{}.{:06}",
            left / gib(1),
            i128::from(left % gib(1)) * 1_000_000 / i128::from(gib(1))
        )
    );
    assert_eq!(world.truth("hk").unwrap().remaining, gib(50) - 2 * hour);
}

#[test]
fn a_new_cycle_begins_full_at_beijing_midnight() {
    let world = build(one().bought(at("2025-12-20T02:00:00Z")).lag(hours(2)));
    let client = Client::of(&world);
    let before = client.usage("hk").unwrap();
    assert_eq!(before["end_time"], "2026-01-20T16:00:00Z");
    world.advance(days(5) + hours(9));
    let after = client.usage("hk").unwrap();
    assert_eq!(after["start_time"], "2026-01-20T16:00:00Z");
    assert_eq!(after["end_time"], "2026-02-20T16:00:00Z");
    assert_eq!(
        after["amount"].to_string(),
        "200",
        "nothing of the new cycle is billed yet"
    );
    assert_eq!(
        world.truth("hk").unwrap().used,
        30_000_000 / 8 * 3600,
        "one hour of the new cycle"
    );
}

#[test]
fn a_top_up_lasts_for_its_cycle_and_a_late_bill_corrects() {
    let world = build(one());
    world.top_up("hk", gib(10)).unwrap();
    world.correct("hk", gib(5)).unwrap();
    world.advance(seconds(1));
    let truth = world.truth("hk").unwrap();
    assert_eq!(truth.quota, gib(210));
    assert_eq!(truth.used, gib(155) + 3_750_000);
    world.advance(days(40));
    assert_eq!(world.truth("hk").unwrap().quota, gib(200));
}

#[test]
fn a_renewed_package_has_a_new_id_and_the_old_one_ends() {
    let world = build(one());
    let client = Client::of(&world);
    let old = world.package_id("hk").unwrap();
    let new = world.renew("hk", hours(1)).unwrap();
    assert_eq!(
        client.usages(&[&old, &new]).len(),
        2,
        "both are in effect for an hour"
    );
    world.advance(hours(2));
    let seen = client.usages(&[&old, &new]);
    assert_eq!(seen.len(), 1, "the old one is no longer told");
    assert_eq!(seen[0]["free_resource_id"], new.as_str());
    let status = client
        .packages()
        .iter()
        .map(|row| row["status"].clone())
        .collect::<Vec<_>>();
    assert_eq!(status, [json!(3), json!(1)]);
    let path = format!(
        "/v1/resource-manager/domains/{}/all-resources?type=hcss.l-instance",
        client.domain
    );
    let parts = client.get(&path)["resources"][0]["properties"]["resources"].to_string();
    assert!(parts.contains(&new) && !parts.contains(&old));
}

#[test]
fn a_package_used_up_or_given_back_says_so() {
    let world = build(one());
    let client = Client::of(&world);
    world.correct("hk", gib(50)).unwrap();
    world.advance(seconds(1));
    assert_eq!(client.packages()[0]["status"], 2);
    assert_eq!(client.packages()[0]["free_resources"][0]["amount"], "0");
    world.unsubscribe("hk").unwrap();
    assert_eq!(client.packages()[0]["status"], 4);
    assert_eq!(client.usage("hk"), None);
}

#[test]
fn traffic_changes_take_effect_from_their_moment() {
    let world = build(one());
    world.advance(seconds(10));
    world.set_traffic("hk", Curve::Idle).unwrap();
    world.advance(hours(5));
    assert_eq!(world.truth("hk").unwrap().used, gib(150) + 37_500_000);
    world
        .set_traffic("hk", Curve::Pieces(vec![(10, 8), (1, 16)]))
        .unwrap();
    world.advance(seconds(12));
    assert_eq!(
        world.truth("hk").unwrap().used,
        gib(150) + 37_500_000 + 10 + 2 + 2
    );
}

#[test]
fn an_unknown_name_is_an_error_not_a_guess() {
    let world = build(one());
    assert!(world.truth("nobody").is_err());
    assert!(world.start_by_hand("nobody").is_err());
    assert!(world.renew("nobody", hours(1)).is_err());
}

#[test]
fn a_thousand_accounts_are_each_their_own() {
    let world = build(World::many(1000));
    let accounts = world.accounts();
    assert_eq!(accounts.len(), 1000);
    let client = Client::with(&world, &accounts[999], 0);
    assert_eq!(client.packages().len(), 1);
    let keys: std::collections::BTreeSet<String> = accounts
        .iter()
        .map(|name| world.credentials(name).unwrap()[0].ak.clone())
        .collect();
    assert_eq!(keys.len(), 1000);
}
