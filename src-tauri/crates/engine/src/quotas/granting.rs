//! Granting and ruling: entries of a ledger, and the rules of a sub-account.

use std::sync::Arc;

use tidegate_guard::quota::{EntryError, total_after};
use tidegate_meter::{AccountId, TargetId, Unit};
use tidegate_store::{AllocationRow, QuotaWrite};

use super::book::{Granted, Kept};
use super::change::{Before, Change, change};
use super::limits::NOTE_CHARS;
use super::settle::budget_row;
use super::{Allocation, QuotaRefused, Rules};
use crate::EngineError;
use crate::inner::Inner;

/// Appends an entry to a ledger.
pub(crate) async fn allocate(
    inner: &Arc<Inner>,
    asked: &Allocation,
    by: &str,
) -> Result<AllocationRow, EngineError> {
    if asked.note.chars().count() > NOTE_CHARS {
        return Err(QuotaRefused::Range {
            field: "note",
            allowed: "at most 500 characters",
        }
        .into());
    }
    change(inner, &asked.account, &asked.user, by, |before| {
        entry(before, asked)
    })
    .await
}

fn entry(before: &Before<'_>, asked: &Allocation) -> Result<Change<AllocationRow>, EngineError> {
    before.kept()?;
    let last = before.book.granted.get(before.user).copied();
    let seq = last.map_or(0, |last| last.seq);
    if asked.after.is_some_and(|after| after != seq) {
        return Err(QuotaRefused::Moved { last: seq }.into());
    }
    let Unit::Money(_) = asked.amount.unit() else {
        return Err(QuotaRefused::NoMoney.into());
    };
    if let Some(Unit::Money(own)) = last.map(|last| last.total.unit())
        && asked.amount.unit() != Unit::Money(own)
    {
        return Err(QuotaRefused::OtherCurrency(own).into());
    }
    let consumed = before.book.consumed(before.user, before.now);
    let total = total_after(
        last.map(|last| last.total),
        asked.amount,
        &consumed,
        asked.below_spent,
    )
    .map_err(refused)?;
    let row = AllocationRow {
        account: asked.account.clone(),
        user: asked.user.clone(),
        seq: seq.saturating_add(1),
        amount: asked.amount,
        total,
        note: asked.note.clone(),
        by: before.by.to_owned(),
        at: before.now,
    };
    let mut book = before.book.clone();
    let granted = Granted { seq: row.seq, total };
    book.granted.insert(asked.user.clone(), granted);
    let facts = serde_json::json!({
        "account": row.account, "user": row.user, "seq": row.seq, "amount": row.amount, "total": row.total,
        "note": row.note, "below_spent": asked.below_spent,
    });
    Ok(Change {
        book,
        writes: vec![QuotaWrite::Allocate(row.clone())],
        entry: ("quota.allocated", facts),
        answer: row,
    })
}

fn refused(error: EntryError) -> QuotaRefused {
    match error {
        EntryError::Nothing => QuotaRefused::NoMoney,
        EntryError::Amount(error) => QuotaRefused::Amount(error),
        EntryError::Underflow { granted } => QuotaRefused::Underflow { granted },
        EntryError::BelowSpent { spent } => QuotaRefused::BelowSpent { spent },
        EntryError::SpentUnknown(why) => QuotaRefused::SpentUnknown(why.to_string()),
    }
}

/// Sets the rules of a sub-account.
pub(crate) async fn set_rules(
    inner: &Arc<Inner>,
    account: &AccountId,
    user: &TargetId,
    rules: Rules,
    by: &str,
) -> Result<(), EngineError> {
    let rules = rules.checked()?;
    change(inner, account, user, by, |before| ruled(before, &rules)).await
}

fn ruled(before: &Before<'_>, rules: &Rules) -> Result<Change<()>, EngineError> {
    let kept = before.kept()?;
    let mut next = Kept {
        version: kept.version.saturating_add(1),
        budget: kept.budget.clone(),
    };
    let facts = serde_json::json!({
        "account": before.config.id, "user": before.user, "before": next.budget.rules, "after": rules,
    });
    next.budget.rules = rules.clone();
    let row = budget_row(&before.config.id, before.user, next.version, &next.budget);
    let mut book = before.book.clone();
    book.users.insert(before.user.clone(), next);
    Ok(Change {
        book,
        writes: vec![QuotaWrite::Budget(row)],
        entry: ("quota.ruled", facts),
        answer: (),
    })
}
