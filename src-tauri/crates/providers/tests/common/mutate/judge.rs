//! What came of a broken answer: the same as of the whole, less of it, or nothing; something else only where what was
//! broken is itself the truth that is told. Owns the verdict and its counts; never how an answer is read.

use std::collections::BTreeSet;

use super::mutant::{Kind, LEAST, Mutant};

/// What was made of an answer.
#[derive(Clone, Default, Debug)]
pub(crate) struct Told {
    /// Everything that is known by it, one line for each. What is blind has no line.
    pub(crate) facts: BTreeSet<String>,
    /// The names of the amounts that are nothing.
    pub(crate) zeros: BTreeSet<String>,
    /// What is said about what is not known.
    pub(crate) said: String,
}

impl Told {
    /// Nothing is known, for that reason.
    pub(crate) fn nothing(said: impl Into<String>) -> Self {
        Self {
            said: said.into(),
            ..Self::default()
        }
    }

    /// One more thing is known.
    pub(crate) fn know(&mut self, fact: impl Into<String>) {
        self.facts.insert(fact.into());
    }

    /// The amount of that name is known, and it is nothing.
    pub(crate) fn know_zero(&mut self, name: impl Into<String>, is_zero: bool) {
        if is_zero {
            self.zeros.insert(name.into());
        }
    }
}

/// Places where another value is another truth, and no lie that anybody could see: the pointer (`*` for rows; a leading
/// `…` for any beginning) and the kinds for which it is so.
pub(crate) type Truth = (&'static str, &'static [Kind]);

/// The first of the truths that what was broken is one of.
fn listed(truths: &[Truth], mutant: &Mutant) -> Option<usize> {
    let before = mutant.before.iter().map(|(kind, place)| (*kind, place.as_str()));
    let broken: Vec<(Kind, &str)> = before.chain([(mutant.kind, mutant.place.as_str())]).collect();
    truths.iter().position(|(place, kinds)| {
        broken.iter().any(|(kind, at)| {
            let here = place
                .strip_prefix('…')
                .map_or(at == place, |end| at.ends_with(end));
            here && kinds.contains(kind)
        })
    })
}

/// One answer and all its mutants.
pub(crate) struct Trial {
    name: String,
    whole: Told,
    truths: &'static [Truth],
    nothing: &'static [Truth],
    needed: BTreeSet<usize>,
    counts: [usize; 3],
    blind_uncut: usize,
    wrong: Vec<String>,
}

impl Trial {
    /// A trial of the answer of that name. Of the `truths` another value may be known, by `nothing` a zero too.
    pub(crate) fn new(name: &str, whole: Told, truths: &'static [Truth], nothing: &'static [Truth]) -> Self {
        assert!(
            !whole.facts.is_empty(),
            "{name}: nothing is known of the whole: {whole:?}"
        );
        Self {
            name: name.to_owned(),
            whole,
            truths,
            nothing,
            needed: BTreeSet::new(),
            counts: [0; 3],
            blind_uncut: 0,
            wrong: Vec::new(),
        }
    }

    /// Which of the listed truths a mutant is.
    pub(crate) fn truth(&self, mutant: &Mutant) -> Option<usize> {
        listed(self.truths, mutant)
    }

    /// Takes one verdict in.
    pub(crate) fn judge(&mut self, mutant: &Mutant, told: &Told) {
        let new: Vec<String> = told.facts.difference(&self.whole.facts).cloned().collect();
        let zero: Vec<String> = told.zeros.difference(&self.whole.zeros).cloned().collect();
        let is_same = told.facts == self.whole.facts;
        let truth = self.truth(mutant);
        if !zero.is_empty() && listed(self.nothing, mutant).is_none() {
            self.complain(mutant, &format!("a zero that nobody told: {zero:?}"));
        }
        if told.said.contains("canary") {
            self.complain(mutant, "a secret is told");
        }
        if !new.is_empty() {
            match truth {
                Some(which) => drop(self.needed.insert(which)),
                None => self.complain(mutant, &format!("another value is known: {new:?}")),
            }
        }
        if mutant.kind == Kind::Reordered && mutant.before.is_empty() && !is_same {
            match truth {
                Some(which) => drop(self.needed.insert(which)),
                None => self.complain(mutant, &format!("in another order less is known: {}", told.said)),
            }
        }
        let class = if is_same {
            0
        } else if new.is_empty() {
            1
        } else {
            2
        };
        self.counts[class] += 1;
        self.blind_uncut += usize::from(class == 1 && mutant.kind != Kind::Truncated);
    }

    /// Another complaint about a mutant.
    pub(crate) fn complain(&mut self, mutant: &Mutant, words: &str) {
        self.wrong.push(format!("{}: {words}", mutant.what));
    }

    /// Nothing was wrong, enough was tried, and enough of it was blind. Returns the exempt places that no mutant needed.
    #[must_use]
    pub(crate) fn end(self) -> Vec<&'static str> {
        let [same, less, other] = self.counts;
        let name = &self.name;
        assert!(
            self.wrong.is_empty(),
            "{name}: {} wrong\n{}",
            self.wrong.len(),
            self.wrong.join("\n")
        );
        assert!(
            same + less + other >= LEAST,
            "{name}: only {same} + {less} + {other} tried"
        );
        assert!(
            less >= 30 && self.blind_uncut > 0,
            "{name}: only {less} of them blind"
        );
        let truths = self.truths.iter().enumerate();
        truths
            .filter(|(which, _)| !self.needed.contains(which))
            .map(|(_, (place, _))| *place)
            .collect()
    }
}
