//! Accounts and guards and their fields: what may stand in `[[account]]` and `[[guard]]`.

use std::time::Duration;

use tidegate_engine::config::{AccountConfig, GuardConfig, MappingConfig, MeterChoice};
use tidegate_guard::{ActionKind, Belts, Limit, Mode, RestartPolicy, Step};
use tidegate_meter::{AccountId, ChannelId, GuardId, MeterId, TargetId};

use tidegate_providers::specs::Registry;

use super::fault::{Allowed, Fault};
use super::table::{Found, Reader};
use super::{endpoint, plain, proxy, subscription, told, volcengine};
use crate::limits;

/// Reads one account; `None` when it cannot be built, with the reasons recorded.
pub(super) fn account(reader: &Reader<'_, '_>, specs: &Registry) -> Option<AccountConfig> {
    let provider = reader.text("provider");
    match provider.map(|id| (id, specs.get(id))) {
        Some((_, Some(spec))) => told::account(reader, &spec, specs),
        Some((id, None)) if id == volcengine::CODED.provider => coded(reader, &volcengine::CODED, specs),
        Some((id, None)) if id == proxy::PLAIN.provider => plain::account(reader, &proxy::PLAIN),
        Some((id, None)) if id == subscription::PLAIN.provider => {
            plain::account(reader, &subscription::PLAIN)
        }
        Some((id, None)) if id != HUAWEI.provider => nobodys(reader, specs),
        _ => coded(reader, &HUAWEI, specs),
    }
}

/// An account of a provider that is not there: what its other fields should be nobody knows. A secret in clear is one
/// whatever its name.
fn nobodys(reader: &Reader<'_, '_>, specs: &Registry) -> Option<AccountConfig> {
    let _id: Option<AccountId> = reader.id("id", Allowed::Slug);
    provider(reader, specs);
    if let Some(secrets) = reader.table("secret") {
        secrets.only_references();
    }
    None
}

fn provider(reader: &Reader<'_, '_>, specs: &Registry) -> Option<&'static str> {
    let coded = [HUAWEI.provider, volcengine::CODED.provider];
    let mut words = coded.map(str::to_owned).to_vec();
    words.push(proxy::PLAIN.provider.to_owned());
    words.push(subscription::PLAIN.provider.to_owned());
    words.extend(specs.ids());
    reader.parsed("provider", Allowed::OneOf { words }, |text| {
        coded.into_iter().find(|provider| *provider == text)
    })
}

/// What an account of a provider that is code may say, beyond what every one does.
pub(super) struct Coded {
    /// Its word.
    pub(super) provider: &'static str,
    /// Its sites, the first where nothing is said; none: it has no such field.
    pub(super) sites: &'static [(&'static str, &'static str)],
    /// Meters may be mapped to servers by hand.
    pub(super) mapped: bool,
    /// Between two looks, and near a limit, where nothing is said.
    pub(super) intervals: (Duration, Duration),
    /// Reads its parameters, and records what is wrong with them.
    pub(super) params: fn(&Reader<'_, '_>),
}

const HUAWEI: Coded = Coded {
    provider: "huawei",
    sites: &[
        ("auto", "auto"),
        ("china", "china"),
        ("international", "international"),
    ],
    mapped: true,
    intervals: (limits::INTERVAL_DEFAULT, limits::INTERVAL_NEAR_DEFAULT),
    params: |table| table.only(&[]),
};

const ACCOUNT: [&str; 14] = [
    "id",
    "provider",
    "name",
    "enabled",
    "site",
    "regions",
    "interval",
    "interval_near",
    "endpoint",
    "params",
    "secret",
    "act",
    "mapping",
    "protect",
];

impl Coded {
    fn fields(&self) -> Vec<&'static str> {
        let mut fields = ACCOUNT.to_vec();
        fields.retain(|field| match *field {
            "site" => !self.sites.is_empty(),
            "mapping" => self.mapped,
            _ => true,
        });
        fields
    }
}

const SECRETS: &[(&str, bool)] = &[("ak", true), ("sk", true), ("security_token", false)];
const SECRET_KEYS: &[&str] = &["ak", "sk", "security_token"];

