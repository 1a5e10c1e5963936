//! Main accounts from a scenario file, over HTTP, and what another process may do to them.

use std::sync::Arc;

use serde_json::{Value, json};
use tidegate_sim::volcengine::Path;
use tidegate_sim::{Call, Door, Scenario, World};

use super::support::{Hand, hand};

fn world(text: &str) -> (World, Hand) {
    let hand = hand("2026-11-20T04:00:00Z");
    let world = Scenario::parse(text).unwrap().builder(1).unwrap();
    (world.build(Arc::new(hand.clone())), hand)
}

fn tell(world: &World, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let call = Call {
        method: method.to_owned(),
        path: format!("/_sim/{path}"),
        body: body.to_string().into(),
        ..Call::default()
    };
    let answer = Door::with_control(world.clone()).answer(&call).answer;
    (answer.status, answer.value())
}

const WORLD: &str = r#"
[[volcengine]]
name = "main"
settling = "5s"
project = ["team-a"]

[[volcengine.user]]
name = "bob"
count = 2
login = true
endpoints = ["team-a"]
granted = [["TOSFullAccess", "team-a"]]

[[volcengine.user.spend]]
project = "team-a"
per_day = "24"
by = "endpoint"
since = "2d"

[[volcengine.meanwhile]]
after = "iam.ListUsers"
deed = "create_key"
user = "bob-001"

[[fault]]
lie = "error_code"
code = "ServiceFailure"
on = "iam.DeleteUser"
"#;

#[test]
fn a_file_describes_main_accounts() {
    let (world, _) = world(WORLD);
    let cloud = world.volcengine("main").unwrap();
    assert_eq!(cloud.users().unwrap(), ["tidegate-bot", "bob-001", "bob-002"]);
    assert_eq!(cloud.user("bob-001").unwrap().policies.len(), 2);
    assert!(cloud.paths("bob-002").unwrap().contains(&Path::Console));
    assert_eq!(cloud.charged("team-a", "2026-11").unwrap().decimal(), "96");
    assert_eq!(world.faults().len(), 1);
    assert!(world.volcengine("other").is_err());
}

#[test]
fn what_is_wrong_in_a_file_is_named() {
    let build = |text: &str| {
        Scenario::parse(text)
            .and_then(|of| of.builder(1))
            .map(|_| ())
            .unwrap_err()
            .to_string()
    };
    for (text, words) in [
        ("[[volcengine]]\nname = \"a\"\nbalance = \"x\"", "amount \"x\""),
        ("[[volcengine]]\nname = \"a\"\ncolour = 1", "colour"),
        (
            "[[volcengine]]\nname = \"a\"\nrights = \"{}\"",
            "not a policy document",
        ),
        (
            "[[volcengine]]\nname = \"a\"\n[[volcengine]]\nname = \"a\"",
            "twice",
        ),
        (
            "[[volcengine]]\nname = \"a\"\n[[volcengine.user]]\nname = \"b\"\npolicies = [\"Nope\"]",
            "no policy \"Nope\"",
        ),
        (
            "[[volcengine]]\nname = \"a\"\n[[volcengine.user]]\nname = \"b\"\nendpoints = [\"p\"]",
            "no project \"p\"; there are default",
        ),
        (
            "[[volcengine]]\nname = \"a\"\n[[volcengine.spend]]\nproject = \"p\"\nper_day = \"1,5\"",
            "amount \"1,5\"",
        ),
    ] {
        assert!(build(text).contains(words), "{text}: {}", build(text));
    }
}

#[test]
fn the_scenario_of_the_program_spends_by_every_second_way() {
    let (world, _) = world(Scenario::told("quota").unwrap());
    let cloud = world.volcengine("main").unwrap();
    assert!(cloud.can_spend("bob").unwrap());
    assert!(!cloud.billed("team-a", "2026-11").unwrap().is_zero());
    assert!(!cloud.billed("-", "2026-10").unwrap().is_zero());
    assert!(Scenario::told("other").is_none());
}

#[test]
fn another_process_sees_what_is_open_and_does_what_somebody_else_does() {
    let (world, _) = world(WORLD);
    let (status, seen) = tell(&world, "GET", "volcengine/main", &Value::Null);
    assert_eq!(status, 200);
    assert_eq!(seen["paths"]["bob-001"].as_array().unwrap().len(), 3);
    assert!(seen["account"]["ak"].as_str().unwrap().starts_with("AKLTFAKE"));
    let deed = json!({"deed": "set_login", "user": "bob-001", "allowed": false});
    assert_eq!(tell(&world, "POST", "volcengine/main", &deed).0, 200);
    assert_eq!(
        world.volcengine("main").unwrap().user("bob-001").unwrap().login,
        Some(false)
    );
    let later = json!({"deed": "delete_user", "user": "bob-001", "after": "iam.ListUsers", "calls": 3});
    assert_eq!(tell(&world, "POST", "volcengine/main/meanwhile", &later).0, 200);
    let charge = json!({"deed": "charge", "project": "team-a", "amount": "4.5", "day": "2026-11-01"});
    assert_eq!(tell(&world, "POST", "volcengine/main", &charge).0, 200);
    assert_eq!(
        world
            .volcengine("main")
            .unwrap()
            .charged("team-a", "2026-11")
            .unwrap()
            .decimal(),
        "100.5"
    );
    for wrong in [
        json!({"deed": "fly"}),
        json!({"deed": "delete_user", "user": "nobody", "colour": 1}),
    ] {
        assert_eq!(tell(&world, "POST", "volcengine/main", &wrong).0, 400, "{wrong}");
    }
    assert_eq!(tell(&world, "POST", "volcengine/other", &charge).0, 400);
}
