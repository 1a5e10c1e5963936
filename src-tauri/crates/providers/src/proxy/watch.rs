//! The stream of events of one kernel: connected, followed, lost, connected anew with a growing pause.
//!
//! Owns the order of events and what counts as an end: a closed socket, a socket that says nothing for three intervals, an
//! answer of another shape. Snapshots, log and nodes are followed side by side and never wait for each other. Tested in
//! `tests/proxy/watching.rs` against the simulated kernel, in virtual time.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tidegate_egress::Timer;
use tidegate_meter::{Mono, Reason};
use tokio::sync::{Notify, mpsc};

use super::client::{Client, Line, NoStream, transient};
use super::dialect::Dialect;
use super::find::Finder;
use super::log::LogReader;
use super::nodes::{Lookout, Names};
use super::socket::Socket;
use super::{Kernel, KernelConfig, KernelEvent, Machine, Reach, limits};
use crate::refusal::shape;
use crate::{ProviderError, ProviderErrorKind};

/// The client of one kernel's controller.
pub struct KernelClient {
    pub(super) finder: Finder,
    /// Outlives a connection: what was a node once may still be named.
    names: Mutex<Names>,
}

impl KernelClient {
    /// A client over this machine's network.
    #[must_use]
    pub fn new(config: KernelConfig, timer: Arc<dyn Timer>) -> Self {
        Self::over(config, timer, Arc::new(Machine))
    }

    /// A client over another way to controllers.
    #[must_use]
    pub fn over(config: KernelConfig, timer: Arc<dyn Timer>, reach: Arc<dyn Reach>) -> Self {
        Self {
            finder: Finder::new(config, reach, timer),
            names: Mutex::default(),
        }
    }

    fn names(&self) -> MutexGuard<'_, Names> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn timer(&self) -> &dyn Timer {
        self.finder.timer().as_ref()
    }
}

#[async_trait]
impl Kernel for KernelClient {
    async fn watch(&self, events: mpsc::Sender<KernelEvent>) {
        let mut pauses = Pauses::default();
        let mut told: Option<ProviderError> = None;
        loop {
            let begun = self.timer().now().mono;
            let mut answered = false;
            let error = tokio::select! {
                biased;
                () = events.closed() => return,
                Err(error) = self.follow(&events, &mut answered) => error,
            };
            // The same refusal again is no news.
            if answered || told.as_ref() != Some(&error) {
                tell(&events, KernelEvent::Lost(error.clone())).await;
            }
            self.finder.lose();
            let pause = pauses.after(&error, begun, self.timer().now().mono);
            told = Some(error);
            tokio::select! {
                biased;
                () = events.closed() => return,
                () = self.timer().sleep(pause) => {}
            }
        }
    }
}

impl KernelClient {
    /// Follows one connection until it ends.
    async fn follow(
        &self,
        events: &mpsc::Sender<KernelEvent>,
        answered: &mut bool,
    ) -> Result<Infallible, ProviderError> {
        let client = self.finder.client().await?;
        let dialect = Dialect::read(&client.get("/version").await?)?;
        *answered = true;
        let kernel = dialect.kernel.clone();
        tell(events, KernelEvent::Answers { kernel }).await;
        self.learn(&client).await?;
        let nodes = self.names().map().clone();
        tell(events, KernelEvent::Nodes(nodes)).await;
        let snapshots = Snapshots::open(&client, &dialect).await?;
        let strange = Notify::new();
        tokio::select! {
            biased;
            ended = self.pass_on(snapshots, &client, events, &strange) => ended,
            never = self.follow_log(&client, events) => match never {},
            never = self.keep_nodes(&client, events, &strange) => match never {},
        }
    }

    /// Passes snapshots on as they come.
    async fn pass_on(
        &self,
        mut snapshots: Snapshots,
        client: &Client,
        events: &mpsc::Sender<KernelEvent>,
        strange: &Notify,
    ) -> Result<Infallible, ProviderError> {
        let mut lookout = Lookout::new();
        loop {
            let body = snapshots.next(client).await?;
            let at = self.timer().now();
            if !is_object(&body) {
                return Err(shape("connections: not a snapshot of a kernel"));
            }
            if lookout.sees_new(&body, &mut self.names()) {
                strange.notify_one();
            }
            tell(events, KernelEvent::Frame { at, body }).await;
        }
    }

    /// Follows the log as far as it can be followed; without it counting goes on.
    async fn follow_log(&self, client: &Client, events: &mpsc::Sender<KernelEvent>) -> Infallible {
        if !self.finder.config().logs {
            return std::future::pending().await;
        }
        let mut pauses = Pauses::default();
        loop {
            let begun = self.timer().now().mono;
            let (error, again) = match client.stream("/logs?level=info", limits::LINE_BYTES).await {
                Ok(socket) => (self.pass_lines_on(socket, events).await, true),
                Err(none) => {
                    let error = ProviderError::from(none);
                    let again = error.kind == ProviderErrorKind::Blind(Reason::Transient);
                    (error, again)
                }
            };
            let pause = pauses.after(&error, begun, self.timer().now().mono);
            tell(events, KernelEvent::Logless(error)).await;
            if !again {
                return std::future::pending().await;
            }
            self.timer().sleep(pause).await;
        }
    }

