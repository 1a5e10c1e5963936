//! Raw readings: how one is written into its span and read back exactly.

use rusqlite::{Connection, Row, params};
use tidegate_meter::{AsOf, Quantity, Reading, Time, Unit, Window};

use super::{recent, varint};
use crate::column::{Columns, change, list, one, word};
use crate::{Point, StoreError};

/// How far a span reaches: readings count milliseconds from its base, and these fit four bytes for 24 days.
pub(super) const SPAN_MS: i64 = 24 * super::DAY_MS;

/// Where the next reading of a meter goes.
pub(crate) struct Place {
    /// Key of the meter.
    pub(crate) meter: i64,
    /// Key of its newest span.
    pub(crate) span: Option<i64>,
    /// Its hours are folded up to here.
    pub(crate) hours_to: Option<i64>,
}

/// A run of readings that share these.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Span {
    pub(super) key: i64,
    pub(super) base: i64,
    unit: Unit,
    whole: Option<i64>,
    window: Option<Window>,
    told: bool,
}

/// The values of a reading, apart from what its span holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Values {
    as_of: i64,
    used: Option<i64>,
    whole: Option<i64>,
    remaining: Option<i64>,
}

const LAG: u64 = 1;
const USED: u64 = 2;
const USED_NONE: u64 = 4;
const WHOLE: u64 = 8;
const WHOLE_NONE: u64 = 16;

/// A reading as it is stored: its span, the time since the span's base, and its values.
pub(super) struct Stored {
    pub(super) span: i64,
    pub(super) at: i64,
    pub(super) remaining: Option<i64>,
    pub(super) rest: Option<Vec<u8>>,
}

/// Where and how a reading is to be stored; opens a new span for one that shares nothing with the newest.
pub(super) fn prepare(conn: &Connection, place: &Place, reading: &Reading) -> Result<Stored, StoreError> {
    let fetched = reading.fetched_at().ms();
    let newest = match place.span {
        Some(key) => span(conn, key)?,
        None => None,
    };
    let span = match newest.filter(|span| span.takes(reading)) {
        Some(span) => span,
        None => open(conn, place.meter, reading)?,
    };
    if place.hours_to.is_some_and(|folded| fetched < folded) {
        unfold(conn, place.meter, fetched)?;
    }
    let values = Values::of(reading);
    Ok(Stored {
        span: span.key,
        at: fetched.saturating_sub(span.base),
        remaining: values.remaining,
        rest: values.rest(fetched, span.whole),
    })
}

/// A reading fetched before the folded hours end (the wall clock was set back): its hour and day are folded again. What
/// lies before the kept raw readings cannot be folded again and stays as it was.
fn unfold(conn: &Connection, meter: i64, fetched: i64) -> Result<(), StoreError> {
    let sql = "UPDATE meter SET hours_to = min(hours_to, max(?2, ifnull(raw_from, ?2))),
        days_to = min(days_to, max(?3, ifnull(hours_from, ?3))) WHERE key = ?1";
    let hour = fetched.div_euclid(super::HOUR_MS) * super::HOUR_MS;
    let day = fetched.div_euclid(super::DAY_MS) * super::DAY_MS;
    change(conn, sql, params![meter, hour, day]).map(drop)
}

fn open(conn: &Connection, meter: i64, reading: &Reading) -> Result<Span, StoreError> {
    let window = reading.window();
    let span = Span {
        key: 0,
        base: reading.fetched_at().ms(),
        unit: reading.unit(),
        whole: reading.limit().map(Quantity::raw),
        window,
        told: is_told(reading),
    };
    let sql =
        "INSERT INTO reading_span (meter, base, unit, whole, window_kind, window_start, window_end, told)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let kind = window.map(|window| word(&window.kind)).transpose()?;
    let start = window.map(|window| window.start.ms());
    let end = window.and_then(|window| window.end).map(Time::ms);
    let values = params![
        meter,
        span.base,
        span.unit.name(),
        span.whole,
        kind,
        start,
        end,
        span.told
    ];
    change(conn, sql, values)?;
    let key = conn.last_insert_rowid();
    change(
        conn,
        "UPDATE meter SET span = ?2 WHERE key = ?1",
        params![meter, key],
    )?;
    Ok(Span { key, ..span })
}

