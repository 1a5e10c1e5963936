//! Judge and commit: everything a look decides becomes one transaction. Owns the retry after a conflict, the gate in
//! front of decisions to act, and that memory follows the store, never the other way.

use std::sync::Arc;

use tidegate_guard::Severity;
use tidegate_meter::Reason;
use tidegate_store::{AlertFilter, AlertRow, StoreError};

use crate::crash::Step;
use crate::draft::Draft;
use crate::inner::Inner;
use crate::look::Looked;
use crate::memory::AccountMemory;
use crate::outbox::post;
use crate::watch::Watch;
use crate::{EngineError, limits, load, program, quotas, restart};

/// Judges what a look brought and writes it. With an error nothing was written and memory is as before.
pub(crate) async fn judge_and_commit(
    inner: &Arc<Inner>,
    watch: &Watch,
    memory: &mut AccountMemory,
    looked: &mut Looked,
) -> Result<(), EngineError> {
    for (target, state) in &looked.states {
        if let Some(state) = state {
            memory.saw(target, state, looked.at.mono);
        }
    }
    let mut gate = None;
    let mut known: Vec<AlertRow> = Vec::new();
    let mut conflicts = 0;
    let mut settled = quotas::compose(memory.book.as_deref(), &watch.config(), looked);
    let starts = restart::after_reset(inner, watch, memory, looked).await?;
    loop {
        let mut draft = Draft::make(inner, watch, memory, looked, settled.take(), &known);
        draft.plan_starts(inner, &starts);
        if draft.plans_action() && gate.is_none() {
            // Judged again with the gate in hand: another account may have taken the last action meanwhile.
            gate = Some(inner.gate.lock().await);
            settled = quotas::compose(memory.book.as_deref(), &watch.config(), looked);
            continue;
        }
        let tells = !draft.outgoing.is_empty();
        match commit(inner, &mut draft).await {
            Ok(()) => {
                let had_intents = draft.apply(inner, memory);
                wake(inner, tells, had_intents);
                break;
            }
            Err(StoreError::Conflict { .. } | StoreError::IllegalMove) if conflicts < 2 => {
                load::refresh_states(inner, memory).await?;
                quotas::reload(inner, &watch.config().id, memory).await?;
                settled = quotas::compose(memory.book.as_deref(), &watch.config(), looked);
                // Most often it is among the newest; only one that is not costs a longer search.
                let pages = if conflicts == 0 { 1 } else { limits::ALERT_PAGES };
                known = alerts(inner, watch, pages).await?;
                conflicts += 1;
            }
            Err(error) => return Err(error.into()),
        }
    }
    drop(gate);
    let blind = looked.blind.as_ref().map(|blind| blind.reason);
    program::keychain(inner, &watch.config().id, blind == Some(Reason::Locked)).await;
    account_condition(inner, watch, memory, looked).await;
    Ok(())
}

/// The newest alerts of an account, so many pages back.
async fn alerts(inner: &Inner, watch: &Watch, pages: usize) -> Result<Vec<AlertRow>, StoreError> {
    let account = watch.config().id.clone();
    let mut found = Vec::new();
    let mut before = None;
    for _ in 0..pages {
        let filter = AlertFilter {
            before,
            ..AlertFilter::recent(limits::ALERT_PAGE)
        };
        let page = inner.parts.store.alerts(filter).await?;
        before = page.last().map(|row| row.id);
        let is_last = page.len() < limits::ALERT_PAGE;
        found.extend(
            page.into_iter()
                .filter(|row| row.account.as_ref() == Some(&account)),
        );
        if is_last {
            break;
        }
    }
    Ok(found)
}

async fn commit(inner: &Inner, draft: &mut Draft) -> Result<(), StoreError> {
    let mut batch = std::mem::take(&mut draft.batch);
    post(inner, &mut batch, &std::mem::take(&mut draft.outgoing), draft.at);
    if draft.is_quiet(&batch) {
        return inner.commit_later(batch, std::mem::take(&mut draft.events)).await;
    }
    inner
        .commit(Step::Look, batch, std::mem::take(&mut draft.events))
        .await?;
    Ok(())
}

/// A quiet look wakes nobody: a thousand of them must not read the outbox a thousand times.
fn wake(inner: &Inner, tells: bool, had_intents: bool) {
    if tells {
        inner.wakes.deliver.notify_one();
    }
    if had_intents {
        inner.wakes.act.notify_one();
    }
}

/// An account that cannot be read and of which no meter is known has no guard to say so: the program says it.
async fn account_condition(inner: &Inner, watch: &Watch, memory: &AccountMemory, looked: &Looked) {
    let condition = format!("account_blind:{}", watch.config().id);
    match &looked.blind {
        Some(blind) if blind.reason == Reason::Locked => {}
        Some(blind) if memory.meters.is_empty() && memory.slots.is_empty() => {
            let at_once = matches!(blind.reason, Reason::Auth | Reason::Scope | Reason::Shape);
            if at_once || memory.misses >= limits::BLIND_LOOKS {
                let detail = format!(
                    "{}: {} ({})",
                    watch.config().name,
                    blind.detail,
                    blind.reason.name()
                );
                program::raise(inner, &condition, &detail, Severity::Critical, None).await;
            }
        }
        Some(_) => {}
        None => program::resolve(inner, &condition).await,
    }
}
