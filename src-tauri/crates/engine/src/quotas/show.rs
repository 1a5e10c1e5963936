//! What is shown of quotas: from the book, the meters' last looks and the guards' states. Reads only.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tidegate_guard::quota::{self, Bills};
use tidegate_guard::{ActionKind, IntentState, Level, Mode, PowerState};
use tidegate_meter::{AccountId, Month, Outcome, Quantity, Reading, TargetId, Time};
use tidegate_providers::sub_accounts::{Project, Reach};
use tidegate_store::ChargeRow;

use super::book::{Book, Kept, charge, running};
use super::compose::{default_steps, own_guard};
use super::limits::BILL_DELAY;
use super::linking::shown;
use super::{
    BillMonth, BillProject, BillRow, Guarded, QuotaAccount, QuotaProject, QuotaRefused, QuotaStanding,
    QuotaUser, meter,
};
use crate::EngineError;
use crate::inner::Inner;
use crate::memory::AccountMemory;
use crate::watch::Watch;

/// Every account with sub-accounts.
pub(crate) async fn accounts(inner: &Inner) -> Vec<QuotaAccount> {
    let mut found = Vec::new();
    for (_, watch) in inner.watches() {
        let memory = watch.memory.lock().await;
        found.extend(Shown::of(inner, &watch, &memory).map(|shown| shown.account()));
    }
    found
}

/// One account.
pub(crate) async fn account(inner: &Inner, account: &AccountId) -> Result<QuotaAccount, EngineError> {
    with(inner, account, |shown| Ok(shown.account())).await
}

/// One sub-account.
pub(crate) async fn one(
    inner: &Inner,
    account: &AccountId,
    user: &TargetId,
) -> Result<QuotaUser, EngineError> {
    with(inner, account, |shown| {
        shown
            .user(user)
            .ok_or_else(|| EngineError::NoTarget(user.clone()))
    })
    .await
}

/// The bill of a month, by whom it is charged to.
pub(crate) async fn bill(
    inner: &Inner,
    account: &AccountId,
    month: Option<Month>,
) -> Result<BillMonth, EngineError> {
    with(inner, account, |shown| {
        Ok(shown.bill(month.unwrap_or_else(|| running(shown.now))))
    })
    .await
}

/// Which pieces beyond rights, keys and login a disable closes.
pub(crate) fn reach(memory: &AccountMemory, user: &TargetId) -> Reach {
    let Some(book) = memory.book.as_deref() else {
        return Reach::default();
    };
    let Some(kept) = book.users.get(user) else {
        return Reach::default();
    };
    let rules = &kept.budget.rules;
    // A project that others are charged for too has servers that are not his.
    let alone = |row: &&ChargeRow| row.end.is_none() && book.charged_for(&row.project).count() == 1;
    let instances_of = book
        .charges_of(user)
        .filter(alone)
        .filter(|_| rules.instances)
        .map(|row| Project(row.project.clone()))
        .collect();
    Reach {
        endpoints: rules.endpoints,
        instances_of,
    }
}

async fn with<T>(
    inner: &Inner,
    account: &AccountId,
    show: impl FnOnce(&Shown<'_>) -> Result<T, EngineError>,
) -> Result<T, EngineError> {
    let watch = inner
        .watch(account)
        .ok_or_else(|| EngineError::NoAccount(account.clone()))?;
    let memory = watch.memory.lock().await;
    let shown = Shown::of(inner, &watch, &memory);
    show(&shown.ok_or_else(|| QuotaRefused::NoSubAccounts(account.clone()))?)
}

/// One account's book, as it stands now.
struct Shown<'a> {
    inner: &'a Inner,
    watch: &'a Arc<Watch>,
    memory: &'a AccountMemory,
    book: Book,
    now: Time,
}

impl<'a> Shown<'a> {
    fn of(inner: &'a Inner, watch: &'a Arc<Watch>, memory: &'a AccountMemory) -> Option<Self> {
        let now = inner.wall();
        let book = memory.book.as_deref()?.clone().at(now);
        Some(Self {
            inner,
            watch,
            memory,
            book,
            now,
        })
    }

