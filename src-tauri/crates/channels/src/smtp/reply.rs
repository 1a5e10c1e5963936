//! What a mail server's reply, or its silence, means. 4xx is for later and 5xx for good, but for QQ Mail's limits, which
//! are told as 550 and told apart only by their words.

use std::error::Error as _;

use lettre::transport::smtp::Error;
use tidegate_egress::is_tls;

use super::refusals as r;
use super::session::Broken;
use crate::catalogue::Text;
use crate::{Refusal, limits};

/// Words of a refusal that is over after a while although its code says never.
const FOR_A_WHILE: [&str; 5] = [
    "frequency limited",
    "mailbox unavailable or access denied",
    "connection denied",
    "too many",
    "try again later",
];

/// The class, its text, the server's code (empty where it gave none), its words.
pub(super) fn read(broken: &Broken) -> (Refusal, Text, String, String) {
    let (error, coded, uncoded): (_, fn(&str, &str) -> Text, _) = match broken {
        Broken::Silent => return (transient(), r::SILENT, String::new(), String::new()),
        Broken::Connecting(error) => (error, of_greeting, unconnected(error)),
        Broken::Securing(error) => (error, of_securing, unsecured(error)),
        Broken::SigningIn(error) => (error, of_login, unsigned(error)),
        Broken::Sending(error) => (error, of_letter, unsent(error)),
    };
    let said = error.source().map(ToString::to_string).unwrap_or_default();
    let Some(code) = error.status() else {
        let (refusal, text) = uncoded;
        return (refusal, text, String::new(), said);
    };
    let code = code.to_string();
    let words = said.to_lowercase();
    let (refusal, text) = if error.is_transient() {
        (Refusal::Retry(limits::RETRY_RATE), r::LATER)
    } else if FOR_A_WHILE.iter().any(|word| words.contains(word)) {
        (Refusal::Retry(limits::MAIL_RATE), r::RATE)
    } else {
        (Refusal::Permanent, coded(&code, &words))
    };
    (refusal, text, code, said)
}

const fn transient() -> Refusal {
    Refusal::Retry(limits::RETRY_TRANSIENT)
}

fn unconnected(error: &Error) -> (Refusal, Text) {
    if is_tls(error) || error.is_tls() {
        (Refusal::Permanent, r::CERTIFICATE)
    } else if error.is_response() {
        (transient(), r::NO_GREETING)
    } else {
        (transient(), r::UNREACHABLE)
    }
}

fn unsecured(error: &Error) -> (Refusal, Text) {
    if error.is_client() {
        (Refusal::Permanent, r::NO_STARTTLS)
    } else {
        unconnected(error)
    }
}

fn unsigned(error: &Error) -> (Refusal, Text) {
    if error.is_client() {
        (Refusal::Permanent, r::NO_LOGIN)
    } else {
        (transient(), r::BROKEN)
    }
}

fn unsent(error: &Error) -> (Refusal, Text) {
    if error.is_client() {
        (Refusal::Permanent, r::OTHER)
    } else {
        (transient(), r::BROKEN)
    }
}

fn of_greeting(_: &str, _: &str) -> Text {
    r::OTHER
}

fn of_securing(_: &str, _: &str) -> Text {
    r::NO_STARTTLS
}

fn of_login(_: &str, _: &str) -> Text {
    r::LOGIN
}

fn of_letter(code: &str, words: &str) -> Text {
    let writer = words.contains("must be same") || words.contains("from");
    match code {
        "530" | "534" | "535" | "538" => r::LOGIN,
        "552" | "554" if words.contains("size") || words.contains("large") => r::TOO_LARGE,
        "501" | "550" | "553" if writer => r::SENDER,
        "550" | "551" | "553" if !words.contains("content") => r::RECIPIENT,
        _ => r::OTHER,
    }
}
