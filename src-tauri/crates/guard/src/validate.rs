//! The ranges of a spec. Owns what is allowed; each refusal names the field and the range. Tested in `tests/judgement/specs.rs`.

use std::time::Duration;

use tidegate_meter::{Quantity, Unit};

use crate::threshold::print_amount;
use crate::{GuardSpec, Limit, SpecError, Step, limits};

/// One percent, as `Percent` keeps it.
const PERCENT: i64 = 10_000;

impl GuardSpec {
    /// Checks every range. The first breach is the error; it names the field, what was given and what is allowed.
    pub fn validate(&self) -> Result<(), SpecError> {
        self.steps_in_range()?;
        match self.limit {
            None => {}
            Some(Limit::Share(percent)) => share("limit", percent)?,
            Some(Limit::Headroom(amount) | Limit::Predictive { reserve: amount }) => left("limit", amount)?,
        }
        self.times_in_range()?;
        self.belts_in_range()
    }

    fn steps_in_range(&self) -> Result<(), SpecError> {
        if self.steps.len() > limits::STEPS {
            return Err(range("steps", &self.steps.len(), "at most 16 steps"));
        }
        for (index, step) in self.steps.iter().enumerate() {
            match step {
                Step::Share(percent) => share("steps", *percent)?,
                Step::Headroom(amount) => left("steps", *amount)?,
                Step::RunOut(wait) => span(
                    "steps",
                    *wait,
                    Duration::from_secs(1),
                    limits::RUN_OUT,
                    "1s to 366d",
                )?,
            }
            if self.steps.iter().take(index).any(|earlier| earlier == step) {
                return Err(range("steps", &step, "each step once"));
            }
        }
        Ok(())
    }

    fn times_in_range(&self) -> Result<(), SpecError> {
        let (zero, day) = (Duration::ZERO, Duration::from_secs(86_400));
        span("countdown", self.countdown, zero, limits::COUNTDOWN, "0s to 1d")?;
        span(
            "interval",
            self.interval,
            Duration::from_millis(1),
            limits::INTERVAL,
            "above 0s, to 1d",
        )?;
        span("stop_latency", self.stop_latency, zero, day, "0s to 1d")?;
        span(
            "reminder",
            self.reminder,
            Duration::from_secs(60),
            limits::RUN_OUT,
            "1m to 366d",
        )?;
        let margin = self.hysteresis.raw();
        if self.hysteresis.unit() != Unit::Percent || !(0..=50 * PERCENT).contains(&margin) {
            return Err(range("hysteresis", &print_amount(self.hysteresis), "0% to 50%"));
        }
        match self.bandwidth_mbit {
            Some(mbit) if !(1..=limits::BANDWIDTH_MBIT).contains(&mbit) => {
                Err(range("bandwidth_mbit", &mbit, "1 to 1000000 Mbit/s"))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn belts_in_range(&self) -> Result<(), SpecError> {
        let (belts, zero, day) = (&self.belts, Duration::ZERO, Duration::from_secs(86_400));
        if !(1..=limits::AGREEING).contains(&belts.agreeing) {
            return Err(range("belts.agreeing", &belts.agreeing, "1 to 10 readings"));
        }
        if belts.fresh_intervals == 0 {
            return Err(range("belts.fresh_intervals", &0, "at least 1 interval"));
        }
        span("belts.window_settle", belts.window_settle, zero, day, "0s to 1d")?;
        span("belts.start_grace", belts.start_grace, zero, day, "0s to 1d")
    }
}

fn range(field: &'static str, given: &dyn ToString, allowed: &'static str) -> SpecError {
    SpecError::Range {
        field,
        text: given.to_string(),
        allowed,
    }
}

fn share(field: &'static str, percent: Quantity) -> Result<(), SpecError> {
    if percent.unit() == Unit::Percent && (1..=100 * PERCENT).contains(&percent.raw()) {
        return Ok(());
    }
    Err(range(
        field,
        &print_amount(percent),
        "a share above 0% and up to 100%",
    ))
}

fn left(field: &'static str, amount: Quantity) -> Result<(), SpecError> {
    if amount.unit() != Unit::Percent && !amount.is_negative() {
        return Ok(());
    }
    Err(range(field, &print_amount(amount), "a headroom of 0 or more"))
}

fn span(
    field: &'static str,
    given: Duration,
    least: Duration,
    most: Duration,
    allowed: &'static str,
) -> Result<(), SpecError> {
    if (least..=most).contains(&given) {
        return Ok(());
    }
    Err(range(field, &tidegate_meter::print_span(given), allowed))
}
