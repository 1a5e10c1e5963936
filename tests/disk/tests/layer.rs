//! The layer below `SQLite`: what is not asked to fail works as ever, what is asked to fails as a disk would.

#![expect(
    clippy::unwrap_used,
    reason = "a failed assumption of a test is a failed test"
)]

use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags};
use tempfile::TempDir;
use tidegate_disk::{Call, Disk, Fault, Refusal, Then};

fn connect(disk: &Disk, path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let conn = Connection::open_with_flags_and_vfs(path, flags, disk.name())?;
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0",
    )?;
    Ok(conn)
}

/// A database with one table of one number.
fn one() -> (TempDir, PathBuf, Disk, Connection) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let disk = Disk::new().unwrap();
    let conn = connect(&disk, &path).unwrap();
    conn.execute_batch("CREATE TABLE n (v INTEGER); INSERT INTO n VALUES (0)")
        .unwrap();
    (folder, path, disk, conn)
}

fn add(conn: &Connection) -> rusqlite::Result<usize> {
    conn.execute("UPDATE n SET v = v + 1", [])
}

fn value(conn: &Connection) -> i64 {
    conn.query_row("SELECT v FROM n", [], |row| row.get(0)).unwrap()
}

fn code(answer: &rusqlite::Result<usize>) -> Option<i32> {
    match answer {
        Err(rusqlite::Error::SqliteFailure(failure, _)) => Some(failure.extended_code),
        _ => None,
    }
}

#[test]
fn a_disk_that_is_not_asked_to_fail_works_for_many_connections() {
    let (_folder, path, disk, conn) = one();
    let other = connect(&disk, &path).unwrap();
    other.busy_timeout(std::time::Duration::ZERO).unwrap();
    for n in 1..50 {
        add(if n % 2 == 0 { &conn } else { &other }).unwrap();
        assert_eq!((value(&conn), value(&other)), (n, n));
    }
    let busy = {
        conn.execute_batch("BEGIN IMMEDIATE").unwrap();
        add(&other).unwrap_err()
    };
    assert_eq!(busy.sqlite_error_code(), Some(ErrorCode::DatabaseBusy));
    conn.execute_batch("COMMIT").unwrap();
    drop((conn, other));
    assert!(
        !path.with_extension("db-wal").exists(),
        "the last one folds the log away"
    );
    let plain = Connection::open(&path).unwrap();
    assert_eq!(value(&plain), 49);
    assert!(disk.count(&[Call::Shared]) > 0 && disk.count(&[Call::Sync]) > 49);
}

#[test]
fn each_call_fails_with_the_code_of_its_failure_and_once() {
    let (_folder, _path, disk, conn) = one();
    let codes = [
        (
            &[Call::Write] as &[Call],
            Refusal::Failed,
            rusqlite::ffi::SQLITE_IOERR_WRITE,
        ),
        (&[Call::Write], Refusal::Full, rusqlite::ffi::SQLITE_FULL),
        (&[Call::Write], Refusal::ReadOnly, rusqlite::ffi::SQLITE_READONLY),
        (&[Call::Sync], Refusal::Failed, rusqlite::ffi::SQLITE_IOERR_FSYNC),
    ];
    for (number, (calls, refusal, expected)) in codes.into_iter().enumerate() {
        let fault = Fault {
            calls,
            nth: 1,
            refusal,
            then: Then::Whole,
        };
        disk.fail(fault);
        assert_eq!(code(&add(&conn)), Some(expected), "{fault:?}");
        add(&conn).unwrap();
        assert_eq!(
            value(&conn),
            i64::try_from(number).unwrap() + 1,
            "what failed left nothing"
        );
    }
    assert_eq!(disk.refused(), 4);
}

#[test]
fn a_failure_that_lasts_ends_when_the_disk_is_healed_and_not_before() {
    let (_folder, path, disk, conn) = one();
    disk.refuse(Refusal::Full);
    for _ in 0..3 {
        assert!(add(&conn).is_err());
        assert!(connect(&disk, &path).is_err(), "nothing is opened either");
    }
    assert_eq!(value(&conn), 0, "it is still read");
    disk.heal();
    add(&conn).unwrap();
    assert_eq!(value(&conn), 1);
}

#[test]
fn every_third_sync_fails_until_the_disk_is_healed() {
    let (_folder, _path, disk, conn) = one();
    disk.fail(Fault {
        calls: &[Call::Sync],
        nth: 3,
        refusal: Refusal::Failed,
        then: Then::Again,
    });
    let good: Vec<bool> = (0..9).map(|_| add(&conn).is_ok()).collect();
    assert_eq!(good, [true, true, false].repeat(3));
    assert_eq!(value(&conn), 6);
    disk.heal();
    assert!((0..9).all(|_| add(&conn).is_ok()));
}

#[test]
fn a_torn_write_ends_the_process_and_leaves_what_was_durable() {
    for bytes in [0, 1, 24, 512, 4000] {
        let (_folder, path, disk, conn) = one();
        add(&conn).unwrap();
        disk.tear(1, bytes);
        assert!(add(&conn).is_err() && disk.is_dead());
        assert!(add(&conn).is_err(), "the dead do nothing");
        drop(conn);
        assert!(
            path.with_extension("db-wal").exists(),
            "nor do they fold their log"
        );
        disk.heal();
        assert_eq!(value(&connect(&disk, &path).unwrap()), 1, "torn after {bytes}");
    }
}

/// Whether a third write survives that was answered without a sync, while the power goes.
fn after_power_loss(synchronous: &str, reached: impl FnMut() -> bool) -> (i64, usize) {
    let (_folder, path, disk, conn) = one();
    conn.execute_batch(&format!("PRAGMA synchronous = {synchronous}"))
        .unwrap();
    add(&conn).unwrap();
    add(&conn).unwrap();
    disk.die();
    drop(conn);
    let lost = disk.lose_power(reached).unwrap();
    disk.heal();
    (value(&connect(&disk, &path).unwrap()), lost)
}

#[test]
fn only_what_was_made_durable_survives_the_power() {
    assert_eq!(after_power_loss("FULL", || false), (2, 0));
    let (left, lost) = after_power_loss("OFF", || false);
    assert!(
        left == 0 && lost > 0,
        "without a sync nothing is left: {left}, {lost} lost"
    );
    let (left, lost) = after_power_loss("OFF", || true);
    assert_eq!(
        (left, lost),
        (2, 0),
        "what reached the disk all the same is there"
    );
    let mut number = 0;
    let (left, _) = after_power_loss("OFF", || {
        number += 1;
        number != 2
    });
    assert_eq!(left, 0, "a transaction with a hole in it is none");
}

#[test]
fn a_flipped_bit_is_seen_by_who_reads_it_and_by_nobody_else() {
    let (_folder, path, disk, conn) = one();
    drop(conn);
    let read = |nth: u32| {
        disk.flip(nth, 3);
        let seen =
            connect(&disk, &path).and_then(|conn| conn.query_row("SELECT v FROM n", [], |row| row.get(0)));
        disk.heal();
        seen.unwrap_or(-1)
    };
    let seen: Vec<i64> = (1..8).map(read).collect();
    assert!(
        seen.contains(&-1),
        "the mark at the beginning of the file is another: {seen:?}"
    );
    assert_eq!(value(&connect(&disk, &path).unwrap()), 0);
}
