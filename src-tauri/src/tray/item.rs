//! The item in the panel. Owns the one tray icon of this process, on the main thread; redrawn only when what it shows has
//! changed. A panel without a tray is no failure: the item is tried again, and the window opens instead.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tauri::menu::{IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Wry};
use tidegate_api::words::{Lang, Time};

use super::icon;
use super::menu::{Deed, Entry, menu, sentence};
use super::snapshot::Snapshot;

/// Between two tries to find a panel.
const AGAIN: Duration = Duration::from_secs(2);

/// What is drawn now.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Drawn {
    icon: String,
    tooltip: String,
    entries: Vec<Entry>,
}

struct Inner {
    app: AppHandle<Wry>,
    deeds: Sender<Deed>,
    item: Mutex<Option<TrayIcon<Wry>>>,
    wanted: Mutex<Drawn>,
    /// What each line of the menu asks for, by its id.
    clicks: Mutex<Vec<Deed>>,
}

/// The tray of this process.
#[derive(Clone)]
pub(crate) struct Tray(Arc<Inner>);

impl Tray {
    /// Puts the item into the panel, now or when one comes. What is clicked goes to `deeds`.
    pub(crate) fn start(app: AppHandle<Wry>, deeds: Sender<Deed>) -> Self {
        let tray = Self(Arc::new(Inner {
            app,
            deeds,
            item: Mutex::new(None),
            wanted: Mutex::new(Drawn::default()),
            clicks: Mutex::new(Vec::new()),
        }));
        tray.build();
        tray
    }

    /// Whether a panel has taken the item.
    pub(crate) fn is_shown(&self) -> bool {
        locked(&self.0.item).is_some()
    }

    /// Shows a snapshot; does nothing when it looks like the one before. Callable from any thread.
    pub(crate) fn show(&self, snapshot: &Snapshot, now: Time, lang: Lang) -> bool {
        let drawn = Drawn {
            icon: icon::name(snapshot.state, snapshot.fill),
            tooltip: sentence(snapshot, lang),
            entries: menu(snapshot, now, lang),
        };
        let mut wanted = locked(&self.0.wanted);
        if *wanted == drawn {
            return false;
        }
        *wanted = drawn;
        drop(wanted);
        let tray = self.clone();
        let _ = self.0.app.run_on_main_thread(move || tray.draw());
        true
    }

    fn build(&self) {
        let tray = self.clone();
        let built = TrayIconBuilder::with_id("tidegate")
            .title("Tidegate")
            .show_menu_on_left_click(true)
            .on_menu_event({
                let tray = tray.clone();
                move |_, event| tray.clicked(event.id().as_ref())
            });
        let built = match icon::picture("blind") {
            Some(picture) => built.icon(picture),
            None => built,
        };
        match built.build(&self.0.app) {
            Ok(item) => {
                *locked(&self.0.item) = Some(item);
                self.draw();
            }
            Err(error) => {
                tracing::debug!(%error, "no panel takes the tray item yet");
                std::thread::spawn(move || tray.build_later());
            }
        }
    }

    fn build_later(self) {
        std::thread::park_timeout(AGAIN);
        let app = self.0.app.clone();
        let _ = app.run_on_main_thread(move || self.build());
    }

    /// On the main thread.
    fn draw(&self) {
        let item = locked(&self.0.item).clone();
        let (Some(item), drawn) = (item, locked(&self.0.wanted).clone()) else {
            return;
        };
        if let Err(error) = self.draw_on(&item, &drawn) {
            tracing::warn!(%error, "the tray could not be drawn");
        }
    }

    fn draw_on(&self, item: &TrayIcon<Wry>, drawn: &Drawn) -> tauri::Result<()> {
        item.set_icon(icon::picture(&drawn.icon))?;
        item.set_title(Some("Tidegate"))?;
        item.set_tooltip(Some(format!("Tidegate · {}", drawn.tooltip)))?;
        let mut clicks = Vec::new();
        let menu = Menu::new(&self.0.app)?;
        for entry in &drawn.entries {
            menu.append(&*self.line(entry, &mut clicks)?)?;
        }
        *locked(&self.0.clicks) = clicks;
        item.set_menu(Some(menu))
    }

    fn line(&self, entry: &Entry, clicks: &mut Vec<Deed>) -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
        let app = &self.0.app;
        Ok(match entry {
            Entry::Rule => Box::new(PredefinedMenuItem::separator(app)?),
            Entry::Text(text) => Box::new(MenuItem::new(app, plain(text), false, None::<&str>)?),
            Entry::Click(text, deed) => {
                let id = format!("deed-{}", clicks.len());
                clicks.push(deed.clone());
                Box::new(MenuItem::with_id(app, id, plain(text), true, None::<&str>)?)
            }
            Entry::More(text, entries) => {
                let more = Submenu::new(app, plain(text), true)?;
                for entry in entries {
                    more.append(&*self.line(entry, clicks)?)?;
                }
                Box::new(more)
            }
        })
    }

    fn clicked(&self, id: &str) {
        let number = id
            .strip_prefix("deed-")
            .and_then(|number| number.parse::<usize>().ok());
        let deed = number.and_then(|number| locked(&self.0.clicks).get(number).cloned());
        if let Some(deed) = deed {
            let _ = self.0.deeds.send(deed);
        }
    }
}

/// A name with an ampersand or underscore must not become a shortcut.
fn plain(text: &str) -> String {
    text.replace('&', "&&")
}

fn locked<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}
