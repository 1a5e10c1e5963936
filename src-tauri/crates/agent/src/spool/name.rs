//! The name of a file of the spool: all that the spool knows of it without reading it, so that one rename is one durable
//! step. `w` waits and was never sent; `s` is being sent under its number; `a` was the last to leave, and is kept for its
//! number and baseline.

use std::fmt;

use tidegate_meter::RowId;

use super::Grain;

const ENDING: &str = "json.gz";

/// Which batches a file holds: their places in the order in which they were closed, without a gap in between.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Places {
    /// The first.
    pub(super) first: u64,
    /// The last; the same for a single batch.
    pub(super) last: u64,
}

impl Places {
    /// One batch.
    pub(super) const fn single(at: u64) -> Self {
        Self { first: at, last: at }
    }

    /// Whether the file holds one batch as it was closed.
    pub(super) const fn is_single(self) -> bool {
        self.first == self.last
    }
}

/// The number under which a batch is handed in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Number {
    /// The life of the spool.
    pub(super) epoch: RowId,
    /// From 1.
    pub(super) sequence: u64,
}

/// Where a file stands on its way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stage {
    /// Never sent.
    Waiting,
    /// Sent, or about to be.
    Sending(Number),
    /// The last that left.
    Left(Number),
}

/// A file of the spool.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Name {
    pub(super) stage: Stage,
    pub(super) places: Places,
    pub(super) grain: Grain,
}

impl Name {
    /// By its text; `None` for a file that is none of the spool's.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_suffix(ENDING)?.strip_suffix('.')?.split('.');
        let stage = match parts.next()? {
            "w" => Stage::Waiting,
            "s" => Stage::Sending(number(&mut parts)?),
            "a" => Stage::Left(number(&mut parts)?),
            _ => return None,
        };
        let places = Places {
            first: parts.next()?.parse().ok()?,
            last: parts.next()?.parse().ok()?,
        };
        let grain = Grain::of(parts.next()?)?;
        let whole = parts.next().is_none() && places.first <= places.last;
        whole.then_some(Self { stage, places, grain })
    }

    /// Whether it may hold what another file holds as well.
    pub(super) fn may_supersede(&self) -> bool {
        self.stage != Stage::Waiting || !self.places.is_single() || self.grain != Grain::Minute
    }

    /// Whether all that a waiting `other` holds is in this one: it is what was left when a fold was cut short.
    pub(super) fn supersedes(&self, other: &Self) -> bool {
        let holds = self.places.first <= other.places.first && other.places.last <= self.places.last;
        let passed = self.stage != Stage::Waiting && other.places.last <= self.places.last;
        passed || (holds && (self.places != other.places || self.grain > other.grain))
    }
}

fn number<'a>(parts: &mut impl Iterator<Item = &'a str>) -> Option<Number> {
    Some(Number {
        epoch: parts.next()?.parse().ok()?,
        sequence: parts.next()?.parse().ok()?,
    })
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.stage {
            Stage::Waiting => write!(f, "w")?,
            Stage::Sending(number) => write!(f, "s.{}.{:012}", number.epoch, number.sequence)?,
            Stage::Left(number) => write!(f, "a.{}.{:012}", number.epoch, number.sequence)?,
        }
        let Places { first, last } = self.places;
        write!(f, ".{first:012}.{last:012}.{}.{ENDING}", self.grain.letter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_the_same_when_it_is_read_again() {
        let number = Number {
            epoch: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            sequence: 7,
        };
        for stage in [Stage::Waiting, Stage::Sending(number), Stage::Left(number)] {
            for grain in [Grain::Minute, Grain::Quarter, Grain::Hour] {
                let places = Places { first: 3, last: 92 };
                let name = Name { stage, places, grain };
                assert_eq!(Name::parse(&name.to_string()), Some(name));
            }
        }
    }

    #[test]
    fn a_fold_supersedes_what_it_was_made_of_and_nothing_else() {
        let name = |text: &str| Name::parse(&format!("{text}.json.gz")).unwrap();
        let folded = name("w.3.92.q");
        for inside in ["w.3.3.m", "w.50.60.m", "w.92.92.m", "w.3.92.m"] {
            assert!(folded.supersedes(&name(inside)), "{inside}");
            assert!(!name(inside).supersedes(&folded), "{inside}");
        }
        for outside in ["w.2.2.m", "w.93.93.m", "w.3.92.q", "w.3.92.h"] {
            assert!(!folded.supersedes(&name(outside)), "{outside}");
        }
        let left = name("a.01890a5d-ac96-774b-bcce-b302099a8057.1.6.6.m");
        assert!(
            left.supersedes(&name("w.5.5.m")),
            "what is older than what left was folded into it"
        );
        assert!(!left.supersedes(&name("w.7.7.m")));
    }

    #[test]
    fn what_is_no_name_of_ours_is_left_alone() {
        for text in [
            "new",
            "notes.txt",
            "w.1.2.m.json",
            "w.2.1.m.json.gz",
            "w.1.2.x.json.gz",
            "w.1.2.m.3.json.gz",
            "s.1.2.m.json.gz",
            "w.-1.2.m.json.gz",
        ] {
            assert_eq!(Name::parse(text), None, "{text}");
        }
    }
}
