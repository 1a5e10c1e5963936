//! The words of `sim run`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// What `sim` does besides serving.
#[derive(Debug, Subcommand)]
pub(crate) enum SimCommand {
    /// Play seeded worlds with faults over the real guard in virtual time, and hold every promise against what happened.
    ///
    /// Exit codes: 0 every promise was kept, 1 one was broken, 2 usage.
    Run(SimRunArgs),
}

/// `sim run`.
#[derive(Debug, Args)]
pub(crate) struct SimRunArgs {
    /// This one seed: the same one plays the same run.
    #[arg(long, value_name = "N", conflicts_with_all = ["seeds", "from", "plan"])]
    pub(crate) seed: Option<u64>,
    /// So many seeds.
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with = "plan")]
    pub(crate) seeds: u64,
    /// The first of them.
    #[arg(long, value_name = "S", default_value_t = 0, conflicts_with = "plan")]
    pub(crate) from: u64,
    /// Virtual days of a run.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=366), conflicts_with = "plan")]
    pub(crate) days: u32,
    /// Faults to the end, faults that are mended, or as each seed draws it.
    #[arg(long, value_enum, default_value_t = ModeArg::Both, conflicts_with = "plan")]
    pub(crate) mode: ModeArg,
    /// How large the worlds are.
    #[arg(long, value_enum, default_value_t = ShapeArg::Small, conflicts_with = "plan")]
    pub(crate) shape: ShapeArg,
    /// A plan from a file instead of a seed, or a kept bug.
    #[arg(long, value_name = "FILE")]
    pub(crate) plan: Option<PathBuf>,
    /// Threads; else as many as the machine has.
    #[arg(long, value_name = "J")]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Keep the smallest plan of what broke in this folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
    /// Tell the story also of a run that kept everything; of one seed or plan.
    #[arg(long)]
    pub(crate) story: bool,
}

/// What is asked of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum ModeArg {
    /// Faults to the end: nothing bad happens.
    Safety,
    /// Faults that are mended: then something good happens within its bound.
    Liveness,
    /// As each seed draws it.
    Both,
}

/// How large a world is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum ShapeArg {
    /// One or two accounts and a little of everything else.
    Small,
    /// Three accounts with six meters: what the figure of speed is about.
    Standard,
    /// Everything at once.
    Large,
}
