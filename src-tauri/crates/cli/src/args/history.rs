//! Options of `trend`, `stats`, `export-history` and `export-records`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use tidegate_api::words::{AccountId, MeterId};

/// The longest span that is asked for: ten years.
const DAYS_MAX: i64 = 3660;

fn days() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..=DAYS_MAX)
}

/// `trend`.
#[derive(Debug, Args)]
pub(crate) struct TrendArgs {
    /// Whose.
    pub(crate) account: AccountId,
    /// Which.
    pub(crate) meter: MeterId,
    /// How far back.
    #[arg(long, default_value_t = 30, value_parser = days())]
    pub(crate) days: u32,
}

/// `stats`.
#[derive(Debug, Args)]
pub(crate) struct StatsArgs {
    /// How far back.
    #[arg(long, default_value_t = 30, value_parser = days())]
    pub(crate) days: u32,
}

/// What both exports ask.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The new file; `-` for stdout.
    pub(crate) file: PathBuf,
    /// How far back.
    #[arg(long, default_value_t = 30, value_parser = days())]
    pub(crate) days: u32,
    /// Comma-separated values, or an array of JSON objects.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    pub(crate) format: Format,
}

/// `export-history`.
#[derive(Debug, Args)]
pub(crate) struct ExportHistoryArgs {
    /// Whose.
    pub(crate) account: AccountId,
    /// Which.
    pub(crate) meter: MeterId,
    /// Each reading (the last 90 days), by the hour (two years) or by the day in UTC (for ever).
    #[arg(long, value_enum, default_value_t = EveryArg::Raw)]
    pub(crate) every: EveryArg,
    /// Where to and how.
    #[command(flatten)]
    pub(crate) export: ExportArgs,
}

/// `export-records`.
#[derive(Debug, Args)]
pub(crate) struct ExportRecordsArgs {
    /// Which records.
    #[arg(value_enum)]
    pub(crate) what: Records,
    /// Where to and how.
    #[command(flatten)]
    pub(crate) export: ExportArgs,
}

/// How an export is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Format {
    /// Comma-separated values.
    Csv,
    /// An array of objects, one on a line.
    Json,
}

/// How finely readings are exported.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum EveryArg {
    /// Each reading.
    Raw,
    /// By the hour.
    Hour,
    /// By the day.
    Day,
}

/// Which records are exported.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Records {
    /// Alerts.
    Alerts,
    /// Messages.
    Deliveries,
    /// Actions.
    Actions,
}
