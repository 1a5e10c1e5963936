//! Settings of the program that a person changes: quiet hours, which the deliverer obeys, when reports are sent, and those
//! that the engine only keeps for others.

use tidegate_store::{Batch, Write};

use super::writer;
use crate::EngineError;
use crate::crash::Step;
use crate::event::Event;
use crate::inner::{Inner, audit, json, lock};
use crate::load::{QUIET, own_key};
use crate::quiet::QuietHours;
use crate::report::{self, ReportSettings};

/// Writes settings, all or none; `quiet` of `Some` changes the quiet hours, `reports` when reports are sent. The audit names what changed.
pub(crate) async fn save(
    inner: &Inner,
    quiet: Option<Option<QuietHours>>,
    reports: Option<ReportSettings>,
    own: Vec<(String, serde_json::Value)>,
    by: &str,
) -> Result<(), EngineError> {
    if quiet.is_none() && reports.is_none() && own.is_empty() {
        return Ok(());
    }
    let _order = inner.order.lock().await;
    writer(inner).await?;
    let now = inner.wall();
    let mut batch = Batch::default();
    let mut changed: Vec<&str> = own.iter().map(|(name, _)| name.as_str()).collect();
    if let Some(hours) = &quiet {
        changed.push(QUIET);
        batch.push(Write::Setting(QUIET.to_owned(), hours.as_ref().map(json)));
    }
    if let Some(settings) = &reports {
        changed.push(report::SETTINGS);
        batch.push(Write::Setting(report::SETTINGS.to_owned(), Some(json(settings))));
    }
    let facts = serde_json::json!({ "changed": changed });
    batch.push(audit(now, by, "settings.saved", facts));
    for (name, value) in &own {
        batch.push(Write::Setting(own_key(name), Some(value.clone())));
    }
    inner
        .commit(Step::Settings, batch, vec![Event::Settings { at: now }])
        .await?;
    if let Some(settings) = reports {
        *lock(&inner.reports.settings) = settings;
        inner.reports.wake.notify_one();
    }
    if let Some(hours) = quiet {
        *lock(&inner.quiet) = hours;
        // What waited for the old end may go now.
        inner.wakes.deliver.notify_one();
    }
    Ok(())
}

/// An audit entry for what a caller did outside the database.
pub(crate) async fn note(inner: &Inner, by: &str, event: &str, facts: serde_json::Value) {
    let _order = inner.order.lock().await;
    let written = async {
        writer(inner).await?;
        let mut batch = Batch::default();
        let at = inner.wall();
        batch.push(audit(at, by, event, facts));
        let told = Event::Noted {
            at,
            what: event.to_owned(),
        };
        Ok::<_, EngineError>(inner.commit(Step::Noted, batch, vec![told]).await?)
    };
    if let Err(error) = written.await {
        tracing::warn!(event, %error, "the audit could not be written");
    }
}
