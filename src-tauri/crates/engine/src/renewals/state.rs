//! What is remembered of a renewal besides its configuration, and the two read together. The store's row is the truth:
//! nothing of it is kept in memory.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tidegate_channels::{RenewalRef, Repeats};
use tidegate_meter::{RenewalId, RowId};
use tidegate_providers::calendar::{Cycle, Reminder, Standing};
use tidegate_store::{StoredKind, Write};

use crate::EngineError;
use crate::config::RenewalConfig;
use crate::inner::{Inner, json};

/// The state of a renewal, as it is stored.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct State {
    /// The day it was first judged: what fell due earlier was never ours to tell.
    pub(super) since: Option<Date>,
    /// Marked as paid through this date.
    pub(super) paid: Option<Date>,
    /// What `paid` was before the last mark.
    pub(super) paid_before: Option<Date>,
    /// The reminder that holds and was told.
    pub(super) told: Option<Told>,
}

/// A reminder that was told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Told {
    pub(super) reminder: Reminder,
    /// Its alert; `None` when an earlier one had told it already.
    pub(super) alert: Option<RowId>,
}

/// A renewal with its state.
#[derive(Clone, Debug)]
pub(super) struct Renewal {
    pub(super) config: RenewalConfig,
    pub(super) state: State,
}

impl Renewal {
    /// Which of its due dates are open.
    pub(super) fn standing(&self) -> Standing {
        Standing {
            cycle: self.config.cycle,
            paid: self.paid(),
            since: self.state.since,
            by_itself: self.config.auto_renew,
        }
    }

    /// Paid through: the later of what was configured and what was marked.
    pub(super) fn paid(&self) -> Option<Date> {
        self.config.paid.max(self.state.paid)
    }

    /// The write of a new state.
    pub(super) fn write(&self, state: &State) -> Write {
        Write::ItemState {
            kind: StoredKind::Renewal,
            id: self.config.id.to_string(),
            state: Some(json(state)),
        }
    }

    /// As messages name it.
    pub(super) fn named(&self) -> RenewalRef {
        let config = self.config.clone();
        RenewalRef {
            id: config.id,
            name: config.name,
            owner: config.owner,
            repeats: repeats(config.cycle),
            amount: config.amount,
            by_itself: config.auto_renew,
            note: config.note,
        }
    }
}

/// A cycle as messages tell it.
#[must_use]
pub fn repeats(cycle: Cycle) -> Repeats {
    match cycle {
        Cycle::Weekly(weekday) => Repeats::Weekly {
            weekday: weekday.to_monday_one_offset(),
        },
        Cycle::Monthly(day) => Repeats::Monthly { day: day.get() },
        Cycle::Yearly(day) => Repeats::Yearly {
            month: day.month(),
            day: day.day(),
        },
        Cycle::EveryDays { every, .. } => Repeats::Days { count: every.get() },
        Cycle::EveryMonths { every, .. } => Repeats::Months { count: every.get() },
        Cycle::Once(_) => Repeats::Once,
        Cycle::Trial(_) => Repeats::Trial,
    }
}

/// Every renewal that can be read; what cannot is told by [`crate::damage`].
pub(super) async fn all(inner: &Inner) -> Result<Vec<Renewal>, EngineError> {
    let rows = inner.parts.store.items(StoredKind::Renewal).await?;
    let readable = rows.into_iter().filter_map(|row| {
        let config = serde_json::from_value(row.config).ok()?;
        let state = row.state.map(serde_json::from_value).transpose();
        // A state that cannot be read forgets what was paid: at worst something is told that was settled.
        let state = state.unwrap_or_else(|_| {
            tracing::warn!(renewal = row.id, "the state of a renewal cannot be read");
            None
        });
        Some(Renewal {
            config,
            state: state.unwrap_or_default(),
        })
    });
    Ok(readable.collect())
}

/// One renewal.
pub(super) async fn one(inner: &Inner, id: &RenewalId) -> Result<Renewal, EngineError> {
    let found = all(inner)
        .await?
        .into_iter()
        .find(|renewal| renewal.config.id == *id);
    found.ok_or_else(|| EngineError::NoRenewal(id.clone()))
}
