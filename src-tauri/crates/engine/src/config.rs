//! What a user configures: accounts, channels and guards, with secrets by reference. Owns the shapes and their
//! defaults; reading them from TOML is `api::config`, storing them is `store`.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tidegate_guard::{ActionKind, Belts, Limit, Mode, RestartPolicy, Severity, Step};
use tidegate_meter::{
    AccountId, ChannelId, GuardId, Lang, MailboxId, MeterId, Quantity, RenewalId, TargetId,
};
use tidegate_providers::calendar::Cycle;
use tidegate_providers::mailbox::{MailRule, Tls};

/// Where a secret stands. Never the secret.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum SecretRef {
    /// `env:NAME`: read from the environment at each start, never stored.
    Env(String),
    /// `vault:NAME`: the field of the same key in the vault item NAME.
    Vault(String),
}

/// A text that is no reference, most likely a literal secret. It does not hold the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a secret stands here in clear; write env:NAME or vault:NAME instead, then store the secret with `tidegated vault set`"
)]
pub struct LiteralSecret;

impl FromStr for SecretRef {
    type Err = LiteralSecret;

    fn from_str(text: &str) -> Result<Self, LiteralSecret> {
        let name_ok = |name: &str| {
            !name.is_empty()
                && name.len() <= 128
                && name
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        };
        match text.split_once(':') {
            Some(("env", name)) if name_ok(name) => Ok(Self::Env(name.to_owned())),
            Some(("vault", name)) if name_ok(name) => Ok(Self::Vault(name.to_owned())),
            _ => Err(LiteralSecret),
        }
    }
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env:{name}"),
            Self::Vault(name) => write!(f, "vault:{name}"),
        }
    }
}

impl Serialize for SecretRef {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SecretRef {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// The credentials of an account by role; each maps field names (`ak`, `sk`, `security_token`) to references.
pub type SecretRefs = BTreeMap<String, SecretRef>;

/// What a provider or a channel asks for besides secrets, by name.
pub type Params = BTreeMap<String, String>;

/// A manual mapping that overrides what the provider's discovery says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingConfig {
    /// The meter (package id).
    pub meter: MeterId,
    /// The server id.
    pub server: TargetId,
    /// The server's region.
    pub region: String,
    /// A name for people.
    #[serde(default)]
    pub name: Option<String>,
}

/// One account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AccountConfig {
    /// Its slug.
    pub id: AccountId,
    /// Its provider: `huawei`.
    pub provider: String,
    /// Its name for people.
    pub name: String,
    /// Whether it is read.
    pub enabled: bool,
    /// `auto`, `china`, `international`.
    pub site: String,
    /// Empty: all that the key may enter.
    pub regions: Vec<String>,
    /// Between two looks; default 5 min.
    pub interval: Duration,
    /// Between two looks near a limit; default 2 min.
    pub interval_near: Duration,
    /// One base for every service, for simulators and gateways.
    pub endpoint: Option<String>,
    /// What else its provider asks for and is no secret: a team, a base address.
    #[serde(default)]
    pub params: Params,
    /// The credential that watches.
    pub secret: SecretRefs,
    /// The separate credential that acts; empty: the watch credential also acts.
    pub act_secret: SecretRefs,
    /// Manual mappings.
    pub mappings: Vec<MappingConfig>,
    /// Servers that are never touched.
    pub protect: Vec<TargetId>,
}

/// One channel.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ChannelConfig {
    /// Its slug.
    pub id: ChannelId,
    /// Its kind: `feishu`.
    pub kind: String,
    /// Whether it is used.
    pub enabled: bool,
    /// The language of its messages.
    pub language: Lang,
    /// Secret fields by reference: `url`, `secret`.
    pub secrets: SecretRefs,
    /// A keyword the platform demands in each message, if any.
    pub keyword: Option<String>,
    /// What else its kind asks for and is no secret: a host, a recipient, a template.
    #[serde(default)]
    pub params: Params,
    /// It takes messages of this severity and above.
    #[serde(default = "everything")]
    pub severity: Severity,
}

