//! The asking side: one connection, many requests at once. When it breaks, whatever waits is told so.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use interprocess::local_socket::tokio::Stream;
use interprocess::local_socket::traits::tokio::Stream as _;
use serde_json::value::RawValue;
use tidegate_api::{ApiError, Changes, ErrorCode, Face, PROTOCOL, Request, Response};
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::time::timeout;
use tokio_util::codec::{Framed, LengthDelimitedCodec};

use super::wire::{self, FromClient, FromServer};
use super::{LinkError, Place};
use crate::limits;

type Wire = Framed<Stream, LengthDelimitedCodec>;
/// An answer as its text.
type Answer = Result<Box<RawValue>, ApiError>;
type Waiting = BTreeMap<u64, oneshot::Sender<Answer>>;

/// What the reading task and the askers share.
struct Shared {
    /// `None` once the connection is gone: nobody may begin to wait then.
    waiting: Mutex<Option<Waiting>>,
    /// `None` once the connection is gone, so that listeners end.
    changes: Mutex<Option<broadcast::Sender<Arc<serde_json::Value>>>>,
    /// The guard said that it ends.
    ended: AtomicBool,
}

/// A connection to the process that guards. It asks as the actor it was connected as, whatever a request names.
pub struct Client {
    shared: Arc<Shared>,
    outgoing: mpsc::Sender<FromClient>,
    next: AtomicU64,
    subscribed: AtomicBool,
    version: String,
    tasks: [tokio::task::JoinHandle<()>; 2],
}

impl Drop for Client {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Client {
    /// Connects as `actor`. Errors: [`LinkError::Nobody`] when no guard process runs, [`LinkError::Refused`] for
    /// another protocol.
    pub async fn connect(place: &Place, actor: &str) -> Result<Self, LinkError> {
        place.check_folder()?;
        let stream = Stream::connect(place.name()?).await.map_err(nobody)?;
        let mut wire = Framed::new(stream, wire::both());
        let version = hello(&mut wire, actor).await?;
        let (sink, frames) = wire.split();
        let (outgoing, queue) = mpsc::channel(limits::OUTGOING);
        let (changes, _) = broadcast::channel(limits::CHANGES_BEHIND);
        let shared = Arc::new(Shared {
            waiting: Mutex::new(Some(Waiting::new())),
            changes: Mutex::new(Some(changes)),
            ended: AtomicBool::new(false),
        });
        let tasks = [
            tokio::spawn(write(sink, queue)),
            tokio::spawn(read(frames, Arc::clone(&shared))),
        ];
        Ok(Self {
            shared,
            outgoing,
            next: AtomicU64::new(1),
            subscribed: AtomicBool::new(false),
            version,
            tasks,
        })
    }

    /// The version of the process at the other side.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whether the guard said that it ends in good order. A connection that broke off without that word may be made again.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.shared.ended.load(Ordering::Acquire)
    }

    /// Asks, and gives the answer's text as it came: for whoever hands it on to somebody else.
    /// Errors: `link` when the connection breaks off, and whatever the guard refuses.
    pub async fn ask(&self, request: &Request) -> Result<Box<RawValue>, ApiError> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let request = serde_json::to_value(request)
            .map_err(|_| ApiError::new(ErrorCode::BadRequest, "the request cannot be written as JSON"))?;
        let answer = self.wait_for(id).ok_or_else(broken)?;
        self.outgoing
            .send(FromClient::Ask { id, request })
            .await
            .map_err(|_| broken())?;
        answer.await.unwrap_or_else(|_| Err(broken()))
    }

    fn wait_for(&self, id: u64) -> Option<oneshot::Receiver<Answer>> {
        let (sender, receiver) = oneshot::channel();
        locked(&self.shared.waiting).as_mut()?.insert(id, sender);
        Some(receiver)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn nobody(error: std::io::Error) -> LinkError {
    match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::ConnectionRefused => LinkError::Nobody,
        _ => LinkError::Io(error),
    }
}

fn broken() -> ApiError {
    ApiError::new(
        ErrorCode::Link,
        "the link broke off; the request may or may not have been done",
    )
}

#[async_trait]
impl Face for Client {
    async fn handle(&self, request: Request, _actor: &str) -> Result<Response, ApiError> {
        let answer = self.ask(&request).await?;
        serde_json::from_str(answer.get())
            .map_err(|_| ApiError::new(ErrorCode::Link, "the guard's answer is of another version"))
    }

    fn changes(&self) -> Changes {
        let sender = locked(&self.shared.changes).clone();
        let Some(sender) = sender else {
            return broadcast::channel(1).1;
        };
        if !self.subscribed.swap(true, Ordering::Relaxed) {
            let outgoing = self.outgoing.clone();
            tokio::spawn(async move {
                let _ = outgoing.send(FromClient::Subscribe).await;
            });
        }
        sender.subscribe()
    }
}

async fn hello(wire: &mut Wire, actor: &str) -> Result<String, LinkError> {
    let hello = FromClient::Hello {
        protocol: PROTOCOL,
        actor: actor.to_owned(),
    };
    wire.send(frame(&hello)).await?;
    let first = match timeout(limits::HELLO_PATIENCE, wire.next()).await {
        Ok(Some(frame)) => frame?,
        Ok(None) => return Err(LinkError::Refused("no hello".to_owned())),
        Err(_) => return Err(LinkError::Silent),
    };
    match serde_json::from_slice(&first) {
        Ok(FromServer::Hello { protocol, version }) if protocol == PROTOCOL => Ok(version),
        Ok(FromServer::Hello { protocol, .. }) => Err(LinkError::Refused(format!(
            "it speaks protocol {protocol}, this program {PROTOCOL}"
        ))),
        Ok(FromServer::Refused { detail }) => Err(LinkError::Refused(detail)),
        _ => Err(LinkError::Refused("it speaks another language".to_owned())),
    }
}

fn frame(message: &FromClient) -> Bytes {
    serde_json::to_vec(message).map(Bytes::from).unwrap_or_default()
}

async fn write(mut sink: SplitSink<Wire, Bytes>, mut queue: mpsc::Receiver<FromClient>) {
    while let Some(message) = queue.recv().await {
        if sink.send(frame(&message)).await.is_err() {
            return;
        }
    }
}

async fn read(mut frames: SplitStream<Wire>, shared: Arc<Shared>) {
    while let Some(Ok(bytes)) = frames.next().await {
        match serde_json::from_slice(&bytes) {
            Ok(FromServer::Answer { id, result }) => {
                let sender = locked(&shared.waiting)
                    .as_mut()
                    .and_then(|waiting| waiting.remove(&id));
                if let Some(sender) = sender {
                    let _ = sender.send(result);
                }
            }
            Ok(FromServer::Changes(batch)) => tell(&shared, batch),
            Ok(FromServer::Missed(missed)) => tell(&shared, serde_json::json!({ "missed": missed })),
            Ok(FromServer::Subscribed | FromServer::Hello { .. }) => {}
            Ok(FromServer::Ended) => {
                shared.ended.store(true, Ordering::Release);
                break;
            }
            Ok(FromServer::Refused { .. }) | Err(_) => break,
        }
    }
    // Dropping the senders tells everyone who waits.
    locked(&shared.waiting).take();
    locked(&shared.changes).take();
}

fn tell(shared: &Shared, batch: serde_json::Value) {
    if let Some(changes) = locked(&shared.changes).as_ref() {
        let _ = changes.send(Arc::new(batch));
    }
}
