//! One conversation with a mail server. Owns the commands, each with its time-out. Opens the folder with `EXAMINE` and
//! reads with `BODY.PEEK` only, so no mail changes; knows no command that could change anything.
//!
//! The answers to `SEARCH` and `FETCH` are read here to their last line: a server that breaks off, or refuses halfway,
//! must not look like a folder with fewer mails.

use std::collections::BTreeSet;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use async_imap::imap_proto::{AttributeValue, MailboxDatum, Response, Status};
use async_imap::{Client, Session as Imap};
use futures_util::FutureExt;
use secrecy::ExposeSecret;
use tidegate_egress::Timer;
use tidegate_meter::{Reason, Time};

use super::dial::Dialled;
use super::error::{self, Failed, transient};
use super::limits;
use super::server::{MailServer, Tls};
use super::wary::Wary;
use crate::ProviderError;
use crate::wire::Wire;

/// The fields of a header that a judgement needs.
const FIELDS: &str = "FROM SUBJECT DATE MESSAGE-ID AUTHENTICATION-RESULTS";

/// A folder as it was opened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Folder {
    pub(super) uid_validity: u32,
    pub(super) uid_next: Option<u32>,
}

/// The header fields of one mail.
#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    pub(super) uid: u32,
    pub(super) received: Option<Time>,
    pub(super) fields: Vec<u8>,
}

/// A session that is logged in.
pub(super) struct Session<'a> {
    imap: Imap<Wary>,
    server: &'a MailServer,
}

impl<'a> Session<'a> {
    /// Connects, secures, logs in, says who we are.
    pub(super) async fn open(server: &'a MailServer) -> Result<Self, ProviderError> {
        let timer = &*server.timer;
        let wire = within(timer, limits::CONNECT, "connect", connect(server)).await?;
        let client = match server.address.tls {
            Tls::Implicit | Tls::None => within(timer, limits::READ, "greeting", greeted(wire)).await?,
            Tls::StartTls => {
                let plain = within(timer, limits::READ, "STARTTLS", start_tls(wire)).await?;
                let host = &server.address.host;
                let wire = within(timer, limits::CONNECT, "TLS", server.trust.secure(host, plain)).await?;
                Client::new(Wary::new(wire))
            }
        };
        let imap = within(timer, limits::READ, "login", login(server, client)).await?;
        let mut session = Self { imap, server };
        session.introduce().await?;
        Ok(session)
    }

    /// NetEase refuses to open a folder for a program without a name. Others may not know the command.
    async fn introduce(&mut self) -> Result<(), ProviderError> {
        let name = [
            ("name", Some("Tidegate")),
            ("version", Some(env!("CARGO_PKG_VERSION"))),
        ];
        let secret = self.server.secret();
        let said = async {
            match self.imap.id(name).await {
                Ok(_) | Err(async_imap::error::Error::No(_) | async_imap::error::Error::Bad(_)) => Ok(()),
                Err(error) => Err(error::after_login("ID", &error, secret)),
            }
        };
        within(&*self.server.timer, limits::READ, "ID", said).await
    }

    /// Opens the folder for reading only.
    pub(super) async fn examine(&mut self) -> Result<Folder, ProviderError> {
        let (server, secret) = (self.server, self.server.secret());
        let opened = async {
            let opened = self.imap.examine(&server.address.folder).await;
            opened.map_err(|error| error::after_login("EXAMINE", &error, secret))
        };
        let folder = within(&*server.timer, limits::READ, "EXAMINE", opened).await?;
        let uid_validity = folder.uid_validity.ok_or_else(|| {
            error::of(
                Reason::Shape,
                "EXAMINE: the server has no lasting numbers for mails",
            )
        })?;
        Ok(Folder {
            uid_validity,
            uid_next: folder.uid_next,
        })
    }

