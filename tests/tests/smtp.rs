//! Mail against a real server with TLS and login: what arrives, and what each refusal means to whoever asked.

use anyhow::{Context, ensure};
use serde_json::Value;
use tidegate_tests::stage::mail::{MailServer, PASSWORD, USER};
use tidegate_tests::stage::{Answer, Cloud, Home, config};

type Done = anyhow::Result<()>;

/// A channel at the server; `to` is whose mailbox.
fn channel(server: &MailServer, tls: &str, to: &str) -> String {
    format!(
        r#"
[[channel]]
id = "post"
kind = "smtp"
host = "localhost"
port = {}
tls = "{tls}"
username = "{USER}"
password = "env:MAIL_CODE"
from = "潮闸 <{USER}>"
to = ["{to}@example.org", "Second <second@example.org>"]
language = "zh-CN"
ca = '''
{}'''
"#,
        server.port, server.ca
    )
}

fn home(code: &str) -> anyhow::Result<Home> {
    let cloud = Cloud::start()?;
    let mut home = Home::for_cloud(&cloud)?;
    home.set("MAIL_CODE", code);
    Ok(home)
}

/// Sends a test message to a mailbox.
fn sent(server: &MailServer, tls: &str, to: &str, code: &str) -> anyhow::Result<Answer> {
    let home = home(code)?;
    let applied = home.apply(&channel(server, tls, to))?;
    ensure!(applied.code == 0, "{applied:?}");
    let answer = home.run(&["channels", "test", "post"])?;
    let printed = format!("{answer:?}");
    ensure!(!printed.contains(PASSWORD), "the code is not printed: {printed}");
    Ok(answer)
}

#[test]
fn a_letter_arrives_encrypted_with_a_text_and_a_page_that_fetches_nothing() -> Done {
    for tls in ["implicit", "starttls"] {
        let server = MailServer::start(tls)?;
        let answer = sent(&server, tls, "one", PASSWORD)?;
        ensure!(answer.code == 0, "{tls}: {answer:?}");
        let letters = server.letters()?;
        let [letter] = letters.as_slice() else {
            anyhow::bail!("one letter, not {letters:?}");
        };
        ensure!(letter.encrypted && letter.to.len() == 2, "{letter:?}");
        ensure!(letter.header("Auto-Submitted") == "auto-generated" && !letter.header("Date").is_empty());
        ensure!(
            letter.header("Message-ID").ends_with(".tidegate@example.com>"),
            "{letter:?}"
        );
        let parts = server.parts(letter)?;
        let [(_, subject), (text_kind, text), (html_kind, html)] = parts.as_slice() else {
            anyhow::bail!("a subject, a text and a page, not {parts:?}");
        };
        ensure!(
            subject.contains("潮闸"),
            "the subject is read back whole: {subject}"
        );
        ensure!(
            (text_kind.as_str(), html_kind.as_str()) == ("text/plain", "text/html"),
            "{parts:?}"
        );
        ensure!(
            text.contains("潮闸") && html.contains("潮闸"),
            "both parts tell it: {parts:?}"
        );
        for remote in ["http:", "https:", "src=", "url(", "<link", "<script"] {
            ensure!(!html.contains(remote), "nothing is fetched: {remote} in {html}");
        }
    }
    Ok(())
}

#[test]
fn a_refusal_says_what_to_do() -> Done {
    let server = MailServer::start("implicit")?;
    for (to, code, word) in [
        ("one", "FAKE-wrong", "535"),
        ("gone", PASSWORD, "Mailbox not found"),
        ("busy", PASSWORD, "frequency limited"),
        ("grey", PASSWORD, "451"),
    ] {
        let answer = sent(&server, "implicit", to, code)?;
        ensure!(answer.code != 0, "{to}: {answer:?}");
        let told = format!("{}{}", answer.out, answer.err);
        ensure!(told.contains(word), "{to}: {told}");
    }
    ensure!(server.letters()?.is_empty(), "nothing was taken");
    Ok(())
}

#[test]
fn an_authority_that_nobody_trusts_gets_no_password() -> Done {
    let (server, other) = (MailServer::start("starttls")?, MailServer::start("starttls")?);
    let home = home(PASSWORD)?;
    let text = channel(&server, "starttls", "one").replace(server.ca.trim(), other.ca.trim());
    ensure!(home.apply(&text)?.code == 0);
    let answer = home.run(&["channels", "test", "post"])?;
    ensure!(
        answer.code != 0 && format!("{answer:?}").contains("ca"),
        "{answer:?}"
    );
    ensure!(server.letters()?.is_empty());
    Ok(())
}

