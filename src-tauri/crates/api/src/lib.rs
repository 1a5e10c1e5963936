//! The one face: commands, queries and change batches, as data.
//!
//! Owns [`Request`], [`Response`], [`ApiError`], the configuration format ([`config`]) and the composition root
//! [`App`], which puts store, vault, wire, clock and engine together. Window, command line and other programs ask
//! alike, in process or over the link. Never prints, never reads the environment, never returns a secret.
//! TypeScript types are made from here ([`bindings`]). Tested in `tests/` and by the command line's tests.

mod app;
pub mod bindings;
pub mod config;
mod deeds;
pub mod demo;
mod desktop;
pub mod door;
mod error;
pub mod export;
mod face;
mod followed;
mod glance;
mod home;
mod hosted;
pub mod import;
pub mod limits;
mod offers;
mod presets;
pub mod renewals;
pub mod request;
pub mod response;
mod restore;
mod runtime;
mod texts;
mod typed;
pub mod words;

pub use app::{App, AppOptions, VaultChoice, version};
pub use desktop::{Desktop, DesktopError};
pub use error::{ApiError, ErrorCode};
pub use face::{Changes, Face};
pub use followed::{ConfigRefusal, Followed};
pub use home::Home;
pub use hosted::Hosted;
pub use request::Request;
pub use response::Response;
pub use restore::restore_backup;
pub use runtime::runtime;
pub use tidegate_channels::{
    DesktopNotices, Notice, NoticeAction, NoticeDeed, NoticeError, NoticePage, Refusal, Shown,
};

/// The version of requests and answers: raised when an old client could misread a new answer.
pub const PROTOCOL: u32 = 1;
