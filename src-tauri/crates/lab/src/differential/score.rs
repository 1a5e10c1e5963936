//! What the runs are worth: overshoot beyond the package, stops that were not needed, how early it was told.

use super::billing::{Billing, Lag};
use super::naive::naive;
use super::ours::{Rule, Run, play};
use super::worlds::{ARMED_AT, CYCLE, World};
use super::{LINKS, TEN_GB};

/// What the runs of one rule over some worlds came to.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Worlds that were played.
    pub worlds: u32,
    /// Of them, those whose package runs dry after the arming if nobody stops.
    pub dry: u32,
    /// Of these, how much was sent beyond the package, in bytes, for each; nothing is a nought.
    pub beyond: Vec<i64>,
    /// From the first warning to the end of the package, in seconds, for each that was warned of in time or late.
    pub notice: Vec<i64>,
    /// Stops in worlds whose package lasts.
    pub false_stops: u32,
    /// What was left at the stop in worlds that run dry, in tenths of a percent of the package.
    pub early: Vec<i64>,
    /// Worlds that run dry and of which the contract said that nothing would be used beyond the package.
    pub promised: u32,
    /// Of them, those where something was.
    pub broken: u32,
    /// Worlds where more went beyond the line than a measured contract said.
    pub beyond_contract: u32,
}

/// One lag at one speed, with and without the fast signal.
#[derive(Clone, Debug)]
pub struct Row {
    /// How the number runs behind.
    pub lag: Lag,
    /// The link, in Mbit/s.
    pub mbit: u32,
    /// Cloud monitoring is asked.
    pub fast: bool,
    /// The earlier systems with their default line.
    pub ten: Tally,
    /// The same with our line.
    pub naive: Tally,
    /// Ours without prediction.
    pub headroom: Tally,
    /// Ours with a reserve of no more than the line of the earlier systems.
    pub small: Tally,
    /// Ours.
    pub ours: Tally,
    /// What missed a bar, each as a story.
    pub stories: Vec<String>,
}

/// What is asked of our rule, in thousandths.
#[derive(Clone, Copy, Debug)]
pub struct Bars {
    /// Overshoot in so many of the worlds in which the contract said that it can be avoided.
    pub broken: u32,
    /// Stops that were not needed, of all worlds.
    pub false_stops: u32,
}

impl Bars {
    /// At most 5 % and 1 %.
    pub const ASKED: Self = Self {
        broken: 50,
        false_stops: 10,
    };

    /// What a tally misses, in words; empty when it holds.
    #[must_use]
    pub fn missed(self, tally: &Tally) -> Vec<String> {
        let mut missed = Vec::new();
        if tally.broken * 1000 > tally.promised * self.broken {
            let (broken, promised) = (tally.broken, tally.promised);
            missed.push(format!(
                "beyond the package in {broken} of {promised} promised worlds"
            ));
        }
        if tally.false_stops * 1000 > tally.worlds * self.false_stops {
            let (stops, worlds) = (tally.false_stops, tally.worlds);
            missed.push(format!("{stops} false stops in {worlds} worlds"));
        }
        missed
    }
}

/// Plays every world at every speed under one lag, with or without the fast signal.
#[must_use]
pub fn rows(worlds: &[World], lag: Lag, fast: bool) -> Vec<Row> {
    LINKS.iter().map(|mbit| row(worlds, lag, *mbit, fast)).collect()
}

/// What one of our rules comes to over some worlds, under one lag at one speed.
#[must_use]
pub fn tally(worlds: &[World], lag: Lag, mbit: u32, rule: Rule) -> Tally {
    let mut tally = Tally::default();
    for world in worlds {
        let billing = Billing::new(world, mbit, lag);
        if let Some(run) = play(world, &billing, mbit, rule, &|_: i64| None) {
            tally.add(&billing, &run);
        }
    }
    tally
}

/// Plays every world under one lag at one speed by every rule.
#[must_use]
pub fn row(worlds: &[World], lag: Lag, mbit: u32, fast: bool) -> Row {
    let mut row = Row {
        lag,
        mbit,
        fast,
        ten: Tally::default(),
        naive: Tally::default(),
        headroom: Tally::default(),
        small: Tally::default(),
        ours: Tally::default(),
        stories: Vec::new(),
    };
    for world in worlds {
        row.add(world);
    }
    row
}

impl Row {
    fn add(&mut self, world: &World) {
        let billing = Billing::new(world, self.mbit, self.lag);
        let truth = &|_: i64| None;
        let fast = self.fast;
        let Some(ours) = play(
            world,
            &billing,
            self.mbit,
            Rule::Predictive { fast, reserve: None },
            truth,
        ) else {
            return;
        };
        let line = ours.line;
        let failed = self.ours.add(&billing, &ours);
        self.stories
            .extend(failed.map(|failed| super::story(world, self, &billing, &ours, failed)));
        self.naive.add(&billing, &naive(world, &billing, line, truth));
        self.ten.add(&billing, &naive(world, &billing, TEN_GB, truth));
        let mut also = |tally: fn(&mut Self) -> &mut Tally, rule| {
            if let Some(run) = play(world, &billing, self.mbit, rule, truth) {
                tally(self).add(&billing, &run);
            }
        };
        also(|row| &mut row.headroom, Rule::Headroom(line));
        let reserve = Some(TEN_GB);
        also(|row| &mut row.small, Rule::Predictive { fast, reserve });
    }
}

impl Tally {
    /// Adds a run, and says what was bad about it.
    pub(crate) fn add(&mut self, billing: &Billing, run: &Run) -> Option<&'static str> {
        let dry = billing.dry().filter(|dry| *dry > ARMED_AT);
        self.worlds += 1;
        let ended = run.stopped.unwrap_or(CYCLE).min(CYCLE);
        let beyond = billing.unpaid(ended);
        let Some(dry) = dry else {
            let stopped = run.stopped.is_some() && billing.dry().is_none();
            self.false_stops += u32::from(stopped);
            return stopped.then_some("false stop");
        };
        self.dry += 1;
        self.beyond.push(beyond);
        self.notice.extend(run.warned.map(|warned| dry - warned));
        if let Some(stopped) = run.stopped {
            let whole = billing.whole(stopped).max(1);
            self.early
                .push(billing.left(stopped).saturating_mul(1000) / whole);
        }
        let broken = run.promised && beyond > 0;
        self.promised += u32::from(run.promised);
        self.broken += u32::from(broken);
        let most = run
            .told
            .filter(|told| told.measured)
            .and_then(|told| told.overshoot);
        let further = most.is_some_and(|most| beyond > 0 && beyond + run.line > most.raw());
        self.beyond_contract += u32::from(further);
        broken.then_some("beyond the package")
    }

    /// Both together.
    #[must_use]
    pub fn with(mut self, other: &Self) -> Self {
        self.worlds += other.worlds;
        self.dry += other.dry;
        self.false_stops += other.false_stops;
        self.promised += other.promised;
        self.broken += other.broken;
        self.beyond_contract += other.beyond_contract;
        self.beyond.extend(&other.beyond);
        self.notice.extend(&other.notice);
        self.early.extend(&other.early);
        self
    }

    /// Worlds in which something was sent beyond the package.
    #[must_use]
    pub fn over(&self) -> usize {
        self.beyond.iter().filter(|beyond| **beyond > 0).count()
    }
}

/// The value below which `percent` of them lie; `None` of none.
#[must_use]
pub fn percentile(values: &[i64], percent: usize) -> Option<i64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let at = sorted.len().saturating_sub(1) * percent / 100;
    sorted.get(at).copied()
}
