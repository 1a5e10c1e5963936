//! A world behind HTTP, for any client: the official SDK, a daemon in another process, a person with a command line.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use tidegate_egress::Timer;
use tokio::net::TcpListener;

use crate::time::ScaledTimer;
use crate::world::World;
use crate::{Answer, Call, Door, Ending, SimError, limits};

/// A world that listens but does not serve yet.
pub struct Listening {
    /// Where.
    pub addr: SocketAddr,
    /// The first line that `tidegated sim` prints: where everything is and which fake keys open it.
    pub first_line: Value,
    /// The world.
    pub world: World,
    listener: TcpListener,
}

impl Listening {
    /// Serves until the socket fails; drop the future to stop.
    pub async fn run(self) -> Result<(), SimError> {
        serve(self.world, self.listener).await
    }
}

/// Listens on `address` (`127.0.0.1:0` picks a free port) for a world that was built with a live clock.
pub async fn listen(address: &str, world: World) -> Result<Listening, SimError> {
    let failed = |source| SimError::Listen {
        address: address.to_owned(),
        source,
    };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let addr = listener.local_addr().map_err(failed)?;
    Ok(Listening {
        addr,
        first_line: first_line(&world, addr),
        world,
        listener,
    })
}

/// Where everything is: the first account's first key, region, servers and packages; every account below `details`.
fn first_line(world: &World, addr: SocketAddr) -> Value {
    let base = format!("http://{addr}");
    let details = world.details();
    let at = |pointer: String| details.pointer(&pointer).cloned().unwrap_or_default();
    let first = |name: &str| at(format!("/accounts/0/{name}"));
    let ids = |name: &str| -> Vec<Value> {
        let rows = first(name);
        let rows = rows.as_array().into_iter().flatten();
        rows.map(|row| row["id"].clone()).collect()
    };
    let region = match first("servers/0/region") {
        Value::Null => first("projects/0/name"),
        region => region,
    };
    let projects = first("projects");
    let project = projects
        .as_array()
        .into_iter()
        .flatten()
        .find(|project| project["name"] == region);
    let (hook, secret) = world.feishu_hook();
    json!({
        "listening": base,
        "huawei": {
            "ak": first("keys/0/ak"), "sk": first("keys/0/sk"), "region": region,
            "project_id": project.map(|project| project["id"].clone()), "domain_id": first("domain_id"),
            "servers": ids("servers"), "free_resources": ids("packages"), "details": at("/accounts".to_owned()),
        },
        "balances": at("/balances".to_owned()),
        "volcengine": at("/volcengine".to_owned()),
        "channels": world.channels(&base),
        "feishu": {"url": format!("{base}{hook}"), "secret": secret},
    })
}

/// Serves a world on a listener. Latency is real time.
pub async fn serve(world: World, listener: TcpListener) -> Result<(), SimError> {
    let counter = Arc::new(Counter {
        door: Door::with_control(world),
        timer: ScaledTimer::live(),
    });
    let router = Router::new().fallback(exchange).with_state(counter);
    axum::serve(listener, router).await?;
    Ok(())
}

struct Counter {
    door: Door,
    timer: ScaledTimer,
}

async fn exchange(State(counter): State<Arc<Counter>>, request: Request) -> Response {
    let Some(call) = call_of(request).await else {
        return plain(StatusCode::PAYLOAD_TOO_LARGE, Body::empty());
    };
    let served = counter.door.answer(&call);
    if !served.latency.is_zero() {
        counter.timer.sleep(served.latency).await;
    }
    match served.ending {
        Ending::Whole => whole(served.answer),
        Ending::Hanging => std::future::pending().await,
        Ending::Truncated => {
            let half = served.answer.body.slice(..served.answer.body.len() / 2);
            broken(Some(half))
        }
        // A served port cannot refuse a single request: it breaks off before the first byte of a body instead.
        Ending::Refused | Ending::Broken => broken(None),
    }
}

async fn call_of(request: Request) -> Option<Call> {
    let (parts, body) = request.into_parts();
    let headers = parts
        .headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect();
    Some(Call {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or("").to_owned(),
        headers,
        body: axum::body::to_bytes(body, limits::BODY_BYTES).await.ok()?,
    })
}

fn plain(status: StatusCode, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
}

fn whole(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = plain(status, Body::from(answer.body));
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// What there is of a body, then the end of the connection. Between the two the task yields once, so that the first
/// part really leaves.
fn broken(half: Option<Bytes>) -> Response {
    let part = stream::iter(half.map(Ok));
    let cut = stream::once(async {
        tokio::task::yield_now().await;
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    });
    plain(StatusCode::OK, Body::from_stream(part.chain(cut)))
}
