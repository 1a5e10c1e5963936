//! The database that cannot be written. Owns when that begins and ends, and that it is told past the outbox: once, in
//! each channel's turn and pace, by tasks that hold up nobody who waits for a commit.

use std::mem::Discriminant;
use std::sync::{Arc, Mutex};

use tidegate_channels::{Delivery, Message, Refusal};
use tidegate_guard::Severity;
use tidegate_meter::{Mono, Now, RowId};
use tidegate_store::{StoreError, Write};

use crate::event::Event;
use crate::inner::{Inner, lock};
use crate::limits;
use crate::post::Post;

/// What kinds of rows a batch writes.
pub(crate) type Kinds = Vec<Discriminant<Write>>;

/// The kinds of a batch that take room. A setting is written in place and an audit entry goes with everything: that
/// those were written says nothing of the rest. A full disk refuses looks and takes heartbeats.
pub(crate) fn kinds(writes: &[Write]) -> Kinds {
    let mut kinds = Kinds::new();
    for write in writes {
        let kind = std::mem::discriminant(write);
        let light = matches!(
            write,
            Write::Setting(..) | Write::Audit(_) | Write::TouchIntent(_) | Write::TokenUsed { .. }
        );
        if !light && !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

/// Whether the database takes writes.
#[derive(Default)]
pub(crate) struct Unwritable {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    failing: Option<Failing>,
    told_at: Option<Mono>,
    /// What is still to be told.
    untold: Option<String>,
}

struct Failing {
    /// Every kind that failed since it began.
    kinds: Kinds,
    /// The last failure.
    at: Mono,
}

impl Unwritable {
    /// The last write of some kind failed.
    pub(crate) fn is_so(&self) -> bool {
        lock(&self.state).failing.is_some()
    }

    /// Notes a failed write; true when that is to be told.
    pub(crate) fn failed(&self, kinds: Kinds, error: &StoreError, now: Mono) -> bool {
        let mut state = lock(&self.state);
        if let Some(failing) = state.failing.as_mut() {
            let new: Kinds = kinds
                .into_iter()
                .filter(|kind| !failing.kinds.contains(kind))
                .collect();
            failing.kinds.extend(new);
            failing.at = now;
            return false;
        }
        state.failing = Some(Failing { kinds, at: now });
        let young = |at: Mono| now.since(at) < limits::UNWRITABLE_TOLD;
        if state.told_at.is_some_and(young) {
            return false;
        }
        state.told_at = Some(now);
        state.untold = Some(error.to_string());
        true
    }

    /// Notes a good write. It ends the condition when it is of a kind that failed, or when nothing has failed for long.
    pub(crate) fn succeeded(&self, kinds: &Kinds, now: Mono) {
        let mut state = lock(&self.state);
        let over = state.failing.as_ref().is_some_and(|failing| {
            failing.kinds.is_empty()
                || failing.kinds.iter().any(|kind| kinds.contains(kind))
                || now.since(failing.at) >= limits::UNWRITABLE_OVER
        });
        if over {
            state.failing = None;
        }
    }

    fn take_untold(&self) -> Option<String> {
        lock(&self.state).untold.take()
    }
}

/// What is to be told now, for each channel: nothing is acted on and nothing is marked meanwhile.
pub(crate) fn untold(inner: &Inner) -> Option<(RowId, Delivery, Vec<Arc<Post>>)> {
    let detail = inner.conditions.unwritable.take_untold()?;
    let now = inner.wall();
    inner.publish(vec![Event::Program {
        at: now,
        condition: "store_unwritable".to_owned(),
        detail: detail.clone(),
    }]);
    let delivery = Delivery {
        id: inner.row_id(),
        severity: Severity::Critical,
        message: Message::Program {
            condition: "store_unwritable".to_owned(),
            detail,
        },
        decided_at: now,
        repeat: false,
    };
    let mut posts = inner.posts();
    posts.retain(|post| post.config.enabled);
    Some((delivery.id, delivery, posts))
}

/// Tells one channel. Its pace counts though it cannot be written now.
pub(crate) async fn tell(inner: &Inner, post: &Post, delivery: Delivery) {
    // A send whose answer cannot be recorded keeps its channel while the disk is full; it is not on the wire any more.
    let _turn = tokio::select! {
        biased;
        turn = post.sending.lock() => Some(turn),
        () = inner.parts.timer.sleep(limits::UNWRITABLE_TURN) => None,
    };
    let Ok(channel) = post.channel(inner).await else {
        return;
    };
    let wait = channel
        .earliest(&post.pace(), inner.wall())
        .since(inner.wall())
        .max(post.rest().since(inner.now().mono));
    if !wait.is_zero() {
        inner
            .parts
            .timer
            .sleep(wait.min(limits::DELIVERY_WAIT_LONGEST))
            .await;
    }
    let answer = channel.deliver(&delivery).await;
    let now: Now = inner.now();
    let mut pace = post.pace();
    let sends = match &answer {
        Ok(delivered) => delivered.sends,
        Err(error) => error.sends,
    };
    for _ in 0..sends {
        pace.record(now.wall);
    }
    if let Err(refused) = answer {
        tracing::warn!(channel = %post.config.id, detail = %refused, "the failing database could not be told");
        if let Refusal::Retry(asked) = refused.refusal {
            pace.block(now.wall.plus(asked));
        }
    }
    post.set_pace(pace);
}
