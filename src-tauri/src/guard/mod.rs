//! The guard process: the engine on a thread of its own, the tray on the main thread, and between them data.
//!
//! Owns the order of starting and ending. Never holds a webview; a window is a process of its own. When another process
//! guards this home already (`tidegated run`, or a second start), this one looks at that one and guards nothing.

mod carrier;
mod login;
mod notices;
mod windows;

use std::sync::mpsc;

use anyhow::Context as _;
use tauri::RunEvent;

use crate::args::Setting;
use crate::tray::Tray;
use carrier::Carrier;

/// Runs until it is told to end.
pub(crate) fn run(setting: Setting, hidden: bool) -> anyhow::Result<()> {
    let (deeds, asked) = mpsc::channel();
    let carrier = Carrier::start(setting, hidden, asked, deeds.clone())?;
    let app = tauri::Builder::default()
        .setup(move |app| {
            let tray = Tray::new(app.handle().clone(), deeds);
            carrier.go(app.handle().clone(), tray);
            Ok(())
        })
        .build(crate::built_in())
        .context("the desktop could not be reached")?;
    app.run(|_, event| {
        // Without a window the desktop's own loop would end at once; only `exit` with a code ends it.
        if let RunEvent::ExitRequested { code: None, api, .. } = event {
            api.prevent_exit();
        }
    });
    Ok(())
}