const fn everything() -> Severity {
    Severity::Info
}

/// Which meters of the account a guard watches.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeterChoice {
    /// Every traffic package.
    All,
    /// One.
    One(MeterId),
}

/// One guard.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct GuardConfig {
    /// Its slug.
    pub id: GuardId,
    /// Whose meters.
    pub account: AccountId,
    /// Which of them.
    pub meter: MeterChoice,
    /// Whether it judges.
    pub enabled: bool,
    /// Thresholds.
    pub steps: Vec<Step>,
    /// The line.
    pub limit: Option<Limit>,
    /// What the line asks for.
    pub action: ActionKind,
    /// Countdown before an automatic action; default 60 s.
    pub countdown: Duration,
    /// Watch or armed; only `arm` and `disarm` change it.
    pub mode: Mode,
    /// Restrictions.
    pub belts: Belts,
    /// Bandwidth of the targets, if known.
    pub bandwidth_mbit: Option<u32>,
    /// Separate consent to a forced stop.
    pub forced: bool,
    /// After a restart by somebody.
    pub restart: RestartPolicy,
    /// Start again after the reset.
    pub start_after_reset: bool,
    /// Where its messages go; empty: every channel.
    pub channels: Vec<ChannelId>,
}

/// One renewal. Until when it is paid is its state; `paid` only says what was so before it was known here.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RenewalConfig {
    /// Its slug.
    pub id: RenewalId,
    /// Its name for people.
    pub name: String,
    /// Whether it reminds.
    pub enabled: bool,
    /// Whose it is, for people.
    #[serde(default)]
    pub owner: Option<String>,
    /// How often it falls due, and on which day; stored as `cycle` and `day`.
    #[serde(flatten)]
    pub cycle: Cycle,
    /// What it costs each time, in money.
    #[serde(default)]
    pub amount: Option<Quantity>,
    /// The provider renews it and takes the money by itself.
    #[serde(default)]
    pub auto_renew: bool,
    /// On how many days before a due date to remind; 0 is the day itself.
    pub remind: Vec<u16>,
    /// Paid through this date, as far as its owner knew; the later of it and what was marked since counts.
    #[serde(default)]
    pub paid: Option<Date>,
    /// What its owner noted.
    #[serde(default)]
    pub note: Option<String>,
    /// Where its messages go; empty: every channel.
    pub channels: Vec<ChannelId>,
}

/// One mailbox.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MailboxConfig {
    /// Its slug.
    pub id: MailboxId,
    /// Its name for people.
    pub name: String,
    /// Whether it is read.
    pub enabled: bool,
    /// The server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub tls: Tls,
    /// Who signs in.
    pub username: String,
    /// Secret fields by reference: `password`.
    pub secrets: SecretRefs,
    /// The folder: `INBOX`.
    pub folder: String,
    /// Between two looks; default 15 min.
    pub interval: Duration,
    /// How many days the first look goes back; default 3.
    pub days: u32,
    /// The name under which its server signs what it checked; the server's own where none is given.
    pub authserv: Option<String>,
    /// Rules of the person's own; they come before the built-in ones.
    pub rules: Vec<MailRule>,
    /// Words beside the built-in rules.
    pub extra: Vec<String>,
    /// Words in place of the built-in rules; empty: those stay.
    pub replace: Vec<String>,
    /// Where its messages go; empty: every channel.
    pub channels: Vec<ChannelId>,
}

/// Everything a user configures.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Config {
    /// Accounts.
    pub accounts: Vec<AccountConfig>,
    /// Channels.
    pub channels: Vec<ChannelConfig>,
    /// Guards.
    pub guards: Vec<GuardConfig>,
    /// Renewals.
    #[serde(default)]
    pub renewals: Vec<RenewalConfig>,
    /// Mailboxes.
    #[serde(default)]
    pub mailboxes: Vec<MailboxConfig>,
}
