//! What a kernel offers to whoever counts: one stream of events until it ends.

use std::collections::BTreeMap;

use async_trait::async_trait;
use bytes::Bytes;
use tidegate_meter::{FlowKind, Now};
use tokio::sync::mpsc;

use super::Opened;
use crate::ProviderError;

/// One thing that a kernel told.
#[derive(Clone, Debug)]
pub enum KernelEvent {
    /// It answers: which program in which version. First of every connection to it.
    Answers {
        /// As it calls itself: `mihomo v1.19.32`.
        kernel: String,
    },
    /// Its nodes by type, whole: on start, and when there are others. Looked at once a minute and on an unknown name.
    Nodes(NodeMap),
    /// A snapshot as it came; [`super::Frame`] reads it.
    Frame {
        /// When it arrived.
        at: Now,
        /// The body.
        body: Bytes,
    },
    /// A connection was opened.
    Opened(Opened),
    /// The log cannot be followed; counting goes on without it.
    Logless(ProviderError),
    /// Nothing comes any more; it is tried again by itself.
    Lost(ProviderError),
}

/// What is known of nodes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NodeMap {
    /// What becomes of bytes through each node, by its type.
    pub kinds: BTreeMap<String, FlowKind>,
    /// The subscription that a node came from, where it came from one.
    pub feeds: BTreeMap<String, String>,
}

/// A proxy kernel.
#[async_trait]
pub trait Kernel: Send + Sync {
    /// Watches the kernel for ever: connects, tells, connects anew when it ends, with a growing pause. Returns when
    /// nobody listens any more. Changes nothing at the kernel.
    async fn watch(&self, events: mpsc::Sender<KernelEvent>);
}
