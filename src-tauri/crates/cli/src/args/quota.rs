//! The words of `quota`. Amounts, shares and steps are read by the guard, so that each error names its field.

use clap::{Args, Subcommand, ValueEnum};
use tidegate_api::words::AccountId;

/// `quota`.
#[derive(Debug, Subcommand)]
pub(crate) enum QuotaCommand {
    /// Sub-accounts with what each was granted, spent and has left; the worst first.
    List(OfAccount),
    /// One sub-account: projects, keys, policies, the last disable piece by piece.
    Show(UserArgs),
    /// Grant more, or take back; tells the total after it.
    Allocate(AllocateArgs),
    /// The entries of a ledger, newest first.
    History(LedgerArgs),
    /// Charge a project to a sub-account.
    Link(LinkArgs),
    /// Charge a project no longer; what it was charged until now stays.
    Unlink(ProjectArgs),
    /// Charge a project, or all of a sub-account, or not for now.
    Toggle(ToggleArgs),
    /// Set the rules of a sub-account; without an option, show them.
    Rules(Box<RulesArgs>),
    /// What each project cost in a month, and whom it is charged to.
    Bill(BillArgs),
    /// The cloud's projects, and how much of each is charged to nobody.
    Projects(OfAccount),
    /// Policies that may be attached.
    Policies(OfAccount),
    /// Attach a policy.
    Attach(PolicyArgs),
    /// Detach a policy.
    Detach(PolicyArgs),
    /// Make a sub-account in the cloud.
    Create(Box<CreateArgs>),
    /// Make another access key; its secret is printed once and kept nowhere.
    Key(UserArgs),
    /// Disable a sub-account by hand, by its name typed once more.
    Disable(DisableArgs),
    /// Undo the last verified disable: only what it closed, and only where nobody changed it since.
    Restore(UserArgs),
    /// Read sub-accounts and bill now. Exit 1 when an account cannot be read.
    Sync(OfAccount),
}

/// Which account.
#[derive(Debug, Args)]
pub(crate) struct OfAccount {
    /// The account, where there is more than one.
    #[arg(long)]
    pub(crate) account: Option<AccountId>,
}

/// Which sub-account.
#[derive(Debug, Args)]
pub(crate) struct UserArgs {
    /// Its user name, or its id at the provider.
    pub(crate) user: String,
    /// Whose, when the name is not unique.
    #[command(flatten)]
    pub(crate) of: OfAccount,
}

/// `quota allocate`.
#[derive(Debug, Args)]
pub(crate) struct AllocateArgs {
    /// Which.
    #[command(flatten)]
    pub(crate) user: UserArgs,
    /// How much more, or less below zero, with its currency: "100 CNY", "-12.50 CNY".
    #[arg(allow_hyphen_values = true)]
    pub(crate) amount: String,
    /// What it is for, at most 500 characters; kept in the ledger.
    #[arg(long, default_value = "")]
    pub(crate) note: String,
    /// The total may fall below what is spent already.
    #[arg(long)]
    pub(crate) below_spent: bool,
}

/// `quota history`.
#[derive(Debug, Args)]
pub(crate) struct LedgerArgs {
    /// Which.
    #[command(flatten)]
    pub(crate) user: UserArgs,
    /// The whole ledger as comma-separated values, oldest first.
    #[arg(long)]
    pub(crate) csv: bool,
    /// At most so many.
    #[arg(long, default_value_t = 50)]
    pub(crate) limit: u32,
}

/// `quota link`.
#[derive(Debug, Args)]
pub(crate) struct LinkArgs {
    /// Which, and the project.
    #[command(flatten)]
    pub(crate) project: ProjectArgs,
    /// The part of its cost that is charged.
    #[arg(long, default_value = "100%", allow_hyphen_values = true)]
    pub(crate) share: String,
    /// What it cost until now is left out, or all of the running month counts.
    #[arg(long, value_enum, default_value_t = FromArg::Now)]
    pub(crate) from: FromArg,
}

/// From when a linked project counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum FromArg {
    /// What it has cost until now does not count.
    Now,
    /// All of the running month counts.
    Month,
}

