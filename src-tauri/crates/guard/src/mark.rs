//! Where a guard's thresholds stand on the scale of what is left, and which of them are passed: for pictures and words.
//! Decides nothing. Tested in `tests/judgement/marks.rs`.

use tidegate_meter::{Quantity, Unit};

use crate::contract::over;
use crate::ladder::{key_of, left_at};
use crate::{GuardSpec, GuardState, Limit, Step};

/// The burn of a meter in an hour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hourly {
    /// A tenth of the time it burns less than this.
    pub lower: Quantity,
    /// The median.
    pub likely: Quantity,
    /// A tenth of the time it burns more than this.
    pub upper: Quantity,
}

/// What of a guard is passed now, hysteresis included.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Passed {
    /// Each step of the spec, in its order.
    pub steps: Vec<bool>,
    /// The limit.
    pub limit: bool,
}

impl Step {
    /// The key under which it is told: `share:70`, `headroom:bytes:20000000000`, `run_out:172800`.
    #[must_use]
    pub fn key(self) -> String {
        key_of(Some(self))
    }

    /// What is left when it fires; `None` for a share of an unknown whole and a run-out at an unknown rate.
    #[must_use]
    pub fn mark(self, whole: Option<Quantity>, hourly: Option<Hourly>) -> Option<Quantity> {
        match self {
            Self::Share(share) => left_at(whole?, share),
            Self::Headroom(amount) => Some(amount),
            Self::RunOut(span) => over(hourly?.likely, span),
        }
    }
}

impl Limit {
    /// What is left when it is crossed; `None` for a share of an unknown whole, and for a predictive limit, which moves.
    #[must_use]
    pub fn mark(self, whole: Option<Quantity>) -> Option<Quantity> {
        match self {
            Self::Headroom(amount) => Some(amount),
            Self::Share(share) => left_at(whole?, share),
            Self::Predictive { .. } => None,
        }
    }
}

impl GuardState {
    /// What of `spec` is passed now.
    #[must_use]
    pub fn passed(&self, spec: &GuardSpec) -> Passed {
        let crossed = |step: Option<Step>| {
            let mut rungs = self.ladder.rungs.iter();
            rungs.any(|rung| rung.step == step && rung.crossed)
        };
        Passed {
            steps: spec.steps.iter().map(|step| crossed(Some(*step))).collect(),
            limit: spec.limit.is_some() && crossed(None),
        }
    }

    /// The burn in an hour, once enough is known.
    #[must_use]
    pub fn hourly(&self) -> Option<Hourly> {
        let last = self.last.as_ref()?;
        let rates = self.burn.rates(Some(last))?;
        let unit: Unit = last.unit();
        let of = |raw| Quantity::from_raw(raw, unit);
        Some(Hourly {
            lower: of(rates.lower),
            likely: of(rates.likely),
            upper: of(rates.upper),
        })
    }
}
