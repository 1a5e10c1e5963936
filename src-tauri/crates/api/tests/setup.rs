//! Setting up by data: items in and out, drafts with their mistakes and contracts, saving with secrets, presets.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fall over; that is its answer"
)]

mod kit;

use kit::{Stage, account, ask, guard, items, paths, save_account, secrets};
use serde_json::json;
use tidegate_api::config::{Change, ItemKind};
use tidegate_api::request::{ItemRef, Items};
use tidegate_api::response::{CatalogueView, DraftView, ItemsView};
use tidegate_api::words::Lang;
use tidegate_api::{ErrorCode, Face, Request, Response};

async fn drafted(face: &dyn Face, items: Items, remove: Vec<ItemRef>, lang: Lang) -> DraftView {
    match ask(face, Request::Draft { items, remove, lang }).await {
        Response::Draft(view) => view,
        other => panic!("{other:?}"),
    }
}

async fn configured(face: &dyn Face) -> ItemsView {
    match ask(face, Request::Items).await {
        Response::Items(view) => view,
        other => panic!("{other:?}"),
    }
}

async fn vault(face: &dyn Face) -> Vec<String> {
    match ask(face, Request::VaultList).await {
        Response::VaultItems(view) => view.items,
        other => panic!("{other:?}"),
    }
}

fn gone(kind: ItemKind, id: &str) -> ItemRef {
    ItemRef {
        kind,
        id: id.to_owned(),
    }
}

#[tokio::test]
async fn what_is_saved_comes_back_in_the_same_fields_and_can_be_saved_again_unchanged() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let app = stage.app().await;
    save_account(&app, &stage).await;
    let view = configured(&app).await;
    assert_eq!(view.account[0].0["id"], "hw");
    assert_eq!(view.account[0].0["secret"]["sk"], "vault:hw");
    assert_eq!(view.guard[0].0["limit"], "10 GB");
    assert!(view.channel.is_empty());
    let again = Items {
        account: view.account,
        channel: view.channel,
        guard: view.guard,
        renewal: view.renewal,
        mailbox: view.mailbox,
    };
    let draft = drafted(&app, again, Vec::new(), Lang::En).await;
    assert!(draft.findings.is_empty(), "{:?}", draft.findings);
    assert!(draft.plan.unwrap().is_empty());
}

#[tokio::test]
async fn every_mistake_of_a_draft_stands_beside_its_field_in_the_asked_language() {
    let home = tempfile::tempdir().unwrap();
    let app = Stage::new(home.path()).app().await;
    let wrong = items(
        vec![
            json!({ "id": "Not A Slug", "provider": "huawei", "interval": 5, "secret": { "ak": "FAKE-LITERAL", "sk": "vault:x" } }),
        ],
        vec![json!({ "id": "d", "kind": "desktop", "url": "vault:x" })],
        vec![
            json!({ "id": "g", "account": "nobody", "limit": 1.5, "action": "stop", "colour": "red" }),
            json!({ "id": "g", "account": "nobody", "action": "stop" }),
        ],
    );
    let zh = drafted(&app, wrong.clone(), Vec::new(), Lang::Zh).await;
    let en = drafted(&app, wrong, Vec::new(), Lang::En).await;
    let mut found: Vec<(&str, &str)> = en
        .findings
        .iter()
        .map(|finding| (finding.path.as_str(), finding.code.as_str()))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("account[0].id", "not_allowed"),
            ("account[0].interval", "not_allowed"),
            ("account[0].secret.ak", "literal_secret"),
            ("channel[0].url", "unknown_key"),
            ("guard[0].account", "dangling"),
            ("guard[0].colour", "unknown_key"),
            ("guard[0].limit", "not_allowed"),
            ("guard[1].account", "dangling"),
            ("guard[1].id", "duplicate"),
            ("guard[1].limit", "action_without_limit"),
        ]
    );
    assert_eq!(zh.findings.len(), en.findings.len());
    assert!(zh.plan.is_none() && zh.contracts.is_empty());
    for finding in &en.findings {
        assert!(
            !finding.text.contains("in line") && !finding.text.contains("tidegated"),
            "{}",
            finding.text
        );
        assert!(!finding.text.contains("FAKE"), "{}", finding.text);
    }
    for finding in &zh.findings {
        assert!(
            finding
                .text
                .chars()
                .any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
            "{}",
            finding.text
        );
    }
}

