//! Copies of the database in the program's folder: listed, made, named. Owns the folder's names; never takes a path from
//! outside: a copy is named as it was listed.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use tidegate_meter::Time;

use super::{App, blocking};
use crate::response::BackupView;
use crate::{ApiError, ErrorCode, Response, limits};

type Answer = Result<Response, ApiError>;

/// Copies that a person asked for.
const BY_HAND: &str = "manual-";
/// Copies of what stood before a restore.
const BEFORE: &str = "before-restore-";
/// The daily copies of the store.
const DAILY: &str = "tidegate-";

impl App {
    pub(super) async fn backups(&self) -> Answer {
        let folder = self.home.backups_dir();
        Ok(Response::Backups(blocking(move || listed(&folder)).await?))
    }

    pub(super) async fn backup_now(&self, by: &str) -> Answer {
        let made = self.back_up(BY_HAND).await?;
        let facts = serde_json::json!({ "name": made.name, "bytes": made.bytes });
        self.engine.note(by, "backup.made", facts).await;
        Ok(Response::Backup(made))
    }

    /// A copy of what stands now, before something else takes its place.
    pub(crate) async fn back_up_before_restore(&self) -> Result<BackupView, ApiError> {
        self.back_up(BEFORE).await
    }

    async fn back_up(&self, prefix: &'static str) -> Result<BackupView, ApiError> {
        let folder = self.home.backups_dir();
        let now = self.now();
        let place = folder.clone();
        let path = blocking(move || room(&place, prefix, now)).await?;
        self.store.backup(&path).await?;
        blocking(move || {
            view(&path)
                .ok_or_else(|| ApiError::new(ErrorCode::Store, "the backup was made and cannot be found"))
        })
        .await
    }

    /// The file of a copy by its listed name.
    pub(crate) async fn backup_named(&self, name: &str) -> Result<PathBuf, ApiError> {
        let folder = self.home.backups_dir();
        let place = folder.clone();
        let known = blocking(move || listed(&place)).await?;
        if known.iter().any(|backup| backup.name == name) {
            return Ok(folder.join(name));
        }
        Err(ApiError::new(
            ErrorCode::NotFound,
            "there is no backup of that name",
        ))
    }
}

/// Newest first; what else stands in the folder is not ours to offer.
fn listed(folder: &Path) -> Result<Vec<BackupView>, ApiError> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|error| failed(&error))?,
    };
    let mut backups: Vec<BackupView> = entries.filter_map(|entry| view(&entry.ok()?.path())).collect();
    backups.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| b.name.cmp(&a.name)));
    backups.truncate(limits::BACKUPS_SHOWN);
    Ok(backups)
}

fn view(path: &Path) -> Option<BackupView> {
    let name = path.file_name()?.to_str()?.to_owned();
    let ours = [DAILY, BY_HAND, BEFORE]
        .iter()
        .any(|prefix| name.starts_with(prefix));
    let found = std::fs::symlink_metadata(path).ok()?;
    if !ours || !found.is_file() || path.extension()? != "db" {
        return None;
    }
    let since = found.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(BackupView {
        name,
        at: Time::from_ms(i64::try_from(since.as_millis()).ok()?),
        bytes: found.len(),
    })
}

/// A name that is not taken. Copies by hand are never removed by the program, so their number ends; of those made before
/// a restore the oldest go.
fn room(folder: &Path, prefix: &str, now: Time) -> Result<PathBuf, ApiError> {
    std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
    let mut ours = listed(folder)?;
    ours.retain(|backup| backup.name.starts_with(prefix));
    if prefix == BY_HAND && ours.len() >= limits::BACKUPS_BY_HAND {
        let most = limits::BACKUPS_BY_HAND;
        return Err(ApiError::new(
            ErrorCode::Refused,
            format!(
                "there are {most} backups made by hand already; move some of them out of the folder first"
            ),
        ));
    }
    for old in ours
        .iter()
        .skip(limits::BACKUPS_BY_HAND)
        .filter(|_| prefix == BEFORE)
    {
        // One that cannot be removed is in nobody's way.
        let _ = std::fs::remove_file(folder.join(&old.name));
    }
    let stamp: String = now
        .to_string()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    (1..)
        .map(|n: u32| match n {
            1 => folder.join(format!("{prefix}{stamp}.db")),
            n => folder.join(format!("{prefix}{stamp}-{n}.db")),
        })
        .find(|path| !path.exists())
        .ok_or_else(|| ApiError::new(ErrorCode::Store, "no name is left for a backup"))
}

fn failed(error: &std::io::Error) -> ApiError {
    ApiError::new(
        ErrorCode::Store,
        format!("the folder of the backups cannot be used: {}", error.kind()),
    )
}
