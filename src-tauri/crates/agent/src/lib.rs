//! Collects the proxy traffic of a machine and hands it in to the Tidegate that watches it: no window, no keychain, no
//! database.
//!
//! Owns the spool on the disk, the state file with the device's token, enrolment and hand-in, and the small program
//! `tidegate-agent`; `tidegated agent` is the same over this library. Counts nothing itself (that is
//! [`tidegate_providers::proxy`]), never changes anything at a kernel, never logs a secret or where a connection leads.
//! Tested in `tests/`, with a server of its own over real HTTP, and with the whole program in the workspace's tests.

mod agent;
mod collect;
pub mod command;
mod door;
mod error;
mod identity;
pub mod limits;
mod pause;
mod place;
mod private;
mod sender;
pub mod spool;
pub mod standing;

pub use agent::{Agent, Options, Parts};
pub use error::AgentError;
pub use identity::Identity;
pub use place::Place;

/// The version of this agent, as it tells it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
