//! The desktop of the end-to-end tests: a display, a tray host and a notification daemon on a private session bus, and a
//! clean system to install into.
//!
//! Owns these processes and ends them with the test. Never draws or answers for the program: what it learns comes from
//! the bus and the daemon's own log.

mod display;
mod driver;
mod guard;
mod install;
mod notices;
mod parts;
mod room;
mod tray;

pub use display::Display;
pub use driver::{Driver, Element, Listening};
pub use guard::{Desktop, Leftovers, Window, processes_of, windows_of};
pub use install::{Clean, packed};
pub use notices::{Asked, Notice, Notices, Wire};
pub use parts::{Part, until};
pub use room::{Room, assert_nowhere, house};
pub use tray::{Item, MenuItem, Redraws, TrayHost};
