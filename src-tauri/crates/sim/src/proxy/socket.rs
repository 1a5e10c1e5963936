//! The controller's streams over a WebSocket: a snapshot at once and then at its interval; the log as it comes.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::sync::broadcast::Receiver;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::serve::{Answer, answer};
use super::{Dialect, Lie, Life, SimKernel, body};

type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// How fast snapshots come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Pace {
    Every(Duration),
    /// An interval of 0 or below it: one snapshot, then silence over an open socket.
    Once,
    /// No number: silence from the start.
    Never,
}

/// Agrees to the upgrade and serves the stream beside it.
pub(super) fn upgraded(kernel: &SimKernel, request: Request<Incoming>, life: Life) -> Answer {
    let Some(key) = request.headers().get(header::SEC_WEBSOCKET_KEY) else {
        return answer(StatusCode::BAD_REQUEST, "text/plain", "");
    };
    let accepted = HeaderValue::from_str(&derive_accept_key(key.as_bytes()));
    let (kernel, path) = (kernel.clone(), request.uri().path().to_owned());
    let pace = kernel.pace(request.uri().query().unwrap_or(""));
    // From before the client knows that it may listen: no line in between is lost.
    let lines = kernel.inner.log.subscribe();
    tokio::spawn(async move {
        let mut lives = kernel.inner.life.subscribe();
        let served = async {
            let Ok(stream) = hyper::upgrade::on(request).await else {
                return;
            };
            let socket = Socket::from_raw_socket(TokioIo::new(stream), Role::Server, None).await;
            match path.as_str() {
                "/logs" => tell_log(socket, lines).await,
                _ => kernel.tell_snapshots(socket, pace).await,
            }
        };
        tokio::select! {
            () = served => {}
            // Dropped without a close frame, as a kernel that ends does.
            _ended = lives.wait_for(|now| *now != life) => {}
        }
    });
    let mut response = Response::new(Empty::new().boxed_unsync());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    if let Ok(accepted) = accepted {
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, accepted);
    }
    response
}

impl SimKernel {
    /// What `interval` asks for: milliseconds, at clash-rs seconds.
    fn pace(&self, query: &str) -> Pace {
        let told = query.split('&').find_map(|pair| pair.strip_prefix("interval="));
        let number = match told.map(str::parse::<i64>) {
            None => return Pace::Every(Duration::from_secs(1)),
            Some(Err(_)) => return Pace::Never,
            Some(Ok(number)) => number,
        };
        match (u64::try_from(number), self.inner.dialect) {
            (Ok(seconds), Dialect::ClashRs) => Pace::Every(Duration::from_secs(seconds.max(1))),
            (Ok(0) | Err(_), _) => Pace::Once,
            (Ok(ms), _) => Pace::Every(Duration::from_millis(ms)),
        }
    }

    async fn tell_snapshots(&self, mut socket: Socket, pace: Pace) {
        if pace == Pace::Never {
            return silence(socket).await;
        }
        loop {
            let (body, silent) = {
                let state = self.state();
                (
                    body::connections(self.inner.dialect, &state),
                    state.lies(Lie::Silent),
                )
            };
            if !silent && send(&mut socket, body).await.is_none() {
                return;
            }
            let Pace::Every(interval) = pace else {
                return silence(socket).await;
            };
            tokio::select! {
                () = self.inner.timer.sleep(interval) => {}
                heard = socket.next() => if heard.is_none() { return },
            }
        }
    }
}

async fn tell_log(mut socket: Socket, mut lines: Receiver<Bytes>) {
    while let Ok(line) = lines.recv().await {
        if send(&mut socket, line).await.is_none() {
            return;
        }
    }
}

async fn send(socket: &mut Socket, body: Bytes) -> Option<()> {
    let text = Utf8Bytes::try_from(body).ok()?;
    socket.send(Message::Text(text)).await.ok()
}

/// Says nothing until the other side goes.
async fn silence(mut socket: Socket) {
    while socket.next().await.is_some() {}
}
