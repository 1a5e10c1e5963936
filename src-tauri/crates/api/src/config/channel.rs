//! What may stand in `[[channel]]`, kind by kind, and how it is printed. Owns which fields each kind knows and what each
//! may hold; what they mean is `channels`'. Values besides secrets are kept as text; a list is one text of lines.

use std::net::IpAddr;

use tidegate_channels::smtp::Mailbox;
use tidegate_channels::telegram::Chat;
use tidegate_channels::webhook::{Template, check_header};
use tidegate_engine::config::{ChannelConfig, Params, SecretRefs};
use tidegate_guard::Severity;
use tidegate_meter::{ChannelId, Lang};
use toml_edit::{Item, Table, value};

use super::fault::{Allowed, Fault};
use super::print::texts;
use super::table::Reader;

/// Fields that every kind knows.
const COMMON: [&str; 5] = ["id", "kind", "enabled", "language", "severity"];
/// The secret fields of headers are named with this before the header.
const HEADER: &str = "header.";

/// One kind of channel.
struct Kind {
    /// Its word.
    name: &'static str,
    /// Its own fields.
    keys: &'static [&'static str],
    /// Its secrets, and whether each is required.
    secrets: &'static [(&'static str, bool)],
}

const KINDS: &[Kind] = &[
    Kind {
        name: "feishu",
        keys: &["url", "secret", "keyword", "mention"],
        secrets: &[("url", true), ("secret", false)],
    },
    Kind {
        name: "dingtalk",
        keys: &["url", "secret", "keyword", "mention"],
        secrets: &[("url", true), ("secret", false)],
    },
    Kind {
        name: "wecom",
        keys: &["url", "mention"],
        secrets: &[("url", true)],
    },
    Kind {
        name: "telegram",
        keys: &["token", "chat_id", "thread_id", "base", "mention"],
        secrets: &[("token", true)],
    },
    Kind {
        name: "slack",
        keys: &["url", "mention"],
        secrets: &[("url", true)],
    },
    Kind {
        name: "webhook",
        keys: &[
            "url",
            "authorization",
            "headers",
            "method",
            "template",
            "ok_pointer",
            "ok_equals",
        ],
        secrets: &[("url", true), ("authorization", false)],
    },
    Kind {
        name: "smtp",
        keys: &["host", "port", "tls", "username", "password", "from", "to", "ca"],
        secrets: &[("password", false)],
    },
    Kind {
        name: "desktop",
        keys: &[],
        secrets: &[],
    },
];

/// Every field of any kind.
fn all_keys() -> Vec<&'static str> {
    let mut keys: Vec<&str> = COMMON.to_vec();
    for key in KINDS.iter().flat_map(|kind| kind.keys) {
        if !keys.contains(key) {
            keys.push(key);
        }
    }
    keys
}

/// Reads one channel.
pub(super) fn read(reader: &Reader<'_, '_>) -> Option<ChannelConfig> {
    let id: Option<ChannelId> = reader.id("id", Allowed::Slug);
    reader.required("kind");
    let words: Vec<(&str, &Kind)> = KINDS.iter().map(|kind| (kind.name, kind)).collect();
    let kind = reader.word("kind", &words);
    let known = kind.map_or_else(all_keys, |kind| [&COMMON, kind.keys].concat());
    reader.only(&known);
    let language = reader.word("language", &[("zh-CN", Lang::Zh), ("en", Lang::En)]);
    let enabled = reader.flag("enabled").unwrap_or(true);
    let severities = [
        ("info", Severity::Info),
        ("warning", Severity::Warning),
        ("critical", Severity::Critical),
    ];
    let severity = reader.word("severity", &severities);
    let kind = kind?;
    let mut secrets = reader.secrets(kind.secrets);
    let has = |key: &str| kind.keys.contains(&key);
    let keyword = has("keyword").then(|| reader.name("keyword")).flatten();
    let mut params = Params::new();
    if has("mention") {
        keep(&mut params, "mention", mention(reader));
    }
    match kind.name {
        "telegram" => telegram(reader, &mut params),
        "webhook" => webhook(reader, &mut params, &mut secrets),
        "smtp" => smtp(reader, &mut params),
        _ => {}
    }
    Some(ChannelConfig {
        id: id?,
        kind: kind.name.to_owned(),
        enabled,
        language: language.unwrap_or_default(),
        secrets,
        keyword,
        params,
        severity: severity.unwrap_or(Severity::Info),
    })
}