    /// The numbers of the mails that match.
    pub(super) async fn search(&mut self, query: &str) -> Result<BTreeSet<u32>, ProviderError> {
        let mut found = BTreeSet::new();
        let command = format!("UID SEARCH {query}");
        self.converse("SEARCH", &command, |response| {
            if let Response::MailboxData(MailboxDatum::Search(numbers)) = response {
                found.extend(numbers.iter().copied());
            }
        })
        .await?;
        Ok(found)
    }

    /// The header fields of these mails; a mail that was deleted meanwhile is not in it.
    pub(super) async fn heads(&mut self, uids: &[u32]) -> Result<Vec<Head>, Failed> {
        let set: Vec<String> = uids.iter().map(u32::to_string).collect();
        let command = format!(
            "UID FETCH {} (UID INTERNALDATE BODY.PEEK[HEADER.FIELDS ({FIELDS})]<0.{}>)",
            set.join(","),
            limits::HEADER_BYTES
        );
        let mut heads = Vec::new();
        self.converse("FETCH", &command, |response| {
            if let Response::Fetch(_, values) = response {
                heads.extend(head(values).filter(|head| uids.contains(&head.uid)));
            }
        })
        .await?;
        heads.sort_by_key(|head: &Head| head.uid);
        Ok(heads)
    }

    /// The first bytes of one mail; `None` when it was deleted meanwhile.
    pub(super) async fn mail(&mut self, uid: u32) -> Result<Option<Vec<u8>>, Failed> {
        let command = format!("UID FETCH {uid} (UID BODY.PEEK[]<0.{}>)", limits::MAIL_BYTES);
        let mut body = None;
        self.converse("FETCH", &command, |response| {
            if let Response::Fetch(_, values) = response
                && values.contains(&AttributeValue::Uid(uid))
            {
                body = section(values);
            }
        })
        .await?;
        Ok(body)
    }

    /// Says goodbye; whether it is answered does not matter.
    pub(super) async fn close(mut self) {
        let goodbye = async {
            // The run is over and its result in hand.
            let _ = self.imap.logout().await;
            Ok(())
        };
        let _ = within(&*self.server.timer, limits::GOODBYE, "LOGOUT", goodbye).await;
    }

