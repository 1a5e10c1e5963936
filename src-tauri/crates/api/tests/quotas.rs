//! Quotas over the face: what a person typed, the sentences, the ledger, the bill, and a sub-account made, disabled and
//! restored in the simulated cloud.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fall over; that is its answer"
)]

mod kit;

use std::path::Path;

use kit::{Stage, ask, items, secrets};
use serde_json::{Value, json};
use tidegate_api::request::Item;
use tidegate_api::response::{QuotaDetailView, QuotaView, QuotasView};
use tidegate_api::words::{IntentState, Lang, Timer as _};
use tidegate_api::{ApiError, App, ErrorCode, Face, Request, Response};
use tidegate_sim::volcengine::{Cloud, MainAccount, Spend};
use tidegate_sim::{World, days};

/// The month that the stage begins in.
const MONTH: &str = "2026-01";

struct House {
    stage: Stage,
    app: App,
    cloud: Cloud,
}

impl House {
    async fn new(home: &Path) -> Self {
        let plan = MainAccount::new("main")
            .project("team-a")
            .project("team-b")
            .user("bob")
            .login()
            .spend(Spend::new("team-a", "24.5").since(days(40)))
            .user("carol")
            .spend(Spend::new("team-b", "1").since(days(40)));
        let stage = Stage::over(home, World::new(1).volcengine(plan).unwrap());
        let (app, cloud) = (stage.app().await, stage.world.volcengine("main").unwrap());
        let house = Self { stage, app, cloud };
        house
            .save(json!({ "id": "volc", "provider": "volcengine",
            "secret": { "ak": "vault:volc", "sk": "vault:volc" } }))
            .await;
        house
            .quotas(Request::SyncQuotas(read(
                json!({ "account": "volc", "lang": "en" }),
            )))
            .await;
        house
    }

    async fn save(&self, account: Value) {
        let key = self.cloud.key().unwrap();
        let id = account["id"].as_str().unwrap().to_owned();
        let request = Request::Save {
            items: items(vec![account], Vec::new(), Vec::new()),
            remove: Vec::new(),
            secrets: [(id, secrets(&[("ak", &key.ak), ("sk", &key.sk)]))].into(),
        };
        ask(&self.app, request).await;
    }

    async fn guarded(&self) {
        let guard = json!({ "id": "quotas", "account": "volc", "steps": ["50%", "80%", "90%"], "limit": "100%",
            "action": "stop" });
        let mut all = items(Vec::new(), Vec::new(), vec![guard]);
        all.account = match ask(&self.app, Request::Items).await {
            Response::Items(known) => known.account.into_iter().map(|item| Item(item.0)).collect(),
            other => panic!("{other:?}"),
        };
        ask(
            &self.app,
            Request::Save {
                items: all,
                remove: Vec::new(),
                secrets: [].into(),
            },
        )
        .await;
    }

    async fn quotas(&self, request: Request) -> QuotasView {
        match ask(&self.app, request).await {
            Response::Quotas(view) => view,
            other => panic!("{other:?}"),
        }
    }

    async fn of(&self, name: &str, lang: &str) -> QuotaView {
        let view = self.quotas(Request::Quotas(read(json!({ "lang": lang })))).await;
        view.users.into_iter().find(|user| user.name == name).unwrap()
    }

    async fn detail(&self, name: &str) -> QuotaDetailView {
        let request = self.about(name, json!({ "request": "quota", "lang": "en" }));
        match ask(&self.app, request).await {
            Response::Quota(view) => *view,
            other => panic!("{other:?}"),
        }
    }

    /// A request about one sub-account, with what else it says.
    fn about(&self, name: &str, mut rest: Value) -> Request {
        rest["account"] = json!("volc");
        rest["user"] = json!(self.cloud.user(name).unwrap().id.to_string());
        read(rest)
    }

    async fn tell(&self, name: &str, rest: Value) -> Result<Response, ApiError> {
        self.app.handle(self.about(name, rest), "test").await
    }

    async fn allocate(&self, name: &str, amount: &str, note: &str) -> Result<Response, ApiError> {
        let rest = json!({ "request": "allocate", "amount": amount, "note": note, "lang": "en" });
        self.tell(name, rest).await
    }

