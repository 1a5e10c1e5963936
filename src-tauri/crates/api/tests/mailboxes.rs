//! Mailboxes through the one face: the format, what is shown, a try that cannot connect.
#![expect(clippy::panic, reason = "a test may fall over; that is its answer")]

mod kit;

use kit::{Stage, ask};
use serde_json::json;
use tidegate_api::config::{nothing, parse, print};
use tidegate_api::request::{FindingsAsked, Item, SecretFields, SecretText};
use tidegate_api::words::{Lang, Reason, SecretString};
use tidegate_api::{ErrorCode, Face, Request, Response};
use tidegate_providers::mailbox::Tls;

const WHOLE: &str = r#"
[[mailbox]]
id = "work"
name = "工作"
host = "imap.example.com"
port = 1143
tls = "starttls"
username = "me@example.com"
password = "vault:mail"
folder = "Bills"
interval = "30m"
days = 7
authserv = "mx.example.com"
extra = ["Kontostand"]
replace = ["Rechnung"]

[[mailbox.rules]]
id = "own"
from_domains = ["billing.example.org"]
subject_any = ["overdue"]
body_any = ["pay"]
none_of = ["paid"]
kind = "overdue"
severity = "critical"
currency_hint = "CNY"
"#;

fn short(more: &str) -> String {
    format!("[[mailbox]]\nid = \"m\"\nhost = \"h.example\"\nusername = \"u\"\npassword = \"vault:m\"\n{more}")
}

#[test]
fn a_whole_mailbox_is_read_and_printed_as_it_is() {
    let read = parse(WHOLE, &nothing()).unwrap();
    let mailbox = &read.mailboxes[0];
    assert_eq!(
        (mailbox.port, mailbox.tls, mailbox.days),
        (1143, Tls::StartTls, 7)
    );
    assert_eq!(
        (mailbox.folder.as_str(), mailbox.interval.as_secs()),
        ("Bills", 1800)
    );
    assert_eq!(mailbox.rules[0].currency_hint.as_deref(), Some("CNY"));
    let again = parse(&print(&read), &nothing()).unwrap();
    assert_eq!(again.mailboxes, read.mailboxes);
}

#[test]
fn what_is_left_out_takes_its_default() {
    let read = parse(&short(""), &nothing()).unwrap();
    let mailbox = &read.mailboxes[0];
    assert_eq!((mailbox.port, mailbox.tls, mailbox.days), (993, Tls::Implicit, 3));
    assert_eq!(
        (mailbox.folder.as_str(), mailbox.interval.as_secs()),
        ("INBOX", 900)
    );
    let clear = parse(&short("tls = \"none\"\n"), &nothing()).unwrap();
    assert_eq!(clear.mailboxes[0].port, 143);
}

#[test]
fn each_mistake_names_its_field() {
    let cases = [
        ("tls = \"ssl\"\n", "mailbox[0].tls"),
        ("port = 0\n", "mailbox[0].port"),
        ("port = 70000\n", "mailbox[0].port"),
        ("days = 400\n", "mailbox[0].days"),
        ("interval = \"1s\"\n", "mailbox[0].interval"),
        ("extra = [\"\"]\n", "mailbox[0].extra[0]"),
        ("use_ssl = true\n", "mailbox[0].use_ssl"),
        (
            "[[mailbox.rules]]\nid = \"r\"\nkind = \"stop\"\nsubject_any = [\"x\"]\n",
            "mailbox[0].rules[0].kind",
        ),
        (
            "[[mailbox.rules]]\nid = \"r\"\nkind = \"overdue\"\n",
            "mailbox[0].rules[0].subject_any",
        ),
        (
            "[[mailbox.rules]]\nid = \"r\"\nkind = \"overdue\"\nsubject_any = [\"x\"]\naction = \"stop\"\n",
            "mailbox[0].rules[0].action",
        ),
    ];
    for (text, path) in cases {
        let faults = parse(&short(text), &nothing()).unwrap_err();
        let told = faults.to_string();
        assert!(
            faults.0.iter().any(|finding| finding.path == path),
            "{text}: {told}"
        );
    }
    let literal = short("").replace("vault:m", "FAKE-literal");
    let told = parse(&literal, &nothing()).unwrap_err().to_string();
    assert!(!told.contains("FAKE-literal"), "{told}");
}

async fn mailboxes(face: &dyn Face) -> Vec<tidegate_api::response::MailboxView> {
    match ask(face, Request::Mailboxes { lang: Lang::En }).await {
        Response::Mailboxes(views) => views,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_configured_mailbox_is_shown_before_it_was_read() {
    let home = tempfile::tempdir().unwrap();
    let app = Stage::new(home.path()).app().await;
    let text = WHOLE.to_owned();
    ask(&app, Request::Apply { text, prune: false }).await;
    let views = mailboxes(&app).await;
    assert_eq!((views[0].mailbox.as_str(), views[0].read_at), ("work", None));
    assert_eq!(views[0].text, "not read yet");
    let findings = Request::Findings(FindingsAsked {
        mailbox: None,
        kind: None,
        certainty: None,
        before: None,
        limit: 10,
        lang: Lang::En,
    });
    assert_eq!(ask(&app, findings).await, Response::MailFindings(Vec::new()));
}

#[tokio::test]
async fn a_mailbox_that_is_not_there_is_not_found() {
    let home = tempfile::tempdir().unwrap();
    let app = Stage::new(home.path()).app().await;
    let request = Request::ScanMailbox {
        mailbox: "nobody".parse().unwrap(),
        lang: Lang::En,
    };
    let refused = app.handle(request, "test").await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_try_that_cannot_connect_says_why_and_what_to_do_and_keeps_no_password() {
    let home = tempfile::tempdir().unwrap();
    let app = Stage::new(home.path()).app().await;
    // A port of this machine on which nobody listens.
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let request = Request::TryMailbox {
        mailbox: Item(
            json!({ "id": "m", "host": "127.0.0.1", "port": free, "tls": "none", "username": "u" }),
        ),
        secrets: SecretFields::from([(
            "password".to_owned(),
            SecretText(SecretString::from("FAKE-canary")),
        )]),
        lang: Lang::En,
    };
    let Response::TriedMailbox(view) = ask(&app, request).await else {
        panic!("no try");
    };
    assert!(!view.ok);
    assert_eq!(view.reason, Some(Reason::Transient));
    assert!(view.next.as_ref().unwrap().contains("check network"), "{view:?}");
    assert!(!format!("{view:?}").contains("canary"));
    assert!(mailboxes(&app).await.is_empty());
}

#[tokio::test]
async fn the_built_in_rules_can_be_looked_at() {
    let home = tempfile::tempdir().unwrap();
    let app = Stage::new(home.path()).app().await;
    let Response::MailRules(view) = ask(&app, Request::MailRules { lang: Lang::Zh }).await else {
        panic!("no rules");
    };
    assert!(view.rules.iter().any(|rule| rule.id == "overdue"));
    assert!(view.senders.iter().any(|sender| sender.domain == "aliyun.com"));
    assert!(
        view.kinds
            .contains(&("low_balance".to_owned(), "余额不足".to_owned()))
    );
}
