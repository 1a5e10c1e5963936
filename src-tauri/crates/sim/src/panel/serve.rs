//! The panel behind real HTTP.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::{Panel, Told};
use crate::SimError;

/// A panel that is served; dropped, it ends.
pub struct Serving {
    /// Where: `http://127.0.0.1:1234`.
    pub base: String,
    task: JoinHandle<()>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves a panel on a free port of this machine.
pub async fn serve(panel: Panel) -> Result<Serving, SimError> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}", listener.local_addr()?);
    let router = Router::new().fallback(exchange).with_state(panel);
    let task = tokio::spawn(async move {
        // It ends with its socket, or with whoever holds it.
        let _ = axum::serve(listener, router).await;
    });
    Ok(Serving { base, task })
}

async fn exchange(State(panel): State<Panel>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let headers: Vec<(String, String)> = parts
        .headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect();
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    answer(panel.receive(target, &headers))
}

fn answer(told: Told) -> Response {
    let Told { answer, endless } = told;
    let mut response = Response::new(if endless {
        without_end(answer.body)
    } else {
        Body::from(answer.body)
    });
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// What there is, again and again.
fn without_end(body: Bytes) -> Body {
    Body::from_stream(stream::repeat(body).map(Ok::<_, std::io::Error>))
}
