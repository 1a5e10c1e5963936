//! The wire between the process that is played and the simulated providers. Owns what a life may still send, when the
//! network is away, how many requests left, and that every request and message is seen in the moment in which it
//! arrives, whatever becomes of its answer.

use std::sync::Arc;
use std::task::Poll;

use async_trait::async_trait;
use futures_util::FutureExt;
use futures_util::future::poll_fn;
use tidegate_egress::{Failure, FailureKind, Request, Response, Transport};
use tidegate_sim::SimTransport;

use crate::stage::kill::Kill;
use crate::stage::panel::Panels;
use crate::stage::switches::Switches;
use crate::time::Tide;

/// The wire of one life.
pub(crate) struct Wire {
    pub(crate) sim: SimTransport,
    pub(crate) panels: Panels,
    pub(crate) tide: Arc<Tide>,
    pub(crate) switches: Arc<Switches>,
    pub(crate) kill: Kill,
}

impl Wire {
    /// Never returns for a process that is dead.
    async fn dead(&self) {
        if !self.kill.life.goes_on() {
            std::future::pending::<()>().await;
        }
    }
}

#[async_trait]
impl Transport for Wire {
    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        self.dead().await;
        if self.switches.is_offline(self.tide.elapsed_ms()) {
            let host = request.url.host_str().unwrap_or("?").to_owned();
            return Err(Failure::new(FailureKind::Connect, host, "network unreachable"));
        }
        let panel = request.url.host_str().and_then(|host| self.panels.get(host));
        let mut exchange = match panel {
            Some(panel) => panel.exchange(request).boxed(),
            None => self.sim.exchange(request).boxed(),
        };
        // The other side answers within the first poll; what follows is the way back.
        let first = poll_fn(|context| Poll::Ready(exchange.poll_unpin(context))).await;
        self.kill.record.arrived();
        if self.kill.is_first && self.switches.exchange_left() {
            self.kill.now();
        }
        self.dead().await;
        let answer = match first {
            Poll::Ready(answer) => answer,
            Poll::Pending => exchange.await,
        };
        self.dead().await;
        answer
    }
}
