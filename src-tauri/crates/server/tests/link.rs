//! The link over real sockets: who may use it, what a bad, slow or hanging client can do, and what a client sees when
//! the guard goes away.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fall over; that is its answer"
)]

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use tempfile::TempDir;
use tidegate_api::{ApiError, Changes, ErrorCode, Face, PROTOCOL, Request, Response};
use tidegate_server::link::{Client, LinkError, Place, Serving, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::{Notify, broadcast};

/// A guard that answers `version` with who asked, waits on `status` until told, and refuses the rest.
struct Stub {
    changes: broadcast::Sender<Arc<serde_json::Value>>,
    gate: Notify,
    asked: AtomicUsize,
}

impl Stub {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            changes: broadcast::channel(8).0,
            gate: Notify::new(),
            asked: AtomicUsize::new(0),
        })
    }
}

#[async_trait]
impl Face for Stub {
    async fn handle(&self, request: Request, actor: &str) -> Result<Response, ApiError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        match request {
            Request::Version => Ok(Response::Text(actor.to_owned())),
            Request::Export => Ok(Response::Text("x".repeat(17 * 1024 * 1024))),
            Request::Status => {
                self.gate.notified().await;
                Ok(Response::Done)
            }
            _ => Err(ApiError::new(ErrorCode::Refused, "no")),
        }
    }

    fn changes(&self) -> Changes {
        self.changes.subscribe()
    }
}

struct Kit {
    home: TempDir,
    place: Place,
    stub: Arc<Stub>,
    serving: Serving,
}

async fn kit() -> Kit {
    let home = tempfile::tempdir().unwrap();
    let place = Place::new(&home.path().join("run"), &std::env::temp_dir());
    let stub = Stub::new();
    let serving = serve(stub.clone(), place.clone()).await.expect("served");
    Kit {
        home,
        place,
        stub,
        serving,
    }
}

/// A client that speaks the frames by hand.
struct Raw(UnixStream);

impl Raw {
    async fn connect(place: &Place) -> Self {
        Self(UnixStream::connect(place.socket()).await.expect("connected"))
    }

    async fn say(&mut self, value: &serde_json::Value) {
        let text = serde_json::to_vec(value).unwrap();
        self.0
            .write_all(&u32::try_from(text.len()).unwrap().to_be_bytes())
            .await
            .unwrap();
        self.0.write_all(&text).await.unwrap();
    }

    /// The next frame, or `None` at the end of the connection.
    async fn hear(&mut self) -> Option<serde_json::Value> {
        let mut length = [0_u8; 4];
        self.0.read_exact(&mut length).await.ok()?;
        let mut body = vec![0_u8; usize::try_from(u32::from_be_bytes(length)).unwrap()];
        self.0.read_exact(&mut body).await.ok()?;
        Some(serde_json::from_slice(&body).unwrap())
    }

    async fn greeted(place: &Place) -> Self {
        let mut raw = Self::connect(place).await;
        raw.say(&json!({"hello": {"protocol": PROTOCOL, "actor": "cli"}}))
            .await;
        assert!(raw.hear().await.unwrap().get("hello").is_some());
        raw
    }
}

#[tokio::test]
async fn only_the_owner_may_enter_the_folder_and_the_socket() {
    let kit = kit().await;
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(kit.place.socket()), 0o600);
    assert_eq!(mode(kit.place.socket().parent().unwrap()), 0o700);
}

#[tokio::test]
async fn an_answer_comes_back_to_whoever_asked() {
    let kit = kit().await;
    let (one, two) = (
        Client::connect(&kit.place, "cli").await.unwrap(),
        Client::connect(&kit.place, "window").await.unwrap(),
    );
    // The actor of the connection stands in the audit, not what a request claims.
    assert_eq!(
        one.handle(Request::Version, "engine").await,
        Ok(Response::Text("cli".to_owned()))
    );
    assert_eq!(
        two.handle(Request::Version, "engine").await,
        Ok(Response::Text("window".to_owned()))
    );
    let refused = one.handle(Request::Resume, "cli").await.unwrap_err();
    assert_eq!(
        (refused.code, refused.detail.as_str()),
        (ErrorCode::Refused, "no")
    );
}

