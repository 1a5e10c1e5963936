//! A kernel that tells what the test tells it, with its true sums.

use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::json;
use tidegate_meter::{FlowKind, Now};
use tidegate_providers::proxy::{Kernel, KernelEvent, NodeMap};
use tokio::sync::mpsc;

/// What the test tells goes to whoever watches.
pub(crate) struct Told(Mutex<Option<mpsc::UnboundedReceiver<KernelEvent>>>);

#[async_trait]
impl Kernel for Told {
    async fn watch(&self, events: mpsc::Sender<KernelEvent>) {
        let mut told = self.0.lock().unwrap().take().expect("watched once");
        while let Some(event) = told.recv().await {
            if events.send(event).await.is_err() {
                return;
            }
        }
        std::future::pending::<()>().await;
    }
}

/// The kernel's true state: one connection through one node.
pub(crate) struct Traffic {
    tell: mpsc::UnboundedSender<KernelEvent>,
    pub(crate) up: u64,
    pub(crate) down: u64,
}

impl Traffic {
    pub(crate) fn new() -> (Self, Told) {
        let (tell, told) = mpsc::unbounded_channel();
        let traffic = Self { tell, up: 0, down: 0 };
        (traffic, Told(Mutex::new(Some(told))))
    }

    /// The same kernel, watched by another agent.
    pub(crate) fn again(&mut self) -> Told {
        let (tell, told) = mpsc::unbounded_channel();
        self.tell = tell;
        Told(Mutex::new(Some(told)))
    }

    pub(crate) fn tell(&self, event: KernelEvent) {
        self.tell.send(event).unwrap();
    }

    /// It answers, and tells its node.
    pub(crate) fn answer(&self) {
        self.tell(KernelEvent::Answers {
            kernel: "mihomo v1.19.32".to_owned(),
        });
        let kinds = [("香港 01".to_owned(), FlowKind::Proxy)].into();
        self.tell(KernelEvent::Nodes(NodeMap {
            kinds,
            ..NodeMap::default()
        }));
    }

    /// More bytes went through, and a snapshot tells it.
    pub(crate) fn carry(&mut self, at: Now, up: u64, down: u64) {
        self.up += up;
        self.down += down;
        let connection = json!({
            "id": "3b7131dc-0000-4000-8000-000000000001",
            "metadata": { "network": "tcp", "type": "HTTP", "sourcePort": "44532", "host": "canary.example" },
            "upload": self.up, "download": self.down,
            "start": "2026-11-20T15:35:31.178887997Z",
            "chains": ["香港 01", "节点选择"], "providerChains": ["airport", ""],
            "rule": "Match", "rulePayload": "",
        });
        let body = json!({
            "uploadTotal": self.up, "downloadTotal": self.down, "connections": [connection], "memory": 0,
        });
        let body = Bytes::from(body.to_string());
        self.tell(KernelEvent::Frame { at, body });
    }
}
