//! `import` and its subcommands.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `import`.
#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// `config.json` of Balance Alert: projects, subscriptions, mailboxes and the webhook.
    BalanceAlert(ImportArgs),
    /// FlowCollect: its server's or agent's settings (INI, or the kernel's YAML), its database, or several of them at once.
    Flowcollect(FlowcollectArgs),
}

/// `import flowcollect`.
#[derive(Debug, Args)]
pub(crate) struct FlowcollectArgs {
    /// The files, in any order; what each is shows in its content.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Only show what would change.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// `import balance-alert`.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The file.
    pub(crate) file: PathBuf,
    /// Only show what would change.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Write a configuration file instead of changing anything; keys in clear are left to `vault set`.
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    pub(crate) out: Option<PathBuf>,
    /// What the amounts of subscriptions are in: the file does not say.
    #[arg(long, default_value = "CNY", value_name = "CODE")]
    pub(crate) currency: String,
    /// Do not ask.
    #[arg(long)]
    pub(crate) yes: bool,
}
