//! What a sub-account's meter tells, by the book: charged of granted. Owns its identity and what makes it blind. Pure.

use std::time::Duration;

use tidegate_guard::quota::Unknown;
use tidegate_guard::{Behind, GuardState};
use tidegate_meter::{
    AccountId, AsOf, Blind, ByteBase, MeterId, MeterInfo, MeterKind, Outcome, Quantity, Reading, Reason,
    Target, TargetId, TargetKind, Time,
};
use tidegate_providers::MeterLook;

use super::book::Book;
use super::limits::BILL_DELAY;

/// Which sub-account a meter measures; `None` for every other meter.
pub(crate) fn measured(info: &MeterInfo) -> Option<&TargetId> {
    match (info.kind, info.targets.as_slice()) {
        (MeterKind::Spending, [target]) if target.kind == TargetKind::SubAccount => Some(&target.id),
        _ => None,
    }
}

/// The meter's id, which a rename leaves. An id too long for one has no meter: no provider has such.
pub(crate) fn meter_id(user: &TargetId) -> Option<MeterId> {
    MeterId::new(format!("quota-{user}")).ok()
}

/// The lag of a meter: a bill runs behind by a day however fast its numbers seem to move.
pub(crate) fn lag(info: &MeterInfo, learned: Option<Duration>) -> Option<Duration> {
    match measured(info) {
        Some(_) => Some(learned.unwrap_or_default().max(BILL_DELAY)),
        None => learned,
    }
}

/// How far a meter's numbers run behind, and whether that is known: a bill's delay is documented, any other's is what
/// judgement measured.
pub(crate) fn behind(info: &MeterInfo, lag: Option<Duration>, state: Option<&GuardState>) -> Behind {
    Behind {
        lag,
        measured: measured(info).is_some() || state.is_some_and(|state| state.behind().measured),
    }
}

/// How far the bill that a meter is composed from runs behind use, in whole hours, as its messages say it.
pub(crate) fn behind_hours(info: &MeterInfo) -> Option<u32> {
    measured(info)?;
    u32::try_from(BILL_DELAY.as_secs() / 3600).ok()
}

/// What the meter of a sub-account tells now. `book` knows the time.
pub(crate) fn look(
    account: &AccountId,
    book: &Book,
    user: &TargetId,
    now: Time,
    interval: Duration,
) -> Option<MeterLook> {
    let name = book.name(user).to_owned();
    let target = Target {
        kind: TargetKind::SubAccount,
        id: user.clone(),
        name: name.clone(),
        region: String::new(),
    };
    Some(MeterLook {
        info: MeterInfo {
            account: account.clone(),
            id: meter_id(user)?,
            kind: MeterKind::Spending,
            name,
            byte_base: ByteBase::Decimal,
            targets: vec![target],
        },
        outcome: match reading(book, user, now, interval) {
            Ok(reading) => Outcome::Known(reading),
            Err(blind) => Outcome::Blind(blind),
        },
        fast: None,
    })
}

fn reading(book: &Book, user: &TargetId, now: Time, interval: Duration) -> Result<Reading, Blind> {
    if book.charges_of(user).next().is_none() {
        return Err(unknown(&Unknown::NoCharge));
    }
    let billed = book.billed(now, interval)?;
    let used = book.consumed(user, now).map_err(|error| unknown(&error))?;
    read(used, book.limit(user), billed)
}

fn read(used: Quantity, limit: Option<Quantity>, billed: Time) -> Result<Reading, Blind> {
    Reading::new(Some(used), limit, None, None, AsOf::Fetch(billed), billed)
        .map_err(|error| Blind::new(Reason::Shape, error.to_string()))
}

fn unknown(error: &Unknown) -> Blind {
    let reason = match error {
        Unknown::NoCharge | Unknown::Unread(_) | Unknown::Baseline(_) => Reason::Missing,
        Unknown::Currency { .. } | Unknown::TooLarge => Reason::Shape,
    };
    Blind::new(reason, error.to_string())
}