fn keep(params: &mut Params, key: &str, value: Option<String>) {
    params.extend(value.map(|value| (key.to_owned(), value)));
}

/// People are called by `all`, `here`, a telephone number, or an id of the platform.
fn mention(reader: &Reader<'_, '_>) -> Option<String> {
    let letter = |c: char| c.is_ascii_alphanumeric() || "@_-.+".contains(c);
    let found = reader.list("mention", &Allowed::Mention, |text| {
        let fits = (1..=64).contains(&text.len()) && text.chars().all(letter);
        fits.then(|| text.to_owned())
    });
    if found.len() > tidegate_channels::limits::MENTIONS {
        let max = tidegate_channels::limits::MENTIONS;
        reader.fault("mention", Fault::TooLong { max });
    }
    lines(found.into_iter().map(|found| found.value))
}

fn lines(texts: impl IntoIterator<Item = String>) -> Option<String> {
    let texts: Vec<String> = texts.into_iter().collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

/// The text of a field that holds what `T` reads.
fn checked<T: std::str::FromStr>(reader: &Reader<'_, '_>, key: &str, allowed: Allowed) -> Option<String> {
    reader.parsed(key, allowed, |text| {
        text.parse::<T>().ok().map(|_| text.trim().to_owned())
    })
}

fn telegram(reader: &Reader<'_, '_>, params: &mut Params) {
    reader.required("chat_id");
    keep(
        params,
        "chat_id",
        checked::<Chat>(reader, "chat_id", Allowed::Chat),
    );
    keep(
        params,
        "thread_id",
        checked::<i64>(reader, "thread_id", Allowed::Thread),
    );
    keep(params, "base", reader.parsed("base", Allowed::Base, base));
}

/// An https address, also with a path; http for this machine.
fn base(text: &str) -> Option<String> {
    let url: url::Url = text.trim().parse().ok()?;
    let local = url.host_str().is_some_and(is_local);
    let fits = url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
        && (url.scheme() == "https" || (url.scheme() == "http" && local));
    fits.then(|| text.trim().to_owned())
}

fn is_local(host: &str) -> bool {
    let address: Result<IpAddr, _> = host.trim_matches(['[', ']']).parse();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn webhook(reader: &Reader<'_, '_>, params: &mut Params, secrets: &mut SecretRefs) {
    let method = reader.word("method", &[("POST", "POST"), ("PUT", "PUT")]);
    keep(params, "method", method.map(str::to_owned));
    keep(params, "template", template(reader));
    let pointer = |text: &str| text.starts_with('/').then(|| text.to_owned());
    keep(
        params,
        "ok_pointer",
        reader.parsed("ok_pointer", Allowed::Pointer, pointer),
    );
    keep(params, "ok_equals", reader.name("ok_equals"));
    for (one, other) in [("ok_pointer", "ok_equals"), ("ok_equals", "ok_pointer")] {
        if reader.has(one) && !reader.has(other) {
            reader.fault(other, Fault::Missing);
        }
    }
    let Some(headers) = reader.table("headers") else {
        return;
    };
    let names = headers.keys();
    for name in &names {
        if check_header(name).is_err() {
            headers.fault(name, Fault::NotAllowed(Allowed::Header));
        }
    }
    if names.len() > tidegate_channels::limits::WEBHOOK_HEADERS {
        let max = tidegate_channels::limits::WEBHOOK_HEADERS;
        reader.fault("headers", Fault::TooLong { max });
    }
    let fields: Vec<(&str, bool)> = names.iter().map(|name| (*name, true)).collect();
    let references = headers.secrets(&fields);
    secrets.extend(
        references
            .into_iter()
            .map(|(name, place)| (format!("{HEADER}{name}"), place)),
    );
}

fn template(reader: &Reader<'_, '_>) -> Option<String> {
    let text = reader.text("template")?;
    match text.parse::<Template>() {
        Ok(_) => Some(text.to_owned()),
        Err(fault) => {
            reader.fault("template", Fault::Template(fault));
            None
        }
    }
}

fn smtp(reader: &Reader<'_, '_>, params: &mut Params) {
    reader.required("host");
    let host = reader.parsed("host", Allowed::Host, |text| {
        let fits = url::Host::parse(text).is_ok() && text.len() <= 253;
        fits.then(|| text.to_owned())
    });
    let port = reader.whole("port", 1..=65_535).map(|port| port.to_string());
    let local = host.as_deref().is_some_and(is_local);
    let mut words = vec![("implicit", "implicit"), ("starttls", "starttls")];
    if local {
        words.push(("none", "none"));
    }
    let tls = reader.word("tls", &words).map(str::to_owned);
    let username = reader.name("username");
    for (one, other) in [("username", "password"), ("password", "username")] {
        if reader.has(one) && !reader.has(other) {
            reader.fault(other, Fault::Missing);
        }
    }
    reader.required("from");
    let from = checked::<Mailbox>(reader, "from", Allowed::Mailbox);
    let ca = reader.parsed("ca", Allowed::Certificate, |text| {
        text.contains("-----BEGIN CERTIFICATE-----")
            .then(|| text.to_owned())
    });
    let named = [
        ("host", host),
        ("port", port),
        ("tls", tls),
        ("username", username),
        ("from", from),
        ("ca", ca),
    ];
    for (key, value) in named {
        keep(params, key, value);
    }
    keep(params, "to", recipients(reader));
}

fn recipients(reader: &Reader<'_, '_>) -> Option<String> {
    if !reader.has("to") {
        reader.fault("to", Fault::Missing);
        return None;
    }
    let found = reader.list("to", &Allowed::Mailbox, |text| {
        text.parse::<Mailbox>().ok().map(|_| text.trim().to_owned())
    });
    let max = tidegate_channels::limits::MAIL_RECIPIENTS;
    if found.len() > max {
        reader.fault("to", Fault::TooLong { max });
    }
    let texts = lines(found.into_iter().map(|found| found.value));
    if texts.is_none() {
        reader.fault("to", Fault::NotAllowed(Allowed::Mailbox));
    }
    texts
}

/// Prints one channel; its secrets as the references they are.
pub(super) fn print(config: &ChannelConfig) -> Table {
    let mut table = Table::new();
    table.insert("id", value(config.id.as_str()));
    table.insert("kind", value(config.kind.as_str()));
    if !config.enabled {
        table.insert("enabled", value(false));
    }
    let (headers, own): (SecretRefs, SecretRefs) = config
        .secrets
        .clone()
        .into_iter()
        .partition(|(field, _)| field.starts_with(HEADER));
    for (field, reference) in &own {
        table.insert(field, value(reference.to_string()));
    }
    let language = match config.language {
        Lang::Zh => "zh-CN",
        Lang::En => "en",
    };
    table.insert("language", value(language));
    if let Some(keyword) = &config.keyword {
        table.insert("keyword", value(keyword.as_str()));
    }
    match config.severity {
        Severity::Info => {}
        Severity::Warning => drop(table.insert("severity", value("warning"))),
        Severity::Critical => drop(table.insert("severity", value("critical"))),
    }
    for (key, text) in &config.params {
        table.insert(key, param(key, text));
    }
    if !headers.is_empty() {
        table.insert("headers", Item::Table(header_table(&headers)));
    }
    table
}

/// A value in the form in which it was read.
fn param(key: &str, text: &str) -> Item {
    match key {
        "to" | "mention" => texts(&text.lines().collect::<Vec<_>>()),
        "port" => text.parse().map_or_else(|_| value(text), |port: i64| value(port)),
        _ => value(text),
    }
}

fn header_table(headers: &SecretRefs) -> Table {
    let mut table = Table::new();
    for (field, reference) in headers {
        let name = field.strip_prefix(HEADER).unwrap_or(field);
        table.insert(name, value(reference.to_string()));
    }
    table
}
