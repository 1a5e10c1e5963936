//! Kernels within reach: simulated ones over streams in memory, and recorded answers. Owns the wait for an event.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use tidegate_egress::Timer;
use tidegate_meter::{Clock as _, Mono, Now, Time};
use tidegate_providers::Wire;
use tidegate_providers::proxy::{
    Controller, Frame, Kernel as _, KernelClient, KernelConfig, KernelEvent, NodeMap, Opened, Place, Reach,
};
use tidegate_sim::proxy::{Dialect, SimKernel};
use tidegate_sim::time::VirtualTimer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

pub(crate) const SECRET: &str = "FAKE-secret";

pub(crate) fn now() -> Now {
    Now {
        wall: "2026-11-20T16:00:00Z".parse().unwrap(),
        mono: Mono(0),
    }
}

pub(crate) fn start() -> Time {
    now().wall
}

/// The recorded body of that name.
pub(crate) fn recorded(name: &str) -> String {
    let path = format!("{}/src/proxy/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

/// What is at a place.
#[derive(Clone)]
pub(crate) enum There {
    Kernel(SimKernel),
    /// Answers by path, and 404 for every other.
    Recorded(Arc<BTreeMap<&'static str, (u16, String)>>),
    Nobody,
}

/// Places in memory, and how often somebody knocked.
#[derive(Clone, Default)]
pub(crate) struct InMemory {
    places: Arc<Mutex<Vec<(Place, There)>>>,
    pub(crate) knocks: Arc<AtomicUsize>,
}

impl InMemory {
    pub(crate) fn put(&self, place: Place, there: There) {
        let mut places = self.places.lock().unwrap();
        places.retain(|(known, _)| *known != place);
        places.push((place, there));
    }

    pub(crate) fn knocks(&self) -> usize {
        self.knocks.load(Ordering::Relaxed)
    }

    /// One recorded kernel at the usual port.
    pub(crate) fn recorded(answers: &[(&'static str, u16, &str)]) -> Self {
        let answers = answers
            .iter()
            .map(|(path, status, body)| (*path, (*status, (*body).to_owned())));
        let reach = Self::default();
        reach.put(Place::local(9090), There::Recorded(Arc::new(answers.collect())));
        reach
    }
}

#[async_trait]
impl Reach for InMemory {
    async fn open(&self, place: &Place) -> io::Result<Box<dyn Wire>> {
        self.knocks.fetch_add(1, Ordering::Relaxed);
        let places = self.places.lock().unwrap().clone();
        let there = places
            .into_iter()
            .find(|(known, _)| known == place)
            .map(|(_, there)| there);
        let (ours, theirs) = tokio::io::duplex(256 * 1024);
        match there {
            Some(There::Kernel(kernel)) => kernel.serve(theirs),
            Some(There::Recorded(answers)) => {
                tokio::spawn(repeat(theirs, answers));
            }
            Some(There::Nobody) | None => return Err(io::ErrorKind::ConnectionRefused.into()),
        }
        Ok(Box::new(ours))
    }

    async fn known(&self) -> Vec<Place> {
        self.places
            .lock()
            .unwrap()
            .iter()
            .map(|(place, _)| place.clone())
            .collect()
    }
}

/// Answers what was recorded, request after request.
async fn repeat(mut stream: tokio::io::DuplexStream, answers: Arc<BTreeMap<&'static str, (u16, String)>>) {
    let mut heard = Vec::new();
    loop {
        let mut more = [0; 1024];
        match stream.read(&mut more).await {
            Ok(0) | Err(_) => return,
            Ok(count) => heard.extend_from_slice(&more[..count]),
        }
        while let Some(end) = heard.windows(4).position(|four| four == b"\r\n\r\n") {
            let head: Vec<u8> = heard.drain(..end + 4).collect();
            let head = String::from_utf8(head).unwrap();
            let path = head.split(' ').nth(1).unwrap().to_owned();
            let (status, body) = answers
                .get(path.as_str())
                .cloned()
                .unwrap_or((404, String::new()));
            let answer = format!(
                "HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    }
}

/// A kernel that is watched, in virtual time.
pub(crate) struct Watched {
    pub(crate) kernel: SimKernel,
    pub(crate) reach: InMemory,
    pub(crate) timer: VirtualTimer,
    events: mpsc::Receiver<KernelEvent>,
    pub(crate) watch: JoinHandle<()>,
}

/// A simulated kernel with two nodes, a group and a secret; call it inside a paused runtime.
pub(crate) fn kernel(dialect: Dialect, timer: &VirtualTimer) -> SimKernel {
    let kernel = SimKernel::new(dialect, Arc::new(timer.clone()));
    kernel.add_node("🇭🇰 香港 01", "Shadowsocks");
    kernel.add_node("🇯🇵 日本 02 [1.5x]", "Socks5");
    kernel.add_group("节点选择", &["🇭🇰 香港 01", "🇯🇵 日本 02 [1.5x]", "DIRECT"]);
    kernel.set_secret(SECRET);
    kernel
}

pub(crate) fn config() -> KernelConfig {
    KernelConfig {
        secret: Some(SecretString::from(SECRET)),
        ..KernelConfig::new(Controller::At(Place::local(9090)))
    }
}

impl Watched {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self::with(dialect, |_| {}, config())
    }

    pub(crate) fn with(dialect: Dialect, prepare: impl FnOnce(&SimKernel), config: KernelConfig) -> Self {
        let timer = VirtualTimer::new(start());
        let (kernel, reach) = (kernel(dialect, &timer), InMemory::default());
        prepare(&kernel);
        reach.put(Place::local(9090), There::Kernel(kernel.clone()));
        Self::over(kernel, reach, timer, config)
    }

    pub(crate) fn over(
        kernel: SimKernel,
        reach: InMemory,
        timer: VirtualTimer,
        config: KernelConfig,
    ) -> Self {
        let clock: Arc<dyn Timer> = Arc::new(timer.clone());
        let client = KernelClient::over(config, clock, Arc::new(reach.clone()));
        let (sender, events) = mpsc::channel(1);
        let watch = tokio::spawn(async move { client.watch(sender).await });
        Self {
            kernel,
            reach,
            timer,
            events,
            watch,
        }
    }

    /// Nobody listens any more.
    pub(crate) fn stop_listening(self) -> JoinHandle<()> {
        self.watch
    }

    /// The next event; a test that waits for an hour of virtual time waits for nothing.
    pub(crate) async fn next(&mut self) -> KernelEvent {
        self.within(3600).await
    }

    /// The next event, within so many seconds of virtual time.
    pub(crate) async fn within(&mut self, seconds: u64) -> KernelEvent {
        let next = tokio::time::timeout(Duration::from_secs(seconds), self.events.recv());
        next.await.unwrap().unwrap()
    }

    /// The first event that `pick` wants; others are passed over.
    pub(crate) async fn until<T>(&mut self, mut pick: impl FnMut(KernelEvent) -> Option<T>) -> T {
        for _ in 0..20_000 {
            let event = self.next().await;
            if let Some(found) = pick(event) {
                return found;
            }
        }
        panic!("it never came");
    }

    pub(crate) async fn answers(&mut self) -> String {
        self.until(|event| match event {
            KernelEvent::Answers { kernel } => Some(kernel),
            _ => None,
        })
        .await
    }

    pub(crate) async fn nodes(&mut self) -> NodeMap {
        self.until(|event| match event {
            KernelEvent::Nodes(nodes) => Some(nodes),
            _ => None,
        })
        .await
    }

    pub(crate) async fn opened(&mut self) -> Opened {
        self.until(|event| match event {
            KernelEvent::Opened(opened) => Some(opened),
            _ => None,
        })
        .await
    }

    pub(crate) async fn lost(&mut self) -> tidegate_providers::ProviderError {
        self.until(|event| match event {
            KernelEvent::Lost(error) => Some(error),
            _ => None,
        })
        .await
    }

    pub(crate) async fn logless(&mut self) -> tidegate_providers::ProviderError {
        self.until(|event| match event {
            KernelEvent::Logless(error) => Some(error),
            _ => None,
        })
        .await
    }

    /// The totals of the next snapshot, and how many connections it tells.
    pub(crate) async fn frame(&mut self) -> (u64, u64, Option<usize>) {
        self.until(|event| match event {
            KernelEvent::Frame { at, body } => {
                let frame = Frame::read(&body, at).unwrap();
                let count = frame.connections.map(|list| list.len());
                Some((frame.up_total, frame.down_total, count))
            }
            _ => None,
        })
        .await
    }

    /// Seconds of virtual time since the test began.
    pub(crate) fn seconds(&self) -> u64 {
        self.timer.now().mono.0 / 1000
    }

    /// How often a path was asked for.
    pub(crate) fn asked(&self, path: &str) -> usize {
        let asked = self.kernel.asked();
        asked.iter().filter(|asked| asked.path == path).count()
    }
}
