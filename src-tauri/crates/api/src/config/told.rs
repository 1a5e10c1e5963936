//! `[[account]]` of a provider that is told by a spec: its parameters and secrets are those that the spec names.

use std::time::Duration;

use tidegate_engine::config::{AccountConfig, Params, SecretRefs};
use tidegate_meter::{AccountId, Lang};
use tidegate_providers::specs::{PINNED_HOSTS, Param, ParamFault, ParamFaultKind, ParamForm, Registry, Spec};

use super::endpoint;
use super::fault::{Allowed, Fault};
use super::table::Reader;
use crate::limits;

const ACCOUNT: &[&str] = &[
    "id",
    "provider",
    "name",
    "enabled",
    "interval",
    "interval_near",
    "endpoint",
    "params",
    "secret",
];

/// Reads one account; `None` when it cannot be built, with the reasons recorded.
pub(super) fn account(reader: &Reader<'_, '_>, spec: &Spec, specs: &Registry) -> Option<AccountConfig> {
    reader.only(ACCOUNT);
    let id: Option<AccountId> = reader.id("id", Allowed::Slug);
    let endpoint = reader.parsed("endpoint", Allowed::Endpoint, endpoint::parse);
    let (interval, near) = intervals(reader, spec);
    let (name, enabled) = (reader.name("name"), reader.flag("enabled"));
    let params = params(reader, spec, specs);
    let secret = secrets(reader, spec);
    // Everything was read by now: one mistake must not hide another.
    let id = id?;
    Some(AccountConfig {
        name: name.unwrap_or_else(|| id.to_string()),
        provider: spec.id.clone(),
        enabled: enabled.unwrap_or(true),
        site: String::new(),
        regions: Vec::new(),
        interval,
        interval_near: near,
        endpoint,
        params,
        secret,
        act_secret: SecretRefs::new(),
        mappings: Vec::new(),
        protect: Vec::new(),
        id,
    })
}

/// Never below what the spec allows: an earlier look would be answered with the last report.
fn intervals(reader: &Reader<'_, '_>, spec: &Spec) -> (Duration, Duration) {
    let least = limits::INTERVAL_MIN.max(spec.min_interval);
    let bounds = least..=limits::INTERVAL_MAX;
    let interval = reader.span("interval", bounds.clone()).unwrap_or(spec.interval);
    let near = reader.span("interval_near", bounds);
    let by_itself = limits::INTERVAL_NEAR_DEFAULT.clamp(least, interval.max(least));
    (interval, near.unwrap_or(by_itself))
}

fn params(reader: &Reader<'_, '_>, spec: &Spec, specs: &Registry) -> Params {
    let table = reader.table("params");
    let mut params = table.as_ref().map(Reader::params).unwrap_or_default();
    params.remove(PINNED_HOSTS);
    for fault in spec.settle(&params).err().unwrap_or_default() {
        record(reader, table.as_ref(), fault);
    }
    if specs.is_own(&spec.id) {
        params.insert(PINNED_HOSTS.to_owned(), spec.pin());
    }
    params
}

/// A mistake of a parameter, where it stands; one that must be given is missing in the table, or the table itself is.
fn record(reader: &Reader<'_, '_>, table: Option<&Reader<'_, '_>>, fault: ParamFault) {
    let told = match fault.kind {
        ParamFaultKind::Missing => Fault::Missing,
        ParamFaultKind::Unknown(known) => Fault::UnknownKey { nearest: None, known },
        ParamFaultKind::NotAllowed(ParamForm::Choice(words)) => Fault::NotAllowed(Allowed::OneOf { words }),
        ParamFaultKind::NotAllowed(form) => Fault::NotAllowed(Allowed::Described {
            zh: form.allowed(Lang::Zh),
            en: form.allowed(Lang::En),
        }),
    };
    match table {
        Some(table) => table.fault(&fault.key, told),
        None => reader.fault(&format!("params.{}", fault.key), told),
    }
}

fn secrets(reader: &Reader<'_, '_>, spec: &Spec) -> SecretRefs {
    let wanted: Vec<&Param> = spec.secret_params().collect();
    if !reader.has("secret") && wanted.iter().any(|param| param.required) {
        reader.fault("secret", Fault::Missing);
    }
    let Some(table) = reader.table("secret") else {
        return SecretRefs::new();
    };
    let keys: Vec<&str> = wanted.iter().map(|param| param.key.as_str()).collect();
    table.only(&keys);
    let fields: Vec<(&str, bool)> = wanted
        .iter()
        .map(|param| (param.key.as_str(), param.required))
        .collect();
    table.secrets(&fields)
}
