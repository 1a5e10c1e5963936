//! The identity service's answers, and the client that asks.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use tidegate_egress::{Egress, Failure, Lane, Request, Response, Timer, Transport};
use tidegate_meter::{Clock, Mono, Now, Time};
use tidegate_providers::ProviderError;
use tidegate_providers::oauth::{ClientCredentials, TokenCache};
use url::Url;

pub(crate) const SECRET: &str = "FAKE-canary-secret";

#[derive(Default)]
pub(crate) struct Hands {
    ms: AtomicU64,
}

impl Hands {
    pub(crate) fn advance(&self, seconds: u64) {
        self.ms.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}

impl Clock for Hands {
    fn now(&self) -> Now {
        let ms = self.ms.load(Ordering::SeqCst);
        Now {
            wall: Time::from_ms(1_769_396_400_000).plus(Duration::from_millis(ms)),
            mono: Mono(ms),
        }
    }
}

#[async_trait]
impl Timer for Hands {
    async fn sleep(&self, span: Duration) {
        self.ms
            .fetch_add(u64::try_from(span.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

pub(crate) type Reply = Result<Response, Failure>;

#[derive(Default)]
pub(crate) struct Wire {
    replies: Mutex<VecDeque<Reply>>,
    sent: Mutex<Vec<Request>>,
}

#[async_trait]
impl Transport for Wire {
    async fn exchange(&self, request: Request) -> Reply {
        self.sent.lock().unwrap().push(request);
        // Whoever asks meanwhile gets a turn before the answer comes.
        tokio::task::yield_now().await;
        let next = self.replies.lock().unwrap().pop_front();
        next.unwrap_or_else(|| json(500, "{}"))
    }
}

pub(crate) fn json(status: u16, body: &str) -> Reply {
    Ok(Response {
        status,
        headers: Vec::new(),
        body: Bytes::from(body.to_owned()),
    })
}

pub(crate) fn granted(token: &str, seconds: u32) -> Reply {
    json(
        200,
        &format!(r#"{{"token_type":"Bearer","expires_in":{seconds},"access_token":"{token}"}}"#),
    )
}

/// A client with its cache.
pub(crate) struct Client {
    pub(crate) cache: TokenCache,
    pub(crate) hands: Arc<Hands>,
    wire: Arc<Wire>,
    egress: Egress,
    lane: Lane,
    url: Url,
}

impl Client {
    pub(crate) fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        let wire = Arc::new(Wire {
            replies: Mutex::new(replies.into_iter().collect()),
            sent: Mutex::default(),
        });
        let hands = Arc::new(Hands::default());
        Self {
            cache: TokenCache::default(),
            egress: Egress::new(wire.clone(), hands.clone()).with_jitter_seed(1),
            hands,
            wire,
            lane: Lane::default(),
            url: Url::parse("https://login.example/tenant/oauth2/v2.0/token").unwrap(),
        }
    }

    pub(crate) async fn bearer_with(&self, secret: &str) -> Result<String, ProviderError> {
        let secret = SecretString::from(secret);
        let ask = ClientCredentials {
            token_url: &self.url,
            client_id: "fake-client",
            client_secret: &secret,
            scope: "https://management.example/.default",
        };
        let token = self.cache.bearer(&self.egress, &self.lane, &ask).await?;
        Ok(token.expose_secret().to_owned())
    }

    pub(crate) async fn bearer(&self) -> Result<String, ProviderError> {
        self.bearer_with(SECRET).await
    }

    /// How many requests were sent.
    pub(crate) fn sent(&self) -> usize {
        self.wire.sent.lock().unwrap().len()
    }

    pub(crate) fn last(&self) -> Request {
        self.wire.sent.lock().unwrap().last().unwrap().clone()
    }
}
