//! The loops: poll, judge, act, deliver, report, watch the clock.
//!
//! Owns the scheduler, the one transaction of each check, the intent state machine (one file per state), the outbox
//! worker, lapse detection and the lease. It is the only crate that brings providers, channels, vault and store
//! together. Never decides by itself (that is `guard`), never writes past `store`, never prints.
//! Tested beside the code and in `tests/` with virtual time, and at the top of the workspace with real parts.

mod act;
mod alerts;
mod command;
pub mod config;
pub mod crash;
mod damage;
mod deliver;
mod desk;
mod devices;
mod discovery;
mod draft;
mod engine;
mod error;
mod escalate;
mod event;
mod facts;
mod flows;
mod guards;
mod inner;
pub mod intent;
mod judging;
mod lapse;
pub mod limits;
mod load;
mod look;
mod mailboxes;
mod measures;
mod memory;
mod messengers;
mod near;
mod outbox;
mod outside;
mod parts;
mod planning;
mod post;
mod program;
mod quiet;
pub mod quotas;
mod renewals;
mod report;
mod restart;
mod run;
mod schedule;
mod secrets;
mod standard;
mod standing;
pub mod subscriptions;
mod tasks;
mod unwritable;
pub mod view;
mod watch;

pub use command::measured::{AccountMeasured, ConfigMeasured, GuardMeasured, Measured, MeterMeasured};
pub use devices::{DeviceTold, Taken};
pub use engine::Engine;
pub use error::{ConfigError, EngineError, Refused};
pub use event::{ChangeBatch, Event};
pub use flows::{
    Coverage, DeviceMeasured, DeviceState, FlowsTold, LinePoint, LineTold, LiveDevice, LiveTold,
};
pub use guards::step_text;
pub use mailboxes::{Finding, MailboxState, MailboxTrial, MailboxView};
pub use measures::{BOUNDS_MS, Counts, Durations};
pub use outside::{AccountSecrets, Links, MakeError, Outside};
#[cfg(feature = "points")]
pub use parts::CrashHook;
pub use parts::{Entropy, Environment, Options, Parts, SeededEntropy, SystemEntropy};
pub use quiet::{QuietError, QuietHours};
pub use renewals::repeats;
pub use report::{ReportSettings, ReportSettingsError, ReportShown};
pub use standard::{CHANNELS, PROVIDERS, real_outside};
pub use tidegate_egress::SystemTimer;
