//! A stream of texts over a WebSocket, read into memory of its own size.
//!
//! Owns what an end is: a kernel that ends closes its connection without a word, so that is an end like any other. The
//! protocol's frames are the library's; the memory is ours, since its own buffer grows to twice a snapshot, and a snapshot
//! has megabytes. Tested in `tests/proxy/watching.rs` against the simulated kernel, whose side is the library's, and below.

use std::io::Cursor;

use bytes::{BufMut as _, Bytes};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{Frame, FrameHeader};

use super::client::transient;
use super::limits;
use crate::ProviderError;
use crate::refusal::shape;

/// An open stream.
pub(super) struct Socket<S = TokioIo<Upgraded>> {
    stream: S,
    most: usize,
}

impl Socket {
    /// A stream whose texts have at most `most` bytes.
    pub(super) fn new(upgraded: Upgraded, most: usize) -> Self {
        Self {
            stream: TokioIo::new(upgraded),
            most,
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket<S> {
    /// The next text as it came. Dropped while waiting, the stream is of no more use.
    pub(super) async fn next(&mut self) -> Result<Bytes, ProviderError> {
        let mut text = Vec::new();
        loop {
            let (header, length) = self.header().await?;
            match header.opcode {
                OpCode::Data(_) => {
                    self.payload(&mut text, length).await?;
                    if header.is_final {
                        return Ok(text.into());
                    }
                }
                OpCode::Control(control) => self.control(control, length).await?,
            }
        }
    }

    async fn header(&mut self) -> Result<(FrameHeader, usize), ProviderError> {
        let mut head = [0; limits::HEADER_BYTES];
        let (first, rest) = head.split_at_mut(2);
        self.stream.read_exact(first).await.map_err(|_| ended())?;
        // The length is in the seven bits, or in the two or eight bytes after them.
        let more = match first.last().map(|byte| byte & 0x7f) {
            Some(126) => 2,
            Some(127) => 8,
            _ => 0,
        };
        let rest = rest.get_mut(..more).unwrap_or_default();
        self.stream.read_exact(rest).await.map_err(|_| ended())?;
        let parsed = FrameHeader::parse(&mut Cursor::new(&head)).ok().flatten();
        let (header, length) = parsed.ok_or_else(garbled)?;
        let plain = header.mask.is_none() && !header.rsv1 && !header.rsv2 && !header.rsv3;
        let length = usize::try_from(length)
            .ok()
            .filter(|_| plain)
            .ok_or_else(garbled)?;
        Ok((header, length))
    }

    async fn payload(&mut self, text: &mut Vec<u8>, length: usize) -> Result<(), ProviderError> {
        let whole = text.len().saturating_add(length);
        if whole > self.most {
            return Err(shape(format!(
                "the controller sends more than {} bytes at once",
                self.most
            )));
        }
        let room = if whole < limits::ROOM_STEP {
            whole
        } else {
            whole.next_multiple_of(limits::ROOM_STEP)
        };
        text.reserve_exact(room.saturating_sub(text.len()));
        while text.len() < whole {
            let left = whole - text.len();
            match self.stream.read_buf(&mut (&mut *text).limit(left)).await {
                Ok(0) | Err(_) => return Err(ended()),
                Ok(_) => {}
            }
        }
        Ok(())
    }

    async fn control(&mut self, control: Control, length: usize) -> Result<(), ProviderError> {
        if length > limits::CONTROL_BYTES {
            return Err(garbled());
        }
        let mut said = Vec::new();
        self.payload(&mut said, length).await?;
        match control {
            Control::Close => Err(ended()),
            Control::Ping => self.answer(said).await,
            Control::Pong | Control::Reserved(_) => Ok(()),
        }
    }

    /// A ping wants its own words back, masked like all that a client says.
    async fn answer(&mut self, said: Vec<u8>) -> Result<(), ProviderError> {
        let mut pong = Frame::pong(said);
        pong.header_mut().mask = Some(fastrand::u32(..).to_ne_bytes());
        let mut written = Vec::new();
        pong.format(&mut written).map_err(|_| garbled())?;
        self.stream.write_all(&written).await.map_err(|_| ended())?;
        self.stream.flush().await.map_err(|_| ended())
    }
}

fn ended() -> ProviderError {
    transient("the connection to the kernel ended")
}

fn garbled() -> ProviderError {
    shape("what the controller sends is no WebSocket")
}

#[cfg(test)]
mod tests {
    use tidegate_meter::Reason;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
    use tokio_tungstenite::tungstenite::protocol::frame::coding::Data;

    use super::*;
    use crate::ProviderErrorKind;

    fn pair() -> (Socket<DuplexStream>, DuplexStream) {
        let (ours, theirs) = duplex(1 << 20);
        let socket = Socket {
            stream: ours,
            most: 100_000,
        };
        (socket, theirs)
    }

    fn frame(text: &str, opcode: OpCode, is_final: bool) -> Vec<u8> {
        let header = FrameHeader {
            is_final,
            opcode,
            ..FrameHeader::default()
        };
        let mut written = Vec::new();
        Frame::from_payload(header, text.to_owned().into())
            .format(&mut written)
            .unwrap();
        written
    }

    const TEXT: OpCode = OpCode::Data(Data::Text);
    const MORE: OpCode = OpCode::Data(Data::Continue);

    #[tokio::test]
    async fn a_text_comes_whole_whatever_its_length_and_in_however_many_pieces() {
        let (mut socket, mut kernel) = pair();
        for length in [0, 1, 125, 126, 65_535, 65_536, 100_000] {
            let text = "x".repeat(length);
            kernel.write_all(&frame(&text, TEXT, true)).await.unwrap();
            assert_eq!(socket.next().await.unwrap(), text.as_bytes());
        }
        for (text, code, is_final) in [
            ("one ", TEXT, false),
            ("two ", MORE, false),
            ("three", MORE, true),
        ] {
            kernel.write_all(&frame(text, code, is_final)).await.unwrap();
        }
        assert_eq!(socket.next().await.unwrap(), "one two three".as_bytes());
    }

    #[tokio::test]
    async fn a_ping_between_pieces_is_answered_with_its_own_words() {
        let (mut socket, mut kernel) = pair();
        kernel.write_all(&frame("a", TEXT, false)).await.unwrap();
        kernel
            .write_all(&frame("are you there", OpCode::Control(Control::Ping), true))
            .await
            .unwrap();
        kernel.write_all(&frame("b", MORE, true)).await.unwrap();
        assert_eq!(socket.next().await.unwrap(), "ab".as_bytes());
        let mut answer = [0; 2 + 4 + 13];
        kernel.read_exact(&mut answer).await.unwrap();
        assert_eq!(answer[..2], [0x8a, 0x80 | 13], "a pong, masked as a client must");
        let said: Vec<u8> = answer[6..]
            .iter()
            .zip(answer[2..6].iter().cycle())
            .map(|(byte, mask)| byte ^ mask)
            .collect();
        assert_eq!(said, b"are you there");
    }

    #[tokio::test]
    async fn an_end_is_an_end_with_a_word_or_without_one() {
        let close = frame("", OpCode::Control(Control::Close), true);
        let half = frame("half of it", TEXT, true);
        for last in [&close[..], &half[..5], &half[..1], &[]] {
            let (mut socket, mut kernel) = pair();
            kernel.write_all(last).await.unwrap();
            drop(kernel);
            let error = socket.next().await.unwrap_err();
            assert_eq!(
                error.kind,
                ProviderErrorKind::Blind(Reason::Transient),
                "{last:?}"
            );
        }
    }

    #[tokio::test]
    async fn what_is_too_long_or_no_websocket_is_refused_before_it_is_read() {
        let endless = [0x81, 127, 0, 0, 0, 0, 0, 1, 0x86, 0xa1];
        let absurd = [0x81, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        let masked = [0x81, 0x81, 1, 2, 3, 4, 5, 0, 0, 0];
        let packed = [0xc1, 1, 5, 0, 0, 0, 0, 0, 0, 0];
        let page = *b"<html>FAKE";
        let long_ping = [0x89, 126, 1, 0, 0, 0, 0, 0, 0, 0];
        for bytes in [endless, absurd, masked, packed, page, long_ping] {
            let (mut socket, mut kernel) = pair();
            kernel.write_all(&bytes).await.unwrap();
            let error = socket.next().await.unwrap_err();
            assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Shape), "{bytes:?}");
        }
    }
}
