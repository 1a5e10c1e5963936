//! One stream of changes out of several programs, one after the other and side by side. Owns its numbering, without
//! gaps, and the mark on what is simulated.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tidegate_meter::Time;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;

use crate::face::Changes;
use crate::limits;

/// The stream.
pub(super) struct Relay {
    out: Arc<Out>,
    following: Mutex<Vec<JoinHandle<()>>>,
}

struct Out {
    /// `None` after the end.
    sender: Mutex<Option<(broadcast::Sender<Arc<Value>>, u64)>>,
}

impl Default for Relay {
    fn default() -> Self {
        let (sender, _) = broadcast::channel(limits::CHANGES_BEHIND);
        Self {
            out: Arc::new(Out {
                sender: Mutex::new(Some((sender, 0))),
            }),
            following: Mutex::default(),
        }
    }
}

impl Relay {
    /// Carries on what a program tells, until that program ends.
    pub(super) fn follow(&self, from: Changes, simulated: bool) {
        let out = Arc::clone(&self.out);
        let task = tokio::spawn(carry(from, out, simulated));
        let mut following = lock(&self.following);
        following.retain(|task| !task.is_finished());
        following.push(task);
    }

    /// Tells something of the host's own.
    pub(super) fn tell(&self, at: Time, mut event: Value) {
        if let Some(fields) = event.as_object_mut() {
            fields.insert("at".to_owned(), json!(at));
        }
        self.out.send(json!({ "at": at, "events": [event] }));
    }

    /// Waits for what is left of the programs that have ended, then ends the stream.
    pub(super) async fn end(&self) {
        let following = std::mem::take(&mut *lock(&self.following));
        for task in following {
            // An error only says that the task was ended otherwise.
            let _ = task.await;
        }
        lock(&self.out.sender).take();
    }

    pub(super) fn subscribe(&self) -> Changes {
        match lock(&self.out.sender).as_ref() {
            Some((sender, _)) => sender.subscribe(),
            // After the end: a stream that is over.
            None => broadcast::channel(1).0.subscribe(),
        }
    }
}

impl Out {
    fn send(&self, mut batch: Value) {
        let mut sender = lock(&self.sender);
        let Some((sender, seq)) = sender.as_mut() else {
            return;
        };
        if let Some(fields) = batch.as_object_mut() {
            fields.insert("seq".to_owned(), json!(*seq));
        }
        *seq = seq.saturating_add(1);
        // An error only says that nobody listens.
        let _ = sender.send(Arc::new(batch));
    }

    /// Batches that went by unheard leave a gap in the numbers, so that listeners read everything anew.
    fn skip(&self, missed: u64) {
        if let Some((_, seq)) = lock(&self.sender).as_mut() {
            *seq = seq.saturating_add(missed.max(1));
        }
    }
}

async fn carry(mut from: Changes, out: Arc<Out>, simulated: bool) {
    loop {
        match from.recv().await {
            Ok(batch) => {
                let mut batch = (*batch).clone();
                if simulated {
                    mark(&mut batch);
                }
                out.send(batch);
            }
            Err(RecvError::Lagged(missed)) => out.skip(missed),
            Err(RecvError::Closed) => return,
        }
    }
}

fn mark(batch: &mut Value) {
    let events = batch.get_mut("events").and_then(Value::as_array_mut);
    for event in events.into_iter().flatten() {
        if let Some(fields) = event.as_object_mut() {
            fields.insert("simulated".to_owned(), Value::Bool(true));
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
