//! A real agent on a simulated kernel reports to a real guard, and either is killed without warning at any moment: what the
//! guard has in the end is what went through the kernel, byte for byte.
#![cfg(target_os = "linux")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::Value;
use tidegate_sim::proxy::{Dialect, SimKernel};
use tidegate_tests::small_agent;
use tidegate_tests::stage::desk::until;
use tidegate_tests::stage::{Agent, AgentHome, Guard, Home};

type Done = anyhow::Result<()>;

const NODES: [&str; 3] = ["香港 01", "日本 02 [1.5x]", "my-direct"];

/// A kernel, a guard with a door, and an agent between them.
struct Scene {
    kernel: SimKernel,
    controller: String,
    connections: Vec<(&'static str, String)>,
    home: Home,
    door: String,
    agent: AgentHome,
    _runtime: tokio::runtime::Runtime,
}

impl Scene {
    fn new(agent: AgentHome) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let kernel = SimKernel::live(Dialect::Mihomo);
        kernel.set_secret("FAKE-controller-secret");
        kernel.add_node(NODES[0], "Shadowsocks");
        kernel.add_node(NODES[1], "Vmess");
        kernel.add_node(NODES[2], "Direct");
        kernel.add_group("节点选择", &NODES);
        let address = runtime.block_on(kernel.listen())?;
        let connections = NODES.map(|node| (node, kernel.open(&[node, "节点选择"])));
        // Free a moment ago, and the guard listens there again after each kill.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        Ok(Self {
            kernel,
            controller: format!("http://{address}"),
            connections: connections.into(),
            home: Home::empty()?,
            door: format!("127.0.0.1:{port}"),
            agent,
            _runtime: runtime,
        })
    }

    fn guard(&self) -> anyhow::Result<Guard> {
        let mut guard = self.home.guard_with(&["--listen", &self.door])?;
        guard.event("listening", |_| true)?;
        Ok(guard)
    }

    fn invite(&self) -> anyhow::Result<String> {
        let invited = self
            .home
            .done(&["agents", "invite", "router", "--name", "书房", "--json"])?;
        let code = invited
            .json()?
            .pointer("/code")
            .and_then(Value::as_str)
            .map(str::to_owned);
        code.with_context(|| format!("a code: {invited:?}"))
    }

    fn start(&self, code: Option<&str>) -> anyhow::Result<Agent> {
        let secret = self.home.path().join("secret");
        std::fs::write(&secret, "FAKE-controller-secret\n")?;
        let secret = secret.to_str().context("a printable path")?;
        let report_to = format!("http://{}", self.door);
        let mut args = vec!["--controller", self.controller.as_str(), "--secret-file", secret];
        args.extend(["--seal-every", "1s", "--report-to", &report_to]);
        args.extend(code.into_iter().flat_map(|code| ["--code", code]));
        self.agent.start(&args)
    }

    /// Some bytes through one of the nodes.
    fn pass(&self, chance: &mut fastrand::Rng) {
        let Some((_, id)) = chance.choice(&self.connections) else {
            return;
        };
        self.kernel
            .pass(id, chance.u64(..50_000), chance.u64(..5_000_000));
    }

    /// What truly went through each node.
    fn truth(&self) -> BTreeMap<String, (u64, u64)> {
        let truth = self.kernel.truth().into_iter();
        let told = truth.map(|(node, carried)| (node, (carried.up, carried.down)));
        told.filter(|(_, bytes)| *bytes != (0, 0)).collect()
    }

    /// What the guard has, by node.
    fn counted(&self, from: &str) -> anyhow::Result<BTreeMap<String, (u64, u64)>> {
        let flows = self
            .home
            .done(&["flows", "--by", "node", "--from", from, "--json"])?
            .json()?;
        let rows = flows.pointer("/rows").and_then(Value::as_array).context("rows")?;
        rows.iter()
            .map(|row| {
                let bytes = |way: &str| -> anyhow::Result<u64> {
                    let value = row.pointer(&format!("/bytes/{way}/value"));
                    Ok(value.and_then(Value::as_str).context("bytes")?.parse()?)
                };
                let node = row.pointer("/node").and_then(Value::as_str).unwrap_or_default();
                Ok((node.to_owned(), (bytes("up")?, bytes("down")?)))
            })
            .collect()
    }

    /// Waits until the guard has as many bytes as went through, then looks once more: it stays so. By node it has no
    /// more than the truth: what passed while nobody counted is in the kernel's totals alone, and told as unattributed.
    fn arrives(&self, from: &str) -> anyhow::Result<BTreeMap<String, (u64, u64)>> {
        let truth = self.truth();
        let last = RefCell::new(BTreeMap::new());
        let arrived = until("every byte arrives", || {
            *last.borrow_mut() = self.counted(from)?;
            Ok((sum(&last.borrow()) == sum(&truth)).then_some(()))
        });
        arrived.with_context(|| {
            let said = self.agent.said();
            format!(
                "{:?} instead of {truth:?}; the agent said:\n{said}",
                last.borrow()
            )
        })?;
        self.agent.until("nothing waits", |status| {
            status.pointer("/standing/load/batches") == Some(&Value::from(0))
        })?;
        let counted = self.counted(from)?;
        ensure!(
            sum(&counted) == sum(&truth),
            "nothing is counted twice afterwards"
        );
        for (node, (up, down)) in counted.iter().filter(|(node, _)| !node.is_empty()) {
            let most = truth.get(node).context("a node that carried something")?;
            ensure!(*up <= most.0 && *down <= most.1, "{node}: {counted:?}, {truth:?}");
        }
        Ok(counted)
    }
}

