//! The way to a mail server. Owns the trait that a test or a simulator puts in place of the network, and the real one.

use std::io;

use async_trait::async_trait;
use tokio::net::TcpStream;

use crate::wire::Wire;

/// An open connection, and where it ended up.
#[derive(Debug)]
pub struct Dialled {
    /// The stream.
    pub wire: Box<dyn Wire>,
    /// The other end is this machine: only then may anything be said in clear.
    pub local: bool,
}

/// Opens connections.
#[async_trait]
pub trait Dial: Send + Sync {
    /// Connects to a port of a host. The caller limits how long it may take.
    async fn dial(&self, host: &str, port: u16) -> io::Result<Dialled>;
}

/// The network.
#[derive(Clone, Copy, Debug, Default)]
pub struct TcpDial;

#[async_trait]
impl Dial for TcpDial {
    async fn dial(&self, host: &str, port: u16) -> io::Result<Dialled> {
        let stream = TcpStream::connect((host, port)).await?;
        let local = stream.peer_addr()?.ip().is_loopback();
        Ok(Dialled {
            wire: Box::new(stream),
            local,
        })
    }
}
