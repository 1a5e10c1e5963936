//! Proxy kernels in process: what each carried is an exact function of true time, so that everything that counted it can be
//! held against it. Owns the counters, which begin at nothing at a restart, and the makers of adapters that know them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::json;
use tidegate_channels::Channel;
use tidegate_egress::Timer;
use tidegate_engine::config::{AccountConfig, ChannelConfig};
use tidegate_engine::{AccountSecrets, Links, MakeError, Outside};
use tidegate_meter::{AccountId, Clock, FlowKind, Reason};
use tidegate_providers::proxy::{Kernel, KernelEvent, NodeMap};
use tidegate_providers::specs::NothingToControl;
use tidegate_providers::{AccountCheck, Discovery, ProviderError, ProviderErrorKind, ReadReport, Source};
use tidegate_vault::Fields;
use tokio::sync::mpsc;

use crate::limits;
use crate::plan::{DevicePlan, KernelLie};
use crate::time::{Machine, Tide};

/// The node that everything passes through.
pub(super) const NODE: &str = "HK 01";
/// The group that chose it.
pub(super) const GROUP: &str = "Auto";
const HOUR_MS: u64 = 3_600_000;
/// What a gateway in between answers.
const PAGE: &str = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";

/// What a device sends and receives, as a function of time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traffic {
    /// Bytes in a second, down; a tenth of it goes up.
    rate: u64,
    /// Milliseconds busy out of each hour, its first ones.
    busy_ms: u64,
}

impl Traffic {
    pub(crate) fn of(plan: &DevicePlan) -> Self {
        Self {
            rate: plan.rate,
            busy_ms: plan.busy_s.saturating_mul(1000).min(HOUR_MS),
        }
    }

    /// Bytes up and down since the start of the run.
    pub(crate) fn until(self, true_ms: u64) -> (u64, u64) {
        let busy_ms = (true_ms / HOUR_MS)
            .saturating_mul(self.busy_ms)
            .saturating_add((true_ms % HOUR_MS).min(self.busy_ms));
        let down = self.rate.saturating_mul(busy_ms / 1000);
        (down / 10, down)
    }

    /// Whether bytes pass at that instant.
    const fn flows(self, true_ms: u64) -> bool {
        true_ms % HOUR_MS < self.busy_ms
    }
}

/// A kernel; it outlives every process that watches it.
pub(crate) struct LabKernel {
    tide: Arc<Tide>,
    machine: Arc<Machine>,
    traffic: Traffic,
    /// When it started, and how often.
    started: Mutex<(u64, u32)>,
    lies: Mutex<Lies>,
}

/// What a kernel tells wrong.
#[derive(Clone, Copy, Default)]
struct Lies {
    /// The lie, and until when it is told.
    now: Option<(KernelLie, u64)>,
    /// Since when its totals count, whatever its connections do.
    totals_since: u64,
}

impl LabKernel {
    pub(crate) fn new(plan: &DevicePlan, tide: &Arc<Tide>) -> Arc<Self> {
        Arc::new(Self {
            tide: Arc::clone(tide),
            machine: tide.machine(),
            traffic: Traffic::of(plan),
            started: Mutex::new((0, 1)),
            lies: Mutex::default(),
        })
    }

    /// It ends and starts again: its counters begin at nothing.
    pub(crate) fn restart(&self) {
        let now = self.tide.elapsed_ms();
        let mut started = self.started();
        *started = (now, started.1.saturating_add(1));
    }

    /// It tells something else than it counted, for so many seconds.
    pub(crate) fn lie(&self, lie: KernelLie, for_s: u64) {
        let now = self.tide.elapsed_ms();
        let mut lies = self.lies();
        if lie == KernelLie::Reset {
            lies.totals_since = now;
        } else {
            lies.now = Some((lie, now.saturating_add(for_s.saturating_mul(1000))));
        }
    }

    /// It tells what it counted from now on.
    pub(crate) fn is_honest(&self) {
        self.lies().now = None;
    }

    fn lies(&self) -> MutexGuard<'_, Lies> {
        self.lies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lie that is told now.
    fn told(&self) -> Option<KernelLie> {
        let now = self.lies().now?;
        (self.tide.elapsed_ms() < now.1).then_some(now.0)
    }

    fn started(&self) -> MutexGuard<'_, (u64, u32)> {
        self.started.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes up and down between then and now.
    fn since(&self, since_ms: u64) -> (u64, u64) {
        let (before, now) = (
            self.traffic.until(since_ms),
            self.traffic.until(self.tide.elapsed_ms()),
        );
        (now.0.saturating_sub(before.0), now.1.saturating_sub(before.1))
    }

