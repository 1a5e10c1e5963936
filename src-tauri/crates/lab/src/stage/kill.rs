//! The kill: from one moment on the process sends nothing, writes nothing and tells nothing, whatever of it still runs.

use std::sync::Arc;

use tidegate_store::Faults;

use crate::life::Life;
use crate::run::record::Record;

/// What it takes to kill one life.
#[derive(Clone)]
pub(crate) struct Kill {
    pub(crate) life: Life,
    pub(crate) faults: Faults,
    pub(crate) record: Arc<Record>,
    /// The process that is followed; else a second copy of it.
    pub(crate) is_first: bool,
}

impl Kill {
    /// Kills it now. What it told before this moment was told.
    pub(crate) fn now(&self) {
        if self.life.goes_on() {
            self.faults.die();
            if self.is_first {
                self.record.cut();
            }
            self.life.end();
        }
    }
}
