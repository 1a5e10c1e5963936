//! What a renewal's cycle may be, and why.

/// Longest distance of "every N days": ten years and a leap day each; longer is a typing error.
pub const EVERY_DAYS_MAX: u16 = 3_660;
/// Longest distance of "every N months": ten years, as long as a domain can be registered.
pub const EVERY_MONTHS_MAX: u16 = 120;
/// Due dates of a preview: a year of a monthly renewal fits on one glance.
pub const PREVIEW_DUES: usize = 12;
