//! Stored history. What was written is read again as the same, page by page or at once, before and after it is folded; rows
//! of any bytes are read or are damage, within the asked span and bounds, and every walk through pages gets on.

use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, params};
use tempfile::TempDir;
use tidegate_meter::{
    AccountId, AsOf, ByteBase, Currency, MeterId, MeterInfo, MeterKind, Outcome, Quantity, Reading, Time,
    Unit, Window, WindowKind,
};
use tidegate_store::{Batch, Bucket, OpenOptions, Store, StoreError, Write, limits};

use crate::outside::{folder, wait};

/// 2026-01-01T00:00:00Z.
const T0: Time = Time::from_ms(1_767_225_600_000);
const DAY: Duration = Duration::from_secs(86_400);
/// Pages that a walk takes at most: a damaged row may lie thousands of years ahead.
const PAGES: usize = 40;
/// Rows of one try.
const ROWS: usize = 60;

/// A store on a file, and a second hand on the same file.
struct Kept {
    _folder: TempDir,
    store: Store,
    conn: Connection,
    account: AccountId,
    meter: MeterId,
}

static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(|| {
    let folder = folder();
    let path = folder.path().join("t.db");
    let store = Store::open(OpenOptions::file(&path, T0, "fuzz").inline()).unwrap();
    wait(store.take_lease(T0, 365 * DAY)).unwrap();
    let conn = Connection::open(&path).unwrap();
    conn.busy_timeout(Duration::from_secs(5)).unwrap();
    conn.execute_batch("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF")
        .unwrap();
    Mutex::new(Kept {
        _folder: folder,
        store,
        conn,
        account: "hw-main".parse().unwrap(),
        meter: "package-1".parse().unwrap(),
    })
});

/// Values from the front of some bytes; zeros when they are used up.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    fn whole(&mut self) -> i64 {
        let mut bytes = [0; 8];
        bytes.fill_with(|| self.byte());
        i64::from_le_bytes(bytes)
    }

    /// Any number, or, more often, a small one.
    fn number(&mut self) -> i64 {
        match self.byte() {
            0..=3 => self.whole(),
            4..=99 => i64::from(self.byte()) * 1_000_000_007,
            some => i64::from(some) - 120,
        }
    }

    fn number_opt(&mut self) -> Option<i64> {
        (!self.byte().is_multiple_of(4)).then(|| self.number())
    }

    fn blob(&mut self) -> Option<Vec<u8>> {
        let length = usize::from(self.byte());
        let taken = length.min(self.0.len());
        let (blob, rest) = self.0.split_at(taken);
        self.0 = rest;
        (length > 0).then(|| blob.to_vec())
    }
}

fn unit(byte: u8) -> Unit {
    match byte % 5 {
        0 => Unit::Bytes,
        1 => Unit::Money(Currency::CNY),
        2 => Unit::Credits,
        3 => Unit::Days,
        _ => Unit::Percent,
    }
}

impl Kept {
    fn clear(&self) {
        let tables = [
            "reading",
            "recent",
            "reading_hour",
            "reading_day",
            "look_day",
            "reading_span",
            "meter",
        ];
        let sql: Vec<String> = tables
            .iter()
            .map(|table| format!("DELETE FROM {table};"))
            .collect();
        self.conn
            .execute_batch(&format!("BEGIN; {} COMMIT", sql.concat()))
            .unwrap();
    }

    fn of(&self) -> (&AccountId, &MeterId) {
        (&self.account, &self.meter)
    }

    fn info(&self) -> MeterInfo {
        MeterInfo {
            account: self.account.clone(),
            id: self.meter.clone(),
            kind: MeterKind::Traffic,
            name: "flow".to_owned(),
            byte_base: ByteBase::Binary,
            targets: Vec::new(),
        }
    }

