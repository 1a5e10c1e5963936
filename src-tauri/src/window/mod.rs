//! The window process: one webview that looks at the guard over the link. No engine, no secret, no file of the guard.
//!
//! Owns the webview's few commands and the connection, which is made again whenever the guard comes back. Ends with its
//! window. Tested with a real WebKit in `tests/tests/desktop.rs`.

mod commands;
mod connection;

use anyhow::{Context as _, bail};
use tauri::{AppHandle, Emitter as _, Manager as _, WebviewUrl, WebviewWindowBuilder};

use crate::args::Setting;
use connection::Connection;

/// Whether this build holds the window's pages. Without them nothing offers to open a window.
pub(crate) const HAS_PAGES: bool = cfg!(window_pages);
/// Its label, named in the capabilities.
const MAIN: &str = "main";
/// The event after which the webview takes the page that [`commands::Wanted`] keeps for it.
const PAGE: &str = "page";

/// Opens the window, or brings the open one to the front; ends with it.
pub(crate) fn run(setting: &Setting, page: Option<String>) -> anyhow::Result<()> {
    if !HAS_PAGES {
        bail!("this build holds no window; look with `tidegated guards` and `tidegated actions`");
    }
    let page = page.unwrap_or_else(|| "/".to_owned());
    let connection = Connection::new(setting.place());
    let (first, at) = (connection.clone(), page);
    let home = setting.home.clone();
    tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _| {
            come_forward(app, &arguments);
        }))
        .invoke_handler(tauri::generate_handler![
            commands::ask,
            commands::link_state,
            commands::seen,
            commands::window_info,
            commands::take_page,
            commands::save_text,
            commands::open_data_folder,
        ])
        .manage(connection)
        .manage(commands::Wanted::default())
        .manage(commands::Folder(home.root().to_owned()))
        .setup(move |app| {
            first.keep(app.handle().clone());
            let url = WebviewUrl::App(format!("index.html#{at}").into());
            WebviewWindowBuilder::new(app, MAIN, url)
                .title("Tidegate 潮闸")
                .inner_size(1040.0, 700.0)
                .min_inner_size(360.0, 480.0)
                .build()?;
            Ok(())
        })
        .run(crate::built_in())
        .context("the window could not be opened")
}

/// A second start of the window: the first comes to the front, at the page that was asked for.
fn come_forward(app: &AppHandle, arguments: &[String]) {
    let Some(window) = app.get_webview_window(MAIN) else {
        return;
    };
    let page = arguments
        .iter()
        .skip_while(|argument| *argument != "--page")
        .nth(1);
    if let Some(page) = page {
        app.state::<commands::Wanted>().keep(page);
        let _ = app.emit_to(MAIN, PAGE, ());
    }
    let _ = window.unminimize();
    let _ = window.show();
    let _ = window.set_focus();
}
