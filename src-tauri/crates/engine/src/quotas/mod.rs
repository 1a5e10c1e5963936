//! Quotas of sub-accounts: the book of what is granted and charged, and what a sub-account's meter tells by it.
//!
//! Owns the rules of a budget, the commands that change the book, the composing of a meter from the book and the bill, and
//! what is shown of it. Never asks a provider but through [`tidegate_providers::sub_accounts::SubAccounts`], never decides
//! to disable: that is a guard's, like every other action. Tested in `tests/engine/quotas`.

mod asked;
mod book;
mod change;
mod cloud;
mod compose;
mod granting;
pub mod limits;
mod linking;
mod making;
mod meter;
mod refused;
mod rules;
mod settle;
mod show;
mod view;

pub(crate) use book::{Book, load};
pub(crate) use cloud::{
    as_holder, change_policy, cloud_policies, cloud_projects, create_key, detail, never_read,
    with_sub_accounts,
};
pub(crate) use compose::{
    Ground, compose, fill_in, ground, interval_of, is_judged, look_at_book, look_max, own_guard, reload,
};
pub(crate) use granting::{allocate, set_rules};
pub(crate) use linking::{link, toggle, unlink};
pub(crate) use making::create;
pub(crate) use meter::{behind, behind_hours, lag, measured};
pub(crate) use settle::{Settled, Told};
pub(crate) use show::{account, accounts, bill, one, reach};

pub use asked::{Allocation, CountFrom, First, LinkAsked, Made, MadePart, Undone};
pub use refused::QuotaRefused;
pub use rules::{Budget, Rules, WithoutQuota};
pub use view::{
    BillMonth, BillProject, BillRow, ClosedView, CloudProject, Guarded, QuotaAccount, QuotaProject,
    QuotaStanding, QuotaUser,
};
