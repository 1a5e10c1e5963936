//! A connection to a server that answers at once: what is written is heard as it comes, and what the server says to it can
//! be read in the same breath. Without a task of its own for the other side no clock has to run.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A server: it is given everything that was written and not yet taken, and says what it answers.
pub(crate) trait Serve: Send + Unpin {
    /// Takes what it understands from the front of `heard`; what it says goes to the end of `said`.
    fn hear(&mut self, heard: &mut Vec<u8>, said: &mut Vec<u8>);
}

/// Our end of the connection. Where nothing more was said, it has ended.
pub(crate) struct Prompt<S> {
    server: S,
    heard: Vec<u8>,
    said: Vec<u8>,
    read: usize,
}

impl<S: Serve> Prompt<S> {
    /// Whoever says something first says it in `greeting`.
    pub(crate) fn new(server: S, greeting: &[u8]) -> Self {
        Self {
            server,
            heard: Vec::new(),
            said: greeting.to_vec(),
            read: 0,
        }
    }
}

impl<S> fmt::Debug for Prompt<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prompt").finish_non_exhaustive()
    }
}

impl<S: Serve> AsyncRead for Prompt<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let left = self.said.get(self.read..).unwrap_or_default();
        let taken = left.len().min(buffer.remaining());
        buffer.put_slice(left.get(..taken).unwrap_or_default());
        self.read += taken;
        Poll::Ready(Ok(()))
    }
}

impl<S: Serve> AsyncWrite for Prompt<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let me = &mut *self;
        me.heard.extend_from_slice(bytes);
        me.server.hear(&mut me.heard, &mut me.said);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
