//! The serving side: accepts, checks who it is, answers. Never waits for a client while it holds anything of the guard.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use interprocess::local_socket::ListenerOptions;
use interprocess::local_socket::tokio::{Listener, Stream};
use interprocess::local_socket::traits::StreamCommon;
use interprocess::local_socket::traits::tokio::Listener as _;
use serde_json::value::{RawValue, to_raw_value};
use tidegate_api::{ApiError, Changes, ErrorCode, Face, PROTOCOL, Request};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::codec::{Framed, LengthDelimitedCodec};

use super::wire::{self, FromClient, FromServer};
use super::{Client, LinkError, Place};
use crate::limits;

type Wire = Framed<Stream, LengthDelimitedCodec>;

/// A served link; dropping it ends it.
pub struct Serving {
    accepting: tokio::task::JoinHandle<()>,
    ending: watch::Sender<bool>,
    place: Place,
    socket: Option<Identity>,
}

impl Serving {
    /// Ends the link: open connections break off, the socket goes.
    pub fn end(self) {
        drop(self);
    }

    /// Ends the link and tells every client that nobody comes after: a window ends with its guard. One that takes nothing is
    /// not waited for.
    pub async fn farewell(mut self) {
        let _ = self.ending.send(true);
        let _ = timeout(limits::FAREWELL_PATIENCE, &mut self.accepting).await;
    }

    /// Where it is served.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.place
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.accepting.abort();
        // The listener's own clean-up may come after a successor has bound the name; it is turned off there. A copy that
        // lost the lease ends later than its successor began: that one's socket is not ours to remove.
        if self.socket.is_some() && self.socket == identity(&self.place) {
            let _ = std::fs::remove_file(self.place.socket());
        }
    }
}

/// Serves `face` at `place`. Call it only while holding the lease: a socket that nobody answers on is taken over, also
/// that of a frozen process, to which the system still connects.
/// Errors: [`LinkError::Served`] when somebody answers there.
pub async fn serve(face: Arc<dyn Face>, place: Place) -> Result<Serving, LinkError> {
    place.make_folder()?;
    match Client::connect(&place, "link").await {
        Err(LinkError::Nobody | LinkError::Silent) => {}
        Ok(_) | Err(_) => return Err(LinkError::Served),
    }
    remove_corpse(&place)?;
    let listener = listen(&place)?;
    let socket = identity(&place);
    let (ending, told) = watch::channel(false);
    let accepting = tokio::spawn(accept(listener, face, told));
    Ok(Serving {
        accepting,
        ending,
        place,
        socket,
    })
}

/// Which file a socket is: its device and its number there.
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(place: &Place) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    let found = std::fs::metadata(place.socket()).ok()?;
    Some((found.dev(), found.ino()))
}

/// A pipe ends with its process; there is no file to remove.
#[cfg(not(unix))]
fn identity(_place: &Place) -> Option<Identity> {
    None
}

