//! The desktop of the end-to-end tests: a display, a tray host and a notification daemon on a private session bus.
//!
//! Owns these processes and ends them with the test. Never draws or answers for the program: what it learns comes from
//! the bus and the daemon's own log.

mod display;
mod guard;
mod notices;
mod parts;
mod tray;

pub use display::Display;
pub use guard::{Desktop, Leftovers, processes_of};
pub use notices::{Notice, Notices};
pub use parts::{Part, until};
pub use tray::{Item, MenuItem, TrayHost};
