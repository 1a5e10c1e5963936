//! One controller, spoken to: an answer, a held line for many answers, and a stream over a WebSocket.
//!
//! Owns what a kernel demands of a request: the secret as `Bearer` with a capital letter in a header, also of an upgrade
//! (never in an address, where logs would keep it), and `Upgrade: websocket` in small letters. Changes nothing at a kernel:
//! every request is a GET. Never repeats a body or the secret in an error.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Empty, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use secrecy::{ExposeSecret as _, SecretString};
use tidegate_egress::Timer;
use tidegate_meter::Reason;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::socket::Socket;
use super::{Place, Reach, limits};
use crate::ProviderError;
use crate::refusal::{blind, shape};
use crate::trust::Trust;
use crate::wire::Wire;

const BROKEN_OFF: &str = "the connection broke off";

/// The way to one controller.
#[derive(Clone)]
pub(super) struct Client {
    pub(super) place: Place,
    pub(super) secret: Option<SecretString>,
    pub(super) trust: Trust,
    pub(super) reach: Arc<dyn Reach>,
    pub(super) timer: Arc<dyn Timer>,
}

/// What was answered.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Bytes,
}

/// Why there is no stream.
pub(super) enum NoStream {
    /// The controller answers, and upgrades nothing.
    NotUpgraded(ProviderError),
    /// Everything else.
    Failed(ProviderError),
}

impl From<NoStream> for ProviderError {
    fn from(none: NoStream) -> Self {
        match none {
            NoStream::NotUpgraded(error) | NoStream::Failed(error) => error,
        }
    }
}

impl Client {
    /// One answer over a connection of its own. `path` begins with a slash.
    pub(super) async fn get(&self, path: &str) -> Result<Bytes, ProviderError> {
        self.line().await?.get(self, path, limits::ANSWER_BYTES).await
    }

    /// One answer, whatever its status, within `most`.
    pub(super) async fn probe(&self, path: &str, most: Duration) -> Result<Answer, ProviderError> {
        let whole = async { self.line().await?.ask(self, path, limits::ANSWER_BYTES).await };
        self.within(most, whole).await
    }

    /// A connection that is held for many answers.
    pub(super) async fn line(&self) -> Result<Line, ProviderError> {
        let wire = self.wire().await?;
        let opened = http1::handshake(TokioIo::new(wire)).await;
        let (sender, connection) = opened.map_err(|_| transient(BROKEN_OFF))?;
        let connection = Box::pin(async move {
            // What went wrong the request itself tells.
            let _ended = connection.with_upgrades().await;
        });
        Ok(Line {
            sender,
            connection,
            ended: false,
        })
    }

    /// A stream over a WebSocket, of texts up to `most` bytes.
    pub(super) async fn stream(&self, path: &str, most: usize) -> Result<Socket, NoStream> {
        let opened = async {
            let mut line = self.line().await.map_err(NoStream::Failed)?;
            let key = generate_key();
            let request = self.upgrade(path, &key).map_err(NoStream::Failed)?;
            let response = line.send(request).await.map_err(NoStream::Failed)?;
            check_upgrade(&response, &key)?;
            let upgraded = line.drive(async { hyper::upgrade::on(response).await }).await;
            upgraded.map_err(|_| NoStream::Failed(transient(BROKEN_OFF)))
        };
        tokio::select! {
            biased;
            upgraded = opened => upgraded.map(|upgraded| Socket::new(upgraded, most)),
            () = self.timer.sleep(limits::ANSWER) => Err(NoStream::Failed(transient("no answer in time"))),
        }
    }

    async fn wire(&self) -> Result<Box<dyn Wire>, ProviderError> {
        let opened = async {
            let wire = self.reach.open(&self.place).await.map_err(|_| {
                transient("no kernel answers there: it is not running, or its controller is elsewhere")
            })?;
            match &self.place {
                Place::Net { tls: true, host, .. } => self.trust.secure(host, wire).await,
                _ => Ok(wire),
            }
        };
        self.within(limits::CONNECT, opened).await
    }

    async fn within<T>(
        &self,
        most: Duration,
        work: impl Future<Output = Result<T, ProviderError>> + Send,
    ) -> Result<T, ProviderError> {
        tokio::select! {
            biased;
            done = work => done,
            () = self.timer.sleep(most) => Err(transient("no answer in time")),
        }
    }

    fn bearer(&self) -> Result<Option<HeaderValue>, ProviderError> {
        let Some(secret) = self.secret.as_ref().filter(|_| !self.place.needs_no_secret()) else {
            return Ok(None);
        };
        let mut value = HeaderValue::from_str(&format!("Bearer {}", secret.expose_secret()))
            .map_err(|_| blind(Reason::Auth, "secret: only visible characters can be sent"))?;
        value.set_sensitive(true);
        Ok(Some(value))
    }

