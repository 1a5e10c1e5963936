//! Quotas of sub-accounts: the book of what is granted and charged, and what a sub-account's meter tells by it.
//!
//! Owns the rules of a budget, the commands that change the book, the composing of a meter from the book and the bill, and
//! what is shown of it. Never asks a provider but through [`tidegate_providers::sub_accounts::SubAccounts`], never decides
//! to disable: that is a guard's, like every other action. Tested in `tests/quotas`.

mod asked;
pub mod limits;
mod refused;
mod rules;
mod view;

pub use asked::{Allocation, CountFrom, First, LinkAsked, Made, MadePart, Undone};
pub use refused::QuotaRefused;
pub use rules::{Budget, Rules, WithoutQuota};
pub use view::{
    BillMonth, BillProject, BillRow, ClosedView, CloudProject, Guarded, QuotaAccount, QuotaProject,
    QuotaStanding, QuotaUser,
};