const SPAN_COLUMNS: &str = "SELECT key, base, unit, whole, window_kind, window_start, window_end, told \
    FROM reading_span WHERE ";

pub(super) fn span(conn: &Connection, key: i64) -> Result<Option<Span>, StoreError> {
    one(conn, &format!("{SPAN_COLUMNS} key = ?1"), [key], read_span)
}

/// What the newest readings of a meter count.
pub(super) fn unit(conn: &Connection, meter: i64) -> Result<Option<Unit>, StoreError> {
    let sql = "SELECT unit FROM reading_span WHERE key = (SELECT span FROM meter WHERE key = ?1)";
    one(conn, sql, [meter], |row| row.text("unit"))
}

/// When the newest unit of a meter was first read after another one; `None` while there was only one.
pub(super) fn unit_since(conn: &Connection, meter: i64) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT min(base) FROM reading_span WHERE meter = ?1 AND key > (
        SELECT max(key) FROM reading_span WHERE meter = ?1 AND unit <> (
            SELECT unit FROM reading_span WHERE key = (SELECT span FROM meter WHERE key = ?1)))";
    let since: Option<Option<i64>> = one(conn, sql, [meter], |row| Ok(row.get(0)?))?;
    Ok(since.flatten())
}

/// The spans of a meter that may hold readings fetched in `from..to`, in the order in which they were observed.
pub(super) fn spans(conn: &Connection, meter: i64, from: i64, to: i64) -> Result<Vec<Span>, StoreError> {
    let sql = format!("{SPAN_COLUMNS} meter = ?1 AND base > ?2 AND base < ?3 ORDER BY key");
    let after = from.saturating_sub(SPAN_MS);
    list(conn, &sql, params![meter, after, to], read_span)
}

fn read_span(row: &Row<'_>) -> Result<Span, StoreError> {
    let window = match row.word_opt("window_kind")? {
        None => None,
        Some(kind) => Some(Window::told(
            kind,
            row.time("window_start")?,
            row.time_opt("window_end")?,
        )),
    };
    Ok(Span {
        key: row.plain("key")?,
        base: row.plain("base")?,
        unit: row.text("unit")?,
        whole: row.plain("whole")?,
        window,
        told: row.plain("told")?,
    })
}

/// Calls `each` with up to `limit` readings of a span fetched in `from..to`, oldest first: those that are filed, and those
/// that still stand among the recent looks.
pub(super) fn each(
    conn: &Connection,
    span: &Span,
    from: i64,
    to: i64,
    limit: i64,
    mut each: impl FnMut(Observed) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut unfiled = recent::of_span(conn, span, from, to)?;
    let mut left = limit;
    let sql = "SELECT at, remaining, rest FROM reading WHERE span = ?1 AND at >= ?2 AND at < ?3 ORDER BY at LIMIT ?4";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params![
        span.key,
        from.saturating_sub(span.base),
        to.saturating_sub(span.base),
        limit
    ])?;
    while let Some(row) = rows.next()? {
        let filed = Observed::from_row(row, span)?;
        while let Some(earlier) = unfiled.first_entry().filter(|next| *next.key() < filed.fetched) {
            if left == 0 {
                return Ok(());
            }
            left = left.saturating_sub(1);
            each(earlier.remove())?;
        }
        // The same fetch told again stands among the recent ones, and comes from there.
        if left > 0 && !unfiled.contains_key(&filed.fetched) {
            left = left.saturating_sub(1);
            each(filed)?;
        }
    }
    let left = usize::try_from(left).unwrap_or(0);
    unfiled.into_values().take(left).try_for_each(each)
}

/// One stored reading.
pub(super) struct Observed {
    span: Span,
    pub(super) fetched: i64,
    values: Values,
}

impl Observed {
    /// From the columns `at`, `remaining` and `rest`, in this order.
    pub(super) fn from_row(row: &Row<'_>, span: &Span) -> Result<Self, StoreError> {
        let fetched = span.base.saturating_add(row.get::<_, i64>(0)?);
        Ok(Self {
            span: *span,
            fetched,
            values: Values::from_row(row, fetched, span.whole)?,
        })
    }

