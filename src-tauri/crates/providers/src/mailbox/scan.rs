//! One look into a mailbox. Owns what counts as new, how much of it is looked at, and where the next look goes on.
//! Stores nothing: the position it returns belongs into the same transaction as what it found.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tidegate_meter::{Time, Zone};

use super::judge::{Judge, Verdict};
use super::limits;
use super::mail::Mail;
use super::reader::{Body, Reader};
use super::server::MailServer;
use super::session::{Head, Session};
use crate::ProviderError;

/// How far a mailbox was looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Position {
    /// The server's mark under which its numbers hold; 0 before the first look.
    pub uid_validity: u32,
    /// The last number looked at; 0: none yet, the next look goes by date.
    pub last_uid: u32,
}

/// A mail that a rule took.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Find {
    /// Its number in the folder.
    pub uid: u32,
    /// What it is, also under other numbers.
    pub identity: String,
    /// When the server took it in.
    pub received: Time,
    /// What it says.
    pub verdict: Verdict,
}

/// What one look gave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scan {
    /// Where the next look goes on.
    pub position: Position,
    /// The folder's numbers were new: finds may repeat what was found under the old ones.
    pub renumbered: bool,
    /// Mails looked at.
    pub looked_at: usize,
    /// Mails that wait for the next look.
    pub waiting: usize,
    /// Mails passed over because they cannot be read, whole or in part.
    pub unreadable: usize,
    /// What was found, in the order of the folder.
    pub finds: Vec<Find>,
}

/// Something that can be looked into for mails.
#[async_trait]
pub trait MailSource: Send + Sync {
    /// Looks at what is new since `from`. Changes nothing there; the future may be dropped at any time.
    async fn scan(&self, from: Position, now: Time) -> Result<Scan, ProviderError>;
}

/// A mailbox on a server.
pub struct Mailbox {
    server: MailServer,
    judge: Arc<Judge>,
    first_days: u32,
    zone: Zone,
}

impl Mailbox {
    /// Reads `server`; the first look goes `first_days` back; days in mails count in `zone`.
    #[must_use]
    pub const fn new(server: MailServer, judge: Arc<Judge>, first_days: u32, zone: Zone) -> Self {
        Self {
            server,
            judge,
            first_days,
            zone,
        }
    }

    /// What is new: by number, or by date where no number holds.
    async fn fresh(
        &self,
        session: &mut Session<'_>,
        from: Position,
        now: Time,
    ) -> Result<Fresh, ProviderError> {
        let folder = session.examine().await?;
        let renumbered = folder.uid_validity != from.uid_validity;
        let known = if renumbered { 0 } else { from.last_uid };
        let since = now.minus(Duration::from_secs(u64::from(self.first_days) * 86_400));
        let query = match known.checked_add(1) {
            Some(next) if known > 0 => format!("UID {next}:*"),
            // A day more, for the zone of the server: what is too old is left out by the hour.
            _ => format!("SINCE {}", imap_date(since.minus(Duration::from_secs(86_400)))),
        };
        // "n:*" always holds the last mail of the folder, also where its number is below n.
        let mut uids: Vec<u32> = session
            .search(&query)
            .await?
            .into_iter()
            .filter(|uid| *uid > known)
            .collect();
        let waiting = uids.len().saturating_sub(limits::MAILS);
        uids.truncate(limits::MAILS);
        let counted = folder.uid_next.map_or(known, |next| next.saturating_sub(1));
        // A mail that came in between the two answers is in the second only.
        let seen = uids.last().copied().unwrap_or(known).max(counted).max(known);
        Ok(Fresh {
            uids,
            known,
            waiting,
            renumbered,
            oldest: (known == 0).then_some(since),
            end: Position {
                uid_validity: folder.uid_validity,
                last_uid: seen,
            },
        })
    }

    async fn look(&self, reader: &mut Reader<'_>, fresh: Fresh, now: Time) -> Result<Scan, ProviderError> {
        let began = self.server.timer.now().mono;
        let mut scan = Scan {
            position: fresh.end,
            renumbered: fresh.renumbered,
            looked_at: 0,
            waiting: fresh.waiting,
            unreadable: 0,
            finds: Vec::new(),
        };
        let mut left = fresh.uids.as_slice();
        while !left.is_empty()
            && !reader.is_spent()
            && self.server.timer.now().mono.since(began) < limits::RUN
        {
            let (group, _) = left.split_at(left.len().min(limits::HEADERS_AT_ONCE));
            let done = self.group(reader, group, (fresh.oldest, now), &mut scan).await?;
            left = left.get(done..).unwrap_or_default();
        }
        scan.waiting += left.len();
        if scan.waiting > 0 {
            let done = fresh.uids.len() - left.len();
            let last = fresh.uids.get(..done).and_then(<[u32]>::last);
            scan.position.last_uid = last.copied().unwrap_or(fresh.known);
        }
        Ok(scan)
    }

    /// A few mails; how many of them are dealt with.
    async fn group(
        &self,
        reader: &mut Reader<'_>,
        uids: &[u32],
        (oldest, now): (Option<Time>, Time),
        scan: &mut Scan,
    ) -> Result<usize, ProviderError> {
        let heads = reader.heads(uids).await?;
        for head in heads.read {
            if reader.is_worn_out() {
                return Ok(uids.iter().take_while(|uid| **uid < head.uid).count());
            }
            if oldest.is_some_and(|oldest| head.received.is_some_and(|at| at < oldest)) {
                continue;
            }
            scan.looked_at += 1;
            scan.finds.extend(self.read(reader, head, now).await?);
        }
        Ok(heads.done)
    }

    /// One mail: the whole of it is fetched only when its header fields ask for it. Where it cannot be read, they are
    /// judged by themselves.
    async fn read(
        &self,
        reader: &mut Reader<'_>,
        head: Head,
        now: Time,
    ) -> Result<Option<Find>, ProviderError> {
        let Some(front) = Mail::parse(&head.fields) else {
            return Ok(None);
        };
        if !self.judge.is_candidate(&front) {
            return Ok(None);
        }
        let mail = match reader.mail(head.uid).await? {
            Body::Gone => return Ok(None),
            Body::Unreadable => front,
            Body::Read(raw) => Mail::parse(&raw).unwrap_or(front),
        };
        let received = head.received.unwrap_or(now);
        let day = received.to_jiff().to_zoned(self.zone.jiff().clone()).date();
        let verdict = self.judge.judge(&mail, day);
        Ok(verdict.map(|verdict| Find {
            uid: head.uid,
            identity: mail.identity.clone(),
            received,
            verdict,
        }))
    }
}

/// The mails of one look, before any is read.
struct Fresh {
    uids: Vec<u32>,
    /// The last number that an earlier look has done.
    known: u32,
    waiting: usize,
    renumbered: bool,
    /// Older mails are left out: only where the search went by date.
    oldest: Option<Time>,
    /// The position when all of them are done.
    end: Position,
}

#[async_trait]
impl MailSource for Mailbox {
    async fn scan(&self, from: Position, now: Time) -> Result<Scan, ProviderError> {
        let mut session = Session::open(&self.server).await?;
        let fresh = self.fresh(&mut session, from, now).await?;
        let mut reader = Reader::new(&self.server, session, fresh.end.uid_validity);
        let mut scan = self.look(&mut reader, fresh, now).await?;
        scan.unreadable = reader.close().await?;
        Ok(scan)
    }
}

/// A date as IMAP writes it.
fn imap_date(at: Time) -> String {
    at.to_jiff().strftime("%d-%b-%Y").to_string()
}
