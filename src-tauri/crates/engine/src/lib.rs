//! The loops: poll, judge, act, deliver, report, watch the clock.
//!
//! Owns the scheduler, the one transaction of each check, the intent state machine (one file per state), the outbox
//! worker, lapse detection and the lease. It is the only crate that brings providers, channels, vault and store
//! together. Never decides by itself (that is `guard`), never writes past `store`, never prints.
//! Tested beside the code with virtual time and in `tests/` with real parts.

pub mod clock;
pub mod config;
pub mod crash;
mod engine;
mod error;
mod event;
pub mod limits;
mod outside;
mod parts;
pub mod view;

pub use clock::SystemTimer;
pub use engine::Engine;
pub use error::{ConfigError, EngineError, Refused};
pub use event::{ChangeBatch, Event};
pub use outside::{AccountSecrets, Links, MakeError, Outside};
pub use parts::{CrashHook, Entropy, Environment, Options, Parts, SeededEntropy, SystemEntropy};
