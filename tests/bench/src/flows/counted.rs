//! The collector while it counts: ten thousand open connections, told once a second, and what its process takes for them;
//! and the same small program as it is put on routers, over a hundred of them.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::Context;
use jiff::ToSpan as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tidegate_egress::Timer as _;
use tidegate_engine::SystemTimer;
use tidegate_meter::Clock as _;
use tidegate_sim::proxy::{Dialect, SimKernel};
use tidegate_tests::stage::desk::until;

use crate::budgets::{
    AGENT_BYTES, AGENT_CONNECTIONS, AGENT_RSS_KIB, COUNTED_CONNECTIONS, COUNTED_CPU_PERMILLE, COUNTED_NODES,
    COUNTED_RSS_KIB, COUNTED_SPAN, ROUNDS,
};
use crate::child::Running;
use crate::cloud::{self, Kind, LONG};
use crate::daemon::Daemon;
use crate::process::{self, TICKS};
use crate::report::Row;
use crate::rounds::Rounds;
use crate::{role, stopwatch};

pub(super) fn run() -> anyhow::Result<Vec<Row>> {
    let mut rows = busy()?;
    rows.extend(small()?);
    Ok(rows)
}

/// One collector after the other over the many connections.
fn busy() -> anyhow::Result<Vec<Row>> {
    let connections = COUNTED_CONNECTIONS.get();
    let scene = Scene::set(connections)?;
    let (mut used, mut peak) = (Rounds::default(), Rounds::default());
    for round in 0..ROUNDS.get() {
        let counted = scene.bytes()?;
        let agent = scene.agent(round)?;
        // It enrols, connects and learns the nodes; then its days are all alike.
        scene.counts_more_than(counted)?;
        let before = process::ticks(agent.pid())?;
        stopwatch::pass(COUNTED_SPAN.get());
        used.push((process::ticks(agent.pid())? - before) * 1000 / (COUNTED_SPAN.get().as_secs() * TICKS));
        peak.push(process::memory_kib(agent.pid(), "VmHWM")?);
    }
    let what = format!("{connections} connections over {COUNTED_NODES} nodes, told and counted every second");
    let share = |permille: u64| format!("{}.{} %", permille / 10, permille % 10);
    Ok(vec![
        Row {
            what: format!("{what}: of one core in {} s", COUNTED_SPAN.get().as_secs()),
            subject: share(used.median()),
            control: "—".to_owned(),
            measured: share(used.median()),
            spread: used.spread(share),
            budget: format!("≤ {}", share(COUNTED_CPU_PERMILLE)),
            counts: (used.median(), COUNTED_CPU_PERMILLE),
        },
        Row::absolute(
            &format!("{what}: peak memory of the agent"),
            &peak,
            u128::from(COUNTED_RSS_KIB),
            "KiB",
        ),
    ])
}

/// Several collectors at once over as many connections as a router has.
fn small() -> anyhow::Result<Vec<Row>> {
    let scene = Scene::set(AGENT_CONNECTIONS)?;
    let agents = (0..ROUNDS.get())
        .map(|round| scene.agent(round))
        .collect::<anyhow::Result<Vec<_>>>()?;
    scene.counts_more_than(0)?;
    stopwatch::pass(COUNTED_SPAN.get());
    let peaks = agents
        .iter()
        .map(|agent| process::memory_kib(agent.pid(), "VmHWM"))
        .collect::<anyhow::Result<Rounds>>()?;
    Ok(vec![
        Row::exact(
            "the agent's program",
            fs::metadata(program()?)?.len(),
            AGENT_BYTES,
            "bytes",
        ),
        Row::absolute(
            &format!("the agent over {AGENT_CONNECTIONS} connections: peak memory"),
            &peaks,
            AGENT_RSS_KIB,
            "KiB",
        ),
    ])
}

/// The small program of `scripts/agent.sh` where it is named, the one of this build elsewhere.
fn program() -> anyhow::Result<PathBuf> {
    match tidegate_tests::small_agent() {
        Some(small) => Ok(small),
        None => process::beside("tidegate-agent"),
    }
}

/// A guard that takes batches, and a kernel with so many connections.
struct Scene {
    folder: TempDir,
    daemon: Daemon,
    _cloud: Running,
    _kernel: Running,
    controller: String,
}

impl Scene {
    fn set(connections: u64) -> anyhow::Result<Self> {
        let folder = process::scratch()?;
        let (cloud, told) = cloud::start(Kind::Balances, 1)?;
        let daemon = Daemon::start(folder.path(), &told, LONG)?;
        let mut kernel = Running::role(&["flows", "kernel", &connections.to_string()])?;
        let at = kernel.hear()?;
        let controller = at.get("at").and_then(Value::as_str).context("an address")?;
        Ok(Self {
            controller: controller.to_owned(),
            folder,
            daemon,
            _cloud: cloud,
            _kernel: kernel,
        })
    }

    /// The collector, enrolled as a device of its own.
    fn agent(&self, round: usize) -> anyhow::Result<Running> {
        let device = format!("counted-{round}");
        let mut command = Command::new(program()?);
        command
            .args(["--report-to", &format!("http://{}", self.daemon.door)])
            .args(["--code", &self.daemon.invite(&device)?])
            .args(["--controller", &self.controller])
            .arg("--home")
            .arg(self.folder.path().join(device));
        Running::start(command)
    }

    fn counts_more_than(&self, bytes: u64) -> anyhow::Result<()> {
        until(
            "a batch has arrived",
            || Ok((self.bytes()? > bytes).then_some(())),
        )
    }

    /// What the guard has of all devices, in bytes; none before the first batch.
    fn bytes(&self) -> anyhow::Result<u64> {
        let now = SystemTimer::new().now().wall.to_jiff();
        let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        let (from, through) = (
            today.checked_sub(1.days())?.to_string(),
            today.checked_add(1.days())?.to_string(),
        );
        let asked = ["flows", "--from", &from, "--through", &through, "--json"];
        let told = self.daemon.told(&asked)?;
        let total = told.pointer("/sum/proxy/total/value").and_then(Value::as_str);
        Ok(total.with_context(|| format!("no sum: {told}"))?.parse()?)
    }
}

/// The kernel: every connection carries something every second.
pub(super) async fn serve(connections: u64) -> anyhow::Result<()> {
    let kernel = SimKernel::live(Dialect::Mihomo);
    for node in 0..COUNTED_NODES {
        kernel.add_node(&name(node), "Shadowsocks");
    }
    let open: Vec<String> = (0..connections)
        .map(|number| kernel.open(&[&name(number % COUNTED_NODES), "节点选择"]))
        .collect();
    let address = kernel.listen().await?;
    role::say(&json!({ "at": format!("http://{address}") }))?;
    let timer = SystemTimer::new();
    loop {
        open.iter().for_each(|id| kernel.pass(id, 100, 1500));
        timer.sleep(Duration::from_secs(1)).await;
    }
}

fn name(node: u64) -> String {
    format!("🇭🇰 香港 {node:02}")
}
