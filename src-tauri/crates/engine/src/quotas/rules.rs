//! The rules of one sub-account, and what is kept of it between two looks. Shapes with their ranges; the ranges are
//! checked where a person sets them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tidegate_meter::{Quantity, Time, Unit};
use tidegate_providers::sub_accounts::SubAccount;

use super::QuotaRefused;
use super::limits::{NOTE_CHARS, STEP_MAX_RAW, STEPS};

/// What holds for a sub-account to which nothing was allocated.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithoutQuota {
    /// Its spending is shown, and never judged.
    #[default]
    Watch,
    /// Its quota is nothing: whatever it spends is over it.
    Block,
}

/// The rules of one sub-account. `Default` is what holds for one that was just found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// Its own steps, in percent; `None`: those of the guard.
    pub steps: Option<Vec<Quantity>>,
    /// A guard may disable it.
    pub disable: bool,
    /// What holds while nothing was allocated.
    pub without_quota: WithoutQuota,
    /// Disabling it also stops model endpoints that it deployed.
    pub endpoints: bool,
    /// Disabling it also stops servers, paid by use, in projects that are charged to it alone.
    pub instances: bool,
    /// What its owner noted.
    pub note: String,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            steps: None,
            disable: true,
            without_quota: WithoutQuota::Watch,
            endpoints: false,
            instances: false,
            note: String::new(),
        }
    }
}

impl Rules {
    /// As they are kept: steps in rising order, each once. Errors: a value outside its range, by its field.
    pub fn checked(mut self) -> Result<Self, QuotaRefused> {
        if let Some(steps) = &mut self.steps {
            let is_step = |step: &Quantity| {
                step.unit() == Unit::Percent && step.raw() > 0 && step.raw() <= STEP_MAX_RAW
            };
            if steps.len() > STEPS || !steps.iter().all(is_step) {
                return Err(QuotaRefused::Range {
                    field: "steps",
                    allowed: "at most 16, each above 0% and at most 1000%",
                });
            }
            steps.sort_unstable_by_key(|step| step.raw());
            steps.dedup();
        }
        if self.note.chars().count() > NOTE_CHARS {
            return Err(QuotaRefused::Range {
                field: "note",
                allowed: "at most 500 characters",
            });
        }
        Ok(self)
    }
}

/// What is kept of one sub-account. Stored as the body of its row.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Budget {
    /// As the provider told it last. A rename keeps its id.
    pub user: SubAccount,
    /// Its rules.
    #[serde(default)]
    pub rules: Rules,
    /// Projects that were unlinked: what they were charged stays, and they are shown no more.
    #[serde(default)]
    pub removed: BTreeSet<String>,
    /// Since when the provider no longer lists it.
    #[serde(default)]
    pub missing_since: Option<Time>,
}
