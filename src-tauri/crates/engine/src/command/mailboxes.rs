//! Looking into a mailbox because a person asked.

use tidegate_meter::MailboxId;

use super::writer;
use crate::EngineError;
use crate::inner::Inner;
use crate::mailboxes::{MailboxView, configured, look, views};

/// One look now, through the same path as any other.
pub(crate) async fn scan_mailbox(inner: &Inner, id: &MailboxId) -> Result<MailboxView, EngineError> {
    writer(inner).await?;
    let missing = || EngineError::NoMailbox(id.clone());
    let config = configured(inner, id).ok_or_else(missing)?;
    look(inner, &config).await;
    let views = views(inner).await?;
    views
        .into_iter()
        .find(|view| view.config.id == *id)
        .ok_or_else(missing)
}
