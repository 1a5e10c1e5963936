//! `[[account]]` of a provider that has neither regions nor servers nor a credential that acts: parameters, secrets, and how
//! often it is looked at.

use std::time::Duration;

use tidegate_engine::config::{AccountConfig, Params, SecretRefs};
use tidegate_meter::AccountId;
use tidegate_providers::ParamField;

use super::fault::{Allowed, Fault};
use super::table::Reader;
use crate::limits;

/// What such an account may say.
pub(super) struct Plain {
    /// Its word.
    pub(super) provider: &'static str,
    /// Its parameters; every one may be left out.
    pub(super) fields: &'static [ParamField],
    /// Its secrets by field, and whether each must be given.
    pub(super) secrets: &'static [(&'static str, bool)],
    /// Between two looks, and near a limit, where nothing is said.
    pub(super) intervals: (Duration, Duration),
    /// The least of both.
    pub(super) least: Duration,
}

const ACCOUNT: &[&str] = &[
    "id",
    "provider",
    "name",
    "enabled",
    "interval",
    "interval_near",
    "params",
    "secret",
];

/// Reads one account; `None` when it cannot be built, with the reasons recorded.
pub(super) fn account(reader: &Reader<'_, '_>, plain: &Plain) -> Option<AccountConfig> {
    reader.only(ACCOUNT);
    let id: Option<AccountId> = reader.id("id", Allowed::Slug);
    let bounds = plain.least..=limits::INTERVAL_MAX;
    let interval = reader
        .span("interval", bounds.clone())
        .unwrap_or(plain.intervals.0);
    let near = reader
        .span("interval_near", bounds)
        .unwrap_or(plain.intervals.1.min(interval));
    let (name, enabled) = (reader.name("name"), reader.flag("enabled"));
    let (params, secret) = (params(reader, plain.fields), secret(reader, plain.secrets));
    // Everything was read by now: one mistake must not hide another.
    let id = id?;
    Some(AccountConfig {
        name: name.unwrap_or_else(|| id.to_string()),
        provider: plain.provider.to_owned(),
        enabled: enabled.unwrap_or(true),
        site: String::new(),
        regions: Vec::new(),
        interval,
        interval_near: near,
        endpoint: None,
        params,
        secret,
        act_secret: SecretRefs::new(),
        mappings: Vec::new(),
        protect: Vec::new(),
        id,
    })
}

fn params(reader: &Reader<'_, '_>, fields: &[ParamField]) -> Params {
    let Some(table) = reader.table("params") else {
        return Params::new();
    };
    let keys: Vec<&str> = fields.iter().map(|field| field.key).collect();
    table.only(&keys);
    for field in fields {
        let allowed = Allowed::Described {
            zh: field.zh.to_owned(),
            en: field.en.to_owned(),
        };
        table.parsed(field.key, allowed, |text| field.accepts(text).then_some(()));
    }
    table.params()
}

fn secret(reader: &Reader<'_, '_>, secrets: &[(&str, bool)]) -> SecretRefs {
    if !reader.has("secret") && secrets.iter().any(|(_, required)| *required) {
        reader.fault("secret", Fault::Missing);
    }
    let Some(table) = reader.table("secret") else {
        return SecretRefs::new();
    };
    let keys: Vec<&str> = secrets.iter().map(|(key, _)| *key).collect();
    table.only(&keys);
    table.secrets(secrets)
}
