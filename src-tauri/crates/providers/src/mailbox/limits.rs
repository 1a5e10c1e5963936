//! Bounds of reading mail, each with its reason.

use std::time::Duration;

/// Connecting, TLS included, takes at most this long: a dead server must not hold up a run.
pub(super) const CONNECT: Duration = Duration::from_secs(10);
/// The answer to one command takes at most this long.
pub(super) const READ: Duration = Duration::from_secs(30);
/// A run looks at no further mail after this long; what is left is looked at by the next one.
pub(super) const RUN: Duration = Duration::from_secs(300);
/// Saying goodbye is a courtesy: a server that does not answer is left.
pub(super) const GOODBYE: Duration = Duration::from_secs(2);
/// Mails looked at in one run: more wait for the next, so that a full box neither floods nor blocks.
pub(super) const MAILS: usize = 200;
/// Mails whose header fields are asked for in one command.
pub(super) const HEADERS_AT_ONCE: usize = 50;
/// Answers that mails may break in one run. Each costs a new login, and a server that breaks on everything is not asked on.
pub(super) const BROKEN_ANSWERS: usize = 8;
/// Bytes of header fields read of one mail: the five fields asked for are far shorter.
pub(super) const HEADER_BYTES: usize = 32 * 1024;
/// Bytes read of one mail: text stands in front, attachments behind it are of no use.
pub(super) const MAIL_BYTES: usize = 256 * 1024;
/// The longest line of a server: a search may answer with the numbers of a hundred thousand mails in one.
pub(super) const LINE_BYTES: usize = 1024 * 1024;
/// Lists that one answer may open: what is asked for opens four at most, and each within another takes of the stack.
pub(super) const LISTS: usize = 16;
/// Parts of one mail that are looked at; a mail of a service has two or three.
pub(super) const PARTS: usize = 16;
/// Characters of text taken from one mail, all parts together.
pub(super) const TEXT_CHARS: usize = 64 * 1024;
/// A plain part with fewer characters beside an HTML part only says that the mail is to be seen as HTML.
pub(super) const PLAIN_CHARS: usize = 40;
/// Characters of a subject, a sender or a service that are kept.
pub(super) const LINE_CHARS: usize = 200;

/// Characters of a server's own words in an error.
pub(super) const WORDS_CHARS: usize = 120;
/// Characters between a word such as "balance" and the amount after it.
pub(super) const AFTER: usize = 24;
/// Characters between an amount and the word after it.
pub(super) const BEFORE: usize = 12;
/// Words of the body that stand for one word of the subject.
pub(super) const BODY_WORDS: usize = 2;
/// Rules of a person, and words of each list in them.
pub(super) const RULES: usize = 64;
/// Words of each list of a rule.
pub(super) const WORDS: usize = 128;
/// Characters of one word.
pub(super) const WORD_CHARS: usize = 64;
/// Days that a mail may look ahead with "in N days".
pub(super) const DAYS_AHEAD: i64 = 730;
/// A refused login rests this long: each further try brings the box nearer to being locked.
pub const LOGIN_REST: Duration = Duration::from_secs(300);
