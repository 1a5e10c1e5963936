//! Putting a backup in the place of the database, while nobody has it open.

use std::path::{Path, PathBuf};

use tidegate_meter::Time;
use tidegate_store::StoreError;

use crate::{ApiError, ErrorCode, Home};

/// Replaces the database of a home by a backup; the one that stood there is kept and named. Errors: `bad_request` when
/// the file is missing or no sound backup, `store` when the database is in use or cannot be written.
pub async fn restore_backup(home: &Home, from: &Path, now: Time) -> Result<Option<PathBuf>, ApiError> {
    if !from.is_file() {
        let told = format!("there is no file {}", from.display());
        return Err(ApiError::new(ErrorCode::BadRequest, told));
    }
    home.make()
        .map_err(|error| ApiError::new(ErrorCode::Store, error.to_string()))?;
    let (database, from) = (home.database(), from.to_owned());
    let done = tokio::task::spawn_blocking(move || tidegate_store::restore(&database, &from, now)).await;
    let restored = done.map_err(|_| ApiError::new(ErrorCode::Store, "the restore was broken off"))?;
    Ok(restored.map_err(refused)?.kept)
}

/// The store checks a copy of the backup before it touches anything: damage found here is the backup's.
fn refused(error: StoreError) -> ApiError {
    match error {
        StoreError::Corrupt => ApiError::new(
            ErrorCode::BadRequest,
            "the file is no backup of Tidegate, or it is damaged; the database was left as it is",
        ),
        other => other.into(),
    }
}
