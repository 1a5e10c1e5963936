//! A stream that counts what a server says before the parser sees it.
//!
//! Owns the bounds of one line, one literal and one answer's parentheses: the parser makes room for a literal as soon as it
//! is announced, and takes a frame of the stack for every list within a list, so both must be refused before it. Also keeps
//! from it a text on which it would panic. Knows no more of IMAP than lines, which of them end in words for people, and
//! that any other that ends in `{n}` is followed by `n` bytes of anything. Tested below, and in `tests/mailbox/broken.rs`.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::limits;
use crate::wire::Wire;

/// Where in the stream of answers we are.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// Bytes of the literal that are still to come.
    literal: usize,
    /// Bytes of the line so far.
    line: usize,
    /// The number of an announcement that the line may be ending with.
    announced: Announcement,
    /// How the answer begins, as far as that was seen.
    start: Start,
    /// Lists that were opened in the answer, whether closed or not.
    lists: usize,
    /// The byte before, within the line.
    before: u8,
}

/// The first bytes of an answer, in capitals.
type Start = [u8; 5];

/// What an answer begins with whose last part is words for people. What begins otherwise than with `* ` is one, too: the end
/// of a command, or a request to go on.
const WORDS: [&[u8]; 5] = [b"* OK", b"* NO", b"* BAD", b"* BYE", b"* PRE"];

/// How much of `{n}` or `{n+}` stands at the end of the line so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Announcement {
    #[default]
    None,
    Number(usize),
    Closed(usize),
}

/// The other side says more than was asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct TooMuch;

impl fmt::Display for TooMuch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the server says more than it was asked for")
    }
}

impl std::error::Error for TooMuch {}

/// A wire that ends when its other side says more than was asked for.
#[derive(Debug)]
pub(super) struct Wary {
    wire: Box<dyn Wire>,
    place: Place,
}

impl Wary {
    pub(super) fn new(wire: Box<dyn Wire>) -> Self {
        Self {
            wire,
            place: Place::default(),
        }
    }

    pub(super) fn into_inner(self) -> Box<dyn Wire> {
        self.wire
    }
}

impl Place {
    /// Takes on some bytes, and changes what the parser must not see; false when they are more than was asked for.
    fn pass(&mut self, mut bytes: &mut [u8]) -> bool {
        while !bytes.is_empty() {
            if self.literal > 0 {
                let taken = self.literal.min(bytes.len());
                self.literal -= taken;
                bytes = bytes.get_mut(taken..).unwrap_or_default();
                continue;
            }
            let Some((first, rest)) = bytes.split_first_mut() else {
                break;
            };
            // The parser drops one byte behind a code in brackets, as if that were always the space that belongs there.
            if self.before == b']' && !first.is_ascii() && self.is_words() {
                *first = b' ';
            }
            if !self.step(*first) {
                return false;
            }
            bytes = rest;
        }
        true
    }

    /// Whether the answer ends in words for people, in which `{n}` announces nothing.
    fn is_words(&self) -> bool {
        !self.start.starts_with(b"* ") || WORDS.iter().any(|start| self.start.starts_with(start))
    }

    /// One byte of a line.
    fn step(&mut self, byte: u8) -> bool {
        if let Some(next) = self.start.get_mut(self.line) {
            *next = byte.to_ascii_uppercase();
        }
        self.line += 1;
        self.before = byte;
        self.lists += usize::from(byte == b'(');
        match (byte, self.announced) {
            (b'\r', _) => {}
            (b'\n', Announcement::Closed(length)) => {
                let is_literal = !self.is_words();
                *self = Self {
                    literal: length,
                    // It is the same answer still.
                    line: self.start.len(),
                    start: self.start,
                    lists: self.lists,
                    ..Self::default()
                };
                return is_literal && length <= limits::MAIL_BYTES;
            }
            (b'\n', _) => *self = Self::default(),
            (b'{', _) => self.announced = Announcement::Number(0),
            (b'0'..=b'9', Announcement::Number(so_far)) => {
                let digit = usize::from(byte - b'0');
                self.announced = Announcement::Number(so_far.saturating_mul(10).saturating_add(digit));
            }
            (b'+', Announcement::Number(_)) => {}
            (b'}', Announcement::Number(length)) => self.announced = Announcement::Closed(length),
            _ => self.announced = Announcement::None,
        }
        self.line <= limits::LINE_BYTES && (self.lists <= limits::LISTS || self.is_words())
    }
}

