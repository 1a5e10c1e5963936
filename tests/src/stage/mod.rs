//! The stage of the end-to-end tests: a simulated cloud, a home folder and a guard, each a real process of the real
//! program, and the words to drive them.
//!
//! Owns the processes and ends them with the test. Never reaches into the program: what it learns comes from the events
//! the program prints, the commands it answers and the simulator's own records.

#[cfg(target_os = "linux")]
mod agent;
mod cloud;
#[cfg(target_os = "linux")]
pub mod desk;
mod guard;
mod home;
pub mod inside;
mod judge;
#[cfg(target_os = "linux")]
pub mod keyring;
pub mod mail;
#[cfg(target_os = "linux")]
pub mod post;
pub mod scene;

#[cfg(target_os = "linux")]
pub use agent::{Agent, AgentHome};
pub use cloud::Cloud;
pub use guard::Guard;
pub use home::{Answer, Home, config, files};
pub use judge::judged;
use std::time::Duration;

/// As long as any single thing may take on a busy machine before a test gives up; no test waits this long when all is
/// well.
pub const PATIENCE: Duration = Duration::from_secs(90);
