//! A message in WeCom's two forms, each within its bytes: Markdown of 4096, plain text of 2048. The limits count the
//! UTF-8 bytes of the content, not the characters: a Chinese text has a third of them.

use serde_json::{Value, json};

use crate::catalogue::Line;
use crate::hook::{Ask, Form};
use crate::limits;
use crate::marks::{inert, untagged};
use crate::page::{Page, Tone};

/// The whole body in the form that is asked for.
pub(super) fn body(ask: &Ask<'_>) -> Value {
    if ask.form == Form::Rich && ask.mention.is_empty() {
        let content = ask.page.fit_by(limits::WECOM_MARKDOWN_BYTES, str::len, markdown);
        return json!({ "msgtype": "markdown", "markdown": { "content": content } });
    }
    let content = ask
        .page
        .fit_by(limits::WECOM_TEXT_BYTES, str::len, |page| untagged(&page.plain()));
    json!({ "msgtype": "text", "text": called(&content, ask.mention) })
}

/// A text calls nobody but who is listed beside it: everybody, people by their id, or by telephone number.
fn called(content: &str, mention: &[String]) -> Value {
    let is_mobile = |id: &String| id.len() >= 11 && id.bytes().all(|byte| byte.is_ascii_digit());
    let (mobiles, people): (Vec<&String>, Vec<&String>) = mention.iter().partition(|id| is_mobile(id));
    let people: Vec<&str> = people
        .into_iter()
        .map(|id| if id == "all" { "@all" } else { id.as_str() })
        .collect();
    json!({ "content": content, "mentioned_list": people, "mentioned_mobile_list": mobiles })
}

fn markdown(page: &Page) -> String {
    let title = inert(&page.title);
    let title = match colour(page.tone) {
        Some(colour) => format!("<font color=\"{colour}\">{title}</font>"),
        None => title,
    };
    let lines: Vec<String> = page.lines.iter().map(line).collect();
    format!(
        "**{title}**\n{}\n<font color=\"comment\">{}</font>",
        lines.join("\n"),
        page.footer
    )
}

/// The platform has three colours: green, grey, orange.
const fn colour(tone: Tone) -> Option<&'static str> {
    match tone {
        Tone::Good => Some("info"),
        Tone::Warning | Tone::Critical => Some("warning"),
        Tone::Info | Tone::Acting => None,
    }
}

fn line(line: &Line) -> String {
    let text = inert(&line.text);
    if line.label.is_empty() {
        format!("> {text}")
    } else {
        format!("> **{}**{}{text}", line.label, line.colon())
    }
}
