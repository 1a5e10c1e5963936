//! A message as Slack's blocks with a text beside them, and as the text alone. The text holds everything: Mattermost and
//! Discord show nothing else, Slack shows it in notices.

use serde_json::{Value, json};

use crate::catalogue::Line;
use crate::hook::{Ask, Form};
use crate::limits;
use crate::marks::inert;
use crate::page::{Page, clean};

/// Whose dialect of the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Flavour {
    /// Slack itself, and what copies it whole.
    Slack,
    /// Discord's `/slack` address: shorter, entities are shown as they stand.
    Discord,
}

/// The whole body in the form that is asked for.
pub(super) fn body(ask: &Ask<'_>, flavour: Flavour) -> Value {
    let called = called(ask.mention, flavour);
    let most = match flavour {
        Flavour::Slack => limits::SLACK_TEXT_CHARS,
        Flavour::Discord => limits::DISCORD_TEXT_CHARS,
    };
    let room = most.saturating_sub(chars(&called));
    let told = |page: &Page| text(page, flavour);
    let text = ask.page.fit_by(room, chars, told) + &called;
    let mut body = json!({ "text": text });
    if let (Form::Rich, Flavour::Slack, Some(fields)) = (ask.form, flavour, body.as_object_mut()) {
        fields.insert("blocks".to_owned(), blocks(ask.page, &called, room));
    }
    body
}

fn chars(text: &str) -> usize {
    text.chars().count()
}

fn blocks(page: &Page, called: &str, room: usize) -> Value {
    let section = page.fit_by(room, chars, |page| lines(page, Flavour::Slack)) + called;
    json!([
        { "type": "header", "text": { "type": "plain_text", "emoji": false,
            "text": clean(&told(&page.title, Flavour::Slack), limits::SLACK_TITLE_CHARS) } },
        { "type": "section", "text": { "type": "mrkdwn", "verbatim": true, "text": section } },
        { "type": "context", "elements": [
            { "type": "plain_text", "emoji": false, "text": page.footer } ] },
    ])
}

fn text(page: &Page, flavour: Flavour) -> String {
    let title = told(&page.title, flavour);
    format!(
        "*{title}*\n{}\n{}",
        lines(page, flavour),
        told(&page.footer, flavour)
    )
}

fn lines(page: &Page, flavour: Flavour) -> String {
    let lines: Vec<String> = page.lines.iter().map(|each| line(each, flavour)).collect();
    lines.join("\n")
}

fn line(line: &Line, flavour: Flavour) -> String {
    let text = told(&line.text, flavour);
    if line.label.is_empty() {
        text
    } else {
        format!("*{}*{}{text}", line.label, line.colon())
    }
}

/// A person's words: no mark, no tag, and nobody called. Angle brackets are gone by then; of Slack's entities only the
/// ampersand's is left to be written.
fn told(text: &str, flavour: Flavour) -> String {
    let text = inert(text);
    match flavour {
        Flavour::Slack => text.replace('&', "&amp;"),
        Flavour::Discord => text,
    }
}

/// Calls everybody, or people by their id.
fn called(mention: &[String], flavour: Flavour) -> String {
    let calls: Vec<String> = mention
        .iter()
        .map(|id| match (id.as_str(), flavour) {
            ("all", Flavour::Slack) => "<!channel>".to_owned(),
            ("here", Flavour::Slack) => "<!here>".to_owned(),
            ("all", Flavour::Discord) => "@everyone".to_owned(),
            ("here", Flavour::Discord) => "@here".to_owned(),
            (id, _) => format!("<@{}>", inert(id)),
        })
        .collect();
    if calls.is_empty() {
        String::new()
    } else {
        format!("\n{}", calls.join(" "))
    }
}
