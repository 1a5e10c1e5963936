//! The command line as data: every command with its options. Owns the words of `--help`.

mod agents;
mod flows;
mod history;
mod import;
pub(crate) mod quota;
mod renewals;
mod report;
mod simulate;

use std::net::SocketAddr;
use std::path::PathBuf;

pub(crate) use agents::AgentsCommand;
use clap::{Args, Parser, Subcommand, ValueEnum};
pub(crate) use flows::{FlowByArg, FlowSumsArgs, FlowsArgs, FlowsCommand};
pub(crate) use import::{FlowcollectArgs, ImportArgs, ImportCommand};
pub(crate) use renewals::{PreviewArgs, RenewalCommand};
pub(crate) use report::ReportArgs;
pub(crate) use simulate::{ModeArg, ShapeArg, SimCommand, SimRunArgs};
use tidegate_agent::command::AgentArgs;
use tidegate_api::door::Scope;
use tidegate_api::words::{AccountId, ChannelId, GuardId, Lang, MailboxId, MeterId, RowId, parse_span};

pub(crate) use history::{
    EveryArg, ExportArgs, ExportHistoryArgs, ExportRecordsArgs, Format, Records, StatsArgs, TrendArgs,
};

/// Guards what cloud accounts use up: warns in steps, and stops a server or disables a sub-account before it costs money.
///
/// Exit codes: 0 done, 1 the answer is no, 2 usage or an invalid file, 3 refused for safety, 4 something outside failed.
#[derive(Debug, Parser)]
#[command(
    name = "tidegated",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
pub(crate) struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub(crate) common: Common,
    /// The command.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What holds for every command.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// The program's folder; else the platform's data folder.
    #[arg(long, global = true, env = "TIDEGATE_HOME", value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
    /// Print JSON for programs instead of tables for people.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The language: zh-CN or en; else from LANG.
    #[arg(long, global = true, value_name = "LANG", value_parser = lang)]
    pub(crate) lang: Option<Lang>,
    /// Where secrets live; `file` takes its passphrase from TIDEGATE_VAULT_PASSPHRASE or asks for it.
    #[arg(long, global = true, env = "TIDEGATE_VAULT", value_enum, default_value_t = VaultKind::Keychain)]
    pub(crate) vault: VaultKind,
}

/// Where secrets live.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum VaultKind {
    /// The keychain of the operating system.
    Keychain,
    /// The environment: `TIDEGATE_SECRET_<ITEM>_<FIELD>`.
    Env,
    /// An encrypted file in the home.
    File,
}

fn lang(text: &str) -> Result<Lang, String> {
    match text {
        "zh-CN" | "zh" | "zh_CN" => Ok(Lang::Zh),
        "en" => Ok(Lang::En),
        _ => Err("use zh-CN or en".to_owned()),
    }
}

/// A span as whole seconds.
fn seconds(text: &str) -> Result<u64, String> {
    let span = parse_span(text).map_err(|error| error.to_string())?;
    Ok(span.as_secs())
}

fn scope(text: &str) -> Result<Scope, String> {
    Scope::of(text).ok_or_else(|| "use read, write, act or ingest".to_owned())
}

