//! What a subscription was used, and for how long the rest lasts. Owns the arithmetic over samples of a counter that is
//! reset now and then: use between instants, use of a calendar day, rates of whole weeks, days left, the day of the month
//! on which it is counted anew. Exact integers; a day without a sample on both of its sides is unknown, never nothing.
//! Knows no panel, no row and no clock. Tested in `tests/allowance`.

mod left;
mod rate;
mod reset;
mod series;

pub use left::{Allowance, Ending, Left, Limits, NoEstimate, Spare, left};
pub use rate::{Rate, rates};
pub use reset::{cycle, learned_day, next_reset};
pub use series::{Sample, Series, Step, Turn, Used};
