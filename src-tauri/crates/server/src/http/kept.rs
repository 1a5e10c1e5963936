//! Large answers that several programs ask for again and again, kept for a moment. Owns when a kept one is as good as a new
//! one: nothing was told to listeners since it was asked for, no command through this door has ended since, and it is
//! younger than a second. Whoever asks the same while one is made waits for that one. Tested in `tests/http/kept.rs`.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tidegate_api::words::Mono;

use super::error::Wrong;
use super::tag::Tagged;
use super::{Shared, limits};

/// Kept answers by what was asked.
#[derive(Default)]
pub(super) struct Kept {
    slots: Mutex<BTreeMap<String, Arc<Slot>>>,
    commands: AtomicU64,
}

/// Held while its answer is made.
type Slot = tokio::sync::Mutex<Option<Answer>>;

/// What must not have changed since an answer was asked for: what was told, and the commands that ended.
type State = (u64, u64);

struct Answer {
    of: State,
    at: Mono,
    answer: Tagged,
}

impl Kept {
    /// The answer to a question: the kept one, or what `make` makes.
    pub(super) async fn answer(
        &self,
        shared: &Shared,
        question: String,
        make: impl AsyncFnOnce() -> Result<Bytes, Wrong>,
    ) -> Result<Tagged, Wrong> {
        let slot = self.slot(question);
        let mut slot = slot.lock().await;
        // Asked before it is made: what changes meanwhile ends it at once.
        let (state, now) = (self.state(shared), shared.timer.now().mono);
        let good = slot
            .as_ref()
            .filter(|kept| Some(kept.of) == state && now.since(kept.at) < limits::KEPT_FOR);
        if let Some(kept) = good {
            return Ok(kept.answer.clone());
        }
        *slot = None;
        let answer = Tagged::new(make().await?);
        *slot = state.map(|of| Answer {
            of,
            at: now,
            answer: answer.clone(),
        });
        Ok(answer)
    }

    /// A command may have changed what was told before it ended.
    pub(super) fn command_ended(&self) {
        self.commands.fetch_add(1, Ordering::AcqRel);
    }

    fn state(&self, shared: &Shared) -> Option<State> {
        Some((shared.door.told()?, self.commands.load(Ordering::Acquire)))
    }

    fn slot(&self, question: String) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= limits::KEPT_ANSWERS && !slots.contains_key(&question) {
            slots.clear();
        }
        Arc::clone(slots.entry(question).or_default())
    }
}
