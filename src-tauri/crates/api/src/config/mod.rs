//! The configuration text: reading it with every mistake at once, printing it, and planning what a change would do.
//!
//! Owns the TOML format of accounts, channels and guards. Never holds or prints a secret: only references cross.
//! Never removes anything that a text merely does not mention. Tested in `tests/config.rs`.

mod channel;
mod endpoint;
mod environment;
mod fault;
mod items;
mod json;
mod mail_rule;
mod mailbox;
mod own;
mod plain;
mod plan;
mod print;
mod proxy;
mod renewal;
mod subscription;
mod table;
mod told;
mod volcengine;

use std::collections::BTreeMap;

pub use environment::{environment, environment_beside, of_environment};
pub use fault::{Allowed, Fault, Finding, Findings};
pub use json::{items_of, items_text, parse_items, parse_items_with};
pub use own::{own_spec_findings, parse_beside};
pub use plan::{Change, ItemKind, Plan, PlanItem, merge, plan, without};
pub use print::print;
use table::{Ledger, Reader};
use tidegate_engine::config::{Config, GuardConfig};
use tidegate_meter::{AccountId, ChannelId};
use tidegate_providers::specs::Registry;
use toml::de::DeTable;

use crate::limits;

/// The id of the demonstration's account; a configured one may not have it.
pub const DEMO_ACCOUNT: &str = "tidegate-demo";
/// The id of the demonstration's guard; a configured one may not have it.
pub const DEMO_GUARD: &str = "tidegate-demo-traffic";

/// Reads a text. `known` is what is configured already: a guard may name an account or channel of it. Returns the items
/// of the text alone, or every finding.
pub fn parse(text: &str, known: &Config) -> Result<Config, Findings> {
    parse_with(text, known, &Registry::default())
}

/// Like [`parse`], with the user's own specs beside those of the program.
pub fn parse_with(text: &str, known: &Config, specs: &Registry) -> Result<Config, Findings> {
    let ledger = Ledger::new(text);
    if text.len() > limits::CONFIG_BYTES {
        ledger.record(
            0,
            "",
            Fault::TooLong {
                max: limits::CONFIG_BYTES,
            },
        );
        return Err(Findings(ledger.into_findings()));
    }
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        // What was recovered lacks what the broken line held: its mistakes would be false ones.
        for error in errors {
            let offset = error.span().map_or(0, |span| span.start);
            let detail = error.message().to_owned();
            ledger.record(offset, "", Fault::Syntax { detail });
        }
        return Err(Findings(ledger.into_findings()));
    }
    let config = read(&Reader::root(&ledger, document.get_ref()), known, specs);
    let findings = ledger.into_findings();
    if findings.is_empty() {
        Ok(config)
    } else {
        Err(Findings(findings))
    }
}

fn read(root: &Reader<'_, '_>, known: &Config, specs: &Registry) -> Config {
    root.only(&["account", "channel", "guard", "renewal", "mailbox"]);
    let mut config = Config::default();
    let accounts = root.tables("account");
    unique(&accounts);
    config.accounts = accounts
        .iter()
        .filter_map(|reader| items::account(reader, specs))
        .collect();
    let channels = root.tables("channel");
    unique(&channels);
    config.channels = channels.iter().filter_map(channel::read).collect();
    let guards = root.tables("guard");
    unique(&guards);
    let reach = Reach::new(&accounts, &channels, known);
    config.guards = guards.iter().filter_map(|reader| guard(reader, &reach)).collect();
    config.renewals = reaching(root, "renewal", &reach, renewal::read);
    config.mailboxes = reaching(root, "mailbox", &reach, mailbox::read);
    config
}

/// What a guard may refer to: the ids of the text, also of items that have mistakes of their own, and what is known.
struct Reach {
    accounts: Vec<String>,
    channels: Vec<String>,
}

impl Reach {
    fn new(accounts: &[Reader<'_, '_>], channels: &[Reader<'_, '_>], known: &Config) -> Self {
        let in_text = |readers: &[Reader<'_, '_>]| -> Vec<String> {
            readers
                .iter()
                .filter_map(Reader::id_text)
                .map(str::to_owned)
                .collect()
        };
        let mut reach = Self {
            accounts: in_text(accounts),
            channels: in_text(channels),
        };
        reach
            .accounts
            .extend(known.accounts.iter().map(|account| account.id.to_string()));
        reach
            .channels
            .extend(known.channels.iter().map(|channel| channel.id.to_string()));
        for ids in [&mut reach.accounts, &mut reach.channels] {
            ids.retain(|id| id.parse::<AccountId>().is_ok());
            ids.sort_unstable();
            ids.dedup();
        }
        reach
    }
}

/// What a reader of one item returns: the item, and the places of the channels it names.
type Routed<T> = Option<(T, Vec<table::Found<ChannelId>>)>;

/// The items of a kind that names channels.
fn reaching<'a, 't, T>(
    root: &Reader<'a, 't>,
    kind: &str,
    reach: &Reach,
    read: impl Fn(&Reader<'a, 't>) -> Routed<T>,
) -> Vec<T> {
    let readers = root.tables(kind);
    unique(&readers);
    let items = readers.iter().filter_map(|reader| {
        let (item, channels) = read(reader)?;
        for channel in &channels {
            dangling_channel(reader, channel, reach);
        }
        Some(item)
    });
    items.collect()
}

fn guard(reader: &Reader<'_, '_>, reach: &Reach) -> Option<GuardConfig> {
    let (guard, channels) = items::guard(reader)?;
    let account = guard.account.to_string();
    if reach.accounts.binary_search(&account).is_err() {
        reader.fault(
            "account",
            Fault::Dangling {
                id: account,
                known: reach.accounts.clone(),
            },
        );
    }
    for channel in &channels {
        dangling_channel(reader, channel, reach);
    }
    Some(guard)
}

fn dangling_channel(reader: &Reader<'_, '_>, channel: &table::Found<ChannelId>, reach: &Reach) {
    let id = channel.value.to_string();
    if reach.channels.binary_search(&id).is_err() {
        let fault = Fault::Dangling {
            id,
            known: reach.channels.clone(),
        };
        reader
            .ledger()
            .record(channel.offset, channel.path.clone(), fault);
    }
}

/// A finding for each item that has an id of the demonstration.
#[must_use]
pub fn reserved(config: &Config) -> Vec<Finding> {
    let accounts = config.accounts.iter().map(|item| item.id.as_str());
    let guards = config.guards.iter().map(|item| item.id.as_str());
    let finding = |kind: &str, index: usize| Finding {
        line: 1,
        path: format!("{kind}[{index}].id"),
        fault: Fault::Reserved,
    };
    let of = |kind: &'static str, at: Option<usize>| at.map(|index| finding(kind, index));
    let account = of("account", accounts.clone().position(|id| id == DEMO_ACCOUNT));
    let guard = of("guard", guards.clone().position(|id| id == DEMO_GUARD));
    account.into_iter().chain(guard).collect()
}

/// Records every id given a second time.
fn unique(readers: &[Reader<'_, '_>]) {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for reader in readers {
        let Some(id) = reader.id_text() else { continue };
        if let Some(offset) = first.get(id) {
            reader.fault(
                "id",
                Fault::Duplicate {
                    line: reader.ledger().line(*offset),
                },
            );
        } else {
            first.insert(id, reader.offset_of("id"));
        }
    }
}

/// Nothing configured: for reading a text on its own.
#[must_use]
pub fn nothing() -> Config {
    Config::default()
}
