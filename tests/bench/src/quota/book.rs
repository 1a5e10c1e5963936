//! An account with sub-accounts as the store keeps it: budgets, charges, what projects cost, ledgers. Written straight into
//! a store, as a guard would have over years.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::Context;
use tidegate_engine::config::{AccountConfig, Params, SecretRef};
use tidegate_engine::quotas::{Budget, Rules};
use tidegate_meter::{AccountId, Currency, Month, Quantity, RowId, TargetId, Time, Unit, Zone};
use tidegate_providers::sub_accounts::SubAccount;
use tidegate_store::{
    AccountRow, AllocationRow, Batch, BudgetRow, ChargeRow, QuotaWrite, SpendingRow, Store, Write,
};

use crate::budgets::{QUOTA_PROJECTS, QUOTA_USERS};

/// Writes in one transaction.
const AT_ONCE: usize = 2000;
const UNIT: Unit = Unit::Money(Currency::CNY);

/// The name of a sub-account.
pub(super) fn user(number: u64) -> String {
    format!("user-{number:03}")
}

/// The name of a project of it.
pub(super) fn project(user: u64, number: u64) -> String {
    format!("project-{user:03}-{number}")
}

/// What is written.
pub(super) struct Book {
    pub(super) account: AccountId,
    /// The ids of the sub-accounts, in order.
    pub(super) users: Vec<TargetId>,
    pub(super) now: Time,
}

impl Book {
    /// Sub-accounts with ids of our own.
    pub(super) fn new(account: &str, now: Time) -> anyhow::Result<Self> {
        let id = |number: u64| TargetId::new((60_000_000 + number).to_string());
        Ok(Self {
            account: account.parse()?,
            users: (0..QUOTA_USERS.get()).map(id).collect::<Result<_, _>>()?,
            now,
        })
    }

    /// How the account is configured.
    pub(super) fn config(&self, endpoint: Option<String>) -> AccountConfig {
        let refer = |field: &str| (field.to_owned(), SecretRef::Env(field.to_uppercase()));
        AccountConfig {
            id: self.account.clone(),
            provider: "volcengine".to_owned(),
            name: self.account.to_string(),
            enabled: true,
            site: String::new(),
            regions: Vec::new(),
            interval: crate::cloud::LONG,
            interval_near: crate::cloud::LONG,
            endpoint,
            params: Params::new(),
            secret: ["ak", "sk"].map(refer).into_iter().collect(),
            act_secret: BTreeMap::new(),
            mappings: Vec::new(),
            protect: Vec::new(),
        }
    }

    /// Writes the account, its sub-accounts and so many months of what each project cost, the running one among them.
    pub(super) async fn write(&self, store: &Store, months: u64) -> anyhow::Result<()> {
        let mut pen = Pen::new(store);
        pen.put(Write::PutAccount(AccountRow {
            id: self.account.clone(),
            provider: "volcengine".to_owned(),
            name: self.account.to_string(),
            enabled: true,
            config: serde_json::to_value(self.config(None))?,
        }))
        .await?;
        let running = Month::of(self.now, &Zone::beijing());
        let all: Vec<Month> = std::iter::successors(Some(running), |month| Some(month.previous()))
            .take(usize::try_from(months)?)
            .collect();
        let first = *all.last().context("at least one month")?;
        for (number, id) in (0_u64..).zip(&self.users) {
            pen.quota(QuotaWrite::Budget(self.budget(number, id)?)).await?;
            for project in (0..QUOTA_PROJECTS).map(|of| project(number, of)) {
                pen.quota(QuotaWrite::Charge(self.charge(id, &project, first)))
                    .await?;
                for month in &all {
                    pen.quota(QuotaWrite::Spent(self.spent(&project, *month))).await?;
                }
            }
        }
        for month in all {
            let (account, at) = (self.account.clone(), self.now);
            pen.quota(QuotaWrite::MonthRead { account, month, at }).await?;
        }
        pen.done().await
    }

    /// Appends so many entries to a ledger.
    pub(super) async fn allocate(&self, store: &Store, user: &TargetId, entries: i64) -> anyhow::Result<()> {
        let mut pen = Pen::new(store);
        for seq in 1..=entries {
            pen.quota(QuotaWrite::Allocate(AllocationRow {
                account: self.account.clone(),
                user: user.clone(),
                seq,
                amount: money(1),
                total: money(seq),
                note: format!("entry {seq}"),
                by: "bench".to_owned(),
                at: self.now,
            }))
            .await?;
        }
        pen.done().await
    }

    fn budget(&self, number: u64, id: &TargetId) -> anyhow::Result<BudgetRow> {
        let name = user(number);
        let budget = Budget {
            user: SubAccount {
                id: id.clone(),
                title: name.clone(),
                name,
                email: String::new(),
                phone: String::new(),
                created_at: Some(self.now),
            },
            rules: Rules::default(),
            removed: BTreeSet::new(),
            missing_since: None,
        };
        Ok(BudgetRow {
            account: self.account.clone(),
            user: id.clone(),
            version: 1,
            body: serde_json::to_value(budget)?,
        })
    }

    fn charge(&self, user: &TargetId, project: &str, first_month: Month) -> ChargeRow {
        ChargeRow {
            id: RowId::new(self.now, entropy()),
            account: self.account.clone(),
            user: user.clone(),
            project: project.to_owned(),
            share: Quantity::from_raw(1_000_000, Unit::Percent),
            first_month,
            baseline: Some(money(0)),
            unit: UNIT,
            since: self.now,
            by: "bench".to_owned(),
            end: None,
        }
    }

    fn spent(&self, project: &str, month: Month) -> SpendingRow {
        SpendingRow {
            account: self.account.clone(),
            project: project.to_owned(),
            month,
            amount: Quantity::from_raw(37_500_000, UNIT),
            first_at: self.now,
            at: self.now,
        }
    }
}

fn money(yuan: i64) -> Quantity {
    Quantity::from_raw(yuan * 1_000_000, UNIT)
}

/// Writes in batches.
struct Pen<'a> {
    store: &'a Store,
    batch: Batch,
    held: usize,
}

impl<'a> Pen<'a> {
    fn new(store: &'a Store) -> Self {
        Self {
            store,
            batch: Batch::default(),
            held: 0,
        }
    }

    async fn quota(&mut self, write: QuotaWrite) -> anyhow::Result<()> {
        self.put(Write::Quota(write)).await
    }

    async fn put(&mut self, write: Write) -> anyhow::Result<()> {
        self.batch.push(write);
        self.held += 1;
        if self.held == AT_ONCE {
            self.held = 0;
            self.store.write(std::mem::take(&mut self.batch)).await?;
        }
        Ok(())
    }

    async fn done(self) -> anyhow::Result<()> {
        self.store.write(self.batch).await?;
        Ok(())
    }
}

/// Longer than any bench, so that the lease of the writer holds.
pub(crate) const LEASE: Duration = Duration::from_secs(3600);

fn entropy() -> [u8; 10] {
    std::array::from_fn(|_| fastrand::u8(..))
}
