//! Findings: written once, never changed.

use rusqlite::{Connection, params};

use crate::column::{change, id_value, json};
use crate::{FindingRow, StoreError};

pub(super) fn insert(conn: &Connection, row: &FindingRow) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO finding (id, mailbox, uid_validity, uid, at, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let values = params![
        id_value(row.id),
        row.mailbox.as_str(),
        row.uid_validity,
        row.uid,
        row.at.ms(),
        json(&row.body)?,
    ];
    change(conn, sql, values)
        .map(drop)
        .map_err(|error| error.named("finding"))
}
