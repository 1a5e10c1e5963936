//! What the page may ask of its own process; everything else goes to the guard. No command takes an address or a path
//! to act on.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde_json::Value;
use tauri::ipc::Response;
use tauri::{AppHandle, Manager as _};
use tidegate_api::words::Lang;
use tidegate_api::{ApiError, ErrorCode, Request};

use super::connection::{Connection, Link};
use crate::args;

/// A year of a meter's history as text is a tenth of it.
const TEXT_BYTES: usize = 20 * 1024 * 1024;
/// Names of saved files are cut after so many characters.
const NAME_CHARS: usize = 80;
/// So many files of one name are numbered; more are no accident.
const COPIES: u32 = 1000;

/// The program's folder, for showing it.
pub(crate) struct Folder(pub(crate) PathBuf);

/// Where the open window was asked to go. Kept until the webview takes it: one that still loads hears no event.
#[derive(Default)]
pub(crate) struct Wanted(Mutex<Option<String>>);

impl Wanted {
    pub(super) fn keep(&self, page: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(page.to_owned());
    }

    fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// What the page must know before it asks anything.
#[derive(Serialize)]
pub(crate) struct WindowInfo {
    language: &'static str,
    version: &'static str,
}

/// Asks the guard; the request is checked again on its side.
#[tauri::command]
pub(crate) async fn ask(app: AppHandle, request: Value) -> Result<Response, ApiError> {
    let request = known(request)?;
    let answer = app.state::<Connection>().ask(&request).await?;
    Ok(Response::new(answer))
}

/// A request that a page may make: one that is known, and says nowhere where to act.
fn known(request: Value) -> Result<Request, ApiError> {
    let request: Request = serde_json::from_value(request)
        .map_err(|_| ApiError::new(ErrorCode::BadRequest, "this version does not know that request"))?;
    if request.names_a_place() {
        let detail = "a window names no file to write; the command line does";
        return Err(ApiError::new(ErrorCode::BadRequest, detail));
    }
    Ok(request)
}

/// Whether the guard answers now.
#[tauri::command]
pub(crate) async fn link_state(app: AppHandle) -> Link {
    app.state::<Connection>().state().await
}

/// Whether anybody can see the page.
#[tauri::command]
pub(crate) async fn seen(app: AppHandle, seen: bool) {
    app.state::<Connection>().seen(&app, seen);
}

/// The system's language and this program's version.
#[tauri::command]
pub(crate) fn window_info() -> WindowInfo {
    let language = match args::system_language() {
        Lang::Zh => "zh-CN",
        Lang::En => "en",
    };
    WindowInfo {
        language,
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// The page that the window was asked for while it was open; once.
#[tauri::command]
pub(crate) async fn take_page(app: AppHandle) -> Option<String> {
    app.state::<Wanted>().take()
}

/// Keeps a text in the downloads folder under a new name; tells where.
#[tauri::command]
pub(crate) fn save_text(name: &str, text: &str) -> Result<String, ApiError> {
    if text.len() > TEXT_BYTES {
        return Err(ApiError::new(
            ErrorCode::BadRequest,
            "the text is too long to be saved",
        ));
    }
    let folder = dirs::download_dir().or_else(dirs::home_dir);
    let folder = folder.ok_or_else(|| ApiError::new(ErrorCode::Outside, "no downloads folder is known"))?;
    let saved = save(&folder, &plain(name), text).map_err(|error| {
        ApiError::new(
            ErrorCode::Outside,
            format!("the file could not be saved: {error}"),
        )
    })?;
    Ok(saved.display().to_string())
}

/// Shows the program's folder in the system's file manager.
#[tauri::command]
pub(crate) async fn open_data_folder(app: AppHandle) -> Result<(), ApiError> {
    let shower = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(target_os = "windows") {
        "explorer"
    } else {
        "xdg-open"
    };
    let started = std::process::Command::new(shower)
        .arg(&app.state::<Folder>().0)
        .spawn();
    started.map(drop).map_err(|error| {
        ApiError::new(
            ErrorCode::Outside,
            format!("the folder could not be shown: {error}"),
        )
    })
}

/// A name of letters, digits and a few marks: no folder, no hidden file, nothing that a system treats specially.
fn plain(name: &str) -> String {
    let fits = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | ' ');
    let name: String = name
        .chars()
        .filter(|letter| fits(*letter))
        .take(NAME_CHARS)
        .collect();
    let name = name.trim_matches(['.', ' ']);
    if name.is_empty() {
        "tidegate.txt".to_owned()
    } else {
        name.to_owned()
    }
}

/// Never over a file that is there.
fn save(folder: &Path, name: &str, text: &str) -> std::io::Result<PathBuf> {
    let (stem, end) = name.rsplit_once('.').unwrap_or((name, "txt"));
    for number in 1..COPIES {
        let tried = match number {
            1 => folder.join(format!("{stem}.{end}")),
            number => folder.join(format!("{stem}-{number}.{end}")),
        };
        match std::fs::File::options().write(true).create_new(true).open(&tried) {
            Ok(mut file) => {
                file.write_all(text.as_bytes())?;
                return Ok(tried);
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(std::io::ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_may_not_name_a_file_to_write() {
        assert!(known(serde_json::json!({"request": "status"})).is_ok());
        for refused in [
            serde_json::json!({"request": "backup", "file": "/tmp/anywhere.db"}),
            serde_json::json!({"request": "no_such_request"}),
        ] {
            let told = known(refused.clone()).map(drop).map_err(|error| error.code);
            assert_eq!(told, Err(ErrorCode::BadRequest), "{refused}");
        }
    }

    #[test]
    fn a_saved_name_stays_in_its_folder_and_over_nothing() {
        for (given, kept) in [
            ("../../etc/passwd", "etcpasswd"),
            (".bashrc", "bashrc"),
            ("流量 2026.csv", "流量 2026.csv"),
            ("a/b\\c:d.csv", "abcd.csv"),
            ("...", "tidegate.txt"),
        ] {
            assert_eq!(plain(given), kept);
        }
        let folder = tempfile::tempdir().unwrap();
        let first = save(folder.path(), "a.csv", "1").unwrap();
        let second = save(folder.path(), "a.csv", "2").unwrap();
        assert_eq!(std::fs::read_to_string(first).unwrap(), "1");
        assert!(second.ends_with("a-2.csv"));
    }
}
