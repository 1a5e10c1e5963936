//! The link: a private local socket (named pipe on Windows), owner only, length-delimited JSON.
//!
//! A client says hello with its protocol version and who it is; then asks with ids of its own, several at once, and may
//! subscribe to changes. A slow client is told what it missed; a hanging one is dropped; neither ever holds the guard
//! up. Owns the wire shapes, the server ([`serve()`]) and the client ([`Client`]).

mod client;
mod place;
mod serve;
mod wire;

pub use client::Client;
pub use place::Place;
pub use serve::{Serving, serve};

/// Why there is no link.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Nothing listens there.
    #[error("no guard process answers here")]
    Nobody,
    /// Another process serves there already.
    #[error("another process serves the link already")]
    Served,
    /// A process has the socket open and says nothing: it is frozen.
    #[error("the guard process does not answer; it may be frozen")]
    Silent,
    /// The other side speaks another version, or refused.
    #[error("the guard process refused: {0}")]
    Refused(String),
    /// The folder of the link belongs to somebody else.
    #[error("the folder of the link is not this user's alone")]
    Folder,
    /// The operating system refused.
    #[error("the link failed: {0}")]
    Io(#[from] std::io::Error),
}
