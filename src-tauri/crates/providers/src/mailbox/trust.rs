//! Whose certificates are believed. Owns the two ways: the system's, or roots that the caller names; there is no third
//! that believes anybody.

use std::sync::{Arc, OnceLock};

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
use rustls_platform_verifier::BuilderVerifierExt;
use tidegate_meter::Reason;
use tokio_rustls::TlsConnector;

use super::dial::Wire;
use super::error::{self, transient};
use crate::ProviderError;

/// Whom to believe.
#[derive(Clone, Debug)]
pub struct Trust {
    roots: Option<Vec<CertificateDer<'static>>>,
    config: Arc<OnceLock<Arc<ClientConfig>>>,
}

impl Trust {
    /// The system's trusted roots, read when first needed.
    #[must_use]
    pub fn system() -> Self {
        Self {
            roots: None,
            config: Arc::default(),
        }
    }

    /// Exactly these roots, and no others.
    #[must_use]
    pub fn only(roots: Vec<CertificateDer<'static>>) -> Self {
        Self {
            roots: Some(roots),
            config: Arc::default(),
        }
    }

    /// Speaks TLS over a wire, with the certificate checked against the name.
    pub(super) async fn secure(
        &self,
        host: &str,
        wire: Box<dyn Wire>,
    ) -> Result<Box<dyn Wire>, ProviderError> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| error::of(Reason::Shape, "host: not the name of a server"))?;
        let connector = TlsConnector::from(self.config()?);
        let stream = connector
            .connect(name, wire)
            .await
            .map_err(|_| transient("no secure connection: the certificate or the handshake was refused"))?;
        Ok(Box::new(stream))
    }

    fn config(&self) -> Result<Arc<ClientConfig>, ProviderError> {
        if let Some(config) = self.config.get() {
            return Ok(Arc::clone(config));
        }
        let config = Arc::new(self.build()?);
        Ok(Arc::clone(self.config.get_or_init(|| config)))
    }

    fn build(&self) -> Result<ClientConfig, ProviderError> {
        let unreadable = |_| transient("the trusted certificates cannot be read");
        let Some(roots) = &self.roots else {
            let believing = builder()?.with_platform_verifier().map_err(unreadable)?;
            return Ok(believing.with_no_client_auth());
        };
        let mut store = RootCertStore::empty();
        for root in roots {
            store.add(root.clone()).map_err(unreadable)?;
        }
        Ok(builder()?.with_root_certificates(store).with_no_client_auth())
    }
}

fn builder() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, ProviderError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| transient("TLS cannot be set up"))
}
