//! The person's part in prepaid sub-accounts: each is charged with its project and given what the plan says, as soon as the
//! program knows it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tidegate_egress::Timer;
use tidegate_engine::quotas::{Allocation, CountFrom, LinkAsked};
use tidegate_engine::{Engine, EngineError};
use tidegate_meter::{AccountId, Quantity, TargetId, Unit};
use tidegate_providers::sub_accounts::Project;
use tidegate_sim::World;

use super::house::{StageError, account_id, named};
use super::money::project;
use super::user::{BY, Person};
use crate::limits;
use crate::plan::Plan;

/// What a sub-account is still to be given.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Grant {
    account: AccountId,
    user: TargetId,
    project: Project,
    amount: Quantity,
    is_linked: bool,
}

/// What is still to be given; it outlives every process.
pub(crate) type Grants = Arc<Mutex<Vec<Grant>>>;

/// Everything that the plan gives at the beginning.
pub(crate) fn grants(plan: &Plan, world: &World) -> Result<Grants, StageError> {
    let mut grants = Vec::new();
    for main in &plan.mains {
        for user in &main.users {
            if let Some(amount) = &user.allocated {
                grants.push(Grant {
                    account: account_id(&main.name)?,
                    user: sub_account(world, &main.name, &user.name)?,
                    project: Project(project(&user.name)),
                    amount: money(amount)?,
                    is_linked: false,
                });
            }
        }
    }
    Ok(Arc::new(Mutex::new(grants)))
}

/// The target that a sub-account of that name is.
fn sub_account(world: &World, main: &str, user: &str) -> Result<TargetId, StageError> {
    let id = world.volcengine(main)?.user(user)?.id.to_string();
    TargetId::new(id).map_err(|error| named(user, error))
}

fn money(text: &str) -> Result<Quantity, StageError> {
    let yuan = "CNY".parse().map_err(|_| StageError::Amount(text.to_owned()))?;
    Quantity::parse(text, Unit::Money(yuan)).map_err(|_| StageError::Amount(text.to_owned()))
}

impl Person {
    /// Gives what is still to be given, again and again until it is.
    pub(crate) async fn grant_all(self, grants: Grants) {
        while !lock(&grants).is_empty() {
            self.machine.sleep(limits::GRANT_AGAIN).await;
            let waiting = lock(&grants).clone();
            let mut left = Vec::new();
            for grant in waiting {
                left.extend(self.grant(grant).await);
            }
            *lock(&grants) = left;
        }
    }

    /// One step of a grant; what is left of it.
    async fn grant(&self, mut grant: Grant) -> Option<Grant> {
        if !grant.is_linked {
            let linked = link(&self.engine, &grant).await;
            grant.is_linked = linked.is_ok();
        }
        if !grant.is_linked {
            return Some(grant);
        }
        let given = allocate(&self.engine, &grant.account, &grant.user, grant.amount).await;
        given.is_err().then_some(grant)
    }

    /// Gives more, because the person wants to.
    pub(super) async fn give(&self, main: &str, user: &str, amount: &str) -> Result<(), GiveError> {
        let account = account_id(main)?;
        let user = sub_account(&self.world, main, user)?;
        Ok(allocate(&self.engine, &account, &user, money(amount)?).await?)
    }
}

/// Why nothing was given.
#[derive(Debug, thiserror::Error)]
pub(super) enum GiveError {
    #[error("{0}")]
    Stage(#[from] StageError),
    #[error("{0}")]
    Engine(#[from] EngineError),
}

async fn link(engine: &Engine, grant: &Grant) -> Result<(), EngineError> {
    let asked = LinkAsked {
        account: grant.account.clone(),
        user: grant.user.clone(),
        project: grant.project.clone(),
        share: Quantity::from_raw(limits::WHOLE_SHARE, Unit::Percent),
        from: CountFrom::Month,
    };
    engine.link_project(asked, BY).await.map(drop)
}

async fn allocate(
    engine: &Engine,
    account: &AccountId,
    user: &TargetId,
    amount: Quantity,
) -> Result<(), EngineError> {
    let asked = Allocation {
        account: account.clone(),
        user: user.clone(),
        amount,
        note: "of the plan".to_owned(),
        below_spent: false,
        after: None,
    };
    engine.allocate(asked, BY).await.map(drop)
}

fn lock(grants: &Grants) -> MutexGuard<'_, Vec<Grant>> {
    grants.lock().unwrap_or_else(PoisonError::into_inner)
}
