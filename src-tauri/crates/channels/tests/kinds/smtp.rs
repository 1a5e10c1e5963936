//! Mail against scripted replies: the letter, the table of refusals, where it broke off. Encryption and a whole server are
//! tested by `tests/tests/smtp.rs` of the workspace.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ::secrecy::SecretString;
use async_trait::async_trait;
use tidegate_channels::smtp::{Mailbox, Security, SmtpConfig};
use tidegate_channels::{Channel as _, ChannelError, DeliveryError, Pace, Refusal, Smtp, limits};
use tidegate_egress::Timer;
use tidegate_guard::Severity;
use tidegate_meter::{Clock, Lang, Now};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use super::support::{Standing, delivery, harmful, now, pause, telling, test_message};

/// FAKE.
const PASSWORD: &str = "FAKE-canary-mail-code";

/// A clock that stands still and never rings.
struct Patient;

impl Clock for Patient {
    fn now(&self) -> Now {
        Standing.now()
    }
}

#[async_trait]
impl Timer for Patient {
    async fn sleep(&self, _span: Duration) {
        std::future::pending::<()>().await;
    }
}

/// What a server says at each turn; the default takes everything.
#[derive(Clone)]
struct Turns {
    greeting: &'static str,
    login: &'static str,
    recipient: &'static str,
    letter: &'static str,
}

impl Default for Turns {
    fn default() -> Self {
        Self {
            greeting: "220 mail.example ESMTP",
            login: "235 2.7.0 ok",
            recipient: "250 ok",
            letter: "250 2.0.0 queued as FAKE1",
        }
    }
}

/// What a server heard: the commands, and the letters.
type Heard = Arc<Mutex<(Vec<String>, Vec<String>)>>;

/// A server of scripted replies; an empty reply closes the connection.
async fn server(turns: Turns) -> (u16, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Heard::default();
    let told = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = session(stream, &turns, &told).await;
        }
    });
    (port, heard)
}

