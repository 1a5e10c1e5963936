//! Opening a folder as a crash left it: what a fold replaced is removed, what is damaged is put aside, and the newest
//! sound file says from where counting goes on.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::value::RawValue;

use super::name::{Name, Number, Stage};
use super::{CrashHook, Held, Spool, SpoolError, failed, on_disk, remove};
use crate::{limits, private};

impl Name {
    /// Its number, once it has one.
    pub(super) const fn number(&self) -> Option<Number> {
        match self.stage {
            Stage::Waiting => None,
            Stage::Sending(number) | Stage::Left(number) => Some(number),
        }
    }
}

impl Spool {
    /// Opens the spool in `folder`, which is made where it is missing. At most `cap` bytes before it is folded. Also
    /// answers the baseline of the newest batch, where one is known.
    pub fn open(
        folder: &Path,
        cap: u64,
        hook: Option<CrashHook>,
    ) -> Result<(Self, Option<Box<RawValue>>), SpoolError> {
        let mut spool = Self {
            folder: folder.to_owned(),
            cap: cap.max(limits::SPOOL_BYTES_LEAST),
            waiting: BTreeMap::new(),
            sending: None,
            left: None,
            refused: 0,
            damaged: 0,
            is_full: false,
            is_unsettled: false,
            hook,
        };
        for made in [folder.to_owned(), spool.refused_folder(), spool.damaged_folder()] {
            private::folder(&made).map_err(failed("made"))?;
        }
        spool.refused = count(&spool.refused_folder())?;
        spool.damaged = count(&spool.damaged_folder())?;
        spool.survey()?;
        // Whoever gave the number may have ended before it was durable.
        spool.is_unsettled = spool.sending.is_some();
        let baseline = spool.baseline()?;
        Ok((spool, baseline))
    }

    /// Reads the folder into the index.
    fn survey(&mut self) -> Result<(), SpoolError> {
        remove(&self.fresh())?;
        let mut found = self.list()?;
        let all: Vec<Name> = found
            .iter()
            .map(|held| held.name)
            .filter(Name::may_supersede)
            .collect();
        let is_stale = |held: &Held| match held.name.stage {
            Stage::Waiting => all.iter().any(|other| other.supersedes(&held.name)),
            Stage::Sending(_) => false,
            // Only the last that left is needed.
            Stage::Left(_) => {
                let later = |other: &Name| {
                    matches!(other.stage, Stage::Left(_)) && other.places.last > held.name.places.last
                };
                all.iter().any(later)
            }
        };
        let stale: Vec<Name> = found
            .iter()
            .filter(|held| is_stale(held))
            .map(|held| held.name)
            .collect();
        found.retain(|held| !stale.contains(&held.name));
        for name in stale {
            remove(&self.path(&name))?;
        }
        for held in found {
            match held.name.stage {
                Stage::Waiting => {
                    self.waiting.insert(held.name.places.last, held);
                }
                Stage::Sending(_) => self.sending = Some(held),
                Stage::Left(_) => self.left = Some(held.name),
            }
        }
        Ok(())
    }

    fn list(&self) -> Result<Vec<Held>, SpoolError> {
        let mut found = Vec::new();
        for file in std::fs::read_dir(&self.folder).map_err(failed("read"))? {
            let file = file.map_err(failed("read"))?;
            let text = file.file_name();
            // Written otherwise it is none of ours: it would be looked for under another name, and might replace what is.
            let is_ours = |name: &Name| text.to_str().is_some_and(|text| text == name.to_string());
            let Some(name) = text.to_str().and_then(Name::parse).filter(is_ours) else {
                continue;
            };
            let bytes = file.metadata().map_err(failed("read"))?.len();
            let bytes = on_disk(bytes);
            found.push(Held { name, bytes });
        }
        Ok(found)
    }

    /// From where counting goes on: as the newest sound file says. What is damaged was not handed in, so that counting
    /// on from before it counts its bytes once.
    fn baseline(&mut self) -> Result<Option<Box<RawValue>>, SpoolError> {
        while let Some((&last, held)) = self.waiting.last_key_value() {
            let name = held.name;
            if let Some(entry) = self.read(&name)? {
                return Ok(entry.baseline);
            }
            self.waiting.remove(&last);
        }
        if let Some(held) = self.sending
            && let Some(entry) = self.read(&held.name)?
        {
            return Ok(entry.baseline);
        }
        let Some(left) = self.left else {
            return Ok(None);
        };
        let bytes = private::read(&self.path(&left), limits::FILE_BYTES).map_err(failed("read"))?;
        // It was handed in: damaged, it is still needed for its number, which stands in its name.
        let entry = bytes.and_then(|bytes| super::Entry::unpack(&bytes).ok());
        Ok(entry.and_then(|entry| entry.baseline))
    }
}

fn count(folder: &Path) -> Result<u64, SpoolError> {
    let files = std::fs::read_dir(folder).map_err(failed("read"))?;
    Ok(u64::try_from(files.count()).unwrap_or(u64::MAX))
}
