//! The controller's door: listeners, who may enter, and which request gets what.

use std::convert::Infallible;
use std::net::SocketAddr;
#[cfg(unix)]
use std::path::Path;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::net::UnixListener;

use super::{Asked, Dialect, Lie, Life, SimKernel, body, socket};
use crate::SimError;

/// What an answer carries.
pub(super) type Answer = Response<UnsyncBoxBody<Bytes, Infallible>>;

/// How a client came in: a socket of the machine's own skips the secret.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    Tcp,
    #[cfg(unix)]
    Local,
}

impl SimKernel {
    /// Listens on a free port of this machine until the last clone is gone.
    pub async fn listen(&self) -> Result<SocketAddr, SimError> {
        self.listen_at("127.0.0.1:0").await
    }

    /// Listens on `address`. While the kernel is stopped the port is closed; started again, it is the same.
    pub async fn listen_at(&self, address: &str) -> Result<SocketAddr, SimError> {
        let failed = |source| SimError::Listen {
            address: address.to_owned(),
            source,
        };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let bound = listener.local_addr().map_err(failed)?;
        tokio::spawn(self.clone().accept(Some(listener), bound));
        Ok(bound)
    }

    /// Listens on a socket in the file system, where no secret is asked for. Not affected by [`Self::stop`]: what comes
    /// then is hung up on.
    #[cfg(unix)]
    pub fn listen_unix(&self, path: &Path) -> Result<(), SimError> {
        let listener = UnixListener::bind(path).map_err(|source| SimError::Listen {
            address: path.display().to_string(),
            source,
        })?;
        let kernel = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                kernel.attend(stream, Way::Local);
            }
        });
        Ok(())
    }

    /// Attends to one client over any stream, as if it had come over the network: for tests in virtual time, whose
    /// streams are in memory.
    pub fn serve(&self, stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) {
        self.attend(stream, Way::Tcp);
    }

    async fn accept(self, mut listener: Option<TcpListener>, bound: SocketAddr) {
        let mut life = self.inner.life.subscribe();
        loop {
            let runs = life.borrow_and_update().runs;
            if !runs {
                listener = None;
            } else if listener.is_none() {
                listener = TcpListener::bind(bound).await.ok();
            }
            tokio::select! {
                Some(stream) = next(listener.as_ref()) => self.attend(stream, Way::Tcp),
                changed = life.changed() => if changed.is_err() { return },
            }
        }
    }

    fn attend(&self, stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static, way: Way) {
        let (kernel, mut life) = (self.clone(), self.inner.life.subscribe());
        let begun = *life.borrow_and_update();
        if !begun.runs {
            return;
        }
        let service = service_fn(move |request| {
            let kernel = kernel.clone();
            async move { Ok::<_, Infallible>(kernel.answer(request, way, begun)) }
        });
        tokio::spawn(async move {
            let served = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .with_upgrades();
            tokio::select! {
                // The client's end of it is its own business.
                _ended = served => {}
                _changed = life.changed() => {}
            }
        });
    }

    fn answer(&self, request: Request<Incoming>, way: Way, life: Life) -> Answer {
        let asked = asked(&request);
        let may = way != Way::Tcp || self.may(&request);
        self.state().note(asked);
        if self.state().lies(Lie::Html) {
            return answer(
                StatusCode::OK,
                "text/html",
                "<html><body>FAKE router page</body></html>",
            );
        }
        if self.state().lies(Lie::Unavailable) {
            return answer(StatusCode::SERVICE_UNAVAILABLE, "text/plain", "");
        }
        if !may {
            return self.unauthorized();
        }
        let upgrade = request.headers().get(header::UPGRADE);
        // Exactly so, as Mihomo compares it.
        let upgrades =
            upgrade.is_some_and(|value| value == "websocket") && !self.state().lies(Lie::NoUpgrade);
        match (request.uri().path(), upgrades) {
            ("/logs", _) if self.state().lies(Lie::LogRefused) => {
                answer(StatusCode::FORBIDDEN, "text/plain", "")
            }
            ("/connections" | "/logs", true) => socket::upgraded(self, request, life),
            (path, _) => self.plain(path),
        }
    }

    fn plain(&self, path: &str) -> Answer {
        let state = self.state();
        let dialect = self.inner.dialect;
        match path {
            "/" => {
                json_answer(&json!({ "hello": if dialect == Dialect::Mihomo { "mihomo" } else { "clash" } }))
            }
            "/version" => json_answer(&body::version(dialect)),
            "/connections" => answer(
                StatusCode::OK,
                "application/json",
                body::connections(dialect, &state),
            ),
            "/proxies" => json_answer(&body::proxies(&state)),
            "/providers/proxies" if dialect == Dialect::ClashRs => {
                answer(StatusCode::NOT_FOUND, "text/plain", "")
            }
            "/providers/proxies" => json_answer(&body::providers(dialect, &state)),
            "/logs" => self.log_body(),
            _ => {
                let message = json!({ "message": "Resource not found" });
                let text = Bytes::from(message.to_string());
                answer(StatusCode::NOT_FOUND, "application/json", text)
            }
        }
    }

    /// The log as lines of an answer that never ends.
    fn log_body(&self) -> Answer {
        let lines = self.inner.log.subscribe();
        let lines = futures_util::stream::unfold(lines, |mut lines| async move {
            let line = lines.recv().await.ok()?;
            Some((Ok::<_, Infallible>(Frame::data(line)), lines))
        });
        let mut response = Response::new(StreamBody::new(lines).boxed_unsync());
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            header::HeaderValue::from_static("application/json"),
        );
        response
    }

    fn may(&self, request: &Request<Incoming>) -> bool {
        let secret = self.state().secret.clone();
        if secret.is_empty() {
            return true;
        }
        let given = text(request.headers(), &header::AUTHORIZATION);
        let by_header = given.is_some_and(|given| given == format!("Bearer {secret}"));
        let upgrades = request
            .headers()
            .get(header::UPGRADE)
            .is_some_and(|value| value == "websocket");
        let query = request.uri().query().unwrap_or("");
        let by_query = upgrades && query.split('&').any(|pair| pair == format!("token={secret}"));
        by_header || by_query
    }

    fn unauthorized(&self) -> Answer {
        match self.inner.dialect {
            Dialect::ClashRs => answer(StatusCode::UNAUTHORIZED, "text/plain", "unauthorized"),
            _ => answer(
                StatusCode::UNAUTHORIZED,
                "application/json",
                r#"{"message":"Unauthorized"}"#,
            ),
        }
    }
}

async fn next(listener: Option<&TcpListener>) -> Option<tokio::net::TcpStream> {
    listener?.accept().await.ok().map(|(stream, _)| stream)
}

fn asked(request: &Request<Incoming>) -> Asked {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    Asked {
        method: request.method().as_str().to_owned(),
        path: path.to_owned(),
        authorization: text(request.headers(), &header::AUTHORIZATION),
        upgrade: text(request.headers(), &header::UPGRADE),
    }
}

fn text(headers: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn json_answer(body: &serde_json::Value) -> Answer {
    answer(StatusCode::OK, "application/json", body.to_string())
}

pub(super) fn answer(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut response = Response::new(Full::new(body.into()).boxed_unsync());
    *response.status_mut() = status;
    let kind = header::HeaderValue::from_static(kind);
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
