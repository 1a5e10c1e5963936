//! `Subscription-Userinfo`: what a panel says in one line, and every way of saying it that is about. Numbers are exact; a
//! field that cannot be read is refused by itself, and what is needed and refused makes the whole blind.

use rust_decimal::{Decimal, RoundingStrategy};
use tidegate_meter::Time;

use super::limits;
use crate::specs::number;

/// What the line says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Told {
    pub(super) up: u64,
    pub(super) down: u64,
    pub(super) total: Option<u64>,
    pub(super) expires_at: Option<Time>,
    pub(super) reset_day: Option<u8>,
}

/// A field that is needed and cannot be had.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Unread(pub(super) &'static str);

/// The name of a header that tells usage: also behind a prefix, as storage services put one before it.
pub(super) fn is_userinfo(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "subscription-userinfo" || name.ends_with("-subscription-userinfo")
}

/// What became of a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Absent,
    Refused,
    Number(Decimal),
}

/// Reads the line; `None` when it tells nothing of usage at all.
pub(super) fn read(line: &str) -> Option<Result<Told, Unread>> {
    let parts = parts(line);
    let field = |name: &str| {
        let values = parts.iter().filter(|(key, _)| key == name);
        match values.map(|(_, value)| value).next_back() {
            None => Field::Absent,
            Some(value) if value.is_empty() || value.eq_ignore_ascii_case("null") => Field::Absent,
            Some(value) if name == "total" && ENDLESS.iter().any(|word| value.eq_ignore_ascii_case(word)) => {
                Field::Absent
            }
            Some(value) => number::of_text(value, false).map_or(Field::Refused, Field::Number),
        }
    };
    let (up, down, total) = (field("upload"), field("download"), field("total"));
    if [up, down, total].iter().all(|field| *field == Field::Absent) {
        return None;
    }
    let reset_day = [field("reset_day"), field("reset")].into_iter().find_map(day);
    Some(counted(up).map_err(|()| Unread("upload")).and_then(|up| {
        Ok(Told {
            up,
            down: counted(down).map_err(|()| Unread("download"))?,
            total: whole(total).map_err(|()| Unread("total"))?,
            expires_at: expiry(field("expire")),
            reset_day,
        })
    }))
}

/// Fields by lower-case name. Some panels write `,` for `;`. A part without a name belongs to no field: it spoils the
/// one before it, which is then half of a number.
fn parts(line: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for part in line.split([';', ',']).map(str::trim).take(limits::PARTS) {
        match part.split_once('=') {
            Some((name, value)) => {
                fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
            }
            None if part.is_empty() => {}
            None => {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(',');
                    value.push_str(part);
                }
            }
        }
    }
    fields
}

/// Bytes that were counted. Panels of expired plans tell less than nothing.
fn counted(field: Field) -> Result<u64, ()> {
    match field {
        Field::Number(number) => bytes(number.max(Decimal::ZERO)).ok_or(()),
        Field::Absent | Field::Refused => Err(()),
    }
}

/// What panels write for a whole without end.
const ENDLESS: [&str; 3] = ["infinity", "inf", "unlimited"];

/// Zero, less, or nothing: unlimited, or not told.
fn whole(field: Field) -> Result<Option<u64>, ()> {
    match field {
        Field::Absent => Ok(None),
        Field::Refused => Err(()),
        Field::Number(number) if number <= Decimal::ZERO => Ok(None),
        Field::Number(number) => bytes(number).map(Some).ok_or(()),
    }
}

/// Whole bytes, the half rounded up, as far as an amount holds them.
fn bytes(number: Decimal) -> Option<u64> {
    let rounded = number.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    u64::try_from(i64::try_from(rounded).ok()?).ok()
}

/// Seconds since 1970, or milliseconds where they can be nothing else. Zero, less, or garbage is no expiry.
fn expiry(field: Field) -> Option<Time> {
    let Field::Number(number) = field else {
        return None;
    };
    let told = i64::try_from(bytes(number)?).ok().filter(|told| *told > 0)?;
    let ms = if told >= limits::MILLISECONDS_FROM {
        told
    } else {
        told.checked_mul(1000)?
    };
    // A number that no calendar holds is garbage.
    let at = Time::from_ms(ms);
    (Time::from_jiff(at.to_jiff()) == at).then_some(at)
}

fn day(field: Field) -> Option<u8> {
    let Field::Number(number) = field else {
        return None;
    };
    let day = u8::try_from(i64::try_from(number).ok()?).ok()?;
    (number.fract().is_zero() && (1..=31).contains(&day)).then_some(day)
}