    /// Sends a command and shows every answer, up to the one that ends it.
    async fn converse(
        &mut self,
        step: &'static str,
        command: &str,
        mut take: impl FnMut(&Response<'_>),
    ) -> Result<(), Failed> {
        let secret = self.server.secret();
        let told = |error: &async_imap::error::Error| error::of_mails(step, error, secret);
        let timer = &*self.server.timer;
        let imap = &mut self.imap;
        let asking = async {
            let tag = imap.run_command(command).await.map_err(|error| told(&error))?;
            loop {
                let answer = imap.read_response().await.map_err(|error| told(&error.into()))?;
                let answer = answer.ok_or_else(|| told(&async_imap::error::Error::ConnectionLost))?;
                match answer.parsed() {
                    Response::Done {
                        tag: done,
                        status,
                        outcome,
                    } if *done == tag => {
                        let words = || outcome.information.as_deref().unwrap_or_default().to_owned();
                        return match status {
                            Status::Ok => Ok(()),
                            _ => Err(told(&async_imap::error::Error::No(words()))),
                        };
                    }
                    other => take(other),
                }
            }
        };
        tokio::select! {
            biased;
            done = contained(asking) => done.unwrap_or_else(|| Err(Failed::Unreadable(error::garbled(step)))),
            () = timer.sleep(limits::READ) => Err(Failed::Whole(no_answer(step, limits::READ))),
        }
    }
}

/// Work that may call the parser of answers, which panics on some: `None` where it did. What the work held must not be used
/// any more.
async fn contained<T>(work: impl Future<Output = T>) -> Option<T> {
    AssertUnwindSafe(work).catch_unwind().await.ok()
}

/// Work that must end within a span; what it holds is dropped when it does not.
pub(super) async fn within<T>(
    timer: &dyn Timer,
    span: Duration,
    step: &str,
    work: impl Future<Output = Result<T, ProviderError>>,
) -> Result<T, ProviderError> {
    tokio::select! {
        biased;
        done = contained(work) => done.unwrap_or_else(|| Err(error::garbled(step))),
        () = timer.sleep(span) => Err(no_answer(step, span)),
    }
}

fn no_answer(step: &str, span: Duration) -> ProviderError {
    transient(&format!("{step}: no answer within {} s", span.as_secs()))
}

/// A connection as far as anything may be said on it.
async fn connect(server: &MailServer) -> Result<Box<dyn Wire>, ProviderError> {
    let address = &server.address;
    let dialled = server.dial.dial(&address.host, address.port).await;
    let Dialled { wire, local } = dialled.map_err(|_| transient("cannot connect"))?;
    match address.tls {
        Tls::Implicit => server.trust.secure(&address.host, wire).await,
        Tls::StartTls => Ok(wire),
        Tls::None if local => Ok(wire),
        Tls::None => Err(error::of(
            Reason::Shape,
            "tls: a connection without TLS is allowed only to this machine",
        )),
    }
}

/// A client that has heard the greeting. One that greets us as logged in already is not believed.
async fn greeted(wire: Box<dyn Wire>) -> Result<Client<Wary>, ProviderError> {
    let mut client = Client::new(Wary::new(wire));
    let greeting = client.read_response().await;
    let greeting = greeting.map_err(|error| error::after_login("greeting", &error.into(), ""))?;
    match greeting.as_ref().map(|answer| answer.parsed()) {
        Some(Response::Data {
            status: Status::Ok, ..
        }) => Ok(client),
        Some(_) => Err(transient("greeting: the server does not take us")),
        None => Err(transient("greeting: the connection broke off")),
    }
}

/// The wire after the server agreed to TLS. What it said in clear behind that is dropped with the client.
async fn start_tls(wire: Box<dyn Wire>) -> Result<Box<dyn Wire>, ProviderError> {
    let mut client = greeted(wire).await?;
    let agreed = client.run_command_and_check_ok("STARTTLS", None).await;
    agreed.map_err(|_| error::of(Reason::Scope, "tls: the server offers no STARTTLS here"))?;
    Ok(client.into_inner().into_inner())
}

/// Logs in, once.
async fn login(server: &MailServer, client: Client<Wary>) -> Result<Imap<Wary>, ProviderError> {
    let secret = server.login.password.expose_secret();
    let session = client.login(&server.login.username, secret).await;
    session.map_err(|(error, _)| error::login(&error, secret))
}

fn head(values: &[AttributeValue<'_>]) -> Option<Head> {
    let mut head = Head {
        fields: section(values)?,
        ..Head::default()
    };
    for value in values {
        match value {
            AttributeValue::Uid(uid) => head.uid = *uid,
            AttributeValue::InternalDate(text) => head.received = internal_date(text),
            _ => {}
        }
    }
    Some(head)
}

fn section(values: &[AttributeValue<'_>]) -> Option<Vec<u8>> {
    values.iter().find_map(|value| match value {
        AttributeValue::BodySection { data: Some(data), .. } => Some(data.to_vec()),
        _ => None,
    })
}

/// `21-Nov-2026 09:05:00 +0800`, the day with a space in front of a single digit.
fn internal_date(text: &str) -> Option<Time> {
    let zoned = jiff::fmt::strtime::parse("%d-%b-%Y %H:%M:%S %z", text.trim_start()).ok()?;
    Some(Time::from_jiff(zoned.to_timestamp().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_date_is_read_in_its_own_offset() {
        let at = |text: &str| internal_date(text).map(|time| time.to_string());
        assert_eq!(
            at("21-Nov-2026 09:05:00 +0800").as_deref(),
            Some("2026-11-21T01:05:00Z")
        );
        assert_eq!(
            at(" 1-Nov-2026 09:05:00 +0000").as_deref(),
            Some("2026-11-01T09:05:00Z")
        );
        assert_eq!(at("31-Nov-2026 09:05:00 +0000"), None);
    }
}
