//! One certificate that a person believes: its fingerprint, how it is written, and the check against it.
//!
//! For servers that sign their own certificate. The other side must show this certificate and prove that it holds its
//! key; names, dates and authorities are not looked at, since a pin says more than they do. Tested below.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{self, CryptoProvider};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};
use sha2::{Digest, Sha256};

/// The SHA-256 of one certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Pin([u8; 32]);

/// A text that names no certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "use the SHA-256 fingerprint of the certificate, 64 hexadecimal digits with or without colons, or the certificate \
     itself in PEM form"
)]
pub struct PinError;

impl FromStr for Pin {
    type Err = PinError;

    fn from_str(text: &str) -> Result<Self, PinError> {
        if let Ok(certificate) = CertificateDer::from_pem_slice(text.as_bytes()) {
            return Ok(Self::of(&certificate));
        }
        let digits: String = text.trim().chars().filter(|c| *c != ':').collect();
        let mut pin = [0; 32];
        hex::decode_to_slice(digits, &mut pin).map_err(|_| PinError)?;
        Ok(Self(pin))
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl Pin {
    fn of(certificate: &CertificateDer<'_>) -> Self {
        Self(Sha256::digest(certificate).into())
    }

    /// Believes this certificate and no other.
    pub(crate) fn verifier(self) -> Arc<dyn ServerCertVerifier> {
        Arc::new(Verifier {
            pin: self,
            provider: crypto::ring::default_provider(),
        })
    }
}

#[derive(Debug)]
struct Verifier {
    pin: Pin,
    provider: CryptoProvider,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if Pin::of(shown) == self.pin {
            return Ok(ServerCertVerified::assertion());
        }
        Err(Error::General(
            "another certificate than the pinned one".to_owned(),
        ))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        crypto::verify_tls12_signature(message, shown, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        crypto::verify_tls13_signature(message, shown, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_told_as_a_fingerprint_or_as_the_certificate_itself() {
        let made = rcgen::generate_simple_self_signed(vec!["fake.test".to_owned()]).unwrap();
        let pin: Pin = made.cert.pem().parse().unwrap();
        let plain = format!("{pin:?}");
        assert_eq!(plain.parse(), Ok(pin));
        let upper = plain.to_uppercase();
        let pairs: Vec<&str> = (0..32).map(|at| &upper[at * 2..at * 2 + 2]).collect();
        assert_eq!(pairs.join(":").parse(), Ok(pin), "as openssl prints it");
    }

    #[test]
    fn what_is_no_fingerprint_is_refused() {
        for text in [
            "",
            "off",
            "ab",
            &"a".repeat(63),
            &"g".repeat(64),
            "-----BEGIN CERTIFICATE-----",
        ] {
            assert_eq!(text.parse::<Pin>(), Err(PinError), "{text}");
        }
    }
}