/// All of it, both ways.
fn sum(nodes: &BTreeMap<String, (u64, u64)>) -> (u64, u64) {
    nodes
        .values()
        .fold((0, 0), |sum, bytes| (sum.0 + bytes.0, sum.1 + bytes.1))
}

/// The day before the first batch, by the agent's own clock: whatever the zone, everything is after it.
fn day_before(status: &Value) -> anyhow::Result<String> {
    let at = status
        .pointer("/standing/at")
        .and_then(Value::as_str)
        .context("a time")?;
    let at: jiff::Timestamp = at.parse()?;
    let before = at.checked_sub(jiff::SignedDuration::from_hours(24))?;
    Ok(before.strftime("%F").to_string())
}

fn counts(status: &Value) -> bool {
    status.pointer("/standing/kernel/is_answering") == Some(&Value::Bool(true))
        && status
            .pointer("/standing/last_receipt")
            .is_some_and(|receipt| !receipt.is_null())
}

/// Kills one or the other at random moments of a story whose chance is known.
fn killed_at_random(agent: AgentHome, seed: u64) -> Done {
    let mut chance = fastrand::Rng::with_seed(seed);
    let scene = Scene::new(agent)?;
    let mut guard = scene.guard()?;
    let mut agent = scene.start(Some(&scene.invite()?))?;
    let status = scene.agent.until("it counts", counts)?;
    let from = day_before(&status)?;
    let mut kills = [0, 0];
    for _ in 0..24 {
        for _ in 0..chance.usize(1..6) {
            scene.pass(&mut chance);
            guard.pass(0, Duration::from_millis(chance.u64(10..400)))?;
        }
        match chance.u8(..5) {
            0 | 1 => {
                agent.kill()?;
                scene.pass(&mut chance);
                agent = scene.start(None)?;
                kills[0] += 1;
            }
            2 => {
                guard.kill()?;
                scene.pass(&mut chance);
                guard = scene.guard()?;
                kills[1] += 1;
            }
            _ => {}
        }
    }
    ensure!(kills.iter().all(|kills| *kills > 0), "{kills:?}");
    scene
        .arrives(&from)
        .with_context(|| format!("seed {seed}, kills {kills:?}"))?;
    agent.end()?;
    let (code, _) = guard.end()?;
    ensure!(code == 0, "the guard ends well");
    Ok(())
}

#[test]
fn agent_and_guard_killed_at_random_count_every_byte_once() -> Done {
    killed_at_random(AgentHome::new()?, 1)
}

#[test]
fn the_small_program_keeps_the_same_promise() -> Done {
    killed_at_random(AgentHome::small()?, 2)
}

#[test]
fn a_guard_that_is_away_gets_everything_when_it_is_back() -> Done {
    let mut chance = fastrand::Rng::with_seed(3);
    let scene = Scene::new(AgentHome::new()?)?;
    let guard = scene.guard()?;
    let agent = scene.start(Some(&scene.invite()?))?;
    let status = scene.agent.until("it counts", counts)?;
    let from = day_before(&status)?;
    guard.kill()?;
    for waiting in 1..6 {
        scene.pass(&mut chance);
        scene.agent.until("one more batch waits", |status| {
            status.pointer("/standing/load/batches").and_then(Value::as_u64) >= Some(waiting)
        })?;
    }
    let away = scene.agent.run(&["--status"])?;
    ensure!(
        away.code == 1,
        "an agent that cannot hand in is not well: {away:?}"
    );
    let guard = scene.guard()?;
    ensure!(
        scene.arrives(&from)? == scene.truth(),
        "the agent never stopped counting: each node has its own"
    );
    let well = scene.agent.run(&["--status"])?;
    ensure!(well.code == 0, "{well:?}");
    agent.end()?;
    guard.end()?;
    Ok(())
}

