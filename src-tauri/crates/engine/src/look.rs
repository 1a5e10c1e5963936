//! One look at an account: read, then judge and commit. Owns what a failed look means for every meter, the live state
//! of targets near the line, and the pause after a refusal. The outside is asked without any lock on the memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tidegate_guard::{ActionKind, Level, Piece};
use tidegate_meter::{AccountId, Blind, MeterId, MeterInfo, Now, Outcome, Reason, Retry, Target, TargetId};
use tidegate_providers::subscription_info::Usage;
use tidegate_providers::{MeterLook, ProviderError, ReadReport, TargetState};
use tokio::sync::OwnedSemaphorePermit;

use crate::EngineError;
use crate::event::Event;
use crate::inner::Inner;
use crate::memory::{AccountMemory, unseen};
use crate::outside::Links;
use crate::quotas::{self, Told};
use crate::watch::Watch;
use crate::{judging, limits, measures, near, standing, subscriptions};

/// What a look brought, before it is judged.
pub(crate) struct Looked {
    /// Every meter that is known or wanted; blind for the account's reason when nothing could be read. Those of quotas
    /// are composed anew when they are judged, since the book may have changed meanwhile.
    pub(crate) meters: Vec<MeterLook>,
    /// Those of them that are over by the provider's word.
    pub(crate) over: BTreeSet<MeterId>,
    /// What the panel of a subscription told.
    pub(crate) usage: Option<Usage>,
    /// What was told of sub-accounts.
    pub(crate) told: Told,
    /// Why nothing could be read.
    pub(crate) blind: Option<Blind>,
    /// States of targets that were read live in this look; `None`: asked, and not answered.
    pub(crate) states: BTreeMap<TargetId, Option<TargetState>>,
    /// What of a sub-account was found open, where its pieces were read one by one.
    pub(crate) open: BTreeMap<TargetId, Vec<Piece>>,
    /// Whether the credential may act; `None` when it could not be had.
    pub(crate) can_act: Option<bool>,
    /// When the look ended.
    pub(crate) at: Now,
}

impl Looked {
    /// Whether a meter is over by the provider's word, and another that is known measures all that it measured.
    pub(crate) fn is_replaced(&self, meter: &MeterInfo) -> bool {
        let is_measured = |target: &Target| {
            let mut known = self
                .meters
                .iter()
                .filter(|look| look.info.kind == meter.kind && look.outcome.reading().is_some());
            known.any(|look| look.info.targets.iter().any(|other| other.id == target.id))
        };
        self.over.contains(&meter.id) && !meter.targets.is_empty() && meter.targets.iter().all(is_measured)
    }
}

/// What the schedule needs to know after a look.
pub(crate) struct Verdict {
    /// The account rests from a refusal for this long.
    pub(crate) rest: Option<Duration>,
    /// The provider was asked; false while the account rests.
    pub(crate) asked: bool,
    /// Something is near its line.
    pub(crate) near: bool,
}

/// Looks, judges and commits. `permit` is given back as soon as the outside has answered, or is slow.
pub(crate) async fn look(
    inner: &Arc<Inner>,
    watch: &Arc<Watch>,
    permit: Option<OwnedSemaphorePermit>,
) -> Result<Verdict, EngineError> {
    let _one = watch.looking.lock().await;
    let generation = watch.generation();
    let asked = watch.resting(inner.now().mono).is_none();
    let begun = inner.now().mono;
    let mut looked = in_place(inner, permit, read(inner, watch)).await;
    let took = looked.at.mono.since(begun);
    inner
        .measures
        .checked(&watch.config().id, looked.blind.is_none(), took);
    let rest = rest(watch, &looked);
    let mut memory = watch.memory.lock().await;
    if watch.generation() != generation {
        // The account was changed or removed while it was read: what was read belongs to nobody.
        return Ok(Verdict {
            rest: None,
            asked,
            near: false,
        });
    }
    judging::judge_and_commit(inner, watch, &mut memory, &mut looked).await?;
    if looked.usage.is_some() {
        drop(memory);
        compare(inner, &watch.config().id).await;
        memory = watch.memory.lock().await;
    }
    Ok(Verdict {
        rest,
        asked,
        near: is_near(inner, &watch.config().id, &memory, &looked),
    })
}

/// Asks the outside within a place. One that is slow goes on without it: however many hang, the others are asked in time.
pub(crate) async fn in_place<T>(
    inner: &Inner,
    place: Option<OwnedSemaphorePermit>,
    asking: impl Future<Output = T>,
) -> T {
    let mut asking = std::pin::pin!(asking);
    tokio::select! {
        biased;
        answer = &mut asking => return answer,
        () = inner.parts.timer.sleep(limits::PLACE_MAX) => drop(place),
    }
    asking.await
}

