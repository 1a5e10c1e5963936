//! What may stand in `[[mailbox]]`, and how it is printed.

use tidegate_engine::config::MailboxConfig;
use tidegate_meter::{ChannelId, MailboxId, print_span};
use tidegate_providers::mailbox::Tls;
use toml_edit::{ArrayOfTables, Item, Table, value};

use super::fault::Allowed;
use super::mail_rule;
use super::print::texts;
use super::table::{Found, Reader};
use crate::limits;

const KEYS: &[&str] = &[
    "id", "name", "enabled", "host", "port", "tls", "username", "password", "folder", "interval", "days",
    "authserv", "rules", "extra", "replace", "channels",
];
const TLS: [(&str, Tls); 3] = [
    ("implicit", Tls::Implicit),
    ("starttls", Tls::StartTls),
    ("none", Tls::None),
];
const INBOX: &str = "INBOX";

/// Reads one mailbox; the places of its channels come with it.
pub(super) fn read(reader: &Reader<'_, '_>) -> Option<(MailboxConfig, Vec<Found<ChannelId>>)> {
    reader.only(KEYS);
    let id: Option<MailboxId> = reader.id("id", Allowed::Slug);
    let (name, enabled) = (reader.name("name"), reader.flag("enabled"));
    reader.required("host");
    reader.required("username");
    let (host, username) = (server_name(reader, "host"), reader.name("username"));
    let secrets = reader.secrets(&[("password", true)]);
    let tls = reader.word("tls", &TLS).unwrap_or_default();
    let port = reader.whole("port", 1..=u64::from(u16::MAX));
    let days = reader.whole("days", 0..=limits::MAIL_DAYS_MAX);
    let interval = reader.span("interval", limits::MAIL_INTERVAL_MIN..=limits::INTERVAL_MAX);
    let channels: Vec<Found<ChannelId>> = reader.list("channels", &Allowed::Slug, |text| text.parse().ok());
    let (folder, authserv) = (reader.name("folder"), server_name(reader, "authserv"));
    let rules = reader
        .tables("rules")
        .iter()
        .filter_map(mail_rule::read)
        .collect();
    let (extra, replace) = (
        mail_rule::words(reader, "extra"),
        mail_rule::words(reader, "replace"),
    );
    let id = id?;
    let config = MailboxConfig {
        name: name.unwrap_or_else(|| id.to_string()),
        enabled: enabled.unwrap_or(true),
        host: host?,
        port: port
            .and_then(|port| u16::try_from(port).ok())
            .unwrap_or_else(|| tls.port()),
        tls,
        username: username?,
        secrets,
        folder: folder.unwrap_or_else(|| INBOX.to_owned()),
        interval: interval.unwrap_or(limits::MAIL_INTERVAL_DEFAULT),
        days: days
            .and_then(|days| u32::try_from(days).ok())
            .unwrap_or(limits::MAIL_DAYS_DEFAULT),
        authserv,
        rules,
        extra,
        replace,
        channels: channels.iter().map(|found| found.value.clone()).collect(),
        id,
    };
    Some((config, channels))
}

/// The name or address of a server.
fn server_name(reader: &Reader<'_, '_>, key: &str) -> Option<String> {
    let chars = limits::HOST_CHARS;
    reader.parsed(key, Allowed::Text { chars }, |text| {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:".contains(&byte);
        ((1..=chars).contains(&text.len()) && text.bytes().all(letter)).then(|| text.to_owned())
    })
}

/// Prints one mailbox; its password as the reference it is, and nothing that is as it would be without a word.
pub(super) fn print(config: &MailboxConfig) -> Table {
    let mut table = Table::new();
    table.insert("id", value(config.id.as_str()));
    table.insert("name", value(config.name.as_str()));
    if !config.enabled {
        table.insert("enabled", value(false));
    }
    table.insert("host", value(config.host.as_str()));
    let tls = TLS.iter().find(|(_, tls)| *tls == config.tls);
    table.insert("tls", value(tls.map_or("implicit", |(name, _)| name)));
    table.insert("port", value(i64::from(config.port)));
    table.insert("username", value(config.username.as_str()));
    for (field, reference) in &config.secrets {
        table.insert(field, value(reference.to_string()));
    }
    table.insert("folder", value(config.folder.as_str()));
    table.insert("interval", value(print_span(config.interval)));
    table.insert("days", value(i64::from(config.days)));
    if let Some(authserv) = &config.authserv {
        table.insert("authserv", value(authserv.as_str()));
    }
    for (key, words) in [("extra", &config.extra), ("replace", &config.replace)] {
        if !words.is_empty() {
            table.insert(key, texts(words));
        }
    }
    table.insert("channels", texts(&config.channels));
    if !config.rules.is_empty() {
        let mut rules = ArrayOfTables::new();
        for rule in &config.rules {
            rules.push(mail_rule::print(rule));
        }
        table.insert("rules", Item::ArrayOfTables(rules));
    }
    table
}
