//! What may stand in `[[renewal]]`, and how it is printed.

use jiff::civil::Date;
use tidegate_engine::config::RenewalConfig;
use tidegate_meter::{ChannelId, Quantity, RenewalId, Unit};
use tidegate_providers::calendar::limits::{AHEAD_DAYS_MAX, AHEAD_MAX};
use tidegate_providers::calendar::{Cycle, CycleError, DayForm, parse_date};
use toml_edit::{Array, Table, value};

use super::fault::{Allowed, Fault};
use super::print::texts;
use super::table::{Found, Reader};
use crate::limits;

const KEYS: &[&str] = &[
    "id",
    "name",
    "owner",
    "enabled",
    "cycle",
    "day",
    "amount",
    "auto_renew",
    "remind",
    "paid",
    "note",
    "channels",
];

/// Three days to see to it, and the day itself: what the earlier system told.
const REMIND: [u16; 2] = [3, 0];

/// Reads one renewal; the places of its channels come with it.
pub(super) fn read(reader: &Reader<'_, '_>) -> Option<(RenewalConfig, Vec<Found<ChannelId>>)> {
    reader.only(KEYS);
    let id: Option<RenewalId> = reader.id("id", Allowed::Slug);
    let (name, owner) = (reader.name("name"), reader.name("owner"));
    let (enabled, auto_renew) = (reader.flag("enabled"), reader.flag("auto_renew"));
    let cycle = cycle(reader);
    let amount = reader.parsed("amount", Allowed::Price, price);
    let paid: Option<Date> = reader.parsed("paid", Allowed::Date, parse_date);
    let note = note(reader);
    let remind = remind(reader);
    let channels: Vec<Found<ChannelId>> = reader.list("channels", &Allowed::Slug, |text| text.parse().ok());
    let id = id?;
    let config = RenewalConfig {
        name: name.unwrap_or_else(|| id.to_string()),
        enabled: enabled.unwrap_or(true),
        owner,
        cycle: cycle?,
        amount,
        auto_renew: auto_renew.unwrap_or(false),
        remind,
        paid,
        note,
        channels: channels.iter().map(|found| found.value.clone()).collect(),
        id,
    };
    Some((config, channels))
}

fn cycle(reader: &Reader<'_, '_>) -> Option<Cycle> {
    let (cycle, day) = (reader.required("cycle"), reader.required("day"));
    match Cycle::parse(cycle?, day?) {
        Ok(cycle) => Some(cycle),
        Err(CycleError::Cycle) => {
            reader.fault("cycle", Fault::NotAllowed(Allowed::Cycle));
            None
        }
        Err(CycleError::Day(form)) => {
            reader.fault("day", Fault::NotAllowed(allowed(form)));
            None
        }
    }
}

const fn allowed(form: DayForm) -> Allowed {
    match form {
        DayForm::Weekday => Allowed::Weekday,
        DayForm::DayOfMonth => Allowed::DayOfMonth,
        DayForm::DayOfYear => Allowed::DayOfYear,
        DayForm::Date => Allowed::Date,
    }
}

/// `68 CNY`: what is paid, never less than nothing.
fn price(text: &str) -> Option<Quantity> {
    let (amount, currency) = text.split_once(' ')?;
    let price = Quantity::parse(amount, Unit::Money(currency.parse().ok()?)).ok()?;
    (!price.is_negative()).then_some(price)
}

/// One line for its owner, longer than a name.
fn note(reader: &Reader<'_, '_>) -> Option<String> {
    let chars = limits::RENEWAL_NOTE_CHARS;
    reader.parsed("note", Allowed::Text { chars }, |text| {
        let fits = (1..=chars).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        fits.then(|| text.to_owned())
    })
}

/// Days ahead, each once, the farthest first.
fn remind(reader: &Reader<'_, '_>) -> Vec<u16> {
    if !reader.has("remind") {
        return REMIND.to_vec();
    }
    let days = reader.wholes("remind", 0..=u64::from(AHEAD_DAYS_MAX), AHEAD_MAX);
    let mut days: Vec<u16> = days
        .into_iter()
        .filter_map(|days| u16::try_from(days).ok())
        .collect();
    days.sort_unstable_by(|a, b| b.cmp(a));
    days.dedup();
    days
}

/// Prints one renewal.
pub(super) fn print(config: &RenewalConfig) -> Table {
    let mut table = Table::new();
    table.insert("id", value(config.id.as_str()));
    table.insert("name", value(config.name.as_str()));
    if let Some(owner) = &config.owner {
        table.insert("owner", value(owner.as_str()));
    }
    if !config.enabled {
        table.insert("enabled", value(false));
    }
    table.insert("cycle", value(config.cycle.cycle_text()));
    table.insert("day", value(config.cycle.day_text()));
    if let Some(amount) = config.amount {
        table.insert("amount", value(amount.to_string()));
    }
    if config.auto_renew {
        table.insert("auto_renew", value(true));
    }
    let remind: Array = config.remind.iter().map(|days| i64::from(*days)).collect();
    table.insert("remind", value(remind));
    if let Some(paid) = config.paid {
        table.insert("paid", value(paid.to_string()));
    }
    if let Some(note) = &config.note {
        table.insert("note", value(note.as_str()));
    }
    table.insert("channels", texts(&config.channels));
    table
}
