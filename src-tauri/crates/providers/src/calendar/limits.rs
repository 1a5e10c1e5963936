//! What a renewal's cycle may be, and why.

/// Longest distance of "every N days": ten years and a leap day each; longer is a typing error.
pub const EVERY_DAYS_MAX: u16 = 3_660;
/// Longest distance of "every N months": ten years, as long as a domain can be registered.
pub const EVERY_MONTHS_MAX: u16 = 120;
/// Due dates of a preview: a year of a monthly renewal fits on one glance.
pub const PREVIEW_DUES: usize = 12;
/// On which days after an open due date it is told again: each day while a provider usually still waits, then each week
/// for a month. A person who has not answered by then knows; it stays in the list, overdue.
pub const OVERDUE_DAYS: [i64; 7] = [1, 2, 3, 7, 14, 21, 28];
/// Longest notice ahead: a year, as the earlier system took.
pub const AHEAD_DAYS_MAX: u16 = 365;
/// Notices ahead of one due date: more would be noise.
pub const AHEAD_MAX: usize = 8;
/// Dates of a renewal that a calendar file tells one by one: three years of months, after which it is made anew.
pub const ICS_DATES: usize = 36;
/// The hour of a calendar's alarms: the same at which the program itself reminds.
pub const ICS_HOUR: i64 = 9;
