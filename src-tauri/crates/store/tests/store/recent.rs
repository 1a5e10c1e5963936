//! The looks that are not filed: whenever they are filed, every answer stays the same; a round of looks writes few pages.

use std::time::Duration;

use proptest::prelude::*;
use rusqlite::Connection;
use tidegate_meter::{Blind, MeterId, Outcome, Reading, Reason, Time};
use tidegate_store::{MeterRow, Point, Store, Write, limits};

use crate::support::*;

/// Pages that one look at each of fifty known meters may write: the ends of one table, and what it grew by.
const ROUND_PAGES: usize = 6;

fn package(n: u8) -> MeterId {
    format!("package-{n}").parse().unwrap()
}

fn look_at(n: u8, at: Time, outcome: Outcome) -> Write {
    Write::Look {
        info: info_of(package(n)),
        at,
        outcome,
        lag_ms: None,
    }
}

/// What one look was: the meter, the minutes since the look before (negative: the clock was set back), and what it gave.
#[derive(Clone, Debug)]
struct Seen {
    meter: u8,
    after: i64,
    remaining: Option<i64>,
    files: bool,
}

fn any_seen() -> impl Strategy<Value = Seen> {
    let after = prop_oneof![9 => 0..90_i64, 1 => -200..0_i64];
    (
        0..3_u8,
        after,
        proptest::option::weighted(0.8, 0..1_000_000_i64),
        any::<bool>(),
    )
        .prop_map(|(meter, after, remaining, files)| Seen {
            meter,
            after,
            remaining,
            files,
        })
}

/// Everything that is told of three meters.
async fn told(store: &Store) -> (Vec<MeterRow>, Vec<Vec<Reading>>, Vec<Vec<Point>>) {
    let (mut readings, mut lines) = (Vec::new(), Vec::new());
    for n in 0..3 {
        let (from, to) = (T0.minus(DAY), T0.plus(40 * DAY));
        let mut stream = store.readings(&account(), &package(n), from);
        readings.push(stream.next_page().await.unwrap());
        lines.push(
            store
                .history(&account(), &package(n), from, to, 500)
                .await
                .unwrap(),
        );
    }
    (store.meters(None).await.unwrap(), readings, lines)
}

/// Filing is what the end and the beginning of a lease do.
async fn file_now(store: &Store) {
    store.release_lease().await.unwrap();
    held(store.clone()).await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn whenever_looks_are_filed_the_same_is_told(seen in proptest::collection::vec(any_seen(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (filed, left) = (ready().await, ready().await);
            let mut at = T0;
            for seen in seen {
                at = Time::from_ms(at.ms() + seen.after * 60_000);
                let outcome = match seen.remaining {
                    Some(remaining) => Outcome::Known(reading(at, remaining)),
                    None => Outcome::Blind(Blind::new(Reason::Transient, "no answer")),
                };
                for store in [&filed, &left] {
                    store.write(batch([look_at(seen.meter, at, outcome.clone())])).await.unwrap();
                }
                if seen.files {
                    file_now(&filed).await;
                }
                prop_assert_eq!(told(&filed).await, told(&left).await);
            }
            file_now(&left).await;
            prop_assert_eq!(told(&filed).await, told(&left).await);
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn what_is_not_filed_is_there_after_a_crash_and_filed_by_the_next_holder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let store = held(file(&path, "one")).await;
    store
        .write(batch((0..5).map(|n| look(minutes(n), 7))))
        .await
        .unwrap();
    let left = folder.path().join("left");
    std::fs::create_dir(&left).unwrap();
    for name in ["t.db", "t.db-wal"] {
        std::fs::copy(folder.path().join(name), left.join(name)).unwrap();
    }
    let after = file(&left.join("t.db"), "two");
    let seen = |row: Option<MeterRow>| row.unwrap().looked_at;
    let before = seen(after.meter(&account(), &meter()).await.unwrap());
    assert_eq!(before, Some(minutes(4)));
    let after = held(after).await;
    assert_eq!(rows(&left.join("t.db"), "recent"), 0);
    assert_eq!(rows(&left.join("t.db"), "reading"), 5);
    assert_eq!(seen(after.meter(&account(), &meter()).await.unwrap()), before);
}

#[tokio::test]
async fn many_looks_are_filed_by_themselves() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let store = held(file(&path, "one")).await;
    let many = u64::try_from(limits::RECENT_LOOKS).unwrap();
    store
        .write(batch((0..many).map(|n| look(minutes(n), 7))))
        .await
        .unwrap();
    // The next write waits its turn behind the filing.
    store.write(batch([look(minutes(many), 7)])).await.unwrap();
    assert_eq!(rows(&path, "recent"), 1);
    assert_eq!(rows(&path, "reading"), limits::RECENT_LOOKS);
}

#[tokio::test]
async fn a_round_of_looks_that_only_repeat_writes_few_pages() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let store = held(file(&path, "one")).await;
    let round = |at: Time| batch((0..50).map(move |n| look_at(n, at, Outcome::Known(reading(at, 7)))));
    store.write(round(T0)).await.unwrap();
    let mut most = 0;
    // Fewer than fold the log, which begins anew then.
    for n in 1..=8 {
        let before = frames(&path);
        store.write(round(minutes(5 * n))).await.unwrap();
        most = most.max(frames(&path) - before);
    }
    assert!(most > 0, "the frames are counted");
    assert!(most <= ROUND_PAGES, "one round wrote {most} pages");
}

fn rows(database: &std::path::Path, table: &str) -> usize {
    let conn = Connection::open(database).unwrap();
    conn.busy_timeout(Duration::from_secs(5)).unwrap();
    let sql = format!("SELECT count(*) FROM {table}");
    let found: i64 = conn.query_row(&sql, [], |row| row.get(0)).unwrap();
    usize::try_from(found).unwrap()
}
