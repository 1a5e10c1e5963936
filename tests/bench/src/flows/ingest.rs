//! Agents that hand in over HTTP, as fast as the door takes it: what a batch costs the guard, measured in the processor
//! time that its process used, so that "on one core" is what it says.

use std::io::Write as _;
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tidegate_engine::SystemTimer;
use tidegate_meter::{Clock as _, Time};

use crate::budgets::{DEVICE_BATCHES, INGEST_DEVICES, INGEST_FLOWS, INGEST_PER_CORE, ROUNDS};
use crate::cloud::{self, Kind, LONG};
use crate::daemon::Daemon;
use crate::door::Client;
use crate::process::{self, TICKS};
use crate::report::Row;
use crate::rounds::Rounds;
use crate::stopwatch::{Stopwatch, pass};

/// The door's answer to who asks too often, and after how long one may ask again.
const TOO_MANY: u16 = 429;
const CODE_AGAIN: Duration = Duration::from_secs(1);

pub(super) fn run() -> anyhow::Result<Vec<Row>> {
    let folder = process::scratch()?;
    let (_cloud, told) = cloud::start(Kind::Balances, 1)?;
    let daemon = Daemon::start(folder.path(), &told, LONG)?;
    let batches = INGEST_DEVICES.get() * DEVICE_BATCHES.get();
    let (mut per_core, mut by_wall, mut used) = (Rounds::default(), Rounds::default(), Rounds::default());
    for round in 0..u64::try_from(ROUNDS.get())? {
        let agents = (0..INGEST_DEVICES.get())
            .map(|number| Agent::enrolled(&daemon, round * INGEST_DEVICES.get() + number))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let (before, watch) = (process::ticks(daemon.pid())?, Stopwatch::start());
        together(agents)?;
        let (took, ticks) = (watch.nanos(), process::ticks(daemon.pid())? - before);
        used.push(ticks * 1000 / TICKS);
        per_core.push(batches * TICKS / ticks.max(1));
        by_wall.push(batches * 1_000_000_000 / took.max(1));
    }
    let shown = |rate| format!("{rate} a second");
    Ok(vec![Row {
        what: format!(
            "{batches} batches of {INGEST_FLOWS} flows from {} agents over HTTP, each durable",
            INGEST_DEVICES.get()
        ),
        subject: format!(
            "{} ms of processor ({} by the clock on the wall)",
            used.median(),
            shown(by_wall.median())
        ),
        control: format!("{}, what 100 agents at 10 s need", shown(INGEST_PER_CORE / 20)),
        measured: format!("{} on one core", shown(per_core.median())),
        spread: per_core.spread(|rate| rate.to_string()),
        budget: format!("≥ {}", shown(INGEST_PER_CORE)),
        counts: (INGEST_PER_CORE, per_core.median()),
    }])
}

fn together(agents: Vec<Agent>) -> anyhow::Result<()> {
    thread::scope(|scope| {
        let turns: Vec<_> = agents
            .into_iter()
            .map(|agent| scope.spawn(move || agent.hand_in_all()))
            .collect();
        for turn in turns {
            match turn.join() {
                Ok(done) => done?,
                Err(_) => bail!("an agent broke down"),
            }
        }
        Ok(())
    })
}

/// An agent that was enrolled, with its batches ready.
struct Agent {
    client: Client,
    requests: Vec<Vec<u8>>,
}

impl Agent {
    fn enrolled(daemon: &Daemon, number: u64) -> anyhow::Result<Self> {
        let device = format!("bench-{number}");
        let code = daemon.invite(&device)?;
        let mut client = Client::open(&daemon.door)?;
        let body = json!({ "code": code, "agent": "0.1.0", "system": "bench" }).to_string();
        let enrol = post(&daemon.door, "/api/v1/enrol", "", body.as_bytes());
        let mut answer = client.send(&enrol)?;
        // An address shows one code a second; no agent of the bench has an address of its own.
        while answer.status == TOO_MANY {
            pass(CODE_AGAIN);
            answer = client.send(&enrol)?;
        }
        ensure!(answer.status == 200, "enrolled with {}", answer.status);
        let enrolled: Value = serde_json::from_slice(&answer.body)?;
        let token = enrolled.get("token").and_then(Value::as_str).context("a token")?;
        let headers = format!("Authorization: Bearer {token}\r\nContent-Encoding: gzip\r\n");
        let now = SystemTimer::new().now().wall;
        let requests = (1..=DEVICE_BATCHES.get())
            .map(|sequence| {
                let packed = packed(&batch(&device, number, sequence, now))?;
                Ok(post(&daemon.door, "/api/v1/ingest", &headers, &packed))
            })
            .collect::<anyhow::Result<_>>()?;
        Ok(Self { client, requests })
    }

    /// One after the other, each awaited, as an agent does.
    fn hand_in_all(mut self) -> anyhow::Result<()> {
        for request in &self.requests {
            let answer = self.client.send(request)?;
            let text = String::from_utf8_lossy(&answer.body);
            ensure!(
                answer.status == 200 && text.contains("\"stored\""),
                "{}: {text}",
                answer.status
            );
        }
        Ok(())
    }
}

fn post(host: &str, path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut request = head.into_bytes();
    request.extend_from_slice(body);
    request
}

fn packed(value: &Value) -> anyhow::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(value.to_string().as_bytes())?;
    Ok(encoder.finish()?)
}

/// Ten seconds of a device: some nodes, each with its bytes.
fn batch(device: &str, number: u64, sequence: u64, now: Time) -> Value {
    let minute = Time::from_ms(now.ms().div_euclid(60_000) * 60_000);
    let flows: Vec<Value> = (0..INGEST_FLOWS)
        .map(|node| {
            json!({
                "minute": minute, "kind": "proxy", "node": format!("🇭🇰 香港 {node:02}"), "group": "节点选择",
                "feed": "airport-a", "up": 1000 + sequence, "down": 90_000 + node,
            })
        })
        .collect();
    json!({
        "sent_at": now, "agent": "0.1.0", "backlog": 0,
        "batch": {
            "device": device, "epoch": format!("0193a0c0-0000-7000-8000-{number:012}"), "sequence": sequence,
            "sealed_at": now, "flows": flows, "watched": [], "restarts": 0, "kernel": "mihomo v1.19.32",
        },
    })
}
