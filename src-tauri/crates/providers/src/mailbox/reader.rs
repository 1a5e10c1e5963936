//! Mails one after another, over a conversation that a single mail may break. Owns that such a mail is passed over and
//! counted while the others are read, on a new connection where the old one is lost; and that a server which breaks on
//! everything is no box full of such mails: then the look fails. Tested in `tests/mailbox/broken.rs`.

use super::error::{Failed, transient};
use super::limits;
use super::server::MailServer;
use super::session::{Head, Session};
use crate::ProviderError;

/// The header fields of a group of mails, as far as it was read.
#[derive(Debug, Default)]
pub(super) struct Heads {
    pub(super) read: Vec<Head>,
    /// How many of the group are dealt with, passed over ones among them.
    pub(super) done: usize,
}

/// What became of a mail that was asked for.
#[derive(Debug)]
pub(super) enum Body {
    /// Its first bytes.
    Read(Vec<u8>),
    /// It was deleted meanwhile.
    Gone,
    /// It breaks the answer, or is refused.
    Unreadable,
}

/// A conversation about mails.
pub(super) struct Reader<'a> {
    server: &'a MailServer,
    session: Session<'a>,
    /// Under which the numbers of this look hold.
    uid_validity: u32,
    readable: usize,
    unreadable: usize,
    /// Answers that a mail broke, and the last of them.
    broken: usize,
    last: Option<ProviderError>,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(server: &'a MailServer, session: Session<'a>, uid_validity: u32) -> Self {
        Self {
            server,
            session,
            uid_validity,
            readable: 0,
            unreadable: 0,
            broken: 0,
            last: None,
        }
    }

    /// Too many answers were broken: what is left waits for the next look.
    pub(super) const fn is_spent(&self) -> bool {
        self.broken >= limits::BROKEN_ANSWERS
    }

    /// As many again for mails whose header fields were read: the first of them is always looked at, so that a look gets
    /// on.
    pub(super) const fn is_worn_out(&self) -> bool {
        self.broken >= limits::BROKEN_ANSWERS * 2
    }

    /// The header fields of these mails: in one answer, or, where a mail breaks that, of each by itself.
    pub(super) async fn heads(&mut self, uids: &[u32]) -> Result<Heads, ProviderError> {
        if let Some(read) = self.some_heads(uids).await? {
            let done = uids.len();
            return Ok(Heads { read, done });
        }
        let mut heads = Heads::default();
        for uid in uids {
            if self.is_spent() {
                break;
            }
            match self.some_heads(&[*uid]).await? {
                Some(read) => heads.read.extend(read),
                None => self.unreadable += 1,
            }
            heads.done += 1;
        }
        Ok(heads)
    }

    async fn some_heads(&mut self, uids: &[u32]) -> Result<Option<Vec<Head>>, ProviderError> {
        let answer = self.session.heads(uids).await;
        let heads = self.go_on(answer).await?;
        if let Some(heads) = &heads {
            self.readable += heads.len();
            let is_read = |uid: &u32| heads.iter().any(|head| head.uid == *uid);
            let unsaid: Vec<u32> = uids.iter().copied().filter(|uid| !is_read(uid)).collect();
            self.unreadable += self.still_there(&unsaid).await?;
        }
        Ok(heads)
    }

    /// How many of these mails, of which nothing was said, are there all the same: the others were deleted meanwhile.
    async fn still_there(&mut self, uids: &[u32]) -> Result<usize, ProviderError> {
        if uids.is_empty() {
            return Ok(0);
        }
        let set: Vec<String> = uids.iter().map(u32::to_string).collect();
        let there = self.session.search(&format!("UID {}", set.join(","))).await?;
        Ok(uids.iter().filter(|uid| there.contains(uid)).count())
    }

    /// The first bytes of one mail.
    pub(super) async fn mail(&mut self, uid: u32) -> Result<Body, ProviderError> {
        let answer = self.session.mail(uid).await;
        match self.go_on(answer).await? {
            Some(Some(bytes)) => return Ok(Body::Read(bytes)),
            Some(None) if self.still_there(&[uid]).await? == 0 => return Ok(Body::Gone),
            _ => {}
        }
        self.unreadable += 1;
        Ok(Body::Unreadable)
    }

    /// What was answered; `None` where a mail broke the answer and the conversation goes on without it.
    async fn go_on<T>(&mut self, answer: Result<T, Failed>) -> Result<Option<T>, ProviderError> {
        let (error, is_lost) = match answer {
            Ok(answer) => return Ok(Some(answer)),
            Err(Failed::Whole(error)) => return Err(error),
            Err(Failed::Unreadable(error)) => (error, true),
            Err(Failed::Refused(error)) => (error, false),
        };
        self.broken += 1;
        self.last = Some(error);
        if is_lost {
            self.begin_anew().await?;
        }
        Ok(None)
    }

    async fn begin_anew(&mut self) -> Result<(), ProviderError> {
        self.session = Session::open(self.server).await?;
        if self.session.examine().await?.uid_validity == self.uid_validity {
            return Ok(());
        }
        Err(transient("the folder was renumbered meanwhile"))
    }

    /// How many mails could not be read. Errors: none could, as far as was tried.
    pub(super) async fn close(self) -> Result<usize, ProviderError> {
        self.session.close().await;
        match self.last {
            Some(error) if self.readable == 0 && self.broken >= limits::BROKEN_ANSWERS => Err(error),
            _ => Ok(self.unreadable),
        }
    }
}