/// Every command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Guard until stopped.
    Run(RunArgs),
    /// Collect the traffic of this machine's proxy kernel and hand it in to a Tidegate elsewhere.
    Agent(Box<AgentArgs>),
    /// Show a simulated package running dry: warning, stop, proof and message.
    Demo(DemoArgs),
    /// Look at every meter once; never acts. Exit 1 when any is blind.
    Check {
        /// Only these accounts.
        accounts: Vec<AccountId>,
    },
    /// How the guard stands.
    Status {
        /// Exit 1 unless a process guards now: for the health check of a container.
        #[arg(long)]
        guarding: bool,
    },
    /// Accounts and when they are looked at.
    Accounts,
    /// Meters as they were last seen; asks nobody.
    Meters {
        /// Only this account.
        account: Option<AccountId>,
    },
    /// Servers and sub-accounts as they were found.
    Targets {
        /// Only this account.
        account: Option<AccountId>,
    },
    /// Subscriptions of proxy services, the shortest first: used, left, for how long, and leak checks.
    Subscriptions,
    /// Put a configuration file over what is configured.
    Apply(ApplyArgs),
    /// Take over the configuration of an earlier system.
    Import {
        /// Which.
        #[command(subcommand)]
        what: ImportCommand,
    },
    /// Print the configuration; secrets as references.
    Export,
    /// Read a configuration file and tell every mistake.
    Validate {
        /// The file.
        #[arg(required_unless_present = "env")]
        file: Option<PathBuf>,
        /// The variables of the environment instead.
        #[arg(long, conflicts_with = "file")]
        env: bool,
    },
    /// Guards with what each would do and why.
    Guards,
    /// Let a guard act for a while, on the servers and sub-accounts it names now.
    Arm {
        /// Which.
        guard: GuardId,
        /// For how long.
        #[arg(long = "for", value_name = "SPAN", default_value = "30d", value_parser = seconds)]
        seconds: u64,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Back to watching.
    Disarm {
        /// Which.
        guard: GuardId,
    },
    /// What a guard would have done over the stored history.
    Replay(ReplayArgs),
    /// Actions, newest first.
    Actions(ListArgs),
    /// Call an action off before it leaves.
    Cancel {
        /// Which.
        action: RowId,
    },
    /// Lengthen the countdown of an action.
    Hold {
        /// Which.
        action: RowId,
        /// By how much.
        #[arg(long = "for", value_name = "SPAN", default_value = "1h", value_parser = seconds)]
        seconds: u64,
    },
    /// Stop a server or disable a sub-account by hand, or end the countdown of a planned action.
    Stop(PowerArgs),
    /// Start a server by hand, or let a sub-account in again.
    Start(PowerArgs),
    /// Undo a verified stop.
    Restore {
        /// Which action.
        action: RowId,
    },
    /// No automatic action for a while; watching goes on.
    Pause {
        /// For how long.
        #[arg(long = "for", value_name = "SPAN", default_value = "1h", value_parser = seconds)]
        seconds: u64,
    },
    /// End a pause.
    Resume,
    /// Put a server or a sub-account on the protect list, or take it off.
    Protect {
        /// Its name or id.
        server: String,
        /// Whose, when the name is not unique.
        #[arg(long)]
        account: Option<AccountId>,
        /// Take it off.
        #[arg(long)]
        off: bool,
    },
    /// Channels, and sending a test message.
    Channels {
        /// What to do; without it, list.
        #[command(subcommand)]
        what: Option<ChannelCommand>,
    },
    /// What falls due when: listed, marked as renewed, written as a calendar file, previewed.
    Renewals {
        /// What to do; without it, list.
        #[command(subcommand)]
        what: Option<RenewalCommand>,
    },
    /// Sub-accounts and their quotas: granted, spent, left; linked projects; disabled and restored.
    Quota {
        /// What to do; without it, list.
        #[command(subcommand)]
        what: Option<quota::QuotaCommand>,
    },
    /// Proxy traffic: what passed on calendar days by device, node and more, and what passes now.
    Flows(FlowsArgs),
    /// What a day or a week came to: proxy traffic, subscriptions, guards and actions; as it is sent by mail.
    Report(ReportArgs),
    /// Mailboxes and what their mails said.
    Mail {
        /// What to do; without it, list.
        #[command(subcommand)]
        what: Option<MailCommand>,
    },
    /// Alerts, newest first.
    Alerts(ListArgs),
    /// Acknowledge an alert: no more reminders.
    Ack {
        /// Which.
        alert: RowId,
        /// Why.
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Quiet an alert for a while.
    Snooze {
        /// Which.
        alert: RowId,
        /// For how long.
        #[arg(long = "for", value_name = "SPAN", default_value = "6h", value_parser = seconds)]
        seconds: u64,
        /// Why; kept in the audit.
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Messages and whether they arrived.
    Deliveries(DeliveryArgs),
    /// The history of a meter.
    History {
        /// Whose.
        account: AccountId,
        /// Which.
        meter: MeterId,
        /// How far back.
        #[arg(long = "for", value_name = "SPAN", default_value = "7d", value_parser = seconds)]
        seconds: u64,
    },
    /// What a meter's readings come to: change, burn a day, lowest, highest, average, thresholds, forecast.
    Trend(TrendArgs),
    /// What happened, counted: alerts, messages, actions, and how many checks were blind.
    Stats(StatsArgs),
    /// Write the readings of a meter to a file.
    ExportHistory(ExportHistoryArgs),
    /// Write alerts, messages or actions to a file.
    ExportRecords(ExportRecordsArgs),
    /// Spans in which nothing was guarding.
    Lapses,
    /// The record of everything that was done.
    Audit {
        /// What to do.
        #[command(subcommand)]
        what: AuditCommand,
    },
    /// Write a consistent copy of the database.
    Backup {
        /// The new file.
        file: PathBuf,
    },
    /// Put a backup in the place of the database; the guard must not run.
    RestoreBackup {
        /// The backup.
        file: PathBuf,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Secrets: stored, listed by name, deleted; never printed.
    Vault {
        /// What to do.
        #[command(subcommand)]
        what: VaultCommand,
    },
    /// Devices on other machines that hand in their proxy traffic.
    Agents {
        /// What to do; without it, list.
        #[command(subcommand)]
        what: Option<AgentsCommand>,
    },
    /// Keys of other programs for `run --listen`.
    Tokens {
        /// What to do; without it, list.
        #[command(subcommand)]
        what: Option<TokenCommand>,
    },
    /// What could keep the guard from working, and what to do about it.
    Doctor {
        /// Also ask each account's provider.
        #[arg(long)]
        outside: bool,
    },
    /// Serve simulated clouds for any client; or play seeded worlds over the real guard.
    #[command(args_conflicts_with_subcommands = true)]
    Sim(SimArgs),
    /// This program and the one that guards.
    Version,
}

/// `run`.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Apply this file and follow its changes.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Remove what the file, or the environment, does not name.
    #[arg(long)]
    pub(crate) prune: bool,
    /// The doors for other programs.
    #[command(flatten)]
    pub(crate) doors: DoorArgs,
}

/// The doors for other programs; closed unless named.
#[derive(Debug, Args)]
pub(crate) struct DoorArgs {
    /// Answer other programs here: /api/v1, /health, /live, /ready; port 0 picks a free one.
    #[arg(long, value_name = "ADDR", env = "TIDEGATE_LISTEN")]
    pub(crate) listen: Option<SocketAddr>,
    /// Answer a Prometheus here: /metrics; port 0 picks a free one.
    #[arg(long, value_name = "ADDR", env = "TIDEGATE_METRICS")]
    pub(crate) metrics: Option<SocketAddr>,
}

/// Which demonstration.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum DemoStory {
    /// A server's traffic package runs dry: warning, stop, proof.
    Traffic,
    /// A sub-account uses its quota up: steps, disable, proof, top-up, restore.
    Quota,
}

/// `demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// What happens: a server's package runs dry, or a sub-account uses its quota up.
    #[arg(long, value_enum, default_value_t = DemoStory::Traffic)]
    pub(crate) scenario: DemoStory,
    /// How many times faster than real time.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1000), default_value_t = tidegate_api::demo::SPEED)]
    pub(crate) speed: u32,
    /// Keep the home in this new folder, to look at afterwards.
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
}

