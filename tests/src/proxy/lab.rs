//! One measurement from beginning to end.

use std::time::Duration;

use anyhow::{Context, ensure};
use tempfile::TempDir;
use ureq::typestate::WithBody;

use super::client::{Datagrams, Way};
use super::config::{self, Ports, SECRET};
use super::origin::Origin;
use super::process::{Core, Process};
use super::score::Score;
use super::watch::Watch;
use super::workload::Traffic;
use crate::stage::PATIENCE;

/// What goes through a kernel.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Workload {
    /// Long connections alone.
    Steady,
    /// Short connections alone, most of which no snapshot shows.
    Bursts,
    /// Both.
    Mixed,
    /// Both, and in the middle the kernel crashes and comes back.
    Restart,
    /// Both, and in the middle the kernel begins anew by itself, without going away.
    InPlace,
    /// Both, and in the middle the kernel reads its configuration anew.
    Reload,
    /// Datagrams, refused ones among them, a hop before a node, a group that is switched under open connections.
    Edge,
}

impl Workload {
    /// All of a kernel. sing-box has no restart in place, begins anew when it reads its configuration, and tells
    /// nothing of hops.
    #[must_use]
    pub const fn of(core: Core) -> &'static [Self] {
        match core {
            Core::Mihomo => &[
                Self::Steady,
                Self::Bursts,
                Self::Mixed,
                Self::Restart,
                Self::InPlace,
                Self::Reload,
                Self::Edge,
            ],
            Core::SingBox => &[
                Self::Steady,
                Self::Bursts,
                Self::Mixed,
                Self::Restart,
                Self::Reload,
            ],
        }
    }

    /// Its word in the table.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Steady => "steady",
            Self::Bursts => "bursts",
            Self::Mixed => "mixed",
            Self::Restart => "restart",
            Self::InPlace => "restart in place",
            Self::Reload => "reload",
            Self::Edge => "edge",
        }
    }
}

/// What is measured.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Which kernel.
    pub core: Core,
    /// Under what.
    pub workload: Workload,
    /// For how many seconds.
    pub seconds: u64,
    /// Whether its log is followed.
    pub logs: bool,
    /// Of the sizes and routes of short connections.
    pub seed: u64,
}

/// Short connections a second.
const BURSTS: u32 = 60;
/// How long a kernel that crashed stays away.
const AWAY: Duration = Duration::from_millis(1200);

/// Measures once: starts everything, lets the traffic pass, and compares.
///
/// # Errors
/// A kernel does not start or does not answer, or the count does not come to rest.
pub fn measure(plan: Plan) -> anyhow::Result<Score> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async move {
        let mut lab = Lab::open(plan).await?;
        lab.run().await?;
        lab.rest().await?;
        lab.score()
    })
}

struct Lab {
    plan: Plan,
    ports: Ports,
    origin: Origin,
    device: Option<Process>,
    device_home: TempDir,
    _far_end: Process,
    _far_home: TempDir,
    watch: Watch,
}

impl Lab {
    async fn open(plan: Plan) -> anyhow::Result<Self> {
        let origin = Origin::start().await?;
        let ports = config::free_ports()?;
        let (far_home, device_home) = (tempfile::tempdir()?, tempfile::tempdir()?);
        let far = config::file(Core::Mihomo);
        std::fs::write(far_home.path().join(far), config::far_end(ports).to_string())?;
        let device = config::device(plan.core, ports).to_string();
        std::fs::write(device_home.path().join(config::file(plan.core)), device)?;
        let lab = Self {
            plan,
            ports,
            origin,
            device: Some(Process::start(plan.core, device_home.path())?),
            device_home,
            _far_end: Process::start(Core::Mihomo, far_home.path())?,
            _far_home: far_home,
            watch: Watch::begin(ports.controller, SECRET, plan.logs),
        };
        lab.ready().await?;
        Ok(lab)
    }

    /// Until the kernel is watched and every way through it works.
    async fn ready(&self) -> anyhow::Result<()> {
        self.until("a first snapshot", || self.watch.frames() > 0).await?;
        for port in [
            self.ports.shadowsocks,
            self.ports.socks,
            self.ports.http,
            self.ports.mixed,
        ] {
            self.until("the ways are open", || {
                std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
            })
            .await?;
        }
        Ok(())
    }

