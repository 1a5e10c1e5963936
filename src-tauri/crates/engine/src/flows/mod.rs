//! Proxy traffic of kernels that are watched from here: collected, kept, and told; what agents handed in is told with it.
//!
//! Owns one task for each account that has a kernel, from its first answer to the transaction that makes a stretch of its
//! count durable; the picture of what passes now, which is never stored; and the questions about what was stored. Never
//! speaks to a kernel itself (that is `providers::proxy`), never takes a batch of an agent (that is `devices`).
//!
//! A stretch needs no number to be counted once, as a batch of an agent does: its bytes, the spans in which the kernel was
//! watched and where its counters stood are written in one transaction. What a crash takes with it was not counted yet, and
//! the kernel's own counters give it back at the next start.
//! Tested in `tests/engine/flows`.

mod agent;
mod collect;
pub(crate) mod coverage;
mod days;
mod desk;
mod keep;
mod line;
mod live;
mod measured;
mod owner;
mod query;
mod seat;
mod view;

use std::collections::BTreeMap;
use std::sync::Arc;

use tidegate_guard::Severity;
use tidegate_meter::{AccountId, Mono};
use tokio_util::sync::CancellationToken;

pub(crate) use self::days::day_of;
pub(crate) use self::desk::FlowDesk;
pub(crate) use self::line::line;
pub(crate) use self::live::live;
pub use self::measured::DeviceMeasured;
pub(crate) use self::measured::devices as measured;
pub(crate) use self::owner::refuse_taken;
pub(crate) use self::query::flows;
pub use self::view::{Coverage, DeviceState, FlowsTold, LinePoint, LineTold, LiveDevice, LiveTold};
use crate::config::AccountConfig;
use crate::inner::Inner;
use crate::tasks::Tasks;
use crate::{limits, program};

/// Tasks that collect, each with the configuration that it was started with and what ends it.
#[derive(Default)]
struct Collectors {
    running: BTreeMap<AccountId, (Arc<AccountConfig>, CancellationToken)>,
    /// Not started again before then: a defect ended it.
    resting: BTreeMap<AccountId, Mono>,
    tasks: Tasks<AccountId, AccountId>,
}

/// Runs until cancelled: a task for each account that has a kernel and is switched on.
pub(crate) async fn run(inner: Arc<Inner>, end: CancellationToken) {
    let mut collectors = Collectors::default();
    inner.flows.clear();
    while !end.is_cancelled() {
        collectors.follow(&inner, &end);
        if let Err(error) = owner::reconcile(&inner).await {
            tracing::warn!(%error, "devices of accounts that are gone could not be ended");
        }
        let rest = collectors.rest(inner.now().mono);
        tokio::select! {
            biased;
            () = end.cancelled() => break,
            Some(ended) = collectors.tasks.next() => collectors.ended(&inner, ended).await,
            () = inner.flows.wake.notified() => {}
            () = inner.parts.timer.sleep(rest), if !collectors.resting.is_empty() => {}
        }
    }
    // Each keeps what it counted before it ends.
    while collectors.tasks.next().await.is_some() {}
    inner.flows.clear();
}

impl Collectors {
    /// Starts what is wanted and does not run; ends what runs and is not wanted as it was started.
    fn follow(&mut self, inner: &Arc<Inner>, end: &CancellationToken) {
        let wanted = owner::wanted(inner);
        for (account, (config, token)) in &self.running {
            if wanted
                .get(account)
                .is_none_or(|wanted| wanted.config() != *config)
            {
                token.cancel();
            }
        }
        let now = inner.now().mono;
        self.resting.retain(|_, until| *until > now);
        for (account, watch) in wanted {
            if self.running.contains_key(&account) || self.resting.contains_key(&account) {
                continue;
            }
            let (config, token) = (watch.config(), end.child_token());
            self.running
                .insert(account.clone(), (Arc::clone(&config), token.clone()));
            let inner = Arc::clone(inner);
            self.tasks.spawn(account.clone(), async move {
                collect::collect(&inner, &watch, &config, &token).await;
                account
            });
        }
    }

    /// How long until a task may be started again.
    fn rest(&self, now: Mono) -> std::time::Duration {
        let next = self.resting.values().min();
        next.map_or(limits::COLLECT_REST, |until| until.since(now))
    }

    /// A task ended: asked to, or by a defect of ours, which is told and tried again after a while.
    async fn ended(&mut self, inner: &Inner, ended: Result<AccountId, crate::tasks::Broken<AccountId>>) {
        let broken = match ended {
            Ok(account) => {
                self.running.remove(&account);
                inner.flows.leave(&account);
                return;
            }
            Err(broken) => broken,
        };
        let said = broken.said();
        let Some(account) = broken.name else { return };
        tracing::error!(%account, "a task that collects was lost");
        self.running.remove(&account);
        inner.flows.leave(&account);
        let until = inner.now().mono.plus(limits::COLLECT_REST);
        self.resting.insert(account.clone(), until);
        let detail = format!("{account}: {said}");
        program::raise(
            inner,
            &broken_condition(&account),
            &detail,
            Severity::Critical,
            None,
        )
        .await;
    }
}

fn broken_condition(account: &AccountId) -> String {
    format!("collect_broken:{account}")
}

/// Writes what was counted and not yet written, where that is older than [`limits::FLOWS_FRESH`]: whoever asks is told of
/// it. A disk that refuses, or a task that is busy, keeps nobody waiting for long.
pub(crate) async fn settle(inner: &Arc<Inner>) {
    let old: Vec<_> = inner.flows.seats_older(inner.now().mono, limits::FLOWS_FRESH);
    if old.is_empty() {
        return;
    }
    let written = async {
        for seat in &old {
            seat.press().await;
        }
    };
    tokio::select! {
        biased;
        () = written => {}
        () = inner.parts.timer.sleep(limits::FLOWS_SETTLE) => {
            tracing::debug!("not every count could be written before it was asked for");
        }
    }
}
