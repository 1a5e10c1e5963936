//! The words of `report`.

use clap::Args;
use tidegate_api::words::Date;

/// `report`.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// The seven days that end with the day, instead of the day alone.
    #[arg(long)]
    pub(crate) weekly: bool,
    /// The last day, YYYY-MM-DD; else today.
    #[arg(long, value_name = "DATE")]
    pub(crate) day: Option<Date>,
    /// Print the page of the mail instead of its text.
    #[arg(long, conflicts_with = "json")]
    pub(crate) html: bool,
    /// Send it now to the channels of reports, marked as sent by hand.
    #[arg(long)]
    pub(crate) send: bool,
}
