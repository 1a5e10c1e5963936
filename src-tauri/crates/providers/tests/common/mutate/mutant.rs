//! One recorded answer with one thing broken. Owns what can be broken (the kinds), and which of all that could be are
//! tried: the same for the same name, every kind that applies, about two hundred of each answer.

use std::collections::{BTreeMap, BTreeSet};

/// At least so many of each answer.
pub(crate) const LEAST: usize = 200;
/// At most so many of each answer: what breaks a long list breaks it in its first rows.
pub(crate) const MOST: usize = 400;

/// What was done to an answer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Kind {
    Dropped,
    Null,
    OtherType,
    Negative,
    Huge,
    Truncated,
    Repeated,
    Reordered,
    OtherUnit,
    OtherCurrency,
}

/// A broken answer.
#[derive(Clone, Debug)]
pub(crate) struct Mutant {
    pub(crate) kind: Kind,
    /// Where, as a pointer whose rows are `*`; empty for the whole.
    pub(crate) place: String,
    /// In words, for whoever reads a failure.
    pub(crate) what: String,
    pub(crate) bytes: Vec<u8>,
    /// What was broken before, where more than one thing is.
    pub(crate) before: Vec<(Kind, String)>,
}

/// A seed that is the name's own.
pub(crate) fn seeded(name: &str) -> fastrand::Rng {
    let fold = |sum: u64, byte: u8| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    fastrand::Rng::with_seed(name.bytes().fold(0xcbf2_9ce4_8422_2325, fold))
}

/// Takes round about over the kinds, so that each that applies is among them, and makes only what it takes. `more` breaks
/// a second thing where there are too few; no two have the same bytes, and none those of the whole.
pub(crate) fn pick<T>(
    whole: &[u8],
    mut all: Vec<(Kind, T)>,
    random: &mut fastrand::Rng,
    make: impl Fn(&(Kind, T)) -> Mutant,
    more: impl Fn(&Mutant, &mut fastrand::Rng) -> Option<Mutant>,
) -> Vec<Mutant> {
    random.shuffle(&mut all);
    let mut by_kind: BTreeMap<Kind, Vec<(Kind, T)>> = BTreeMap::new();
    for one in all {
        by_kind.entry(one.0).or_default().push(one);
    }
    let mut seen = BTreeSet::from([whole.to_vec()]);
    let mut picked: Vec<Mutant> = Vec::new();
    while picked.len() < MOST && by_kind.values().any(|left| !left.is_empty()) {
        let round: Vec<(Kind, T)> = by_kind.values_mut().filter_map(Vec::pop).collect();
        let made = round.iter().map(&make);
        picked.extend(made.filter(|mutant| seen.insert(mutant.bytes.clone())));
    }
    for _ in 0..100 * LEAST {
        if picked.len() >= LEAST {
            break;
        }
        let second = more(&picked[random.usize(..picked.len())], random);
        picked.extend(second.filter(|mutant| seen.insert(mutant.bytes.clone())));
    }
    assert!(picked.len() >= LEAST, "only {} mutants", picked.len());
    picked
}

impl Mutant {
    /// The same with this broken before.
    pub(crate) fn after(self, first: &Self) -> Self {
        let own = (first.kind, first.place.clone());
        Self {
            what: format!("{}; then {}", first.what, self.what),
            before: first.before.iter().cloned().chain([own]).collect(),
            ..self
        }
    }
}
