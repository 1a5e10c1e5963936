//! The configuration as text, in the same format that is read; secrets as references. What stands at its default is
//! left out where a reader would not miss it.

use tidegate_engine::config::{AccountConfig, Config, GuardConfig, MeterChoice, Params, SecretRefs};
use tidegate_guard::{ActionKind, Belts, RestartPolicy};
use tidegate_meter::print_span;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, Value, value};

use super::{channel, mailbox, renewal};
use tidegate_providers::specs::PINNED_HOSTS;

/// Prints a configuration; reading it back gives the same items, with every guard in watch mode.
#[must_use]
pub fn print(config: &Config) -> String {
    let mut document = DocumentMut::new();
    let sections: [(&str, Vec<Table>); 5] = [
        ("account", config.accounts.iter().map(account).collect()),
        ("channel", config.channels.iter().map(channel::print).collect()),
        ("guard", config.guards.iter().map(guard).collect()),
        ("renewal", config.renewals.iter().map(renewal::print).collect()),
        ("mailbox", config.mailboxes.iter().map(mailbox::print).collect()),
    ];
    for (name, tables) in sections {
        if !tables.is_empty() {
            let array: ArrayOfTables = tables.into_iter().collect();
            document.insert(name, Item::ArrayOfTables(array));
        }
    }
    document.to_string()
}

pub(super) fn texts<T: ToString>(items: &[T]) -> Item {
    let array: Array = items.iter().map(|item| Value::from(item.to_string())).collect();
    value(array)
}

fn secrets(refs: &SecretRefs) -> Table {
    let mut table = Table::new();
    for (field, reference) in refs {
        table.insert(field, value(reference.to_string()));
    }
    table
}

fn params(params: &Params) -> Table {
    let mut table = Table::new();
    for (key, text) in params.iter().filter(|(key, _)| *key != PINNED_HOSTS) {
        table.insert(key, value(text.as_str()));
    }
    table
}

fn account(config: &AccountConfig) -> Table {
    let mut table = Table::new();
    table.insert("id", value(config.id.as_str()));
    table.insert("provider", value(config.provider.as_str()));
    table.insert("name", value(config.name.as_str()));
    if !config.enabled {
        table.insert("enabled", value(false));
    }
    // An account that is told by a spec has neither; one of Volcengine has no site.
    if !config.site.is_empty() {
        table.insert("site", value(config.site.as_str()));
    }
    if !config.site.is_empty() || !config.regions.is_empty() {
        table.insert("regions", texts(&config.regions));
    }
    table.insert("interval", value(print_span(config.interval)));
    table.insert("interval_near", value(print_span(config.interval_near)));
    if let Some(endpoint) = &config.endpoint {
        table.insert("endpoint", value(endpoint.as_str()));
    }
    if !config.protect.is_empty() {
        table.insert("protect", texts(&config.protect));
    }
    if !config.params.is_empty() {
        table.insert("params", Item::Table(params(&config.params)));
    }
    table.insert("secret", Item::Table(secrets(&config.secret)));
    if !config.act_secret.is_empty() {
        let mut act = Table::new();
        act.set_implicit(true);
        act.insert("secret", Item::Table(secrets(&config.act_secret)));
        table.insert("act", Item::Table(act));
    }
    if !config.mappings.is_empty() {
        let array: ArrayOfTables = config.mappings.iter().map(mapping).collect();
        table.insert("mapping", Item::ArrayOfTables(array));
    }
    table
}

fn mapping(config: &tidegate_engine::config::MappingConfig) -> Table {
    let mut table = Table::new();
    table.insert("meter", value(config.meter.as_str()));
    table.insert("server", value(config.server.as_str()));
    table.insert("region", value(config.region.as_str()));
    if let Some(name) = &config.name {
        table.insert("name", value(name.as_str()));
    }
    table
}

fn guard(config: &GuardConfig) -> Table {
    let mut table = Table::new();
    table.insert("id", value(config.id.as_str()));
    table.insert("account", value(config.account.as_str()));
    let meter = match &config.meter {
        MeterChoice::All => "*",
        MeterChoice::One(meter) => meter.as_str(),
    };
    table.insert("meter", value(meter));
    if !config.enabled {
        table.insert("enabled", value(false));
    }
    table.insert("steps", texts(&config.steps));
    if let Some(limit) = &config.limit {
        table.insert("limit", value(limit.to_string()));
    }
    let action = if config.action == ActionKind::Stop {
        "stop"
    } else {
        "warn"
    };
    table.insert("action", value(action));
    table.insert("countdown", value(print_span(config.countdown)));
    consents(config, &mut table);
    table.insert("channels", texts(&config.channels));
    if let Some(belts) = belts(&config.belts) {
        table.insert("belts", Item::Table(belts));
    }
    table
}

fn consents(config: &GuardConfig, table: &mut Table) {
    if let Some(mbit) = config.bandwidth_mbit {
        table.insert("bandwidth", value(format!("{mbit} Mbit")));
    }
    if config.forced {
        table.insert("forced", value(true));
    }
    if config.restart == RestartPolicy::StopAgain {
        table.insert("restart", value("again"));
    }
    if config.start_after_reset {
        table.insert("start_after_reset", value(true));
    }
}

/// Only what differs from the defaults.
fn belts(belts: &Belts) -> Option<Table> {
    let default = Belts::default();
    let mut table = Table::new();
    let numbers = [
        ("agreeing", u32::from(belts.agreeing), u32::from(default.agreeing)),
        ("fresh_intervals", belts.fresh_intervals, default.fresh_intervals),
        ("actions_guard", belts.actions_guard, default.actions_guard),
        ("actions_all", belts.actions_all, default.actions_all),
    ];
    for (key, number, usual) in numbers {
        if number != usual {
            table.insert(key, value(i64::from(number)));
        }
    }
    let spans = [
        ("window_settle", belts.window_settle, default.window_settle),
        ("start_grace", belts.start_grace, default.start_grace),
    ];
    for (key, span, usual) in spans {
        if span != usual {
            table.insert(key, value(print_span(span)));
        }
    }
    if !belts.protect.is_empty() {
        table.insert("protect", texts(&belts.protect));
    }
    (!table.is_empty()).then_some(table)
}