/// The leak check of a subscription, after its sample is durable. One that fails is made with the next look.
async fn compare(inner: &Inner, account: &AccountId) {
    if let Err(error) = subscriptions::check(inner, account).await {
        tracing::warn!(%account, %error, "a leak check could not be made");
    }
}

/// Tells that an account was looked at, with what memory says of it. Its rows were durable before.
pub(crate) fn tell(inner: &Inner, watch: &Watch, memory: &AccountMemory) {
    let Some(at) = memory.looked_at else {
        return;
    };
    inner.publish(vec![Event::Looked {
        at,
        account: watch.config().id.clone(),
        next_at: memory.next_at,
        blind: memory.blind.clone(),
    }]);
}

/// Reads an account; nothing is judged and nothing is written.
pub(crate) async fn read(inner: &Inner, watch: &Watch) -> Looked {
    measures::asking(watch.config().id.clone(), read_on_behalf(inner, watch)).await
}

async fn read_on_behalf(inner: &Inner, watch: &Watch) -> Looked {
    let outcome = ask(inner, watch).await;
    let learned = match (&outcome, subscriptions::is_one(&watch.config())) {
        (Ok(_), true) => subscriptions::learned_day(inner, &watch.config().id).await,
        _ => None,
    };
    let now = inner.now();
    let memory = watch.memory.lock().await;
    let config = watch.config();
    let mut looked = Looked {
        meters: Vec::new(),
        over: BTreeSet::new(),
        usage: None,
        told: Told::Nothing,
        blind: None,
        states: BTreeMap::new(),
        open: BTreeMap::new(),
        can_act: None,
        at: now,
    };
    match outcome {
        Ok((mut report, links)) => {
            looked.told = report.bill.take().map_or(Told::Nothing, Told::Bill);
            looked.usage = report.usage.take();
            looked.over = report.over.clone();
            let told = looked.usage.and_then(|usage| usage.reset_day);
            looked.meters = complete(&config.id, &memory, report);
            if subscriptions::is_one(&config) {
                subscriptions::fit_all(
                    &config,
                    (told, learned),
                    &memory,
                    &mut looked.meters,
                    &inner.parts.zone,
                );
            }
            quotas::compose(memory.book.as_deref(), &config, &mut looked);
            let wanted = targets_to_read(&memory, &looked.meters, now);
            drop(memory);
            (looked.states, looked.open) = states(inner, &config.id, &links, wanted).await;
            looked.can_act = Some(links.control.rights().await.can_act);
            looked.at = inner.now();
        }
        Err(blind) => {
            looked.meters = all_blind(&config.id, &memory, &blind);
            looked.blind = Some(blind);
            quotas::compose(memory.book.as_deref(), &config, &mut looked);
        }
    }
    looked
}

async fn ask(inner: &Inner, watch: &Watch) -> Result<(ReadReport, Links), Blind> {
    if !watch.config().enabled {
        return Err(Blind::new(Reason::Disabled, "switched off"));
    }
    if let Some(blind) = watch.resting(inner.now().mono) {
        return Err(blind);
    }
    let links = watch.links(inner).await?;
    let read = async {
        let mut report = links.source.read().await?;
        quotas::fill_in(inner, watch, &links, &mut report).await;
        Ok(report)
    };
    let most = quotas::look_max(&links);
    let answer: Result<ReadReport, ProviderError> = tokio::select! {
        biased;
        answer = read => answer,
        () = inner.parts.timer.sleep(most) => {
            return Err(Blind::new(Reason::Transient, "the provider did not answer in time"));
        }
    };
    match answer {
        Ok(report) => Ok((report, links)),
        Err(error) => Err(refused(inner, watch, &error).await),
    }
}

/// Notes how long a refusing provider must be left alone. A refused key is read anew from the vault at the next look.
async fn refused(inner: &Inner, watch: &Watch, error: &ProviderError) -> Blind {
    let blind = error.blind();
    let advised = match blind.reason.retry() {
        Retry::Pause(seconds) => Some(Duration::from_secs(u64::from(seconds))),
        Retry::NextInterval | Retry::OnChange => None,
    };
    let pause = advised.max(error.retry_after.map(limits::granted));
    if let Some(pause) = pause {
        watch.set_rest(Some((inner.now().mono.plus(pause), blind.clone())));
    }
    if blind.reason == Reason::Auth {
        watch.forget_links().await;
    }
    blind
}

fn rest(watch: &Watch, looked: &Looked) -> Option<Duration> {
    looked.blind.as_ref()?;
    // One millisecond after the rest: at its very end the refusal would still be repeated.
    watch
        .rest_left(looked.at.mono)
        .map(|left| left + Duration::from_millis(1))
}

