//! Messages to the outside: one file per channel, and one message catalogue in zh-CN and en.
//!
//! Owns [`Message`] (code and arguments), its texts in both languages, the sentence of a [`tidegate_guard::Why`], and
//! every channel with its success rule, retry classes and platform limits. Never decides whether to send; never claims
//! more than the message's code says. Tested by snapshots in both languages and in `tests/` against the simulated sink.

pub mod catalogue;
mod contract;
mod desktop;
pub mod feishu;
pub mod limits;
mod mail;
mod message;
mod notice;
mod pace;
mod page;

pub use contract::{Channel, Delivered, Delivery, DeliveryError, Pace, Refusal};
pub use desktop::{Desktop, DesktopConfig};
pub use feishu::{ChannelError, Feishu, FeishuConfig};
pub use mail::{MailKind, MailNote, MailboxRef};
pub use message::{ActionRef, Asked, Message, MeterRef, RenewalRef, Repeats};
pub use notice::{DesktopNotices, Notice, NoticeAction, NoticeDeed, NoticeError, NoticePage, Shown};
