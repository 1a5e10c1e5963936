//! Quotas of sub-accounts: the book of what is granted and charged, and what a sub-account's meter tells by it.
//!
//! Owns the rules of a budget, the commands that change the book, the composing of a meter from the book and the bill, and
//! what is shown of it. Never asks a provider but through [`tidegate_providers::sub_accounts::SubAccounts`], never decides
//! to disable: that is a guard's, like every other action. Tested in `tests/quotas`.

mod view;

pub use view::{ClosedView, QuotaStanding};