#[tokio::test]
async fn a_draft_tells_the_overshoot_of_each_meter_that_its_guard_would_match() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let app = stage.app().await;
    save_account(&app, &stage).await;
    app.run().await.unwrap();
    let check = Request::Check {
        accounts: Vec::new(),
        lang: Lang::En,
    };
    let Response::Meters(view) = ask(&app, check).await else {
        panic!("no meters");
    };
    let mut changed = guard("hw-traffic", "hw");
    changed["bandwidth"] = "30 Mbit".into();
    let draft = drafted(
        &app,
        items(Vec::new(), Vec::new(), vec![changed]),
        Vec::new(),
        Lang::En,
    )
    .await;
    assert_eq!(draft.contracts.len(), view.meters.len());
    for contract in &draft.contracts {
        assert!(contract.matched && contract.reserve_advised.is_some());
        assert!(!contract.text.is_empty() && !contract.meter_name.is_empty());
    }
    let mut other = guard("another", "hw");
    other["meter"] = "pkg-nobody-knows".into();
    let draft = drafted(
        &app,
        items(Vec::new(), Vec::new(), vec![other]),
        Vec::new(),
        Lang::Zh,
    )
    .await;
    assert_eq!(draft.contracts.len(), 1);
    assert!(!draft.contracts[0].matched);
    app.stop().await;
}

#[tokio::test]
async fn saving_stores_the_secrets_and_removing_an_account_takes_them_and_its_guards() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let app = stage.app().await;
    save_account(&app, &stage).await;
    assert_eq!(vault(&app).await, ["hw"]);
    let remove = vec![gone(ItemKind::Account, "hw")];
    let draft = drafted(&app, Items::default(), remove.clone(), Lang::En).await;
    assert_eq!(draft.plan.unwrap().vault_removed, ["hw"]);
    let save = Request::Save {
        items: Items::default(),
        remove,
        secrets: Default::default(),
    };
    let Response::Plan(plan) = ask(&app, save).await else {
        panic!("no plan");
    };
    let removed: Vec<(ItemKind, &str)> = plan
        .items
        .iter()
        .filter(|item| item.change == Change::Remove)
        .map(|item| (item.kind, item.id.as_str()))
        .collect();
    assert_eq!(
        removed,
        [(ItemKind::Account, "hw"), (ItemKind::Guard, "hw-traffic")]
    );
    assert_eq!(plan.vault_removed, ["hw"]);
    assert!(vault(&app).await.is_empty());
    assert!(configured(&app).await.account.is_empty());
}

#[tokio::test]
async fn a_secret_that_another_item_still_needs_stays() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let app = stage.app().await;
    save_account(&app, &stage).await;
    let mut second = account("hw-two");
    second["secret"] = json!({ "ak": "vault:hw", "sk": "vault:hw" });
    let save = |items, remove| Request::Save {
        items,
        remove,
        secrets: Default::default(),
    };
    ask(
        &app,
        save(items(vec![second], Vec::new(), Vec::new()), Vec::new()),
    )
    .await;
    ask(&app, save(Items::default(), vec![gone(ItemKind::Account, "hw")])).await;
    assert_eq!(vault(&app).await, ["hw"]);
}

#[tokio::test]
async fn a_save_that_fails_leaves_vault_and_items_as_they_were() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    // The vault of the first program is its own; the lease is what makes the second one fail.
    let holder = stage.app().await;
    holder.run().await.unwrap();
    let app = stage.app().await;
    let save = Request::Save {
        items: items(vec![account("hw")], Vec::new(), Vec::new()),
        remove: Vec::new(),
        secrets: [("hw".to_owned(), stage.secrets())].into(),
    };
    let error = app.handle(save, "test").await.unwrap_err();
    assert_eq!(error.code, ErrorCode::NotHolder, "{error:?}");
    assert!(vault(&app).await.is_empty());
    assert!(configured(&app).await.account.is_empty());
    holder.stop().await;
}

#[tokio::test]
async fn a_save_with_mistakes_tells_the_same_findings_and_stores_nothing() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let app = stage.app().await;
    let save = Request::Save {
        items: items(
            vec![account("hw")],
            Vec::new(),
            vec![json!({ "id": "g", "account": "hw", "limit": "soon" })],
        ),
        remove: vec![gone(ItemKind::Channel, "nobody")],
        secrets: [("hw".to_owned(), stage.secrets())].into(),
    };
    let error = app.handle(save, "test").await.unwrap_err();
    assert_eq!(error.code, ErrorCode::ConfigInvalid);
    assert_eq!(paths(&error), ["guard[0].limit", "remove[0]"]);
    assert!(vault(&app).await.is_empty());
}

#[tokio::test]
async fn a_secret_that_nothing_refers_to_is_not_stored() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let app = stage.app().await;
    let save = Request::Save {
        items: items(vec![account("hw")], Vec::new(), Vec::new()),
        remove: Vec::new(),
        secrets: [("other".to_owned(), secrets(&[("ak", "FAKE")]))].into(),
    };
    let error = app.handle(save, "test").await.unwrap_err();
    assert_eq!(error.code, ErrorCode::BadRequest);
    assert!(vault(&app).await.is_empty());
    assert!(configured(&app).await.account.is_empty());
}

