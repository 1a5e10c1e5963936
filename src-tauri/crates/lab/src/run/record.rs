//! What is seen of a run, in order: hashed into the trace, shown to every check, kept. Owns the order of what is seen in
//! one instant: what the engine told stands before the request that it sent afterwards.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use sha2::{Digest, Sha256};
use tidegate_engine::{ChangeBatch, Event};
use tidegate_meter::Time;
use tidegate_sim::{LoggedRequest, World};
use tidegate_store::{IntentFilter, IntentRow, Store};
use tokio::sync::broadcast::Receiver;

use crate::check::{Breach, Check, Finding, Invariant, View};
use crate::line::{Line, Seen};
use crate::plan::{Deed, Plan};
use crate::run::Figures;
use crate::run::figures::Ends;
use crate::run::moments::Moments;
use crate::time::Tide;

/// The sentence of a message that may be a repeat, in both languages of the catalogue.
const REPEATS: [&str; 2] = ["repeat: an earlier copy", "重复投递"];

/// The record of one run; see the module.
pub(crate) struct Record {
    plan: Plan,
    world: World,
    tide: Arc<Tide>,
    kept: usize,
    /// What of the plan waits for an action.
    pub(super) moments: Moments,
    inner: Mutex<Inner>,
}

struct Inner {
    checks: Vec<Box<dyn Check>>,
    store: Option<Store>,
    feed: Option<Receiver<Arc<ChangeBatch>>>,
    /// So many batches may still be seen of a process that is dead.
    left: Option<usize>,
    trace: Sha256,
    lines: VecDeque<Seen>,
    breaches: Vec<Breach>,
    figures: Figures,
    ends: Ends,
}

impl Inner {
    fn next_batch(&mut self) -> Option<Arc<ChangeBatch>> {
        match &mut self.left {
            Some(0) => return None,
            Some(left) => *left = left.saturating_sub(1),
            None => {}
        }
        self.feed.as_mut()?.try_recv().ok()
    }
}

/// What is left of a record at the end.
pub(crate) struct Told {
    pub(crate) breaches: Vec<Breach>,
    pub(crate) trace: [u8; 32],
    pub(crate) lines: Vec<Seen>,
    pub(crate) figures: Figures,
}

impl Told {
    /// Of a plan that cannot be played.
    pub(crate) fn failed(at: Time, said: String) -> Self {
        Self {
            breaches: vec![stuck(at, said)],
            trace: [0; 32],
            lines: Vec::new(),
            figures: Figures::default(),
        }
    }
}

impl Record {
    pub(crate) fn new(
        plan: &Plan,
        world: &World,
        tide: &Arc<Tide>,
        checks: Vec<Box<dyn Check>>,
        kept: usize,
    ) -> Arc<Self> {
        Arc::new(Self {
            plan: plan.clone(),
            world: world.clone(),
            tide: Arc::clone(tide),
            kept,
            moments: Moments::default(),
            inner: Mutex::new(Inner {
                checks,
                store: None,
                feed: None,
                left: None,
                trace: Sha256::new(),
                lines: VecDeque::new(),
                breaches: Vec::new(),
                figures: Figures::default(),
                ends: Ends::default(),
            }),
        })
    }

    /// A life begins, and tells by this.
    pub(crate) fn begin(&self, feed: Receiver<Arc<ChangeBatch>>, life: u32) {
        let mut inner = self.lock();
        inner.feed = Some(feed);
        inner.left = None;
        drop(inner);
        self.see(Line::Began { life });
    }

    /// The database of the life, or of the next one.
    pub(crate) fn stand_on(&self, store: Store) {
        self.lock().store = Some(store);
    }

    /// The database is let go of, so that its file can be closed.
    pub(crate) fn let_go(&self) {
        self.lock().store = None;
    }

    /// A life is over; what it told before is seen first, what it might still tell never.
    pub(crate) fn end_life(&self, killed: bool) {
        self.told();
        self.lock().feed = None;
        self.see(Line::Ended { killed });
    }

    /// The process dies in this moment: what it told before is seen later, what it tells from now on never. Called with
    /// the store's writer held, so that nothing may be asked of it here.
    pub(crate) fn cut(&self) {
        if let Ok(mut inner) = self.inner.try_lock() {
            inner.left = inner.feed.as_ref().map(Receiver::len);
        }
    }

    /// Sees what the engine told since the last time.
    pub(crate) fn told(&self) {
        loop {
            let mut inner = self.lock();
            let Some(batch) = inner.next_batch() else {
                return;
            };
            for event in looks_first(&batch.events) {
                let event = event.clone();
                self.add(&mut inner, Line::Event { event });
            }
        }
    }

    /// Sees what arrived at the world since the last time.
    pub(crate) fn arrived(&self) {
        self.told();
        let mut inner = self.lock();
        for request in self.world.take_requests() {
            let recorded = recorded(inner.store.as_ref(), &request);
            self.add(&mut inner, Line::Request { request, recorded });
        }
        for (platform, text) in self.world.take_messages() {
            let is_repeat = REPEATS.iter().any(|sentence| text.contains(sentence));
            let platform = platform.to_owned();
            self.add(
                &mut inner,
                Line::Card {
                    platform,
                    text,
                    is_repeat,
                },
            );
        }
    }