    fn account(&self) -> QuotaAccount {
        let config = self.watch.config();
        let month = running(self.now);
        let mut users: Vec<QuotaUser> = self.book.users.keys().filter_map(|id| self.user(id)).collect();
        users.sort_by(|a, b| (&a.user.name, &a.user.id).cmp(&(&b.user.name, &b.user.id)));
        QuotaAccount {
            account: config.id.clone(),
            name: config.name.clone(),
            month,
            billed_at: self.book.read.get(&month).copied(),
            blind: self.book.billed(self.now, config.interval).err(),
            unattributed: self.nobody(month).amounts,
            delay: BILL_DELAY,
            users,
        }
    }

    fn user(&self, id: &TargetId) -> Option<QuotaUser> {
        let kept = self.book.users.get(id)?;
        let config = self.watch.config();
        let look = meter::look(&config.id, &self.book, id, self.now, config.interval)?;
        let known = self.memory.meters.get(&look.info.id);
        let (blind, reading) = match &look.outcome {
            Outcome::Known(reading) => (None, Some(reading)),
            Outcome::Blind(blind) => (
                Some(blind.clone()),
                known.and_then(|known| known.last_good.as_ref()),
            ),
        };
        let used = reading.and_then(Reading::used);
        let granted = self.book.granted.get(id);
        let limit = self.book.limit(id);
        let both = used.zip(limit);
        let slot = self.worst(&look.info.id);
        Some(QuotaUser {
            account: config.id.clone(),
            user: kept.budget.user.clone(),
            granted: granted.map(|granted| granted.total),
            entries: granted.map_or(0, |granted| granted.seq),
            spent: used,
            left: both.and_then(|(used, limit)| quota::headroom(limit, used).ok()),
            share: both.and_then(|(used, limit)| used.share_of(limit)),
            as_of: reading.map(|reading| reading.as_of().at()),
            blind,
            standing: self.standing(id, kept),
            level: slot.map_or(Level::Calm, |(_, slot)| slot.level),
            why: slot.and_then(|(guard, slot)| Some((guard.clone(), slot.why.clone()?))),
            guarded: self.guarded(&look.info, reading),
            rules: kept.budget.rules.clone(),
            steps: self.steps(&look.info, kept),
            projects: shown(&self.book, id)
                .into_iter()
                .filter_map(|project| self.project(id, project))
                .collect(),
            protected: config.protect.contains(id)
                || self.memory.targets.get(id).is_some_and(|row| row.protected),
            missing_since: kept.budget.missing_since,
            meter: look.info.id,
        })
    }

    /// The guard that thinks worst of a meter.
    fn worst(
        &self,
        id: &tidegate_meter::MeterId,
    ) -> Option<(&tidegate_meter::GuardId, &crate::memory::Slot)> {
        let slots = self.memory.slots.iter().filter(|((_, meter), _)| meter == id);
        slots
            .map(|((guard, _), slot)| (guard, slot))
            .max_by_key(|(_, slot)| slot.level)
    }

    fn guarded(&self, info: &tidegate_meter::MeterInfo, newest: Option<&Reading>) -> Guarded {
        let how = |guard: &crate::config::GuardConfig| match &guard.mode {
            _ if guard.limit.is_none() || guard.action != ActionKind::Stop => Guarded::Warned,
            Mode::Armed { until, targets } if *until > self.now => {
                let frozen =
                    |target: &tidegate_meter::Target| info.targets.iter().any(|own| own.id == target.id);
                if targets.iter().any(frozen) {
                    Guarded::Armed
                } else {
                    Guarded::Watched
                }
            }
            Mode::Armed { .. } | Mode::Watch => Guarded::Watched,
        };
        let guards = self.memory.guards_of(info, newest);
        guards.map(|guard| how(&guard)).max().unwrap_or(Guarded::Not)
    }

