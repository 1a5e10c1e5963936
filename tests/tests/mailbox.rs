//! Mailboxes against a real IMAP server: what was unread stays unread, no mail is told twice or lost, a refused login is
//! not repeated. Needs the Debian package dovecot-imapd.

#![cfg(target_os = "linux")]

use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::Value;
use tidegate_tests::stage::Home;
use tidegate_tests::stage::post::{PostOffice, USERS, Wire};

type Done = anyhow::Result<()>;

/// A mail of a service that the built-in rules know.
fn low_balance(id: &str) -> Vec<u8> {
    format!(
        "From: Billing <notice@aliyun.com>\r\nTo: anna@example.net\r\nSubject: Low balance\r\n\
         Message-ID: <{id}@example.net>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0800\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\nYour balance: CNY 8.50. Please top up before 2026-12-01.\r\n"
    )
    .into_bytes()
}

/// How a mailbox is reached.
struct Reached<'a> {
    id: &'a str,
    user: &'a str,
    port: u16,
    tls: &'a str,
}

fn section(box_: &Reached<'_>) -> String {
    let Reached { id, user, port, tls } = box_;
    format!(
        "[[mailbox]]\nid = \"{id}\"\nhost = \"localhost\"\nport = {port}\ntls = \"{tls}\"\nusername = \"{user}\"\n\
         password = \"env:MAIL_{}\"\ninterval = \"1m\"\n\n",
        user.to_uppercase()
    )
}

/// A home with these mailboxes, that believes the test's authority and knows the passwords.
fn home(office: &PostOffice, boxes: &[Reached<'_>]) -> anyhow::Result<Home> {
    let mut home = Home::empty()?;
    home.set(
        "SSL_CERT_FILE",
        office.authority().to_str().context("a printable path")?,
    );
    for (user, password) in USERS {
        home.set(&format!("MAIL_{}", user.to_uppercase()), password);
    }
    let text: String = boxes.iter().map(section).collect();
    let applied = home.apply(&text)?;
    ensure!(applied.code == 0, "it applies: {applied:?}");
    Ok(home)
}

const fn anna(office: &PostOffice) -> Reached<'static> {
    Reached {
        id: "anna",
        user: "anna",
        port: office.imaps,
        tls: "implicit",
    }
}

/// Looks into a mailbox now; its view.
fn scan(home: &Home, id: &str) -> anyhow::Result<Value> {
    let answer = home.run(&["mail", "scan", id, "--json"])?.json()?;
    Ok(answer.pointer("/mailboxes/0").context("its view")?.clone())
}

fn findings(home: &Home) -> anyhow::Result<Vec<Value>> {
    let answer = home.done(&["mail", "findings", "--json"])?.json()?;
    Ok(answer
        .pointer("/findings")
        .and_then(Value::as_array)
        .context("a list")?
        .clone())
}

/// Messages about mails in the outbox or sent.
fn told(home: &Home) -> anyhow::Result<usize> {
    let answer = home.done(&["alerts", "--json"])?.json()?;
    let alerts = answer
        .pointer("/alerts")
        .and_then(Value::as_array)
        .context("a list")?;
    let about_mail = |alert: &&Value| alert.to_string().contains("Mail from");
    Ok(alerts.iter().filter(about_mail).count())
}

#[test]
fn a_mail_is_told_once_and_stays_unread() -> Done {
    let office = PostOffice::open()?;
    office.deliver("anna", "1.low", &low_balance("one"))?;
    let home = home(&office, &[anna(&office)])?;
    let view = scan(&home, "anna")?;
    assert_eq!(view["reason"], Value::Null, "{view} {}", office.log()?);
    assert_eq!(view["looked_at"], 1);
    let found = findings(&home)?;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["kind"], "low_balance");
    assert_eq!(found[0]["service"], "阿里云");
    assert_eq!(found[0]["amount"]["value"], "8.5");
    assert_eq!(found[0]["amount"]["unit"], "CNY");
    assert_eq!(found[0]["due"], "2026-12-01");
    assert_eq!(found[0]["verified"], false);
    assert_eq!(told(&home)?, 1);
    assert!(!office.is_read("anna", "1.low")?);

    assert_eq!(scan(&home, "anna")?["looked_at"], 0);
    assert_eq!((findings(&home)?.len(), told(&home)?), (1, 1));
    Ok(())
}

