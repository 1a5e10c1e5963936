//! Tokens of other programs: made, revoked, last seen. Owns their transactions and audit rows; what a token is, and
//! whether one that is shown is good, is its caller's.

use tidegate_meter::{RowId, Time};
use tidegate_store::{Batch, TokenRow, Write};

use super::writer;
use crate::EngineError;
use crate::crash::Step;
use crate::event::Event;
use crate::inner::{Inner, audit};

/// Keeps a new token. Only its hash is in the row.
pub(crate) async fn create(inner: &Inner, row: TokenRow, by: &str) -> Result<(), EngineError> {
    let facts = serde_json::json!({
        "token": row.id, "name": row.name, "scopes": row.scopes, "expires_at": row.expires_at,
    });
    write(inner, Write::PutToken(row), by, "token.created", facts).await
}

/// Ends a token.
pub(crate) async fn revoke(inner: &Inner, row: &TokenRow, by: &str) -> Result<(), EngineError> {
    let facts = serde_json::json!({ "token": row.id, "name": row.name });
    let revoked = Write::RevokeToken {
        id: row.id,
        at: inner.wall(),
    };
    write(inner, revoked, by, "token.revoked", facts).await
}

/// Notes that a token was shown. It is no deed: no audit row, nobody is told.
pub(crate) async fn used(inner: &Inner, id: RowId, at: Time) -> Result<(), EngineError> {
    let mut batch = Batch::default();
    batch.push(Write::TokenUsed { id, at });
    Ok(inner.commit(Step::Token, batch, Vec::new()).await?)
}

async fn write(
    inner: &Inner,
    write: Write,
    by: &str,
    event: &str,
    facts: serde_json::Value,
) -> Result<(), EngineError> {
    let _order = inner.order.lock().await;
    writer(inner).await?;
    let at = inner.wall();
    let mut batch = Batch::default();
    batch.push(write);
    batch.push(audit(at, by, event, facts));
    let told = Event::Noted {
        at,
        what: event.to_owned(),
    };
    Ok(inner.commit(Step::Token, batch, vec![told]).await?)
}
