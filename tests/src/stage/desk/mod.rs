//! The desktop of the end-to-end tests: a display, a tray host, a notification daemon and a driver for the window, each
//! the real thing on a private session bus.
//!
//! Owns these processes and ends them with the test. Never draws or answers for the program: what it learns comes from
//! the bus, the daemon's own history and the page as WebKit shows it.

mod display;
mod driver;
mod guard;
mod notices;
mod parts;
mod tray;

pub use display::Display;
pub use driver::{Driver, Element};
pub use guard::{Desktop, Leftovers, processes_of};
pub use notices::{Notice, Notices};
pub use parts::{Part, until};
pub use tray::{Item, MenuItem, TrayHost};
