//! The vocabulary that a caller of the api needs, so that it sees no other crate: ids, instants, amounts and their
//! words in both languages.

pub use jiff::civil::Date;
pub use secrecy::{ExposeSecret, SecretString};
pub use tidegate_channels::catalogue::{blind_reason, intent_state, span};
pub use tidegate_egress::Timer;
pub use tidegate_engine::{DeviceState, Environment, SystemTimer};
pub use tidegate_guard::{ActionKind, IntentState, Level, PowerState, Severity};
pub use tidegate_meter::handover::{EnrolBody, Enrolled, HandIn, HandedIn, Receipt};
pub use tidegate_meter::{
    AccountId, ByteBase, ChannelId, Clock, DeviceId, FlowBatch, FlowBytes, FlowKind, GuardId, Lang,
    MailboxId, MeterId, Mono, Now, Quantity, Reason, RenewalId, RowId, Target, TargetId, TargetKind, Time,
    Unit, Zone, parse_span, print_span,
};
pub use tidegate_store::{AuditVerdict, DeliveryState};