async fn session(stream: tokio::net::TcpStream, turns: &Turns, heard: &Heard) -> std::io::Result<()> {
    let mut line = BufReader::new(stream);
    line.write_all(format!("{}\r\n", turns.greeting).as_bytes())
        .await?;
    loop {
        let mut command = String::new();
        if line.read_line(&mut command).await? == 0 {
            return Ok(());
        }
        heard.lock().unwrap().0.push(command.trim_end().to_owned());
        let word = command.split([' ', '\r']).next().unwrap().to_uppercase();
        let reply = match word.as_str() {
            "EHLO" => "250-mail.example\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN",
            "AUTH" => turns.login,
            "RCPT" => turns.recipient,
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        if reply.is_empty() {
            return Ok(());
        }
        line.write_all(format!("{reply}\r\n").as_bytes()).await?;
        if word == "DATA" {
            let mut letter = String::new();
            while !letter.ends_with("\r\n.\r\n") && line.read_line(&mut letter).await? > 0 {}
            heard.lock().unwrap().1.push(letter);
            if turns.letter.is_empty() {
                return Ok(());
            }
            line.write_all(format!("{}\r\n", turns.letter).as_bytes()).await?;
        }
    }
}

fn config(port: u16) -> SmtpConfig {
    SmtpConfig {
        host: "127.0.0.1".to_owned(),
        port,
        security: Security::Plain,
        username: Some("ops@example.com".to_owned()),
        from: "潮闸 <ops@example.com>".parse().unwrap(),
        to: vec![
            "one@example.org".parse().unwrap(),
            "Two <two@example.org>".parse().unwrap(),
        ],
        ca: None,
    }
}

fn mail(config: SmtpConfig) -> Smtp {
    let password = config.username.is_some().then(|| SecretString::from(PASSWORD));
    Smtp::new(telling(Lang::Zh), config, password, Arc::new(Patient)).unwrap()
}

async fn refused(turns: Turns) -> DeliveryError {
    let (port, _) = server(turns).await;
    let error = mail(config(port))
        .deliver(&delivery(Severity::Critical, test_message()))
        .await
        .unwrap_err();
    assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    assert_eq!(error.sends, 1);
    error
}

#[tokio::test]
async fn a_letter_has_two_parts_and_the_id_of_its_delivery() {
    let (port, heard) = server(Turns::default()).await;
    let mail = mail(config(port));
    let message = delivery(Severity::Critical, harmful("<img src=http://x> 账户"));
    let taken = mail.deliver(&message).await.unwrap();
    assert_eq!(
        (taken.word.as_str(), taken.sends),
        ("250 2.0.0 queued as FAKE1", 1)
    );
    mail.deliver(&message).await.unwrap();
    let (commands, letters) = heard.lock().unwrap().clone();
    assert_eq!(
        commands.iter().filter(|line| line.starts_with("RCPT TO")).count(),
        4
    );
    let header = |letter: &str, name: &str| {
        let line = letter.lines().find(|line| line.starts_with(name)).unwrap();
        line.to_owned()
    };
    let id = format!("Message-ID: <{}.tidegate@example.com>", message.id);
    for letter in &letters {
        assert_eq!(header(letter, "Message-ID"), id);
        assert_eq!(header(letter, "Date"), "Date: Fri, 20 Nov 2026 14:05:00 +0000");
        assert_eq!(header(letter, "Auto-Submitted"), "Auto-Submitted: auto-generated");
        assert!(header(letter, "Subject").is_ascii() && header(letter, "Subject").contains("=?utf-8?"));
        assert!(letter.contains("text/plain; charset=utf-8") && letter.contains("text/html; charset=utf-8"));
        assert!(letter.find("text/plain").unwrap() < letter.find("text/html").unwrap());
        assert!(letter.is_ascii(), "a server without 8BITMIME takes it too");
    }
}

#[tokio::test]
async fn a_refused_login_is_for_good_and_says_what_to_do() {
    let error = refused(Turns {
        login: "535 Login Fail. Please enter your authorization code",
        ..Turns::default()
    })
    .await;
    assert_eq!(error.refusal, Refusal::Permanent);
    assert!(
        error.detail.contains("535") && error.detail.contains("授权码"),
        "{error}"
    );
    let busy = refused(Turns {
        login: "454 4.7.0 Temporary authentication failure",
        ..Turns::default()
    })
    .await;
    assert!(matches!(busy.refusal, Refusal::Retry(_)) && !busy.may_have_arrived);
}

#[tokio::test]
async fn what_the_servers_words_call_temporary_is_tried_again_although_550() {
    for words in [
        "550 Connection frequency limited",
        "550 Ip frequency limited [MLnKLb]",
        "550 Mailbox unavailable or access denied",
        "550 Connection denied",
    ] {
        let error = refused(Turns {
            recipient: words,
            ..Turns::default()
        })
        .await;
        assert_eq!(pause(&error), limits::MAIL_RATE, "{words}");
        assert!(!error.may_have_arrived);
    }
    let grey = refused(Turns {
        recipient: "451 4.7.1 Greylisting in action",
        ..Turns::default()
    })
    .await;
    assert_eq!(pause(&grey), limits::RETRY_RATE);
    let shut = refused(Turns {
        greeting: "421 too busy",
        ..Turns::default()
    })
    .await;
    assert_eq!(pause(&shut), limits::RETRY_RATE);
}

#[tokio::test]
async fn another_550_is_for_good() {
    for (recipient, letter, word) in [
        ("550 Mailbox not found", "", "to"),
        (
            "501 Mail from address must be same as authorization user",
            "",
            "from",
        ),
        ("250 ok", "550 Mail content denied", "550"),
        ("250 ok", "552 5.3.4 message size exceeds limit", "太大"),
    ] {
        let error = refused(Turns {
            recipient,
            letter,
            ..Turns::default()
        })
        .await;
        assert_eq!(error.refusal, Refusal::Permanent, "{recipient} {letter}");
        assert!(error.detail.contains(word) && !error.may_have_arrived, "{error}");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_says_whether_the_letter_may_have_arrived() {
    let lost = refused(Turns {
        letter: "",
        ..Turns::default()
    })
    .await;
    assert!(
        lost.may_have_arrived && matches!(lost.refusal, Refusal::Retry(_)),
        "{lost:?}"
    );
    let early = refused(Turns {
        login: "",
        ..Turns::default()
    })
    .await;
    assert!(
        !early.may_have_arrived && matches!(early.refusal, Refusal::Retry(_)),
        "{early:?}"
    );
    let (port, _) = server(Turns::default()).await;
    let nobody = SmtpConfig {
        port: 1,
        ..config(port)
    };
    let error = mail(nobody)
        .deliver(&delivery(Severity::Info, test_message()))
        .await
        .unwrap_err();
    assert!(
        !error.may_have_arrived && matches!(error.refusal, Refusal::Retry(_)),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_server_that_stays_silent_is_left_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let password = Some(SecretString::from(PASSWORD));
    // The timer of this mail rings at once, so the wait is over as soon as it begins.
    let mail = Smtp::new(telling(Lang::En), config(port), password, Arc::new(Standing)).unwrap();
    let error = mail
        .deliver(&delivery(Severity::Info, test_message()))
        .await
        .unwrap_err();
    assert!(
        matches!(error.refusal, Refusal::Retry(_)) && error.detail.contains("in time"),
        "{error}"
    );
}

#[tokio::test]
async fn without_the_encryption_that_is_asked_for_nothing_is_told() {
    let (port, heard) = server(Turns::default()).await;
    let config = SmtpConfig {
        security: Security::StartTls,
        ..config(port)
    };
    let error = mail(config)
        .deliver(&delivery(Severity::Info, test_message()))
        .await
        .unwrap_err();
    assert!(
        error.refusal == Refusal::Permanent && error.detail.contains("STARTTLS"),
        "{error}"
    );
    let (commands, letters) = heard.lock().unwrap().clone();
    assert!(
        letters.is_empty() && commands.iter().all(|line| !line.starts_with("AUTH")),
        "{commands:?}"
    );
    let (port, _) = server(Turns::default()).await;
    let clear = SmtpConfig {
        security: Security::Implicit,
        ..self::config(port)
    };
    let error = mail(clear)
        .deliver(&delivery(Severity::Info, test_message()))
        .await
        .unwrap_err();
    assert!(
        error.refusal == Refusal::Permanent && error.detail.contains("加密"),
        "{error}"
    );
}

#[test]
fn what_cannot_be_is_refused_when_it_is_made() {
    let make = |config: SmtpConfig, password: Option<&str>| {
        Smtp::new(
            telling(Lang::Zh),
            config,
            password.map(SecretString::from),
            Arc::new(Standing),
        )
        .map(drop)
    };
    assert_eq!(make(config(25), Some(PASSWORD)), Ok(()));
    let far = SmtpConfig {
        host: "smtp.example.com".to_owned(),
        ..config(25)
    };
    assert_eq!(make(far, Some(PASSWORD)), Err(ChannelError::MailInClear));
    assert_eq!(make(config(25), None), Err(ChannelError::HalfLogin));
    let nobody = SmtpConfig {
        to: Vec::new(),
        ..config(25)
    };
    assert_eq!(make(nobody, Some(PASSWORD)), Err(ChannelError::Mailbox("to")));
    let broken = SmtpConfig {
        ca: Some("FAKE".to_owned()),
        ..config(25)
    };
    assert_eq!(make(broken, Some(PASSWORD)), Err(ChannelError::Certificate));
    for bad in [
        "",
        "name",
        "a@b@c",
        "x <y>",
        "a@example.com\r\nBcc: b@example.com",
    ] {
        assert!(bad.parse::<Mailbox>().is_err(), "{bad}");
    }
}

#[test]
fn ten_a_minute_are_sent() {
    let mail = mail(config(25));
    let mut pace = Pace::default();
    for _ in 0..10 {
        assert_eq!(mail.earliest(&pace, now()), now());
        pace.record(now());
    }
    assert_eq!(mail.earliest(&pace, now()), now().plus(Duration::from_secs(60)));
}
