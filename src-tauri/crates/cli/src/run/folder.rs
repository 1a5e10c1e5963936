//! What is watched of a followed file. Its folder, not the file: an editor that renames a new file into place would take the
//! watch away with the old one. Where the file is a link, the folder that it leads to as well, and in a mounted
//! configuration of Kubernetes the link `..data` that is turned to a new set of files.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;

/// The link through which Kubernetes changes all files of a volume at once.
const DATA: &str = "..data";

/// A watch that lasts as long as it is kept.
pub(super) struct Folder {
    watcher: RecommendedWatcher,
    file: PathBuf,
    /// The folder that the file leads to, where it is another one.
    beyond: Option<PathBuf>,
}

impl Folder {
    /// Watches; a change of the file is one word, more of them before it is taken are the same one.
    pub(super) fn watch(file: &Path, sender: mpsc::Sender<()>) -> notify::Result<Self> {
        let file = std::path::absolute(file)?;
        let mut names: Vec<OsString> = vec![DATA.into()];
        names.extend(file.file_name().map(OsString::from));
        let real = std::fs::canonicalize(&file).ok();
        names.extend(real.as_deref().and_then(Path::file_name).map(OsString::from));
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            // What was missed may have been the file.
            if event.map_or(true, |event| concerns(&event, &names)) {
                let _ = sender.try_send(());
            }
        })?;
        let folder = file.parent().unwrap_or(&file);
        watcher.watch(folder, RecursiveMode::NonRecursive)?;
        let mut watched = Self {
            watcher,
            file,
            beyond: None,
        };
        watched.follow_links();
        Ok(watched)
    }

    /// A link may lead elsewhere by now.
    pub(super) fn follow_links(&mut self) {
        let real = std::fs::canonicalize(&self.file).ok();
        let beyond = real.as_deref().and_then(Path::parent).map(Path::to_owned);
        let beyond = beyond.filter(|folder| Some(folder.as_path()) != self.file.parent());
        if beyond == self.beyond {
            return;
        }
        if let Some(left) = self.beyond.take() {
            // The folder may be gone, and its watch with it.
            let _ = self.watcher.unwatch(&left);
        }
        let watched = |folder: &PathBuf| self.watcher.watch(folder, RecursiveMode::NonRecursive).is_ok();
        self.beyond = beyond.filter(watched);
    }
}

/// Whether an event tells of the file. The database may stand in the same folder, and is written all the time.
fn concerns(event: &Event, names: &[OsString]) -> bool {
    let named = |path: &PathBuf| {
        path.file_name()
            .is_some_and(|name| names.iter().any(|known| known == name))
    };
    let told = event.paths.is_empty() || event.need_rescan() || event.paths.iter().any(named);
    told && !event.kind.is_access()
}

#[cfg(test)]
mod tests {
    use notify::EventKind;
    use notify::event::{AccessKind, CreateKind, ModifyKind};

    use super::*;

    fn concerned(kind: EventKind, path: &str) -> bool {
        let names = ["..data", "t.toml"].map(OsString::from);
        concerns(&Event::new(kind).add_path(PathBuf::from(path)), &names)
    }

    #[test]
    fn a_neighbour_that_is_written_all_the_time_is_no_change_of_the_file() {
        assert!(!concerned(
            EventKind::Modify(ModifyKind::Any),
            "/c/tidegate.db-wal"
        ));
        assert!(concerned(EventKind::Modify(ModifyKind::Any), "/c/t.toml"));
        assert!(!concerned(EventKind::Access(AccessKind::Any), "/c/t.toml"));
        assert!(concerned(EventKind::Create(CreateKind::Any), "/c/..data"));
    }

    #[test]
    fn what_was_missed_may_have_been_the_file() {
        let event = Event::new(EventKind::Other);
        assert!(concerns(&event, &["t.toml".into()]));
    }
}