/// `apply`.
#[derive(Debug, Args)]
pub(crate) struct ApplyArgs {
    /// The file.
    pub(crate) file: PathBuf,
    /// Only show what would change.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Remove what the file does not name.
    #[arg(long)]
    pub(crate) prune: bool,
}

/// `replay`.
#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// Which guard.
    pub(crate) guard: GuardId,
    /// Another limit than the configured one.
    #[arg(long)]
    pub(crate) limit: Option<String>,
    /// Other steps than the configured ones, separated by commas.
    #[arg(long, value_delimiter = ',')]
    pub(crate) steps: Option<Vec<String>>,
    /// How far back.
    #[arg(long, default_value_t = 90)]
    pub(crate) days: u32,
}

/// Lists.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only what is still open.
    #[arg(long)]
    pub(crate) open: bool,
    /// At most so many.
    #[arg(long, default_value_t = 50)]
    pub(crate) limit: u32,
}

/// `stop` and `start`.
#[derive(Debug, Args)]
pub(crate) struct PowerArgs {
    /// The name or id of a server or sub-account; for `stop` also a planned action's id.
    pub(crate) server: String,
    /// Whose, when the name is not unique.
    #[arg(long)]
    pub(crate) account: Option<AccountId>,
    /// Its name once more, instead of being asked for it.
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Cut a server's power instead of asking its guest system.
    #[arg(long)]
    pub(crate) forced: bool,
}

