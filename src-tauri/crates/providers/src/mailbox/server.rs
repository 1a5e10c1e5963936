//! Where a mailbox lives and how it is entered. Owns the address and the login; the password is shown to nobody.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tidegate_egress::Timer;

use super::dial::Dial;
use crate::trust::Trust;

/// How a connection is secured.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// From the first byte, port 993 as a rule.
    #[default]
    Implicit,
    /// After a start in clear, port 143 as a rule; without it nothing is said.
    StartTls,
    /// Not at all: only to this machine.
    None,
}

impl Tls {
    /// The port it is offered on as a rule.
    #[must_use]
    pub const fn port(self) -> u16 {
        match self {
            Self::Implicit => 993,
            Self::StartTls | Self::None => 143,
        }
    }
}

/// One folder of one server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MailAddress {
    /// The server's name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub tls: Tls,
    /// The folder, `INBOX` as a rule.
    pub folder: String,
}

/// Who reads.
#[derive(Clone, Debug)]
pub struct MailLogin {
    /// The user name, an address as a rule.
    pub username: String,
    /// The password, or the authorization code that some providers ask for in its place.
    pub password: SecretString,
}

/// A server with everything that is needed to reach it.
#[derive(Clone)]
pub struct MailServer {
    /// Where.
    pub address: MailAddress,
    /// Who.
    pub login: MailLogin,
    /// The network.
    pub dial: Arc<dyn Dial>,
    /// Whose certificates are believed.
    pub trust: Trust,
    /// For time-outs.
    pub timer: Arc<dyn Timer>,
}

impl MailServer {
    /// The password, to be struck out of what the server says.
    pub(super) fn secret(&self) -> &str {
        self.login.password.expose_secret()
    }
}
