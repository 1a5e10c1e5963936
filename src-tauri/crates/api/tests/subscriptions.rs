//! Subscriptions over the face: the fields of the format, the wizard's entry, a trial, what is shown, and the secret
//! address in none of it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fall over; that is its answer"
)]

mod kit;

use std::sync::Arc;

use kit::{Stage, ask, items, secrets, until};
use serde_json::{Value, json};
use tidegate_api::config::{parse, print};
use tidegate_api::request::Item;
use tidegate_api::response::SubscriptionsView;
use tidegate_api::words::Lang;
use tidegate_api::{App, Request, Response};
use tidegate_engine::config::Config;
use tidegate_sim::panel::{Panel, PanelLie, Plan, TOKEN};

const GIB: u64 = 1 << 30;
const WHOLE: &str = r#"
[[account]]
id = "airport"
provider = "subscription"
name = "主力机场"
interval = "30m"
interval_near = "20m"

[account.params]
feeds = "airport, 备用"
leak_bytes = "50 MiB"
leak_share = "10%"
multipliers = "香港 01=1.5; JP=0.5"
reset_day = "31"
user_agent = "clash-verge/v2.0"
via = "http://127.0.0.1:7890"

[account.secret]
url = "env:AIRPORT_URL"
"#;

fn account() -> Value {
    json!({ "id": "airport", "provider": "subscription", "name": "主力机场", "secret": { "url": "vault:airport" } })
}

/// What is wrong with a subscription in these fields.
fn wrong(fields: &str) -> Vec<String> {
    let text = format!("[[account]]\nid = \"x\"\nprovider = \"subscription\"\n{fields}\n");
    let findings = parse(&text, &Config::default()).expect_err("the text is bad");
    findings
        .0
        .iter()
        .map(|finding| finding.render(Lang::En))
        .collect()
}

/// A program whose every request goes to a panel.
async fn house(panel: &Panel) -> (tempfile::TempDir, App) {
    let home = tempfile::tempdir().unwrap();
    // An hour in a second: the panel is asked seldom.
    let mut stage = Stage::at(home.path(), tidegate_sim::World::example(1), 3600);
    stage.options.transport = Some(Arc::new(panel.clone()));
    let app = stage.app().await;
    let save = Request::Save {
        items: items(vec![account()], Vec::new(), Vec::new()),
        remove: Vec::new(),
        secrets: [(
            "airport".to_owned(),
            secrets(&[("url", &Panel::url("https://panel.example"))]),
        )]
        .into(),
    };
    ask(&app, save).await;
    (home, app)
}

fn panel() -> Panel {
    Panel::new(Plan {
        up: GIB,
        down: 24 * GIB,
        total: Some(100 * GIB),
        expires_at: Some("2026-12-31T00:00:00Z".parse().unwrap()),
    })
}

async fn shown(app: &App, ready: impl Fn(&SubscriptionsView) -> bool) -> SubscriptionsView {
    let is_ready = |answer: &Response| matches!(answer, Response::Subscriptions(view) if ready(view));
    let Response::Subscriptions(view) = until(app, Request::Subscriptions, is_ready).await else {
        panic!("another answer");
    };
    view
}

#[test]
fn every_field_is_read_and_printed() {
    let config = parse(WHOLE, &Config::default()).expect("the text is good");
    let account = &config.accounts[0];
    assert_eq!(account.interval.as_secs(), 1800);
    assert_eq!(account.params["reset_day"], "31");
    let printed = print(&config);
    assert_eq!(parse(&printed, &Config::default()).unwrap(), config, "{printed}");
    let least = "[[account]]\nid = \"a\"\nprovider = \"subscription\"\nsecret = { url = \"vault:a\" }\n";
    let config = parse(least, &Config::default()).expect("all else may be left out");
    let account = &config.accounts[0];
    assert_eq!(
        (account.interval.as_secs(), account.interval_near.as_secs()),
        (3600, 900)
    );
}

#[test]
fn every_mistake_names_its_field_and_what_is_allowed() {
    let secret = "secret = { url = \"vault:x\" }";
    for (fields, path, words) in [
        ("", "account[0].secret", ""),
        (
            "secret = { url = \"https://panel.example/FAKE-canary\" }",
            "secret.url",
            "vault:NAME",
        ),
        ("secret = { address = \"vault:x\" }", "secret.address", "url"),
        (
            &format!("{secret}\nendpoint = \"http://127.0.0.1\""),
            "endpoint",
            "",
        ),
        (&format!("{secret}\ninterval = \"5m\""), "interval", "15m"),
        (
            &format!("{secret}\ninterval_near = \"1m\""),
            "interval_near",
            "15m",
        ),
        (
            &format!("{secret}\nparams = {{ reset_day = \"32\" }}"),
            "params.reset_day",
            "1 to 31",
        ),
        (
            &format!("{secret}\nparams = {{ via = \"http://10.0.0.1:1\" }}"),
            "params.via",
            "on this machine",
        ),
        (
            &format!("{secret}\nparams = {{ colour = \"red\" }}"),
            "params.colour",
            "feeds",
        ),
    ] {
        let told = wrong(fields).join("\n");
        assert!(told.contains(path) && told.contains(words), "{fields}: {told}");
        assert!(!told.contains("canary"), "{told}");
    }
}

