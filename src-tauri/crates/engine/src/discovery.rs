//! Discovery: which servers there are, for people and for arming. Decoration: a failure changes nothing and delays
//! nothing, what a look found stays.

use std::sync::Arc;

use tidegate_providers::Discovery;
use tidegate_store::{Batch, TargetRow, Write};

use crate::inner::Inner;
use crate::limits;
use crate::memory::{AccountMemory, new_target};
use crate::watch::Watch;

/// Asks the provider which servers there are, and records them.
pub(crate) async fn discover(inner: &Arc<Inner>, watch: &Watch) {
    if watch.resting(inner.now().mono).is_some() {
        return;
    }
    let generation = watch.generation();
    let Ok(links) = watch.links(inner).await else {
        return;
    };
    let found = tokio::select! {
        found = links.source.discover(false) => found.ok(),
        () = inner.parts.timer.sleep(limits::LOOK_MAX) => None,
    };
    let Some(found) = found else {
        return;
    };
    let mut memory = watch.memory.lock().await;
    if watch.generation() != generation {
        return;
    }
    let rows = changed(watch, &memory, &found);
    let mut batch = Batch::default();
    for row in &rows {
        batch.push(Write::PutTarget(row.clone()));
    }
    if inner.commit(batch, Vec::new()).await.is_ok() {
        for row in rows {
            memory.targets.insert(row.target.id.clone(), row);
        }
    }
}

fn changed(watch: &Watch, memory: &AccountMemory, found: &Discovery) -> Vec<TargetRow> {
    let account = watch.config().id.clone();
    let mut rows: Vec<TargetRow> = found
        .targets
        .iter()
        .map(|found| {
            let known = memory.targets.get(&found.target.id).cloned();
            let mut row = known.unwrap_or_else(|| new_target(&account, &found.target));
            row.target = found.target.clone();
            row.addresses.clone_from(&found.addresses);
            for meter in &found.meters {
                if !row.meters.contains(meter) {
                    row.meters.push(meter.clone());
                }
            }
            row.present = true;
            row
        })
        .collect();
    rows.extend(absent(memory, found));
    rows.retain(|row| memory.targets.get(&row.target.id) != Some(row));
    rows
}

/// Targets that are no longer found, unless a meter still names them: the provider's list may be a day old.
fn absent(memory: &AccountMemory, found: &Discovery) -> Vec<TargetRow> {
    let listed = |row: &TargetRow| found.targets.iter().any(|found| found.target.id == row.target.id);
    memory
        .targets
        .values()
        .filter(|row| row.present && !listed(row) && memory.meters_of(&row.target.id).next().is_none())
        .map(|row| TargetRow {
            present: false,
            ..row.clone()
        })
        .collect()
}
