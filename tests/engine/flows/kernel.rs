//! A kernel that carries what the test says, and tells it every second as a real one does.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::json;
use tidegate_egress::Timer;
use tidegate_meter::{Clock, FlowKind, Reason};
use tidegate_providers::proxy::{Kernel, KernelEvent, NodeMap};
use tidegate_providers::{AccountCheck, Discovery, ProviderError, ProviderErrorKind, ReadReport, Source};
use tokio::sync::mpsc;

use crate::kit::TestTimer;

/// Between two frames.
const SECOND: Duration = Duration::from_secs(1);

/// One connection: node, group, up, down.
type Open = (String, String, u64, u64);

/// A kernel.
pub(crate) struct FakeKernel {
    timer: Arc<TestTimer>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    down: bool,
    totals: (u64, u64),
    open: BTreeMap<String, Open>,
    /// Every byte that it ever carried, also before restarts.
    carried: (u64, u64),
    watches: usize,
}

impl FakeKernel {
    pub(crate) fn new(timer: &Arc<TestTimer>) -> Arc<Self> {
        Arc::new(Self {
            timer: Arc::clone(timer),
            state: Mutex::default(),
        })
    }

    /// Bytes pass over the connection `id` through `node`, which a rule for `group` chose.
    pub(crate) fn carry(&self, id: &str, (node, group): (&str, &str), (up, down): (u64, u64)) {
        let mut state = self.state.lock().unwrap();
        state.totals.0 += up;
        state.totals.1 += down;
        state.carried.0 += up;
        state.carried.1 += down;
        let new = (node.to_owned(), group.to_owned(), 0, 0);
        let open = state.open.entry(id.to_owned()).or_insert(new);
        open.2 += up;
        open.3 += down;
    }

    /// It ends and starts again: counters begin at nothing, connections are gone.
    pub(crate) fn restart(&self) {
        let mut state = self.state.lock().unwrap();
        state.totals = (0, 0);
        state.open.clear();
    }

    /// It answers, or it does not.
    pub(crate) fn answers(&self, yes: bool) {
        self.state.lock().unwrap().down = !yes;
    }

    /// Every byte that it ever carried.
    pub(crate) fn carried(&self) -> u64 {
        let (up, down) = self.state.lock().unwrap().carried;
        up + down
    }

    /// How often somebody began to watch it.
    pub(crate) fn watches(&self) -> usize {
        self.state.lock().unwrap().watches
    }

    fn event(&self) -> Result<KernelEvent, ProviderError> {
        let state = self.state.lock().unwrap();
        if state.down {
            return Err(refused());
        }
        let connections: Vec<_> = state
            .open
            .iter()
            .map(|(id, (node, group, up, down))| {
                let chain = if node == group { vec![node] } else { vec![node, group] };
                json!({ "id": id, "upload": up, "download": down, "chains": chain, "rule": "Match",
                    "metadata": { "network": "tcp", "type": "HTTP", "sourcePort": "40000", "host": "FAKE.example" } })
            })
            .collect();
        let body = json!({ "uploadTotal": state.totals.0, "downloadTotal": state.totals.1,
            "connections": connections, "memory": 0 });
        Ok(KernelEvent::Frame {
            at: self.timer.now(),
            body: Bytes::from(body.to_string()),
        })
    }
}

fn refused() -> ProviderError {
    ProviderError {
        kind: ProviderErrorKind::Blind(Reason::Transient),
        detail: "the controller does not answer".to_owned(),
        retry_after: None,
    }
}

fn nodes() -> NodeMap {
    let kinds = [
        ("HK 01", FlowKind::Proxy),
        ("JP 02", FlowKind::Proxy),
        ("DIRECT", FlowKind::Direct),
        ("REJECT", FlowKind::Reject),
    ];
    NodeMap {
        kinds: kinds.map(|(node, kind)| (node.to_owned(), kind)).into(),
        feeds: BTreeMap::new(),
    }
}

#[async_trait]
impl Kernel for FakeKernel {
    async fn watch(&self, events: mpsc::Sender<KernelEvent>) {
        self.state.lock().unwrap().watches += 1;
        let mut answers = false;
        loop {
            let told = match self.event() {
                Ok(frame) if answers => vec![frame],
                Ok(frame) => {
                    let kernel = "mihomo v1.19.32".to_owned();
                    vec![
                        KernelEvent::Answers { kernel },
                        KernelEvent::Nodes(nodes()),
                        frame,
                    ]
                }
                Err(error) => vec![KernelEvent::Lost(error)],
            };
            answers = matches!(told.last(), Some(KernelEvent::Frame { .. }));
            for event in told {
                if events.send(event).await.is_err() {
                    return;
                }
            }
            self.timer.sleep(SECOND).await;
        }
    }
}

/// The looks of an account with a kernel: it answers, or the account is blind.
#[async_trait]
impl Source for FakeKernel {
    async fn check(&self) -> Result<AccountCheck, ProviderError> {
        Err(refused())
    }

    async fn discover(&self, _force: bool) -> Result<Discovery, ProviderError> {
        Err(refused())
    }

    async fn read(&self) -> Result<ReadReport, ProviderError> {
        if self.state.lock().unwrap().down {
            return Err(refused());
        }
        Ok(ReadReport::new(Vec::new(), self.timer.now().wall))
    }
}
