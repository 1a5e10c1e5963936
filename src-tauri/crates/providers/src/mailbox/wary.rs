//! A stream that counts what a server says before the parser sees it.
//!
//! Owns the bounds of one line and one literal: the parser makes room for a literal as soon as it is announced, so the
//! announcement itself must be refused. Knows no more of IMAP than lines, and that a line ending in `{n}` is followed
//! by `n` bytes of anything. Tested below.

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
}

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
    /// Takes on some bytes; false when a line or literal is longer than allowed.
    fn pass(&mut self, mut bytes: &[u8]) -> bool {
        while !bytes.is_empty() {
            if self.literal > 0 {
                let taken = self.literal.min(bytes.len());
                self.literal -= taken;
                bytes = bytes.get(taken..).unwrap_or_default();
                continue;
            }
            let Some((first, rest)) = bytes.split_first() else {
                break;
            };
            if !self.step(*first) {
                return false;
            }
            bytes = rest;
        }
        true
    }

    /// One byte of a line.
    fn step(&mut self, byte: u8) -> bool {
        self.line += 1;
        match (byte, self.announced) {
            (b'\r', _) => {}
            (b'\n', Announcement::Closed(length)) => {
                *self = Self {
                    literal: length,
                    ..Self::default()
                };
                return length <= limits::MAIL_BYTES;
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
        self.line <= limits::LINE_BYTES
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
        let new = buffer.filled().get(before..).unwrap_or_default();
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
        chunks.iter().all(|chunk| place.pass(chunk.as_bytes()))
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
}
