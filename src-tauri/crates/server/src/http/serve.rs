//! Listening: connections with bounds on their number, their headers and their patience; an end that lets answers go
//! out. Never waits for a client while it holds anything of the guard.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tidegate_api::door::Door;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::bindings::Known;
use super::changes::Hub;
use super::gate::Peer;
use super::jobs::Jobs;
use super::pace::Paces;
use super::{HttpError, HttpOptions, Shared, limits, openapi, router};

/// An open door; dropping it closes it at once.
pub struct Serving {
    address: SocketAddr,
    end: CancellationToken,
    accepting: JoinHandle<()>,
    telling: Option<(Arc<Hub>, JoinHandle<()>)>,
}

impl Serving {
    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes the door: answers in hand go out, streams end, nobody new comes in.
    pub async fn end(mut self) {
        self.end.cancel();
        if let Some((hub, _)) = &self.telling {
            hub.end();
        }
        let _ = timeout(limits::FAREWELL_PATIENCE, &mut self.accepting).await;
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.accepting.abort();
        if let Some((_, telling)) = &self.telling {
            telling.abort();
        }
    }
}

/// Opens the door. Errors: the address cannot be listened on.
pub async fn serve(door: Arc<dyn Door>, options: HttpOptions) -> Result<Serving, HttpError> {
    let (listener, address) = listen(options.listen).await?;
    door.listens(address);
    let hub = Arc::new(Hub::new(options.timer.now().wall.ms()));
    let changes = door.changes();
    let telling = tokio::spawn({
        let hub = Arc::clone(&hub);
        async move { hub.follow(changes).await }
    });
    let shared = Arc::new(Shared {
        door,
        timer: options.timer,
        types: Known::new(openapi::request_types),
        hub: Arc::clone(&hub),
        jobs: Arc::new(Jobs::default()),
        kept: Arc::default(),
        paces: Paces::new(options.pace_token, options.pace_stranger),
        unpacking: Semaphore::new(limits::BATCHES_AT_ONCE),
        is_loopback: address.ip().is_loopback(),
    });
    let mut serving = over(listener, address, router::router(shared));
    serving.telling = Some((hub, telling));
    Ok(serving)
}

/// Listens. Errors: the address cannot be listened on.
pub(crate) async fn listen(at: SocketAddr) -> Result<(TcpListener, SocketAddr), HttpError> {
    let failed = |error| HttpError::Listen(at, error);
    let listener = TcpListener::bind(at).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// Serves a router on what listens.
pub(crate) fn over(listener: TcpListener, address: SocketAddr, router: Router) -> Serving {
    let end = CancellationToken::new();
    let accepting = tokio::spawn(accept(listener, router, end.clone()));
    Serving {
        address,
        end,
        accepting,
        telling: None,
    }
}

async fn accept(listener: TcpListener, router: Router, end: CancellationToken) {
    let room = Arc::new(Semaphore::new(limits::CONNECTIONS));
    let mut clients = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = next(&listener, &room) => accepted,
            () = end.cancelled() => break,
        };
        while clients.try_join_next().is_some() {}
        match accepted {
            Ok((stream, peer, seat)) => {
                let (router, end) = (router.clone(), end.clone());
                clients.spawn(async move {
                    connection(stream, peer, router, end).await;
                    drop(seat);
                });
            }
            Err(error) => {
                // Out of file handles, most likely: a client that ends frees one.
                tracing::warn!(kind = ?error.kind(), "a program could not be let in");
                clients.join_next().await;
            }
        }
    }
    drop(listener);
    while clients.join_next().await.is_some() {}
}

/// The next client, once there is room for it.
async fn next(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let seat = Arc::clone(room)
        .acquire_owned()
        .await
        .map_err(std::io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    Ok((stream, peer, seat))
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, end: CancellationToken) {
    // Small answers go out at once; an error only says that the peer is gone.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| called(router.clone(), peer, request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits::HEADER_PATIENCE)
        .max_headers(limits::HEADERS_READ)
        .max_buf_size(limits::HEADER_BYTES_READ)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    tokio::select! {
        // A broken connection is its client's matter.
        _ = connection.as_mut() => return,
        () = end.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

async fn called(
    router: Router,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(Peer(peer.ip()));
    router.oneshot(request).await
}
