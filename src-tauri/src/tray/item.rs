//! The item in the panel. Owns the one tray icon of this process, on the main thread; redrawn only when what it shows has
//! changed. A panel without a tray is no failure: the item is tried again, and the window opens instead.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tauri::menu::{IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Wry};
use tidegate_api::response::{TrayState, TrayView};
use tidegate_api::words::{Lang, Time};

use super::deed::Deed;
use super::icon;
use super::menu::{Entry, menu, sentence};
use crate::window::HAS_PAGES;

/// Between two tries to find a panel.
const AGAIN: Duration = Duration::from_secs(2);

/// What is drawn now.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Drawn {
    icon: String,
    tooltip: String,
    entries: Vec<Entry>,
}

impl Drawn {
    /// Before the guard has said anything.
    fn nothing() -> Self {
        Self {
            icon: icon::name(TrayState::Blind, 0),
            tooltip: String::new(),
            entries: Vec::new(),
        }
    }
}

struct Inner {
    app: AppHandle<Wry>,
    deeds: Sender<Deed>,
    item: Mutex<Option<TrayIcon<Wry>>>,
    wanted: Mutex<Drawn>,
}

/// The tray of this process.
#[derive(Clone)]
pub(crate) struct Tray(Arc<Inner>);

impl Tray {
    /// Nothing is in the panel yet. What is clicked goes to `deeds`.
    pub(crate) fn new(app: AppHandle<Wry>, deeds: Sender<Deed>) -> Self {
        Self(Arc::new(Inner {
            app,
            deeds,
            item: Mutex::new(None),
            wanted: Mutex::new(Drawn::nothing()),
        }))
    }

    /// Puts the item into the panel, now or when one comes. Callable from any thread.
    pub(crate) fn appear(&self) {
        let tray = self.clone();
        let _ = self.0.app.run_on_main_thread(move || tray.build());
    }

    /// Whether a panel has taken the item.
    pub(crate) fn is_shown(&self) -> bool {
        locked(&self.0.item).is_some()
    }

    /// Shows a view; does nothing when it looks like the one before. Callable from any thread.
    pub(crate) fn show(&self, view: &TrayView, now: Time, lang: Lang) -> bool {
        let drawn = Drawn {
            icon: icon::name(view.state, view.fill),
            tooltip: sentence(view, now, lang),
            entries: menu(view, now, lang),
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
            .show_menu_on_left_click(!HAS_PAGES)
            .on_menu_event({
                let tray = tray.clone();
                move |_, event| tray.clicked(event.id().as_ref())
            })
            .on_tray_icon_event({
                let tray = tray.clone();
                move |_, event| tray.pressed(&event)
            });
        let first = icon::picture(&locked(&self.0.wanted).icon);
        let built = match first {
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
        self.appear();
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
        let menu = Menu::new(&self.0.app)?;
        for entry in &drawn.entries {
            menu.append(&*self.line(entry)?)?;
        }
        item.set_menu(Some(menu))
    }

    fn line(&self, entry: &Entry) -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
        let app = &self.0.app;
        Ok(match entry {
            Entry::Rule => Box::new(PredefinedMenuItem::separator(app)?),
            Entry::Text(text) => Box::new(MenuItem::new(app, plain(text), false, None::<&str>)?),
            Entry::Click(text, deed) => Box::new(MenuItem::with_id(
                app,
                deed.word(),
                plain(text),
                true,
                None::<&str>,
            )?),
            Entry::More(text, entries) => {
                let more = Submenu::new(app, plain(text), true)?;
                for entry in entries {
                    more.append(&*self.line(entry)?)?;
                }
                Box::new(more)
            }
        })
    }

    /// By the deed's own word: the menu may have been drawn anew since the click.
    fn clicked(&self, word: &str) {
        if let Some(deed) = Deed::of_word(word) {
            let _ = self.0.deeds.send(deed);
        }
    }

    fn pressed(&self, event: &TrayIconEvent) {
        if let TrayIconEvent::Click {
            button: MouseButton::Left,
            button_state: MouseButtonState::Up,
            ..
        } = event
        {
            let _ = self.0.deeds.send(Deed::Open("/".into()));
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
