//! How finely a file of the spool tells time, and what becomes of flows and watched spans when it tells it more coarsely.
//! Every byte stays, in the same way and direction; only its minute becomes the start of a longer stretch.

use std::collections::BTreeMap;

use tidegate_meter::{Flow, FlowBytes, FlowKey, Span, Time};

/// The stretch of time that one flow of a file stands for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Grain {
    /// A minute, as it was counted.
    Minute,
    /// A quarter of an hour: every zone's midnight is the edge of one.
    Quarter,
    /// An hour; coarser it never gets.
    Hour,
}

impl Grain {
    /// Its letter in a file's name.
    pub(super) const fn letter(self) -> char {
        match self {
            Self::Minute => 'm',
            Self::Quarter => 'q',
            Self::Hour => 'h',
        }
    }

    /// By its letter.
    pub(super) fn of(letter: &str) -> Option<Self> {
        match letter {
            "m" => Some(Self::Minute),
            "q" => Some(Self::Quarter),
            "h" => Some(Self::Hour),
            _ => None,
        }
    }

    const fn ms(self) -> i64 {
        match self {
            Self::Minute => 60_000,
            Self::Quarter => 900_000,
            Self::Hour => 3_600_000,
        }
    }

    fn start(self, at: Time) -> Time {
        Time::from_ms(at.ms().div_euclid(self.ms()).saturating_mul(self.ms()))
    }
}

/// Adds flows up, at most one of each stretch and way.
#[derive(Default)]
pub(super) struct Sum {
    flows: BTreeMap<(Time, FlowKey), FlowBytes>,
}

impl Sum {
    /// Adds flows; `None` when a sum is beyond what can be told: then this one is of no use any more.
    pub(super) fn add(&mut self, flows: Vec<Flow>, grain: Grain) -> Option<()> {
        for flow in flows {
            let sum = self
                .flows
                .entry((grain.start(flow.minute), flow.key))
                .or_default();
            *sum = sum.plus(flow.bytes)?;
        }
        Some(())
    }

    /// How many.
    pub(super) fn len(&self) -> usize {
        self.flows.len()
    }

    /// In the order of time and way.
    pub(super) fn flows(self) -> Vec<Flow> {
        let told = |((minute, key), bytes)| Flow { minute, key, bytes };
        self.flows.into_iter().map(told).collect()
    }
}

/// Spans in the order of time, those that touch made one.
pub(super) fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => joined.push(span),
        }
    }
    joined
}
