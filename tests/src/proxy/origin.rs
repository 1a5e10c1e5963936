//! The server that everything is fetched from, and the only witness of what really passed: bytes read and written, by the
//! host that was asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

/// Bytes of one host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Sent by the device.
    pub up: u64,
    /// Received by it.
    pub down: u64,
}

type Truth = Arc<Mutex<BTreeMap<String, Passed>>>;

/// The running origin.
pub(super) struct Origin {
    pub(super) port: u16,
    truth: Truth,
    tasks: [tokio::task::JoinHandle<()>; 2],
}

impl Origin {
    pub(super) async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let truth = Truth::default();
        let echo = UdpSocket::bind(("127.0.0.1", port)).await?;
        let tasks = [
            tokio::spawn(accept(listener, Arc::clone(&truth))),
            tokio::spawn(echo_back(echo, Arc::clone(&truth))),
        ];
        Ok(Self { port, truth, tasks })
    }

    /// Bytes that a client sent and nobody was to receive: kernels count refused datagrams.
    pub(super) fn refused(&self, host: &str, up: u64) {
        note(&self.truth, host, up, 0);
    }

    /// What passed so far, by host.
    pub(super) fn truth(&self) -> BTreeMap<String, Passed> {
        self.truth.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        self.tasks.iter().for_each(tokio::task::JoinHandle::abort);
    }
}

fn note(truth: &Truth, host: &str, up: u64, down: u64) {
    let mut truth = truth.lock().unwrap_or_else(PoisonError::into_inner);
    let passed = truth.entry(host.to_owned()).or_default();
    passed.up += up;
    passed.down += down;
}

/// Datagrams begin with the name of the host they were sent to, and a space.
async fn echo_back(socket: UdpSocket, truth: Truth) {
    let mut datagram = vec![0; 2_048];
    while let Ok((length, from)) = socket.recv_from(&mut datagram).await {
        let told = datagram.get(..length).unwrap_or_default();
        let host = told.split(|byte| *byte == b' ').next().unwrap_or_default();
        let bytes = u64::try_from(length).unwrap_or(0);
        note(&truth, &String::from_utf8_lossy(host), bytes, bytes);
        let _sent = socket.send_to(told, from).await;
    }
}

async fn accept(listener: TcpListener, truth: Truth) {
    while let Ok((stream, _)) = listener.accept().await {
        let truth = Arc::clone(&truth);
        tokio::spawn(async move {
            // A client that goes away is part of a workload; what passed until then is counted.
            let _ended = serve(stream, &truth).await;
        });
    }
}

/// One request: `GET /bytes/<n>/<rate>` or `POST /sink/<n>`, then the end.
async fn serve(mut stream: TcpStream, truth: &Truth) -> anyhow::Result<()> {
    let (head, body) = head(&mut stream).await?;
    let host = field(&head, "host: ").context("a host")?;
    let host = host.split(':').next().unwrap_or_default().to_owned();
    let count = |up: usize, down: usize| {
        note(
            truth,
            &host,
            u64::try_from(up).unwrap_or(0),
            u64::try_from(down).unwrap_or(0),
        );
    };
    count(head.len() + body, 0);
    let path = head.split_whitespace().nth(1).context("a path")?;
    let mut parts = path.split('/').skip(1);
    let kind = parts.next().context("a kind")?;
    let size: usize = parts.next().context("a size")?.parse()?;
    if kind == "sink" {
        swallow(&mut stream, size.saturating_sub(body), |bytes| count(bytes, 0)).await?;
        return reply(&mut stream, 0, 0, |bytes| count(0, bytes)).await;
    }
    let rate: usize = parts.next().context("a rate")?.parse()?;
    reply(&mut stream, size, rate, |bytes| count(0, bytes)).await
}

/// The head of a request, and how many bytes of its body came with it.
async fn head(stream: &mut TcpStream) -> anyhow::Result<(String, usize)> {
    let mut read = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let count = stream.read(&mut piece).await?;
        ensure!(count > 0, "a whole head");
        read.extend_from_slice(piece.get(..count).unwrap_or_default());
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            let body = read.len() - end - 4;
            read.truncate(end + 4);
            return Ok((String::from_utf8(read)?, body));
        }
    }
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let lower = line.to_ascii_lowercase();
        lower.starts_with(name).then(|| line.get(name.len()..)).flatten()
    })
}

async fn swallow(stream: &mut TcpStream, size: usize, mut count: impl FnMut(usize)) -> anyhow::Result<()> {
    let mut left = size;
    let mut piece = vec![0; 16_384];
    while left > 0 {
        let read = stream.read(&mut piece).await?;
        ensure!(read > 0, "a whole body");
        count(read);
        left = left.saturating_sub(read);
    }
    Ok(())
}

/// How often a piece of a slow answer is written.
const PIECES_A_SECOND: usize = 20;

/// An answer of `size` bytes, at `rate` bytes a second; at once when that is zero.
async fn reply(
    stream: &mut TcpStream,
    size: usize,
    rate: usize,
    mut count: impl FnMut(usize),
) -> anyhow::Result<()> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n");
    put(stream, head.as_bytes(), &mut count).await?;
    let step = if rate == 0 {
        16_384
    } else {
        (rate / PIECES_A_SECOND).max(1)
    };
    let piece = vec![b'.'; step];
    let mut left = size;
    let mut beat = tokio::time::interval(Duration::from_millis(1000 / PIECES_A_SECOND as u64));
    while left > 0 {
        if rate > 0 {
            beat.tick().await;
        }
        let now = piece.get(..left.min(step)).unwrap_or_default();
        put(stream, now, &mut count).await?;
        left -= now.len();
    }
    stream.shutdown().await?;
    Ok(())
}

/// Writes, and counts what was taken even when the connection breaks in the middle.
async fn put(stream: &mut TcpStream, bytes: &[u8], count: &mut impl FnMut(usize)) -> anyhow::Result<()> {
    let mut left = bytes;
    while !left.is_empty() {
        let written = stream.write(left).await?;
        count(written);
        left = left.get(written..).unwrap_or_default();
    }
    Ok(())
}
