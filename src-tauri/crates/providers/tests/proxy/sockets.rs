//! Real sockets: TCP, a unix socket, TLS with a pinned certificate and with any other.

use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use secrecy::SecretString;
use tidegate_providers::proxy::{
    Controller, Frame, Kernel as _, KernelClient, KernelConfig, KernelEvent, KernelSource,
};
use tidegate_providers::{Source as _, Trust};
use tidegate_sim::proxy::{Dialect, SimKernel};
use tidegate_sim::time::ScaledTimer;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

use crate::support::SECRET;

fn kernel() -> SimKernel {
    let kernel = SimKernel::live(Dialect::Mihomo);
    kernel.set_secret(SECRET);
    kernel
}

fn config(controller: &str) -> KernelConfig {
    KernelConfig {
        secret: Some(SecretString::from(SECRET)),
        ..KernelConfig::new(controller.parse::<Controller>().unwrap())
    }
}

/// The totals of the first snapshots until `enough` of them; waits for a condition, not for a time.
async fn totals(config: KernelConfig, enough: u64) -> u64 {
    let client = KernelClient::new(config, Arc::new(ScaledTimer::live()));
    let (sender, mut events) = mpsc::channel(1);
    let watch = tokio::spawn(async move { client.watch(sender).await });
    let seen = async {
        loop {
            if let KernelEvent::Frame { at, body } = events.recv().await.unwrap() {
                let total = Frame::read(&body, at).unwrap().down_total;
                if total >= enough {
                    return total;
                }
            }
        }
    };
    let seen = tokio::time::timeout(Duration::from_secs(60), seen).await.unwrap();
    watch.abort();
    seen
}

#[tokio::test]
async fn a_kernel_is_watched_over_tcp_through_a_restart_at_the_same_port() {
    let kernel = kernel();
    let address = kernel.listen().await.unwrap();
    kernel.flash(&["DIRECT"], 1, 2000);
    let again = kernel.clone();
    let watched = tokio::spawn(totals(config(&format!("http://{address}")), 9000));
    // Only what comes after the end of its first life has so many bytes.
    let followed = async {
        while again.asked().iter().all(|asked| asked.upgrade.is_none()) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), followed)
        .await
        .unwrap();
    again.stop();
    again.start();
    again.flash(&["DIRECT"], 1, 9000);
    assert_eq!(watched.await.unwrap(), 9000);
}

#[cfg(unix)]
#[tokio::test]
async fn a_kernel_is_watched_over_a_unix_socket_and_shown_no_secret_there() {
    let kernel = kernel();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kernel.sock");
    kernel.listen_unix(&path).unwrap();
    kernel.flash(&["DIRECT"], 1, 2000);
    assert_eq!(
        totals(config(&format!("unix:{}", path.display())), 2000).await,
        2000
    );
    assert!(kernel.asked().iter().all(|asked| asked.authorization.is_none()));
}

/// The kernel behind TLS with a certificate of its own making, which it returns in PEM form.
async fn behind_tls(kernel: SimKernel) -> (u16, String) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["fake.kernel".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let server = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(server));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(stream) = acceptor.accept(stream).await {
                kernel.serve(stream);
            }
        }
    });
    (port, cert.pem())
}

#[tokio::test]
async fn a_self_signed_controller_is_believed_by_its_pinned_certificate_alone() {
    let kernel = kernel();
    kernel.flash(&["DIRECT"], 1, 2000);
    let (port, pem) = behind_tls(kernel.clone()).await;
    let (_, other) = behind_tls(kernel.clone()).await;
    let address = format!("https://127.0.0.1:{port}");
    let pinned = KernelConfig {
        trust: Trust::pinned(pem.parse().unwrap()),
        ..config(&address)
    };
    assert_eq!(totals(pinned, 2000).await, 2000, "whatever name stands in it");
    let asked = kernel.asked().len();
    for trust in [Trust::pinned(other.parse().unwrap()), Trust::system()] {
        let config = KernelConfig {
            trust,
            ..config(&address)
        };
        let client = KernelClient::new(config, Arc::new(ScaledTimer::live()));
        let source = KernelSource::new("home".parse().unwrap(), Arc::new(client));
        let error = source.check().await.unwrap_err();
        assert!(error.detail.contains("the certificate"), "{}", error.detail);
    }
    assert_eq!(
        kernel.asked().len(),
        asked,
        "nothing was said to it, above all no secret"
    );
}
