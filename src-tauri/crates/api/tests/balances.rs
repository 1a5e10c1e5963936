//! Accounts that are told by a spec: their fields by line, a provider of one's own, what is offered, and the units of
//! guards over real looks.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fall over; that is its answer"
)]

mod kit;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use kit::{Stage, ask, secrets};
use serde_json::json;
use tidegate_api::config::{self, Findings, ItemKind};
use tidegate_api::request::{Item, Items};
use tidegate_api::words::Lang;
use tidegate_api::{App, ErrorCode, Face, Request, Response};
use tidegate_egress as egress;

/// A wire that answers balances; counts what it was asked.
#[derive(Default)]
struct Wire {
    asked: AtomicUsize,
}

#[async_trait]
impl egress::Transport for Wire {
    async fn exchange(&self, request: egress::Request) -> Result<egress::Response, egress::Failure> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let body = match request.url.host_str() {
            Some("api.deepseek.com") => json!({"is_available": true, "balance_infos": [
                {"currency": "CNY", "total_balance": "40.00"}, {"currency": "USD", "total_balance": "4.20"}]}),
            Some("api.stepfun.com") => json!({"balance": 13.37}),
            _ => json!({"left": "9.50"}),
        };
        Ok(egress::Response {
            status: 200,
            headers: Vec::new(),
            body: body.to_string().into(),
        })
    }
}

const OWN: &str = r#"id = "mine"
name = "Mine"
category = "data"
docs_url = "https://api.mine.example/docs"
min_interval = "10m"
interval = "30m"

[[param]]
key = "key"
label = { zh = "密钥", en = "Key" }
secret = true

[auth]
kind = "bearer"
param = "key"

[[request]]
id = "b"
url = "https://api.mine.example/balance"

[[metric]]
id = "balance"
kind = "balance"
name = "Balance"
unit = "EUR"
value = { ptr = "/left" }
"#;

fn told(findings: &Findings) -> Vec<String> {
    findings
        .0
        .iter()
        .map(|finding| finding.render(Lang::En))
        .collect()
}

fn mistakes(text: &str) -> Vec<String> {
    told(&config::parse(text, &config::nothing()).unwrap_err())
}

#[test]
fn an_account_takes_the_parameters_and_secrets_of_its_spec_and_no_others() {
    let text = r#"[[account]]
id = "kimi"
provider = "moonshot"
interval = "10s"
site = "china"
params = { host = "evil.example.com", team = "x" }
secret = { sk = "vault:kimi" }
"#;
    let told = mistakes(text);
    let wanted = [
        "line 4, account[0].interval: not allowed; use a span from 1m to 1d",
        "line 5, account[0].site: unknown key",
        "line 6, account[0].params.host: not allowed; use api.moonshot.cn | api.moonshot.ai",
        "line 6, account[0].params.team: unknown key; known here: host",
        "line 7, account[0].secret.sk: unknown key",
        "line 7, account[0].secret.key: is missing",
    ];
    assert_eq!(told.len(), wanted.len(), "{told:#?}");
    for line in wanted {
        assert!(
            told.iter().any(|told| told.starts_with(line)),
            "{line}: {told:#?}"
        );
    }
}

#[test]
fn a_consent_a_base_and_a_missing_parameter_are_told_by_their_field() {
    let account = |provider: &str, params: &str| {
        format!(
            "[[account]]\nid = \"a\"\nprovider = \"{provider}\"\n{params}\nsecret = {{ key = \"vault:a\", ak = \"vault:a\", sk = \"vault:a\" }}"
        )
    };
    let missing = mistakes(&account("aws-ce", ""));
    assert!(
        missing
            .iter()
            .any(|line| line.contains("account[0].params.accept_cost: is missing")),
        "{missing:#?}"
    );
    let refused = mistakes(&account(
        "oneapi",
        "params = { base = \"http://gateway.example.com\" }",
    ));
    assert!(
        refused
            .iter()
            .any(|line| line.contains("params.base: not allowed; use an https address")),
        "{refused:#?}"
    );
    let unknown = mistakes(&account("openrooter", ""));
    assert!(
        unknown
            .iter()
            .any(|line| line.contains("account[0].provider: not allowed") && line.contains("openrouter"))
    );
    let literal = mistakes(&account("deepseek", "").replace("vault:a", "sk-FAKE-in-clear"));
    assert!(literal.iter().all(|line| !line.contains("FAKE")), "{literal:#?}");
}

