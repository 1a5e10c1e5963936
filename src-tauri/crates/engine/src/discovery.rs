//! Discovery: which servers there are, for people and for arming. Owns what is said of one that fails. Decoration: a
//! failure changes nothing and delays nothing, what a look found stays.

use std::sync::Arc;

use tidegate_guard::Severity;
use tidegate_meter::{Blind, Reason, Time};
use tidegate_providers::Discovery;
use tidegate_store::{Batch, TargetRow, Write};

use crate::crash::Step;
use crate::event::Event;
use crate::inner::Inner;
use crate::memory::{AccountMemory, Discovered, new_target};
use crate::watch::Watch;
use crate::{limits, measures, program};

/// Asks the provider which servers there are, and records them.
pub(crate) async fn discover(inner: &Arc<Inner>, watch: &Watch) {
    let generation = watch.generation();
    let found = ask(inner, watch).await;
    let mut memory = watch.memory.lock().await;
    if watch.generation() != generation {
        return;
    }
    let noted = note(memory.discovered.take(), &found, inner.wall());
    memory.discovered = Some(noted.clone());
    if let Ok(found) = &found {
        record(inner, watch, &mut memory, found).await;
    }
    drop(memory);
    tell(inner, watch, &noted).await;
}

async fn ask(inner: &Inner, watch: &Watch) -> Result<Discovery, Blind> {
    if let Some(blind) = watch.resting(inner.now().mono) {
        return Err(blind);
    }
    let links = watch.links(inner).await?;
    tokio::select! {
        biased;
        found = measures::asking(watch.config().id.clone(), links.source.discover(false)) => found.map_err(|error| error.blind()),
        () = inner.parts.timer.sleep(limits::LOOK_MAX) => {
            Err(Blind::new(Reason::Transient, "the provider did not answer in time"))
        }
    }
}

fn note(before: Option<Discovered>, found: &Result<Discovery, Blind>, now: Time) -> Discovered {
    let list_at = match found {
        Ok(found) => Some(found.at.minus(found.age)),
        Err(_) => before.as_ref().and_then(|before| before.list_at),
    };
    Discovered {
        at: now,
        list_at,
        first: before.map_or(now, |before| before.first),
        failed: found.as_ref().err().cloned(),
    }
}

/// A list that is too old is told once; a failure alone shows in the status only. A list that is young again ends it.
async fn tell(inner: &Inner, watch: &Watch, noted: &Discovered) {
    let condition = format!("discovery_old:{}", watch.config().id);
    let stands = noted.list_at.unwrap_or(noted.first);
    if noted.at.since(stands) >= limits::DISCOVERY_OLD {
        program::raise(inner, &condition, &said(noted), Severity::Warning, None).await;
    } else if noted.failed.is_none() {
        program::resolve(inner, &condition).await;
    }
}

/// When it was tried, since when the list stands, and why there is no newer one.
pub(crate) fn said(noted: &Discovered) -> String {
    let list = noted
        .list_at
        .map_or_else(|| "none yet".to_owned(), |at| format!("as of {at}"));
    let failed = noted.failed.as_ref().map_or_else(String::new, |blind| {
        format!(": {} ({})", blind.detail, blind.reason.name())
    });
    format!(
        "the list of servers, {list}, was asked for at {}{failed}",
        noted.at
    )
}

async fn record(inner: &Inner, watch: &Watch, memory: &mut AccountMemory, found: &Discovery) {
    let rows = changed(watch, memory, found);
    let mut batch = Batch::default();
    for row in &rows {
        batch.push(Write::PutTarget(row.clone()));
    }
    let told = Event::Targets {
        at: inner.wall(),
        account: watch.config().id.clone(),
    };
    let told = if rows.is_empty() { Vec::new() } else { vec![told] };
    if inner.commit(Step::Discovery, batch, told).await.is_ok() {
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
