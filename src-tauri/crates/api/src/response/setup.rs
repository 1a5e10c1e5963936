//! What the window needs to set the guard up: items, drafts, trials, the catalogue of what there is.

use serde::{Deserialize, Serialize};
use tidegate_meter::{GuardId, MeterId, Quantity, Reason};
use ts_rs::TS;

use super::{MeterView, TargetView};
use crate::config::Plan;
use crate::request::Item;

/// Every configured item in the fields of the configuration format; secrets as references. The simulated account is
/// not among them: it is switched on and off, never edited.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct ItemsView {
    /// Accounts.
    #[ts(type = "Array<AccountItem>")]
    pub account: Vec<Item>,
    /// Channels.
    #[ts(type = "Array<ChannelItem>")]
    pub channel: Vec<Item>,
    /// Guards; whether one is armed is told by `guards`.
    #[ts(type = "Array<GuardItem>")]
    pub guard: Vec<Item>,
    /// Renewals; until when one is paid is told by `renewals`.
    #[serde(default)]
    #[ts(type = "Array<RenewalItem>")]
    pub renewal: Vec<Item>,
    /// Mailboxes.
    #[serde(default)]
    #[ts(type = "Array<MailboxItem>")]
    pub mailbox: Vec<Item>,
}

/// What saving a draft would do.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct DraftView {
    /// Every mistake; empty when it may be saved.
    pub findings: Vec<FindingView>,
    /// What saving would change; null while there are mistakes.
    pub plan: Option<Plan>,
    /// What each guard of the draft that has a limit would do on each meter.
    pub contracts: Vec<ContractView>,
}

/// One mistake, to be shown beside its field.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct FindingView {
    /// The field in the draft: `guard[0].limit`; empty for the whole.
    pub path: String,
    /// The class: `missing`, `not_allowed`, `unknown_key`, `duplicate`, `dangling`, `literal_secret`, ….
    pub code: String,
    /// What is wrong and what is allowed, in the asked language.
    pub text: String,
}

/// How far a guard can overshoot its line on one meter.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct ContractView {
    /// Which guard of the draft.
    #[ts(type = "string")]
    pub guard: GuardId,
    /// Which meter.
    #[ts(type = "string")]
    pub meter: MeterId,
    /// Its name.
    pub meter_name: String,
    /// The contract in the asked language.
    pub text: String,
    /// The reserve that covers the overshoot, where the bandwidth is known.
    #[ts(type = "{ value: string, unit: string } | null")]
    pub reserve_advised: Option<Quantity>,
    /// False for a meter that the guard names and nobody has read yet: the contract is then the provider's usual one.
    pub matched: bool,
}

/// A try of an account that was not saved.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct TriedView {
    /// Whether meters could be read.
    pub ok: bool,
    /// The class of what is in the way.
    #[ts(type = "string | null")]
    pub reason: Option<Reason>,
    /// What the provider said, in our words.
    pub detail: Option<String>,
    /// What to do, in the asked language.
    pub next: Option<String>,
    /// The provider's site that took the key.
    pub site: Option<String>,
    /// The regions the key may enter.
    pub regions: Vec<String>,
    /// Meters found, each with its reading.
    pub meters: Vec<MeterView>,
    /// Servers found.
    pub targets: Vec<TargetView>,
    /// Rights the key lacks, each in words.
    pub missing_rights: Vec<String>,
    /// How long it took.
    #[ts(type = "number")]
    pub took_ms: u64,
}

/// What there is to choose from.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct CatalogueView {
    /// Providers.
    pub providers: Vec<ProviderEntry>,
    /// Kinds of channels.
    pub channels: Vec<ChannelKindEntry>,
    /// Guards to begin with.
    pub templates: Vec<TemplateEntry>,
    /// What stands where nothing is said.
    pub defaults: DefaultsView,
}

/// A provider.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct ProviderEntry {
    /// Its word in the configuration.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The fields of its credential.
    pub fields: Vec<FieldEntry>,
    /// Its sites: `auto` first.
    pub sites: Vec<ChoiceEntry>,
    /// Policies to copy into the provider's console.
    pub policies: Vec<PolicyEntry>,
    /// Where a key is made, as plain text.
    pub keys_at: String,
    /// `ai`, `gateway`, `data`, `cloud` or `network`.
    pub category: String,
    /// How much is promised: `supported`, `experimental`, `community`, or `own` for a user's own description.
    pub standing: String,
    /// Where the facts come from: `sdk`, `docs`, `code` or `memory`.
    pub confidence: String,
    /// What a person must know; may be empty.
    pub note: String,
    /// The provider's own page; empty where there is none.
    pub docs_url: String,
    /// Between two looks, where the account says nothing.
    pub interval: String,
    /// Never asked more often.
    pub interval_least: String,
}

/// A field to fill in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct FieldEntry {
    /// Its key.
    pub key: String,
    /// Its label.
    pub label: String,
    /// Whether it goes into the vault.
    pub secret: bool,
    /// Whether it must be filled in.
    pub required: bool,
    /// What belongs there.
    pub hint: String,
    /// What it looks like.
    #[serde(default)]
    pub form: FieldForm,
    /// What may stand there; empty: anything that fits.
    #[serde(default)]
    pub choices: Vec<String>,
    /// What it is when it is left empty.
    #[serde(default)]
    pub default: Option<String>,
}

/// What a field looks like, and what its value is in the configuration.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FieldForm {
    /// One line of text.
    #[default]
    Line,
    /// Several lines of text.
    Text,
    /// Several texts, a list in the configuration.
    List,
    /// A whole number.
    Number,
    /// One of `choices`.
    Choice,
}

/// One choice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct ChoiceEntry {
    /// Its word in the configuration.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A policy with the least rights.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct PolicyEntry {
    /// `watch` reads only; `act` also stops and starts.
    pub id: String,
    /// What it allows, in one sentence.
    pub name: String,
    /// The text to copy.
    pub text: String,
}

/// A kind of channel.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct ChannelKindEntry {
    /// Its word in the configuration.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its fields.
    pub fields: Vec<FieldEntry>,
    /// How it is set up, in one sentence.
    pub hint: String,
    /// Whether this program can use it: `desktop` needs one.
    pub available: bool,
}

/// A guard to begin with.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct TemplateEntry {
    /// Which.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it does, in one sentence.
    pub sentence: String,
    /// Which provider's meters it is for.
    pub provider: String,
    /// Its fields; `id`, `account` and `meter` are added by whoever uses it.
    #[ts(type = "Partial<GuardItem>")]
    pub guard: Item,
}

/// What stands where nothing is said; spans in the text form of the configuration.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct DefaultsView {
    /// Between two looks.
    pub interval: String,
    /// Between two looks near a limit.
    pub interval_near: String,
    /// Before an automatic action.
    pub countdown: String,
    /// How long an arming lasts.
    pub arm: String,
}
