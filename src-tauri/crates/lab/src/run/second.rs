//! A second copy of the program on the same machine and database: it asks for the lease as the first one would, and is
//! ended by the plan. What it does on the wire is seen like everything else; what it tells its own listeners is not.

use std::sync::Arc;

use tidegate_egress::Timer;
use tidegate_engine::{Engine, Parts};
use tidegate_store::Faults;

use super::lives::Lives;
use crate::life::Life;
use crate::limits;
use crate::stage::house::StageError;
use crate::stage::kill::Kill;
use crate::time::{Machine, Tide};

impl Lives<'_> {
    /// Starts one within the runtime of the first, for so many seconds. It dies with the first at the latest.
    pub(super) fn second(&mut self, for_s: u64) -> Result<(), StageError> {
        let kill = Kill {
            life: Life::default(),
            faults: Faults::default(),
            record: Arc::clone(&self.record),
            is_first: false,
        };
        self.copies = self.copies.saturating_add(1);
        let holder = format!("copy-{}", self.copies);
        let store = self.disk.open(self.wall(), &holder, &kill.faults)?;
        let parts = self.parts(store, &kill, self.copies);
        let copy = Copy {
            parts,
            kill,
            tide: Arc::clone(&self.tide),
            machine: Arc::clone(&self.machine),
            until_ms: self.in_s(for_s),
        };
        tokio::spawn(copy.live());
        Ok(())
    }
}

/// The copy.
struct Copy {
    parts: Parts,
    kill: Kill,
    tide: Arc<Tide>,
    machine: Arc<Machine>,
    until_ms: u64,
}

impl Copy {
    async fn live(self) {
        let end = self.tide.at(self.until_ms);
        let guarding = guard(self.parts, self.machine);
        tokio::select! {
            biased;
            () = end => {}
            () = guarding => {}
        }
        self.kill.now();
    }
}

/// Guards as soon as it may, for ever.
async fn guard(parts: Parts, machine: Arc<Machine>) {
    let Ok(engine) = Engine::open(parts).await else {
        return;
    };
    while engine.run().await.is_err() {
        machine.sleep(limits::SECOND_AGAIN).await;
    }
    std::future::pending::<()>().await;
}
