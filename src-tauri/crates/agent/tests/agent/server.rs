//! What answers as Tidegate does, and badly when the test says so. It stores by epoch and number and counts what it
//! believed; a number that comes with another content is a failure of the agent.

use std::collections::{BTreeMap, VecDeque};
use std::io::Read;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use tidegate_meter::handover::{EnrolBody, Enrolled, HandIn, HandedIn, Receipt};
use tidegate_meter::{FlowBytes, RowId, Time};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};

/// The one-time code that works.
pub(crate) const CODE: &str = "FAKE-CODE-1";
/// One that works for a second enrolment.
pub(crate) const CODE_AGAIN: &str = "FAKE-CODE-2";

/// How one request is treated.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// It is stored, and the answer breaks off.
    Lost,
    /// It is answered with this status and not stored.
    Status(u16),
    /// Throttled, with this `Retry-After`.
    Throttled(&'static str),
    /// Somebody in between answers a page.
    Page,
    /// A receipt for another batch.
    OtherReceipt,
    /// It is stored, and answered when the test says so.
    Late(Arc<Notify>),
    /// It is not believed.
    Quarantined,
}

#[derive(Default)]
pub(crate) struct Books {
    pub(crate) faults: VecDeque<Fault>,
    /// How enrolments are treated.
    pub(crate) welcome: VecDeque<Fault>,
    pub(crate) stored: BTreeMap<(RowId, u64), String>,
    pub(crate) sum: FlowBytes,
    pub(crate) bodies: Vec<HandIn>,
    pub(crate) enrolled: Vec<EnrolBody>,
    pub(crate) tokens: Vec<String>,
    /// By how much its clock differs from the agent's.
    pub(crate) ahead_ms: i64,
    in_hand: usize,
}

/// A running server.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) address: String,
    books: Arc<Mutex<Books>>,
    /// How many hand-ins were answered or dropped.
    turns: watch::Sender<usize>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            address: format!("http://{}", listener.local_addr().unwrap()),
            books: Arc::default(),
            turns: watch::Sender::new(0),
        };
        let routes = Router::new()
            .route("/api/v1/enrol", post(enrol))
            .route("/api/v1/ingest", post(ingest))
            .with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        server
    }

    pub(crate) fn books<T>(&self, look: impl FnOnce(&mut Books) -> T) -> T {
        look(&mut self.books.lock().unwrap())
    }

    /// The next hand-ins are treated so, in this order.
    pub(crate) fn expect(&self, faults: impl IntoIterator<Item = Fault>) {
        self.books(|books| books.faults.extend(faults));
    }

    /// Waits until so many hand-ins came in all.
    pub(crate) async fn turns(&self, count: usize) {
        let mut turns = self.turns.subscribe();
        turns.wait_for(|turns| *turns >= count).await.unwrap();
    }

    pub(crate) fn turned(&self) -> usize {
        *self.turns.borrow()
    }

    pub(crate) fn sum(&self) -> (u64, u64) {
        self.books(|books| (books.sum.up, books.sum.down))
    }

    /// Without a gap, from 1, in one epoch.
    pub(crate) fn assert_one_epoch_without_gap(&self) {
        self.books(|books| {
            let epochs: Vec<RowId> = books.stored.keys().map(|(epoch, _)| *epoch).collect();
            assert!(epochs.windows(2).all(|pair| pair[0] == pair[1]));
            let numbers: Vec<u64> = books.stored.keys().map(|(_, number)| *number).collect();
            let wanted: Vec<u64> = (1..=u64::try_from(numbers.len()).unwrap()).collect();
            assert_eq!(numbers, wanted);
        });
    }
}

fn refused(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    (status, r#"{"code":"x","message":"told by the other side"}"#).into_response()
}

async fn enrol(State(server): State<Server>, body: Bytes) -> Response {
    let body: EnrolBody = serde_json::from_slice(&body).unwrap();
    server.books(|books| {
        match books.welcome.pop_front() {
            Some(Fault::Status(status)) => return refused(status),
            Some(Fault::Page) => return "<html>welcome to this network</html>".into_response(),
            _ => {}
        }
        let device = match body.code.as_str() {
            CODE => "router",
            CODE_AGAIN => "laptop",
            _ => return refused(403),
        };
        if books.enrolled.iter().any(|known| known.code == body.code) {
            return refused(410);
        }
        let token = format!("FAKE-token-of-{device}");
        books.enrolled.push(body);
        books.tokens = vec![token.clone()];
        let enrolled = Enrolled {
            token,
            device: device.parse().unwrap(),
            name: "书房".to_owned(),
        };
        serde_json::to_string(&enrolled).unwrap().into_response()
    })
}

async fn ingest(State(server): State<Server>, headers: HeaderMap, body: Bytes) -> Response {
    let answer = take(&server, &headers, &body).await;
    server.books(|books| books.in_hand -= 1);
    server.turns.send_modify(|turns| *turns += 1);
    answer
}

async fn take(server: &Server, headers: &HeaderMap, body: &Bytes) -> Response {
    let told = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    assert_eq!(told("content-encoding").as_deref(), Some("gzip"));
    assert_eq!(told("content-type").as_deref(), Some("application/json"));
    let mut text = String::new();
    flate2::read::GzDecoder::new(body.as_ref())
        .read_to_string(&mut text)
        .unwrap();
    assert!(
        !text.contains("canary"),
        "where a connection leads is told to nobody"
    );
    let body: HandIn = serde_json::from_str(&text).unwrap();
    let token = told("authorization")
        .unwrap()
        .trim_start_matches("Bearer ")
        .to_owned();
    let fault = server.books(|books| {
        books.in_hand += 1;
        assert_eq!(books.in_hand, 1, "one at a time");
        books.faults.pop_front()
    });
    if !server.books(|books| books.tokens.contains(&token)) {
        return refused(401);
    }
    match fault {
        Some(Fault::Status(status)) => return refused(status),
        Some(Fault::Throttled(wait)) => {
            return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", wait)], "").into_response();
        }
        Some(Fault::Page) => return "<html>welcome to this network</html>".into_response(),
        _ => {}
    }
    let mut receipt = server.books(|books| store(books, body));
    match fault {
        Some(Fault::Lost) => {
            let broken = futures_util::stream::once(async { Err::<Bytes, _>(std::io::Error::other("lost")) });
            return Body::from_stream(broken).into_response();
        }
        Some(Fault::OtherReceipt) => receipt.sequence += 1,
        Some(Fault::Quarantined) => receipt.verdict = HandedIn::Quarantined,
        Some(Fault::Late(now)) => now.notified().await,
        _ => {}
    }
    serde_json::to_string(&receipt).unwrap().into_response()
}

fn store(books: &mut Books, body: HandIn) -> Receipt {
    let batch = &body.batch;
    let content = serde_json::to_string(batch).unwrap();
    let key = (batch.epoch, batch.sequence);
    let verdict = match books.stored.get(&key) {
        Some(known) => {
            assert_eq!(*known, content, "a number stands for one content");
            HandedIn::Repeated
        }
        None => {
            for flow in &batch.flows {
                assert!(flow.bytes.is_sound());
                books.sum = books.sum.plus(flow.bytes).unwrap();
            }
            books.stored.insert(key, content);
            HandedIn::Stored
        }
    };
    let received_at = Time::from_ms(body.sent_at.ms() + books.ahead_ms);
    let sequence = batch.sequence;
    books.bodies.push(body);
    Receipt {
        sequence,
        verdict,
        received_at,
    }
}
