//! Accounts with money in the house of a plan: purses, main accounts with sub-accounts, and dates on which something is
//! due.

use tidegate_engine::config::{AccountConfig, GuardConfig, MeterChoice, RenewalConfig};
use tidegate_guard::Limit;
use tidegate_meter::{MeterId, RenewalId, Time, Zone};
use tidegate_providers::calendar::Cycle;
use tidegate_sim::balances::Money;
use tidegate_sim::volcengine::{MainAccount, Spend};
use tidegate_sim::{Builder, SimError, seconds};

use super::house::{House, StageError, account, account_id, guard, guard_id, named, vault_refs};
use super::vault::item;
use crate::plan::{MainPlan, Plan, PursePlan, RenewalPlan};

/// The site of a seller that has several, by its own word.
const HOSTS: [(&str, &str); 2] = [
    ("moonshot", "api.moonshot.cn"),
    ("siliconflow", "api.siliconflow.cn"),
];

/// The project that is charged to a sub-account alone.
pub(crate) fn project(user: &str) -> String {
    format!("{user}-work")
}

/// The world with the accounts that have money.
pub(crate) fn describe(mut world: Builder, plan: &Plan) -> Result<Builder, SimError> {
    for purse in &plan.purses {
        let money = Money {
            left: Some(purse.left.clone()),
            ..Money::default()
        };
        world = world.purse(&purse.provider, &purse.name, &money)?;
    }
    for main in &plan.mains {
        world = world.volcengine(main_account(main))?;
    }
    Ok(world)
}

fn main_account(plan: &MainPlan) -> MainAccount {
    let mut main = MainAccount::new(&plan.name).bill_lag(seconds(plan.bill_lag_s));
    for user in &plan.users {
        let project = project(&user.name);
        let keys = usize::try_from(user.keys).unwrap_or(1);
        main = main.project(&project).user(&user.name).keys(keys, 0);
        if user.has_login {
            main = main.login();
        }
        main = main.spend(Spend::new(&project, &user.per_day));
    }
    main
}

impl House {
    pub(super) fn purse(&mut self, plan: &PursePlan) -> Result<(), StageError> {
        let id = account_id(&plan.name)?;
        let params = self.world.purse(&plan.name)?;
        let fields: Vec<(&str, &str)> = params.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
        self.items.insert(plan.name.clone(), item(&fields));
        self.config.accounts.push(AccountConfig {
            interval: seconds(plan.interval_s),
            interval_near: seconds(plan.interval_s),
            endpoint: None,
            params: HOSTS
                .iter()
                .filter(|(provider, _)| *provider == plan.provider)
                .map(|(_, host)| ("host".to_owned(), (*host).to_owned()))
                .collect(),
            secret: vault_refs(&plan.name, &names),
            ..account(id.clone(), &plan.provider)
        });
        self.config.guards.push(GuardConfig {
            steps: plan.steps.clone(),
            ..guard(
                guard_id(&Plan::guard_id(&plan.name, "money"))?,
                id,
                MeterChoice::All,
            )
        });
        Ok(())
    }

    pub(super) fn main(&mut self, plan: &MainPlan) -> Result<(), StageError> {
        let id = account_id(&plan.name)?;
        let cloud = self.world.volcengine(&plan.name)?;
        let key = cloud.key()?;
        self.items
            .insert(plan.name.clone(), item(&[("ak", &key.ak), ("sk", &key.sk)]));
        self.config.accounts.push(AccountConfig {
            interval: seconds(plan.interval_s),
            interval_near: seconds(plan.interval_s),
            secret: vault_refs(&plan.name, &["ak", "sk"]),
            ..account(id.clone(), "volcengine")
        });
        for user in plan.users.iter().filter(|user| user.allocated.is_some()) {
            let meter = format!("quota-{}", cloud.user(&user.name)?.id);
            let meter = MeterId::new(meter).map_err(|error| named(&user.name, error))?;
            let name = Plan::guard_id(&plan.name, &user.name);
            self.config.guards.push(GuardConfig {
                limit: Some(Limit::Share(tidegate_meter::Quantity::from_raw(
                    crate::limits::WHOLE_SHARE,
                    tidegate_meter::Unit::Percent,
                ))),
                ..guard(guard_id(&name)?, id.clone(), MeterChoice::One(meter))
            });
        }
        Ok(())
    }

    pub(super) fn renewal(&mut self, plan: &RenewalPlan, start: Time, zone: &Zone) -> Result<(), StageError> {
        let id = RenewalId::new(plan.name.clone()).map_err(|error| named(&plan.name, error))?;
        let today = zone.date_of(start);
        let due = today.saturating_add(jiff::Span::new().days(i64::from(plan.in_days)));
        self.config.renewals.push(RenewalConfig {
            id,
            name: plan.name.clone(),
            enabled: true,
            owner: None,
            cycle: Cycle::Once(due),
            amount: None,
            auto_renew: false,
            remind: plan.remind.clone(),
            paid: None,
            note: None,
            channels: Vec::new(),
        });
        Ok(())
    }
}
