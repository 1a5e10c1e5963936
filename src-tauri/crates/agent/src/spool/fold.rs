//! What happens when batches become many. Two thresholds: from many single files on, the oldest are packed into one,
//! minute by minute as they were; over the cap, the oldest become quarters of an hour, then hours. One rename puts the
//! new file in; what it was made of is removed afterwards, and by the next opening where that was cut short. A batch
//! that was ever sent is never touched, since its number stands for its content.

use tidegate_meter::Span;

use super::grain::{Sum, joined};
use super::name::{Name, Places, Stage};
use super::{Entry, Grain, Held, Spool, SpoolError, failed, remove};
use crate::{limits, private};

impl Spool {
    /// Packs and folds as far as needed. The batch that was just kept is safe whatever happens here, so that errors are
    /// told and the next batch tries again.
    pub(super) fn tidy(&mut self) {
        if let Err(error) = self.pack_singles().and_then(|()| self.fold_to_cap()) {
            tracing::warn!(%error, "the spool cannot be folded");
        }
    }

    fn pack_singles(&mut self) -> Result<(), SpoolError> {
        let single = |held: &&Held| held.name.places.is_single() && held.name.grain == Grain::Minute;
        while self.waiting.values().filter(single).count() > limits::SINGLES_MOST {
            let oldest = self.waiting.values().skip_while(|held| !single(held));
            let run = oldest.take_while(single).take(limits::PACKED_AT_ONCE);
            let run = run.map(|held| held.name).collect();
            if !self.fold(run, Grain::Minute)? {
                break;
            }
        }
        Ok(())
    }

    fn fold_to_cap(&mut self) -> Result<(), SpoolError> {
        while self.load().bytes > self.cap {
            let folded = match self.oldest_to_fold() {
                Some((run, grain)) => self.fold(run, grain)?,
                None => false,
            };
            if !folded {
                self.tell_full();
                return Ok(());
            }
        }
        self.is_full = false;
        Ok(())
    }

    /// The oldest files that can be told more coarsely: everything to quarters first, then to hours. Never the newest,
    /// which holds the baseline.
    fn oldest_to_fold(&self) -> Option<(Vec<Name>, Grain)> {
        let older = self.waiting.len().saturating_sub(1);
        let run = |grain: Grain| -> Vec<Name> {
            let files = self.waiting.values().take(older).map(|held| held.name);
            let finer = files.skip_while(|name| name.grain >= grain);
            let run = finer.take_while(|name| name.grain < grain);
            run.take(limits::FOLDED_AT_ONCE).collect()
        };
        [Grain::Quarter, Grain::Hour]
            .into_iter()
            .map(|grain| (run(grain), grain))
            .find(|(run, _)| !run.is_empty())
    }

    fn tell_full(&mut self) {
        if !self.is_full {
            let bytes = self.load().bytes;
            tracing::error!(
                bytes,
                "the spool is over its size with every hour folded into one; nothing is dropped: it grows until the \
                 batches can be handed in"
            );
        }
        self.is_full = true;
    }

    /// Makes one file of a run of neighbours, as many of them as fit; whether anything became less by it.
    fn fold(&mut self, run: Vec<Name>, grain: Grain) -> Result<bool, SpoolError> {
        let mut folding = Folding::default();
        let mut is_less = false;
        for name in run {
            let Some(entry) = self.read(&name)? else {
                self.waiting.remove(&name.places.last);
                is_less = true;
                continue;
            };
            match folding.take(name, entry, grain) {
                Some(true) => {}
                Some(false) => break,
                None => return Ok(is_less),
            }
        }
        let Some((places, entry)) = folding.done() else {
            return Ok(is_less);
        };
        if grain == Grain::Minute && places.is_single() {
            return Ok(is_less);
        }
        let bytes = entry.pack().map_err(failed("packed"))?;
        private::write(&self.fresh(), &bytes).map_err(failed("written"))?;
        self.point("fold.written");
        let stage = Stage::Waiting;
        let name = Name { stage, places, grain };
        std::fs::rename(self.fresh(), self.path(&name)).map_err(failed("written"))?;
        self.point("fold.named");
        self.settle().map_err(failed("written"))?;
        self.point("fold.settled");
        self.replace_by(name, bytes.len())?;
        Ok(true)
    }

    fn replace_by(&mut self, name: Name, bytes: usize) -> Result<(), SpoolError> {
        let inside: Vec<Name> = self
            .waiting
            .range(name.places.first..=name.places.last)
            .map(|(_, held)| held.name)
            .filter(|old| *old != name)
            .collect();
        for old in &inside {
            self.waiting.remove(&old.places.last);
        }
        self.hold(name, bytes);
        for old in inside {
            remove(&self.path(&old))?;
            self.point("fold.removed_one");
        }
        Ok(())
    }
}

/// Files on their way into one.
#[derive(Default)]
struct Folding {
    sum: Sum,
    watched: Vec<Span>,
    restarts: u32,
    places: Option<Places>,
    newest: Option<Entry>,
}

impl Folding {
    /// Takes one more; `false` when no further one fits, `None` when the sum cannot be told.
    fn take(&mut self, name: Name, mut entry: Entry, grain: Grain) -> Option<bool> {
        let is_first = self.places.is_none();
        if !is_first && self.sum.len().saturating_add(entry.flows.len()) > limits::FLOWS_MOST {
            return Some(false);
        }
        self.sum.add(std::mem::take(&mut entry.flows), grain)?;
        self.watched.append(&mut entry.watched);
        self.restarts = self.restarts.saturating_add(entry.restarts);
        let first = self.places.map_or(name.places.first, |places| places.first);
        let last = name.places.last;
        self.places = Some(Places { first, last });
        self.newest = Some(entry);
        Some(self.sum.len() < limits::FLOWS_MOST)
    }

    fn done(self) -> Option<(Places, Entry)> {
        let newest = self.newest?;
        let entry = Entry {
            flows: self.sum.flows(),
            watched: joined(self.watched),
            restarts: self.restarts,
            // The files after these have a later one.
            baseline: None,
            ..newest
        };
        Some((self.places?, entry))
    }
}

impl Entry {
    /// The same, told as coarsely as the other side takes it in one batch: a disk that was full for long leaves more
    /// flows behind than a batch may hold.
    pub(super) fn fitting(self) -> (Self, Grain) {
        let mut fitted = (self, Grain::Minute);
        for grain in [Grain::Quarter, Grain::Hour] {
            let mut sum = Sum::default();
            let is_fit = fitted.0.flows.len() <= limits::FLOWS_MOST;
            if is_fit || sum.add(fitted.0.flows.clone(), grain).is_none() {
                break;
            }
            fitted.0.flows = sum.flows();
            fitted.1 = grain;
        }
        fitted
    }
}