#[cfg(unix)]
fn remove_corpse(place: &Place) -> Result<(), LinkError> {
    match std::fs::remove_file(place.socket()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn remove_corpse(_place: &Place) -> Result<(), LinkError> {
    Ok(())
}

#[cfg(unix)]
fn listen(place: &Place) -> Result<Listener, LinkError> {
    use std::os::unix::fs::PermissionsExt;
    let listener = ListenerOptions::new()
        .name(place.name()?)
        .reclaim_name(false)
        .create_tokio()?;
    // Between binding and this line the folder's own mode already keeps everybody else out.
    std::fs::set_permissions(place.socket(), std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

#[cfg(windows)]
fn listen(place: &Place) -> Result<Listener, LinkError> {
    use interprocess::os::windows::local_socket::ListenerOptionsExt;
    use interprocess::os::windows::security_descriptor::SecurityDescriptor;
    // Protected: full access for the owner, nobody else; a pipe's default lets everyone read.
    let owner_only = SecurityDescriptor::deserialize(widestring::u16cstr!("D:P(A;;GA;;;OW)"))?;
    let options = ListenerOptions::new()
        .name(place.name()?)
        .security_descriptor(owner_only);
    Ok(options.create_tokio()?)
}

async fn accept(listener: Listener, face: Arc<dyn Face>, mut ending: watch::Receiver<bool>) {
    let room = Arc::new(Semaphore::new(limits::CLIENTS));
    let mut clients = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = next(&listener, &room) => accepted,
            () = is_told(&mut ending) => break,
        };
        while clients.try_join_next().is_some() {}
        match accepted {
            Ok((stream, seat)) => {
                let (face, ending) = (Arc::clone(&face), ending.clone());
                clients.spawn(async move {
                    client(stream, face, ending).await;
                    drop(seat);
                });
            }
            Err(error) => {
                // Out of file handles, most likely: a client that ends frees one.
                tracing::warn!(kind = ?error.kind(), "the link could not accept a client");
                clients.join_next().await;
            }
        }
    }
    drop(listener);
    while clients.join_next().await.is_some() {}
}

/// The next client, once there is room for it.
async fn next(listener: &Listener, room: &Arc<Semaphore>) -> std::io::Result<(Stream, OwnedSemaphorePermit)> {
    let seat = Arc::clone(room).acquire_owned().await;
    let seat = seat.map_err(std::io::Error::other)?;
    Ok((listener.accept().await?, seat))
}

/// Returns when the end is told.
async fn is_told(ending: &mut watch::Receiver<bool>) {
    // Without a sender the whole link is dropped.
    let _ = ending.wait_for(|told| *told).await;
}

/// The kernel tells whose process it is; the folder's mode is the other lock.
#[cfg(unix)]
fn is_owner(stream: &Stream) -> bool {
    let peer = stream.peer_creds().ok().and_then(|peer| peer.euid());
    is_same_user(peer, rustix::process::geteuid().as_raw())
}

/// The pipe's own descriptor lets nobody else in.
#[cfg(not(unix))]
fn is_owner(_stream: &Stream) -> bool {
    true
}

/// A peer that the system says nothing of is nobody's; the administrator is another user too.
#[cfg(unix)]
fn is_same_user(peer: Option<u32>, mine: u32) -> bool {
    peer == Some(mine)
}

async fn client(stream: Stream, face: Arc<dyn Face>, mut ending: watch::Receiver<bool>) {
    if !is_owner(&stream) {
        tracing::warn!("another user tried the link");
        return;
    }
    let mut wire = Framed::new(stream, wire::both());
    let greeted = tokio::select! {
        actor = hello(&mut wire) => actor,
        () = is_told(&mut ending) => None,
    };
    let Some(actor) = greeted else {
        return;
    };
    let (sink, frames) = wire.split();
    let (outgoing, queue) = mpsc::channel(limits::OUTGOING);
    let mut writing = tokio::spawn(write(sink, queue));
    let last = outgoing.clone();
    tokio::select! {
        () = read(frames, face, actor, outgoing) => {}
        () = is_told(&mut ending) => drop(last.try_send(FromServer::Ended)),
        _ = &mut writing => return,
    }
    drop(last);
    // The client said no more; what was already answered still goes out.
    let _ = timeout(limits::WRITE_PATIENCE, &mut writing).await;
    writing.abort();
}

fn frame(message: &FromServer) -> Bytes {
    serde_json::to_vec(message).map(Bytes::from).unwrap_or_default()
}

/// Both sides name their protocol; another one is refused with the reason.
async fn hello(wire: &mut Wire) -> Option<String> {
    let first = timeout(limits::HELLO_PATIENCE, wire.next()).await.ok()??.ok()?;
    let refusal = match serde_json::from_slice(&first) {
        Ok(FromClient::Hello { protocol, actor }) if protocol == PROTOCOL && is_actor(&actor) => {
            let hello = FromServer::Hello {
                protocol: PROTOCOL,
                version: tidegate_api::version().version,
            };
            wire.send(frame(&hello)).await.ok()?;
            return Some(actor);
        }
        Ok(FromClient::Hello { protocol, .. }) if protocol != PROTOCOL => {
            format!("this guard speaks protocol {PROTOCOL}, the client {protocol}")
        }
        _ => "a hello was expected".to_owned(),
    };
    let _ = wire.send(frame(&FromServer::Refused { detail: refusal })).await;
    None
}

fn is_actor(actor: &str) -> bool {
    matches!(actor, "cli" | "window" | "api" | "tray")
}

/// Writes until the queue ends, the client breaks off or takes nothing for too long.
async fn write(mut sink: SplitSink<Wire, Bytes>, mut queue: mpsc::Receiver<FromServer>) {
    while let Some(message) = queue.recv().await {
        match timeout(limits::WRITE_PATIENCE, sink.send(sized(&message))).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return,
            Err(_) => {
                tracing::warn!("a client of the link takes nothing; it is dropped");
                return;
            }
        }
    }
}

/// An answer too long for a frame becomes an error of its own; a broken connection would not say why.
fn sized(message: &FromServer) -> Bytes {
    let bytes = frame(message);
    if bytes.len() <= limits::ANSWER_BYTES {
        return bytes;
    }
    match message {
        FromServer::Answer { id, .. } => {
            let error = ApiError::new(
                ErrorCode::BadRequest,
                "the answer is too long; ask for less at once",
            );
            frame(&FromServer::Answer {
                id: *id,
                result: Err(error),
            })
        }
        _ => frame(&FromServer::Missed(1)),
    }
}

/// Reads until the client breaks off. Requests are answered side by side, at most so many at once.
async fn read(
    mut frames: SplitStream<Wire>,
    face: Arc<dyn Face>,
    actor: String,
    outgoing: mpsc::Sender<FromServer>,
) {
    let room = Arc::new(Semaphore::new(limits::REQUESTS_IN_FLIGHT));
    let mut work = JoinSet::new();
    let mut subscribed = false;
    while let Some(Ok(bytes)) = frames.next().await {
        while work.try_join_next().is_some() {}
        if bytes.len() > limits::REQUEST_BYTES {
            let _ = outgoing
                .send(FromServer::Refused {
                    detail: "the request is too long".to_owned(),
                })
                .await;
            break;
        }
        match serde_json::from_slice(&bytes) {
            Ok(FromClient::Ask { id, request }) => {
                let Ok(seat) = Arc::clone(&room).acquire_owned().await else {
                    break;
                };
                let (face, actor, outgoing) = (Arc::clone(&face), actor.clone(), outgoing.clone());
                work.spawn(async move {
                    let result = answer(&*face, request, &actor).await;
                    drop(seat);
                    let _ = outgoing.send(FromServer::Answer { id, result }).await;
                });
            }
            Ok(FromClient::Subscribe) if !subscribed => {
                subscribed = true;
                let changes = face.changes();
                let _ = outgoing.send(FromServer::Subscribed).await;
                work.spawn(tell(changes, outgoing.clone()));
            }
            Ok(FromClient::Subscribe) => {}
            Ok(FromClient::Hello { .. }) | Err(_) => break,
        }
    }
}

async fn answer(face: &dyn Face, request: serde_json::Value, actor: &str) -> Result<Box<RawValue>, ApiError> {
    // The reason names a field, never a value: a value may be a secret on its way into the vault.
    let request: Request = serde_json::from_value(request)
        .map_err(|_| ApiError::new(ErrorCode::BadRequest, "this version does not know that request"))?;
    let response = face.handle(request, actor).await?;
    to_raw_value(&response)
        .map_err(|_| ApiError::new(ErrorCode::Link, "the answer cannot be written as JSON"))
}

/// Tells changes. While the client is slow this waits here, and the guard's own channel counts what it misses.
async fn tell(mut changes: Changes, outgoing: mpsc::Sender<FromServer>) {
    loop {
        let message = match changes.recv().await {
            Ok(batch) => FromServer::Changes((*batch).clone()),
            Err(RecvError::Lagged(missed)) => FromServer::Missed(missed),
            Err(RecvError::Closed) => return,
        };
        if outgoing.send(message).await.is_err() {
            return;
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::is_same_user;

    #[test]
    fn only_the_same_user_may_ask() {
        assert!(is_same_user(Some(1000), 1000) && is_same_user(Some(0), 0));
        for other in [None, Some(0), Some(1001), Some(65_534)] {
            assert!(!is_same_user(other, 1000), "{other:?}");
        }
        assert!(!is_same_user(Some(1000), 0) && !is_same_user(None, 0));
    }
}
