//! A mail server that says anything: the look ends, asks for nothing but reading, never logs in again where it was refused,
//! and what it found lies behind the place where the next look goes on.

use std::io;
use std::panic;
use std::sync::{Arc, LazyLock, Mutex, Once};

use async_trait::async_trait;
use secrecy::SecretString;
use tidegate_meter::Zone;
use tidegate_providers::mailbox::{
    Dial, Dialled, Judge, MailAddress, MailLogin, MailServer, MailSource, Mailbox, Position, RuleBook, Scan,
    Tls, Trust,
};

use crate::outside::{clock, wait};
use crate::wire::{Prompt, Serve};

/// FAKE, with signs that look different where a text is written as Rust writes it.
const PASSWORD: &str = r#"FAKE-canary"pass\word"#;
/// Between the answers to two commands.
const NEXT: &[u8] = b"\n%%\n";
/// As many mails as one look takes.
const MAILS: usize = 200;

static JUDGE: LazyLock<Arc<Judge>> = LazyLock::new(|| {
    let book = RuleBook::built_in().unwrap();
    Arc::new(Judge::new(book, "imap.example.net", None).unwrap())
});

/// What is left to be said, and what was heard.
#[derive(Default)]
struct Talk {
    answers: Vec<Vec<u8>>,
    heard: Vec<String>,
}

struct Server(Arc<Mutex<Talk>>);

impl Serve for Server {
    fn hear(&mut self, heard: &mut Vec<u8>, said: &mut Vec<u8>) {
        let mut talk = self.0.lock().unwrap();
        while let Some(end) = heard.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = heard.drain(..=end).collect();
            let line = String::from_utf8(line).unwrap();
            let tag = line.split(' ').next().unwrap_or_default().to_owned();
            talk.heard.push(line);
            // A line feed that ends the answer may be left out, and `$` is the tag of the command.
            for byte in talk.answers.pop().unwrap_or_default() {
                match byte {
                    b'$' => said.extend_from_slice(tag.as_bytes()),
                    b'\n' if said.last() != Some(&b'\r') => said.extend_from_slice(b"\r\n"),
                    other => said.push(other),
                }
            }
            said.extend_from_slice(b"\r\n");
        }
    }
}

struct ToServer(Arc<Mutex<Talk>>);

#[async_trait]
impl Dial for ToServer {
    async fn dial(&self, _host: &str, _port: u16) -> io::Result<Dialled> {
        let server = Server(Arc::clone(&self.0));
        Ok(Dialled {
            wire: Box::new(Prompt::new(server, b"* OK at your service\r\n")),
            local: true,
        })
    }
}

/// Pieces of the bytes, the last first. Where they begin with `+` the login is answered well before them.
fn answers(bytes: &[u8]) -> Vec<Vec<u8>> {
    let after = bytes.strip_prefix(b"+");
    let mut rest = after.unwrap_or(bytes);
    let mut answers: Vec<Vec<u8>> = Vec::new();
    if after.is_some() {
        answers.extend([b"$ OK welcome".to_vec(), b"$ OK who".to_vec()]);
    }
    while let Some(at) = rest.windows(NEXT.len()).position(|window| window == NEXT) {
        let (answer, next) = rest.split_at(at);
        answers.push(answer.to_vec());
        rest = next.get(NEXT.len()..).unwrap_or_default();
    }
    answers.push(rest.to_vec());
    answers.reverse();
    answers
}

fn allowed(command: &str) -> bool {
    let words = command.split_once(' ').map_or(command, |(_, words)| words);
    let reads = words.starts_with("UID FETCH ") && words.contains("BODY.PEEK[");
    let others = ["LOGIN ", "ID ", "EXAMINE ", "UID SEARCH ", "LOGOUT"];
    reads || others.iter().any(|start| words.starts_with(start))
}

fn is_sound(scan: &Scan, from: Position) {
    let told = format!("{:?} {} {}", scan.position, scan.looked_at, scan.waiting);
    assert!(
        scan.looked_at <= MAILS && scan.finds.len() <= scan.looked_at,
        "{told}"
    );
    let begin = if scan.renumbered { 0 } else { from.last_uid };
    assert!(scan.position.last_uid >= begin, "a look goes backwards: {told}");
    assert!(
        scan.finds
            .iter()
            .all(|find| begin < find.uid && find.uid <= scan.position.last_uid),
        "a find would be told again, or was told before: {told}"
    );
    assert_eq!(scan.renumbered, scan.position.uid_validity != from.uid_validity);
}

/// The library's parser of answers panics on some, which the product contains: such a panic is no finding as long as it is
/// contained, and libFuzzer would end on the first.
fn expect_panics_of_the_parser() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let told = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !panic
                .location()
                .is_some_and(|at| at.file().contains("imap-proto"))
            {
                told(panic);
            }
        }));
    });
}

pub(crate) fn mailbox(bytes: &[u8]) {
    expect_panics_of_the_parser();
    let talk = Arc::new(Mutex::new(Talk {
        answers: answers(bytes),
        heard: Vec::new(),
    }));
    let timer = clock("2026-11-21T04:00:00Z");
    let now = timer.now().wall;
    let server = MailServer {
        address: MailAddress {
            host: "imap.example.net".to_owned(),
            port: 143,
            tls: Tls::None,
            folder: "INBOX".to_owned(),
        },
        login: MailLogin {
            username: "FAKE@example.net".to_owned(),
            password: SecretString::from(PASSWORD),
        },
        dial: Arc::new(ToServer(Arc::clone(&talk))),
        trust: Trust::system(),
        timer,
    };
    let mailbox = Mailbox::new(server, Arc::clone(&JUDGE), 7, Zone::beijing());
    for from in [
        Position::default(),
        Position {
            uid_validity: 7,
            last_uid: 3,
        },
    ] {
        talk.lock().unwrap().answers = answers(bytes);
        talk.lock().unwrap().heard.clear();
        let scan = wait(mailbox.scan(from, now));
        match &scan {
            Ok(scan) => is_sound(scan, from),
            Err(error) => {
                let told = &error.detail;
                let written = format!("{PASSWORD:?}");
                assert!(told.chars().count() < 400, "{told}");
                assert!(
                    !told.contains(PASSWORD) && !told.contains(written.trim_matches('"')),
                    "{told}"
                );
            }
        }
        let heard = &talk.lock().unwrap().heard;
        assert!(heard.iter().all(|command| allowed(command)), "{heard:?}");
        let logins = heard.iter().filter(|command| command.contains(" LOGIN ")).count();
        let went_on = heard.iter().any(|command| command.contains(" EXAMINE "));
        assert!(logins <= 1 || went_on, "a refused login is tried again");
        assert!(logins <= 17, "{logins} logins in one look");
    }
}
