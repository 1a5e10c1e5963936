//! Mails that break the conversation about them, on a scripted server: each is passed over and counted, and holds up no
//! other.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use tidegate_meter::{Reason, Zone};
use tidegate_providers::mailbox::{
    Dial, Dialled, MailAddress, MailLogin, MailServer, MailSource, Mailbox, OwnRules, Position, Scan, Tls,
    Trust,
};
use tidegate_providers::{ProviderError, ProviderErrorKind};
use tidegate_sim::time::ScaledTimer;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, duplex};

use crate::support::judge;

/// How the server speaks of one mail.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mail {
    Whole,
    /// Its line is none that a parser can read.
    Garbled,
    /// Its line is one on which the parser panics.
    Undated,
    /// Its line holds lists within lists, each of which would take a frame of the parser's stack.
    Nested,
    /// Its line is taken for one that says nothing of it.
    Unsaid,
    /// It is deleted after the first search.
    Deleted,
    /// Only its body is.
    BodyGarbled,
    /// Its body is sent whole although its front was asked for.
    Endless,
    /// It is refused, in words.
    Refused,
}

/// Mails by number, from 1.
struct Folder {
    mails: Vec<Mail>,
    logins: AtomicUsize,
    /// What a login is answered.
    welcome: &'static str,
}

#[async_trait]
impl Dial for FolderDial {
    async fn dial(&self, _host: &str, _port: u16) -> io::Result<Dialled> {
        let (ours, theirs) = duplex(1 << 16);
        self.0.logins.fetch_add(1, Ordering::SeqCst);
        tokio::spawn(serve(theirs, Arc::clone(&self.0)));
        Ok(Dialled {
            wire: Box::new(ours),
            local: true,
        })
    }
}

struct FolderDial(Arc<Folder>);

/// Answers until the client goes away.
async fn serve(wire: DuplexStream, folder: Arc<Folder>) {
    let (read, mut write) = tokio::io::split(wire);
    let mut lines = BufReader::new(read).lines();
    let _ = write.write_all(b"* OK at your service\r\n").await;
    while let Ok(Some(line)) = lines.next_line().await {
        let (tag, command) = line.split_once(' ').unwrap();
        let (said, end) = folder.answer(command);
        if write
            .write_all(format!("{said}{tag} {end}\r\n").as_bytes())
            .await
            .is_err()
        {
            return;
        }
    }
}

impl Folder {
    fn answer(&self, command: &str) -> (String, &'static str) {
        let count = self.mails.len();
        if command.starts_with("EXAMINE") {
            let next = count + 1;
            let said = format!("* {count} EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT {next}] x\r\n");
            return (said, "OK [READ-ONLY] done");
        }
        if let Some(query) = command.strip_prefix("UID SEARCH ") {
            return (format!("* SEARCH{}\r\n", self.found(query)), "OK done");
        }
        if command.starts_with("LOGIN") {
            return (String::new(), self.welcome);
        }
        let Some(fetch) = command.strip_prefix("UID FETCH ") else {
            return (String::new(), "OK done");
        };
        let (uids, what) = fetch.split_once(' ').unwrap();
        let mut said = String::new();
        for uid in uids.split(',').map(|uid| uid.parse::<usize>().unwrap()) {
            match (self.mails[uid - 1], what.contains("HEADER.FIELDS")) {
                (Mail::Refused, _) => return (said, "NO the message could not be converted"),
                (Mail::Garbled, _) => said.push_str(&format!("* {uid} FETCH (UID {uid} BODY[]<x> NIL)\r\n")),
                (Mail::Undated, _) => {
                    said.push_str(&format!("* {uid} FETCH (UID {uid} INTERNALDATE NIL)\r\n"));
                }
                (Mail::Nested, _) => {
                    said.push_str(&format!(
                        "* {uid} FETCH (BODYSTRUCTURE {}\r\n",
                        "(".repeat(100_000)
                    ));
                }
                (Mail::Unsaid | Mail::Deleted, _) => {}
                (Mail::BodyGarbled, false) => {
                    said.push_str(&format!("* {uid} FETCH (UID {uid} BODY[]<x> NIL)\r\n"));
                }
                (Mail::Endless, false) => {
                    said.push_str(&format!("* {uid} FETCH (UID {uid} BODY[]<0> {{9999999}}\r\n"));
                }
                (_, is_head) => said.push_str(&part(uid, is_head)),
            }
        }
        (said, "OK done")
    }

    /// The numbers that a search finds: by date all that there were, by number those that are still there.
    fn found(&self, query: &str) -> String {
        let all = 1..=self.mails.len();
        let numbers: Vec<usize> = match query.strip_prefix("UID ") {
            Some(set) => set
                .split(',')
                .map(|uid| uid.parse().unwrap())
                .filter(|uid| self.mails[uid - 1] != Mail::Deleted)
                .collect(),
            None => all.collect(),
        };
        numbers.iter().map(|uid| format!(" {uid}")).collect()
    }
}

fn part(uid: usize, is_head: bool) -> String {
    let head =
        format!("From: notice@aliyun.com\r\nSubject: Low balance\r\nMessage-ID: <{uid}@example.net>\r\n\r\n");
    let (name, text) = if is_head {
        ("BODY[HEADER.FIELDS (FROM)]<0>", head)
    } else {
        ("BODY[]<0>", format!("{head}Your balance: CNY 8.50\r\n"))
    };
    let length = text.len();
    format!(
        "* {uid} FETCH (UID {uid} INTERNALDATE \"21-Nov-2026 09:00:00 +0800\" {name} {{{length}}}\r\n{text})\r\n"
    )
}

