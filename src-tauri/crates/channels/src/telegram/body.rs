//! A message in Telegram's two forms: HTML of a few tags, and plain text where the tags are refused.

use serde_json::{Value, json};

use super::Chat;
use crate::catalogue::Line;
use crate::hook::{Ask, Form};
use crate::limits;
use crate::marks::JOINER;
use crate::page::Page;

/// The whole body in the form that is asked for.
pub(super) fn body(ask: &Ask<'_>, chat: &Chat, thread: Option<i64>) -> Value {
    let called = called(ask.mention);
    let room = limits::TELEGRAM_UNITS.saturating_sub(units(&called));
    let told = match ask.form {
        Form::Rich => ask.page.fit_by(room, units, html),
        Form::Plain => ask.page.fit_by(room, units, |page| uncalled(&page.plain())),
    };
    let mut body = json!({
        "chat_id": chat.value(),
        "text": told + &called,
        "link_preview_options": { "is_disabled": true },
    });
    if let Some(fields) = body.as_object_mut() {
        if ask.form == Form::Rich {
            fields.insert("parse_mode".to_owned(), Value::from("HTML"));
        }
        fields.extend(thread.map(|id| ("message_thread_id".to_owned(), Value::from(id))));
    }
    body
}

/// The platform counts in UTF-16: a sign outside of the first plane is two.
fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Telegram calls a person wherever the name stands in the text. `all` is nobody there.
fn called(mention: &[String]) -> String {
    let names = mention.iter().map(|id| id.trim_start_matches('@'));
    let names: Vec<String> = names
        .filter(|id| *id != "all")
        .map(|id| escape(&format!("@{id}")))
        .collect();
    if names.is_empty() {
        String::new()
    } else {
        format!("\n{}", names.join(" "))
    }
}

fn html(page: &Page) -> String {
    let lines: Vec<String> = page.lines.iter().map(line).collect();
    format!(
        "<b>{}</b>\n{}\n<i>{}</i>",
        inert(&page.title),
        lines.join("\n"),
        escape(&page.footer)
    )
}

fn line(line: &Line) -> String {
    let text = inert(&line.text);
    if line.label.is_empty() {
        text
    } else {
        format!("<b>{}</b>{}{text}", line.label, line.colon())
    }
}

/// A person's words: no tag, and no name that is called.
fn inert(text: &str) -> String {
    escape(&uncalled(text))
}

fn uncalled(text: &str) -> String {
    text.replace('@', &format!("@{JOINER}"))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