    /// Every raw reading from `from` on, `most` a page, as far as [`PAGES`] go.
    fn walk(&self, (from, to): (Time, Time), most: usize) -> Result<Vec<Reading>, StoreError> {
        let (mut all, mut place) = (Vec::new(), None);
        for _ in 0..PAGES {
            let (page, next) = wait(self.store.readings_page(self.of(), (from, to), place, most))?;
            assert!(page.len() <= most, "a page of {} for {most}", page.len());
            all.extend(page);
            let Some(next) = next else { break };
            assert!(place != Some(next), "a page leads to itself");
            place = Some(next);
        }
        Ok(all)
    }
}

/// Readings as a guard's looks would be, one after another.
fn readings(bytes: &mut Bytes<'_>) -> Vec<Reading> {
    let (mut at, mut all) = (T0, Vec::new());
    let mut window = None;
    while !bytes.0.is_empty() && all.len() < ROWS {
        at = at.plus(Duration::from_secs(1 + 60 * u64::from(bytes.byte())));
        let shape = bytes.byte();
        if shape & 0x80 != 0 {
            at = at.plus(DAY * u32::from(bytes.byte() % 40));
            window = Some(Window::told(
                WindowKind::Cycle,
                at,
                (shape & 0x40 != 0).then(|| at.plus(30 * DAY)),
            ));
        }
        let unit = unit(shape & 0x07);
        let mut quantity = || bytes.number_opt().map(|raw| Quantity::from_raw(raw, unit));
        let (used, whole, remaining) = (quantity(), quantity(), quantity());
        let as_of = if shape & 0x08 == 0 {
            AsOf::Fetch(at)
        } else {
            AsOf::Provider(Time::from_ms(
                at.ms().saturating_sub(bytes.number().saturating_abs()),
            ))
        };
        all.extend(Reading::new(used, whole, remaining, window, as_of, at));
    }
    all
}

/// What was written comes back.
fn written(kept: &Kept, bytes: &[u8]) {
    let written = readings(&mut Bytes(bytes));
    let look = |reading: &Reading| Write::Look {
        info: kept.info(),
        at: reading.fetched_at(),
        outcome: Outcome::Known(reading.clone()),
        lag_ms: None,
    };
    let writes = written.iter().map(look).collect();
    wait(kept.store.write(Batch { writes })).unwrap();
    let all = (Time::from_ms(0), Time::from_ms(i64::MAX));
    assert_eq!(kept.walk(all, limits::STREAM_PAGE).unwrap(), written);
    assert_eq!(kept.walk(all, 3).unwrap(), written, "in pages of three");
    let end = written.last().map_or(T0, Reading::fetched_at).plus(DAY);
    wait(kept.store.tidy(end)).unwrap();
    let recent = |reading: &&Reading| reading.fetched_at() >= end.minus(limits::RAW_KEPT);
    let left: Vec<Reading> = written.iter().filter(recent).cloned().collect();
    let read = kept.walk(all, 7).unwrap();
    assert!(read.ends_with(&left), "filed and folded, in pages of seven");
    looked_at(kept);
}

/// Rows of any bytes.
fn damaged(kept: &Kept, bytes: &[u8]) {
    let mut bytes = Bytes(bytes);
    kept.conn.execute_batch("BEGIN").unwrap();
    let sql =
        "INSERT INTO meter (key, account, id, info, present, span, hours_to, days_to, raw_from, hours_from)
        VALUES (1, 'hw-main', 'package-1', ?1, 1, 1, ?2, ?3, ?4, ?5)";
    let info = serde_json::to_string(&kept.info()).unwrap();
    let near = |number: Option<i64>| number.map(|number| T0.ms().saturating_add(number));
    let marks = [(); 4].map(|()| near(bytes.number_opt()));
    kept.conn
        .execute(sql, params![info, marks[0], marks[1], marks[2], marks[3]])
        .unwrap();
    let mut rows = 0;
    while !bytes.0.is_empty() && rows < ROWS {
        row(kept, &mut bytes);
        rows += 1;
    }
    kept.conn.execute_batch("COMMIT").unwrap();
    looked_at(kept);
}

