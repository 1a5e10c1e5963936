//! Messages to the outside: one file per channel, and one message catalogue in zh-CN and en.
//!
//! Owns [`Message`] (code and arguments), its texts in both languages, the sentence of a [`tidegate_guard::Why`], and
//! every channel with its success rule, retry classes and platform limits. What the chat platforms and the webhook share
//! stands in `hook`. Never decides whether to send; never claims more than the message's code says. Tested by snapshots in
//! both languages, in `tests/` against scripted and simulated sinks, and the mail against a real server.

mod about;
mod address;
pub mod catalogue;
mod contract;
mod deed;
mod desktop;
pub mod dingtalk;
mod error;
pub mod feishu;
mod hook;
mod json;
mod leak;
pub mod limits;
mod mail;
mod marks;
mod message;
mod notice;
mod pace;
mod page;
pub mod report;
pub mod slack;
pub mod smtp;
pub mod telegram;
pub mod webhook;
pub mod wecom;

pub use contract::{Channel, Delivered, Delivery, DeliveryError, Pace, Refusal};
pub use deed::{Deed, Opened, StillOver};
pub use desktop::{Desktop, DesktopConfig};
pub use error::ChannelError;
pub use hook::{Hook, Telling, Wire};
pub use leak::LeakNote;
pub use mail::{MailNote, MailboxRef};
pub use message::{ActionRef, Asked, Message, MeterRef, RenewalRef, Repeats};
pub use notice::{DesktopNotices, Notice, NoticeAction, NoticeDeed, NoticeError, NoticePage, Shown};
pub use report::ReportFacts;
pub use smtp::Smtp;