/// Every meter of the report, and every known or wanted one that the report left out: missing is not silence.
fn complete(account: &AccountId, memory: &AccountMemory, report: ReadReport) -> Vec<MeterLook> {
    let ReadReport { mut meters, over, .. } = report;
    for meter in wanted(account, memory) {
        if !meters.iter().any(|look| look.info.id == meter.id) {
            let detail = if over.contains(&meter.id) {
                "the provider tells that it is over: it expired, was given back, or another took its place"
            } else {
                "the provider does not list it"
            };
            meters.push(MeterLook {
                outcome: Outcome::Blind(Blind::new(Reason::Missing, detail)),
                fast: None,
                info: meter,
            });
        }
    }
    meters
}

fn all_blind(account: &AccountId, memory: &AccountMemory, blind: &Blind) -> Vec<MeterLook> {
    wanted(account, memory)
        .into_iter()
        .map(|info| MeterLook {
            info,
            outcome: Outcome::Blind(blind.clone()),
            fast: None,
        })
        .collect()
}

/// Every known meter, and those that a guard names though no look ever found them.
fn wanted(account: &AccountId, memory: &AccountMemory) -> Vec<MeterInfo> {
    let mut wanted: Vec<_> = memory.meters.values().map(|meter| meter.info.clone()).collect();
    for guard in memory.guards.values().filter(|guard| guard.enabled) {
        if let crate::config::MeterChoice::One(id) = &guard.meter
            && !wanted.iter().any(|info| info.id == *id)
        {
            wanted.push(unseen(account, id));
        }
    }
    wanted
}

/// Targets whose live state this look needs: those of meters near their line, and those we stopped, so that a start by
/// somebody is noticed within one interval; of the others once an hour those that a guard may stop, so that its
/// sentence says what it would do.
fn targets_to_read(memory: &AccountMemory, meters: &[MeterLook], now: Now) -> Vec<Wanted> {
    let mut targets: BTreeMap<TargetId, Wanted> = BTreeMap::new();
    for look in meters {
        let Some(reading) = look.outcome.reading() else {
            continue;
        };
        let is_near = memory
            .guards_of(&look.info, look.outcome.reading())
            .any(|guard| near::is_near(&guard, reading) || stands_critical(memory, &guard, &look.info.id));
        let may_stop = memory
            .guards_of(&look.info, look.outcome.reading())
            .any(|guard| guard.limit.is_some() && guard.action == ActionKind::Stop);
        for target in &look.info.targets {
            let ours = memory
                .targets
                .get(&target.id)
                .is_some_and(|row| row.stopped_by_us_at.is_some());
            if is_near || ours || (may_stop && is_due(memory, &target.id, now)) {
                let target = target.clone();
                targets.insert(target.id.clone(), Wanted { target, ours });
            }
        }
    }
    targets.into_values().collect()
}

/// By both clocks: after a sleep the monotonic one says that no time has passed.
fn is_due(memory: &AccountMemory, target: &TargetId, now: Now) -> bool {
    memory.asked.get(target).is_none_or(|asked| {
        now.mono.since(asked.at.mono) >= limits::POWER_EVERY
            || now.wall.since(asked.at.wall) >= limits::POWER_EVERY
    })
}

fn stands_critical(
    memory: &AccountMemory,
    guard: &crate::config::GuardConfig,
    meter: &tidegate_meter::MeterId,
) -> bool {
    memory
        .slots
        .get(&(guard.id.clone(), meter.clone()))
        .is_some_and(|slot| slot.level == Level::Critical)
}

/// A target whose state a look needs.
struct Wanted {
    target: Target,
    /// We stopped it.
    ours: bool,
}

/// The states of targets, and what of them is open. One that could not be read has no state.
async fn states(
    inner: &Inner,
    account: &AccountId,
    links: &Links,
    wanted: Vec<Wanted>,
) -> (
    BTreeMap<TargetId, Option<TargetState>>,
    BTreeMap<TargetId, Vec<Piece>>,
) {
    let reads = wanted.into_iter().map(|wanted| async move {
        let stands = tokio::select! {
            biased;
            stands = standing::look(inner, links, account, &wanted.target, wanted.ours) => stands.ok(),
            () = inner.parts.timer.sleep(limits::LOOK_MAX) => None,
        };
        (wanted.target.id, stands)
    });
    let mut states = BTreeMap::new();
    let mut open = BTreeMap::new();
    for (target, stands) in futures_util::future::join_all(reads).await {
        if let Some(pieces) = stands.as_ref().and_then(|stands| stands.open.clone()) {
            open.insert(target.clone(), pieces);
        }
        states.insert(target, stands.map(|stands| stands.state));
    }
    (states, open)
}

/// By the numbers as they were told: one that is not believed yet is looked at again as soon as one that is.
fn is_near(inner: &Inner, account: &AccountId, memory: &AccountMemory, looked: &Looked) -> bool {
    inner.desk.has_open(account)
        || looked.meters.iter().any(|look| {
            let Some(reading) = look.outcome.reading() else {
                return false;
            };
            memory
                .guards_of(&look.info, look.outcome.reading())
                .any(|guard| near::is_near(&guard, reading) || stands_critical(memory, &guard, &look.info.id))
        })
}