fn row(kept: &Kept, bytes: &mut Bytes<'_>) {
    let kind = bytes.byte();
    let key = i64::from(kind / 8 % 4);
    let at = bytes.number();
    match kind % 5 {
        0 => {
            let windows = [None, Some("cycle"), Some("month"), Some("none"), Some("FAKE")];
            let shape = usize::from(bytes.byte());
            let units = ["bytes", "CNY", "credits", "days", "percent", "FAKE"];
            let sql = "INSERT OR REPLACE INTO reading_span VALUES (?1, 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
            let values = params![
                key,
                T0.ms().saturating_add(at),
                units[shape % units.len()],
                bytes.number_opt(),
                windows[shape / 8 % windows.len()],
                bytes.number_opt(),
                bytes.number_opt(),
                shape & 1 == 1,
            ];
            kept.conn.execute(sql, values).unwrap();
        }
        1 => {
            let sql = "INSERT OR REPLACE INTO reading VALUES (?1, ?2, ?3, ?4)";
            let values = params![key, at, bytes.number_opt(), bytes.blob()];
            kept.conn.execute(sql, values).unwrap();
        }
        2 => {
            let sql = "INSERT INTO recent (meter, looked_at, span, at, remaining, rest) VALUES (1, ?1, ?2, ?3, ?4, ?5)";
            let values = params![T0.ms(), key, at, bytes.number_opt(), bytes.blob()];
            kept.conn.execute(sql, values).unwrap();
        }
        folded => {
            let (table, width) =
                [("reading_hour", 3_600_000), ("reading_day", 86_400_000)][usize::from(folded - 3)];
            let sql = format!("INSERT OR REPLACE INTO {table} VALUES (1, ?1, ?2, ?3)");
            let number = T0.ms().saturating_add(at).div_euclid(width);
            let data = bytes.blob().unwrap_or_default();
            kept.conn.execute(&sql, params![number, key, data]).unwrap();
        }
    }
}

/// Every way in which history is asked for.
fn looked_at(kept: &Kept) {
    let near = (T0.minus(10 * DAY), T0.plus(400 * DAY));
    let spans = [
        near,
        (Time::from_ms(i64::MIN), Time::from_ms(i64::MAX)),
        (T0, T0.plus(DAY)),
    ];
    for (from, to) in spans {
        if let Ok(line) = wait(
            kept.store
                .chart(kept.of(), (from, to), 50, Duration::from_secs(900)),
        ) {
            let within = |at: Time| from <= at && at < to;
            assert!(line.points.len() <= 50, "{} points", line.points.len());
            assert!(
                line.points.iter().all(|point| within(point.fetched_at)),
                "{:?}",
                line.points
            );
            assert!(
                line.points.is_sorted_by_key(|point| point.fetched_at),
                "{:?}",
                line.points
            );
            assert!(
                line.gaps.iter().all(|gap| gap.0 < gap.1 && gap.1 <= to),
                "{:?}",
                line.gaps
            );
            assert!(line.gaps.len() <= limits::GAPS && line.windows.len() <= limits::WINDOW_RUNS);
        }
        if let Ok(all) = kept.walk((from, to), limits::STREAM_PAGE) {
            assert!(
                all.iter()
                    .all(|reading| from <= reading.fetched_at() && reading.fetched_at() < to)
            );
        }
        for bucket in [Bucket::Hour, Bucket::Day] {
            let mut begin = from;
            for _ in 0..PAGES {
                let Ok(page) = wait(kept.store.folded_page(kept.of(), (begin, to), bucket)) else {
                    break;
                };
                assert!(page.rows.is_sorted_by_key(|row| row.start), "{:?}", page.rows);
                let Some(next) = page.next else { break };
                assert!(
                    next > begin && page.rows.iter().all(|row| row.start < next),
                    "{next} after {begin}"
                );
                begin = next;
            }
        }
    }
    let _ = wait(kept.store.meters(None));
    let _ = wait(kept.store.statistics(near.0, near.1));
}

/// `w`: readings that are written. Else: rows that are damaged.
pub(crate) fn history(bytes: &[u8]) {
    let Some((kind, rest)) = bytes.split_first() else {
        return;
    };
    let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    kept.clear();
    match kind {
        b'w' => written(&kept, rest),
        _ => damaged(&kept, rest),
    }
}