    async fn until(&self, what: &str, is_so: impl Fn() -> bool) -> anyhow::Result<()> {
        let timer = self.watch.timer();
        let begun = timer.now().mono;
        while !is_so() {
            ensure!(
                timer.now().mono.since(begun) < PATIENCE,
                "{what}: waited in vain. {}",
                self.said()
            );
            timer.sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// The end of what the kernel said, for a test that fails.
    fn said(&self) -> String {
        let said = std::fs::read_to_string(self.device_home.path().join("said.txt")).unwrap_or_default();
        let lines: Vec<&str> = said.lines().rev().take(5).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    fn traffic(&self, seconds: u64) -> Traffic {
        let way = Way {
            proxy: self.ports.mixed,
            origin: self.origin.port,
        };
        let mut traffic = Traffic::new(way, Duration::from_secs(seconds));
        if self.plan.workload == Workload::Edge {
            traffic.download("hop.test", 200_000);
            traffic.download("before.switch.test", 200_000);
            traffic.datagrams("direct.test");
            traffic.datagrams("hk.test");
            return traffic;
        }
        if self.plan.workload != Workload::Bursts {
            traffic.steady();
        }
        if self.plan.workload != Workload::Steady {
            traffic.bursts(BURSTS, self.plan.seed);
        }
        traffic
    }

    async fn run(&mut self) -> anyhow::Result<()> {
        let mut traffic = self.traffic(self.plan.seconds);
        let half = Duration::from_secs(self.plan.seconds / 2);
        match self.plan.workload {
            Workload::Restart => {
                self.watch.timer().sleep(half).await;
                self.crash().await?;
            }
            Workload::InPlace => {
                self.watch.timer().sleep(half).await;
                self.after_a_snapshot().await?;
                self.ask("restart", ureq::post)?;
            }
            Workload::Reload => {
                self.watch.timer().sleep(half).await;
                self.reload()?;
            }
            Workload::Edge => {
                self.watch.timer().sleep(half).await;
                self.switch()?;
                traffic.download("after.switch.test", 300_000);
                self.be_refused().await?;
            }
            Workload::Steady | Workload::Bursts | Workload::Mixed => {}
        }
        traffic.over().await;
        Ok(())
    }

    /// What passes between the last snapshot and a crash dies with the kernel's counters: nobody can count it. So that this
    /// does not hide what the count itself might lose, the kernel crashes right after a snapshot.
    async fn crash(&mut self) -> anyhow::Result<()> {
        self.after_a_snapshot().await?;
        self.device.take().context("a kernel that runs")?.end()?;
        self.watch.timer().sleep(AWAY).await;
        self.device = Some(Process::start(self.plan.core, self.device_home.path())?);
        Ok(())
    }

    async fn after_a_snapshot(&self) -> anyhow::Result<()> {
        let before = self.watch.frames();
        self.until("a snapshot", || self.watch.frames() > before).await
    }

    /// Asks the controller for something that takes a path and a payload, both empty: its own configuration.
    fn ask(&self, path: &str, method: fn(String) -> ureq::RequestBuilder<WithBody>) -> anyhow::Result<()> {
        method(format!("http://127.0.0.1:{}/{path}", self.ports.controller))
            .header("Authorization", &format!("Bearer {SECRET}"))
            .send(r#"{"path":"","payload":""}"#)
            .with_context(|| format!("the kernel takes {path}"))?;
        Ok(())
    }

    /// The group leads elsewhere from now on; what is open stays where it is.
    fn switch(&self) -> anyhow::Result<()> {
        let mut url = url::Url::parse(&format!("http://127.0.0.1:{}/proxies", self.ports.controller))?;
        url.path_segments_mut()
            .ok()
            .context("a path")?
            .push(config::SWITCHED);
        ureq::put(url.as_str())
            .header("Authorization", &format!("Bearer {SECRET}"))
            .send(serde_json::json!({"name": config::JP}).to_string())
            .context("the group is switched")?;
        Ok(())
    }

    /// Some datagrams to where everything is refused, each a flow of its own.
    async fn be_refused(&self) -> anyhow::Result<()> {
        let way = Way {
            proxy: self.ports.mixed,
            origin: self.origin.port,
        };
        for _ in 0..14 {
            let sent = Datagrams::open(way).await?.send("ad.test", 700).await?;
            self.origin.refused("ad.test", u64::try_from(sent)?);
        }
        Ok(())
    }

    fn reload(&self) -> anyhow::Result<()> {
        match self.plan.core {
            Core::Mihomo => self.ask("configs?force=true", ureq::put),
            Core::SingBox => self.device.as_ref().context("a kernel that runs")?.signal("-HUP"),
        }
    }

    /// Until nothing moves and nothing is held.
    async fn rest(&mut self) -> anyhow::Result<()> {
        let ended = self.device.as_mut().is_some_and(Process::has_ended);
        ensure!(!ended, "the kernel ended by itself: {}", self.said());
        self.until("the count comes to rest", || {
            self.watch.idle() >= 3 && self.watch.tally().held == (0, 0)
        })
        .await
    }

    fn score(&self) -> anyhow::Result<Score> {
        ensure!(!self.plan.logs || !self.watch.is_logless(), "the log is followed");
        let sealed = self.watch.seal()?;
        Score::of(self.plan, &sealed, &self.origin.truth(), self.watch.total())
    }
}