#[test]
fn an_account_prints_and_reads_back_the_same() {
    let text = r#"[[account]]
id = "relay"
provider = "newapi-user"
endpoint = "http://127.0.0.1:8080"
params = { base = "https://gateway.example.com", uid = "7" }
secret = { key = "env:RELAY_KEY" }
"#;
    let read = config::parse(text, &config::nothing()).unwrap();
    assert_eq!(
        read.accounts[0].interval.as_secs(),
        15 * 60,
        "the spec's own interval"
    );
    let again = config::parse(&config::print(&read), &config::nothing()).unwrap();
    assert_eq!(again, read);
}

async fn app(stage: &Stage, wire: &Arc<Wire>) -> App {
    let mut options = stage.options.clone();
    options.transport = Some(wire.clone());
    App::open(options).await.unwrap()
}

async fn save(app: &App, account: serde_json::Value, guards: Vec<serde_json::Value>) {
    let id = account["id"].as_str().unwrap().to_owned();
    let items = Items {
        account: vec![Item(account)],
        guard: guards.into_iter().map(Item).collect(),
        ..Items::default()
    };
    let request = Request::Save {
        items,
        remove: Vec::new(),
        secrets: [(id, secrets(&[("key", "FAKE-key")]))].into(),
    };
    app.handle(request, "test").await.unwrap();
}

async fn checked(app: &App) -> serde_json::Value {
    let answer = ask(
        app,
        Request::Check {
            accounts: Vec::new(),
            lang: Lang::En,
        },
    )
    .await;
    serde_json::to_value(answer).unwrap()
}

/// Every text of a kind below a value.
fn all<'v>(value: &'v serde_json::Value, key: &str, found: &mut Vec<&'v serde_json::Value>) {
    match value {
        serde_json::Value::Object(object) => {
            for (name, inner) in object {
                if name == key {
                    found.push(inner);
                }
                all(inner, key, found);
            }
        }
        serde_json::Value::Array(list) => list.iter().for_each(|inner| all(inner, key, found)),
        _ => {}
    }
}

#[tokio::test]
async fn a_guard_of_all_meters_judges_those_of_its_units_and_leaves_the_others_out() {
    let home = tempfile::tempdir().unwrap();
    let (stage, wire) = (Stage::new(home.path()), Arc::<Wire>::default());
    let app = app(&stage, &wire).await;
    app.run().await.unwrap();
    let guard = json!({ "id": "low", "account": "ds", "meter": "*", "steps": ["50 CNY"] });
    let account = json!({ "id": "ds", "provider": "deepseek", "secret": { "key": "vault:ds" } });
    save(&app, account, vec![guard]).await;
    let seen = checked(&app).await;
    let mut ids = Vec::new();
    all(&seen, "meters", &mut ids);
    let meters = ids[0].as_array().unwrap();
    let guards = |id: &str| {
        let meter = meters
            .iter()
            .find(|meter| meter.to_string().contains(&format!("\"{id}\"")))
            .unwrap();
        let mut found = Vec::new();
        all(meter, "guards", &mut found);
        found[0].as_array().map_or(0, Vec::len)
    };
    assert_eq!(guards("balance.CNY"), 1, "{seen}");
    assert_eq!(guards("balance.USD"), 0, "{seen}");
    assert_eq!(guards("usable"), 0, "{seen}");
    app.stop().await;
}

#[tokio::test]
async fn a_guard_in_another_currency_is_blind_and_says_why() {
    let home = tempfile::tempdir().unwrap();
    let (stage, wire) = (Stage::new(home.path()), Arc::<Wire>::default());
    let app = app(&stage, &wire).await;
    app.run().await.unwrap();
    let guard = json!({ "id": "low", "account": "step", "meter": "balance", "steps": ["20 USD"] });
    let account = json!({ "id": "step", "provider": "stepfun", "secret": { "key": "vault:step" } });
    save(&app, account, vec![guard]).await;
    let seen = checked(&app).await.to_string();
    assert!(
        seen.contains("the meter counts in CNY, the guard's thresholds in USD: they are never compared"),
        "{seen}"
    );
    app.stop().await;
}

