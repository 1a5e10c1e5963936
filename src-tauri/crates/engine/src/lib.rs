//! The loops: poll, judge, act, deliver, report, watch the clock.
//!
//! Owns the scheduler, the one transaction of each check, the intent state machine (one file per state), the outbox
//! worker, lapse detection and the lease. It is the only crate that brings providers, channels, vault and store
//! together. Never decides by itself (that is `guard`), never writes past `store`, never prints.
//! Tested beside the code with virtual time and in `tests/` with real parts.

pub mod config;
mod event;

pub use event::{ChangeBatch, Event};
