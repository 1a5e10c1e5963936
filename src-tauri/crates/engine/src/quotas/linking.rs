//! Linking: which projects are charged to a sub-account, by which share and since when. Owns that no more than all of a
//! project is charged, and that what was spent before an end stays charged.

use std::sync::Arc;

use tidegate_meter::{AccountId, Month, Quantity, TargetId, Unit};
use tidegate_providers::sub_accounts::Project;
use tidegate_store::{ChargeEnd, ChargeRow, QuotaWrite};

use super::book::{Book, running};
use super::change::{Before, Change, change};
use super::limits::PROJECT_CHARS;
use super::settle::budget_row;
use super::{CountFrom, LinkAsked, QuotaRefused};
use crate::EngineError;
use crate::inner::Inner;

/// All of a project, in 1e-4 percent.
const WHOLE: i64 = 1_000_000;

/// Charges a project to a sub-account.
pub(crate) async fn link(inner: &Arc<Inner>, asked: &LinkAsked, by: &str) -> Result<ChargeRow, EngineError> {
    if asked.project.0.is_empty() || asked.project.0.chars().count() > PROJECT_CHARS {
        return Err(QuotaRefused::project(&asked.project).into());
    }
    if asked.share.unit() != Unit::Percent || asked.share.raw() <= 0 || asked.share.raw() > WHOLE {
        return Err(QuotaRefused::Range {
            field: "share",
            allowed: "above 0% and at most 100%",
        }
        .into());
    }
    change(inner, &asked.account, &asked.user, by, |before| {
        let mut pen = Pen::new(before)?;
        let row = pen.begin(&asked.project.0, asked.share, asked.from)?;
        let facts = serde_json::json!({
            "account": row.account, "user": row.user, "project": row.project, "share": row.share,
            "first_month": row.first_month, "baseline": row.baseline,
        });
        Ok(pen.done(("quota.linked", facts), row))
    })
    .await
}

/// Ends the charge of a project, and shows it no more.
pub(crate) async fn unlink(
    inner: &Arc<Inner>,
    account: &AccountId,
    user: &TargetId,
    project: &Project,
    by: &str,
) -> Result<(), EngineError> {
    change(inner, account, user, by, |before| {
        let mut pen = Pen::new(before)?;
        let shown = shown(before.book, user);
        if !shown.contains(&project.0) {
            return Err(QuotaRefused::NotCharged(project.0.clone()).into());
        }
        let end = pen.end(&project.0)?;
        pen.hide(&project.0);
        let facts = serde_json::json!({ "account": account, "user": user, "project": project, "end": end });
        Ok(pen.done(("quota.unlinked", facts), ()))
    })
    .await
}

/// Switches projects on or off; how many changed.
pub(crate) async fn toggle(
    inner: &Arc<Inner>,
    account: &AccountId,
    user: &TargetId,
    project: Option<&Project>,
    on: bool,
    by: &str,
) -> Result<usize, EngineError> {
    change(inner, account, user, by, |before| {
        let mut pen = Pen::new(before)?;
        let shown = shown(before.book, user);
        let chosen: Vec<String> = match project {
            None => shown,
            Some(one) if shown.contains(&one.0) => vec![one.0.clone()],
            Some(one) => return Err(QuotaRefused::NotCharged(one.0.clone()).into()),
        };
        let mut changed = Vec::new();
        for project in chosen {
            if pen.turn(&project, on)? {
                changed.push(project);
            }
        }
        let count = changed.len();
        let facts = serde_json::json!({ "account": account, "user": user, "projects": changed, "on": on });
        Ok(pen.done(("quota.toggled", facts), count))
    })
    .await
}

/// The projects of a sub-account that are shown, charged now or not, by name.
pub(super) fn shown(book: &Book, user: &TargetId) -> Vec<String> {
    let removed = book.users.get(user).map(|kept| &kept.budget.removed);
    let is_shown = |project: &String| removed.is_none_or(|removed| !removed.contains(project));
    let mut projects: Vec<String> = book.charges_of(user).map(|row| row.project.clone()).collect();
    projects.retain(is_shown);
    projects.sort();
    projects.dedup();
    projects
}

/// Writes charges of one sub-account into a copy of the book.
struct Pen<'a> {
    before: &'a Before<'a>,
    book: Book,
    writes: Vec<QuotaWrite>,
}

impl<'a> Pen<'a> {
    fn new(before: &'a Before<'a>) -> Result<Self, EngineError> {
        before.kept()?;
        Ok(Self {
            before,
            book: before.book.clone(),
            writes: Vec::new(),
        })
    }

