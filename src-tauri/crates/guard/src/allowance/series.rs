//! Use over time, from samples of a counter.

use jiff::civil::Date;
use tidegate_meter::{Span, Time, Zone};

use crate::limits;

/// What the counter showed at an instant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sample {
    /// When.
    pub at: Time,
    /// Bytes counted since the last reset.
    pub used: u64,
    /// The whole; `None` when unlimited or not told.
    pub total: Option<u64>,
}

/// What happened between two samples beside use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    /// The counter began anew.
    Reset,
    /// The whole is another one, and the counter went on.
    Plan,
}

/// From one sample to the next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// From the one to the other.
    pub span: Span,
    /// Bytes that were used in it at least.
    pub used: u64,
    /// What happened beside.
    pub turn: Option<Turn>,
}

/// Bytes used in a span.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Used {
    /// How many.
    pub bytes: u64,
    /// An end of the span lies between samples that are far apart: the number is a guess.
    pub gap: bool,
    /// The counter began anew within it: what was used right before that is not known.
    pub reset: bool,
}

/// Samples as use over time, oldest first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Series {
    steps: Vec<Step>,
}

impl Series {
    /// From samples in any order; of two of one instant the later one counts.
    #[must_use]
    pub fn of(samples: &[Sample]) -> Self {
        let mut sorted: Vec<Sample> = samples.to_vec();
        sorted.sort_by_key(|sample| sample.at);
        let pairs = sorted.iter().zip(sorted.iter().skip(1));
        Self {
            steps: pairs
                .filter(|(from, to)| from.at < to.at)
                .map(|(from, to)| step(*from, *to))
                .collect(),
        }
    }

    /// From sample to sample.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// From the first sample to the last; `None` with fewer than two.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        Some(Span {
            start: self.steps.first()?.span.start,
            end: self.steps.last()?.span.end,
        })
    }

    /// What was used in `span`, interpolated at its ends; `None` when it is not within the samples.
    #[must_use]
    pub fn used(&self, span: Span) -> Option<Used> {
        let whole = self.span()?;
        if span.start < whole.start || span.end > whole.end || span.end < span.start {
            return None;
        }
        let within: Vec<&Step> = self.steps.iter().filter(|step| touches(step, span)).collect();
        let mut bytes = 0_u64;
        for step in &within {
            let part = until(step, span.end)?.checked_sub(until(step, span.start)?)?;
            bytes = bytes.checked_add(part)?;
        }
        let cuts = |step: &Step, at: Time| step.span.start < at && at < step.span.end && is_long(step);
        Some(Used {
            bytes,
            gap: within
                .iter()
                .any(|step| cuts(step, span.start) || cuts(step, span.end)),
            reset: within.iter().any(|step| step.turn == Some(Turn::Reset)),
        })
    }

    /// What was used on a calendar day; of the day of the last sample, so far. `None` without a sample before the day.
    #[must_use]
    pub fn day(&self, day: Date, zone: &Zone) -> Option<Used> {
        let (whole, day) = (self.span()?, zone.span_of(day)?);
        if whole.end <= day.start {
            return None;
        }
        self.used(Span {
            start: day.start,
            end: day.end.min(whole.end),
        })
    }
}

fn step(from: Sample, to: Sample) -> Step {
    let fell = from.used.saturating_sub(to.used);
    let reset = fell > limits::COUNTER_SLACK;
    let turn = match (reset, from.total == to.total) {
        (true, _) => Some(Turn::Reset),
        (false, false) => Some(Turn::Plan),
        (false, true) => None,
    };
    Step {
        span: Span {
            start: from.at,
            end: to.at,
        },
        used: if reset {
            to.used
        } else {
            to.used.saturating_sub(from.used)
        },
        turn,
    }
}

const fn touches(step: &Step, span: Span) -> bool {
    step.span.start.ms() < span.end.ms() && span.start.ms() < step.span.end.ms()
}

fn is_long(step: &Step) -> bool {
    step.span.end.since(step.span.start) > limits::SAMPLES_APART
}

/// What of a step was used until an instant, spread evenly, rounded down: so that parts of it add up to the whole.
fn until(step: &Step, at: Time) -> Option<u64> {
    let at = at.max(step.span.start).min(step.span.end);
    let passed = at.since(step.span.start).as_millis();
    let whole = step.span.end.since(step.span.start).as_millis();
    let part = u128::from(step.used).checked_mul(passed)?.checked_div(whole)?;
    u64::try_from(part).ok()
}
