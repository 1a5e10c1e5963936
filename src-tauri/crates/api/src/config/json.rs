//! Items as data and back. Owns only the change of form: what an item may hold is told by the one reader of the text
//! format, so that a window and a file are checked alike.

use serde_json::Value;
use tidegate_engine::config::Config;
use tidegate_providers::specs::Registry;

use super::fault::Findings;
use super::{parse, parse_with, print};
use crate::request::{Item, Items};
use crate::response::ItemsView;

/// Reads items as [`parse`] reads a text; the findings' paths are those of the data: `guard[0].limit`.
pub fn parse_items(items: &Items, known: &Config) -> Result<Config, Findings> {
    parse(&text(items), known)
}

/// Like [`parse_items`], with the user's own specs beside those of the program.
pub fn parse_items_with(items: &Items, known: &Config, specs: &Registry) -> Result<Config, Findings> {
    parse_with(&text(items), known, specs)
}

/// The configuration as items: what [`print()`] writes, as data.
#[must_use]
pub fn items_of(config: &Config) -> ItemsView {
    let table: toml::Table = toml::from_str(&print(config)).unwrap_or_default();
    let list = |kind: &str| match table.get(kind) {
        Some(toml::Value::Array(items)) => items
            .iter()
            .map(|item| Item(serde_json::to_value(item).unwrap_or(Value::Null)))
            .collect(),
        _ => Vec::new(),
    };
    ItemsView {
        account: list("account"),
        channel: list("channel"),
        guard: list("guard"),
        renewal: list("renewal"),
        mailbox: list("mailbox"),
    }
}

/// Items in the text format, as a file would hold them.
#[must_use]
pub fn items_text(items: &Items) -> String {
    text(items)
}

fn text(items: &Items) -> String {
    let kinds = [
        ("account", &items.account),
        ("channel", &items.channel),
        ("guard", &items.guard),
        ("renewal", &items.renewal),
        ("mailbox", &items.mailbox),
    ];
    let mut table = toml::Table::new();
    for (kind, list) in kinds {
        let list: Vec<toml::Value> = list.iter().filter_map(|item| value(&item.0)).collect();
        if !list.is_empty() {
            table.insert(kind.to_owned(), toml::Value::Array(list));
        }
    }
    table.to_string()
}

/// The same value in the text format, which has no null: a field that is null is one that is not there.
fn value(json: &Value) -> Option<toml::Value> {
    Some(match json {
        Value::Null => return None,
        Value::Bool(flag) => toml::Value::Boolean(*flag),
        Value::String(text) => toml::Value::String(text.clone()),
        // What is no whole number is allowed nowhere; as text it is refused by its field.
        Value::Number(number) => number
            .as_i64()
            .map_or_else(|| toml::Value::String(number.to_string()), toml::Value::Integer),
        Value::Array(list) => toml::Value::Array(list.iter().filter_map(value).collect()),
        Value::Object(fields) => toml::Value::Table(
            fields
                .iter()
                .filter_map(|(key, field)| Some((key.clone(), value(field)?)))
                .collect(),
        ),
    })
}
