//! The control of the desktop's benches (`tests/bench`): the least that Tauri does, with the versions and features of the
//! product. `bare tray` is a tray item with a menu of one line and no webview; `bare window` an empty window of the
//! product's size. Never part of a package.

use std::error::Error;

use tauri::menu::{Menu, MenuItem};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{App, Manager as _, RunEvent, WebviewUrl, WebviewWindowBuilder, Wry};

/// Keeps the item for as long as the program runs.
struct Kept(#[expect(dead_code, reason = "held, never read")] TrayIcon<Wry>);

#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "Tauri's own macro ends a program whose embedded files are broken"
)]
fn main() -> Result<(), Box<dyn Error>> {
    let role = std::env::args().nth(1);
    let setup = match role.as_deref() {
        Some("tray") => tray,
        Some("window") => window,
        _ => return Err("bare tray, or bare window".into()),
    };
    let app = tauri::Builder::default()
        .setup(setup)
        .build(tauri::generate_context!("examples/bare/tauri.conf.json"))?;
    let stays = role.as_deref() == Some("tray");
    app.run(move |_, event| {
        // A program without a window would end at once.
        if let RunEvent::ExitRequested { code: None, api, .. } = event
            && stays
        {
            api.prevent_exit();
        }
    });
    Ok(())
}

fn tray(app: &mut App) -> Result<(), Box<dyn Error>> {
    let quit = MenuItem::with_id(app, "quit", "Quit", true, None::<&str>)?;
    let item = TrayIconBuilder::with_id("bare")
        .title("Bare")
        .icon(tauri::include_image!("../icons/app/32x32.png"))
        .menu(&Menu::with_items(app, &[&quit])?)
        .on_menu_event(|app, _| app.exit(0))
        .build(app)?;
    app.manage(Kept(item));
    Ok(())
}

fn window(app: &mut App) -> Result<(), Box<dyn Error>> {
    WebviewWindowBuilder::new(app, "main", WebviewUrl::App("index.html".into()))
        .title("Bare")
        .inner_size(1040.0, 700.0)
        .min_inner_size(360.0, 480.0)
        .build()?;
    Ok(())
}
