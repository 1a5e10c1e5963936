//! Whoever fetches something through the kernel: one request in one connection each. Owns the CONNECT of an HTTP proxy and the
//! association of SOCKS5 for datagrams;
//! what passes afterwards is what the origin sees, byte for byte.

use anyhow::ensure;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};

/// Where requests go: the kernel, and the origin's port.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    pub(super) proxy: u16,
    pub(super) origin: u16,
}

impl Way {
    /// Fetches so many bytes, at this rate; at once when that is zero.
    pub(super) async fn fetch(self, host: &str, size: usize, rate: usize) -> anyhow::Result<()> {
        let mut stream = self.through(host).await?;
        let head = format!(
            "GET /bytes/{size}/{rate} HTTP/1.1\r\nHost: {host}:{}\r\n\r\n",
            self.origin
        );
        stream.write_all(head.as_bytes()).await?;
        drain(&mut stream).await
    }

    /// Sends so many bytes, in pieces of `rate` a second.
    pub(super) async fn send(self, host: &str, size: usize, rate: usize) -> anyhow::Result<()> {
        let mut stream = self.through(host).await?;
        let head = format!(
            "POST /sink/{size} HTTP/1.1\r\nHost: {host}:{}\r\nContent-Length: {size}\r\n\r\n",
            self.origin
        );
        stream.write_all(head.as_bytes()).await?;
        let piece = vec![b'.'; (rate / 20).max(1)];
        let mut beat = tokio::time::interval(std::time::Duration::from_millis(50));
        let mut left = size;
        while left > 0 {
            beat.tick().await;
            let now = piece.get(..left.min(piece.len())).unwrap_or_default();
            stream.write_all(now).await?;
            left -= now.len();
        }
        drain(&mut stream).await
    }

    async fn through(self, host: &str) -> anyhow::Result<TcpStream> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.proxy)).await?;
        let ask = format!(
            "CONNECT {host}:{0} HTTP/1.1\r\nHost: {host}:{0}\r\n\r\n",
            self.origin
        );
        stream.write_all(ask.as_bytes()).await?;
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await?);
        }
        ensure!(
            answer.starts_with(b"HTTP/1.1 200"),
            "the kernel opens a way to {host}"
        );
        Ok(stream)
    }
}

/// An association of SOCKS5: datagrams through the kernel. It ends with its connection.
pub(super) struct Datagrams {
    way: Way,
    relay: (String, u16),
    socket: UdpSocket,
    _held: TcpStream,
}

impl Datagrams {
    pub(super) async fn open(way: Way) -> anyhow::Result<Self> {
        let mut stream = TcpStream::connect(("127.0.0.1", way.proxy)).await?;
        stream.write_all(&[5, 1, 0]).await?;
        let mut greeting = [0; 2];
        stream.read_exact(&mut greeting).await?;
        stream.write_all(&[5, 3, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
        let mut answer = [0; 10];
        stream.read_exact(&mut answer).await?;
        let [5, 0, 0, 1, .., high, low] = answer else {
            anyhow::bail!("the kernel relays datagrams: {answer:?}");
        };
        let relay = ("127.0.0.1".to_owned(), u16::from_be_bytes([high, low]));
        let socket = UdpSocket::bind(("127.0.0.1", 0)).await?;
        Ok(Self {
            way,
            relay,
            socket,
            _held: stream,
        })
    }

    /// Sends a datagram of this length to a host; how long it is.
    pub(super) async fn send(&self, host: &str, length: usize) -> anyhow::Result<usize> {
        let mut body = format!("{host} ").into_bytes();
        body.resize(length.max(body.len()), b'.');
        let mut datagram = vec![0, 0, 0, 3, u8::try_from(host.len())?];
        datagram.extend_from_slice(host.as_bytes());
        datagram.extend_from_slice(&self.way.origin.to_be_bytes());
        datagram.extend_from_slice(&body);
        self.socket
            .send_to(&datagram, (self.relay.0.as_str(), self.relay.1))
            .await?;
        Ok(body.len())
    }

    /// The next datagram that comes back.
    pub(super) async fn answered(&self) -> anyhow::Result<()> {
        let mut datagram = vec![0; 2_048];
        self.socket.recv_from(&mut datagram).await?;
        Ok(())
    }
}

async fn drain(stream: &mut TcpStream) -> anyhow::Result<()> {
    let mut piece = vec![0; 16_384];
    while stream.read(&mut piece).await? > 0 {}
    Ok(())
}
