//! Sub-accounts and proxies.

use tidegate_engine::config::{Config, GuardConfig};
use tidegate_engine::quotas::{Allocation, CountFrom, First, LinkAsked};
use tidegate_guard::{ActionKind, Consent, RestartPolicy};
use tidegate_meter::{AccountId, FlowBatch, Quantity, RowId, Span, TargetId, Unit};
use tidegate_providers::sub_accounts::{NewSubAccount, Project};
use tidegate_store::LedgerFilter;

use super::*;
use crate::closing::iam::{Iam, money};
use crate::kit;

pub(super) fn all() -> Vec<Scenario> {
    vec![
        Scenario::of("a_disable_and_its_restore", |_| {}, disabled),
        Scenario::of("a_charge_at_the_turn_of_the_month", |_| {}, charged).at("2026-11-30T15:40:00Z"),
        Scenario::of("a_sub_account_is_made", |_| {}, made),
        Scenario::of("proxy_traffic", |_| {}, carried),
        Scenario::of("a_leak_check", |_| {}, leaked),
    ]
}

fn account(provider: &str) -> AccountId {
    AccountId::new(provider).unwrap()
}

fn config(provider: &str) -> Config {
    let mut config = kit::config(&[provider]);
    config.accounts[0].provider = provider.to_owned();
    config.accounts[0].interval = minutes(1);
    config.accounts[0].interval_near = minutes(1);
    config.guards[0] = GuardConfig {
        steps: vec!["50%".parse().unwrap(), "80%".parse().unwrap()],
        limit: Some("100%".parse().unwrap()),
        restart: RestartPolicy::SuspendUntilReset,
        ..config.guards[0].clone()
    };
    config
}

/// A project is charged to the user, who may spend a thousand; done once.
async fn granted(house: &House<'_>, provider: &str, user: &TargetId) {
    let linked = house.engine.quota(&account(provider), user).await.unwrap();
    if linked.projects.is_empty() {
        let asked = LinkAsked {
            account: account(provider),
            user: user.clone(),
            project: Project("web".to_owned()),
            share: Quantity::parse("100", Unit::Percent).unwrap(),
            from: CountFrom::Month,
        };
        house.engine.link_project(asked, "test").await.unwrap();
    }
    let filter = LedgerFilter {
        account: account(provider),
        user: user.clone(),
        before: None,
        limit: 10,
    };
    if house.engine.ledger(filter).await.unwrap().is_empty() {
        let asked = Allocation {
            account: account(provider),
            user: user.clone(),
            amount: money(1000),
            note: String::new(),
            below_spent: false,
            after: None,
        };
        house.engine.allocate(asked, "test").await.unwrap();
    }
}

fn disabled<'a>(house: &'a House<'_>) -> LocalBoxFuture<'a, ()> {
    async move {
        let user = Iam::target().id;
        house.begin(config("iam")).await;
        house.pass(70).await;
        granted(house, "iam", &user).await;
        house.pass(130).await;
        house.arm("iam-traffic").await;
        house.ground.iam.with(|iam| iam.spent = 1000);
        house.verified(ActionKind::Stop, 1).await;
        let rows = house.intents().await;
        if !rows.iter().any(|row| row.action == ActionKind::Start) {
            let consent = Consent {
                by: "test".to_owned(),
                typed_name: "bob".to_owned(),
            };
            house.engine.restore(rows[0].id, consent).await.unwrap();
        }
        house.verified(ActionKind::Start, 1).await;
        house.settled().await;
    }
    .boxed_local()
}

/// November's bill is late, and December begins: both are charged once, and the steps told once.
fn charged<'a>(house: &'a House<'_>) -> LocalBoxFuture<'a, ()> {
    async move {
        let user = TargetId::new("1").unwrap();
        house.begin(config("bank")).await;
        house.pass(70).await;
        let bank = &house.ground.bank;
        house.once("november", async || bank.costs("web", "600")).await;
        house.pass(130).await;
        granted(house, "bank", &user).await;
        house
            .until("the month turns", async || {
                house.ground.now() > "2026-11-30T16:05:00Z".parse().unwrap()
            })
            .await;
        house.once("december", async || bank.costs("web", "250")).await;
        house
            .until("both months count", async || {
                let told = house.engine.quota(&account("bank"), &user).await.unwrap();
                told.spent == Some(money(850))
            })
            .await;
        house.pass(130).await;
        house.settled().await;
    }
    .boxed_local()
}

fn made<'a>(house: &'a House<'_>) -> LocalBoxFuture<'a, ()> {
    async move {
        house.begin(config("bank")).await;
        house.pass(70).await;
        let known = house.engine.quotas(None).await.unwrap();
        let carol = NewSubAccount {
            name: "carol".to_owned(),
            title: String::new(),
            about: String::new(),
            email: String::new(),
            phone: String::new(),
        };
        let first = First {
            project: Some(Project("web".to_owned())),
            policies: vec!["ArkFullAccess".to_owned()],
            key: true,
        };
        if !known[0].users.iter().any(|user| user.user.name == carol.name) {
            let (engine, account) = (&house.engine, account("bank"));
            let made = engine.create_sub_account(&account, &carol, &first, "test");
            made.await.unwrap();
        }
        house.pass(130).await;
        house.settled().await;
    }
    .boxed_local()
}

/// A kernel that counts for the device `mac`.
pub(super) fn proxy() -> Config {
    let mut config = config("proxy");
    config.guards.clear();
    config.accounts[0]
        .params
        .insert("device".to_owned(), "mac".to_owned());
    config
}

/// A device that another system watched for six hours and more.
fn watched() -> FlowBatch {
    let (start, end) = (kit::start(), kit::start().plus(minutes(8 * 60)));
    FlowBatch {
        device: "laptop".parse().unwrap(),
        epoch: RowId::from_bytes([5; 16]),
        sequence: 1,
        sealed_at: end,
        watched: vec![Span { start, end }],
        flows: vec![crate::devices::house::flow(start, 11)],
        restarts: 0,
        kernel: String::new(),
    }
}

/// The panel bills what was not sent from here.
fn leaked<'a>(house: &'a House<'_>) -> LocalBoxFuture<'a, ()> {
    async move {
        let mut config = config("subscription");
        config.guards.clear();
        config.accounts[0].id = account("panel");
        config.accounts[0].interval = minutes(60);
        config.accounts[0]
            .params
            .insert("feeds".to_owned(), "*".to_owned());
        house.begin(config).await;
        house
            .engine
            .import_flows("an older one", watched(), "test")
            .await
            .unwrap();
        house
            .until("a check", async || {
                !house.store.leaks(&account("panel"), 1).await.unwrap().is_empty()
            })
            .await;
        house.settled().await;
    }
    .boxed_local()
}

fn carried<'a>(house: &'a House<'_>) -> LocalBoxFuture<'a, ()> {
    async move {
        house.begin(proxy()).await;
        house.pass(3).await;
        let kernel = &house.ground.kernel;
        for minute in 0..4_u64 {
            house
                .once(&format!("minute {minute}"), async || {
                    // The first minutes hold too little to be worth a transaction.
                    kernel.carry("a", ("HK 01", "Auto"), (minute, 1000 << (4 * minute)));
                })
                .await;
            house.pass(60).await;
        }
        house.pass(400).await;
        house.settled().await;
    }
    .boxed_local()
}