#[test]
fn only_new_mails_are_looked_at_and_the_first_look_goes_back_a_few_days() -> Done {
    let office = PostOffice::open()?;
    let days = |days: u64| Duration::from_secs(days * 86_400);
    office.deliver_old("anna", "1.old", &low_balance("old"), days(10))?;
    office.deliver_old("anna", "2.young", &low_balance("young"), days(1))?;
    let home = home(&office, &[anna(&office)])?;
    assert_eq!(scan(&home, "anna")?["looked_at"], 1);
    office.deliver("anna", "3.new", &low_balance("new"))?;
    assert_eq!(scan(&home, "anna")?["looked_at"], 1);
    assert_eq!(findings(&home)?.len(), 2);
    Ok(())
}

#[test]
fn a_renumbered_folder_repeats_nothing_and_loses_nothing() -> Done {
    let office = PostOffice::open()?;
    office.deliver("anna", "1.low", &low_balance("one"))?;
    let home = home(&office, &[anna(&office)])?;
    scan(&home, "anna")?;
    office.renumber("anna")?;
    office.deliver("anna", "2.low", &low_balance("two"))?;
    let view = scan(&home, "anna")?;
    assert_eq!(view["reason"], Value::Null, "{view} {}", office.log()?);
    assert_eq!(view["looked_at"], 2, "all of it was looked at again");
    assert_eq!((findings(&home)?.len(), told(&home)?), (2, 2));
    Ok(())
}

#[test]
fn a_wrong_password_is_tried_once_and_told_at_once() -> Done {
    let office = PostOffice::open()?;
    let mut home = home(&office, &[anna(&office)])?;
    home.set("MAIL_ANNA", "FAKE-wrong-canary");
    let answer = home.run(&["mail", "scan", "anna", "--json"])?;
    assert_eq!(answer.code, 1, "{answer:?}");
    let view = answer.json()?;
    assert_eq!(view["mailboxes"][0]["reason"], "auth", "{view}");
    assert_eq!(office.refusals()?, 1, "{}", office.log()?);
    let status = home.done(&["status", "--json"])?;
    assert!(status.out.contains("mailbox_unread:anna"), "{status:?}");
    let alerts = home.done(&["alerts", "--open"])?;
    assert!(!format!("{answer:?}{status:?}{alerts:?}").contains("wrong-canary"));

    home.set("MAIL_ANNA", "FAKE-anna");
    assert_eq!(scan(&home, "anna")?["reason"], Value::Null);
    let status = home.done(&["status", "--json"])?;
    assert!(!status.out.contains("mailbox_unread"), "{status:?}");
    Ok(())
}

#[test]
fn a_running_guard_rests_after_a_refused_login() -> Done {
    let office = PostOffice::open()?;
    let mut home = home(&office, &[anna(&office)])?;
    home.set("MAIL_ANNA", "FAKE-wrong");
    let mut guard = home.guard()?;
    guard.event("mailbox", |event| event["blind"]["reason"] == "auth")?;
    guard.event("program", |event| event["condition"] == "mailbox_unread:anna")?;
    // A change of something else wakes the loop of the mailboxes; it must not bring another login.
    home.apply("[[mailbox]]\nid = \"off\"\nenabled = false\nhost = \"localhost\"\nusername = \"x\"\npassword = \"env:X\"\n")?;
    guard.event("configured", |_| true)?;
    assert_eq!(office.refusals()?, 1, "{}", office.log()?);
    Ok(())
}

#[test]
fn a_mail_larger_than_is_read_is_judged_by_its_front() -> Done {
    let office = PostOffice::open()?;
    let mut mail = low_balance("big");
    mail.extend(std::iter::repeat_n(b"all work and no play\r\n", 100_000).flatten());
    office.deliver("anna", "1.big", &mail)?;
    let home = home(&office, &[anna(&office)])?;
    let view = scan(&home, "anna")?;
    assert_eq!(view["reason"], Value::Null, "{view}");
    assert_eq!(findings(&home)?[0]["amount"]["value"], "8.5");
    assert!(!office.is_read("anna", "1.big")?);
    Ok(())
}

