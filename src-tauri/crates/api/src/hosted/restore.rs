//! A backup over a running guard. Owns the order: a copy of what stands, the loops end after the transaction in hand,
//! the backup takes the place, everything is opened again and guards on, with every guard in watch mode: what was armed
//! in the backup was armed for another day; and a token that was revoked since does not come back. Whatever fails, what stood before is opened again.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tidegate_guard::Mode;
use tidegate_meter::{GuardId, RowId};

use super::Hosted;
use crate::response::RestoredView;
use crate::{ApiError, App, Face, Response, limits, restore_backup};

impl Hosted {
    pub(super) async fn restore(&self, name: &str, by: &str) -> Result<Response, ApiError> {
        let _one = self.turning.lock().await;
        let app = self.app().await?;
        let from = app.backup_named(name).await?;
        let kept = app.back_up_before_restore().await?.name;
        let tokens = app.standing_tokens().await?;
        drop(app);
        let mut slot = self.app.write().await;
        if let Some(app) = slot.take() {
            app.stop().await;
            self.drain(app).await;
        }
        let replaced = restore_backup(&self.home, &from, self.timer.now().wall).await;
        // What the restore itself set aside is the same as the copy made above, and would pile up beside the database.
        if let Ok(Some(aside)) = &replaced {
            remove_aside(aside).await;
        }
        let app = Arc::new(App::open(self.options.clone()).await?);
        self.relay.follow(app.changes(), false);
        let disarmed = match &replaced {
            Ok(_) => make_safe(&app, &tokens, by).await,
            Err(_) => Ok(Vec::new()),
        };
        let facts = serde_json::json!({ "name": name, "kept": kept, "disarmed": disarmed.as_deref().unwrap_or_default() });
        if replaced.is_ok() {
            app.engine().note(by, "backup.restored", facts).await;
        }
        if self.running.load(Ordering::Acquire) && disarmed.is_ok() {
            app.run().await?;
        }
        *slot = Some(app);
        drop(slot);
        let reopened = serde_json::json!({ "event": "reopened" });
        self.relay.tell(self.timer.now().wall, reopened);
        replaced?;
        Ok(Response::Restored(RestoredView {
            kept,
            disarmed: disarmed?,
        }))
    }

    /// Waits for the requests in hand: they still hold the database open. One that takes longer than that sees an error
    /// of the old database, never the new one.
    async fn drain(&self, app: Arc<App>) {
        let mut waited = std::time::Duration::ZERO;
        while Arc::strong_count(&app) > 1 && waited < limits::DRAIN_MAX {
            self.timer.sleep(limits::DRAIN_STEP).await;
            waited = waited.saturating_add(limits::DRAIN_STEP);
        }
        drop(app);
    }
}

/// Before anybody is let in, and before any loop runs: an old token opens nothing, and nothing acts on an old consent.
async fn make_safe(app: &App, tokens: &BTreeSet<RowId>, by: &str) -> Result<Vec<GuardId>, ApiError> {
    app.end_other_tokens(tokens, by).await?;
    disarm_all(app, by).await
}

async fn disarm_all(app: &App, by: &str) -> Result<Vec<GuardId>, ApiError> {
    let config = app.engine().config().await;
    let armed = config
        .guards
        .into_iter()
        .filter(|guard| matches!(guard.mode, Mode::Armed { .. }));
    let mut disarmed = Vec::new();
    for guard in armed {
        app.engine().disarm(&guard.id, by).await?;
        disarmed.push(guard.id);
    }
    Ok(disarmed)
}

async fn remove_aside(database: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = database.as_os_str().to_owned();
        name.push(suffix);
        // One that cannot be removed is only in the way of nobody.
        let _ = tokio::fs::remove_file(&name).await;
    }
}
