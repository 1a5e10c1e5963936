//! Deliveries: the outbox.

use rusqlite::{Connection, params};

use crate::column::{change, id_value, id_value_opt, json, opt_ms, word};
use crate::{DeliveryRow, StoreError};

pub(super) fn put(conn: &Connection, row: &DeliveryRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO delivery (id, channel, alert, intent, severity, message, state, tries, next_at, repeat,
        error, created_at, delivered_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
        ON CONFLICT (id) DO UPDATE SET channel = ?2, alert = ?3, intent = ?4, severity = ?5, message = ?6, state = ?7,
        tries = ?8, next_at = ?9, repeat = ?10, error = ?11, created_at = ?12, delivered_at = ?13";
    let values = params![
        id_value(row.id),
        row.channel.as_str(),
        id_value_opt(row.alert),
        id_value_opt(row.intent),
        word(&row.severity)?,
        json(&row.message)?,
        word(&row.state)?,
        row.tries,
        row.next_at.ms(),
        row.repeat,
        row.error,
        row.created_at.ms(),
        opt_ms(row.delivered_at),
    ];
    change(conn, sql, values).map(drop)
}
