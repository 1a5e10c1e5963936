//! The tray: one [`TrayView`](tidegate_api::response::TrayView), the guard's own answer, feeds icon, tooltip and menu, so
//! that they never say other things than the window does.
//!
//! Owns how they look and what a click asks for. Never asks the guard itself, never decides anything. The menu's model and
//! the icon's choice are pure and tested beside their code; the item itself in `tests/tests/desktop.rs`.

mod deed;
mod icon;
mod item;
mod menu;

pub(crate) use deed::{Deed, Span};
pub(crate) use item::Tray;
pub(crate) use menu::{counts_down, unknown};
