//! An opened program with its door, and a client that speaks HTTP by hand.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use serde_json::Value;
use tempfile::TempDir;
use tidegate_api::door::Scope;
use tidegate_api::words::{SystemTimer, Timer};
use tidegate_api::{App, AppOptions, Face, Request, Response, VaultChoice};
use tidegate_server::http::limits::Pace;
use tidegate_server::http::{HttpOptions, Serving, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) struct Kit {
    home: TempDir,
    pub(crate) app: Arc<App>,
    pub(crate) serving: Serving,
}

pub(crate) fn pace(burst: u32) -> Pace {
    Pace {
        burst: NonZeroU32::new(burst).unwrap(),
        per_second: NonZeroU32::MIN,
    }
}

impl Kit {
    pub(crate) async fn new() -> Self {
        Self::with(pace(10_000), pace(10_000)).await
    }

    pub(crate) async fn with(token: Pace, stranger: Pace) -> Self {
        Self::at(token, stranger, Arc::new(SystemTimer::new())).await
    }

    /// By a clock of the test's.
    pub(crate) async fn by(timer: Arc<dyn Timer>) -> Self {
        Self::at(pace(10_000), pace(10_000), timer).await
    }

    async fn at(token: Pace, stranger: Pace, timer: Arc<dyn Timer>) -> Self {
        Self::in_home(tempfile::tempdir().unwrap(), token, stranger, timer).await
    }

    /// Over the same home, with another process's door; what was in hand before is broken off.
    pub(crate) async fn again(self) -> Self {
        drop(self.serving);
        self.app.stop().await;
        let (app, home) = (Arc::downgrade(&self.app), self.home);
        drop(self.app);
        let timer = SystemTimer::new();
        while app.strong_count() > 0 {
            timer.sleep(std::time::Duration::from_millis(2)).await;
        }
        let pace = pace(10_000);
        Self::in_home(home, pace, pace, Arc::new(timer)).await
    }

    async fn in_home(home: TempDir, token: Pace, stranger: Pace, timer: Arc<dyn Timer>) -> Self {
        let mut options = AppOptions::new(home.path());
        options.vault = VaultChoice::Memory;
        let app = Arc::new(App::open(options).await.unwrap());
        app.run().await.unwrap();
        let mut options = HttpOptions::new("127.0.0.1:0".parse().unwrap(), timer);
        options.pace_token = token;
        options.pace_stranger = stranger;
        let serving = serve(app.clone(), options).await.unwrap();
        Self { home, app, serving }
    }

    /// A token and its id.
    pub(crate) async fn made(&self, name: &str, scopes: &[Scope]) -> (String, Value) {
        let request = Request::CreateToken {
            name: name.to_owned(),
            scopes: scopes.to_vec(),
            seconds: None,
        };
        match self.app.handle(request, "test").await.unwrap() {
            Response::MadeToken(made) => (made.secret.0, serde_json::to_value(made.token).unwrap()),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn token(&self, scopes: &[Scope]) -> String {
        self.made("test", scopes).await.0
    }

    pub(crate) async fn call(&self, call: Call) -> Answer {
        call.to(self.serving.address()).await
    }
}

/// A request by hand.
pub(crate) struct Call {
    verb: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Call {
    pub(crate) fn new(verb: &str, path: &str) -> Self {
        Self {
            verb: verb.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn token(self, token: &str) -> Self {
        let value = format!("Bearer {token}");
        self.header("authorization", &value)
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string().as_bytes())
    }

    pub(crate) fn body(mut self, body: &[u8]) -> Self {
        self.body = body.to_vec();
        self
    }

    pub(crate) fn bytes(&self, address: SocketAddr) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\nconnection: close\r\n", self.verb, self.path);
        if !self.headers.iter().any(|(name, _)| name == "host") {
            head.push_str(&format!("host: {address}\r\n"));
        }
        if !self.body.is_empty() {
            head.push_str(&format!("content-length: {}\r\n", self.body.len()));
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        [head.into_bytes(), self.body.clone()].concat()
    }

    /// Sent, and its answer never read.
    pub(crate) async fn only_sent(self, address: SocketAddr) {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(&self.bytes(address)).await.unwrap();
    }

    pub(crate) async fn to(self, address: SocketAddr) -> Answer {
        let mut stream = TcpStream::connect(address).await.unwrap();
        // A server that refuses early closes before all was sent.
        let _ = stream.write_all(&self.bytes(address)).await;
        let mut all = Vec::new();
        let _ = stream.read_to_end(&mut all).await;
        Answer::read(&all)
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    fn read(all: &[u8]) -> Self {
        let end = all
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .unwrap_or(all.len());
        let head = String::from_utf8_lossy(&all[..end]).into_owned();
        let mut lines = head.lines();
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1))
            .unwrap_or("0");
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let body = all.get(end + 4..).unwrap_or_default().to_vec();
        let mut answer = Self {
            status: status.parse().unwrap(),
            headers,
            body,
        };
        if answer.header("transfer-encoding") == Some("chunked") {
            answer.body = unchunked(&answer.body);
        }
        answer
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{}: {}", self.status, String::from_utf8_lossy(&self.body)))
    }

    /// The code of an error in our one shape.
    pub(crate) fn code(&self) -> String {
        let body = self.json();
        let fields: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(fields, ["args", "code", "message", "retryable"], "{body}");
        assert!(body["args"].is_object() && body["retryable"].is_boolean());
        assert!(!body["message"].as_str().unwrap().is_empty());
        body["code"].as_str().unwrap().to_owned()
    }
}

fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = body.windows(2).position(|two| two == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&body[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            break;
        }
        whole.extend_from_slice(&body[end + 2..end + 2 + size]);
        body = &body[end + 4 + size..];
    }
    whole
}
