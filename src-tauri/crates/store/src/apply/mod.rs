//! The writes of a batch, inside the transaction that the writer opened. Owns which SQL each [`Write`] becomes, one
//! file per subject; never commits. Tested in `tests/store/batch.rs`.

mod alert;
mod config;
mod delivery;
mod finding;
mod flow;
mod flow_bytes;
mod guard_state;
mod intent;
mod look;
mod quota;
mod target;

use rusqlite::Connection;
use tidegate_meter::Time;

use crate::{Batch, StoreError, Write, audit, token};

/// Applies every write in order; the first refusal ends it, and the caller rolls back.
pub(crate) fn batch(conn: &Connection, batch: &Batch) -> Result<(), StoreError> {
    let at = newest_time(batch);
    batch.writes.iter().try_for_each(|write| apply(conn, write, at))
}

/// The newest time that a write of the batch carries: removals have none of their own.
fn newest_time(batch: &Batch) -> Option<Time> {
    let time_of = |write: &Write| match write {
        Write::Audit(entry) => Some(entry.at),
        Write::Look { at, .. } | Write::ResolveAlert { at, .. } => Some(*at),
        _ => None,
    };
    batch.writes.iter().filter_map(time_of).max()
}

fn apply(conn: &Connection, write: &Write, at: Option<Time>) -> Result<(), StoreError> {
    match write {
        Write::PutAccount(row) => config::put_account(conn, row),
        Write::RemoveAccount(id) => config::remove_account(conn, id),
        Write::PutChannel(row) => config::put_channel(conn, row),
        Write::RemoveChannel(id) => config::remove_channel(conn, id),
        Write::PutGuard(row) => config::put_guard(conn, row),
        Write::RemoveGuard(id) => config::remove_guard(conn, id, at),
        Write::PutItem(row) => config::put_item(conn, row),
        Write::RemoveItem { kind, id } => config::remove_item(conn, *kind, id),
        Write::ItemState { kind, id, state } => config::put_item_state(conn, *kind, id, state.as_ref()),
        Write::Look {
            info,
            outcome,
            at,
            lag_ms,
        } => look::look(conn, info, outcome, *at, *lag_ms),
        Write::RetainMeters { account, present } => look::retain(conn, account, present),
        Write::PutTarget(row) => target::put(conn, row),
        Write::Protect {
            account,
            target,
            protected,
        } => target::protect(conn, account, target, *protected),
        Write::GuardState(row) => guard_state::put(conn, row),
        Write::RaiseAlert(row) => alert::raise(conn, row),
        Write::ResolveAlert {
            guard,
            meter,
            key,
            window_start,
            at,
        } => alert::resolve(conn, guard.as_ref(), meter.as_ref(), key, *window_start, *at),
        Write::AnswerAlert {
            id,
            acknowledged,
            snoozed_until,
        } => alert::answer(conn, *id, acknowledged.as_ref(), *snoozed_until),
        Write::Intent(row, event) => intent::insert(conn, row, event),
        Write::MoveIntent { row, event } => intent::go(conn, row, event),
        Write::TouchIntent(row) => intent::touch(conn, row),
        Write::Delivery(row) => delivery::put(conn, row),
        Write::Finding(row) => finding::insert(conn, row),
        Write::Quota(write) => quota::apply(conn, write),
        Write::Flow(write) => flow::apply(conn, write),
        Write::Lapse(row) => config::put_lapse(conn, row),
        Write::Audit(entry) => audit::append(conn, entry),
        Write::Setting(key, value) => config::put_setting(conn, key, value.as_ref()),
        Write::PutToken(row) => token::put(conn, row),
        Write::RevokeToken { id, at } => token::revoke(conn, *id, *at),
        Write::TokenUsed { id, at } => token::used(conn, *id, *at),
    }
}

/// Refuses a change that did not change exactly one row.
fn expect_one(changed: usize, what: &'static str) -> Result<(), StoreError> {
    if changed == 1 {
        Ok(())
    } else {
        Err(StoreError::conflict(what))
    }
}