async fn look(mails: Vec<Mail>) -> (Result<Scan, ProviderErrorKind>, usize) {
    let (scan, logins) = look_of(mails, "OK welcome").await;
    (scan.map_err(|error| error.kind), logins)
}

async fn look_of(mails: Vec<Mail>, welcome: &'static str) -> (Result<Scan, ProviderError>, usize) {
    let folder = Arc::new(Folder {
        mails,
        logins: AtomicUsize::new(0),
        welcome,
    });
    let server = MailServer {
        address: MailAddress {
            host: "imap.example.net".to_owned(),
            port: 143,
            tls: Tls::None,
            folder: "INBOX".to_owned(),
        },
        login: MailLogin {
            username: "anna".to_owned(),
            password: "FAKE-anna".to_owned().into(),
        },
        dial: Arc::new(FolderDial(Arc::clone(&folder))),
        trust: Trust::system(),
        timer: Arc::new(ScaledTimer::new("2026-11-21T02:00:00Z".parse().unwrap(), 1)),
    };
    let mailbox = Mailbox::new(server, Arc::new(judge(&OwnRules::default())), 3, Zone::utc());
    let now = "2026-11-21T02:00:00Z".parse().unwrap();
    let scan = mailbox.scan(Position::default(), now).await;
    (scan, folder.logins.load(Ordering::SeqCst))
}

fn found(scan: &Scan) -> Vec<u32> {
    scan.finds.iter().map(|find| find.uid).collect()
}

async fn is_passed_over(broken: Mail) {
    let (scan, _) = look(vec![Mail::Whole, broken, Mail::Whole]).await;
    let scan = scan.unwrap();
    assert_eq!((found(&scan), scan.unreadable), (vec![1, 3], 1));
    assert_eq!((scan.position.last_uid, scan.waiting), (3, 0));
}

#[tokio::test]
async fn a_mail_whose_line_cannot_be_read_is_passed_over_and_counted() {
    is_passed_over(Mail::Garbled).await;
}

#[tokio::test]
async fn a_mail_on_whose_line_the_parser_panics_is_passed_over_and_counted() {
    is_passed_over(Mail::Undated).await;
}

#[tokio::test]
async fn a_mail_whose_line_would_overflow_the_parsers_stack_is_passed_over_and_counted() {
    is_passed_over(Mail::Nested).await;
}

/// The parser takes one byte behind the code in brackets for a space, and panics where it is a part of a letter.
#[tokio::test]
async fn a_refused_login_in_any_script_is_a_refused_login() {
    for words in [
        "NO [AUTHENTICATIONFAILED]\u{767b}\u{5f55}\u{5931}\u{8d25}",
        "NO [ALERT]\u{e9}chec",
        "NO [AUTHENTICATIONFAILED] \u{767b}\u{5f55}",
    ] {
        let (scan, logins) = look_of(vec![Mail::Whole], words).await;
        let error = scan.unwrap_err();
        assert_eq!(
            (error.kind, logins),
            (ProviderErrorKind::Blind(Reason::Auth), 1),
            "{words}"
        );
        assert!(error.retry_after.is_some(), "{words}");
    }
}

#[tokio::test]
async fn a_mail_of_which_nothing_is_said_is_counted_unless_it_was_deleted() {
    let (scan, logins) = look(vec![Mail::Whole, Mail::Unsaid, Mail::Deleted]).await;
    let scan = scan.unwrap();
    assert_eq!((found(&scan), scan.unreadable, logins), (vec![1], 1, 1));
}

#[tokio::test]
async fn a_mail_whose_body_cannot_be_read_is_judged_by_its_front_and_counted() {
    for broken in [Mail::BodyGarbled, Mail::Endless] {
        let (scan, logins) = look(vec![Mail::Whole, broken, Mail::Whole]).await;
        let scan = scan.unwrap();
        assert_eq!((found(&scan), scan.unreadable), (vec![1, 2, 3], 1));
        assert_eq!((scan.finds[1].verdict.amount.is_none(), logins), (true, 2));
    }
}

#[tokio::test]
async fn a_mail_that_the_server_refuses_is_passed_over_without_a_new_login() {
    let (scan, logins) = look(vec![Mail::Refused, Mail::Whole]).await;
    let scan = scan.unwrap();
    assert_eq!((found(&scan), scan.unreadable, logins), (vec![2], 1, 1));
    assert_eq!(scan.position.last_uid, 2);
}

#[tokio::test]
async fn many_broken_mails_are_left_to_the_next_look_in_few_logins() {
    let mut mails = vec![Mail::Garbled; 30];
    mails[0] = Mail::Whole;
    let (scan, logins) = look(mails).await;
    let scan = scan.unwrap();
    assert_eq!((found(&scan), logins), (vec![1], 9));
    assert_eq!(
        (scan.unreadable, scan.position.last_uid, scan.waiting),
        (7, 8, 22)
    );
}

#[tokio::test]
async fn a_server_that_breaks_on_everything_fails_the_look() {
    let (scan, _) = look(vec![Mail::Garbled; 30]).await;
    assert_eq!(scan.unwrap_err(), ProviderErrorKind::Blind(Reason::Shape));
}
