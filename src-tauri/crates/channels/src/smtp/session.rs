//! One connection to a mail server, from the greeting to the end. Owns the order: encrypted before anything is told,
//! signed in before the letter. Never goes on without the encryption that is asked for.

use std::sync::atomic::{AtomicBool, Ordering};

use lettre::Message;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::{Error, extension::ClientId};
use secrecy::{ExposeSecret, SecretString};

use super::{Security, SmtpConfig};
use crate::{ChannelError, limits};

/// Where a mail broke off.
#[derive(Debug)]
pub(super) enum Broken {
    /// Finding the server, connecting, its greeting, implicit TLS.
    Connecting(Error),
    /// STARTTLS.
    Securing(Error),
    /// Signing in.
    SigningIn(Error),
    /// The letter itself.
    Sending(Error),
    /// Nothing broke; it only did not end.
    Silent,
}

/// Sends a letter; returns the server's word. `handed_over` is set as soon as the letter may have left.
pub(super) async fn send(
    config: &SmtpConfig,
    password: Option<&SecretString>,
    letter: &Message,
    handed_over: &AtomicBool,
) -> Result<String, Broken> {
    let mut line = connect(config).await?;
    if let (Some(user), Some(password)) = (&config.username, password) {
        let login = Credentials::new(user.clone(), password.expose_secret().to_owned());
        line.auth(&[Mechanism::Plain, Mechanism::Login], &login)
            .await
            .map_err(Broken::SigningIn)?;
    }
    handed_over.store(true, Ordering::Relaxed);
    let reply = line
        .send(letter.envelope(), &letter.formatted())
        .await
        .map_err(Broken::Sending)?;
    // The letter is taken: how the farewell goes changes nothing.
    let _ = line.quit().await;
    let words: Vec<&str> = reply.message().collect();
    Ok(format!("{} {}", reply.code(), words.join(" ")))
}

async fn connect(config: &SmtpConfig) -> Result<AsyncSmtpConnection, Broken> {
    let name = ClientId::default();
    let implicit = config.security == Security::Implicit;
    let tls = implicit
        .then(|| tls(config))
        .transpose()
        .map_err(Broken::Connecting)?;
    let server = (config.host.as_str(), config.port);
    let mut line = AsyncSmtpConnection::connect_tokio1(server, Some(limits::MAIL_ANSWER), &name, tls, None)
        .await
        .map_err(Broken::Connecting)?;
    if config.security == Security::StartTls {
        let tls = self::tls(config).map_err(Broken::Securing)?;
        line.starttls(tls, &name).await.map_err(Broken::Securing)?;
    }
    Ok(line)
}

/// The system's trusted authorities, and the one that is configured.
fn tls(config: &SmtpConfig) -> Result<TlsParameters, Error> {
    let mut builder = TlsParameters::builder(config.host.clone());
    if let Some(pem) = &config.ca {
        builder = builder.add_root_certificate(Certificate::from_pem(pem.as_bytes())?);
    }
    builder.build_rustls()
}

/// Whether a text is a certificate.
pub(super) fn certificate(pem: &str) -> Result<(), ChannelError> {
    let holds_one = pem.contains("-----BEGIN CERTIFICATE-----");
    match Certificate::from_pem(pem.as_bytes()) {
        Ok(_) if holds_one => Ok(()),
        _ => Err(ChannelError::Certificate),
    }
}
