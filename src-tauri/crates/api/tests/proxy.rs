//! An account of a proxy kernel as a person sets it up: what may be said of it, the trial, and that it needs no meter.
#![expect(clippy::panic, reason = "a test may fall over; that is its answer")]

mod kit;

use kit::{Stage, ask, items, secrets};
use serde_json::{Value, json};
use tidegate_api::config::{Allowed, Fault, merge, nothing, parse, print};
use tidegate_api::request::{Item, SecretFields};
use tidegate_api::response::TriedView;
use tidegate_api::words::{Lang, Reason};
use tidegate_api::{Face as _, Request, Response};
use tidegate_sim::World;
use tidegate_sim::proxy::{Dialect, Feed, FeedInfo, SimKernel};

const WHOLE: &str = r#"[[account]]
id = "home"
provider = "proxy"
name = "家里的路由"
interval = "10m"

[account.params]
controller = "http://192.168.1.1:9090"
device = "router"
local_nodes = "nas, 公司"
logs = "off"

[account.secret]
secret = "vault:home"
"#;

#[test]
fn an_account_of_a_kernel_comes_back_as_it_was_printed() {
    let read = merge(&nothing(), &parse(WHOLE, &nothing()).unwrap(), false);
    let account = &read.accounts[0];
    assert_eq!(
        (account.provider.as_str(), account.params["device"].as_str()),
        ("proxy", "router")
    );
    let again = parse(&print(&read), &nothing()).unwrap();
    assert_eq!(merge(&nothing(), &again, false), read);
    let least = "[[account]]\nid = \"home\"\nprovider = \"proxy\"\n";
    assert!(
        parse(least, &nothing()).unwrap().accounts[0].secret.is_empty(),
        "auto, and without a secret"
    );
}

#[test]
fn every_mistake_names_its_field_and_what_is_allowed_in_both_languages_and_never_the_value() {
    let text = r#"[[account]]
id = "home"
provider = "proxy"
regions = ["FAKE-1"]

[account.params]
controller = "http://FAKE.example:9090"
device = "FAKE Device"
local_nodes = ","
logs = "FAKE"
certificate = "FAKE"
nodes = "FAKE"

[account.secret]
secret = "FAKE-in-clear"
"#;
    let found = parse(text, &nothing()).unwrap_err().0;
    for key in ["controller", "device", "local_nodes", "logs", "certificate"] {
        let path = format!("account[0].params.{key}");
        let finding = found
            .iter()
            .find(|finding| finding.path == path)
            .unwrap_or_else(|| panic!("{path}"));
        assert!(
            matches!(&finding.fault, Fault::NotAllowed(Allowed::Described { .. })),
            "{finding:?}"
        );
    }
    let codes: Vec<String> = found.iter().map(tidegate_api::config::Finding::code).collect();
    assert_eq!(
        codes.iter().filter(|code| *code == "unknown_key").count(),
        2,
        "regions and nodes"
    );
    assert!(codes.contains(&"literal_secret".to_owned()));
    for finding in &found {
        let said = format!("{}{}", finding.render(Lang::Zh), finding.render(Lang::En));
        assert!(!said.contains("FAKE"), "{said}");
    }
}

async fn tried(app: &tidegate_api::App, controller: &str, secret: SecretFields) -> TriedView {
    let account = json!({ "id": "home", "provider": "proxy", "params": { "controller": controller } });
    let request = Request::TryAccount {
        account: Item(account),
        secrets: secret,
        lang: Lang::En,
    };
    match ask(app, request).await {
        Response::Tried(view) => *view,
        other => panic!("{other:?}"),
    }
}

/// A stage in real time: the kernel's sockets are real.
fn stage(home: &std::path::Path) -> Stage {
    Stage::at(home, World::new(7), 1)
}

#[tokio::test]
async fn a_kernel_without_subscriptions_is_well_though_it_has_no_meter() {
    let home = tempfile::tempdir().unwrap();
    let stage = stage(home.path());
    let app = stage.app().await;
    let kernel = SimKernel::live(Dialect::SingBox);
    kernel.set_secret("FAKE-secret");
    let controller = format!("http://{}", kernel.listen().await.unwrap());
    let view = tried(&app, &controller, secrets(&[("secret", "FAKE-secret")])).await;
    assert!(view.ok && view.meters.is_empty(), "{view:?}");
    let refused = tried(&app, &controller, secrets(&[("secret", "FAKE-other")])).await;
    assert_eq!((refused.ok, refused.reason), (false, Some(Reason::Auth)));
    assert!(refused.detail.unwrap().contains("secret"));
    let save = Request::Save {
        items: items(vec![account(&controller)], Vec::new(), Vec::new()),
        remove: Vec::new(),
        secrets: [("home".to_owned(), secrets(&[("secret", "FAKE-secret")]))].into(),
    };
    app.handle(save, "test").await.unwrap();
    let Response::Doctor(rows) = ask(
        &app,
        Request::Doctor {
            lang: Lang::En,
            outside: true,
        },
    )
    .await
    else {
        panic!("no footings");
    };
    let row = rows.iter().find(|row| row.what == "account:home").unwrap();
    assert!(row.ok, "{row:?}");
}

fn account(controller: &str) -> Value {
    json!({
        "id": "home", "provider": "proxy", "params": { "controller": controller },
        "secret": { "secret": "vault:home" },
    })
}

#[tokio::test]
async fn what_a_subscription_of_the_kernel_has_left_is_a_meter_like_any_other() {
    let home = tempfile::tempdir().unwrap();
    let stage = stage(home.path());
    let app = stage.app().await;
    let kernel = SimKernel::live(Dialect::Mihomo);
    kernel.add_feed(Feed {
        name: "airport-a".to_owned(),
        nodes: Vec::new(),
        info: Some(FeedInfo {
            upload: 1,
            download: 2,
            total: 100,
            expire: 0,
        }),
        updated_at: "2026-01-15T07:00:00Z".to_owned(),
    });
    let view = tried(
        &app,
        &format!("http://{}", kernel.listen().await.unwrap()),
        secrets(&[]),
    )
    .await;
    assert!(view.ok, "{view:?}");
    assert_eq!(view.meters[0].remaining.unwrap().raw(), 97);
}

#[tokio::test]
async fn the_wizard_offers_the_kernel_in_both_languages_and_only_fields_that_the_format_knows() {
    let home = tempfile::tempdir().unwrap();
    let app = stage(home.path()).app().await;
    for lang in [Lang::Zh, Lang::En] {
        let Response::Catalogue(view) = ask(&app, Request::Catalogue { lang }).await else {
            panic!("no catalogue");
        };
        let entry = view.providers.iter().find(|entry| entry.id == "proxy").unwrap();
        let keys: Vec<&str> = entry.fields.iter().map(|field| field.key.as_str()).collect();
        assert_eq!(
            keys,
            [
                "controller",
                "secret",
                "device",
                "local_nodes",
                "logs",
                "certificate"
            ]
        );
        assert!(
            entry
                .fields
                .iter()
                .all(|field| !field.label.is_empty() && !field.hint.is_empty())
        );
        assert!(
            entry
                .fields
                .iter()
                .all(|field| !field.required && field.secret == (field.key == "secret"))
        );
    }
}
