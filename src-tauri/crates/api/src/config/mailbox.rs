//! What may stand in `[[mailbox]]`, and how it is printed.

use tidegate_engine::config::MailboxConfig;
use tidegate_meter::{ChannelId, MailboxId};
use toml_edit::{Table, value};

use super::fault::Allowed;
use super::print::texts;
use super::table::{Found, Reader};

const KEYS: &[&str] = &[
    "id", "name", "enabled", "host", "username", "password", "channels",
];

/// Reads one mailbox; the places of its channels come with it.
pub(super) fn read(reader: &Reader<'_, '_>) -> Option<(MailboxConfig, Vec<Found<ChannelId>>)> {
    reader.only(KEYS);
    let id: Option<MailboxId> = reader.id("id", Allowed::Slug);
    let (name, enabled) = (reader.name("name"), reader.flag("enabled"));
    let (host, username) = (reader.required("host"), reader.required("username"));
    let secrets = reader.secrets(&[("password", true)]);
    let channels: Vec<Found<ChannelId>> = reader.list("channels", &Allowed::Slug, |text| text.parse().ok());
    let id = id?;
    let config = MailboxConfig {
        name: name.unwrap_or_else(|| id.to_string()),
        enabled: enabled.unwrap_or(true),
        host: host?.to_owned(),
        username: username?.to_owned(),
        secrets,
        channels: channels.iter().map(|found| found.value.clone()).collect(),
        id,
    };
    Some((config, channels))
}

/// Prints one mailbox; its password as the reference it is.
pub(super) fn print(config: &MailboxConfig) -> Table {
    let mut table = Table::new();
    table.insert("id", value(config.id.as_str()));
    table.insert("name", value(config.name.as_str()));
    if !config.enabled {
        table.insert("enabled", value(false));
    }
    table.insert("host", value(config.host.as_str()));
    table.insert("username", value(config.username.as_str()));
    for (field, reference) in &config.secrets {
        table.insert(field, value(reference.to_string()));
    }
    table.insert("channels", texts(&config.channels));
    table
}