    async fn link(&self, name: &str, project: &str, share: &str, from: &str) -> Result<Response, ApiError> {
        let rest = json!({ "request": "link_project", "project": project, "share": share, "from": from });
        self.tell(name, rest).await
    }
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn refusal(result: Result<Response, ApiError>) -> (ErrorCode, String) {
    let error = result.unwrap_err();
    (error.code, error.detail)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_without_a_project_is_blind_and_says_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    let house = House::new(home.path()).await;
    let bob = house.of("bob", "en").await;
    assert_eq!((bob.spent, bob.granted, bob.projects), (None, None, 0));
    assert!(bob.blind.is_some());
    assert_eq!(bob.sentence, "No project linked, spending unknown; link one.");
    assert_eq!(
        house.of("bob", "zh-CN").await.sentence,
        "没有关联项目，花费未知；请关联一个。"
    );
    house.link("bob", "team-a", "100%", "month").await.unwrap();
    let bob = house.of("bob", "en").await;
    assert_eq!(bob.spent, Some(house.cloud.billed("team-a", MONTH).unwrap()));
    assert_eq!((bob.blind, bob.projects_on), (None, 1));
    assert!(
        bob.sentence.starts_with("No quota: only watched; "),
        "{}",
        bob.sentence
    );
    assert!(
        bob.sentence.ends_with("; the bill runs 1 day behind."),
        "{}",
        bob.sentence
    );
    house.app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sentence_says_what_is_left_and_what_its_guard_does_at_the_end() {
    let home = tempfile::tempdir().unwrap();
    let house = House::new(home.path()).await;
    house.link("bob", "team-a", "100%", "month").await.unwrap();
    house.allocate("bob", "1000 CNY", "").await.unwrap();
    let bob = house.of("bob", "en").await;
    assert!(
        bob.sentence.contains(" of ¥ 1,000.00 left; ") || bob.sentence.contains(" of ¥ 1000.00 left; "),
        "{}",
        bob.sentence
    );
    assert!(
        bob.sentence.contains("no guard watches it: nobody is told"),
        "{}",
        bob.sentence
    );
    house.guarded().await;
    ask(
        &house.app,
        Request::Check {
            accounts: Vec::new(),
            lang: Lang::En,
        },
    )
    .await;
    let bob = house.of("bob", "en").await;
    assert!(
        bob.sentence.contains("its guard is not armed"),
        "{}",
        bob.sentence
    );
    let rules = json!({ "request": "quota_rules", "steps": null, "disable": false, "without_quota": "watch",
        "endpoints": false, "instances": false, "note": "" });
    house.tell("bob", rules).await.unwrap();
    let bob = house.of("bob", "zh-CN").await;
    assert!(bob.sentence.contains("按它的设置不自动停用"), "{}", bob.sentence);
    house.app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_person_typed_wrong_is_told_by_its_field_and_changes_nothing() {
    let home = tempfile::tempdir().unwrap();
    let house = House::new(home.path()).await;
    house.link("bob", "team-a", "100%", "month").await.unwrap();
    for amount in ["100", "0 CNY", "1 GB", "0.0000001 CNY", "ten CNY"] {
        let (code, said) = refusal(house.allocate("bob", amount, "").await);
        assert_eq!(code, ErrorCode::BadRequest, "{amount}");
        assert!(
            said.starts_with("amount: ") && said.contains("-12.50 CNY"),
            "{said}"
        );
    }
    let (code, said) = refusal(house.allocate("bob", "1 CNY", &"x".repeat(501)).await);
    assert_eq!(
        (code, said.split(':').next()),
        (ErrorCode::BadRequest, Some("note"))
    );
    let (code, said) = refusal(house.link("bob", "team-b", "101%", "now").await);
    assert_eq!(
        (code, said.split(':').next()),
        (ErrorCode::BadRequest, Some("share"))
    );
    let bill = read(json!({ "request": "bill", "account": "volc", "month": "January" }));
    let (code, said) = refusal(house.app.handle(bill, "test").await);
    assert_eq!(
        (code, said.split(':').next()),
        (ErrorCode::BadRequest, Some("month"))
    );
    assert_eq!(house.of("bob", "en").await.entries, 0);
    house.app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_below_nothing_below_what_is_spent_or_behind_another_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let house = House::new(home.path()).await;
    house.link("bob", "team-a", "100%", "month").await.unwrap();
    let Response::Allocated(made) = house.allocate("bob", "1000 CNY", "spring").await.unwrap() else {
        panic!("no entry");
    };
    assert_eq!(
        (made.entry.seq, made.entry.total.to_string()),
        (1, "1000 CNY".to_owned())
    );
    assert_eq!(
        (made.entry.note.as_str(), made.entry.by.as_str()),
        ("spring", "test")
    );
    for (amount, word) in [
        ("-1000.01 CNY", "is granted"),
        ("-999 CNY", "is spent already"),
        ("5 USD", "use that currency"),
    ] {
        let (code, said) = refusal(house.allocate("bob", amount, "").await);
        assert!(
            matches!(code, ErrorCode::Refused | ErrorCode::BadRequest),
            "{amount}: {code:?}"
        );
        assert!(said.contains(word), "{amount}: {said}");
    }
    let stale = json!({ "request": "allocate", "amount": "1 CNY", "note": "", "after": 0, "lang": "en" });
    let (code, said) = refusal(house.tell("bob", stale).await);
    assert_eq!(code, ErrorCode::Refused, "{said}");
    let below =
        json!({ "request": "allocate", "amount": "-999 CNY", "note": "", "below_spent": true, "lang": "en" });
    let Response::Allocated(made) = house.tell("bob", below).await.unwrap() else {
        panic!("no entry");
    };
    assert!(made.quota.left.unwrap().is_negative());
    assert!(
        made.quota.sentence.starts_with("Used up, "),
        "{}",
        made.quota.sentence
    );
    assert_eq!(house.of("bob", "en").await.entries, 2);
    house.app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_is_told_newest_first_and_written_oldest_first_as_data() {
    let home = tempfile::tempdir().unwrap();
    let house = House::new(home.path()).await;
    house.link("bob", "team-a", "100%", "now").await.unwrap();
    for (amount, note) in [
        ("100 CNY", "=1+1"),
        ("-0.5 CNY", "a, \"b\""),
        ("2.000001 CNY", ""),
    ] {
        house.allocate("bob", amount, note).await.unwrap();
    }
    let page = |before: Value, limit: u32| json!({ "request": "ledger", "before": before, "limit": limit });
    let Response::Ledger(newest) = house.tell("bob", page(Value::Null, 2)).await.unwrap() else {
        panic!("no ledger");
    };
    let seqs: Vec<i64> = newest.entries.iter().map(|entry| entry.seq).collect();
    assert_eq!((seqs, newest.more), (vec![3, 2], true));
    let Response::Ledger(rest) = house.tell("bob", page(json!(2), 2)).await.unwrap() else {
        panic!("no ledger");
    };
    assert_eq!((rest.entries.len(), rest.more), (1, false));
    let Response::Text(csv) = house
        .tell("bob", json!({ "request": "ledger_csv" }))
        .await
        .unwrap()
    else {
        panic!("no text");
    };
    let lines: Vec<&str> = csv.split("\r\n").collect();
    assert_eq!(lines[0], "entry,at,amount,total,currency,note,by");
    assert!(
        lines[1].starts_with("1,2026-01-15T") && lines[1].ends_with(",100,100,CNY,'=1+1,test"),
        "{csv}"
    );
    assert!(lines[2].contains(",-0.5,99.5,CNY,\"a, \"\"b\"\"\","), "{csv}");
    assert!(lines[3].contains(",2.000001,101.500001,CNY,,"), "{csv}");
    house.app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_project_is_shared_by_explicit_shares_and_the_bill_unfolds_by_them() {
    let home = tempfile::tempdir().unwrap();
    let house = House::new(home.path()).await;
    house.link("bob", "team-a", "40%", "month").await.unwrap();
    let (code, said) = refusal(house.link("carol", "team-a", "60.0001%", "month").await);
    assert_eq!(code, ErrorCode::Refused);
    assert!(said.contains("bob") && said.contains("60"), "{said}");
    house.link("carol", "team-a", "50%", "month").await.unwrap();
    let asked = |request: &str| read::<Request>(json!({ "request": request, "account": "volc" }));
    let Response::CloudProjects(projects) = ask(&house.app, asked("cloud_projects")).await else {
        panic!("no projects");
    };
    let shared = projects.iter().find(|project| project.name == "team-a").unwrap();
    assert_eq!((shared.free.as_str(), shared.users.len()), ("10%", 2));
    let Response::Bill(bill) = ask(&house.app, asked("bill")).await else {
        panic!("no bill");
    };
    assert_eq!((bill.month.as_str(), bill.running), (MONTH, true));
    let cost = house.cloud.billed("team-a", MONTH).unwrap();
    let bob = bill.rows.iter().find(|row| row.name == "bob").unwrap();
    assert_eq!(
        (bob.projects[0].cost, bob.projects[0].share.as_deref()),
        (cost, Some("40%"))
    );
    assert_eq!(Some(bob.projects[0].charged), cost.scaled(40, 100).ok());
    let nobody = bill.rows.last().unwrap();
    assert!(nobody.user.is_none() && nobody.projects.iter().any(|project| project.project == "team-b"));
    let Response::CloudPolicies(policies) = ask(&house.app, asked("cloud_policies")).await else {
        panic!("no policies");
    };
    assert!(policies.iter().any(|policy| policy.name == "ArkFullAccess"));
    assert!(!policies.iter().any(|policy| policy.name == "AdministratorAccess"));
    house.app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_key_is_in_the_answer_once_and_nowhere_else() {
    let home = tempfile::tempdir().unwrap();
    let house = House::new(home.path()).await;
    let create = json!({ "request": "create_sub_account", "account": "volc", "name": "dave", "title": "戴夫", "about": "",
        "email": "", "phone": "", "project": "team-b", "policies": ["ArkFullAccess"], "key": true, "lang": "en" });
    let Response::MadeSubAccount(made) = ask(&house.app, read(create.clone())).await else {
        panic!("no sub-account");
    };
    assert!(made.undone.is_empty(), "{made:?}");
    let secret = made.secret.clone().unwrap().0;
    assert!(made.key.is_some() && !format!("{made:?}").contains(&secret));
    let kept = house.cloud.keys_of("dave").unwrap();
    assert_eq!(kept[0].sk, secret);
    let mut wrong = create;
    wrong["name"] = json!("two words");
    let (code, said) = refusal(house.app.handle(read(wrong), "test").await);
    assert_eq!(
        (code, said.split(':').next()),
        (ErrorCode::BadRequest, Some("name"))
    );
    let audit = Request::Audit {
        after: 0,
        limit: 500,
        before: None,
        lang: None,
    };
    let written = serde_json::to_string(&ask(&house.app, audit).await).unwrap();
    assert!(written.contains("dave") && !written.contains(&secret));
    house.app.stop().await;
    for file in walk(home.path()) {
        let bytes = std::fs::read(&file).unwrap();
        let found = bytes
            .windows(secret.len())
            .any(|window| window == secret.as_bytes());
        assert!(!found, "{}", file.display());
    }
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(walk(&path));
        } else if path.is_file() {
            files.push(path);
        }
    }
    files
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disable_by_the_typed_name_is_proved_piece_by_piece_and_restored() {
    let home = tempfile::tempdir().unwrap();
    let house = House::new(home.path()).await;
    house.link("bob", "team-a", "100%", "month").await.unwrap();
    let id = house.cloud.user("bob").unwrap().id.to_string();
    let stop = |typed: &str| {
        read::<Request>(
            json!({ "request": "stop", "account": "volc", "target": id, "typed_name": typed, "forced": false }),
        )
    };
    let (code, _) = refusal(house.app.handle(stop("carol"), "test").await);
    assert_eq!(code, ErrorCode::Refused);
    assert!(house.cloud.can_spend("bob").unwrap());
    let Response::Planned(stopped) = ask(&house.app, stop("bob")).await else {
        panic!("no action");
    };
    assert_eq!(stopped.state, IntentState::Verified, "{stopped:?}");
    assert!(!house.cloud.can_spend("bob").unwrap());
    house.stage.timer.sleep(std::time::Duration::from_secs(60)).await;
    let bob = house.detail("bob").await;
    let closed = bob.closed.unwrap();
    assert!(closed.disable && closed.pieces.len() >= 3, "{closed:?}");
    assert!(closed.pieces.iter().all(|piece| piece.at.is_some()), "{closed:?}");
    assert_eq!((bob.restorable, bob.survives.len()), (Some(stopped.id), 4));
    assert!(
        bob.quota.sentence.starts_with("Disabled, verified 2026-01-15 "),
        "{}",
        bob.quota.sentence
    );
    let Response::Planned(restored) = ask(&house.app, Request::Restore { action: stopped.id }).await else {
        panic!("no action");
    };
    assert_eq!(restored.state, IntentState::Verified, "{restored:?}");
    assert!(house.cloud.can_spend("bob").unwrap());
    assert_eq!(house.detail("bob").await.restorable, None);
    house.app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_worst_stands_first_and_an_account_without_sub_accounts_has_none() {
    let home = tempfile::tempdir().unwrap();
    let house = House::new(home.path()).await;
    house.link("carol", "team-b", "100%", "month").await.unwrap();
    house.allocate("carol", "1 CNY", "").await.unwrap();
    let view = house.quotas(Request::Quotas(read(json!({ "lang": "en" })))).await;
    let names: Vec<&str> = view.users.iter().map(|user| user.name.as_str()).collect();
    assert_eq!(names.first(), Some(&"carol"), "{names:?}");
    assert_eq!((view.accounts.len(), view.accounts[0].month.as_str()), (1, MONTH));
    assert_eq!(view.accounts[0].delay_hours, 24);
    house
        .save(json!({ "id": "balance", "provider": "volc-balance",
        "secret": { "ak": "vault:balance", "sk": "vault:balance" } }))
        .await;
    let asked = json!({ "request": "cloud_projects", "account": "balance" });
    let (code, said) = refusal(house.app.handle(read(asked), "test").await);
    assert_eq!(code, ErrorCode::NotFound, "{said}");
    house.app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn volcengine_is_offered_with_its_policies_and_guard_and_tried_before_anything_is_kept() {
    let home = tempfile::tempdir().unwrap();
    let house = House::new(home.path()).await;
    let Response::Catalogue(catalogue) = ask(&house.app, Request::Catalogue { lang: Lang::En }).await else {
        panic!("no catalogue");
    };
    let offered = catalogue
        .providers
        .iter()
        .find(|entry| entry.id == "volcengine")
        .unwrap();
    let policies: Vec<&str> = offered.policies.iter().map(|policy| policy.id.as_str()).collect();
    assert_eq!(
        policies,
        [
            "watch",
            "act",
            "manage",
            "watch_things",
            "act_things",
            "guard_self"
        ]
    );
    let basis = offered
        .fields
        .iter()
        .find(|field| field.key == "bill_basis")
        .unwrap();
    assert_eq!((basis.secret, basis.choices.len()), (false, 3));
    let template = catalogue
        .templates
        .iter()
        .find(|entry| entry.provider == "volcengine")
        .unwrap();
    assert_eq!(template.guard.0["steps"], json!(["50%", "80%", "90%"]));
    assert_eq!(
        (&template.guard.0["limit"], &template.guard.0["action"]),
        (&json!("100%"), &json!("stop"))
    );
    let key = house.cloud.key().unwrap();
    let trial = Request::TryAccount {
        account: Item(
            json!({ "id": "new", "provider": "volcengine", "params": { "bill_basis": "original" } }),
        ),
        secrets: secrets(&[("ak", &key.ak), ("sk", &key.sk)]),
        lang: Lang::En,
    };
    let Response::Tried(tried) = ask(&house.app, trial).await else {
        panic!("no trial");
    };
    assert!(tried.ok, "{tried:?}");
    house.app.stop().await;
}