#[tokio::test]
async fn it_is_offered_with_its_fields_and_a_guard_that_only_tells() {
    let (_home, app) = house(&panel()).await;
    for lang in [Lang::Zh, Lang::En] {
        let Response::Catalogue(view) = ask(&app, Request::Catalogue { lang }).await else {
            panic!("no catalogue");
        };
        let entry = view
            .providers
            .iter()
            .find(|entry| entry.id == "subscription")
            .unwrap();
        let url = entry.fields.iter().find(|field| field.key == "url").unwrap();
        assert!(url.secret && url.required);
        assert_eq!(entry.fields.iter().filter(|field| !field.secret).count(), 7);
        assert_eq!(
            (entry.interval.as_str(), entry.interval_least.as_str()),
            ("1h", "15m")
        );
        let template = view
            .templates
            .iter()
            .find(|entry| entry.provider == "subscription")
            .unwrap();
        let mut guard = template.guard.0.clone();
        guard["id"] = json!("airport-traffic");
        guard["account"] = json!("airport");
        let draft = Request::Draft {
            items: items(Vec::new(), Vec::new(), vec![guard]),
            remove: Vec::new(),
            lang,
        };
        let Response::Draft(draft) = ask(&app, draft).await else {
            panic!("no draft");
        };
        assert!(draft.findings.is_empty(), "{:?}", draft.findings);
    }
    app.stop().await;
}

#[tokio::test]
async fn a_trial_reads_it_once_and_keeps_nothing() {
    let panel = panel();
    let (_home, app) = house(&panel).await;
    let trial = |url: String| Request::TryAccount {
        account: Item(json!({ "id": "new", "provider": "subscription" })),
        secrets: secrets(&[("url", &url)]),
        lang: Lang::En,
    };
    let Response::Tried(tried) = ask(&app, trial(Panel::url("https://panel.example"))).await else {
        panic!("no trial");
    };
    assert!(tried.ok && tried.meters.len() == 2, "{tried:?}");
    let Response::Tried(refused) = ask(&app, trial("https://panel.example/FAKE-other".to_owned())).await
    else {
        panic!("no trial");
    };
    assert!(!refused.ok && refused.detail.unwrap().contains("the address is refused"));
    app.stop().await;
}

#[tokio::test]
async fn what_is_known_is_shown_in_both_languages_and_stays_when_the_panel_goes() {
    let panel = panel();
    let (_home, app) = house(&panel).await;
    app.run().await.unwrap();
    let view = shown(&app, |view| view.subscriptions[0].used.is_some()).await;
    let row = &view.subscriptions[0];
    let raw = |quantity: Option<tidegate_meter::Quantity>| u64::try_from(quantity.unwrap().raw()).unwrap();
    assert_eq!(
        (raw(row.used), raw(row.total), raw(row.remaining)),
        (25 * GIB, 100 * GIB, 75 * GIB)
    );
    assert_eq!((row.left.kind.as_str(), row.left.least), ("no_estimate", None));
    assert!(row.left.said.en.starts_with("No estimate"), "{:?}", row.left.said);
    assert!(row.left.said.zh.starts_with("还没有估计"), "{:?}", row.left.said);
    assert_eq!(
        (row.today, row.leak.clone(), row.blind.clone()),
        (None, None, None)
    );
    panel.lie(Some(PanelLie::Page(403)));
    let view = shown(&app, |view| view.subscriptions[0].blind.is_some()).await;
    let row = &view.subscriptions[0];
    assert_eq!(raw(row.used), 25 * GIB, "what was known stays");
    assert!(
        row.blind
            .as_ref()
            .unwrap()
            .en
            .contains("HTML page blocks programs"),
        "{:?}",
        row.blind
    );
    app.stop().await;
}

#[tokio::test]
async fn the_address_is_in_no_answer_and_in_no_export() {
    let panel = panel();
    let (_home, app) = house(&panel).await;
    app.run().await.unwrap();
    shown(&app, |view| view.subscriptions[0].used.is_some()).await;
    panel.lie(Some(PanelLie::Refused(403)));
    shown(&app, |view| view.subscriptions[0].blind.is_some()).await;
    let mut all = String::new();
    for request in [
        Request::Subscriptions,
        Request::Status,
        Request::Accounts,
        Request::Items,
        Request::Export,
        Request::VaultList,
        Request::Meters {
            account: None,
            lang: Lang::En,
        },
        Request::Overview { lang: Lang::Zh },
        Request::Tray { lang: Lang::Zh },
        Request::Doctor {
            outside: false,
            lang: Lang::En,
        },
        Request::Alerts {
            open: false,
            limit: 50,
            before: None,
            lang: Lang::En,
        },
        Request::Audit {
            after: 0,
            limit: 200,
            before: None,
            lang: Some(Lang::En),
        },
    ] {
        let answer = ask(&app, request).await;
        all.push_str(&serde_json::to_string(&answer).unwrap());
        all.push_str(&format!("{answer:?}"));
    }
    for secret in [TOKEN, "panel.example", "token="] {
        assert!(!all.contains(secret), "{secret}");
    }
    assert!(all.contains("vault:airport"));
    app.stop().await;
}
