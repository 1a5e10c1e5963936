//! The vocabulary of Tidegate: what is measured, when, in which unit, and how sure we are.
//!
//! Owns [`Quantity`], [`Reading`], [`Outcome`], [`Window`], [`Time`], the [`Clock`] trait, the ids, [`Flow`] and
//! [`MailKind`].
//! Never does I/O, never reads a clock of its own, never holds an amount in a float.
//! Tested in `tests/vocabulary/`, one sentence a test.

mod blind;
mod clock;
mod flow;
pub mod handover;
mod human;
mod id;
pub mod limits;
mod mail;
mod month;
mod quantity;
mod reading;
mod subject;
mod text;
mod time;
mod unit;
mod window;
mod zone;

pub use blind::{Blind, Reason, Retry};
pub use clock::{Clock, Mono, Now};
pub use flow::{Flow, FlowBatch, FlowBytes, FlowKey, FlowKind, FlowKindError, KindBytes, Span};
pub use human::human;
pub use id::{
    AccountId, ChannelId, DeviceId, GuardId, IdError, MailboxId, MeterId, RenewalId, RowId, TargetId,
};
pub use mail::MailKind;
pub use month::{Month, MonthError};
pub use quantity::{Quantity, QuantityError};
pub use reading::{AsOf, Outcome, Reading, ReadingError};
pub use subject::{ByteBase, MeterInfo, MeterKind, Target, TargetKind};
pub use text::{Lang, ParseSpanError, parse_span, print_span};
pub use time::{Time, TimeError};
pub use unit::{Currency, Unit, UnitError};
pub use window::{Window, WindowKind};
pub use zone::{Zone, ZoneError};
