//! The words of `renewals`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use tidegate_api::words::RenewalId;

/// `renewals`.
#[derive(Debug, Subcommand)]
pub(crate) enum RenewalCommand {
    /// List them, the most urgent first, and what they cost.
    List,
    /// Mark one as renewed.
    Paid {
        /// Which.
        renewal: RenewalId,
        /// The due date it was paid for, or the day of the payment, YYYY-MM-DD; else what is due by today, or the next
        /// due date.
        #[arg(long, value_name = "DATE")]
        date: Option<String>,
    },
    /// Take the last mark back.
    Clear {
        /// Which.
        renewal: RenewalId,
    },
    /// Write those that are switched on as a calendar file (.ics).
    Export {
        /// The file; `-` prints it.
        file: PathBuf,
    },
    /// The next 12 due dates of a cycle that are not paid yet. Needs no home and no guard.
    Preview(PreviewArgs),
}

/// `renewals preview`. What is allowed is checked where it is understood, so that each error names its flag.
#[derive(Debug, Args)]
pub(crate) struct PreviewArgs {
    /// weekly, monthly, yearly, "every N days", "every N months", once or trial.
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) cycle: String,
    /// 1 to 7 (Monday is 1), 1 to 31, MM-DD, or a date YYYY-MM-DD for the cycles that have one.
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) day: String,
    /// Paid through this date, YYYY-MM-DD: what is due on or before it is settled.
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub(crate) paid: Option<String>,
    /// Counted from this date, YYYY-MM-DD; else from today.
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub(crate) today: Option<String>,
}
