//! Changes as Server-Sent Events. Owns their ids, the batches that are kept for a listener that comes back, and how many
//! listen at once. A listener that missed something is told to look at everything anew (`reset`); one whose token was
//! revoked is let go after a heartbeat's span at the latest, however much there is to tell.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use http::{HeaderMap, header};
use serde_json::Value;
use tidegate_api::Changes;
use tidegate_api::door::Door;
use tidegate_api::words::{Mono, Timer};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast};

use super::error::{DoorError, Wrong};
use super::gate::Shown;
use super::{Shared, limits};

/// The newest batches, and who listens to further ones.
pub(super) struct Hub {
    /// Which process told it: an id of another one is not known here.
    epoch: i64,
    kept: Mutex<Kept>,
    room: Arc<Semaphore>,
}

struct Kept {
    /// The number of the next batch.
    next: u64,
    batches: VecDeque<Told>,
    /// Dropped at the end, so that every listener ends.
    sender: Option<broadcast::Sender<Told>>,
}

/// One batch, or word that some were missed.
#[derive(Clone)]
struct Told {
    number: u64,
    text: Bytes,
}

impl Hub {
    pub(super) fn new(epoch: i64) -> Self {
        let (sender, _) = broadcast::channel(limits::BATCHES_KEPT);
        Self {
            epoch,
            kept: Mutex::new(Kept {
                next: 1,
                batches: VecDeque::new(),
                sender: Some(sender),
            }),
            room: Arc::new(Semaphore::new(limits::LISTENERS)),
        }
    }

    /// Hands on what the guard tells until it ends.
    pub(super) async fn follow(&self, mut changes: Changes) {
        loop {
            match changes.recv().await {
                Ok(batch) => self.tell(Some(&batch)),
                Err(RecvError::Lagged(_)) => self.tell(None),
                Err(RecvError::Closed) => break,
            }
        }
        self.end();
    }

    /// Every listener ends.
    pub(super) fn end(&self) {
        self.lock().sender = None;
    }

    /// One batch; `None`: some were missed, and nothing kept joins on to what comes.
    fn tell(&self, batch: Option<&Value>) {
        let mut kept = self.lock();
        let number = kept.next;
        kept.next = number.saturating_add(1);
        let told = Told {
            number,
            text: self.text(number, batch),
        };
        if batch.is_none() {
            kept.batches.clear();
        }
        if kept.batches.len() >= limits::BATCHES_KEPT {
            kept.batches.pop_front();
        }
        kept.batches.push_back(told.clone());
        if let Some(sender) = &kept.sender {
            // An error only says that nobody listens.
            let _ = sender.send(told);
        }
    }

    fn text(&self, number: u64, batch: Option<&Value>) -> Bytes {
        let epoch = self.epoch;
        match batch {
            // JSON on one line: serde_json breaks none.
            Some(batch) => format!("id: {epoch}-{number}\nevent: changes\ndata: {batch}\n\n").into(),
            None => format!("id: {epoch}-{number}\nevent: reset\ndata: {{}}\n\n").into(),
        }
    }

    /// What a listener gets at once, and what it gets from then on: nothing is lost between the two.
    fn join(&self, last: Option<&str>) -> Option<(Vec<Bytes>, broadcast::Receiver<Told>)> {
        let kept = self.lock();
        let receiver = kept.sender.as_ref()?.subscribe();
        let Some(last) = last else {
            // Only an id: whoever is cut off before it hears anything can say since when it misses something.
            let newest = kept.next.saturating_sub(1);
            let id = format!("id: {}-{newest}\n\n", self.epoch);
            return Some((vec![id.into()], receiver));
        };
        let known = self.number_of(last).filter(|last| {
            let first = kept.batches.front().map_or(kept.next, |batch| batch.number);
            last.saturating_add(1) >= first && *last < kept.next
        });
        let missed = match known {
            Some(last) => kept
                .batches
                .iter()
                .filter(|batch| batch.number > last)
                .map(|batch| batch.text.clone())
                .collect(),
            None => vec![self.text(kept.next.saturating_sub(1), None)],
        };
        Some((missed, receiver))
    }