/// A guard that has much to tell, by mail.
fn guarding(server: &MailServer, to: &str) -> anyhow::Result<(Cloud, Home)> {
    let cloud = Cloud::start()?;
    let mut home = Home::for_cloud(&cloud)?;
    home.set("MAIL_CODE", PASSWORD);
    let text = config(&cloud, "14 GB")?.replace(r#"channels = ["ops"]"#, r#"channels = ["post"]"#);
    let applied = home.apply(&(text + &channel(server, "implicit", to)))?;
    ensure!(applied.code == 0, "{applied:?}");
    Ok((cloud, home))
}

#[test]
fn a_letter_whose_answer_was_lost_is_sent_again_as_the_same_mail() -> Done {
    let server = MailServer::start("implicit")?;
    let (_cloud, home) = guarding(&server, "lost")?;
    let mut guard = home.guard()?;
    let lost = guard.event("undelivered", |event| {
        event.get("channel") == Some(&Value::from("post"))
    })?;
    let id = lost.get("delivery").cloned().context("the delivery's id")?;
    guard.event("delivered", |event| {
        event.get("delivery") == Some(&id) && event.get("repeat") == Some(&Value::Bool(true))
    })?;
    guard.end()?;
    let letters = server.letters()?;
    let id = id.as_str().context("a text")?;
    let same: Vec<_> = letters
        .iter()
        .filter(|letter| letter.header("Message-ID").contains(id))
        .collect();
    ensure!(same.len() == 2, "the same mail twice: {letters:?}");
    Ok(())
}

#[test]
fn a_mailbox_that_greylists_gets_its_letter_later() -> Done {
    let server = MailServer::start("starttls")?;
    let home = home(PASSWORD)?;
    ensure!(home.apply(&channel(&server, "starttls", "grey"))?.code == 0);
    ensure!(
        home.run(&["channels", "test", "post"])?.code != 0,
        "put off at first"
    );
    ensure!(
        home.run(&["channels", "test", "post"])?.code == 0,
        "taken at the second try"
    );
    ensure!(server.letters()?.len() == 1);
    Ok(())
}

#[test]
fn a_report_arrives_as_a_text_and_a_page_that_fetches_nothing() -> Done {
    let server = MailServer::start("implicit")?;
    let (_cloud, home) = guarding(&server, "one")?;
    let sent = home.run(&["report", "--send", "--lang", "zh-CN"])?;
    ensure!(sent.code == 0 && sent.out.contains("潮闸日报"), "{sent:?}");
    let mut guard = home.guard()?;
    guard.event("delivered", |event| {
        event.get("code") == Some(&Value::from("report"))
    })?;
    guard.end()?;
    let letters = server.letters()?;
    let report = letters
        .iter()
        .find(|letter| letter.header("Message-ID").starts_with("<report-daily-"));
    let report = report.with_context(|| format!("a report among {letters:?}"))?;
    ensure!(report.header("Message-ID").ends_with(".tidegate@example.com>"));
    let subject = report.header("Subject");
    ensure!(subject.is_ascii() && subject.contains("=?utf-8?"), "{subject}");
    ensure!(report.letter.contains("multipart/alternative"));
    let parts = server.parts(report)?;
    let [(_, subject), (text_kind, text), (page_kind, page)] = parts.as_slice() else {
        anyhow::bail!("a subject, a text and a page, not {parts:?}");
    };
    ensure!((text_kind.as_str(), page_kind.as_str()) == ("text/plain", "text/html"));
    ensure!(
        subject.contains("潮闸日报"),
        "the subject is read back whole: {subject}"
    );
    ensure!(text.contains("由人手动发送") && text.contains("审计链"), "{text}");
    ensure!(page.contains("由人手动发送") && page.contains("审计链"), "{page}");
    for remote in [
        "http:", "https:", "src=", "href", "url(", "@import", "<link", "<script",
    ] {
        ensure!(!page.contains(remote), "nothing is fetched: {remote} in {page}");
    }
    Ok(())
}
