//! The life of the loops: lease, start, standby, end. Owns what happens first after a start (resume what a crash left),
//! and that a copy without the lease does nothing but wait for it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tidegate_guard::{Mode, Severity};
use tidegate_store::{Batch, LeaseState, Opened, StoreError, Write};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::config::GuardConfig;
use crate::crash::Step;
use crate::event::Event;
use crate::inner::{Inner, audit, lock};
use crate::lapse::Watchman;
use crate::{
    EngineError, act, deliver, devices, flows, guards, lapse, limits, load, mailboxes, program, renewals,
    report, schedule,
};

/// A loop ended by itself.
const LOOP_BROKEN: &str = "loop_broken";

/// Takes the lease.
pub(crate) async fn take_lease(inner: &Inner) -> Result<(), EngineError> {
    let now = inner.wall();
    let lease = inner.parts.store.take_lease(now, limits::LEASE_TTL);
    match inner.durably(Step::LeaseTaken, lease).await? {
        LeaseState::Held { .. } => {
            inner.holder.store(true, Ordering::Release);
            Ok(())
        }
        LeaseState::Other { holder, .. } => Err(EngineError::NotHolder { holder }),
    }
}

/// Renews the lease; another holder, or a lease that lapsed, is a lease lost.
pub(crate) async fn renew(inner: &Inner) {
    let now = inner.wall();
    let lease = inner.parts.store.renew_lease(now, limits::LEASE_TTL);
    match inner.durably(Step::LeaseRenewed, lease).await {
        Ok(LeaseState::Held { .. }) => {}
        Ok(LeaseState::Other { .. }) | Err(StoreError::Fenced) => inner.lose_lease(),
        Err(error) => tracing::warn!(%error, "the lease could not be renewed"),
    }
}

/// Starts the loops of a holder: reads everything anew, resumes what a crash left, then guards.
pub(crate) async fn begin(inner: &Arc<Inner>, end: &CancellationToken) -> Result<JoinSet<()>, EngineError> {
    load::everything(inner).await?;
    disarm_recovered(inner).await?;
    deliver::resume(inner).await?;
    lapse::at_start(inner).await?;
    act::resume(inner);
    lapse::beat(inner).await?;
    inner.publish(vec![Event::Lease {
        at: inner.wall(),
        holder: true,
    }]);
    let mut loops = JoinSet::new();
    let watchman = Watchman::new(inner.now());
    loops.spawn(schedule::run(Arc::clone(inner), end.clone(), watchman));
    loops.spawn(act::run(Arc::clone(inner), end.clone()));
    loops.spawn(deliver::run(Arc::clone(inner), end.clone()));
    loops.spawn(renewals::run(Arc::clone(inner), end.clone()));
    loops.spawn(report::run(Arc::clone(inner), end.clone()));
    loops.spawn(mailboxes::run(Arc::clone(inner), end.clone()));
    loops.spawn(flows::run(Arc::clone(inner), end.clone()));
    loops.spawn(devices::run(Arc::clone(inner), end.clone()));
    loops.spawn(upkeep(Arc::clone(inner), end.clone()));
    Ok(loops)
}

/// Guards until ended: while the lease is ours the loops run; when it is lost they end, and it is asked for again.
pub(crate) async fn guard(
    inner: Arc<Inner>,
    end: CancellationToken,
    first: (CancellationToken, JoinSet<()>),
) {
    let mut current = Some(first);
    while !end.is_cancelled() {
        if let Some((token, mut loops)) = current.take() {
            let whole = hold(&inner, &end, &token, &mut loops).await;
            token.cancel();
            while loops.join_next().await.is_some() {}
            *lock(&inner.loops) = None;
            if !whole {
                broken(&inner).await;
            }
        } else {
            current = stand_by(&inner, &end).await;
        }
    }
    if inner.is_holder() {
        leave(&inner).await;
    }
}

/// Renews the lease until it is lost or the end. False when a loop ended by itself: none of them ever does, so a defect
/// ended it, and what it did is done by nobody.
async fn hold(
    inner: &Arc<Inner>,
    end: &CancellationToken,
    token: &CancellationToken,
    loops: &mut JoinSet<()>,
) -> bool {
    let begun = inner.now().mono;
    let pause = limits::LEASE_RENEW.min(inner.parts.options.heartbeat);
    let mut beaten = inner.now().mono;
    loop {
        tokio::select! {
            biased;
            () = end.cancelled() => return true,
            () = token.cancelled() => return true,
            _ = loops.join_next() => return end.is_cancelled() || token.is_cancelled(),
            () = inner.parts.timer.sleep(pause) => {}
        }
        if inner.now().mono.since(begun) >= limits::LOOPS_WHOLE {
            program::resolve(inner, LOOP_BROKEN).await;
        }
        let now = inner.now();
        renew(inner).await;
        if now.mono.since(beaten.max(inner.looks_settled())) >= inner.parts.options.heartbeat {
            beaten = now.mono;
            // An error is told by the commit itself.
            let _ = lapse::beat(inner).await;
        }
    }
}

