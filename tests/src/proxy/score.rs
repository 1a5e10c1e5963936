//! What was counted against what passed. Shares are parts of 10 000, in whole numbers.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use tidegate_meter::{FlowBytes, FlowKind};
use tidegate_providers::proxy::Sealed;

use super::Core;
use super::config::node_of;
use super::lab::{Plan, Workload};
use super::origin::Passed;

/// The outcome of one measurement.
#[derive(Clone, Debug)]
pub struct Score {
    /// What was measured.
    pub plan: Plan,
    /// Bytes that passed, by the origin.
    pub passed: u64,
    /// Bytes that were booked to a node, in parts of 10 000 of what passed; the rest is nobody's, or was never told.
    pub counted: u64,
    /// The same in parts of 10 000 of what the kernel told of: what it counted and never told nobody can count.
    pub counted_of_told: u64,
    /// The sum of what each node was given too much or too little in either direction, likewise.
    pub node_error: u64,
    /// Bytes that were spread by estimate, likewise.
    pub estimated: u64,
    /// Bytes booked beyond the kernel's own totals, as a second sum of them has it: counted twice.
    pub double: u64,
    /// How often the kernel began to count anew.
    pub restarts: u32,
    /// Each node as it passed and as it was counted.
    pub nodes: BTreeMap<String, (Passed, FlowBytes)>,
}

impl Score {
    pub(super) fn of(
        plan: Plan,
        sealed: &Sealed,
        truth: &BTreeMap<String, Passed>,
        total: u64,
    ) -> anyhow::Result<Self> {
        let mut nodes: BTreeMap<String, (Passed, FlowBytes)> = BTreeMap::new();
        for (host, passed) in truth {
            let node = node_of(plan.core, host).with_context(|| format!("a route for {host}"))?;
            let sum = &mut nodes.entry(node.to_owned()).or_default().0;
            *sum = Passed {
                up: sum.up + passed.up,
                down: sum.down + passed.down,
            };
        }
        let (mut booked, mut attributed, mut estimated) = (0, 0, 0);
        for flow in &sealed.flows {
            let bytes = flow.bytes.total().context("a sum")?;
            booked += bytes;
            estimated += flow.bytes.estimated().context("a sum")?;
            if flow.key.kind != FlowKind::Unattributed {
                attributed += bytes;
                let sum = &mut nodes.entry(flow.key.node.clone()).or_default().1;
                *sum = sum.plus(flow.bytes).context("a sum")?;
            }
        }
        let passed: u64 = nodes.values().map(|(passed, _)| passed.up + passed.down).sum();
        let off = |(passed, ours): &(Passed, FlowBytes)| {
            passed.up.abs_diff(ours.up) + passed.down.abs_diff(ours.down)
        };
        let part = |bytes: u64| bytes * 10_000 / passed.max(1);
        Ok(Self {
            plan,
            passed,
            counted: part(attributed),
            counted_of_told: attributed * 10_000 / total.max(1),
            node_error: part(nodes.values().map(off).sum()),
            estimated: part(estimated),
            double: booked.saturating_sub(total),
            restarts: sealed.restarts,
            nodes,
        })
    }

    /// The bars: 99 % of the bytes counted, nodes off by 8 % where only short connections pass and by 4 % otherwise, and
    /// no byte counted twice. Without the log only the last is promised: where no snapshot shows a connection either,
    /// nothing says whose its bytes are.
    ///
    /// # Errors
    /// One of them is missed.
    pub fn held_to_its_bars(&self) -> anyhow::Result<()> {
        ensure!(
            self.passed > 3_000_000,
            "enough went through to mean anything: {self:#?}"
        );
        ensure!(self.double == 0, "no byte counts twice: {self:#?}");
        let restarts = match (self.plan.workload, self.plan.core) {
            (Workload::Restart | Workload::InPlace, _) | (Workload::Reload, Core::SingBox) => 1,
            _ => 0,
        };
        ensure!(
            self.restarts == restarts,
            "{restarts} restarts are told: {self:#?}"
        );
        if !self.plan.logs {
            return Ok(());
        }
        let node_error_max = match self.plan.workload {
            Workload::Steady => 100,
            Workload::Bursts | Workload::InPlace => 800,
            _ => 400,
        };
        ensure!(
            self.counted >= 9_900,
            "at least 99 % of the bytes are counted: {self:#?}"
        );
        ensure!(
            self.node_error <= node_error_max,
            "each node gets its own: {self:#?}"
        );
        Ok(())
    }
}