fn coded(reader: &Reader<'_, '_>, kind: &Coded, specs: &Registry) -> Option<AccountConfig> {
    reader.only(&kind.fields());
    let id: Option<AccountId> = reader.id("id", Allowed::Slug);
    reader.required("provider");
    let provider = provider(reader, specs);
    let endpoint = reader.parsed("endpoint", Allowed::Endpoint, endpoint::parse);
    let bounds = limits::INTERVAL_MIN..=limits::INTERVAL_MAX;
    let interval = reader
        .span("interval", bounds.clone())
        .unwrap_or(kind.intervals.0);
    let near = reader.span("interval_near", bounds);
    let first = kind.sites.first().map_or("", |(site, _)| *site);
    let site = match kind.sites {
        [] => None,
        sites => reader.word("site", sites),
    };
    let regions = values(reader.list("regions", &Allowed::Region, region));
    let (name, enabled) = (reader.name("name"), reader.flag("enabled"));
    let params = reader
        .table("params")
        .map(|table| {
            (kind.params)(&table);
            table.params()
        })
        .unwrap_or_default();
    let (secret, act_secret) = (watch_secrets(reader), act_secrets(reader));
    let mappings = reader.tables("mapping").iter().filter_map(mapping).collect();
    let protect = values(reader.list("protect", &Allowed::Member, |text| text.parse().ok()));
    // Everything was read by now: one mistake must not hide another.
    let id = id?;
    Some(AccountConfig {
        name: name.unwrap_or_else(|| id.to_string()),
        provider: provider?.to_owned(),
        enabled: enabled.unwrap_or(true),
        site: site.unwrap_or(first).to_owned(),
        regions,
        interval,
        interval_near: near.unwrap_or(kind.intervals.1.min(interval)),
        endpoint,
        params,
        secret,
        act_secret,
        mappings,
        protect,
        id,
    })
}

fn watch_secrets(reader: &Reader<'_, '_>) -> tidegate_engine::config::SecretRefs {
    if !reader.has("secret") {
        reader.fault("secret", Fault::Missing);
    }
    reader
        .table("secret")
        .map(|table| credentials(&table))
        .unwrap_or_default()
}

fn act_secrets(reader: &Reader<'_, '_>) -> tidegate_engine::config::SecretRefs {
    let Some(act) = reader.table("act") else {
        return tidegate_engine::config::SecretRefs::new();
    };
    act.only(&["secret"]);
    if !act.has("secret") {
        act.fault("secret", Fault::Missing);
    }
    act.table("secret")
        .map(|table| credentials(&table))
        .unwrap_or_default()
}

fn credentials(table: &Reader<'_, '_>) -> tidegate_engine::config::SecretRefs {
    table.only(SECRET_KEYS);
    table.secrets(SECRETS)
}

fn mapping(reader: &Reader<'_, '_>) -> Option<MappingConfig> {
    reader.only(&["meter", "server", "region", "name"]);
    let meter: Option<MeterId> = reader.id("meter", Allowed::Member);
    let server: Option<TargetId> = reader.id("server", Allowed::Member);
    reader.required("region");
    let place = reader.parsed("region", Allowed::Region, region);
    let name = reader.name("name");
    Some(MappingConfig {
        meter: meter?,
        server: server?,
        region: place?,
        name,
    })
}

/// A region's name: `cn-north-4`, or a project of it such as `cn-north-4_team`.
fn region(text: &str) -> Option<String> {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let fits = (2..=64).contains(&text.len())
        && text.bytes().all(letters)
        && text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase())
        && text.contains('-');
    fits.then(|| text.to_owned())
}

const GUARD: &[&str] = &[
    "id",
    "account",
    "meter",
    "enabled",
    "steps",
    "limit",
    "action",
    "countdown",
    "channels",
    "bandwidth",
    "forced",
    "restart",
    "start_after_reset",
    "belts",
];