/// The loops start again like after a start; until then nothing is guarded, and people are told.
async fn broken(inner: &Inner) {
    tracing::error!("a loop ended by a defect; all of them are started again");
    let detail = "a part of the guard was ended by a defect of the program; all of it is started again";
    program::raise(inner, LOOP_BROKEN, detail, Severity::Critical, None).await;
}

async fn stand_by(inner: &Arc<Inner>, end: &CancellationToken) -> Option<(CancellationToken, JoinSet<()>)> {
    tokio::select! {
        biased;
        () = end.cancelled() => return None,
        () = inner.parts.timer.sleep(limits::STANDBY) => {}
    }
    take_lease(inner).await.ok()?;
    let token = end.child_token();
    *lock(&inner.loops) = Some(token.clone());
    // In a task of its own: a defect in the beginning must not end the one who would begin again.
    let beginning = {
        let (inner, token) = (Arc::clone(inner), token.clone());
        tokio::spawn(async move { begin(&inner, &token).await })
    };
    let begun = beginning.await.unwrap_or_else(|_| {
        Err(EngineError::Blind(
            "a defect of the program ended the start".to_owned(),
        ))
    });
    match begun {
        Ok(loops) => Some((token, loops)),
        Err(error) => {
            tracing::warn!(%error, "the loops could not start");
            *lock(&inner.loops) = None;
            None
        }
    }
}

/// The clean end: the heartbeat says until when it guarded, the lease is free for the next.
async fn leave(inner: &Inner) {
    if let Err(error) = lapse::beat(inner).await {
        tracing::warn!(%error, "the last heartbeat could not be written");
    }
    release(inner).await;
}

/// Gives the lease back.
pub(crate) async fn release(inner: &Inner) {
    inner.holder.store(false, Ordering::Release);
    let released = inner.durably(Step::LeaseReleased, inner.parts.store.release_lease());
    if let Err(error) = released.await {
        tracing::warn!(%error, "the lease could not be given back");
    }
}

/// A new database in the place of an unreadable one knows nothing of what was armed or done: nothing may act before a
/// person has looked.
async fn disarm_recovered(inner: &Inner) -> Result<(), EngineError> {
    let Opened::Recovered { kept, backup } = inner.parts.store.opened_as() else {
        return Ok(());
    };
    let told = inner
        .conditions
        .all()
        .iter()
        .any(|(name, _)| name == "database_unreadable");
    if told {
        // The lease came back to the same process: what a person armed since then stays.
        return Ok(());
    }
    disarm_all(inner, "database_unreadable").await?;
    let instead = match backup {
        Some(backup) => format!("the backup {} stands in its place", file_name(backup)),
        None => "there was no backup, so nothing is configured".to_owned(),
    };
    let detail = format!(
        "the database was unreadable and is kept aside as {}; {instead}; every guard is in watch mode until armed again",
        file_name(kept)
    );
    program::raise(inner, "database_unreadable", &detail, Severity::Critical, None).await;
    Ok(())
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

async fn disarm_all(inner: &Inner, cause: &str) -> Result<(), EngineError> {
    for (_, watch) in inner.watches() {
        let mut memory = watch.memory.lock().await;
        let armed: Vec<GuardConfig> = memory
            .guards
            .values()
            .filter(|guard| matches!(guard.mode, Mode::Armed { .. }))
            .cloned()
            .collect();
        for guard in armed {
            let now = inner.wall();
            let disarmed = GuardConfig {
                mode: Mode::Watch,
                ..guard
            };
            let mut batch = Batch::default();
            batch.push(Write::PutGuard(guards::row(&disarmed)));
            let facts = serde_json::json!({ "guard": disarmed.id, "cause": cause });
            batch.push(audit(now, "engine", "guard.disarmed", facts));
            let event = Event::Mode {
                at: now,
                guard: disarmed.id.clone(),
                armed_until: None,
            };
            inner.commit(Step::Disarmed, batch, vec![event]).await?;
            memory.guards.insert(disarmed.id.clone(), disarmed);
        }
    }
    Ok(())
}

/// Rollups, retention, backup.
async fn upkeep(inner: Arc<Inner>, end: CancellationToken) {
    let mut pause = limits::MAINTENANCE_FIRST;
    loop {
        tokio::select! {
            biased;
            () = end.cancelled() => return,
            () = inner.parts.timer.sleep(pause) => {}
        }
        pause = limits::MAINTENANCE;
        if let Err(error) = tidy(&inner).await {
            tracing::warn!(%error, "maintenance failed");
        }
    }
}

async fn tidy(inner: &Inner) -> Result<(), StoreError> {
    let (store, now) = (&inner.parts.store, inner.wall());
    inner.durably(Step::Tidied, store.tidy(now)).await?;
    inner
        .durably(Step::BackedUp, store.back_up_daily(now))
        .await
        .map(drop)
}
