//! Proxy kernels in process: what each carried is an exact function of true time, so that everything that counted it can be
//! held against it. Owns the counters, which begin at nothing at a restart, and the makers of adapters that know them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
use crate::plan::DevicePlan;
use crate::time::{Machine, Tide};

/// The node that everything passes through.
pub(super) const NODE: &str = "HK 01";
/// The group that chose it.
pub(super) const GROUP: &str = "Auto";
const HOUR_MS: u64 = 3_600_000;

/// What a device sends and receives, as a function of time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Traffic {
    /// Bytes in a second, down; a tenth of it goes up.
    rate: u64,
    /// Milliseconds busy out of each hour, its first ones.
    busy_ms: u64,
}

impl Traffic {
    pub(super) fn of(plan: &DevicePlan) -> Self {
        Self {
            rate: plan.rate,
            busy_ms: plan.busy_s.saturating_mul(1000).min(HOUR_MS),
        }
    }

    /// Bytes up and down since the start of the run.
    pub(super) fn until(self, true_ms: u64) -> (u64, u64) {
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
}

impl LabKernel {
    pub(crate) fn new(plan: &DevicePlan, tide: &Arc<Tide>) -> Arc<Self> {
        Arc::new(Self {
            tide: Arc::clone(tide),
            machine: tide.machine(),
            traffic: Traffic::of(plan),
            started: Mutex::new((0, 1)),
        })
    }

    /// It ends and starts again: its counters begin at nothing.
    pub(crate) fn restart(&self) {
        let now = self.tide.elapsed_ms();
        let mut started = self.started();
        *started = (now, started.1.saturating_add(1));
    }

    fn started(&self) -> MutexGuard<'_, (u64, u32)> {
        self.started.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn frame(&self) -> KernelEvent {
        let (since, life) = *self.started();
        let (before, now) = (
            self.traffic.until(since),
            self.traffic.until(self.tide.elapsed_ms()),
        );
        let (up, down) = (now.0.saturating_sub(before.0), now.1.saturating_sub(before.1));
        let body = json!({
            "uploadTotal": up, "downloadTotal": down, "memory": 0,
            "connections": [{ "id": format!("FAKE-{life}"), "upload": up, "download": down,
                "chains": [NODE, GROUP], "rule": "Match",
                "metadata": { "network": "tcp", "type": "HTTP", "sourcePort": "40000", "host": "FAKE.example" } }],
        });
        KernelEvent::Frame {
            at: self.machine.now(),
            body: Bytes::from(body.to_string()),
        }
    }
}

#[async_trait]
impl Kernel for LabKernel {
    async fn watch(&self, events: mpsc::Sender<KernelEvent>) {
        let nodes = NodeMap {
            kinds: [(NODE.to_owned(), FlowKind::Proxy)].into(),
            feeds: BTreeMap::new(),
        };
        let begin = [
            KernelEvent::Answers {
                kernel: "mihomo v1.19.32".to_owned(),
            },
            KernelEvent::Nodes(nodes),
        ];
        for event in begin {
            if events.send(event).await.is_err() {
                return;
            }
        }
        while events.send(self.frame()).await.is_ok() {
            let pause = if self.traffic.flows(self.tide.elapsed_ms()) {
                limits::FRAME_BUSY
            } else {
                limits::FRAME_SILENT
            };
            self.machine.sleep(pause).await;
        }
    }
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
        Ok(ReadReport {
            meters: Vec::new(),
            bill: None,
            usage: None,
            at: self.machine.now().wall,
        })
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
