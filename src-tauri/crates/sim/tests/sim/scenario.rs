//! Worlds from TOML.

use tidegate_sim::{Lie, Scenario, gib, seconds};

use crate::common::{Client, at, build};

const WORLD: &str = r#"
seed = 7
stop_delay = "3s"

[feishu]
secret = "FAKE-secret"
keyword = "潮闸"

[[account]]
name = "a"
site = "international"
region = "ap-southeast-1"
rights = "watch"
extra_keys = ["all", ["bss:order:view"]]

[[account.server]]
name = "web"
count = 3
mbit = 8

[[account.server.package]]
gib = 200
used_gib = 150
lag = "1h"

[[account.server]]
name = "cold"
off = true
curve = { burst = { base = 0, peak = 8000000, every_s = 60, lasting_s = 6 } }

[[account.shared]]
name = "pool"
gib = 50
bought = "2026-01-01T00:00:00Z"

[[account]]
name = "b"

[[fault]]
lie = "throttled"
retry_after = 2
on = "bss.usages"
after_s = 60
"#;

#[test]
fn a_file_describes_a_world() {
    let world = build(Scenario::parse(WORLD).unwrap().builder(1).unwrap());
    assert_eq!(world.accounts(), ["a", "b"]);
    let client = Client::with(&world, "a", 0);
    assert_eq!(client.packages().len(), 4);
    assert_eq!(world.truth("web-002").unwrap().used, gib(150));
    assert!(world.runs("web-003").unwrap() && !world.runs("cold").unwrap());
    assert_eq!(client.stop("web-001").status, 403);
    let actor = Client::with(&world, "a", 1);
    assert_eq!(actor.stop("web-001").status, 200);
    world.advance(seconds(3));
    assert!(!world.runs("web-001").unwrap());
    assert_eq!(
        world.truth("pool").unwrap().window.start,
        at("2026-01-01T00:00:00Z")
    );
    assert_eq!(world.feishu_hook().1.as_deref(), Some("FAKE-secret"));
    assert_eq!(world.faults()[0].1.lie, Lie::Throttled { retry_after: Some(2) });
    world.advance(seconds(57));
    let throttled = client.send(
        "POST",
        "/v2/payments/free-resources/usages/details/query",
        r#"{"free_resource_ids":["x"]}"#,
    );
    assert_eq!(throttled.status, 429);
}

#[test]
fn the_files_seed_counts_before_the_given_one() {
    let ids = |text: &str, seed: u64| {
        let world = build(Scenario::parse(text).unwrap().builder(seed).unwrap());
        world.servers("a").unwrap()
    };
    assert_eq!(ids(WORLD, 1), ids(WORLD, 2));
    let free = WORLD.replace("seed = 7", "");
    assert_ne!(ids(&free, 1), ids(&free, 2));
}

#[test]
fn an_unknown_key_site_right_span_or_lie_is_an_error() {
    for (wrong, right) in [
        ("sed = 7", "seed = 7"),
        ("site = \"moon\"", "site = \"international\""),
        ("lie = \"no_such_lie\"", "lie = \"throttled\""),
        ("gb = 50", "gib = 50"),
    ] {
        assert!(Scenario::parse(&WORLD.replace(right, wrong)).is_err(), "{wrong}");
    }
    for (wrong, right, field) in [
        ("rights = \"some\"", "rights = \"watch\"", "rights"),
        ("lag = \"soon\"", "lag = \"1h\"", "lag"),
        ("gib = -50", "gib = 50", "gib"),
    ] {
        let text = WORLD.replace(right, wrong);
        let told = Scenario::parse(&text).unwrap_err().to_string();
        let line = text.lines().position(|line| line.contains(wrong)).unwrap() + 1;
        assert!(
            told.contains(&format!("line {line},")) && told.contains(field),
            "{told}"
        );
    }
}
