//! A clock that moves by waiting, and a wire that answers from a list.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tidegate_egress::{
    CallPolicy, Egress, Failure, FailureKind, Method, Request, Response, Timer, Transport, Verdict,
};
use tidegate_meter::{Clock, Mono, Now, Time};

#[derive(Default)]
pub(crate) struct VirtualTimer {
    ms: AtomicU64,
    slept: Mutex<Vec<Duration>>,
}

impl VirtualTimer {
    pub(crate) fn advance(&self, span: Duration) {
        self.ms
            .fetch_add(u64::try_from(span.as_millis()).unwrap(), Ordering::SeqCst);
    }

    pub(crate) fn slept(&self) -> Vec<Duration> {
        self.slept.lock().unwrap().clone()
    }
}

impl Clock for VirtualTimer {
    fn now(&self) -> Now {
        let ms = self.ms.load(Ordering::SeqCst);
        Now {
            wall: Time::from_ms(1_769_396_400_000).plus(Duration::from_millis(ms)),
            mono: Mono(ms),
        }
    }
}

#[async_trait]
impl Timer for VirtualTimer {
    async fn sleep(&self, span: Duration) {
        self.slept.lock().unwrap().push(span);
        self.advance(span);
    }
}

pub(crate) type Reply = Result<Response, Failure>;

/// Answers in order; afterwards 200.
#[derive(Default)]
pub(crate) struct Wire {
    replies: Mutex<VecDeque<Reply>>,
    pub(crate) sent: Mutex<Vec<Request>>,
}

#[async_trait]
impl Transport for Wire {
    async fn exchange(&self, request: Request) -> Reply {
        self.sent.lock().unwrap().push(request);
        self.replies
            .lock()
            .unwrap()
            .pop_front()
            .unwrap_or_else(|| status(200))
    }
}

impl Wire {
    pub(crate) fn sent(&self) -> usize {
        self.sent.lock().unwrap().len()
    }
}

pub(crate) fn status(status: u16) -> Reply {
    Ok(Response {
        status,
        headers: Vec::new(),
        body: Bytes::new(),
    })
}

pub(crate) fn asking(code: u16, wait: &str) -> Reply {
    status(code).map(|mut response| {
        response.headers.push(("retry-after".to_owned(), wait.to_owned()));
        response
    })
}

pub(crate) fn fails(kind: FailureKind) -> Reply {
    Err(Failure::new(kind, "host", "no"))
}

pub(crate) fn request() -> Request {
    Request {
        method: Method::Get,
        url: "https://example.com/path?token=FAKE-canary".parse().unwrap(),
        headers: vec![("authorization".to_owned(), "FAKE-canary".to_owned())],
        body: Bytes::from_static(b"FAKE-canary"),
    }
}

/// 5xx is transient, 429 is throttling.
pub(crate) fn classify(response: &Response) -> Verdict {
    match response.status {
        429 => Verdict::Rate,
        500.. => Verdict::Transient,
        _ => Verdict::Final,
    }
}

pub(crate) const READING: CallPolicy = CallPolicy::reading(classify);
pub(crate) const CHANGING: CallPolicy = CallPolicy::changing(classify);

pub(crate) fn egress(replies: impl IntoIterator<Item = Reply>) -> (Egress, Arc<Wire>, Arc<VirtualTimer>) {
    let wire = Arc::new(Wire::default());
    wire.replies.lock().unwrap().extend(replies);
    let timer = Arc::new(VirtualTimer::default());
    let egress =
        Egress::new(Arc::<Wire>::clone(&wire), Arc::<VirtualTimer>::clone(&timer)).with_jitter_seed(1);
    (egress, wire, timer)
}