    async fn pass_lines_on(&self, mut socket: Socket, events: &mpsc::Sender<KernelEvent>) -> ProviderError {
        let mut reader = LogReader::default();
        loop {
            let line = match socket.next().await {
                Ok(line) => line,
                Err(error) => return error,
            };
            let opened = reader.read(&line, &self.names());
            if let Some(opened) = opened {
                tell(events, KernelEvent::Opened(opened)).await;
            }
        }
    }

    /// Looks at the nodes each minute, and soon after an unknown name. A look that fails changes nothing: the stream of
    /// snapshots says when the kernel is gone.
    async fn keep_nodes(
        &self,
        client: &Client,
        events: &mpsc::Sender<KernelEvent>,
        strange: &Notify,
    ) -> Infallible {
        loop {
            tokio::select! {
                biased;
                () = strange.notified() => {}
                () = self.timer().sleep(limits::NODES_EVERY) => {}
            }
            if let Ok(true) = self.learn(client).await {
                let nodes = self.names().map().clone();
                tell(events, KernelEvent::Nodes(nodes)).await;
            }
            self.timer().sleep(limits::NODES_GAP).await;
        }
    }

    async fn learn(&self, client: &Client) -> Result<bool, ProviderError> {
        let mut line = client.line().await?;
        let proxies = listed(&mut line, client, "/proxies", NO_PROXIES).await?;
        let providers = listed(&mut line, client, "/providers/proxies", NO_PROVIDERS).await?;
        self.names().learn(&proxies, &providers)
    }
}

const NO_PROXIES: &[u8] = br#"{"proxies":{}}"#;
pub(super) const NO_PROVIDERS: &[u8] = br#"{"providers":{}}"#;

/// A list; `none` at a kernel that does not have it.
pub(super) async fn listed(
    line: &mut Line,
    client: &Client,
    path: &str,
    none: &'static [u8],
) -> Result<Bytes, ProviderError> {
    match line.get(client, path, limits::ANSWER_BYTES).await {
        Err(error) if error.kind == ProviderErrorKind::Blind(Reason::Missing) => Ok(Bytes::from_static(none)),
        told => told,
    }
}

/// Where nobody listens any more, the watch itself ends.
async fn tell(events: &mpsc::Sender<KernelEvent>, event: KernelEvent) {
    let _ended = events.send(event).await;
}

fn is_object(body: &[u8]) -> bool {
    body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
}

/// How snapshots come.
enum Snapshots {
    /// The kernel sends them.
    Pushed(Socket),
    /// It opens no WebSocket: it is asked each second, the first time at once.
    Polled { line: Line, asked: bool },
}

impl Snapshots {
    async fn open(client: &Client, dialect: &Dialect) -> Result<Self, ProviderError> {
        match client.stream(&dialect.snapshots(), limits::FRAME_BYTES).await {
            Ok(socket) => Ok(Self::Pushed(socket)),
            Err(NoStream::NotUpgraded(_)) => Ok(Self::Polled {
                line: client.line().await?,
                asked: false,
            }),
            Err(NoStream::Failed(error)) => Err(error),
        }
    }

    async fn next(&mut self, client: &Client) -> Result<Bytes, ProviderError> {
        match self {
            Self::Pushed(socket) => tokio::select! {
                biased;
                body = socket.next() => body,
                () = client.timer.sleep(limits::SILENCE) => Err(transient("no snapshot came for 3 s")),
            },
            Self::Polled { line, asked } => {
                if std::mem::replace(asked, true) {
                    client.timer.sleep(limits::INTERVAL).await;
                }
                line.get(client, "/connections", limits::FRAME_BYTES).await
            }
        }
    }
}

/// Pauses between tries: doubled each time, from the first again after a connection that held.
struct Pauses {
    next: Duration,
}

impl Default for Pauses {
    fn default() -> Self {
        Self {
            next: limits::PAUSE_FIRST,
        }
    }
}

impl Pauses {
    fn after(&mut self, error: &ProviderError, begun: Mono, ended: Mono) -> Duration {
        if ended.since(begun) >= limits::STEADY {
            self.next = limits::PAUSE_FIRST;
        }
        if error.kind == ProviderErrorKind::Blind(Reason::Auth) {
            return limits::PAUSE_REFUSED;
        }
        let pause = self.next;
        self.next = pause.saturating_mul(2).min(limits::PAUSE_MOST);
        pause
    }
}
