//! The controller of a proxy kernel that says anything: its account is read or blind, and watching it tells first who
//! answers, then what was said, and ends with the connection.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use secrecy::SecretString;
use tidegate_meter::{Quantity, Reading};
use tidegate_providers::proxy::{
    Controller, Frame, Kernel, KernelClient, KernelConfig, KernelEvent, KernelSource, Place, Reach,
};
use tidegate_providers::{Source, Wire};
use tokio::sync::{Notify, mpsc};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::outside::{clock, wait};
use crate::wire::{Prompt, Serve};

const SECRET: &str = "FAKE-canary-secret";
/// Between the bodies of the controller.
const NEXT: &[u8] = b"\n%%\n";
/// Events that are taken of one kernel, and connections to it: it is asked again for ever.
const EVENTS: usize = 24;
const OPENED: usize = 24;

/// The bodies by their paths, in this order.
const PATHS: [&str; 5] = [
    "/version",
    "/providers/proxies",
    "/proxies",
    "/connections",
    "/logs",
];

struct Said {
    bodies: Vec<Vec<u8>>,
}

impl Said {
    fn new(bytes: &[u8]) -> Self {
        let mut rest = bytes;
        let mut bodies = Vec::new();
        while let Some(at) = rest.windows(NEXT.len()).position(|window| window == NEXT) {
            let (body, next) = rest.split_at(at);
            bodies.push(body.to_vec());
            rest = next.get(NEXT.len()..).unwrap_or_default();
        }
        bodies.push(rest.to_vec());
        Self { bodies }
    }

    fn of(&self, path: &str) -> &[u8] {
        // The providers are asked for at a path that does not begin with that of another.
        let place = PATHS.iter().position(|known| path.starts_with(known));
        let body = place.and_then(|place| self.bodies.get(place));
        body.map(Vec::as_slice).unwrap_or_default()
    }
}

struct Controls(Arc<Said>);

/// A text of the stream as its frame, or, where it begins with `!`, frames as they are.
fn frames(body: &[u8], said: &mut Vec<u8>) {
    if let Some((b'!', raw)) = body.split_first() {
        said.extend_from_slice(raw);
        return;
    }
    for text in body.split(|byte| *byte == b'\n') {
        said.extend_from_slice(&[0x81, 127]);
        said.extend_from_slice(&u64::try_from(text.len()).unwrap().to_be_bytes());
        said.extend_from_slice(text);
    }
}

impl Serve for Controls {
    fn hear(&mut self, heard: &mut Vec<u8>, said: &mut Vec<u8>) {
        while let Some(at) = heard.windows(4).position(|window| window == b"\r\n\r\n") {
            let head: Vec<u8> = heard.drain(..at + 4).collect();
            let head = String::from_utf8(head).unwrap();
            let path = head.split(' ').nth(1).unwrap_or_default();
            let body = self.0.of(path);
            let key = head
                .lines()
                .find_map(|line| line.strip_prefix("sec-websocket-key: "));
            if let Some(key) = key.filter(|_| !body.starts_with(b"?")) {
                let accept = derive_accept_key(key.trim().as_bytes());
                let answer = format!(
                    "HTTP/1.1 101 X\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: {accept}\r\n\r\n"
                );
                said.extend_from_slice(answer.as_bytes());
                frames(body, said);
            } else if key.is_some() {
                said.extend_from_slice(b"HTTP/1.1 404 X\r\ncontent-length: 0\r\n\r\n");
            } else {
                let body = body.strip_prefix(b"?").unwrap_or(body);
                let answer = format!("HTTP/1.1 200 X\r\ncontent-length: {}\r\n\r\n", body.len());
                said.extend_from_slice(answer.as_bytes());
                said.extend_from_slice(body);
            }
        }
    }
}

struct ToController {
    said: Arc<Said>,
    opened: AtomicUsize,
    /// Told when it was gone to often enough.
    enough: Arc<Notify>,
}

#[async_trait]
impl Reach for ToController {
    async fn open(&self, _place: &Place) -> io::Result<Box<dyn Wire>> {
        if self.opened.fetch_add(1, Ordering::Relaxed) >= OPENED {
            self.enough.notify_one();
            std::future::pending::<()>().await;
        }
        Ok(Box::new(Prompt::new(Controls(Arc::clone(&self.said)), b"")))
    }

    async fn known(&self) -> Vec<Place> {
        vec![Place::local(9090)]
    }
}

fn client(said: &Arc<Said>, enough: &Arc<Notify>) -> Arc<KernelClient> {
    let mut config = KernelConfig::new(Controller::At(Place::local(9090)));
    config.secret = Some(SecretString::from(SECRET));
    let reach = ToController {
        said: Arc::clone(said),
        opened: AtomicUsize::new(0),
        enough: Arc::clone(enough),
    };
    let timer = clock("2026-11-20T16:00:00Z");
    Arc::new(KernelClient::over(config, timer, Arc::new(reach)))
}

async fn events(client: &KernelClient, enough: &Notify) -> Vec<KernelEvent> {
    let (tell, mut hear) = mpsc::channel(4);
    let mut heard = Vec::new();
    let listen = async {
        while heard.len() < EVENTS
            && let Some(event) = hear.recv().await
        {
            heard.push(event);
        }
    };
    tokio::select! {
        biased;
        () = listen => {}
        () = client.watch(tell) => {}
        () = enough.notified() => {}
    }
    heard
}

/// Traffic of a subscription that is told as nothing was told so.
fn is_sound(reading: &Reading, has_zero: bool) {
    let left = reading.remaining();
    assert!(has_zero || left.is_none_or(|left| !left.is_zero() || reading.used() == reading.limit()));
    let parts = [reading.used(), reading.limit()].into_iter().flatten();
    assert!(parts.map(Quantity::raw).all(|raw| raw >= 0), "{reading:?}");
}

/// The bodies of version, subscriptions, nodes, connections and log.
pub(crate) fn kernel(bytes: &[u8]) {
    let said = Arc::new(Said::new(bytes));
    let enough = Arc::new(Notify::new());
    let client = client(&said, &enough);
    let source = KernelSource::new("kernel".parse().unwrap(), Arc::clone(&client));
    let read = wait(source.read());
    assert!(!format!("{read:?}").contains(SECRET), "a secret is told");
    for look in read.iter().flat_map(|report| &report.meters) {
        if let Some(reading) = look.outcome.reading() {
            is_sound(reading, bytes.contains(&b'0') || bytes.contains(&b'-'));
        }
    }
    let _ = wait(source.discover(true));
    let heard = wait(events(&client, &enough));
    let mut answered = false;
    for event in &heard {
        match event {
            KernelEvent::Answers { kernel } => {
                answered = true;
                assert!(
                    kernel.chars().count() <= 80 && !kernel.contains(char::is_control),
                    "{kernel:?}"
                );
            }
            KernelEvent::Frame { at, body } => {
                assert!(answered, "a snapshot of nobody");
                let _ = Frame::read(body, *at);
            }
            KernelEvent::Opened(opened) => {
                let told = String::from_utf8_lossy(said.of("/logs"));
                assert!(
                    answered && told.contains(&opened.source_port.to_string()),
                    "{opened:?}"
                );
            }
            KernelEvent::Lost(error) => {
                answered = false;
                assert!(
                    error.detail.len() < 400 && !error.detail.contains(SECRET),
                    "{}",
                    error.detail
                );
            }
            KernelEvent::Nodes(_) | KernelEvent::Logless(_) => assert!(answered),
        }
    }
}