#[tokio::test]
async fn a_slow_answer_does_not_hold_up_a_later_one() {
    let kit = kit().await;
    let client = Arc::new(Client::connect(&kit.place, "cli").await.unwrap());
    let slow = tokio::spawn({
        let client = client.clone();
        async move { client.handle(Request::Status, "cli").await }
    });
    assert!(client.handle(Request::Version, "cli").await.is_ok());
    assert!(!slow.is_finished());
    kit.stub.gate.notify_one();
    assert_eq!(slow.await.unwrap(), Ok(Response::Done));
}

#[tokio::test]
async fn another_protocol_is_refused_with_both_numbers() {
    let kit = kit().await;
    let mut raw = Raw::connect(&kit.place).await;
    raw.say(&json!({"hello": {"protocol": 999, "actor": "cli"}}))
        .await;
    let refusal = raw.hear().await.unwrap();
    let detail = refusal["refused"]["detail"].as_str().unwrap();
    assert!(
        detail.contains("999") && detail.contains(&PROTOCOL.to_string()),
        "{detail}"
    );
    assert!(raw.hear().await.is_none());
}

#[tokio::test]
async fn a_request_without_a_hello_is_never_answered() {
    let kit = kit().await;
    let mut raw = Raw::connect(&kit.place).await;
    raw.say(&json!({"ask": {"id": 1, "request": {"request": "version"}}}))
        .await;
    assert!(raw.hear().await.unwrap().get("refused").is_some());
    assert_eq!(kit.stub.asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn an_unknown_request_refuses_only_itself_and_does_not_repeat_what_it_held() {
    let kit = kit().await;
    let mut raw = Raw::greeted(&kit.place).await;
    raw.say(&json!({"ask": {"id": 7, "request": {"request": "vault_set", "item": 5, "fields": {"sk": "FAKE-CANARY"}}}})).await;
    let answer = raw.hear().await.unwrap();
    assert_eq!(answer["answer"]["id"], 7);
    assert_eq!(answer["answer"]["result"]["Err"]["code"], "bad_request");
    assert!(!answer.to_string().contains("FAKE-CANARY"));
    raw.say(&json!({"ask": {"id": 8, "request": {"request": "version"}}}))
        .await;
    assert_eq!(raw.hear().await.unwrap()["answer"]["id"], 8);
}

#[tokio::test]
async fn a_huge_frame_ends_that_client_and_no_other() {
    let kit = kit().await;
    let mut raw = Raw::greeted(&kit.place).await;
    raw.0.write_all(&u32::MAX.to_be_bytes()).await.unwrap();
    assert!(raw.hear().await.is_none());
    let mut long = Raw::greeted(&kit.place).await;
    let text = "x".repeat(1024 * 1024);
    long.say(&json!({"ask": {"id": 1, "request": {"request": "plan", "text": text, "prune": false}}}))
        .await;
    assert!(long.hear().await.unwrap().get("refused").is_some());
    let other = Client::connect(&kit.place, "cli").await.unwrap();
    assert!(other.handle(Request::Version, "cli").await.is_ok());
}

#[tokio::test]
async fn an_answer_too_long_for_a_frame_becomes_an_error() {
    let kit = kit().await;
    let client = Client::connect(&kit.place, "cli").await.unwrap();
    let error = client.handle(Request::Export, "cli").await.unwrap_err();
    assert!(error.detail.contains("too long"), "{error}");
    assert!(client.handle(Request::Version, "cli").await.is_ok());
}

#[tokio::test]
async fn changes_are_told_to_every_subscriber() {
    let kit = kit().await;
    let (one, two) = (
        Client::connect(&kit.place, "cli").await.unwrap(),
        Client::connect(&kit.place, "window").await.unwrap(),
    );
    let (mut first, mut second) = (one.changes(), two.changes());
    // An answered request on the same connection shows that the subscription before it has arrived.
    one.handle(Request::Version, "cli").await.unwrap();
    two.handle(Request::Version, "cli").await.unwrap();
    while kit.stub.changes.receiver_count() < 2 {
        tokio::task::yield_now().await;
    }
    kit.stub.changes.send(Arc::new(json!({"seq": 1}))).unwrap();
    assert_eq!(*first.recv().await.unwrap(), json!({"seq": 1}));
    assert_eq!(*second.recv().await.unwrap(), json!({"seq": 1}));
}

#[tokio::test]
async fn a_client_that_reads_nothing_never_holds_up_the_guard_and_learns_what_it_missed() {
    let kit = kit().await;
    let mut raw = Raw::greeted(&kit.place).await;
    raw.say(&json!("subscribe")).await;
    assert!(raw.hear().await.unwrap().as_str() == Some("subscribed"));
    let bulk = Arc::new(json!({"bulk": "x".repeat(64 * 1024)}));
    // Each send returns at once, whatever the client does: the guard's own channel is bounded and forgets the oldest.
    for _ in 0..400 {
        kit.stub.changes.send(bulk.clone()).unwrap();
        tokio::task::yield_now().await;
    }
    let healthy = Client::connect(&kit.place, "cli").await.unwrap();
    assert!(healthy.handle(Request::Version, "cli").await.is_ok());
    let mut missed = false;
    let mut heard = 0;
    while !missed && heard < 400 {
        let message = raw.hear().await.expect("the connection stays");
        missed = message.get("missed").is_some();
        heard += 1;
    }
    assert!(missed, "a slow client must be told that it missed some");
}

#[tokio::test]
async fn whoever_waits_is_told_when_the_guard_goes_away_and_can_connect_again() {
    let kit = kit().await;
    let client = Arc::new(Client::connect(&kit.place, "cli").await.unwrap());
    let waiting = tokio::spawn({
        let client = client.clone();
        async move { client.handle(Request::Status, "cli").await }
    });
    while kit.stub.asked.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    kit.serving.end();
    let error = waiting.await.unwrap().unwrap_err();
    assert_eq!((error.code, error.retryable), (ErrorCode::Link, true));
    assert_eq!(
        client.handle(Request::Version, "cli").await.unwrap_err().code,
        ErrorCode::Link
    );
    assert!(matches!(
        Client::connect(&kit.place, "cli").await,
        Err(LinkError::Nobody)
    ));
    let _again = serve(kit.stub.clone(), kit.place.clone()).await.unwrap();
    let again = Client::connect(&kit.place, "cli").await.unwrap();
    assert!(again.handle(Request::Version, "cli").await.is_ok());
}

#[tokio::test]
async fn a_guard_that_ends_in_good_order_says_so_and_one_that_breaks_off_does_not() {
    let (ending, breaking) = (kit().await, kit().await);
    for (kit, ended) in [(ending, true), (breaking, false)] {
        let client = Client::connect(&kit.place, "window").await.unwrap();
        let mut changes = client.changes();
        if ended {
            kit.serving.farewell().await;
        } else {
            kit.serving.end();
        }
        let closed = tokio::time::timeout(Duration::from_secs(30), changes.recv()).await;
        assert_eq!(closed.unwrap(), Err(broadcast::error::RecvError::Closed));
        assert_eq!(client.has_ended(), ended);
        assert!(!kit.place.socket().exists());
    }
}

/// The stranger of the test below: greets as a client does, and must hear nothing.
#[test]
#[ignore = "a_process_of_another_user_is_turned_away starts it as another user"]
#[expect(clippy::disallowed_methods, reason = "a test may read its own environment")]
fn another_users_process() {
    use std::io::{Read, Write};
    let socket = std::env::var("TIDEGATE_TEST_FOREIGN_SOCKET").unwrap();
    let mut stream = std::os::unix::net::UnixStream::connect(socket).unwrap();
    let hello = json!({"hello": {"protocol": PROTOCOL, "actor": "window"}}).to_string();
    let length = u32::try_from(hello.len()).unwrap().to_be_bytes();
    stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    // Already turned away, the words find no taker.
    let _ = stream.write_all(&[&length, hello.as_bytes()].concat());
    let mut heard = Vec::new();
    let _ = stream.read_to_end(&mut heard);
    assert!(heard.is_empty(), "nothing is said to a stranger: {heard:?}");
    println!("turned away");
}

/// Only the administrator can start a process as somebody else; for others the check itself is tested beside its code.
#[tokio::test]
async fn a_process_of_another_user_is_turned_away_although_the_folder_lets_it_in() {
    use std::os::unix::process::CommandExt;
    const NOBODY: u32 = 65_534;
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let kit = kit().await;
    // Both locks but the last are opened: the folders above, and the socket itself.
    let open = |path: &std::path::Path| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).unwrap();
    };
    open(kit.home.path());
    open(kit.place.socket().parent().unwrap());
    open(kit.place.socket());
    // Where the test itself lies that user may not go.
    let program = kit.home.path().join("stranger");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    open(&program);
    let output = tokio::task::spawn_blocking({
        let socket = kit.place.socket().to_owned();
        move || {
            std::process::Command::new(program)
                .args(["--exact", "another_users_process", "--ignored", "--nocapture"])
                .env("TIDEGATE_TEST_FOREIGN_SOCKET", socket)
                .current_dir("/")
                .uid(NOBODY)
                .gid(NOBODY)
                .output()
        }
    });
    let output = output.await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("turned away"), "{said} {output:?}");
    assert_eq!(kit.stub.asked.load(Ordering::SeqCst), 0);
    assert!(
        Client::connect(&kit.place, "window").await.is_ok(),
        "its owner still gets in"
    );
}

