//! The text of an HTML part. Owns a tokenizer that knows tags, quoted attributes, comments, and the elements whose
//! content is no text; never follows, loads or runs anything. Tested below.

use mail_parser::decoders::html::add_html_token;

use super::limits;

/// Elements whose content nobody reads.
const SILENT: [&str; 8] = [
    "script", "style", "head", "title", "template", "noscript", "svg", "iframe",
];
/// Elements that stand within a line; every other one parts words.
const INLINE: [&str; 12] = [
    "b", "strong", "i", "em", "u", "span", "font", "a", "small", "big", "sub", "sup",
];
/// The longest entity: longer ones are an ampersand and text.
const ENTITY_BYTES: usize = 32;

/// The text that a reader would see, at most [`limits::TEXT_CHARS`] long.
pub(super) fn text(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    let mut room = limits::TEXT_CHARS;
    while room > 0
        && let Some(at) = rest.find(['<', '&'])
    {
        let (plain, from) = rest.split_at(at);
        room = push(&mut out, plain, room);
        rest = if from.starts_with('&') {
            entity(&mut out, from)
        } else {
            markup(&mut out, from)
        };
    }
    push(&mut out, rest, room);
    out
}

fn push(out: &mut String, plain: &str, room: usize) -> usize {
    out.extend(plain.chars().take(room));
    room.saturating_sub(plain.chars().count())
}

/// Passes `&name;`, or a lone ampersand.
fn entity<'a>(out: &mut String, from: &'a str) -> &'a str {
    let name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'#';
    let length = from.bytes().skip(1).take(ENTITY_BYTES).take_while(name).count() + 1;
    let (token, rest) = from.split_at(length);
    match rest.strip_prefix(';') {
        Some(rest) if length > 1 => {
            add_html_token(out, format!("{token};").as_bytes(), false);
            rest
        }
        _ => {
            out.push_str(token);
            rest
        }
    }
}

/// Passes a tag, a comment, or a lone bracket.
fn markup<'a>(out: &mut String, from: &'a str) -> &'a str {
    if let Some(comment) = from.strip_prefix("<!--") {
        return comment.split_once("-->").map_or("", |(_, rest)| rest);
    }
    let inside = from.get(1..).unwrap_or_default();
    let closing = inside.starts_with('/');
    let name = name(inside.trim_start_matches('/'));
    if name.is_empty() && !inside.starts_with(['!', '?', '/']) {
        out.push('<');
        return inside;
    }
    let rest = inside.get(tag_length(inside)..).unwrap_or_default();
    if !INLINE.contains(&name.as_str()) {
        out.push(' ');
    }
    if SILENT.contains(&name.as_str()) && !closing {
        return after_closing(rest, &name);
    }
    rest
}

fn name(inside: &str) -> String {
    inside
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase()
}

/// Bytes up to the bracket that ends the tag; a bracket within quotes does not.
fn tag_length(inside: &str) -> usize {
    let mut quote = None;
    for (at, byte) in inside.bytes().enumerate() {
        match (byte, quote) {
            (b'>', None) => return at + 1,
            (b'"' | b'\'', None) => quote = Some(byte),
            (byte, Some(open)) if byte == open => quote = None,
            _ => {}
        }
    }
    inside.len()
}

/// What follows `</name`; nothing when it is never closed.
fn after_closing<'a>(rest: &'a str, name: &str) -> &'a str {
    let mut from = rest;
    while let Some(at) = from.find("</") {
        from = from.get(at + 2..).unwrap_or_default();
        let same = from
            .get(..name.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(name));
        if same {
            return from.get(tag_length(from)..).unwrap_or_default();
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(html: &str) -> String {
        text(html).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn scripts_styles_and_comments_are_no_text() {
        let html = "<head><title>overdue</title></head><STYLE>a{content:'overdue'}</style>\
                    <script>if (1<2) { write('<b>overdue</b>') }</script><!-- overdue --><p>Hello</p>";
        assert_eq!(words(html), "Hello");
    }

    #[test]
    fn a_bracket_in_an_attribute_does_not_end_its_tag() {
        assert_eq!(words(r#"<img alt="a > overdue" src='x>y'>seen"#), "seen");
    }

    #[test]
    fn cells_are_words_and_letters_within_a_word_are_not() {
        assert_eq!(words("<td>past</td><td>due</td>"), "past due");
        assert_eq!(words("over<b>due</b>"), "overdue");
    }

    #[test]
    fn entities_become_letters() {
        assert_eq!(
            words("&#20313;&#x989D;&nbsp;&yen;8.50 &amp; more &unknown; & so"),
            "余额 ¥8.50 & more &unknown; & so"
        );
    }

    #[test]
    fn a_lone_bracket_is_text_and_an_open_script_hides_the_rest() {
        assert_eq!(words("1 < 2"), "1 < 2");
        assert_eq!(words("seen<script>overdue"), "seen");
        assert_eq!(words("seen<p class='open"), "seen");
    }
}
