//! Keeping a closed batch: written beside, flushed, renamed, and the folder flushed.

use super::name::{Name, Places, Stage};
use super::{Entry, Held, Spool, SpoolError, failed, on_disk};
use crate::private;

impl Spool {
    /// Keeps a batch. After an error nothing of it is kept, and whoever counted takes it back.
    pub fn keep(&mut self, entry: Entry) -> Result<(), SpoolError> {
        self.point("keep.before");
        let (entry, grain) = entry.fitting();
        let bytes = entry.pack().map_err(failed("packed"))?;
        private::write(&self.fresh(), &bytes).map_err(failed("written"))?;
        self.point("keep.written");
        let name = Name {
            stage: Stage::Waiting,
            places: Places::single(self.next_place()),
            grain,
        };
        self.put(name, bytes.len())?;
        self.point("keep.settled");
        self.tidy();
        Ok(())
    }

    /// Gives the fresh file its name. From then on it is kept: that its folder could not be flushed is told, since an
    /// error would have it counted twice.
    fn put(&mut self, name: Name, bytes: usize) -> Result<(), SpoolError> {
        std::fs::rename(self.fresh(), self.path(&name)).map_err(failed("written"))?;
        self.point("keep.named");
        if let Err(error) = self.settle() {
            tracing::warn!(%error, "the folder of the spool cannot be flushed: a loss of power may cost the last batch");
        }
        self.hold(name, bytes);
        Ok(())
    }

    /// Into the index.
    pub(super) fn hold(&mut self, name: Name, bytes: usize) {
        let bytes = on_disk(u64::try_from(bytes).unwrap_or(u64::MAX));
        self.waiting.insert(name.places.last, Held { name, bytes });
    }

    fn next_place(&self) -> u64 {
        let waiting = self.waiting.last_key_value().map(|(last, _)| *last);
        let sent = self.sending.map(|held| held.name).or(self.left);
        let last = waiting.or(sent.map(|name| name.places.last));
        last.map_or(1, |last| last.saturating_add(1))
    }
}
