//! Putting a backup in the place of the database, while nobody has it open.

use std::path::{Path, PathBuf};

use tidegate_meter::Time;

use crate::{ApiError, ErrorCode, Home};

/// Replaces the database of a home by a backup; the one that stood there is kept and named. Errors: `store` when it is
/// in use or the backup is damaged.
pub async fn restore_backup(home: &Home, from: &Path, now: Time) -> Result<Option<PathBuf>, ApiError> {
    home.make()
        .map_err(|error| ApiError::new(ErrorCode::Store, error.kind().to_string()))?;
    let (database, from) = (home.database(), from.to_owned());
    let done = tokio::task::spawn_blocking(move || tidegate_store::restore(&database, &from, now)).await;
    let restored = done.map_err(|_| ApiError::new(ErrorCode::Store, "the restore was broken off"))??;
    Ok(restored.kept)
}
