//! Changes as they happen.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use tidegate_api::door::Scope;
use tidegate_api::words::{Clock, Now, SystemTimer, Timer};
use tidegate_api::{Face, Request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::kit::{Call, Kit};

/// A clock that can be put on; who sleeps by it sleeps as ever.
struct Leaping {
    timer: SystemTimer,
    ahead: AtomicU64,
}

impl Clock for Leaping {
    fn now(&self) -> Now {
        let now = self.timer.now();
        let mono = now
            .mono
            .plus(Duration::from_secs(self.ahead.load(Ordering::SeqCst)));
        Now { mono, ..now }
    }
}

#[async_trait]
impl Timer for Leaping {
    async fn sleep(&self, span: Duration) {
        self.timer.sleep(span).await;
    }
}

/// A listener: what it has heard so far.
struct Ear {
    stream: TcpStream,
    heard: String,
}

impl Ear {
    async fn open(kit: &Kit, token: &str, last: Option<&str>) -> Self {
        let mut call = Call::get("/api/v1/changes").token(token);
        if let Some(last) = last {
            call = call.header("last-event-id", last);
        }
        let address = kit.serving.address();
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(&call.bytes(address)).await.unwrap();
        let mut ear = Self {
            stream,
            heard: String::new(),
        };
        ear.until(": listening").await;
        ear
    }

    /// Hears on until a text; false when the stream ended before.
    async fn hears(&mut self, text: &str) -> bool {
        let mut bytes = [0; 4096];
        while !self.heard.contains(text) {
            match self.stream.read(&mut bytes).await {
                Ok(0) | Err(_) => return false,
                Ok(read) => self.heard.push_str(&String::from_utf8_lossy(&bytes[..read])),
            }
        }
        true
    }

    async fn until(&mut self, text: &str) {
        assert!(self.hears(text).await, "{text} was never heard: {}", self.heard);
    }
}

#[tokio::test]
async fn a_listener_hears_what_happens_and_one_that_comes_back_what_it_missed() {
    let kit = Kit::new().await;
    let token = kit.token(&[Scope::Read]).await;
    let mut ear = Ear::open(&kit, &token, None).await;
    kit.app
        .handle(Request::Pause { seconds: 60 }, "test")
        .await
        .unwrap();
    ear.until("\"event\":\"paused\"").await;
    assert!(ear.heard.contains("content-type: text/event-stream"));
    let id = ear
        .heard
        .rsplit("id: ")
        .next()
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .to_owned();
    drop(ear);
    kit.app.handle(Request::Resume, "test").await.unwrap();
    let mut again = Ear::open(&kit, &token, Some(&id)).await;
    again.until("\"until\":null").await;
    let mut stranger = Ear::open(&kit, &token, Some("1-1")).await;
    stranger.until("event: reset").await;
}

#[tokio::test]
async fn the_end_of_the_door_ends_its_listeners() {
    let kit = Kit::new().await;
    let token = kit.token(&[Scope::Read]).await;
    let mut ear = Ear::open(&kit, &token, None).await;
    let Kit { serving, .. } = kit;
    let ended = tokio::spawn(serving.end());
    assert!(!ear.hears("never told").await);
    ended.await.unwrap();
}

#[tokio::test]
async fn a_revoked_token_hears_no_more_also_while_there_is_always_something_to_tell() {
    let timer = Arc::new(Leaping {
        timer: SystemTimer::new(),
        ahead: AtomicU64::new(0),
    });
    let kit = Kit::by(timer.clone()).await;
    let (token, view) = kit.made("listener", &[Scope::Read]).await;
    let mut ear = Ear::open(&kit, &token, None).await;
    let pause = Request::Pause { seconds: 60 };
    kit.app.handle(pause, "test").await.unwrap();
    ear.until("\"event\":\"paused\"").await;
    let revoke = Request::RevokeToken {
        token: view["id"].as_str().unwrap().parse().unwrap(),
    };
    kit.app.handle(revoke, "test").await.unwrap();
    timer.ahead.store(16, Ordering::SeqCst);
    kit.app.handle(Request::Resume, "test").await.unwrap();
    assert!(!ear.hears("\"until\":null").await, "{}", ear.heard);
}

#[tokio::test]
async fn a_listener_that_is_cut_off_before_it_heard_anything_misses_nothing() {
    let kit = Kit::new().await;
    let token = kit.token(&[Scope::Read]).await;
    let mut ear = Ear::open(&kit, &token, None).await;
    ear.until("\nid: ").await;
    let id = ear
        .heard
        .rsplit("\nid: ")
        .next()
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .to_owned();
    drop(ear);
    let pause = Request::Pause { seconds: 60 };
    kit.app.handle(pause, "test").await.unwrap();
    let mut again = Ear::open(&kit, &token, Some(&id)).await;
    again.until("\"event\":\"paused\"").await;
}
