//! Bounds of this provider, each with its reason.

use std::time::Duration;

/// Bill requests of one account in a second. The vendor: five for the eight bill APIs together, and what is above fails at
/// once; so they leave one by one, 200 ms apart, and no second ever holds six.
pub(super) const BILL_PER_SECOND: u32 = 5;
/// All other requests of one account in a second. Their limits are not published; the official tools stay below this.
pub(super) const CALLS_PER_SECOND: u32 = 5;
/// Rows of one page of the bill; the most it takes.
pub(super) const BILL_ROWS: usize = 300;
/// Pages of one period's bill: 1.2 million rows, which take 13 min at the vendor's pace. More is told, not read in part.
pub(super) const BILL_PAGES: usize = 4000;
/// Pages of a bill that are under way at once: at five a second, answers may take 1.6 s without slowing the pace, and no
/// more than this many pages are in memory.
pub(super) const PAGES_AT_ONCE: usize = 8;
/// Passes over one period's bill, when it changed while it was read.
pub(super) const PASSES: usize = 2;
/// Digits after the point that a row's amount may have: the vendor's have six; sums are exact in whole units of this.
pub(super) const AMOUNT_DIGITS: u32 = 12;
/// Rows of one page of users, policies or groups: the most is not published, the official tools use this.
pub(super) const LIST_ROWS: usize = 100;
/// Rows of one page of projects; the most it takes.
pub(super) const PROJECT_ROWS: usize = 1000;
/// Pages of one list: 20 000 users, four times what an account may have by default; beyond, the list is looping.
pub(super) const LIST_PAGES: usize = 200;
/// Rows of one page of endpoints or instances: the most of either that is documented.
pub(super) const THINGS_ROWS: usize = 100;
/// Who a key belongs to hardly changes; asked again daily.
pub(super) const IDENTITY_AGE: Duration = Duration::from_secs(24 * 3600);
/// The last day of a month, in Beijing, on which the bill of the month before is read again. The vendor calls split bills
/// final on the 5th at 10:00; a day is added for what comes late.
pub(super) const LATE_DAY: i8 = 6;
/// Months before the running one whose bill is told; the vendor's word.
pub(super) const MONTHS_BACK: usize = 24;
/// How far the bill runs behind use: the vendor's own tools tell money of models on the next day, and hourly products
/// within it. What is spent in that time is seen by nobody, so it belongs to every overshoot.
pub const BILL_DELAY: Duration = Duration::from_secs(24 * 3600);
