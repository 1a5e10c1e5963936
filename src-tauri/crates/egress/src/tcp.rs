//! The real wire: HTTP over TCP and TLS.
//!
//! Owns the client and its limits. Follows no redirect: a 3xx is an answer, so a signed request never reaches another
//! host. Takes no proxy from the environment or the system: what reaches a cloud is decided by its configuration
//! alone, and a glance goes through the proxy that it names. TLS, with the system's trusted roots, is built at the first `https` request, so that a process that only
//! talks to loopback stays small. Tested in `tests/egress/tcp.rs`.

use std::error::Error;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use reqwest::{Certificate, Client, ClientBuilder, redirect};
use url::{Host, Url};

use crate::redact::authority;
use crate::{Failure, FailureKind, Glance, Method, Request, Response, Transport, limits};

/// The client that every account and channel shares.
pub struct HttpTransport {
    plain: Client,
    secure: OnceLock<Client>,
    private_http: bool,
    /// Roots besides the system's.
    roots: Vec<Certificate>,
}

impl HttpTransport {
    /// Ready for plain loopback; `https` is prepared when first needed.
    pub fn new() -> Result<Self, Failure> {
        Ok(Self {
            plain: rootless()?,
            secure: OnceLock::new(),
            private_http: false,
            roots: Vec::new(),
        })
    }

    /// Also trusts what these certificates sign, besides the system's roots. Refused when `pem` holds none.
    pub fn also_trusting(mut self, pem: &[u8]) -> Result<Self, Failure> {
        let read = Certificate::from_pem_bundle(pem).unwrap_or_default();
        if read.is_empty() {
            let text = "no certificate in PEM form is in it";
            return Err(Failure::new(FailureKind::Refused, "certificates", text));
        }
        self.roots.extend(read);
        Ok(self)
    }

    /// Also allows plain `http` to private addresses; the caller has a person's confirmation for it.
    #[must_use]
    pub const fn allow_private_http(mut self) -> Self {
        self.private_http = true;
        self
    }

    fn client(&self, url: &Url) -> Result<&Client, Failure> {
        let refused = |text: &str| Failure::new(FailureKind::Refused, authority(url), text);
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("an address may not carry a user name or password"));
        }
        match url.scheme() {
            "https" => self.secure_client(url),
            "http" if plain_allowed(url, self.private_http) => Ok(&self.plain),
            "http" => Err(refused("plain http is allowed only to this machine; use https")),
            _ => Err(refused("only http and https are spoken")),
        }
    }

    fn secure_client(&self, url: &Url) -> Result<&Client, Failure> {
        if let Some(client) = self.secure.get() {
            return Ok(client);
        }
        // Fails only when the process has a provider already, which is then the one in use.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let trusting = builder().tls_certs_merge(self.roots.iter().cloned());
        let client = trusting.build().map_err(|_| {
            Failure::new(
                FailureKind::Tls,
                authority(url),
                "the system's trusted certificates cannot be read",
            )
        })?;
        Ok(self.secure.get_or_init(|| client))
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        let host = authority(&request.url);
        let client = self.client(&request.url)?;
        let answer = sent(client, request, &host).await?;
        let (status, headers) = (answer.status().as_u16(), headers(answer.headers()));
        let body = body(answer, &host).await?;
        Ok(Response {
            status,
            headers,
            body,
        })
    }

    async fn glance(&self, request: Request, glance: &Glance) -> Result<Response, Failure> {
        let host = authority(&request.url);
        let straight = self.client(&request.url)?;
        let through = glance.via.as_ref().map(through).transpose()?;
        let answer = sent(through.as_ref().unwrap_or(straight), request, &host).await?;
        Ok(Response {
            status: answer.status().as_u16(),
            headers: headers(answer.headers()),
            body: beginning(answer, glance.bytes).await,
        })
    }
}