#[tokio::test]
async fn a_new_secret_of_a_known_account_is_used_at_once() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let app = stage.app().await;
    let save = |secrets| Request::Save {
        items: items(vec![account("hw")], Vec::new(), Vec::new()),
        remove: Vec::new(),
        secrets: [("hw".to_owned(), secrets)].into(),
    };
    let key = stage.key();
    ask(&app, save(secrets(&[("ak", &key.ak), ("sk", "FAKE-wrong")]))).await;
    let check = || Request::Check {
        accounts: Vec::new(),
        lang: Lang::En,
    };
    let Response::Meters(view) = ask(&app, check()).await else {
        panic!("no meters");
    };
    assert_eq!(view.blind_accounts.len(), 1);
    ask(&app, save(stage.secrets())).await;
    let Response::Meters(view) = ask(&app, check()).await else {
        panic!("no meters");
    };
    assert!(view.blind_accounts.is_empty() && !view.meters.is_empty());
}

#[tokio::test]
async fn removing_a_channel_takes_its_name_out_of_the_guards() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let app = stage.app().await;
    save_account(&app, &stage).await;
    let mut named = guard("hw-traffic", "hw");
    named["channels"] = json!(["screen"]);
    let save = Request::Save {
        items: items(
            Vec::new(),
            vec![json!({ "id": "screen", "kind": "desktop" })],
            vec![named],
        ),
        remove: Vec::new(),
        secrets: Default::default(),
    };
    ask(&app, save).await;
    assert_eq!(configured(&app).await.channel[0].0["kind"], "desktop");
    let remove = Request::Save {
        items: Items::default(),
        remove: vec![gone(ItemKind::Channel, "screen")],
        secrets: Default::default(),
    };
    ask(&app, remove).await;
    let view = configured(&app).await;
    assert!(view.channel.is_empty());
    assert_eq!(view.guard[0].0["channels"], json!([]));
}

#[tokio::test]
async fn the_ids_of_the_demonstration_are_its_own() {
    let home = tempfile::tempdir().unwrap();
    let app = Stage::new(home.path()).app().await;
    let draft = drafted(
        &app,
        items(vec![account("tidegate-demo")], Vec::new(), Vec::new()),
        Vec::new(),
        Lang::En,
    )
    .await;
    assert_eq!(draft.findings[0].path, "account[0].id");
    assert_eq!(draft.findings[0].code, "reserved");
    let apply = Request::Apply {
        text: "[[account]]\nid = \"tidegate-demo\"\nprovider = \"huawei\"\n[account.secret]\nak = \"env:A\"\nsk = \"env:B\"\n".to_owned(),
        prune: false,
    };
    assert_eq!(
        app.handle(apply, "test").await.unwrap_err().code,
        ErrorCode::ConfigInvalid
    );
}