/// A sub-account and a project.
#[derive(Debug, Args)]
pub(crate) struct ProjectArgs {
    /// Which.
    #[command(flatten)]
    pub(crate) user: UserArgs,
    /// The project's name.
    pub(crate) project: String,
}

/// `quota toggle`.
#[derive(Debug, Args)]
#[command(allow_missing_positional = true)]
pub(crate) struct ToggleArgs {
    /// Which.
    #[command(flatten)]
    pub(crate) user: UserArgs,
    /// The project's name.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub(crate) project: Option<String>,
    /// Charged, or not for now.
    #[arg(value_enum, required = true)]
    pub(crate) state: OnOff,
    /// Every project of the sub-account.
    #[arg(long)]
    pub(crate) all: bool,
}

/// On or off.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum OnOff {
    /// On.
    On,
    /// Off.
    Off,
}

impl OnOff {
    /// Whether it is on.
    pub(crate) fn is_on(self) -> bool {
        self == Self::On
    }
}

/// `quota rules`. What is left out stays as it is.
#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    /// Which.
    #[command(flatten)]
    pub(crate) user: UserArgs,
    /// Its own steps, separated by commas: 50,80,99.5; `default`: those of the guard.
    #[arg(long)]
    pub(crate) steps: Option<String>,
    /// Whether a guard may disable it.
    #[arg(long, value_enum)]
    pub(crate) disable: Option<OnOff>,
    /// While nothing was granted: only watched, or blocked, so that whatever it spends is over its quota.
    #[arg(long, value_enum)]
    pub(crate) without_quota: Option<WithoutArg>,
    /// Whether a disable also stops model endpoints that it deployed.
    #[arg(long, value_enum)]
    pub(crate) endpoints: Option<OnOff>,
    /// Whether a disable also stops servers, paid by use, in projects that are charged to it alone.
    #[arg(long, value_enum)]
    pub(crate) instances: Option<OnOff>,
    /// What you want to remember of it.
    #[arg(long)]
    pub(crate) note: Option<String>,
}

/// What holds for a sub-account to which nothing was granted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum WithoutArg {
    /// Its spending is shown, and never judged.
    Watch,
    /// Whatever it spends is over its quota.
    Block,
}

/// `quota bill`.
#[derive(Debug, Args)]
pub(crate) struct BillArgs {
    /// Whose.
    #[command(flatten)]
    pub(crate) of: OfAccount,
    /// The month YYYY-MM by the provider's calendar; else the running one.
    #[arg(long)]
    pub(crate) month: Option<String>,
}

/// `quota attach` and `detach`.
#[derive(Debug, Args)]
pub(crate) struct PolicyArgs {
    /// Which.
    #[command(flatten)]
    pub(crate) user: UserArgs,
    /// The policy's name.
    pub(crate) policy: String,
    /// Only in this project.
    #[arg(long)]
    pub(crate) project: Option<String>,
}

/// `quota create`.
#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    /// Its user name: 1 to 64 letters, digits, `_`, `.`, `-`, `@`.
    pub(crate) name: String,
    /// Where.
    #[command(flatten)]
    pub(crate) of: OfAccount,
    /// Its name for people; else its user name.
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// What it is for.
    #[arg(long, default_value = "")]
    pub(crate) about: String,
    /// Its e-mail.
    #[arg(long, default_value = "")]
    pub(crate) email: String,
    /// Its telephone.
    #[arg(long, default_value = "")]
    pub(crate) phone: String,
    /// A first project that is charged to it alone, from now.
    #[arg(long)]
    pub(crate) project: Option<String>,
    /// A policy to attach; may stand more than once.
    #[arg(long = "policy", value_name = "POLICY")]
    pub(crate) policies: Vec<String>,
    /// Make an access key too; its secret is printed once and kept nowhere.
    #[arg(long)]
    pub(crate) key: bool,
}

/// `quota disable`.
#[derive(Debug, Args)]
pub(crate) struct DisableArgs {
    /// Which.
    #[command(flatten)]
    pub(crate) user: UserArgs,
    /// Its name once more, instead of being asked for it.
    #[arg(long, value_name = "NAME")]
    pub(crate) yes_name: Option<String>,
}
