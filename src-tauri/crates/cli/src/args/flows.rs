//! The words of `flows`.

use clap::{Args, Subcommand, ValueEnum};
use tidegate_api::words::{Date, DeviceId};

/// `flows`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct FlowsArgs {
    /// What to do; without it, sum up calendar days.
    #[command(subcommand)]
    pub(crate) what: Option<FlowsCommand>,
    /// What to sum up.
    #[command(flatten)]
    pub(crate) sums: FlowSumsArgs,
}

/// Other ways to look.
#[derive(Debug, Subcommand)]
pub(crate) enum FlowsCommand {
    /// What passes now, by device and node, while the guard runs.
    Live,
}

/// Which days, and told apart by what.
#[derive(Debug, Args)]
pub(crate) struct FlowSumsArgs {
    /// The first day, YYYY-MM-DD; else the last day itself.
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<Date>,
    /// The last day, YYYY-MM-DD, at most 400 days with the first; else today.
    #[arg(long, value_name = "DATE")]
    pub(crate) through: Option<Date>,
    /// Only of this device.
    #[arg(long)]
    pub(crate) device: Option<DeviceId>,
    /// Told apart by these, with commas between them.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [FlowByArg::Device, FlowByArg::Node])]
    pub(crate) by: Vec<FlowByArg>,
    /// At most so many rows, the most bytes first; the rest is summed up.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=i64::from(tidegate_api::limits::FLOW_ROWS)))]
    pub(crate) limit: u32,
    /// Print the rows as comma-separated values, bytes as whole numbers.
    #[arg(long)]
    pub(crate) csv: bool,
}

/// One thing by which flows are told apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum FlowByArg {
    /// The device.
    Device,
    /// The node that was dialled.
    Node,
    /// What the rule named.
    Group,
    /// The kernel's name of the subscription.
    Feed,
    /// Proxy, direct, reject, unattributed.
    Kind,
    /// The calendar day.
    Day,
}
