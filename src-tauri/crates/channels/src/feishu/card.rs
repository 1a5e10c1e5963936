//! A message in Feishu's two forms: the interactive card, and plain text when a card is refused.
//!
//! The card is of the first version. The second one needs client 7.20 and refuses a whole message for one unknown
//! attribute; an alert must reach old clients, and nothing here needs tables or headings.

use serde_json::{Value, json};

use crate::catalogue::Line;
use crate::hook::{Ask, Form};
use crate::marks::untagged;
use crate::page::{Page, Tone};

/// A timestamp and its signature.
pub(crate) struct Signed {
    /// Seconds since 1970, as text.
    pub(crate) timestamp: String,
    /// The signature over it.
    pub(crate) sign: String,
}

/// The whole body of `page` in the form that is asked for.
pub(crate) fn body(page: &Page, ask: &Ask<'_>, signed: Option<&Signed>) -> Value {
    let mut body = match ask.form {
        Form::Rich => json!({ "card": card(page, ask.mention), "msg_type": "interactive" }),
        Form::Plain => {
            let called: String = ask
                .mention
                .iter()
                .map(|id| format!("\n<at user_id=\"{}\"></at>", untagged(id)))
                .collect();
            json!({ "content": { "text": untagged(&page.plain()) + &called }, "msg_type": "text" })
        }
    };
    if let (Some(signed), Some(fields)) = (signed, body.as_object_mut()) {
        fields.insert("sign".to_owned(), Value::from(signed.sign.as_str()));
        fields.insert("timestamp".to_owned(), Value::from(signed.timestamp.as_str()));
    }
    body
}

fn card(page: &Page, mention: &[String]) -> Value {
    let called = mention.iter().map(|id| format!("<at id={}></at>", escape(id)));
    let lines: Vec<String> = page.lines.iter().map(line).chain(called).collect();
    json!({
        "config": { "wide_screen_mode": true },
        "elements": [
            { "content": lines.join("\n"), "tag": "markdown" },
            { "tag": "hr" },
            { "elements": [{ "content": page.footer, "tag": "plain_text" }], "tag": "note" },
        ],
        "header": {
            "template": template(page.tone),
            "title": { "content": page.title, "tag": "plain_text" },
        },
    })
}

const fn template(tone: Tone) -> &'static str {
    match tone {
        Tone::Info => "blue",
        Tone::Warning => "orange",
        Tone::Critical => "red",
        Tone::Acting => "violet",
        Tone::Good => "green",
    }
}

fn line(line: &Line) -> String {
    let text = escape(&line.text);
    if line.label.is_empty() {
        text
    } else {
        format!("**{}**{}{text}", line.label, line.colon())
    }
}

/// Makes text inert in a card's markdown: each sign that could begin a mark, a link, an image, a mention or an emoji
/// becomes its entity. A colon stays between digits, where it is a time, and before a space; round brackets stay, since
/// they mean nothing without the square ones.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        let harmless_colon = next == ' ' || (before.is_ascii_digit() && next.is_ascii_digit());
        let marks = match c {
            ':' => !harmless_colon,
            _ => "*_~[]<>&`#\\!|$@".contains(c),
        };
        if marks {
            out.push_str(&format!("&#{};", u32::from(c)));
        } else {
            out.push(c);
        }
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a reader of the card sees: entities become their signs again.
    fn shown(text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("&#") {
            let (number, behind) = after.split_once(';').expect("an entity is closed");
            out.push_str(before);
            out.push(char::from_u32(number.parse().expect("a number")).expect("a sign"));
            rest = behind;
        }
        out + rest
    }

    #[test]
    fn times_and_labels_stay_readable() {
        assert_eq!(escape("2026-11-20 22:05:10 +08:00"), "2026-11-20 22:05:10 +08:00");
        assert_eq!(escape("a: b"), "a: b");
        assert_eq!(escape(":OK:)"), "&#58;OK&#58;)");
        assert_eq!(escape("[a](b)"), "&#91;a&#93;(b)");
    }

    proptest! {
        #[test]
        fn an_escaped_text_shows_what_it_was(text in any::<String>()) {
            let escaped = escape(&text);
            prop_assert_eq!(shown(&escaped), text);
            let bare = escaped.replace("&#", "").replace(';', "");
            prop_assert!(!bare.contains(['*', '_', '~', '[', ']', '<', '>', '&', '`', '#', '\\', '$', '@']));
        }
    }
}