#[tokio::test]
async fn a_provider_of_ones_own_works_after_its_file_was_put_there_and_is_pinned_to_its_host() {
    let home = tempfile::tempdir().unwrap();
    let (stage, wire) = (Stage::new(home.path()), Arc::<Wire>::default());
    let app = app(&stage, &wire).await;
    app.run().await.unwrap();
    let folder = home.path().join("specs");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("mine.toml"), OWN).unwrap();
    let account = json!({ "id": "own", "provider": "mine", "secret": { "key": "vault:own" } });
    save(&app, account.clone(), Vec::new()).await;
    assert!(checked(&app).await.to_string().contains("9.5"));
    let asked = wire.asked.load(Ordering::SeqCst);
    std::fs::write(folder.join("mine.toml"), OWN.replace("api.mine", "api.evil")).unwrap();
    ask(
        &app,
        Request::Apply {
            text: String::new(),
            prune: false,
        },
    )
    .await;
    let seen = checked(&app).await.to_string();
    assert!(seen.contains("save the account again"), "{seen}");
    assert_eq!(
        wire.asked.load(Ordering::SeqCst),
        asked,
        "the new host was asked nothing"
    );
    save(&app, account, Vec::new()).await;
    assert!(checked(&app).await.to_string().contains("9.5"));
    app.stop().await;
}

#[tokio::test]
async fn a_wrong_file_is_told_by_doctor_and_validate_and_harms_no_other() {
    let home = tempfile::tempdir().unwrap();
    let (stage, wire) = (Stage::new(home.path()), Arc::<Wire>::default());
    let folder = home.path().join("specs");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("good.toml"), OWN).unwrap();
    let bad = OWN
        .replace("\"mine\"", "\"bad\"")
        .replace("unit = \"EUR\"", "unit = \"euros\"");
    std::fs::write(folder.join("bad.toml"), bad).unwrap();
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let app = app(&stage, &wire).await;
    app.run().await.unwrap();
    let refused = app
        .handle(Request::Validate { text: String::new() }, "test")
        .await
        .unwrap_err();
    assert_eq!(refused.code, ErrorCode::ConfigInvalid);
    let said = serde_json::to_string(&refused).unwrap();
    assert!(said.contains("specs/bad.toml: metric[0].unit"), "{said}");
    let doctor = ask(
        &app,
        Request::Doctor {
            outside: false,
            lang: Lang::En,
        },
    )
    .await;
    let said = serde_json::to_string(&doctor).unwrap();
    assert!(
        said.contains("specs/bad.toml: line 25, metric[0].unit: not allowed"),
        "{said}"
    );
    let account = json!({ "id": "own", "provider": "mine", "secret": { "key": "vault:own" } });
    save(&app, account, Vec::new()).await;
    assert!(checked(&app).await.to_string().contains("9.5"));
    app.stop().await;
}

#[tokio::test]
async fn every_provider_is_offered_with_its_fields_in_both_languages() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let app = stage.app().await;
    let offered = |lang| {
        let app = &app;
        async move {
            match ask(app, Request::Catalogue { lang }).await {
                Response::Catalogue(view) => view,
                other => panic!("{other:?}"),
            }
        }
    };
    let en = offered(Lang::En).await;
    let moonshot = en.providers.iter().find(|entry| entry.id == "moonshot").unwrap();
    assert_eq!(moonshot.fields[1].choices, ["api.moonshot.cn", "api.moonshot.ai"]);
    assert!(moonshot.fields[0].secret && !moonshot.fields[1].secret);
    let zhipu = en.providers.iter().find(|entry| entry.id == "zhipu").unwrap();
    assert_eq!(zhipu.standing, "experimental");
    let zh = offered(Lang::Zh).await;
    assert_eq!(zh.providers.len(), 40);
    assert!(
        zh.providers
            .iter()
            .all(|entry| !entry.name.is_empty() && !entry.keys_at.is_empty())
    );
    let _ = ItemKind::Account;
}
