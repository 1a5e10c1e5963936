//! A message in DingTalk's two forms: Markdown, and plain text where that is refused. There is no button: an alert leads
//! to no page outside, and `actionCard` demands a link.

use serde_json::{Value, json};

use crate::catalogue::Line;
use crate::hook::{Ask, Form};
use crate::marks::inert;
use crate::page::Page;

/// The whole body of `page` in the form that is asked for.
pub(super) fn body(page: &Page, ask: &Ask<'_>) -> Value {
    let at = at(ask.mention);
    match ask.form {
        Form::Rich => {
            let text = markdown(page) + &called(ask.mention);
            json!({ "msgtype": "markdown", "markdown": { "title": page.title, "text": text }, "at": at })
        }
        Form::Plain => {
            let text = page.plain() + &called(ask.mention);
            json!({ "msgtype": "text", "text": { "content": text }, "at": at })
        }
    }
}

/// Who is called: everybody, or by telephone number. Nobody is called without being named here, so an `@` in a text stays
/// a text.
fn at(mention: &[String]) -> Value {
    let mobiles: Vec<&String> = mention.iter().filter(|id| *id != "all").collect();
    json!({ "isAtAll": mention.len() > mobiles.len(), "atMobiles": mobiles })
}

/// The platform shows a call only where the text holds it.
fn called(mention: &[String]) -> String {
    let named = mention.iter().filter(|id| *id != "all");
    let named: Vec<String> = named.map(|id| format!("@{}", inert(id))).collect();
    if named.is_empty() {
        String::new()
    } else {
        format!("\n\n{}", named.join(" "))
    }
}

fn markdown(page: &Page) -> String {
    let lines: Vec<String> = page.lines.iter().map(line).collect();
    format!(
        "#### {}\n\n{}\n\n---\n\n{}",
        inert(&page.title),
        lines.join("\n"),
        page.footer
    )
}

fn line(line: &Line) -> String {
    let text = inert(&line.text);
    if line.label.is_empty() {
        format!("- {text}")
    } else {
        format!("- **{}**{}{text}", line.label, line.colon())
    }
}