#[test]
fn a_mail_in_gb18030_is_read_as_chinese() -> Done {
    let office = PostOffice::open()?;
    // Subject "账户余额不足" and text "您的账户余额：8.50元" in GBK, undeclared in the text.
    let mut mail = b"From: notice@aliyun.com\r\nMessage-ID: <gbk@example.net>\r\n\
        Subject: =?gb18030?B?1cu7p9Pgtu6yu9fj?=\r\n\r\n"
        .to_vec();
    mail.extend([
        0xc4, 0xfa, 0xb5, 0xc4, 0xd5, 0xcb, 0xbb, 0xa7, 0xd3, 0xe0, 0xb6, 0xee, 0xa3, 0xba,
    ]);
    mail.extend(b"8.50");
    mail.extend([0xd4, 0xaa, b'\r', b'\n']);
    office.deliver("anna", "1.gbk", &mail)?;
    let home = home(&office, &[anna(&office)])?;
    scan(&home, "anna")?;
    let found = findings(&home)?;
    assert_eq!(found[0]["subject"], "账户余额不足");
    assert_eq!(found[0]["amount"]["unit"], "CNY");
    assert_eq!(found[0]["amount"]["value"], "8.5");
    Ok(())
}

#[test]
fn two_boxes_are_read_by_one_guard_and_keep_their_mails_apart() -> Done {
    let office = PostOffice::open()?;
    // The same mail in both boxes is two finds: each box has its own numbers and its own reader.
    office.deliver("anna", "1.low", &low_balance("same"))?;
    office.deliver("bert", "1.low", &low_balance("same"))?;
    let bert = Reached {
        id: "bert",
        user: "bert",
        port: office.imap,
        tls: "starttls",
    };
    let home = home(&office, &[anna(&office), bert])?;
    let mut guard = home.guard()?;
    for id in ["anna", "bert"] {
        let looked = guard.event("mailbox", |event| event["mailbox"] == id)?;
        assert_eq!(
            (&looked["found"], &looked["blind"]),
            (&Value::from(1), &Value::Null),
            "{looked}"
        );
    }
    assert_eq!(findings(&home)?.len(), 2);
    Ok(())
}

#[test]
fn a_connection_that_breaks_in_the_middle_loses_no_mail() -> Done {
    let office = PostOffice::open()?;
    for n in 0..5 {
        let mut mail = low_balance(&format!("m{n}"));
        mail.extend(b"more text\r\n".repeat(2000));
        office.deliver("anna", &format!("{n}.low"), &mail)?;
    }
    let wire = Wire::breaking(office.imaps, 60_000)?;
    let through = Reached {
        port: wire.port(),
        ..anna(&office)
    };
    let home = home(&office, &[through])?;
    let view = scan(&home, "anna")?;
    assert_eq!(view["reason"], "transient", "{view}");
    assert_eq!(
        (findings(&home)?.len(), told(&home)?),
        (0, 0),
        "half a look is none"
    );
    wire.mend();
    let view = scan(&home, "anna")?;
    assert_eq!(
        (&view["reason"], &view["looked_at"]),
        (&Value::Null, &Value::from(5)),
        "{view}"
    );
    assert_eq!((findings(&home)?.len(), told(&home)?), (5, 5));
    Ok(())
}

#[test]
fn an_unknown_authority_is_not_believed() -> Done {
    let (office, other) = (PostOffice::open()?, PostOffice::open()?);
    let mut home = home(&office, &[anna(&office)])?;
    home.set(
        "SSL_CERT_FILE",
        other.authority().to_str().context("a printable path")?,
    );
    let view = scan(&home, "anna")?;
    assert_eq!(view["reason"], "transient", "{view}");
    assert_eq!(office.logins()?, 0, "no password was sent");
    Ok(())
}

#[test]
fn without_tls_only_this_machine_is_spoken_to() -> Done {
    let office = PostOffice::open()?;
    office.deliver("anna", "1.low", &low_balance("one"))?;
    let plain = Reached {
        port: office.imap,
        tls: "none",
        ..anna(&office)
    };
    let home = home(&office, &[plain])?;
    assert_eq!(scan(&home, "anna")?["looked_at"], 1);
    Ok(())
}

#[test]
fn a_try_logs_in_and_stores_nothing() -> Done {
    let office = PostOffice::open()?;
    office.deliver("anna", "1.low", &low_balance("one"))?;
    let home = home(&office, &[anna(&office)])?;
    let tried = home.done(&["mail", "test", "anna", "--json"])?.json()?;
    assert_eq!(
        (&tried["ok"], &tried["looked_at"]),
        (&Value::Bool(true), &Value::from(1)),
        "{tried}"
    );
    assert_eq!(tried["findings"][0]["kind"], "low_balance");
    assert!(findings(&home)?.is_empty());
    assert_eq!(scan(&home, "anna")?["looked_at"], 1, "a try leaves the place");
    assert!(!office.is_read("anna", "1.low")?);
    Ok(())
}
