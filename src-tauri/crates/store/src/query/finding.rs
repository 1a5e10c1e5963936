//! Findings.

use rusqlite::{Connection, Row, params};
use tidegate_meter::MailboxId;

use crate::column::{Columns, id_value_opt, list, one, opt_ms, opt_text, rows};
use crate::{FindingFilter, FindingRow, StoreError, limits};

/// Findings, newest first.
pub(crate) fn findings(conn: &Connection, filter: &FindingFilter) -> Result<Vec<FindingRow>, StoreError> {
    let sql = "SELECT id, mailbox, uid_validity, uid, at, body FROM finding
        WHERE (?1 IS NULL OR mailbox = ?1) AND (?2 IS NULL OR body ->> '$.kind' = ?2)
        AND (?3 IS NULL OR body ->> '$.certainty' = ?3) AND (?4 IS NULL OR at > ?4) AND (?5 IS NULL OR id < ?5)
        ORDER BY id DESC LIMIT ?6";
    let values = params![
        opt_text(filter.mailbox.as_ref()),
        filter.kind,
        filter.certainty,
        opt_ms(filter.after),
        id_value_opt(filter.before),
        rows(filter.limit.min(limits::PAGE_ROWS)),
    ];
    list(conn, sql, values, read)
}

/// Whether a mail was recorded before.
pub(crate) fn is_found(
    conn: &Connection,
    mailbox: &MailboxId,
    (uid_validity, uid): (u32, u32),
    identity: &str,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM finding
        WHERE mailbox = ?1 AND ((uid_validity = ?2 AND uid = ?3) OR body ->> '$.identity' = ?4) LIMIT 1";
    let values = params![mailbox.as_str(), uid_validity, uid, identity];
    Ok(one(conn, sql, values, |_| Ok(()))?.is_some())
}

fn read(row: &Row<'_>) -> Result<FindingRow, StoreError> {
    Ok(FindingRow {
        id: row.id("id")?,
        mailbox: row.text("mailbox")?,
        uid_validity: row.plain("uid_validity")?,
        uid: row.plain("uid")?,
        at: row.time("at")?,
        body: row.json("body")?,
    })
}
