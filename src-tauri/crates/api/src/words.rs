//! The vocabulary that a caller of the api needs, so that it sees no other crate: ids, instants, amounts and their
//! words in both languages.

pub use secrecy::{ExposeSecret, SecretString};
pub use tidegate_channels::catalogue::{blind_reason, intent_state, span};
pub use tidegate_egress::Timer;
pub use tidegate_engine::{Environment, SystemTimer};
pub use tidegate_guard::{ActionKind, IntentState, Level, PowerState, Severity};
pub use tidegate_meter::{
    AccountId, ByteBase, ChannelId, Clock, GuardId, Lang, MailboxId, MeterId, Mono, Now, Quantity, Reason,
    RenewalId, RowId, Target, TargetId, TargetKind, Time, Zone, parse_span, print_span,
};
pub use tidegate_store::{AuditVerdict, DeliveryState};
