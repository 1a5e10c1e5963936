//! TLS is verified by the system's roots, and by those that a person names besides.

use std::sync::Arc;

use bytes::Bytes;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tidegate_egress::{FailureKind, HttpTransport, Method, Request, Transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// Serves `{}` to everybody, with a certificate for this machine that only its own authority signs; tells that one's
/// certificate as PEM.
async fn server() -> (String, String) {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let certificate = CertificateParams::new(names)
        .unwrap()
        .signed_by(&key, &authority)
        .unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).await;
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
                .await;
            let _ = stream.shutdown().await;
        }
    });
    (address, authority.pem())
}

fn request(address: &str) -> Request {
    Request {
        method: Method::Post,
        url: address.parse().unwrap(),
        headers: Vec::new(),
        body: Bytes::new(),
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused_until_its_authority_is_named() {
    let (address, authority) = server().await;
    let stranger = HttpTransport::new().unwrap();
    let failure = stranger.exchange(request(&address)).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Tls, "{failure}");
    let trusting = HttpTransport::new()
        .unwrap()
        .also_trusting(authority.as_bytes())
        .unwrap();
    let answer = trusting.exchange(request(&address)).await.unwrap();
    assert_eq!((answer.status, answer.body.as_ref()), (200, b"{}".as_slice()));
}

#[test]
fn a_file_without_a_certificate_is_refused() {
    for text in [
        "",
        "nothing",
        "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
    ] {
        assert!(
            HttpTransport::new()
                .unwrap()
                .also_trusting(text.as_bytes())
                .is_err(),
            "{text:?}"
        );
    }
}
