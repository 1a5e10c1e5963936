//! Makes a person's words inert in a dialect of Markdown whose escapes are not documented: each sign that could begin a
//! mark becomes one that looks the same and means nothing.

/// Text without marks, links, tags or mentions. An underscore inside a word marks nothing and stays.
pub(crate) fn inert(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        let inside_word = before.is_alphanumeric() && next.is_alphanumeric();
        out.push(match c {
            '_' if inside_word => '_',
            // A heading, but only where a line begins.
            '#' if out.is_empty() => '＃',
            _ => look_alike(c),
        });
        if c == '@' && !next.is_whitespace() {
            out.push(JOINER);
        }
        before = c;
    }
    out
}

/// Text for a form where only `<…>` means anything.
pub(crate) fn untagged(text: &str) -> String {
    text.replace('<', "‹").replace('>', "›")
}

/// Text for HTML, in a text and in an attribute.
pub(crate) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// Stands after an `@`, so that it calls nobody: no sign, no width, no line break.
pub(crate) const JOINER: char = '\u{2060}';

const fn look_alike(c: char) -> char {
    match c {
        '<' => '‹',
        '>' => '›',
        '[' => '［',
        ']' => '］',
        '*' => '＊',
        '_' => '＿',
        '~' => '～',
        '`' => '｀',
        '\\' => '＼',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::inert;

    #[test]
    fn names_keep_their_look() {
        assert_eq!(
            inert("flexus_l_1 2026-11-20 22:05 +08:00"),
            "flexus_l_1 2026-11-20 22:05 +08:00"
        );
        assert_eq!(inert("_x_ **b** <b> [a](b)"), "＿x＿ ＊＊b＊＊ ‹b› ［a］(b)");
        assert_eq!(inert("@all @ b"), "@\u{2060}all @ b");
    }

    proptest! {
        #[test]
        fn no_mark_is_left(text in any::<String>()) {
            let told = inert(&text);
            prop_assert!(!told.contains(['<', '>', '[', ']', '*', '`', '\\', '~']));
            prop_assert!(!told.starts_with('#'));
            prop_assert!(!told.contains("@a") && !told.contains("@1"));
        }
    }
}