/// `channels`.
#[derive(Debug, Subcommand)]
pub(crate) enum ChannelCommand {
    /// List them.
    List,
    /// Send a test message.
    Test {
        /// Which.
        channel: ChannelId,
    },
}

/// `mail`.
#[derive(Debug, Subcommand)]
pub(crate) enum MailCommand {
    /// Mailboxes, and when each was read.
    List,
    /// Look into a mailbox now; mails stay unread. Exit 1 when it cannot be read.
    Scan {
        /// Which.
        mailbox: MailboxId,
    },
    /// What mails said, newest first.
    Findings {
        /// Only of this mailbox.
        #[arg(long)]
        mailbox: Option<MailboxId>,
        /// Only of this kind, such as `low_balance`.
        #[arg(long)]
        kind: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Log in and look, store nothing. Exit 1 when it cannot be read.
    Test {
        /// Which.
        mailbox: MailboxId,
    },
}

/// `deliveries`.
#[derive(Debug, Args)]
pub(crate) struct DeliveryArgs {
    /// Try this one again.
    #[arg(long, value_name = "ID")]
    pub(crate) retry: Option<RowId>,
    /// At most so many.
    #[arg(long, default_value_t = 50)]
    pub(crate) limit: u32,
}

/// `audit`.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Check the whole chain; exit 1 and the first bad row when it is broken.
    Verify,
    /// Print rows.
    List {
        /// After this number.
        #[arg(long, default_value_t = 0)]
        after: i64,
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
}

/// `vault`.
#[derive(Debug, Subcommand)]
pub(crate) enum VaultCommand {
    /// Store one field of an item; the value is asked for, or read from stdin, never from the command line.
    Set {
        /// The item: what `vault:NAME` refers to.
        item: String,
        /// The field: ak, sk, security_token, url, secret.
        field: String,
    },
    /// Names of the items.
    List,
    /// Remove an item.
    Delete {
        /// The item.
        item: String,
    },
}

/// `tokens`.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// List them; the tokens themselves are kept nowhere.
    List,
    /// Make one; it is printed once.
    Create {
        /// Its name.
        name: String,
        /// What it may do, separated by commas: read, write, act, ingest.
        #[arg(long, value_delimiter = ',', default_value = "read", value_parser = scope)]
        scopes: Vec<Scope>,
        /// It ends by itself after this span.
        #[arg(long = "for", value_name = "SPAN", value_parser = seconds)]
        seconds: Option<u64>,
    },
    /// End one at once.
    Revoke {
        /// Which.
        token: RowId,
    },
}

/// `sim`.
#[derive(Debug, Args)]
pub(crate) struct SimArgs {
    /// Instead of serving.
    #[command(subcommand)]
    pub(crate) command: Option<SimCommand>,
    /// Where to listen; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDR")]
    pub(crate) listen: String,
    /// A world of your own, or `quota`: sub-accounts of Volcengine that spend.
    #[arg(long, value_name = "FILE")]
    pub(crate) scenario: Option<PathBuf>,
    /// The same seed gives the same ids, keys and traffic.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}
