//! What one process does: opens the engine on its database, configures it the first time, guards, and lets happen what the
//! plan says until the plan or a kill ends it.

use std::sync::Arc;

use tidegate_egress::Timer;
use tidegate_engine::{Engine, Options, Parts, SeededEntropy};
use tidegate_sim::SimTransport;
use tidegate_store::Store;

use super::lives::Lives;
use crate::limits;
use crate::stage::house::StageError;
use crate::stage::kernel::WithKernels;
use crate::stage::kill::Kill;
use crate::stage::user::Person;
use crate::stage::wire::Wire;

/// A process that runs.
pub(super) struct Process {
    pub(super) person: Person,
    pub(super) kill: Kill,
}

impl Lives<'_> {
    /// Runs until the plan is over. An error is a start that failed.
    pub(super) async fn live(&mut self, store: Store, kill: &Kill) -> Result<(), StageError> {
        let engine = Engine::open(self.parts(store, kill, 0)).await?;
        self.record.begin(engine.changes(), self.lives);
        if !self.is_configured {
            engine.configure(self.house.config.clone(), "person").await?;
            self.is_configured = true;
        }
        engine.run().await?;
        let person = Person {
            engine: engine.clone(),
            world: self.house.world.clone(),
            machine: Arc::clone(&self.machine),
            record: Arc::clone(&self.record),
        };
        tokio::spawn(person.clone().grant_all(Arc::clone(&self.grants)));
        tokio::spawn(person.clone().arm_all(Arc::clone(&self.to_arm)));
        for agent in &self.house.agents {
            let place = (Arc::clone(&self.tide), Arc::clone(&self.switches));
            tokio::spawn(Arc::clone(agent).works(person.clone(), place));
        }
        let process = Process {
            person,
            kill: kill.clone(),
        };
        while let Some(at) = self.timeline.next_at().filter(|_| !self.is_over) {
            let is_due = tokio::select! {
                biased;
                () = self.record.moments.told() => false,
                () = self.tide.at(at) => true,
            };
            if is_due && let Some(item) = self.timeline.take() {
                self.happens(item, Some(&process));
            }
            self.moments_come();
            if !kill.life.goes_on() {
                std::future::pending::<()>().await;
            }
        }
        engine.stop().await;
        Ok(())
    }

    /// What an engine is made of; a second copy is another one of the same machine.
    pub(super) fn parts(&self, store: Store, kill: &Kill, copy: u64) -> Parts {
        let timer: Arc<dyn Timer> = Arc::clone(&self.machine) as Arc<dyn Timer>;
        let wire = Wire {
            sim: SimTransport::new(self.house.world.clone(), Arc::clone(&timer)),
            panels: self.house.panels.clone(),
            tide: Arc::clone(&self.tide),
            switches: Arc::clone(&self.switches),
            kill: kill.clone(),
        };
        let life = u64::from(self.lives).saturating_add(copy.saturating_mul(limits::COPY_SEEDS));
        let mut parts = Parts {
            store,
            vault: Arc::clone(&self.keychain) as Arc<dyn tidegate_vault::Vault>,
            environment: Arc::new(|_| None),
            transport: Arc::new(wire),
            timer,
            entropy: Arc::new(SeededEntropy::new(self.plan.seed.wrapping_add(life))),
            cache_dir: None,
            zone: self.zone.clone(),
            options: Options {
                holder: format!("process {life}"),
                ..Options::default()
            },
        };
        if !self.house.kernels.is_empty() {
            parts.options.outside = Some(Arc::new(WithKernels {
                real: tidegate_engine::real_outside(&parts),
                kernels: self.house.kernels.clone(),
            }));
        }
        parts
    }
}
