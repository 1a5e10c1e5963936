//! What may stand in a rule of a mailbox, and how it is printed.

use tidegate_guard::Severity;
use tidegate_meter::{Currency, MailKind};
use tidegate_providers::mailbox::MailRule;
use toml_edit::{Table, value};

use super::fault::{Allowed, Fault};
use super::print::texts;
use super::table::Reader;
use crate::limits;

const KEYS: &[&str] = &[
    "id",
    "from_domains",
    "subject_any",
    "body_any",
    "none_of",
    "kind",
    "severity",
    "currency_hint",
];
const SEVERITIES: [(&str, Severity); 3] = [
    ("info", Severity::Info),
    ("warning", Severity::Warning),
    ("critical", Severity::Critical),
];

/// Reads one rule.
pub(super) fn read(reader: &Reader<'_, '_>) -> Option<MailRule> {
    reader.only(KEYS);
    let kinds: Vec<(&str, MailKind)> = MailKind::ALL.iter().map(|kind| (kind.name(), *kind)).collect();
    reader.required("id");
    reader.required("kind");
    let (id, kind) = (reader.name("id"), reader.word("kind", &kinds));
    let severity = reader.word("severity", &SEVERITIES);
    let currency = reader.parsed("currency_hint", Allowed::Text { chars: 3 }, |text| {
        text.parse::<Currency>().ok().map(|_| text.to_owned())
    });
    let rule = MailRule {
        from_domains: words(reader, "from_domains"),
        subject_any: words(reader, "subject_any"),
        body_any: words(reader, "body_any"),
        none_of: words(reader, "none_of"),
        currency_hint: currency,
        severity: severity.unwrap_or(Severity::Warning),
        id: id?,
        kind: kind?,
    };
    if rule.subject_any.is_empty() && rule.body_any.is_empty() {
        reader.fault("subject_any", Fault::Missing);
    }
    Some(rule)
}

/// A list of words of one line each.
pub(super) fn words(reader: &Reader<'_, '_>, key: &str) -> Vec<String> {
    let chars = limits::MAIL_WORD_CHARS;
    let fits = |text: &str| {
        let fits = (1..=chars).contains(&text.trim().chars().count()) && !text.chars().any(char::is_control);
        fits.then(|| text.to_owned())
    };
    let found = reader.list(key, &Allowed::Text { chars }, fits);
    found.into_iter().map(|found| found.value).collect()
}

/// Prints one rule.
pub(super) fn print(rule: &MailRule) -> Table {
    let mut table = Table::new();
    table.insert("id", value(rule.id.as_str()));
    table.insert("kind", value(rule.kind.name()));
    let severity = SEVERITIES.iter().find(|(_, severity)| *severity == rule.severity);
    table.insert("severity", value(severity.map_or("warning", |(name, _)| name)));
    let lists = [
        ("from_domains", &rule.from_domains),
        ("subject_any", &rule.subject_any),
        ("body_any", &rule.body_any),
        ("none_of", &rule.none_of),
    ];
    for (key, words) in lists.into_iter().filter(|(_, words)| !words.is_empty()) {
        table.insert(key, texts(words));
    }
    if let Some(currency) = &rule.currency_hint {
        table.insert("currency_hint", value(currency.as_str()));
    }
    table
}