    fn steps(&self, info: &tidegate_meter::MeterInfo, kept: &Kept) -> Vec<Quantity> {
        let mut steps: Vec<Quantity> = match &kept.budget.rules.steps {
            Some(own) => own.clone(),
            None => {
                let guards = self.memory.guards.values().filter(|guard| guard.enabled);
                let all = guards.flat_map(|guard| own_guard(Some(&self.book), guard, info).steps.clone());
                all.filter_map(|step| match step {
                    tidegate_guard::Step::Share(share) => Some(share),
                    _ => None,
                })
                .collect()
            }
        };
        if steps.is_empty() && kept.budget.rules.steps.is_none() {
            steps = default_steps().collect();
        }
        steps.sort_by_key(|step| step.raw());
        steps.dedup();
        steps
    }

    /// By what was last read of it, and by our own action on it that has not ended.
    fn standing(&self, id: &TargetId, kept: &Kept) -> QuotaStanding {
        let account = &self.watch.config().id;
        let open = self
            .inner
            .desk
            .filter(|row| row.account == *account && row.target.id == *id && has_begun(row.state));
        let is_partly = self.inner.desk.is_partly(account, id);
        if let Some(cell) = open.first() {
            let row = cell.row();
            return match row.action {
                ActionKind::Start => QuotaStanding::Restoring,
                // Between two tries it is what the last one left.
                _ if is_partly && row.state == IntentState::Failed => QuotaStanding::PartlyDisabled,
                ActionKind::Stop | ActionKind::Warn => QuotaStanding::Disabling,
            };
        }
        if kept.budget.missing_since.is_some() {
            return QuotaStanding::Missing;
        }
        let row = self.memory.targets.get(id);
        let power = row.and_then(|row| row.power.as_ref());
        // Closed by us, and a part of it is open: it was not all closed, or somebody opened it again.
        let is_ours = is_partly || row.is_some_and(|row| row.stopped_by_us_at.is_some());
        match power.map(|(power, _)| power) {
            None => QuotaStanding::Unknown,
            Some(PowerState::Running | PowerState::Starting) if is_ours => QuotaStanding::PartlyDisabled,
            Some(PowerState::Running | PowerState::Starting) => QuotaStanding::Enabled,
            Some(PowerState::Stopped) => QuotaStanding::Disabled,
            Some(PowerState::Stopping | PowerState::Other { .. }) => QuotaStanding::PartlyDisabled,
            Some(PowerState::Gone) => QuotaStanding::Missing,
        }
    }

    fn project(&self, user: &TargetId, project: String) -> Option<QuotaProject> {
        let rows: Vec<&ChargeRow> = self
            .book
            .charges_of(user)
            .filter(|row| row.project == project)
            .collect();
        let last = *rows.last()?;
        let month = running(self.now);
        let charges: Vec<_> = rows.iter().map(|row| charge(row)).collect();
        let this_month = charges.iter().try_fold(Quantity::zero(last.unit), |sum, charge| {
            let part = quota::charged_in(charge, &self.book.bills, month).ok()?;
            sum.plus(part).ok()
        });
        Some(QuotaProject {
            on: last.end.is_none(),
            share: last.share,
            since: last.since,
            first_month: last.first_month,
            baseline: last.baseline,
            this_month,
            in_all: quota::consumed(&charges, &self.book.bills, month).ok(),
            project: Project(project),
        })
    }

    fn bill(&self, month: Month) -> BillMonth {
        let config = self.watch.config();
        let mut rows: Vec<BillRow> = self
            .book
            .users
            .keys()
            .filter_map(|user| self.row(user, month))
            .collect();
        rows.sort_by(|a, b| (&a.name, &a.user).cmp(&(&b.name, &b.user)));
        rows.push(self.nobody(month));
        let costs = costs(&self.book.bills, month).map(|(_, amount)| amount);
        BillMonth {
            account: config.id.clone(),
            month,
            months: self.book.read.keys().rev().copied().collect(),
            at: self.book.read.get(&month).copied(),
            running: month == running(self.now),
            totals: sums(costs),
            rows,
        }
    }

