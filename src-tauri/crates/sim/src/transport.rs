//! The wire in process: a [`Transport`] whose other side is a world. Costs no socket; latency and timeouts pass on the
//! timer that it is given, so that a virtual one makes them instant.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tidegate_egress::{Failure, FailureKind, Request, Response, Timer, Transport};

use crate::world::World;
use crate::{Answer, Call, Door, Ending, huawei};

/// Carries requests to a [`World`] within this process.
pub struct SimTransport {
    door: Door,
    timer: Arc<dyn Timer>,
    timeout: Duration,
}

impl SimTransport {
    /// To this world, waiting on this timer (the client's own).
    #[must_use]
    pub fn new(world: World, timer: Arc<dyn Timer>) -> Self {
        Self {
            door: Door::new(world),
            timer,
            timeout: tidegate_egress::limits::TOTAL,
        }
    }
}

/// `host` or `host:port` as a Host header has it.
fn host_of(request: &Request) -> String {
    let host = request.url.host_str().unwrap_or("?");
    match request.url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

fn call_of(request: Request, host: &str) -> Call {
    let mut headers = request.headers;
    headers.retain(|(name, _)| name != "host");
    headers.push(("host".to_owned(), host.to_owned()));
    Call {
        method: request.method.as_str().to_owned(),
        path: request.url.path().to_owned(),
        query: request.url.query().unwrap_or("").to_owned(),
        headers,
        body: request.body,
    }
}

fn failure(kind: FailureKind, host: String, text: &str) -> Failure {
    Failure {
        kind,
        host,
        text: text.to_owned(),
        may_have_arrived: matches!(
            kind,
            FailureKind::Timeout | FailureKind::Broken | FailureKind::TooLarge
        ),
        retry_after: None,
    }
}

#[async_trait]
impl Transport for SimTransport {
    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        let host = host_of(&request);
        if !huawei::resolves(&host) {
            return Err(failure(FailureKind::Connect, host, "the name did not resolve"));
        }
        let served = self.door.answer(&call_of(request, &host));
        if served.ending == Ending::Refused {
            return Err(failure(FailureKind::Connect, host, "connection refused"));
        }
        if served.ending == Ending::Hanging || served.latency >= self.timeout {
            self.timer.sleep(self.timeout).await;
            return Err(failure(FailureKind::Timeout, host, "no answer in time"));
        }
        if !served.latency.is_zero() {
            self.timer.sleep(served.latency).await;
        }
        match served.ending {
            Ending::Broken => Err(failure(FailureKind::Broken, host, "connection reset")),
            Ending::Truncated => Err(failure(FailureKind::Broken, host, "the body broke off")),
            _ => Ok(response(served.answer)),
        }
    }
}

fn response(answer: Answer) -> Response {
    Response {
        status: answer.status,
        headers: answer.headers,
        body: Bytes::clone(&answer.body),
    }
}
