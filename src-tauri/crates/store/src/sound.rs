//! Whether a file is whole: its pages, and the rows that a guard cannot do without. Reads only. Tested in
//! `tests/store/damage.rs` and, with a guard above it, in the engine's `tests/disk`.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use crate::column::list;
use crate::query::{alert, config, delivery, flow_rows, intent, meter, quota};
use crate::{AlertFilter, DeliveryFilter, IntentFilter, StoreError, StoredKind, audit, limits, token};

/// The tables that decide; history and audit are larger and may be checked later.
const DECIDING: [&str; 15] = [
    "account",
    "channel",
    "guard",
    "guard_state",
    "meter",
    "recent",
    "target",
    "protect",
    "alert",
    "intent",
    "delivery",
    "setting",
    "device",
    "flow_batch",
    "lease",
];

/// Checks the pages of a file: all of a small one, of a larger one the tables that decide.
pub(crate) fn tables(conn: &Connection, path: &Path) -> Result<(), StoreError> {
    let small = fs::metadata(path).is_ok_and(|found| found.len() <= limits::CHECK_WHOLE_BYTES);
    if small {
        return quick_check(conn, "");
    }
    DECIDING
        .iter()
        .try_for_each(|table| quick_check(conn, &format!("({table})")))
}

/// Reads every row that a start needs: one that cannot be read would keep the guard from starting at all. What is
/// configured may be unreadable row by row, which harms only itself.
pub(crate) fn rows(conn: &Connection) -> Result<(), StoreError> {
    config::settings(conn)?;
    config::channels(conn)?;
    config::guards(conn)?;
    config::items(conn, StoredKind::Renewal)?;
    config::items(conn, StoredKind::Mailbox)?;
    token::all(conn)?;
    meter::guard_states(conn, None)?;
    meter::meters(conn, None)?;
    meter::targets(conn, None)?;
    alert::alerts(conn, AlertFilter::open())?;
    intent::intents(conn, IntentFilter::Open)?;
    delivery::deliveries(conn, DeliveryFilter::Pending)?;
    delivery::deliveries(conn, DeliveryFilter::Sending)?;
    audit::head(conn)?;
    flow_rows::devices(conn)?;
    flow_rows::invites(conn)?;
    for account in config::accounts(conn)? {
        quota::budgets(conn, &account.id)?;
        quota::granted(conn, &account.id)?;
        quota::charges(conn, &account.id)?;
        quota::spending(conn, &account.id)?;
        quota::bill_months(conn, &account.id)?;
    }
    Ok(())
}

fn quick_check(conn: &Connection, what: &str) -> Result<(), StoreError> {
    said_ok(conn, &format!("PRAGMA quick_check{what}"))
}

/// Checks every page, row and index of a file.
pub(crate) fn integrity(conn: &Connection) -> Result<(), StoreError> {
    said_ok(conn, "PRAGMA integrity_check(1)")
}

fn said_ok(conn: &Connection, pragma: &str) -> Result<(), StoreError> {
    let words: Vec<String> = list(conn, pragma, [], |row| Ok(row.get(0)?))?;
    if words == ["ok"] {
        Ok(())
    } else {
        Err(StoreError::Corrupt)
    }
}