    fn done<T>(self, entry: (&'static str, serde_json::Value), answer: T) -> Change<T> {
        Change {
            book: self.book,
            writes: self.writes,
            entry,
            answer,
        }
    }

    /// A project on or off; whether that changed it. Switched on it counts from now by the share it had.
    fn turn(&mut self, project: &str, on: bool) -> Result<bool, EngineError> {
        if !on {
            return Ok(self.end(project)?.is_some());
        }
        let own = self.book.charges_of(self.before.user);
        let last = own.filter(|row| row.project == project).last();
        let Some(share) = last.filter(|row| row.end.is_some()).map(|row| row.share) else {
            return Ok(false);
        };
        self.begin(project, share, CountFrom::Now)?;
        Ok(true)
    }

    fn begin(&mut self, project: &str, share: Quantity, from: CountFrom) -> Result<ChargeRow, EngineError> {
        let own = |row: &ChargeRow| row.user == *self.before.user;
        if self.book.charged_for(project).any(own) {
            return Err(QuotaRefused::Charged(project.to_owned()).into());
        }
        let free = self.book.free_share(project);
        if share.raw() > free.raw() {
            return Err(self.taken(project, free).into());
        }
        let (month, unit) = (running(self.before.now), self.unit(project));
        let baseline = match from {
            CountFrom::Month => Some(Quantity::zero(unit)),
            CountFrom::Now => self.cost_now(project, month, unit),
        };
        let row = ChargeRow {
            id: self.before.row_id(),
            account: self.before.config.id.clone(),
            user: self.before.user.clone(),
            project: project.to_owned(),
            share,
            first_month: month,
            baseline,
            unit,
            since: self.before.now,
            by: self.before.by.to_owned(),
            end: None,
        };
        self.writes.push(QuotaWrite::Charge(row.clone()));
        self.book.charges.push(row.clone());
        self.show(project);
        Ok(row)
    }

    /// Ends what a project is charged now; `None` when it is not. Refused while nobody knows what it cost: an end on an old
    /// number would give away what was spent since.
    fn end(&mut self, project: &str) -> Result<Option<ChargeEnd>, EngineError> {
        let own =
            |row: &ChargeRow| row.user == *self.before.user && row.project == project && row.end.is_none();
        let Some(mut row) = self.book.charges.iter().find(|row| own(row)).cloned() else {
            return Ok(None);
        };
        let month = running(self.before.now);
        let cost = self.cost_now(project, month, row.unit);
        let cost = cost.ok_or(QuotaRefused::Unread { month })?;
        let end = ChargeEnd {
            month,
            amount: cost,
            at: self.before.now,
        };
        // From when it counts was never known: it counted for nothing yet.
        if row.baseline.is_none() && row.first_month == month {
            row.baseline = Some(cost);
        }
        row.end = Some(end.clone());
        if let Some(known) = self.book.charges.iter_mut().find(|known| known.id == row.id) {
            *known = row.clone();
        }
        self.writes.push(QuotaWrite::Charge(row));
        Ok(Some(end))
    }

    /// What a project costs in the running month, where the newest bill says so.
    fn cost_now(&self, project: &str, month: Month, unit: Unit) -> Option<Quantity> {
        let interval = self.before.config.interval;
        self.book.billed(self.before.now, interval).ok()?;
        let cost = self.book.bills.cost.get(&(month, project.to_owned(), unit));
        Some(cost.copied().unwrap_or_else(|| Quantity::zero(unit)))
    }

    /// The currency to charge a project in: the ledger's, where there is one; else what the project costs.
    fn unit(&self, project: &str) -> Unit {
        let user = self.before.user;
        if self.book.granted.contains_key(user) || self.book.charges_of(user).next().is_some() {
            return self.book.unit(user);
        }
        let costs = self.book.bills.cost.iter().rev();
        let told = costs
            .filter(|((_, name, _), amount)| name == project && !amount.is_zero())
            .map(|((_, _, unit), _)| *unit)
            .next();
        told.unwrap_or_else(|| self.book.unit(user))
    }

    fn taken(&self, project: &str, free: Quantity) -> QuotaRefused {
        let others: Vec<String> = self
            .book
            .charged_for(project)
            .map(|row| format!("{} ({}%)", self.book.name(&row.user), row.share.decimal()))
            .collect();
        QuotaRefused::Taken {
            project: project.to_owned(),
            others: others.join(", "),
            free,
        }
    }

    fn hide(&mut self, project: &str) {
        self.keep(|removed| removed.insert(project.to_owned()));
    }

    fn show(&mut self, project: &str) {
        self.keep(|removed| removed.remove(project));
    }

    /// Writes the sub-account's row where its list of hidden projects changed.
    fn keep(&mut self, change: impl FnOnce(&mut std::collections::BTreeSet<String>) -> bool) {
        let Some(kept) = self.book.users.get_mut(self.before.user) else {
            return;
        };
        if !change(&mut kept.budget.removed) {
            return;
        }
        kept.version = kept.version.saturating_add(1);
        let row = budget_row(
            &self.before.config.id,
            self.before.user,
            kept.version,
            &kept.budget,
        );
        self.writes.push(QuotaWrite::Budget(row));
    }
}
