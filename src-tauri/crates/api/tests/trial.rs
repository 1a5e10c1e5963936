//! Trials against the simulated cloud: what a key can see, what it lacks, and that nothing stays behind.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fall over; that is its answer"
)]

mod kit;

use kit::{Stage, ask, paths, secrets};
use serde_json::{Value, json};
use tidegate_api::request::{Item, SecretFields};
use tidegate_api::response::{CatalogueView, TriedView};
use tidegate_api::words::{Lang, Reason};
use tidegate_api::{ErrorCode, Face, Request, Response};
use tidegate_sim::proxy::{Dialect, SimKernel};
use tidegate_sim::{Rights, World, gib, mbit};

async fn tried(face: &dyn Face, account: Value, secrets: SecretFields, lang: Lang) -> TriedView {
    let request = Request::TryAccount {
        account: Item(account),
        secrets,
        lang,
    };
    match ask(face, request).await {
        Response::Tried(view) => *view,
        other => panic!("{other:?}"),
    }
}

fn unsaved() -> Value {
    json!({ "id": "hw", "provider": "huawei" })
}

#[tokio::test]
async fn a_good_key_shows_its_site_regions_meters_and_servers_and_leaves_nothing_behind() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let app = stage.app().await;
    let view = tried(&app, unsaved(), stage.secrets(), Lang::En).await;
    assert!(view.ok, "{view:?}");
    assert_eq!(view.site.as_deref(), Some("china"));
    assert!(
        view.regions.contains(&"ap-southeast-1".to_owned()),
        "{:?}",
        view.regions
    );
    assert!(
        view.meters
            .iter()
            .all(|meter| meter.as_of.is_some() && meter.remaining.is_some())
    );
    assert!(view.meters.len() >= 3 && !view.targets.is_empty());
    assert!(view.missing_rights.is_empty(), "{:?}", view.missing_rights);
    assert_eq!((view.reason, view.next), (None, None));
    let Response::Items(items) = ask(&app, Request::Items).await else {
        panic!("no items");
    };
    assert!(items.account.is_empty());
    let Response::VaultItems(vault) = ask(&app, Request::VaultList).await else {
        panic!("no vault");
    };
    assert!(vault.items.is_empty());
    assert_eq!(std::fs::read_dir(home.path().join("cache")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_wrong_secret_is_told_with_its_reason_and_the_next_step_in_both_languages() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let app = stage.app().await;
    let wrong = || secrets(&[("ak", &stage.key().ak), ("sk", "FAKE-wrong")]);
    let en = tried(&app, unsaved(), wrong(), Lang::En).await;
    assert!(!en.ok && en.meters.is_empty());
    assert_eq!(en.reason, Some(Reason::Auth));
    assert!(en.detail.unwrap().contains("secret key does not belong"));
    assert!(en.next.unwrap().contains("check the key"));
    let zh = tried(&app, unsaved(), wrong(), Lang::Zh).await;
    assert!(zh.next.unwrap().contains("检查密钥"));
}

#[tokio::test]
async fn an_account_with_mistakes_is_refused_before_anybody_is_asked() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let app = stage.app().await;
    let request = Request::TryAccount {
        account: Item(json!({ "id": "hw", "provider": "hwcloud", "secret": { "ak": "FAKE-LITERAL" } })),
        secrets: secrets(&[("sk", "FAKE")]),
        lang: Lang::En,
    };
    let error = app.handle(request, "test").await.unwrap_err();
    assert_eq!(error.code, ErrorCode::ConfigInvalid);
    assert_eq!(paths(&error), ["account[0].provider", "account[0].secret.ak"]);
    assert!(stage.world.requests().is_empty());
}

#[tokio::test]
async fn a_key_that_stands_in_the_vault_need_not_be_typed_again() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let app = stage.app().await;
    kit::save_account(&app, &stage).await;
    let view = tried(&app, kit::account("hw"), SecretFields::new(), Lang::En).await;
    assert!(view.ok, "{view:?}");
}

/// The classic rights of the policies that the catalogue offers.
async fn offered(face: &dyn Face, ids: &[&str]) -> Vec<String> {
    let Response::Catalogue(view) = ask(face, Request::Catalogue { lang: Lang::En }).await else {
        panic!("no catalogue");
    };
    let CatalogueView { providers, .. } = *view;
    let wanted = providers[0]
        .policies
        .iter()
        .filter(|policy| ids.contains(&policy.id.as_str()));
    let mut rights = Vec::new();
    for policy in wanted {
        let text: Value = serde_json::from_str(&policy.text).unwrap();
        let actions = text["Statement"][0]["Action"].as_array().unwrap();
        rights.extend(actions.iter().map(|action| action.as_str().unwrap().to_owned()));
    }
    rights
}

fn world(rights: &[String]) -> tidegate_sim::Builder {
    let rights: Vec<&str> = rights.iter().map(String::as_str).collect();
    World::new(7)
        .account("main")
        .rights(Rights::of(&rights))
        .server("web-01")
        .package(gib(200))
        .used(gib(20))
        .burn(mbit(5))
}