    fn number_of(&self, id: &str) -> Option<u64> {
        let (epoch, number) = id.rsplit_once('-')?;
        (epoch.parse() == Ok(self.epoch))
            .then(|| number.parse().ok())
            .flatten()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers with the stream. Errors: too many listen already, or the guard ends.
pub(super) fn stream(shared: &Shared, headers: &HeaderMap, shown: Option<Shown>) -> Result<Response, Wrong> {
    let seat = Arc::clone(&shared.hub.room).try_acquire_owned();
    let seat = seat.map_err(|_| DoorError::TooMany(limits::HEARTBEAT.as_secs()))?;
    let last = headers.get("last-event-id").and_then(|last| last.to_str().ok());
    let (missed, receiver) = shared.hub.join(last).ok_or(DoorError::Timeout)?;
    let listener = Listener {
        missed: missed.into(),
        receiver,
        hub: Arc::clone(&shared.hub),
        door: Arc::clone(&shared.door),
        timer: Arc::clone(&shared.timer),
        admitted_at: shared.timer.now().mono,
        shown,
        _seat: seat,
    };
    let body = Body::from_stream(events(listener));
    Ok(([(header::CONTENT_TYPE, "text/event-stream")], body).into_response())
}

struct Listener {
    missed: VecDeque<Bytes>,
    receiver: broadcast::Receiver<Told>,
    hub: Arc<Hub>,
    door: Arc<dyn Door>,
    timer: Arc<dyn Timer>,
    /// When its token was looked at last.
    admitted_at: Mono,
    shown: Option<Shown>,
    _seat: OwnedSemaphorePermit,
}

fn events(listener: Listener) -> impl Stream<Item = Result<Bytes, Infallible>> {
    // The first bytes go out at once: a client knows that it is listening.
    let hello = stream::iter([Ok(Bytes::from_static(b": listening\n\n"))]);
    let told = stream::unfold(listener, |mut listener| async move {
        let text = listener.next().await?;
        Some((Ok(text), listener))
    });
    futures_util::StreamExt::chain(hello, told)
}

impl Listener {
    async fn next(&mut self) -> Option<Bytes> {
        let text = self.heard().await?;
        let now = self.timer.now().mono;
        if now.since(self.admitted_at) < limits::HEARTBEAT {
            return Some(text);
        }
        self.admitted_at = now;
        self.still_admitted().await.then_some(text)
    }

    async fn heard(&mut self) -> Option<Bytes> {
        if let Some(missed) = self.missed.pop_front() {
            return Some(missed);
        }
        tokio::select! {
            told = self.receiver.recv() => match told {
                Ok(told) => Some(told.text),
                Err(RecvError::Lagged(_)) => {
                    let next = self.hub.lock().next;
                    self.receiver = self.receiver.resubscribe();
                    Some(self.hub.text(next.saturating_sub(1), None))
                }
                Err(RecvError::Closed) => None,
            },
            () = self.timer.sleep(limits::HEARTBEAT) => Some(Bytes::from_static(b": alive\n\n")),
        }
    }

    async fn still_admitted(&self) -> bool {
        let Some(shown) = &self.shown else {
            return false;
        };
        matches!(self.door.admit(&shown.0).await, Ok(Some(_)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn texts(missed: &[Bytes]) -> Vec<&str> {
        missed
            .iter()
            .map(|text| std::str::from_utf8(text).unwrap())
            .collect()
    }

    #[test]
    fn who_comes_back_gets_what_it_missed() {
        let hub = Hub::new(7);
        for seq in 0..3 {
            hub.tell(Some(&json!({ "seq": seq })));
        }
        let (missed, _) = hub.join(Some("7-1")).unwrap();
        assert_eq!(
            texts(&missed),
            [
                "id: 7-2\nevent: changes\ndata: {\"seq\":1}\n\n",
                "id: 7-3\nevent: changes\ndata: {\"seq\":2}\n\n"
            ]
        );
        assert!(hub.join(Some("7-3")).unwrap().0.is_empty());
    }

    #[test]
    fn who_is_cut_off_before_it_heard_anything_can_say_where_it_was() {
        let hub = Hub::new(7);
        for next in ["7-0", "7-1"] {
            let (first, _) = hub.join(None).unwrap();
            assert_eq!(texts(&first), [format!("id: {next}\n\n")]);
            hub.tell(Some(&json!({})));
            assert_eq!(hub.join(Some(next)).unwrap().0.len(), 1);
        }
    }

    #[test]
    fn who_missed_too_much_or_comes_from_another_process_looks_anew() {
        let hub = Hub::new(7);
        for seq in 0..=limits::BATCHES_KEPT {
            hub.tell(Some(&json!({ "seq": seq })));
        }
        for last in ["7-0", "6-200", "7-99999", "nonsense", ""] {
            let (missed, _) = hub.join(Some(last)).unwrap();
            let texts = texts(&missed);
            assert_eq!(texts.len(), 1, "{last}");
            assert!(texts[0].contains("event: reset"), "{last}");
        }
    }

    #[test]
    fn what_the_guard_could_not_tell_is_a_reset_for_everybody() {
        let hub = Hub::new(7);
        hub.tell(Some(&json!({})));
        let (_, mut receiver) = hub.join(None).unwrap();
        hub.tell(None);
        assert!(
            receiver
                .try_recv()
                .unwrap()
                .text
                .ends_with(b"event: reset\ndata: {}\n\n")
        );
        assert!(texts(&hub.join(Some("7-1")).unwrap().0)[0].contains("reset"));
    }
}