async fn sent(client: &Client, request: Request, host: &str) -> Result<reqwest::Response, Failure> {
    let mut sending = client.request(method(request.method), request.url);
    for (name, value) in &request.headers {
        sending = sending.header(name.as_str(), value.as_str());
    }
    let sent = sending.body(request.body).send().await;
    sent.map_err(|error| failure(&error, host))
}

/// A client of its own for the one exchange: whoever goes through a proxy does so a few times a day.
fn through(via: &Url) -> Result<Client, Failure> {
    let refused = |text: &str| Failure::new(FailureKind::Refused, authority(via), text);
    if via.scheme() != "http" || !plain_allowed(via, false) || !via.username().is_empty() {
        return Err(refused("a proxy is a plain http address on this machine"));
    }
    let proxy = reqwest::Proxy::all(via.as_str()).map_err(|_| refused("this is no proxy's address"))?;
    // Fails only when the process has a provider already, which is then the one in use.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = builder().proxy(proxy).build();
    client.map_err(|_| refused("the system's trusted certificates cannot be read"))
}

/// The beginning of the body, as far as it comes.
async fn beginning(mut answer: reqwest::Response, most: usize) -> Bytes {
    let mut body = BytesMut::new();
    while body.len() < most
        && let Ok(Some(chunk)) = answer.chunk().await
    {
        body.extend_from_slice(&chunk);
    }
    body.truncate(most);
    body.freeze()
}

fn builder() -> ClientBuilder {
    Client::builder()
        .connect_timeout(limits::CONNECT)
        .timeout(limits::TOTAL)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .pool_idle_timeout(limits::POOL_IDLE)
        .pool_max_idle_per_host(limits::POOL_PER_HOST)
}

/// A client that trusts nobody: it is used for plain `http` only, and building it reads no certificate.
fn rootless() -> Result<Client, Failure> {
    let broken = |_| Failure::new(FailureKind::Refused, "client", "the HTTP client cannot be built");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| Failure::new(FailureKind::Tls, "client", "TLS cannot be set up"))?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    builder().tls_backend_preconfigured(tls).build().map_err(broken)
}

const fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Delete => reqwest::Method::DELETE,
    }
}

fn headers(map: &http::HeaderMap) -> Vec<(String, String)> {
    map.iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect()
}

/// Reads the body as it comes, and stops at the limit instead of trusting the announced length.
async fn body(mut answer: reqwest::Response, host: &str) -> Result<Bytes, Failure> {
    let mut body = BytesMut::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| failure(&error, host))? {
        if body.len() + chunk.len() > limits::BODY_BYTES {
            return Err(Failure::new(
                FailureKind::TooLarge,
                host,
                "the answer is longer than 4 MiB",
            ));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn failure(error: &reqwest::Error, host: &str) -> Failure {
    let (kind, text) = if is_tls(error) {
        (
            FailureKind::Tls,
            "no secure connection: the certificate or the handshake was refused",
        )
    } else if error.is_connect() {
        (FailureKind::Connect, "cannot connect")
    } else if error.is_timeout() {
        (FailureKind::Timeout, "no complete answer in time")
    } else if error.is_builder() {
        (FailureKind::Refused, "the request cannot be sent as it is")
    } else {
        (FailureKind::Broken, "the connection broke off")
    };
    Failure::new(kind, host, text)
}

/// Whether TLS refused, somewhere down the chain of causes. An `io::Error` hides its own cause from `source`.
#[must_use]
pub fn is_tls(error: &(dyn Error + 'static)) -> bool {
    let inner = error
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref)
        .is_some_and(|inner| is_tls(inner));
    inner || error.is::<rustls::Error>() || error.source().is_some_and(is_tls)
}

/// Whether plain http may go to the host of `url`: this machine, and with `private` an address of a private network.
#[must_use]
pub fn plain_allowed(url: &Url, private: bool) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback() || (private && ip.is_private()),
        Some(Host::Ipv6(ip)) => ip.is_loopback() || (private && ip.is_unique_local()),
        None => false,
    }
}
