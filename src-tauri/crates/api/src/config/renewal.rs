//! What may stand in `[[renewal]]`, and how it is printed.

use tidegate_engine::config::RenewalConfig;
use tidegate_meter::{ChannelId, RenewalId};
use toml_edit::{Table, value};

use super::fault::Allowed;
use super::print::texts;
use super::table::{Found, Reader};

const KEYS: &[&str] = &["id", "name", "enabled", "cycle", "day", "channels"];

/// Reads one renewal; the places of its channels come with it.
pub(super) fn read(reader: &Reader<'_, '_>) -> Option<(RenewalConfig, Vec<Found<ChannelId>>)> {
    reader.only(KEYS);
    let id: Option<RenewalId> = reader.id("id", Allowed::Slug);
    let (name, enabled) = (reader.name("name"), reader.flag("enabled"));
    let (cycle, day) = (reader.required("cycle"), reader.required("day"));
    let channels: Vec<Found<ChannelId>> = reader.list("channels", &Allowed::Slug, |text| text.parse().ok());
    let id = id?;
    let config = RenewalConfig {
        name: name.unwrap_or_else(|| id.to_string()),
        enabled: enabled.unwrap_or(true),
        cycle: cycle?.to_owned(),
        day: day?.to_owned(),
        channels: channels.iter().map(|found| found.value.clone()).collect(),
        id,
    };
    Some((config, channels))
}

/// Prints one renewal.
pub(super) fn print(config: &RenewalConfig) -> Table {
    let mut table = Table::new();
    table.insert("id", value(config.id.as_str()));
    table.insert("name", value(config.name.as_str()));
    if !config.enabled {
        table.insert("enabled", value(false));
    }
    table.insert("cycle", value(config.cycle.as_str()));
    table.insert("day", value(config.day.as_str()));
    table.insert("channels", texts(&config.channels));
    table
}