    /// As a point of a chart.
    pub(super) fn point(&self) -> Point {
        Point {
            as_of: Time::from_ms(self.values.as_of),
            fetched_at: Time::from_ms(self.fetched),
            remaining: self.values.remaining,
            used: self.values.used,
            limit: self.values.whole,
            window_start: self.span.window.map(|window| window.start),
        }
    }

    /// As the reading it was.
    pub(super) fn reading(&self) -> Result<Reading, StoreError> {
        let quantity = |raw: Option<i64>| raw.map(|raw| Quantity::from_raw(raw, self.span.unit));
        let at = Time::from_ms(self.values.as_of);
        let as_of = if self.span.told {
            AsOf::Provider(at)
        } else {
            AsOf::Fetch(at)
        };
        Reading::new(
            quantity(self.values.used),
            quantity(self.values.whole),
            quantity(self.values.remaining),
            self.span.window,
            as_of,
            Time::from_ms(self.fetched),
        )
        .map_err(|_| StoreError::Corrupt)
    }
}

fn is_told(reading: &Reading) -> bool {
    matches!(reading.as_of(), AsOf::Provider(_))
}

impl Span {
    /// Whether a reading shares what the span holds and lies within its reach.
    fn takes(&self, reading: &Reading) -> bool {
        let at = reading.fetched_at().ms().saturating_sub(self.base);
        self.unit == reading.unit()
            && self.window == reading.window()
            && self.told == is_told(reading)
            && (0..SPAN_MS).contains(&at)
    }
}

impl Values {
    fn of(reading: &Reading) -> Self {
        Self {
            as_of: reading.as_of().at().ms(),
            used: reading.used().map(Quantity::raw),
            whole: reading.limit().map(Quantity::raw),
            remaining: reading.remaining().map(Quantity::raw),
        }
    }

    /// What the span and `remaining` do not tell; nothing for most readings.
    fn rest(&self, fetched: i64, span_whole: Option<i64>) -> Option<Vec<u8>> {
        let mut flags = 0;
        let mut data = Vec::new();
        if self.as_of != fetched {
            flags |= LAG;
            varint::put_signed(&mut data, fetched.wrapping_sub(self.as_of));
        }
        if self.whole != span_whole {
            flags |= put_optional(&mut data, self.whole, WHOLE, WHOLE_NONE);
        }
        if self.used != derived_used(self.whole, self.remaining) {
            flags |= put_optional(&mut data, self.used, USED, USED_NONE);
        }
        if flags == 0 {
            return None;
        }
        let mut blob = Vec::with_capacity(data.len() + 1);
        varint::put(&mut blob, flags);
        blob.append(&mut data);
        Some(blob)
    }

    fn from_row(row: &Row<'_>, fetched: i64, span_whole: Option<i64>) -> Result<Self, StoreError> {
        let remaining = row.get(1)?;
        let mut values = Self {
            as_of: fetched,
            used: None,
            whole: span_whole,
            remaining,
        };
        let rest = row
            .get_ref(2)?
            .as_blob_or_null()
            .map_err(|_| StoreError::Corrupt)?;
        let mut data = rest.unwrap_or_default();
        let flags = if data.is_empty() {
            0
        } else {
            varint::take(&mut data)?
        };
        if flags & LAG != 0 {
            values.as_of = fetched.wrapping_sub(varint::take_signed(&mut data)?);
        }
        if let Some(whole) = take_optional(&mut data, flags, WHOLE, WHOLE_NONE)? {
            values.whole = whole;
        }
        values.used = match take_optional(&mut data, flags, USED, USED_NONE)? {
            Some(used) => used,
            None => derived_used(values.whole, remaining),
        };
        Ok(values)
    }
}

fn put_optional(data: &mut Vec<u8>, value: Option<i64>, some: u64, none: u64) -> u64 {
    match value {
        Some(value) => {
            varint::put_signed(data, value);
            some
        }
        None => none,
    }
}

fn take_optional(
    data: &mut &[u8],
    flags: u64,
    some: u64,
    none: u64,
) -> Result<Option<Option<i64>>, StoreError> {
    if flags & some != 0 {
        return Ok(Some(Some(varint::take_signed(data)?)));
    }
    Ok((flags & none != 0).then_some(None))
}

fn derived_used(whole: Option<i64>, remaining: Option<i64>) -> Option<i64> {
    whole?.checked_sub(remaining?)
}
