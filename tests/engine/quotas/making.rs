//! Making sub-accounts, keys and policies: what fails later takes back nothing, and a secret is told once.

use secrecy::ExposeSecret;
use tidegate_engine::EngineError;
use tidegate_engine::quotas::{First, MadePart, QuotaRefused};
use tidegate_providers::sub_accounts::{NewSubAccount, Project};

use crate::quotas::bank::{cny, id};
use crate::quotas::house::{House, refusal, vc};

fn carol() -> NewSubAccount {
    NewSubAccount {
        name: "carol".to_owned(),
        title: String::new(),
        about: String::new(),
        email: String::new(),
        phone: String::new(),
    }
}

fn everything() -> First {
    First {
        project: Some(Project("web".to_owned())),
        policies: vec!["ArkFullAccess".to_owned()],
        key: true,
    }
}

#[tokio::test(start_paused = true)]
async fn a_sub_account_is_made_with_its_policies_key_and_first_project() {
    let house = House::new().await;
    house.bank.costs("web", "5");
    house.look().await;
    let made = house
        .engine
        .create_sub_account(&vc(), &carol(), &everything(), "test")
        .await
        .unwrap();
    assert_eq!(made.undone, []);
    assert_eq!(made.user.id, id("9"));
    assert_eq!(
        house.bank.get(|state| state.attached.clone()),
        [(id("9"), "ArkFullAccess".to_owned())]
    );
    let carol = house.user("9").await;
    assert_eq!((carol.user.name.as_str(), carol.spent), ("carol", Some(cny("0"))));
    let key = made.key.unwrap();
    assert_eq!(key.secret.expose_secret(), "FAKE-secret-of-a-key");
    assert!(!format!("{key:?}").contains("FAKE-secret"));
    for event in [
        "sub_account.created",
        "sub_account.policy_attached",
        "sub_account.key_created",
    ] {
        assert_eq!(house.audit(event).await.len(), 1, "{event}");
    }
    let audit = house.store.audit(0, 1000).await.unwrap();
    let told = serde_json::to_string(&audit.iter().map(|row| &row.facts).collect::<Vec<_>>()).unwrap();
    assert!(
        !told.contains("FAKE-secret"),
        "the secret is in the answer and nowhere else"
    );
    house.look().await;
    assert_eq!(
        house.engine.quotas(None).await.unwrap()[0].users.len(),
        3,
        "and it is there once"
    );
}

#[tokio::test(start_paused = true)]
async fn what_fails_after_the_sub_account_is_made_is_told_and_takes_back_nothing() {
    let house = House::new().await;
    house.look().await;
    house.bank.set(|state| {
        state.refuses_keys = true;
        state.refuses_policies = true;
    });
    let made = house
        .engine
        .create_sub_account(&vc(), &carol(), &everything(), "test")
        .await
        .unwrap();
    let parts: Vec<_> = made.undone.iter().map(|undone| undone.part.clone()).collect();
    assert_eq!(
        parts,
        [MadePart::Policy("ArkFullAccess".to_owned()), MadePart::Key]
    );
    assert!(made.key.is_none());
    assert_eq!(
        house.user("9").await.projects.len(),
        1,
        "the project after them is charged all the same"
    );
}

#[tokio::test(start_paused = true)]
async fn what_can_be_refused_is_refused_before_anything_is_made() {
    let house = House::new().await;
    house.bank.costs("web", "5");
    house.look().await;
    let administrator = First {
        policies: vec!["AdministratorAccess".to_owned()],
        ..First::default()
    };
    let made = house
        .engine
        .create_sub_account(&vc(), &carol(), &administrator, "test")
        .await;
    assert_eq!(
        refusal(made),
        QuotaRefused::Policy("AdministratorAccess".to_owned())
    );
    house.link("1", "web").await;
    let made = house
        .engine
        .create_sub_account(&vc(), &carol(), &everything(), "test")
        .await;
    assert!(matches!(refusal(made), QuotaRefused::Taken { .. }));
    assert_eq!(house.bank.get(|state| state.users.len()), 2);
}

#[tokio::test(start_paused = true)]
async fn only_listed_policies_are_changed_and_never_on_ourselves() {
    let house = House::new().await;
    house.look().await;
    let change = |user: &'static str, policy: &'static str, attach| {
        let engine = &house.engine;
        async move {
            engine
                .change_policy(&vc(), &id(user), policy, None, attach, "test")
                .await
        }
    };
    change("1", "ArkFullAccess", true).await.unwrap();
    let listed = house.bank.get(|state| state.attached.len());
    assert_eq!(listed, 1);
    for attach in [true, false] {
        let refused = refusal(change("1", "IAMFullAccess", attach).await);
        assert_eq!(refused, QuotaRefused::Policy("IAMFullAccess".to_owned()));
    }
    change("1", "ArkFullAccess", false).await.unwrap();
    house.bank.set(|state| state.ourselves = Some(id("2")));
    let refused = refusal(change("2", "ArkFullAccess", true).await);
    assert_eq!(refused, QuotaRefused::Ourselves(id("2")));
    let key = house.engine.create_sub_account_key(&vc(), &id("2"), "test").await;
    assert_eq!(refusal(key), QuotaRefused::Ourselves(id("2")));
    assert!(house.bank.get(|state| state.attached.is_empty()));
}

#[tokio::test(start_paused = true)]
async fn what_the_provider_refuses_a_person_is_told_in_its_words() {
    let house = House::new().await;
    house.look().await;
    house.bank.set(|state| state.refuses_keys = true);
    let key = house.engine.create_sub_account_key(&vc(), &id("1"), "test").await;
    assert!(matches!(key, Err(EngineError::Outside(error)) if error.detail.contains("iam:CreateAccessKey")));
}

#[tokio::test(start_paused = true)]
async fn projects_at_the_provider_tell_whom_they_are_charged_to_and_what_is_free() {
    let house = House::new().await;
    house.bank.costs("web", "5");
    house.look().await;
    house
        .try_link("1", "web", "60", tidegate_engine::quotas::CountFrom::Now)
        .await
        .unwrap();
    let projects = house.engine.cloud_projects(&vc()).await.unwrap();
    let told: Vec<_> = projects
        .iter()
        .map(|project| {
            (
                project.info.name.0.as_str(),
                project.users.len(),
                project.free.decimal(),
            )
        })
        .collect();
    assert_eq!(told, [("web", 1, "40".to_owned()), ("ai", 0, "100".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn servers_of_a_project_that_others_share_do_not_go_with_a_user() {
    let house = House::new().await;
    house.bank.costs("web", "5");
    house.look().await;
    house
        .try_link("1", "web", "60", tidegate_engine::quotas::CountFrom::Now)
        .await
        .unwrap();
    house.link("1", "ai").await;
    house
        .rule("1", |rules| (rules.instances, rules.endpoints) = (true, true))
        .await;
    let both = house.engine.reach(&vc(), &id("1")).await.unwrap();
    assert!(both.endpoints);
    assert_eq!(
        both.instances_of,
        [Project("web".to_owned()), Project("ai".to_owned())]
    );
    house
        .try_link("2", "web", "40", tidegate_engine::quotas::CountFrom::Now)
        .await
        .unwrap();
    let alone = house.engine.reach(&vc(), &id("1")).await.unwrap();
    assert_eq!(alone.instances_of, [Project("ai".to_owned())]);
}