    fn request(&self, path: &str) -> Result<Request<Empty<Bytes>>, ProviderError> {
        let mut request = Request::get(path)
            .header(header::HOST, self.place.host())
            .body(Empty::new())
            .map_err(|_| shape("controller: the address cannot be asked"))?;
        if let Some(bearer) = self.bearer()? {
            request.headers_mut().insert(header::AUTHORIZATION, bearer);
        }
        Ok(request)
    }

    fn upgrade(&self, path: &str, key: &str) -> Result<Request<Empty<Bytes>>, ProviderError> {
        let mut request = self.request(path)?;
        let headers = request.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        let key = HeaderValue::from_str(key).map_err(|_| shape("controller: no WebSocket"))?;
        headers.insert(header::SEC_WEBSOCKET_KEY, key);
        Ok(request)
    }
}

/// Whether the controller agreed to the upgrade, and to this one.
fn check_upgrade(response: &Response<Incoming>, key: &str) -> Result<(), NoStream> {
    let not_upgraded = || NoStream::NotUpgraded(shape("the controller opens no WebSocket here"));
    match response.status().as_u16() {
        101 => {
            let accepted = response.headers().get(header::SEC_WEBSOCKET_ACCEPT);
            let agrees =
                accepted.is_some_and(|accepted| accepted == derive_accept_key(key.as_bytes()).as_str());
            agrees.then_some(()).ok_or_else(not_upgraded)
        }
        200..=299 | 400 | 404 | 405 | 426 | 501 => Err(not_upgraded()),
        _ => Err(refusal(response.status()).map_or_else(not_upgraded, NoStream::Failed)),
    }
}

/// A held connection. What is asked while an answer is still coming loses it: drop the line with its asker.
pub(super) struct Line {
    sender: SendRequest<Empty<Bytes>>,
    connection: Pin<Box<dyn Future<Output = ()> + Send>>,
    ended: bool,
}

impl Line {
    /// One good answer of at most `most` bytes.
    pub(super) async fn get(
        &mut self,
        client: &Client,
        path: &str,
        most: usize,
    ) -> Result<Bytes, ProviderError> {
        let answer = client
            .within(limits::ANSWER, self.ask(client, path, most))
            .await?;
        match answer.refusal() {
            Some(refusal) => Err(refusal),
            None => Ok(answer.body),
        }
    }

    async fn ask(&mut self, client: &Client, path: &str, most: usize) -> Result<Answer, ProviderError> {
        let response = self.send(client.request(path)?).await?;
        let status = response.status();
        let body = self
            .drive(Limited::new(response.into_body(), most).collect())
            .await;
        let body = body.map_err(|error| {
            if error.is::<LengthLimitError>() {
                shape("controller: the answer is too long")
            } else {
                transient(BROKEN_OFF)
            }
        })?;
        Ok(Answer {
            status,
            body: body.to_bytes(),
        })
    }

    async fn send(&mut self, request: Request<Empty<Bytes>>) -> Result<Response<Incoming>, ProviderError> {
        let sender = &mut self.sender;
        let work = async move {
            sender.ready().await?;
            sender.send_request(request).await
        };
        let answer = drive(&mut self.connection, &mut self.ended, work).await;
        answer.map_err(|_| transient(BROKEN_OFF))
    }

    /// Waits for `work` and moves the connection meanwhile.
    async fn drive<T>(&mut self, work: impl Future<Output = T> + Send) -> T {
        drive(&mut self.connection, &mut self.ended, work).await
    }
}

async fn drive<T>(
    connection: &mut Pin<Box<dyn Future<Output = ()> + Send>>,
    ended: &mut bool,
    work: impl Future<Output = T> + Send,
) -> T {
    tokio::pin!(work);
    loop {
        tokio::select! {
            biased;
            done = &mut work => return done,
            // What is waited for may have come with the end.
            () = connection.as_mut(), if !*ended => *ended = true,
        }
    }
}

impl Answer {
    /// What is wrong with it by its status.
    pub(super) fn refusal(&self) -> Option<ProviderError> {
        refusal(self.status)
    }
}

fn refusal(status: StatusCode) -> Option<ProviderError> {
    let (reason, detail) = match status.as_u16() {
        200..=299 => return None,
        401 => (
            Reason::Auth,
            "the controller refuses the secret: copy the one of the kernel's own settings into the account",
        ),
        403 => (Reason::Scope, "the controller does not allow it"),
        404 => (
            Reason::Missing,
            "the controller does not know it: is it a kernel's?",
        ),
        429 => (Reason::Rate, "the controller is asked too often"),
        500..=599 => (Reason::Transient, "the controller cannot answer now"),
        _ => (Reason::Shape, "the answer is not a kernel's"),
    };
    Some(blind(reason, format!("{detail} (HTTP {})", status.as_u16())))
}

pub(super) fn transient(detail: &str) -> ProviderError {
    blind(Reason::Transient, detail)
}