/// What a process holds in memory, in KiB.
fn resident(id: u32) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.context("VmRSS")?.parse()?)
}

/// The small program as it is shipped holds at most 12 MB while it counts 100 connections; the one of the tests, which
/// carries what a debugger needs, at most four times as much.
#[test]
fn the_small_program_stays_small_over_a_hundred_connections() -> Done {
    let most = if small_agent().is_some() {
        12_000_000
    } else {
        48_000_000
    };
    let mut chance = fastrand::Rng::with_seed(4);
    let mut scene = Scene::new(AgentHome::small()?)?;
    for index in 0..100 - NODES.len() {
        let node = NODES[index % NODES.len()];
        scene
            .connections
            .push((node, scene.kernel.open(&[node, "节点选择"])));
    }
    let _guard = scene.guard()?;
    let agent = scene.start(Some(&scene.invite()?))?;
    scene.agent.until("it counts", counts)?;
    let mut highest = 0;
    for batch in 2..12 {
        for (_, id) in &scene.connections {
            scene
                .kernel
                .pass(id, chance.u64(..50_000), chance.u64(..5_000_000));
        }
        scene.agent.until("one more batch has arrived", |status| {
            status
                .pointer("/standing/last_receipt/sequence")
                .and_then(Value::as_u64)
                >= Some(batch)
        })?;
        highest = highest.max(resident(agent.id())?);
    }
    println!("resident: {highest} KiB");
    ensure!(highest * 1024 <= most, "{highest} KiB");
    agent.end()
}

#[test]
fn no_secret_stands_in_a_log_an_argument_or_an_answer() -> Done {
    let scene = Scene::new(AgentHome::new()?)?;
    let mut guard = scene.guard()?;
    let code = scene.invite()?;
    let agent = scene.start(Some(&code))?;
    let status = scene.agent.until("it counts", counts)?;
    let identity = std::fs::read_to_string(scene.agent.folder().join("identity.json"))?;
    let identity: Value = serde_json::from_str(&identity)?;
    let token = identity
        .pointer("/token")
        .and_then(Value::as_str)
        .context("a token")?;
    agent.kill()?;
    let agent = scene.start(None)?;
    scene.agent.until("it counts again", counts)?;
    let arguments = std::fs::read_to_string(format!("/proc/{}/cmdline", agent.id()))?;
    let environment = std::fs::read_to_string(format!("/proc/{}/environ", agent.id()))?;
    guard.pass(0, Duration::from_millis(10))?;
    let said = scene.agent.said() + &status.to_string() + guard.text() + &arguments + &environment;
    for secret in [token, &code, "FAKE-controller-secret"] {
        ensure!(!said.contains(secret), "a secret is told");
    }
    agent.end()?;
    Ok(())
}

#[test]
fn a_code_works_once_and_a_token_for_its_device_alone() -> Done {
    let scene = Scene::new(AgentHome::new()?)?;
    let _guard = scene.guard()?;
    let code = scene.invite()?;
    let agent = scene.start(Some(&code))?;
    scene.agent.until("it counts", counts)?;
    agent.end()?;
    let other = AgentHome::small()?;
    let report_to = format!("http://{}", scene.door);
    let refused = other.run(&["--report-to", &report_to, "--code", &code])?;
    ensure!(
        refused.code == 4 && refused.err.contains("works once"),
        "{refused:?}"
    );
    ensure!(!refused.err.contains(&code), "the code is not told again");
    scene.home.done(&["agents", "end", "router"])?;
    let agent = scene.start(None)?;
    let barred = scene.agent.until("it is told that it is not wanted", |status| {
        status.pointer("/standing/hand_in/is_barred") == Some(&Value::Bool(true))
    })?;
    ensure!(
        barred.pointer("/standing/kernel/is_answering").is_some(),
        "it goes on counting"
    );
    agent.end()?;
    Ok(())
}