/// Reads one guard; its mode is `watch`, which only arming changes. The places of its channels come with it.
pub(super) fn guard(reader: &Reader<'_, '_>) -> Option<(GuardConfig, Vec<Found<ChannelId>>)> {
    reader.only(GUARD);
    let id: Option<GuardId> = reader.id("id", Allowed::Slug);
    let account: Option<AccountId> = reader.id("account", Allowed::Slug);
    let meter = reader
        .parsed("meter", Allowed::Member, meter_choice)
        .unwrap_or(MeterChoice::All);
    let steps: Vec<Step> = values(reader.list("steps", &Allowed::Step, |text| text.parse().ok()));
    let limit: Option<Limit> = reader.parsed("limit", Allowed::Limit, |text| text.parse().ok());
    let words = [("warn", ActionKind::Warn), ("stop", ActionKind::Stop)];
    let action = reader.word("action", &words).unwrap_or_default();
    if action != ActionKind::Warn && !reader.has("limit") {
        reader.fault("limit", Fault::ActionWithoutLimit);
    }
    let policies = [
        ("suspend", RestartPolicy::SuspendUntilReset),
        ("again", RestartPolicy::StopAgain),
    ];
    let channels: Vec<Found<ChannelId>> = reader.list("channels", &Allowed::Slug, |text| text.parse().ok());
    let countdown = reader.span("countdown", Duration::ZERO..=limits::COUNTDOWN_MAX);
    let bandwidth_mbit = reader.parsed("bandwidth", Allowed::Bandwidth, bandwidth);
    let restart = reader.word("restart", &policies).unwrap_or_default();
    let belts = belts(reader);
    let flag = |key| reader.flag(key).unwrap_or(false);
    let (enabled, forced, start_after_reset) = (
        reader.flag("enabled").unwrap_or(true),
        flag("forced"),
        flag("start_after_reset"),
    );
    let config = GuardConfig {
        id: id?,
        account: account?,
        meter,
        enabled,
        steps,
        limit,
        action,
        countdown: countdown.unwrap_or(limits::COUNTDOWN_DEFAULT),
        mode: Mode::Watch,
        belts,
        bandwidth_mbit,
        forced,
        restart,
        start_after_reset,
        channels: channels.iter().map(|found| found.value.clone()).collect(),
    };
    Some((config, channels))
}

fn meter_choice(text: &str) -> Option<MeterChoice> {
    if text == "*" {
        return Some(MeterChoice::All);
    }
    text.parse().ok().map(MeterChoice::One)
}

/// `30 Mbit` or `1 Gbit` (decimal, per second) as whole Mbit.
pub(super) fn bandwidth(text: &str) -> Option<u32> {
    let (number, unit) = text.trim().split_once(' ')?;
    let factor = match unit.trim() {
        "Mbit" | "Mbit/s" => 1,
        "Gbit" | "Gbit/s" => 1000,
        _ => return None,
    };
    let count: u32 = number.parse().ok()?;
    count
        .checked_mul(factor)
        .filter(|mbit| (1..=400_000).contains(mbit))
}

const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);

/// Belts may be tightened freely and loosened only so far that each still holds something back.
fn belts(reader: &Reader<'_, '_>) -> Belts {
    let mut belts = Belts::default();
    let Some(table) = reader.table("belts") else {
        return belts;
    };
    table.only(&[
        "agreeing",
        "fresh_intervals",
        "window_settle",
        "start_grace",
        "actions_guard",
        "actions_all",
        "protect",
    ]);
    if let Some(count) = small(&table, "agreeing", 2, 10) {
        belts.agreeing = u8::try_from(count).unwrap_or(belts.agreeing);
    }
    belts.fresh_intervals = small(&table, "fresh_intervals", 1, 12).unwrap_or(belts.fresh_intervals);
    belts.actions_guard = small(&table, "actions_guard", 1, 10).unwrap_or(belts.actions_guard);
    belts.actions_all = small(&table, "actions_all", 1, 50).unwrap_or(belts.actions_all);
    let settle = table.span(
        "window_settle",
        MINUTE.saturating_mul(10)..=HOUR.saturating_mul(24),
    );
    belts.window_settle = settle.unwrap_or(belts.window_settle);
    let grace = table.span("start_grace", MINUTE.saturating_mul(5)..=HOUR.saturating_mul(24));
    belts.start_grace = grace.unwrap_or(belts.start_grace);
    belts.protect = values(table.list("protect", &Allowed::Member, |text| text.parse().ok()));
    belts
}

fn small(table: &Reader<'_, '_>, key: &str, min: u64, max: u64) -> Option<u32> {
    table
        .whole(key, min..=max)
        .and_then(|value| u32::try_from(value).ok())
}

fn values<T>(found: Vec<Found<T>>) -> Vec<T> {
    found.into_iter().map(|found| found.value).collect()
}
