//! The only place that prints. A closed pipe ends printing, not the program.

use std::io::{BufRead, IsTerminal, Write};

use tidegate_api::words::Lang;

/// A line on stdout.
pub(crate) fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// A text on stdout as it is.
pub(crate) fn verbatim(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// One JSON document on one line of stdout.
pub(crate) fn json(value: &serde_json::Value) {
    line(&value.to_string());
}

/// A line on stderr.
pub(crate) fn to_person(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Whether a person looks at stdout.
pub(crate) fn is_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// Whether a person can be asked.
pub(crate) fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks and reads one line.
pub(crate) fn ask(question: &str) -> String {
    let mut err = std::io::stderr().lock();
    let _ = write!(err, "{question} ").and_then(|()| err.flush());
    let mut answer = String::new();
    let _ = std::io::stdin().lock().read_line(&mut answer);
    answer.trim().to_owned()
}

/// Asks for a yes; anything else is a no.
pub(crate) fn confirm(question: &str) -> bool {
    matches!(
        ask(&format!("{question} [y/N]")).as_str(),
        "y" | "Y" | "yes" | "是"
    )
}

/// One of two languages.
pub(crate) const fn pick<'a>(lang: Lang, zh: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}
