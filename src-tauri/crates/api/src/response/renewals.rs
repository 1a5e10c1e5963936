//! Renewals as they are shown: when each is due, what it costs, and what all of them cost.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tidegate_engine::view::RenewalState;
use tidegate_meter::{ChannelId, Quantity, RenewalId, RowId};
use ts_rs::TS;

/// Every renewal as of today. Dates are `YYYY-MM-DD` in the user's zone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct RenewalsView {
    /// Today.
    #[ts(type = "string")]
    pub today: Date,
    /// The most urgent first; what is not due any more last.
    pub renewals: Vec<RenewalView>,
    /// What those cost that are switched on and come again, each currency by itself.
    pub totals: Vec<RenewalTotal>,
}

/// One renewal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct RenewalView {
    /// Which.
    #[ts(type = "string")]
    pub id: RenewalId,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub owner: Option<String>,
    /// Whether it reminds.
    pub enabled: bool,
    /// Its cycle, as it is configured.
    pub cycle: String,
    /// Its day, as it is configured.
    pub day: String,
    /// Both in words.
    pub repeats: String,
    /// What it costs each time; null when nobody entered it.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub amount: Option<Quantity>,
    /// The provider renews it by itself.
    pub auto_renew: bool,
    /// On how many days before a due date it reminds; 0 is the day itself.
    pub remind: Vec<u16>,
    /// What its owner noted.
    pub note: Option<String>,
    /// Where its messages go; empty: every channel.
    #[ts(type = "Array<string>")]
    pub channels: Vec<ChannelId>,
    /// Paid through this date.
    #[ts(type = "string | null")]
    pub paid: Option<Date>,
    /// The oldest open due date; null when nothing falls due any more.
    #[ts(type = "string | null")]
    pub next_due: Option<Date>,
    /// When the cycle that ends with it began.
    #[ts(type = "string | null")]
    pub cycle_start: Option<Date>,
    /// Days from today to it; negative when overdue.
    #[ts(type = "number | null")]
    pub days: Option<i64>,
    /// How many open due dates have passed.
    pub overdue: usize,
    /// How urgent it is.
    #[ts(type = "\"overdue\" | \"due\" | \"soon\" | \"ahead\" | \"settled\" | \"off\"")]
    pub state: RenewalState,
    /// The open alert.
    #[ts(type = "string | null")]
    pub alert: Option<RowId>,
}

/// What the renewals of one currency cost. A year is 12 months, or 365.2425 days where weeks or days are counted; the sum
/// is exact and rounded once, to a millionth. Null when it is too large to be told exactly.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct RenewalTotal {
    /// The currency.
    pub currency: String,
    /// A twelfth of a year.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub per_month: Option<Quantity>,
    /// A year.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub per_year: Option<Quantity>,
}

/// Due dates that are not paid yet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct DuesView {
    /// The next ones, oldest first.
    #[ts(type = "Array<string>")]
    pub due: Vec<Date>,
    /// Days from today to the first: 0 on its day, negative when overdue, null when there is none.
    #[ts(type = "number | null")]
    pub days: Option<i64>,
}

/// What a mark came to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct RenewedView {
    /// Which.
    #[ts(type = "string")]
    pub renewal: RenewalId,
    /// Paid through this date; null when nothing is marked.
    #[ts(type = "string | null")]
    pub paid: Option<Date>,
    /// The oldest due date that is still open; null when nothing falls due any more.
    #[ts(type = "string | null")]
    pub next_due: Option<Date>,
}