    /// What a sub-account is charged in a month; `None` when it has no project in it.
    fn row(&self, user: &TargetId, month: Month) -> Option<BillRow> {
        let own: BTreeSet<&str> = self
            .book
            .charges_of(user)
            .map(|row| row.project.as_str())
            .collect();
        let projects: Vec<BillProject> = costs(&self.book.bills, month)
            .filter(|(project, _)| own.contains(project))
            .filter_map(|(project, cost)| self.part(user, project, cost, month))
            .collect();
        if projects.is_empty() {
            return None;
        }
        Some(BillRow {
            user: Some(user.clone()),
            name: self.book.name(user).to_owned(),
            amounts: sums(projects.iter().map(|part| part.charged)),
            projects,
        })
    }

    fn part(&self, user: &TargetId, project: &str, cost: Quantity, month: Month) -> Option<BillProject> {
        let counts = |row: &&ChargeRow| {
            let ended = row.end.as_ref().is_some_and(|end| end.month < month);
            row.project == project && row.unit == cost.unit() && row.first_month <= month && !ended
        };
        let rows: Vec<&ChargeRow> = self.book.charges_of(user).filter(counts).collect();
        let share = rows.last()?.share;
        let charged = rows.iter().try_fold(Quantity::zero(cost.unit()), |sum, row| {
            let part = quota::charged_in(&charge(row), &self.book.bills, month).ok()?;
            sum.plus(part).ok()
        })?;
        Some(BillProject {
            project: Project(project.to_owned()),
            cost,
            charged,
            share: Some(share),
        })
    }

    /// What nobody is charged for. The shares of a project are each rounded up: what they exceed it by is nothing.
    fn nobody(&self, month: Month) -> BillRow {
        // Hundreds of users have a thousand projects: nobody is asked about a project that he never had.
        let mut users: BTreeMap<&str, BTreeSet<&TargetId>> = BTreeMap::new();
        for row in &self.book.charges {
            users.entry(&row.project).or_default().insert(&row.user);
        }
        let rest = |(project, cost): (&str, Quantity)| {
            let charged: Vec<BillProject> = users
                .get(project)
                .into_iter()
                .flatten()
                .filter_map(|user| self.part(user, project, cost, month))
                .collect();
            let rest = charged
                .iter()
                .try_fold(cost, |rest, part| rest.minus(part.charged))
                .ok()?;
            let rounding = rest.is_negative()
                && usize::try_from(rest.raw().unsigned_abs()).is_ok_and(|over| over <= charged.len());
            let rest = if rounding {
                Quantity::zero(rest.unit())
            } else {
                rest
            };
            (!rest.is_zero()).then(|| BillProject {
                project: Project(project.to_owned()),
                cost,
                charged: rest,
                share: None,
            })
        };
        let projects: Vec<BillProject> = costs(&self.book.bills, month).filter_map(rest).collect();
        BillRow {
            user: None,
            name: String::new(),
            amounts: sums(projects.iter().map(|part| part.charged)),
            projects,
        }
    }
}

/// Whether anything of an action may have left.
const fn has_begun(state: IntentState) -> bool {
    !matches!(state, IntentState::Planned | IntentState::Rechecked) && !state.is_end()
}

/// What each project cost in a month.
fn costs(bills: &Bills, month: Month) -> impl Iterator<Item = (&str, Quantity)> {
    let of_month = bills.cost.iter().filter(move |((at, _, _), _)| *at == month);
    of_month.map(|((_, project, _), amount)| (project.as_str(), *amount))
}

/// Sums by currency, those of nothing left out.
fn sums(amounts: impl Iterator<Item = Quantity>) -> Vec<Quantity> {
    let mut sums: BTreeMap<tidegate_meter::Unit, Quantity> = BTreeMap::new();
    for amount in amounts {
        let sum = sums
            .entry(amount.unit())
            .or_insert_with(|| Quantity::zero(amount.unit()));
        // One unit: a sum that does not fit stays as it was, which no bill of this world reaches.
        *sum = sum.plus(amount).unwrap_or(*sum);
    }
    sums.into_values().filter(|sum| !sum.is_zero()).collect()
}
