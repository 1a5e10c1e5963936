//! What goes wrong with a mailbox, in our own short words. Owns the way from the library's errors to
//! [`ProviderError`]; never lets a password through.

use std::io;

use async_imap::error::Error;
use tidegate_meter::Reason;

use super::limits;
use super::wary::TooMuch;
use crate::{ProviderError, ProviderErrorKind};

/// An error of a class.
pub(super) fn of(reason: Reason, detail: impl Into<String>) -> ProviderError {
    ProviderError {
        kind: ProviderErrorKind::Blind(reason),
        detail: detail.into(),
        retry_after: None,
    }
}

/// Something that may pass by itself.
pub(super) fn transient(detail: &str) -> ProviderError {
    of(Reason::Transient, detail)
}

/// An answer that its parser cannot read.
pub(super) fn garbled(step: &str) -> ProviderError {
    of(Reason::Shape, format!("{step}: the answer has another shape"))
}

/// Why an answer about mails did not come to its end.
#[derive(Debug)]
pub(super) enum Failed {
    /// What is said of a mail cannot be read, nor what follows it on this connection.
    Unreadable(ProviderError),
    /// The server refuses a mail, and goes on.
    Refused(ProviderError),
    /// It is about no single mail.
    Whole(ProviderError),
}

impl From<Failed> for ProviderError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Unreadable(error) | Failed::Refused(error) | Failed::Whole(error) => error,
        }
    }
}

/// An error of an answer about mails.
pub(super) fn of_mails(step: &str, error: &Error, secret: &str) -> Failed {
    let told = after_login(step, error, secret);
    match error {
        Error::Io(broken) if is_garbled(broken) || is_too_much(broken) => Failed::Unreadable(told),
        Error::No(_) | Error::Bad(_) if told.kind == ProviderErrorKind::Blind(Reason::Scope) => {
            Failed::Refused(told)
        }
        _ => Failed::Whole(told),
    }
}

/// The library has no kind of its own for an answer that its parser cannot read: it says so in words.
fn is_garbled(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Other && error.to_string().contains("during parsing of")
}

fn is_too_much(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(<dyn std::error::Error + Send + Sync>::is::<TooMuch>)
}

/// Any error after the login.
pub(super) fn after_login(step: &str, error: &Error, secret: &str) -> ProviderError {
    match error {
        Error::No(words) | Error::Bad(words) if is_limit(words) => {
            of(Reason::Rate, told(step, words, secret))
        }
        Error::No(words) | Error::Bad(words) => of(Reason::Scope, told(step, words, secret)),
        Error::Validate(_) => of(Reason::Shape, format!("{step}: a line break is not allowed")),
        Error::Parse(_) => garbled(step),
        Error::Io(error) if is_garbled(error) => garbled(step),
        Error::Io(error) if is_too_much(error) => of(
            Reason::Shape,
            format!("{step}: the server says more than it was asked for"),
        ),
        _ => transient(&format!("{step}: the connection broke off")),
    }
}

/// A login that was not accepted. Only what the server calls temporary, or its own trouble, may be tried again soon.
pub(super) fn login(error: &Error, secret: &str) -> ProviderError {
    match error {
        Error::No(words) | Error::Bad(words) if is_temporary(words) => {
            of(Reason::Transient, told("login", words, secret))
        }
        Error::No(words) | Error::Bad(words) if is_limit(words) => {
            of(Reason::Rate, told("login", words, secret))
        }
        Error::No(words) | Error::Bad(words) => ProviderError {
            retry_after: Some(limits::LOGIN_REST),
            ..of(Reason::Auth, told("login refused", words, secret))
        },
        Error::Validate(_) => of(
            Reason::Auth,
            "login: the user name or the password contains a line break",
        ),
        other => after_login("login", other, secret),
    }
}

fn is_temporary(words: &str) -> bool {
    words.contains("UNAVAILABLE") || words.contains("INUSE")
}

fn is_limit(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    words.contains("too many") || words.contains("overquota") || words.contains("[limit]")
}

/// What the server said, cut short, in one line, without the password.
fn told(step: &str, words: &str, secret: &str) -> String {
    let said = words
        .split_once("info: Some(\"")
        .map_or(words, |(_, said)| said.trim_end_matches(['"', ')']));
    let line: String = said.chars().filter(|letter| !letter.is_control()).collect();
    // As it is, and as the library writes it: with backslashes before quotes and backslashes.
    let written = format!("{secret:?}");
    let written = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let line = [secret, written.unwrap_or_default()]
        .iter()
        .filter(|form| !form.is_empty())
        .fold(line, |line, form| line.replace(form, "***"));
    let line: String = line.chars().take(limits::WORDS_CHARS).collect();
    format!("{step}: {line}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no(code: &str, words: &str) -> Error {
        Error::No(format!("code: {code}, info: Some({words:?})"))
    }

    #[test]
    fn a_refused_login_is_told_in_the_servers_words_without_the_password() {
        let error = login(&no("None", "bad FAKE-password\r\nfor you"), "FAKE-password");
        assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Auth));
        assert_eq!(error.detail, r"login refused: bad ***\r\nfor you");
        assert_eq!(error.retry_after, Some(limits::LOGIN_REST));
    }

    /// The library hands the words on as Rust writes a text, where quotes, backslashes and control characters look different.
    #[test]
    fn a_password_is_struck_out_however_its_signs_are_written() {
        for password in ["FAKE-pass\"word", r"FAKE-pass\word", "FAKE-pass'word"] {
            let error = login(&no("None", &format!("bad {password} for you")), password);
            assert_eq!(error.detail, "login refused: bad *** for you", "{password}");
        }
        let cut = "code: None, info: Some(\"bad FAKE-\u{7}password\")";
        let error = login(&Error::No(cut.to_owned()), "FAKE-password");
        assert!(!error.detail.contains("FAKE-password"), "{}", error.detail);
    }

    #[test]
    fn what_the_server_calls_its_own_trouble_is_no_refusal() {
        let error = login(&no("None", "[UNAVAILABLE] try later"), "x");
        assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Transient));
        let error = login(&no("Some(Alert)", "Too many simultaneous connections."), "x");
        assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Rate));
    }

    #[test]
    fn a_lost_connection_at_login_is_no_refusal() {
        let error = login(&Error::ConnectionLost, "x");
        assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Transient));
    }
}
