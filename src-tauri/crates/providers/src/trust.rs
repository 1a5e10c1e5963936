//! Whose certificates are believed. Owns the three ways: the system's, roots that the caller names, or the one certificate
//! that a person pinned; there is no fourth that believes anybody. Tested in `tests/mailbox` and `tests/proxy`.

use std::sync::{Arc, OnceLock};

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
use rustls_platform_verifier::BuilderVerifierExt;
use tidegate_meter::Reason;
use tokio_rustls::TlsConnector;

use crate::ProviderError;
use crate::pin::Pin;
use crate::refusal::blind;
use crate::wire::Wire;

#[derive(Clone, Debug)]
enum Whom {
    System,
    Only(Vec<CertificateDer<'static>>),
    Pinned(Pin),
}

/// Whom to believe.
#[derive(Clone, Debug)]
pub struct Trust {
    whom: Whom,
    config: Arc<OnceLock<Arc<ClientConfig>>>,
}

impl Trust {
    /// The system's trusted roots, read when first needed.
    #[must_use]
    pub fn system() -> Self {
        Self::of(Whom::System)
    }

    /// Exactly these roots, and no others.
    #[must_use]
    pub fn only(roots: Vec<CertificateDer<'static>>) -> Self {
        Self::of(Whom::Only(roots))
    }

    /// Exactly this certificate, whoever signed it and whatever name stands in it: what shows it must hold its key.
    #[must_use]
    pub fn pinned(pin: Pin) -> Self {
        Self::of(Whom::Pinned(pin))
    }

    fn of(whom: Whom) -> Self {
        Self {
            whom,
            config: Arc::default(),
        }
    }

    /// Speaks TLS over a wire, with the certificate checked against the name.
    pub(crate) async fn secure(
        &self,
        host: &str,
        wire: Box<dyn Wire>,
    ) -> Result<Box<dyn Wire>, ProviderError> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| blind(Reason::Shape, "host: not the name of a server"))?;
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
        let roots = match &self.whom {
            Whom::System => {
                let believing = builder()?.with_platform_verifier().map_err(unreadable)?;
                return Ok(believing.with_no_client_auth());
            }
            Whom::Pinned(pin) => {
                let believing = builder()?
                    .dangerous()
                    .with_custom_certificate_verifier(pin.verifier());
                return Ok(believing.with_no_client_auth());
            }
            Whom::Only(roots) => roots,
        };
        let mut store = RootCertStore::empty();
        for root in roots {
            store.add(root.clone()).map_err(unreadable)?;
        }
        Ok(builder()?.with_root_certificates(store).with_no_client_auth())
    }
}

fn transient(detail: &str) -> ProviderError {
    blind(Reason::Transient, detail)
}

fn builder() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, ProviderError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| transient("TLS cannot be set up"))
}
