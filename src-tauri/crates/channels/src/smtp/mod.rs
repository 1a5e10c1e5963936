//! Mail by SMTP. Owns the login, the encryption (implicit TLS or STARTTLS, never only where it is offered), the letter,
//! and the meaning of a server's replies. Each mail has a connection of its own; its `Message-ID` follows from the
//! delivery, so that a repeat is the same mail to whoever receives it. Tested by `tests/kinds/smtp.rs` against scripted replies
//! and by `tests/tests/smtp.rs` of the workspace against a real server.

mod letter;
mod mailbox;
pub(crate) mod refusals;
mod reply;
mod session;

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::{Either, select};
use secrecy::{ExposeSecret, SecretString};
use tidegate_egress::Timer;
use tidegate_meter::Time;
use url::Host;

pub use self::mailbox::Mailbox;
use crate::address::is_this_machine;
use crate::hook::{failed, quote};
use crate::pace::Window;
use crate::page::Page;
use crate::{Channel, ChannelError, Delivered, Delivery, DeliveryError, Pace, Refusal, Telling, limits};

const WINDOWS: &[Window] = &[(limits::MAIL_PER_MINUTE, Duration::from_secs(60))];

/// How the connection is kept from other eyes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Security {
    /// TLS from the first byte; port 465.
    Implicit,
    /// TLS before anything is told; a server that does not offer it gets nothing. Port 587.
    StartTls,
    /// None; only for a server on this machine. Port 25.
    Plain,
}

impl Security {
    /// The port where none is configured.
    #[must_use]
    pub const fn port(self) -> u16 {
        match self {
            Self::Implicit => 465,
            Self::StartTls => 587,
            Self::Plain => 25,
        }
    }
}

/// One account at a mail server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SmtpConfig {
    /// The server's name, which its certificate must bear.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Its encryption.
    pub security: Security,
    /// Who signs in; `None` for a server that asks for nobody.
    pub username: Option<String>,
    /// Who writes.
    pub from: Mailbox,
    /// Who reads.
    pub to: Vec<Mailbox>,
    /// A certificate in PEM form that is trusted besides the system's: a company's own authority.
    pub ca: Option<String>,
}

/// Mail as a channel.
pub struct Smtp {
    telling: Telling,
    config: SmtpConfig,
    password: Option<SecretString>,
    timer: Arc<dyn Timer>,
}

impl Smtp {
    /// Checks and keeps; nothing is sent.
    pub fn new(
        telling: Telling,
        config: SmtpConfig,
        password: Option<SecretString>,
        timer: Arc<dyn Timer>,
    ) -> Result<Self, ChannelError> {
        if config.security == Security::Plain && !is_local(&config.host) {
            return Err(ChannelError::MailInClear);
        }
        if config.username.is_some() != password.is_some() {
            return Err(ChannelError::HalfLogin);
        }
        if config.to.is_empty() {
            return Err(ChannelError::Mailbox("to"));
        }
        if let Some(pem) = &config.ca {
            session::certificate(pem)?;
        }
        Ok(Self {
            telling,
            config,
            password,
            timer,
        })
    }

    /// Sends one letter within the time that a whole mail may take.
    async fn send(&self, delivery: &Delivery) -> Result<String, DeliveryError> {
        let page = Page::of(
            delivery,
            None,
            self.telling.lang,
            &self.telling.zone,
            self.timer.now().wall,
        );
        let letter = letter::write(&page, delivery, &self.config)
            .map_err(|error| failed(Refusal::Permanent, error.to_string()))?;
        let handed_over = AtomicBool::new(false);
        let sending = session::send(&self.config, self.password.as_ref(), &letter, &handed_over);
        let ended = match select(pin!(sending), pin!(self.timer.sleep(limits::MAIL_TOTAL))).await {
            Either::Left((ended, _)) => ended,
            Either::Right(_) => Err(session::Broken::Silent),
        };
        let arrived = handed_over.load(Ordering::Relaxed);
        ended.map_err(|broken| self.refused(&broken, arrived))
    }

    fn refused(&self, broken: &session::Broken, handed_over: bool) -> DeliveryError {
        let (refusal, text, code, said) = reply::read(broken);
        let said = self.quote(&said);
        let host = format!("{}:{}", self.config.host, self.config.port);
        let values = [
            ("code", code.as_str()),
            ("said", said.as_str()),
            ("host", host.as_str()),
        ];
        DeliveryError {
            // A reply with a code says that the mail was not taken; anything else after the hand-over says nothing.
            may_have_arrived: handed_over && code.is_empty() && refusal != Refusal::Permanent,
            sends: 1,
            ..failed(refusal, text.say(self.telling.lang, &values))
        }
    }

    fn quote(&self, said: &str) -> String {
        let password = self.password.as_ref().map(ExposeSecret::expose_secret);
        let hidden: Vec<&str> = password.into_iter().collect();
        let text = quote(said, &hidden);
        if text.is_empty() {
            crate::hook::refusals::NO_WORD.of(self.telling.lang).to_owned()
        } else {
            text
        }
    }
}

/// Whether a server's name is this machine.
fn is_local(host: &str) -> bool {
    Host::parse(host).is_ok_and(|host| match &host {
        Host::Domain(name) => is_this_machine(&Host::Domain(name.as_str())),
        Host::Ipv4(address) => is_this_machine(&Host::Ipv4(*address)),
        Host::Ipv6(address) => is_this_machine(&Host::Ipv6(*address)),
    })
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp")
            .field("telling", &self.telling)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Channel for Smtp {
    fn kind(&self) -> &'static str {
        "smtp"
    }

    fn earliest(&self, pace: &Pace, now: Time) -> Time {
        pace.earliest(WINDOWS, now)
    }

    async fn deliver(&self, delivery: &Delivery) -> Result<Delivered, DeliveryError> {
        let word = self.send(delivery).await?;
        Ok(Delivered {
            at: self.timer.now().wall,
            word: self.quote(&word),
            sends: 1,
        })
    }
}