    /// Something of the plan happened.
    pub(crate) fn deed(&self, deed: Deed) {
        self.see(Line::Deed { deed });
    }

    /// Sees a line, after what the engine told before.
    pub(crate) fn see(&self, line: Line) {
        self.told();
        let mut inner = self.lock();
        self.add(&mut inner, line);
    }

    /// So many transactions became durable.
    pub(crate) fn committed(&self, commits: u64) {
        let mut inner = self.lock();
        inner.figures.commits = inner.figures.commits.saturating_add(commits);
    }

    /// One more of that name in the figures.
    pub(crate) fn count(&self, name: &str) {
        self.lock().figures.count(name.to_owned());
    }

    /// The run itself failed.
    pub(crate) fn stuck(&self, said: String) {
        let breach = stuck(self.tide.now(), said);
        self.lock().breaches.push(breach);
    }

    /// Asks every check for its last word and takes everything out.
    pub(crate) fn finish(&self) -> Told {
        let at = self.tide.now();
        let mut inner = self.lock();
        if let Some(store) = inner.store.clone() {
            let view = View {
                plan: &self.plan,
                world: &self.world,
                store: &store,
            };
            let mut checks = std::mem::take(&mut inner.checks);
            for check in &mut checks {
                let found = check.end(at, &view);
                note(&mut inner.breaches, check.invariant(), at, found);
            }
        }
        inner.figures.seconds = self.tide.elapsed_ms() / 1000;
        Told {
            breaches: std::mem::take(&mut inner.breaches),
            trace: std::mem::take(&mut inner.trace).finalize().into(),
            lines: std::mem::take(&mut inner.lines).into(),
            figures: std::mem::take(&mut inner.figures),
        }
    }

    fn add(&self, inner: &mut Inner, line: Line) {
        let seen = Seen {
            at: self.tide.now(),
            mono_ms: self.tide.mono_ms(),
            line,
        };
        // Every line is made of our own shapes, which always have a JSON form.
        let text = serde_json::to_vec(&seen).unwrap_or_default();
        inner.trace.update(&text);
        inner.trace.update(b"\n");
        inner.figures.note(&seen);
        if let Line::Event { event } = &seen.line {
            let name = inner.ends.name(event);
            name.into_iter().for_each(|name| inner.figures.count(name));
            self.moments.hear(event, self.tide.elapsed_ms());
        }
        if let Some(store) = inner.store.clone() {
            let view = View {
                plan: &self.plan,
                world: &self.world,
                store: &store,
            };
            let mut checks = std::mem::take(&mut inner.checks);
            for check in &mut checks {
                let found = check.see(&seen, &view);
                note(&mut inner.breaches, check.invariant(), seen.at, found);
            }
            inner.checks = checks;
        }
        if inner.lines.len() >= self.kept {
            inner.lines.pop_front();
        }
        if self.kept > 0 {
            inner.lines.push_back(seen);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn stuck(at: Time, said: String) -> Breach {
    Breach {
        invariant: Invariant::Stuck,
        at,
        said,
        about: "run".to_owned(),
    }
}

fn note(breaches: &mut Vec<Breach>, invariant: Invariant, at: Time, found: Vec<Finding>) {
    breaches.extend(found.into_iter().map(|Finding { said, about }| Breach {
        invariant,
        at,
        said,
        about,
    }));
}

/// What changes a sub-account at its cloud, by the first word of the action.
const CHANGES: [&str; 6] = ["Update", "Delete", "Attach", "Detach", "Stop", "Start"];

/// Whether an intent that names a target of this request stands in the database; `None` for a request that only reads. A
/// request for a piece of a sub-account names its key, not the sub-account, and of one that the gateway refuses nobody reads
/// whom it names: there the account decides.
fn recorded(store: Option<&Store>, request: &LoggedRequest) -> Option<bool> {
    let (service, action) = request.operation.split_once('.')?;
    let is_power = service == "ecs" && matches!(action, "stop" | "start");
    let is_piece = CHANGES.iter().any(|word| action.starts_with(word));
    if !is_power && !is_piece {
        return None;
    }
    let open = store?.intents(IntentFilter::Open).now_or_never()?.ok()?;
    let names = |intent: &IntentRow| {
        if is_power && !request.servers.is_empty() {
            let target = intent.target.id.as_str();
            request.servers.iter().any(|server| server == target)
        } else {
            request.account.as_deref() == Some(intent.account.as_str())
        }
    };
    Some(open.iter().any(names))
}

/// The looks of a batch before what was decided on them: the engine tells them last, and all of it became durable in one
/// transaction.
fn looks_first(events: &[Event]) -> impl Iterator<Item = &Event> {
    let is_look = |event: &&Event| matches!(event, Event::Reading { .. } | Event::Unread { .. });
    let rest = events.iter().filter(move |event| !is_look(event));
    events.iter().filter(is_look).chain(rest)
}
