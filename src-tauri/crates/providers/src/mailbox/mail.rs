//! A mail as text. Owns what is taken from its bytes and the bounds of it: sender, subject, identity, the text that a
//! reader sees. Reads no attachment, follows no link. Any bytes give a mail or nothing, never a panic.

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding, HeaderName, Message, MessageParser, MessagePart, MimeHeaders, PartType};
use sha2::{Digest, Sha256};

use super::{charset, html, limits};

/// What a judgement needs of a mail.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Mail {
    /// The address in From; empty when there is none, or more than one.
    pub from: String,
    /// The subject, decoded, in one line.
    pub subject: String,
    /// The text, plain or taken from HTML; empty while only header fields are known.
    pub text: String,
    /// Its Message-ID, else a hash of date, sender and subject.
    pub identity: String,
    /// The topmost Authentication-Results, as written.
    pub authentication: Option<String>,
}

impl Mail {
    /// Takes a mail from its bytes, which may be cut off anywhere.
    #[must_use]
    pub fn parse(raw: &[u8]) -> Option<Self> {
        let raw = charset::readable_header(raw);
        let message = MessageParser::default().parse(&raw)?;
        let subject = line(message.subject().unwrap_or_default());
        let from = sender(&message);
        Some(Self {
            identity: identity(&message, &from, &subject),
            authentication: authentication(&message),
            text: text(&message),
            from,
            subject,
        })
    }
}

/// One address, in lower case; two are as good as none, since nobody can tell which was checked.
fn sender(message: &Message<'_>) -> String {
    let fields = message.header_values(HeaderName::From).count();
    let Some(from) = message.from().filter(|_| fields == 1) else {
        return String::new();
    };
    let mut addresses = from.iter();
    match (
        addresses.next().and_then(|first| first.address()),
        addresses.next(),
    ) {
        (Some(address), None) => line(address).to_lowercase(),
        _ => String::new(),
    }
}

fn identity(message: &Message<'_>, from: &str, subject: &str) -> String {
    if let Some(id) = message.message_id().map(line)
        && !id.is_empty()
        && id.chars().count() < limits::LINE_CHARS
    {
        return id;
    }
    let written = |name: HeaderName<'static>| message.header_raw(name).unwrap_or_default().to_owned();
    let parts = [
        written(HeaderName::MessageId),
        written(HeaderName::Date),
        from.to_owned(),
        subject.to_owned(),
    ];
    format!("sha256:{}", hex::encode(Sha256::digest(parts.join("\n"))))
}

/// The topmost field only: each server puts its own above those that came with the mail.
fn authentication(message: &Message<'_>) -> Option<String> {
    let mut fields = message.headers_raw();
    let (_, value) = fields.find(|(name, _)| name.eq_ignore_ascii_case("authentication-results"))?;
    Some(value.chars().take(limits::HEADER_BYTES).collect())
}

fn text(message: &Message<'_>) -> String {
    let (mut plain, mut marked) = (String::new(), String::new());
    for part in message
        .parts
        .iter()
        .take(limits::PARTS)
        .filter(|part| is_read(part))
    {
        match &part.body {
            PartType::Text(_) => add(&mut plain, &content(message, part)),
            PartType::Html(_) => add(&mut marked, &html::text(&content(message, part))),
            _ => {}
        }
    }
    let letters = plain.chars().filter(|letter| !letter.is_whitespace()).count();
    if letters >= limits::PLAIN_CHARS || marked.trim().is_empty() {
        return plain;
    }
    marked
}

fn add(to: &mut String, text: &str) {
    let room = limits::TEXT_CHARS.saturating_sub(to.chars().count());
    to.extend(text.chars().take(room));
    to.push('\n');
}

fn is_read(part: &MessagePart<'_>) -> bool {
    let attached = part
        .content_disposition()
        .is_some_and(mail_parser::ContentType::is_attachment);
    let kind = part.content_type().map(|kind| {
        (
            kind.ctype().to_ascii_lowercase(),
            kind.subtype().unwrap_or_default(),
        )
    });
    // A part without a type is text; calendars and style sheets are text/* as well, and none for a reader.
    let readable = kind.is_none_or(|(kind, sub)| {
        kind == "text" && (sub.eq_ignore_ascii_case("plain") || sub.eq_ignore_ascii_case("html"))
    });
    readable && !attached
}

/// The content as the parser decoded it, or guessed where it declares no charset and is no UTF-8.
fn content(message: &Message<'_>, part: &MessagePart<'_>) -> String {
    let decoded = part.text_contents().unwrap_or_default();
    let declared = part
        .content_type()
        .is_some_and(|kind| kind.has_attribute("charset"));
    if declared || !decoded.contains(char::REPLACEMENT_CHARACTER) {
        return decoded.to_owned();
    }
    let (start, end) = (part.raw_body_offset(), part.raw_end_offset());
    let range = usize::try_from(start).unwrap_or(usize::MAX)..usize::try_from(end).unwrap_or(usize::MAX);
    let raw = message.raw_message.get(range).unwrap_or_default();
    let bytes = match part.encoding {
        Encoding::None => Some(raw.to_vec()),
        Encoding::Base64 => base64_decode(raw),
        Encoding::QuotedPrintable => quoted_printable_decode(raw),
    };
    bytes.map_or_else(|| decoded.to_owned(), |bytes| charset::guess(&bytes))
}

/// In one line without control characters, cut.
fn line(text: &str) -> String {
    let words = text.split(|letter: char| letter.is_whitespace() || letter.is_control());
    let joined = words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    joined.chars().take(limits::LINE_CHARS).collect()
}