#[tokio::test]
async fn a_socket_left_by_a_killed_guard_is_taken_over_and_a_live_one_is_not() {
    let kit = kit().await;
    assert!(matches!(
        serve(kit.stub.clone(), kit.place.clone()).await,
        Err(LinkError::Served)
    ));
    let home = tempfile::tempdir().unwrap();
    let place = Place::new(&home.path().join("run"), &std::env::temp_dir());
    std::fs::create_dir_all(place.socket().parent().unwrap()).unwrap();
    drop(std::os::unix::net::UnixListener::bind(place.socket()).unwrap());
    assert!(place.socket().exists());
    let _serving = serve(kit.stub.clone(), place.clone()).await.unwrap();
    assert!(Client::connect(&place, "cli").await.is_ok());
}

#[tokio::test]
async fn the_socket_of_a_frozen_guard_is_taken_over() {
    let kit = kit().await;
    let home = tempfile::tempdir().unwrap();
    let place = Place::new(&home.path().join("run"), &std::env::temp_dir());
    std::fs::create_dir_all(place.socket().parent().unwrap()).unwrap();
    // Bound and never accepting: what a stopped process looks like from outside.
    let frozen = std::os::unix::net::UnixListener::bind(place.socket()).unwrap();
    let asked = Client::connect(&place, "cli").await;
    assert!(matches!(asked, Err(LinkError::Silent)), "{:?}", asked.err());
    let _serving = serve(kit.stub.clone(), place.clone()).await.unwrap();
    assert!(Client::connect(&place, "cli").await.is_ok());
    drop(frozen);
}

#[tokio::test]
async fn a_home_with_a_long_path_has_its_socket_in_a_short_folder_of_the_same_owner() {
    let home = tempfile::tempdir().unwrap();
    let deep = home.path().join("d".repeat(120)).join("run");
    std::fs::create_dir_all(&deep).unwrap();
    let temporary = tempfile::tempdir().unwrap();
    let place = Place::new(&deep, temporary.path());
    assert!(place.socket().as_os_str().len() <= 100);
    let _serving = serve(Stub::new(), place.clone()).await.unwrap();
    assert!(Client::connect(&place, "cli").await.is_ok());
}

#[tokio::test]
async fn a_connection_that_never_says_hello_is_dropped() {
    let kit = kit().await;
    tokio::time::pause();
    let mut raw = Raw::connect(&kit.place).await;
    let ended = tokio::time::timeout(Duration::from_secs(60), raw.hear())
        .await
        .expect("the server ends it");
    assert!(ended.is_none());
}