async fn presets(face: &dyn Face, lang: Lang) -> CatalogueView {
    match ask(face, Request::Catalogue { lang }).await {
        Response::Catalogue(view) => *view,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_preset_is_told_in_both_languages_and_every_template_is_a_guard() {
    let home = tempfile::tempdir().unwrap();
    let app = Stage::new(home.path()).app().await;
    let (zh, en) = (presets(&app, Lang::Zh).await, presets(&app, Lang::En).await);
    let han = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let texts = |view: &CatalogueView| -> Vec<String> {
        let mut texts = Vec::new();
        for provider in &view.providers {
            texts.extend([provider.name.clone(), provider.keys_at.clone()]);
            texts.extend(provider.policies.iter().map(|policy| policy.name.clone()));
            texts.extend(provider.sites.iter().map(|site| site.name.clone()));
            texts.extend(
                provider
                    .fields
                    .iter()
                    .flat_map(|field| [field.label.clone(), field.hint.clone()]),
            );
        }
        for kind in &view.channels {
            texts.extend([kind.name.clone(), kind.hint.clone()]);
            texts.extend(
                kind.fields
                    .iter()
                    .flat_map(|field| [field.label.clone(), field.hint.clone()]),
            );
        }
        texts.extend(
            view.templates
                .iter()
                .flat_map(|template| [template.name.clone(), template.sentence.clone()]),
        );
        texts
    };
    assert_eq!(texts(&zh).len(), texts(&en).len());
    for (zh, en) in texts(&zh).iter().zip(texts(&en)) {
        // A name such as OpenRouter is the same in both.
        assert!((*zh == en || han(zh)) && !han(&en), "{zh} / {en}");
    }
    for template in &en.templates {
        let mut guard = template.guard.0.clone();
        guard["id"] = template.id.clone().replace('_', "-").into();
        guard["account"] = "hw".into();
        let draft = drafted(
            &app,
            items(vec![account("hw")], Vec::new(), vec![guard]),
            Vec::new(),
            Lang::En,
        )
        .await;
        assert!(draft.findings.is_empty(), "{}: {:?}", template.id, draft.findings);
    }
    let desktop = en.channels.iter().find(|kind| kind.id == "desktop").unwrap();
    assert!(desktop.available);
}

#[tokio::test]
async fn without_a_desktop_the_catalogue_says_that_notices_cannot_be_shown() {
    let home = tempfile::tempdir().unwrap();
    let mut stage = Stage::new(home.path());
    stage.options.notices = None;
    let view = presets(&stage.app().await, Lang::En).await;
    let desktop = view.channels.iter().find(|kind| kind.id == "desktop").unwrap();
    assert!(!desktop.available);
}

#[tokio::test]
async fn no_answer_shows_a_secret_and_neither_does_a_request_in_a_log() {
    const CANARY: &str = "FAKE-canary-5f1c";
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let app = stage.app().await;
    let fields = || secrets(&[("ak", CANARY), ("sk", CANARY)]);
    let literal =
        json!({ "id": "x", "provider": "huawei", "secret": { "ak": CANARY, "sk": CANARY }, "name": CANARY });
    let literal_items = || items(vec![literal.clone()], Vec::new(), Vec::new());
    let requests = [
        Request::Save {
            items: items(vec![account("hw")], Vec::new(), Vec::new()),
            remove: Vec::new(),
            secrets: [("hw".to_owned(), fields())].into(),
        },
        Request::Draft {
            items: literal_items(),
            remove: Vec::new(),
            lang: Lang::En,
        },
        Request::Save {
            items: literal_items(),
            remove: Vec::new(),
            secrets: Default::default(),
        },
        Request::TryAccount {
            account: tidegate_api::request::Item(json!({ "id": "t", "provider": "huawei" })),
            secrets: fields(),
            lang: Lang::En,
        },
        Request::TryChannel {
            channel: tidegate_api::request::Item(json!({ "id": "c", "kind": "feishu" })),
            secrets: secrets(&[(
                "url",
                &format!("https://open.feishu.cn/open-apis/bot/v2/hook/{CANARY}"),
            )]),
            lang: Lang::En,
        },
        Request::Items,
        Request::Export,
        Request::Channels,
        Request::VaultList,
        Request::Audit {
            after: 0,
            limit: 100,
            before: None,
            lang: None,
        },
    ];
    for request in requests {
        let logged = format!("{request:?}");
        assert!(!logged.contains(CANARY), "{logged}");
        let answer = app.handle(request, "test").await;
        let told = match &answer {
            Ok(response) => serde_json::to_string(response).unwrap() + &format!("{response:?}"),
            Err(error) => serde_json::to_string(error).unwrap() + &format!("{error:?} {error}"),
        };
        assert!(!told.contains(CANARY), "{logged}: {told}");
    }
    app.stop().await;
    for entry in walk(home.path()) {
        let bytes = std::fs::read(&entry).unwrap();
        let found = bytes
            .windows(CANARY.len())
            .any(|window| window == CANARY.as_bytes());
        assert!(!found, "{}", entry.display());
    }
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(walk(&path));
        } else {
            files.push(path);
        }
    }
    files
}

#[tokio::test]
async fn texts_applied_at_once_take_none_of_the_others_back() {
    let home = tempfile::tempdir().unwrap();
    let app = Stage::new(home.path()).app().await;
    let names: Vec<String> = (0..8).map(|number| format!("c{number}")).collect();
    let apply = |name: &String| {
        let text = format!("[[channel]]\nid = \"{name}\"\nkind = \"desktop\"\n");
        app.handle(Request::Apply { text, prune: false }, "test")
    };
    for applied in futures_util::future::join_all(names.iter().map(apply)).await {
        applied.unwrap();
    }
    let view = configured(&app).await;
    let there: Vec<&str> = view
        .channel
        .iter()
        .filter_map(|item| item.0["id"].as_str())
        .collect();
    assert_eq!(there, names);
}

#[tokio::test]
async fn what_is_saved_while_a_text_is_applied_stays() {
    let home = tempfile::tempdir().unwrap();
    let stage = Stage::new(home.path());
    let app = stage.app().await;
    let text = "[[channel]]\nid = \"ops\"\nkind = \"desktop\"\n".to_owned();
    let (applied, ()) = tokio::join!(
        app.handle(Request::Apply { text, prune: false }, "config"),
        save_account(&app, &stage)
    );
    applied.unwrap();
    let view = configured(&app).await;
    assert_eq!(
        (view.channel.len(), view.account.len(), view.guard.len()),
        (1, 1, 1)
    );
}