/// The rights whose want a trial must tell: the simulated cloud checks each call's right, as the real one does.
const READ: [&str; 5] = [
    "ecs:cloudServers:list",
    "ces:metricData:list",
    "vpc:publicIps:list",
    "rms:resources:list",
    "bss:order:view",
];

#[tokio::test]
async fn the_offered_policies_suffice_and_each_right_that_is_left_out_is_named() {
    let home = tempfile::tempdir().unwrap();
    let whole = {
        let app = Stage::new(home.path()).app().await;
        offered(&app, &["watch_regional", "watch_global"]).await
    };
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::over(home.path(), world(&whole));
    let view = tried(&stage.app().await, unsaved(), stage.secrets(), Lang::En).await;
    assert!(view.ok && view.missing_rights.is_empty(), "{view:?}");
    for right in READ {
        assert!(
            whole.iter().any(|offered| offered == right),
            "{right} is not offered"
        );
        let left: Vec<String> = whole
            .iter()
            .filter(|offered| *offered != right)
            .cloned()
            .collect();
        let home = tempfile::tempdir().unwrap();
        let stage = Stage::over(home.path(), world(&left));
        let view = tried(&stage.app().await, unsaved(), stage.secrets(), Lang::En).await;
        let told = view
            .missing_rights
            .iter()
            .chain(&view.detail)
            .any(|text| text.contains(right));
        assert!(told, "{right}: {view:?}");
    }
}

#[tokio::test]
async fn a_stop_needs_no_more_than_the_offered_policies() {
    let home = tempfile::tempdir().unwrap();
    let rights = {
        let app = Stage::new(home.path()).app().await;
        offered(&app, &["watch_regional", "watch_global", "act"]).await
    };
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::over(home.path(), world(&rights));
    let app = stage.app().await;
    kit::save_account(&app, &stage).await;
    let Response::Meters(view) = ask(
        &app,
        Request::Check {
            accounts: Vec::new(),
            lang: Lang::En,
        },
    )
    .await
    else {
        panic!("no meters");
    };
    let target = view.meters[0].targets[0].clone();
    let stop = Request::Stop {
        account: "hw".parse().unwrap(),
        target: target.id.clone(),
        typed_name: target.name,
        forced: false,
    };
    let Response::Planned(action) = ask(&app, stop).await else {
        panic!("no action");
    };
    assert_eq!(action.state, tidegate_api::words::IntentState::Verified);
    assert!(!stage.world.runs("web-01").unwrap());
    let start = Request::Restore { action: action.id };
    ask(&app, start).await;
    assert!(stage.world.runs("web-01").unwrap());
}

#[tokio::test]
async fn a_channel_is_tried_with_the_address_in_hand_and_nothing_is_stored() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let app = stage.app().await;
    let request = Request::TryChannel {
        channel: Item(json!({ "id": "screen", "kind": "desktop", "language": "en" })),
        secrets: SecretFields::new(),
        lang: Lang::En,
    };
    let Response::Tested(tested) = ask(&app, request).await else {
        panic!("not tested");
    };
    assert_eq!(
        (tested.channel.as_str(), tested.word.as_str()),
        ("screen", "shown")
    );
    assert_eq!(stage.screen.0.lock().unwrap().len(), 1);
    let Response::Channels(channels) = ask(&app, Request::Channels).await else {
        panic!("no channels");
    };
    assert!(channels.is_empty());
    let Response::Audit(rows) = ask(
        &app,
        Request::Audit {
            after: 0,
            limit: 9,
            before: None,
            lang: None,
        },
    )
    .await
    else {
        panic!("no audit");
    };
    assert!(
        rows.iter()
            .any(|row| row.event == "channel.tried" && row.actor == "test"),
        "{rows:?}"
    );
}

#[tokio::test]
async fn a_channel_without_its_address_is_refused_by_its_field() {
    let home = tempfile::tempdir().unwrap();
    let app = Stage::new(home.path()).app().await;
    let request = Request::TryChannel {
        channel: Item(json!({ "id": "ops", "kind": "feishu" })),
        secrets: SecretFields::new(),
        lang: Lang::En,
    };
    let error = app.handle(request, "test").await.unwrap_err();
    assert_eq!(error.code, ErrorCode::ConfigInvalid);
    assert_eq!(error.findings[0].path, "channel[0].url");
}

#[tokio::test]
async fn a_kernel_that_answers_is_taken_though_nothing_is_left_of_it_and_one_with_a_wrong_secret_is_not() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let app = stage.app().await;
    let kernel = SimKernel::live(Dialect::Mihomo);
    kernel.set_secret("FAKE-controller-secret");
    let controller = format!("http://{}", kernel.listen().await.unwrap());
    let account = json!({ "id": "home", "provider": "proxy", "params": { "controller": controller } });
    let given = |secret: &str| secrets(&[("secret", secret)]);
    let view = tried(&app, account.clone(), given("FAKE-controller-secret"), Lang::En).await;
    assert!(view.ok && view.meters.is_empty(), "{view:?}");
    assert_eq!((view.reason, view.next), (None, None));
    let view = tried(&app, account, given("FAKE-other"), Lang::En).await;
    assert_eq!((view.ok, view.reason), (false, Some(Reason::Auth)));
}