    fn frame(&self) -> KernelEvent {
        let (since, life) = *self.started();
        let lie = self.told();
        let part = |bytes: u64| match lie {
            Some(KernelLie::Zero) => 0,
            Some(KernelLie::Half) => bytes / 2,
            Some(KernelLie::OtherUnit) => bytes / 1000,
            _ => bytes,
        };
        let (up, down) = self.since(since);
        let all = self.since(since.max(self.lies().totals_since));
        let total = |bytes: u64| match lie {
            Some(KernelLie::Back) => bytes / 10 * 9,
            _ => part(bytes),
        };
        let one = json!({ "id": format!("FAKE-{life}"), "upload": part(up), "download": part(down),
            "chains": [NODE, GROUP], "rule": "Match",
            "metadata": { "network": "tcp", "type": "HTTP", "sourcePort": "40000", "host": "FAKE.example" } });
        let connections = match lie {
            Some(KernelLie::NoConnections) => json!([]),
            Some(KernelLie::NoList) => json!(null),
            _ => json!([one]),
        };
        let body = json!({
            "uploadTotal": total(all.0), "downloadTotal": total(all.1), "memory": 0, "connections": connections,
        });
        let mut body = body.to_string();
        match lie {
            Some(KernelLie::CutOff) => body.truncate(body.len() / 2),
            Some(KernelLie::Page) => PAGE.clone_into(&mut body),
            _ => {}
        }
        KernelEvent::Frame {
            at: self.machine.now(),
            body: Bytes::from(body),
        }
    }

    /// Until it tells something again.
    fn pause(&self) -> Duration {
        match self.told() {
            Some(KernelLie::Slow | KernelLie::Lost) => limits::FRAME_SLOW,
            _ if self.traffic.flows(self.tide.elapsed_ms()) => limits::FRAME_BUSY,
            _ => limits::FRAME_SILENT,
        }
    }
}

#[async_trait]
impl Kernel for LabKernel {
    async fn watch(&self, events: mpsc::Sender<KernelEvent>) {
        // Each connection begins with who answers.
        let mut begins = true;
        while !events.is_closed() {
            let told = match self.told() {
                Some(KernelLie::Silent) => Vec::new(),
                Some(KernelLie::Lost) if begins => Vec::new(),
                Some(KernelLie::Lost) => vec![KernelEvent::Lost(nothing())],
                _ if begins => vec![answers(), nodes(), self.frame()],
                _ => vec![self.frame()],
            };
            for event in told {
                begins = matches!(event, KernelEvent::Lost(_));
                if events.send(event).await.is_err() {
                    return;
                }
            }
            self.machine.sleep(self.pause()).await;
        }
    }
}

fn answers() -> KernelEvent {
    KernelEvent::Answers {
        kernel: "mihomo v1.19.32".to_owned(),
    }
}

fn nodes() -> KernelEvent {
    KernelEvent::Nodes(NodeMap {
        kinds: [(NODE.to_owned(), FlowKind::Proxy)].into(),
        feeds: BTreeMap::new(),
    })
}

fn nothing() -> ProviderError {
    ProviderError {
        kind: ProviderErrorKind::Blind(Reason::Transient),
        detail: "a kernel has no list of meters".to_owned(),
        retry_after: None,
    }
}

#[async_trait]
impl Source for LabKernel {
    async fn check(&self) -> Result<AccountCheck, ProviderError> {
        Err(nothing())
    }

    async fn discover(&self, _force: bool) -> Result<Discovery, ProviderError> {
        Err(nothing())
    }

    async fn read(&self) -> Result<ReadReport, ProviderError> {
        Ok(ReadReport::new(Vec::new(), self.machine.now().wall))
    }
}

/// The kernels of the house, by their devices.
pub(crate) type Kernels = BTreeMap<AccountId, Arc<LabKernel>>;

/// Makes the real adapters, but for the kernels of the house.
pub(crate) struct WithKernels {
    pub(crate) real: Arc<dyn Outside>,
    pub(crate) kernels: Kernels,
}

impl Outside for WithKernels {
    fn account(&self, config: &AccountConfig, secrets: AccountSecrets) -> Result<Links, MakeError> {
        let Some(kernel) = self.kernels.get(&config.id) else {
            return self.real.account(config, secrets);
        };
        Ok(Links {
            source: Arc::clone(kernel) as Arc<dyn Source>,
            control: Arc::new(NothingToControl),
            sub_accounts: None,
            kernel: Some(Arc::clone(kernel) as Arc<dyn Kernel>),
        })
    }

    fn has_sub_accounts(&self, config: &AccountConfig) -> bool {
        self.real.has_sub_accounts(config)
    }

    fn has_kernel(&self, config: &AccountConfig) -> bool {
        self.kernels.contains_key(&config.id)
    }

    fn channel(&self, config: &ChannelConfig, secrets: Fields) -> Result<Arc<dyn Channel>, MakeError> {
        self.real.channel(config, secrets)
    }
}