impl AsyncRead for Wary {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.wire).poll_read(context, buffer);
        let new = buffer.filled_mut().get_mut(before..).unwrap_or_default();
        if self.place.pass(new) {
            return read;
        }
        Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, TooMuch)))
    }
}

impl AsyncWrite for Wary {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.wire).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(chunks: &[&str]) -> bool {
        let mut place = Place::default();
        chunks
            .iter()
            .all(|chunk| place.pass(&mut chunk.as_bytes().to_vec()))
    }

    fn passed(text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        assert!(Place::default().pass(&mut bytes), "{text}");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    #[test]
    fn a_literal_longer_than_a_mail_may_be_is_refused_when_it_is_announced() {
        assert!(passes(&["* 1 FETCH (BODY[] {262144}\r\n"]));
        assert!(!passes(&["* 1 FETCH (BODY[] {262145}\r\n"]));
        assert!(!passes(&["* 1 FETCH (BODY[] {2", "62145", "}\r", "\n"]));
        assert!(!passes(&["* 1 FETCH (BODY[] {99999999999999999999999999}\r\n"]));
    }

    #[test]
    fn what_looks_like_an_announcement_inside_a_mail_is_text() {
        assert!(passes(&[
            "* 1 FETCH (BODY[] {19}\r\n",
            "{9999",
            "99999}\r\nabc",
            "d)\r\n"
        ]));
        assert!(!passes(&["* 1 FETCH (BODY[] {3}\r\nabc {999999999}\r\n"]));
    }

    #[test]
    fn a_line_without_an_end_is_refused() {
        let long = "x".repeat(limits::LINE_BYTES);
        assert!(passes(&[&long]));
        assert!(!passes(&[&long, "x"]));
    }

    #[test]
    fn lists_within_lists_are_refused_however_they_are_hidden() {
        let deep = "(".repeat(limits::LISTS);
        assert!(passes(&[
            "* 1 FETCH ",
            &deep[1..],
            "UID 1)\r\n",
            "* 2 FETCH (UID 2)\r\n"
        ]));
        assert!(!passes(&["* 1 FETCH ", &deep, "("]));
        assert!(!passes(&["* 1 FETCH (X {1}\r\nx ", &deep]), "behind a literal");
        assert!(
            !passes(&["* 1 FETCH (X \"))))\" ", &deep]),
            "behind a text with brackets"
        );
        assert!(passes(&["* OK ", &deep, "(\r\n"]), "words are no lists");
    }

    /// What follows such a line is no literal to the parser: taken for one, it would pass by unseen.
    #[test]
    fn words_for_people_announce_nothing() {
        for start in ["* OK", "* no", "* BAD", "* Bye", "* PREAUTH", "A0001 OK", "+"] {
            assert!(!passes(&[start, " x {20}\r\n"]), "{start}");
            assert!(passes(&[start, " x {20} y\r\n"]), "{start}");
        }
        assert!(passes(&["* ID (\"name\" {4}\r\n((((", "((((((((\r\n"]));
    }

    #[test]
    fn a_letter_at_the_place_of_a_space_loses_its_first_byte() {
        assert_eq!(
            passed("A1 NO [ALERT]\u{e9}t\u{e9}\r\n"),
            "A1 NO [ALERT] \u{fffd}t\u{e9}\r\n"
        );
        for whole in [
            "* OK [ALERT] \u{e9}t\u{e9}\r\n",
            "* 1 FETCH (X {4}\r\n]\u{e9})\r\n",
        ] {
            assert_eq!(passed(whole), whole);
        }
    }
}
