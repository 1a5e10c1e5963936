//! The tray: one [`Snapshot`] of what the guard knows feeds icon, tooltip and menu.
//!
//! Owns how they look and what a click asks for. Never asks the guard itself, never decides anything. The snapshot, the
//! menu's model and the icon's choice are pure and tested beside their code; the item itself in `tests/tests/desktop.rs`.

mod icon;
mod item;
mod menu;
mod snapshot;

pub(crate) use item::Tray;
pub(crate) use menu::{Deed, Span};
pub(crate) use snapshot::Snapshot;
