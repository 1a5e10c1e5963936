//! `subscriptions` as a person and a script meet it, with a panel over real HTTP.

use tidegate_sim::panel::{Panel, PanelLie, Plan, Serving, TOKEN, serve};

use crate::kit::Home;

const CONFIG: &str = r#"[[account]]
id = "airport"
provider = "subscription"
name = "主力机场"
[account.params]
reset_day = "1"
[account.secret]
url = "env:AIRPORT_URL"
"#;

/// A panel that is served as long as the runtime lives.
struct Service {
    panel: Panel,
    serving: Serving,
    _runtime: tokio::runtime::Runtime,
}

fn service() -> Service {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let panel = Panel::new(Plan {
        up: 1 << 30,
        down: 24 << 30,
        total: Some(100 << 30),
        expires_at: Some("2027-01-31T00:00:00Z".parse().unwrap()),
    });
    let serving = runtime.block_on(serve(panel.clone())).unwrap();
    Service {
        panel,
        serving,
        _runtime: runtime,
    }
}

#[test]
fn they_are_listed_with_what_is_left_and_for_how_long_and_as_json() {
    let service = service();
    let home = Home::empty().with("AIRPORT_URL", &Panel::url(&service.serving.base));
    let config = home.write("t.toml", CONFIG);
    let mut guard = home.guard(&["--config", &config]);
    guard.wait_for("subscription");
    assert_eq!(guard.end().0, 0);
    let listed = home.run(&["subscriptions"]);
    assert_eq!(listed.code, 0, "{listed:?}");
    for word in [
        "airport",
        "25 GiB",
        "100 GiB",
        "75 GiB",
        "2027-01-31",
        "No estimate",
    ] {
        assert!(listed.out.contains(word), "{word}: {}", listed.out);
    }
    let chinese = home.run(&["subscriptions", "--lang", "zh-CN"]);
    assert!(
        chinese.out.contains("剩余") && chinese.out.contains("还没有估计"),
        "{}",
        chinese.out
    );
    let row = &home.run(&["subscriptions", "--json"]).json()["subscriptions"][0];
    assert_eq!(
        (&row["account"], &row["left"]["kind"]),
        (&"airport".into(), &"no_estimate".into())
    );
    assert_eq!(
        (&row["reset"]["day"], &row["reset"]["by"]),
        (&1.into(), &"set".into())
    );
}

#[test]
fn the_address_is_in_no_output_of_the_program_whatever_the_panel_answers() {
    let service = service();
    service.panel.lie(Some(PanelLie::Page(403)));
    let home = Home::empty().with("AIRPORT_URL", &Panel::url(&service.serving.base));
    let config = home.write("t.toml", CONFIG);
    let mut all = String::new();
    for args in [
        vec!["validate", config.as_str()],
        vec!["apply", config.as_str()],
        vec!["check"],
        vec!["check", "--json"],
        vec!["subscriptions"],
        vec!["export"],
        vec!["status", "--json"],
        vec!["doctor"],
    ] {
        let answer = home.run(&args);
        all.push_str(&answer.out);
        all.push_str(&answer.err);
    }
    let mut guard = home.guard(&["--config", &config]);
    guard.wait_for("unread");
    let (_, said) = guard.end();
    all.push_str(&format!("{said:?}"));
    for entry in std::fs::read_dir(home.path()).unwrap().map(Result::unwrap) {
        let text = std::fs::read(entry.path()).unwrap_or_default();
        all.push_str(&String::from_utf8_lossy(&text));
    }
    assert!(!all.contains(TOKEN), "{all}");
    assert!(all.contains("an HTML page blocks programs"), "{all}");
}
