//! What other programs wait for: the state of every meter over HTTP, asked by several at once on connections that they
//! keep; once for the whole answer, and once by those who have it already.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::thread;

use anyhow::{Context, bail, ensure};

use crate::budgets::{DOOR_CLIENTS, DOOR_METERS, DOOR_P99, DOOR_SAMPLES, ROUNDS};
use crate::cloud::{self, Kind, LONG};
use crate::daemon::Daemon;
use crate::report::Row;
use crate::rounds::Rounds;
use crate::stopwatch::Stopwatch;
use crate::{process, stats};

/// What is asked for.
const PATH: &str = "/api/v1/meters?lang=en";

/// Starts the daemon and asks it.
pub(crate) fn run() -> anyhow::Result<Vec<Row>> {
    let folder = process::scratch()?;
    let (_cloud, told) = cloud::start(Kind::Balances, DOOR_METERS.get())?;
    let daemon = Daemon::start(folder.path(), &told, LONG)?;
    let asking = Asking {
        door: daemon.door.clone(),
        tokens: (0..DOOR_CLIENTS.get())
            .map(|client| daemon.token(&format!("bench-{client}")))
            .collect::<anyhow::Result<_>>()?,
    };
    let first = asking
        .client(asking.tokens.first().context("a client")?, None)?
        .ask()?;
    let meters: serde_json::Value = serde_json::from_slice(&first.body)?;
    let count = meters
        .pointer("/meters")
        .and_then(|meters| Some(meters.as_array()?.len()));
    ensure!(
        count == Some(usize::try_from(DOOR_METERS.get())?),
        "the answer has {count:?} meters"
    );
    let what = format!(
        "/api/v1 state of {} meters, {} clients",
        DOOR_METERS.get(),
        DOOR_CLIENTS.get()
    );
    let tag = first.tag.context("a tag")?;
    let (mut whole, mut known) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS.get() {
        whole.push(asking.together(None, 200)?);
        known.push(asking.together(Some(&tag), 304)?);
    }
    Ok(vec![
        row(
            &format!("{what}, {} KiB an answer", first.body.len() / 1024),
            &whole,
        ),
        row(&format!("{what}, who have it already (304)"), &known),
    ])
}

fn row(what: &str, rounds: &[Vec<u64>]) -> Row {
    let of = |percent| -> Rounds {
        let each = rounds.iter();
        each.map(|samples| stats::percentile(samples, percent)).collect()
    };
    let samples = rounds.first().map_or(0, Vec::len);
    let row = Row::micros(&format!("{what}, p99 of {samples} samples"), &of(99), DOOR_P99);
    row.remarked(&format!("p50: {} µs", of(50).median() / 1000))
}

/// Each client has a token of its own, as programs have: the door's pace is that of a token.
struct Asking {
    door: String,
    tokens: Vec<String>,
}

impl Asking {
    /// Nanoseconds of every request of all clients.
    fn together(&self, tag: Option<&str>, status: u16) -> anyhow::Result<Vec<u64>> {
        let clients = self
            .tokens
            .iter()
            .map(|token| self.client(token, tag))
            .collect::<anyhow::Result<Vec<_>>>()?;
        thread::scope(|scope| {
            let turns: Vec<_> = clients
                .into_iter()
                .map(|client| scope.spawn(move || client.turn(status)))
                .collect();
            let mut samples = Vec::new();
            for turn in turns {
                match turn.join() {
                    Ok(turn) => samples.extend(turn?),
                    Err(_) => bail!("a client broke down"),
                }
            }
            Ok(samples)
        })
    }

    fn client(&self, token: &str, tag: Option<&str>) -> anyhow::Result<Client> {
        let known = tag
            .map(|tag| format!("If-None-Match: {tag}\r\n"))
            .unwrap_or_default();
        let request = format!(
            "GET {PATH} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n{known}\r\n",
            self.door
        );
        Ok(Client {
            request: request.into_bytes(),
            ..Client::open(&self.door)?
        })
    }
}

/// One connection, kept.
pub(crate) struct Client {
    request: Vec<u8>,
    stream: BufReader<TcpStream>,
}

/// One answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    tag: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl Client {
    /// A connection that has asked nothing yet.
    pub(crate) fn open(door: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(door)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            request: Vec::new(),
            stream: BufReader::new(stream),
        })
    }

    fn turn(mut self, status: u16) -> anyhow::Result<Vec<u64>> {
        let mut samples = Vec::new();
        for _ in 0..DOOR_SAMPLES.get() {
            let watch = Stopwatch::start();
            let answer = self.ask()?;
            samples.push(watch.nanos());
            ensure!(answer.status == status, "answered with {}", answer.status);
        }
        Ok(samples)
    }

    /// Its own request.
    fn ask(&mut self) -> anyhow::Result<Answer> {
        let request = std::mem::take(&mut self.request);
        let answer = self.send(&request);
        self.request = request;
        answer
    }

    /// One request, to the last byte of its answer.
    pub(crate) fn send(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        self.stream.get_mut().write_all(request)?;
        let first = self.line()?;
        let status = first.split(' ').nth(1).context("a status")?.parse()?;
        let (mut length, mut tag) = (0, None);
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse()?,
                "etag" => tag = Some(value.trim().to_owned()),
                "transfer-encoding" => bail!("the answer is not told in one piece"),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok(Answer { status, tag, body })
    }

    fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        ensure!(self.stream.read_line(&mut line)? > 0, "the door closed");
        Ok(line.trim_end().to_owned())
    }
}
