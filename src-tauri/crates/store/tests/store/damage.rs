//! Files that cannot be read: kept aside, never repaired, never deleted; and files that are not ours to touch.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tidegate_store::{AlertFilter, IntentFilter, OpenOptions, Opened, Store, StoreError, Write};

use crate::support::*;

/// A closed database with rows in every table that decides.
async fn filled() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let store = held(file(&path, "tester")).await;
    let writes = [
        Write::PutGuard(guard()),
        state(0, "first"),
        Write::PutTarget(target()),
        Write::RaiseAlert(alert(1, "limit")),
        plan(2),
        audit("made", T0),
        setting("value", 1),
    ];
    store.write(batch(writes)).await.unwrap();
    let looks = (0..200).map(|n| look(minutes(5 * n), 7));
    store.write(batch(looks)).await.unwrap();
    store.release_lease().await.unwrap();
    drop(store);
    (folder, path)
}

fn open(path: &Path) -> Result<Store, StoreError> {
    Store::open(OpenOptions::file(path, T0, "next").inline())
}

fn kept(store: &Store) -> PathBuf {
    match store.opened_as() {
        Opened::Recovered { kept, .. } => kept.clone(),
        other => panic!("{other:?}"),
    }
}

/// Opens a damaged file: it must be kept aside unchanged, and a new, empty database must work.
async fn is_recovered(path: &Path) {
    let damaged = fs::read(path).unwrap();
    let store = open(path).unwrap();
    assert_eq!(fs::read(kept(&store)).unwrap(), damaged);
    let store = held(store).await;
    assert!(store.settings().await.unwrap().is_empty());
    store.write(batch([setting("new", 1)])).await.unwrap();
    drop(store);
    assert_eq!(*open(path).unwrap().opened_as(), Opened::Existing);
}

#[tokio::test]
async fn a_new_file_is_fresh_and_then_existing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    assert_eq!(*open(&path).unwrap().opened_as(), Opened::Fresh);
    assert_eq!(*open(&path).unwrap().opened_as(), Opened::Existing);
}

#[test]
fn many_that_open_a_new_file_at_once_all_find_it_whole_and_one_made_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let open = || open(&path).map(|store| store.opened_as().clone());
    let opened = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
        let all = threads.into_iter().map(|thread| thread.join().unwrap());
        all.collect::<Result<Vec<_>, _>>()
    });
    let opened = opened.unwrap();
    assert_eq!(opened.iter().filter(|found| **found == Opened::Fresh).count(), 1);
    assert_eq!(
        opened.iter().filter(|found| **found == Opened::Existing).count(),
        7
    );
}

#[tokio::test]
async fn a_file_with_a_destroyed_page_is_kept_aside() {
    let (_folder, path) = filled().await;
    let mut bytes = fs::read(&path).unwrap();
    bytes[4096..8192].fill(0xff);
    fs::write(&path, bytes).unwrap();
    is_recovered(&path).await;
}

#[tokio::test]
async fn a_file_cut_in_half_is_kept_aside() {
    let (_folder, path) = filled().await;
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    is_recovered(&path).await;
}

#[tokio::test]
async fn a_file_that_is_no_database_is_kept_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    fs::write(
        &path,
        "a letter to the editor, of more than a hundred bytes, ".repeat(4),
    )
    .unwrap();
    is_recovered(&path).await;
}

#[tokio::test]
async fn a_database_of_another_program_or_without_one_of_our_tables_is_kept_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let foreign = rusqlite::Connection::open(&path).unwrap();
    foreign.execute_batch("CREATE TABLE theirs (a)").unwrap();
    drop(foreign);
    let store = open(&path).unwrap();
    let theirs = rusqlite::Connection::open(kept(&store)).unwrap();
    assert!(theirs.execute("INSERT INTO theirs VALUES (1)", []).is_ok());
    drop(store);
    let lost = rusqlite::Connection::open(&path).unwrap();
    lost.execute_batch("DROP TABLE protect").unwrap();
    drop(lost);
    let again = kept(&open(&path).unwrap());
    assert!(
        again.to_string_lossy().ends_with("-2"),
        "two in one second have two names: {again:?}"
    );
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_refused_and_not_touched() {
    let (folder, path) = filled().await;
    rusqlite::Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 9)
        .unwrap();
    let before = fs::read(&path).unwrap();
    let refused = open(&path).map(drop);
    assert_eq!(refused, Err(StoreError::Newer { found: 9, known: 5 }));
    assert!(refused.unwrap_err().to_string().contains("use the newer version"));
    assert_eq!(fs::read(&path).unwrap(), before);
    let aside = fs::read_dir(folder.path()).unwrap().flatten();
    assert!(
        aside
            .filter(|entry| entry.file_name().to_string_lossy().contains("unreadable"))
            .count()
            == 0
    );
}

#[tokio::test]
async fn a_damaged_file_that_another_process_holds_is_left_where_it_is() {
    let (_folder, path) = filled().await;
    let holder = fs::File::create(format!("{}.lock", path.display())).unwrap();
    holder.try_lock().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes[4096..8192].fill(0xff);
    fs::write(&path, &bytes).unwrap();
    assert_eq!(open(&path).map(drop), Err(StoreError::Corrupt));
    assert_eq!(fs::read(&path).unwrap(), bytes);
    drop(holder);
    is_recovered(&path).await;
}

#[tokio::test]
async fn the_log_of_a_damaged_file_is_kept_with_it_and_not_read_into_the_new_one() {
    let (folder, path) = filled().await;
    let crashed = folder.path().join("crashed.db");
    let store = held(open(&path).unwrap()).await;
    store.write(batch([setting("in-the-log", 1)])).await.unwrap();
    for suffix in ["", "-wal"] {
        fs::copy(
            format!("{}{suffix}", path.display()),
            format!("{}{suffix}", crashed.display()),
        )
        .unwrap();
    }
    let mut bytes = fs::read(&crashed).unwrap();
    let half = bytes.len() / 2;
    bytes[half..].fill(0xa5);
    fs::write(&crashed, bytes).unwrap();
    let recovered = open(&crashed).unwrap();
    assert!(recovered.settings().await.unwrap().is_empty());
    assert!(kept(&recovered).exists());
}

/// Reads everything that decides; damage may be told, but never by a panic.
async fn read_all(store: &Store) -> Result<(), StoreError> {
    store.guard_states(None).await?;
    store.alerts(AlertFilter::recent(10)).await?;
    store.intents(IntentFilter::Open).await?;
    store.targets(None).await?;
    store.meters(None).await?;
    store.settings().await?;
    store
        .history(&account(), &meter(), T0, minutes(2000), 100)
        .await?;
    store.audit_verify(None).await?;
    store.integrity().await
}

#[tokio::test]
async fn a_flipped_bit_anywhere_is_kept_aside_told_or_harmless_but_never_a_crash() {
    let (_folder, path) = filled().await;
    let good = fs::read(&path).unwrap();
    let (mut recovered, mut told) = (0, 0);
    let step = good.len() / 120;
    for (number, at) in (0..good.len()).step_by(step).enumerate() {
        let flipped = tempfile::tempdir().unwrap();
        let path = flipped.path().join("t.db");
        let mut bytes = good.clone();
        bytes[at] ^= 1 << (number % 8);
        fs::write(&path, &bytes).unwrap();
        let store = open(&path).unwrap();
        match store.opened_as() {
            Opened::Recovered { kept, .. } => {
                assert_eq!(fs::read(kept).unwrap().len(), bytes.len());
                recovered += 1;
            }
            _ => match read_all(&store).await {
                Err(StoreError::Corrupt) => told += 1,
                other => assert_eq!(other, Ok(()), "byte {at}"),
            },
        }
    }
    assert!(
        recovered > 0,
        "no flip was noticed at opening; {told} were told later"
    );
}

/// What becomes of a file with one bit flipped: `recovered`, `newer` or `whole`. What is kept aside or refused is as it was,
/// and what is opened can be written.
async fn flipped(good: &[u8], at: usize, bit: usize) -> &'static str {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let mut bytes = good.to_vec();
    bytes[at] ^= 1 << bit;
    fs::write(&path, &bytes).unwrap();
    let store = match open(&path) {
        Err(StoreError::Newer { .. }) => {
            assert_eq!(fs::read(&path).unwrap(), bytes, "byte {at} bit {bit}");
            return "newer";
        }
        store => store.unwrap_or_else(|error| panic!("byte {at} bit {bit}: {error}")),
    };
    let said = match store.opened_as() {
        Opened::Recovered { kept, .. } => {
            assert_eq!(fs::read(kept).unwrap(), bytes, "byte {at} bit {bit}");
            "recovered"
        }
        _ => "whole",
    };
    let store = held(store).await;
    let written = store.write(batch([setting("new", 1)])).await;
    assert_eq!(written, Ok(()), "byte {at} bit {bit}");
    said
}

#[tokio::test]
async fn no_bit_of_the_head_of_a_file_keeps_a_guard_from_starting_but_one_that_makes_it_newer() {
    let (_folder, path) = filled().await;
    let good = fs::read(&path).unwrap();
    let mut newer = Vec::new();
    let mut recovered = 0;
    // Every bit of the formats and numbers; of the mark, the counters and the room that is never used, one of each byte.
    let all = |at| (16..24).contains(&at) || (44..64).contains(&at);
    let bits = |at| if all(at) { 0..8 } else { at % 8..at % 8 + 1 };
    for (at, bit) in (0..100).flat_map(|at| bits(at).map(move |bit| (at, bit))) {
        match flipped(&good, at, bit).await {
            "newer" => newer.push((at, bit)),
            "recovered" => recovered += 1,
            _ => {}
        }
    }
    assert!(recovered > 50, "{recovered}");
    // The version that the file says it has: 5, with one bit more.
    let version: Vec<usize> = newer.iter().map(|(at, _)| *at).collect();
    assert!(
        !version.is_empty() && version.iter().all(|at| (62..64).contains(at)),
        "{newer:?}"
    );
}

#[tokio::test]
async fn a_row_that_a_start_needs_and_cannot_read_is_damage_of_the_file() {
    let (_folder, path) = filled().await;
    for sql in [
        "UPDATE guard_state SET state = '{'",
        "UPDATE meter SET info = 'x'",
        "UPDATE intent SET detail = '{\"a\":'",
        "UPDATE alert SET severity = 'loud'",
        "UPDATE setting SET value = '1}'",
        "UPDATE target SET meters = '[1'",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = {
            let copy = folder.path().join("t.db");
            fs::copy(&path, &copy).unwrap();
            copy
        };
        let conn = rusqlite::Connection::open(&path).unwrap();
        assert_eq!(conn.execute(sql, []).unwrap(), 1, "{sql}");
        drop(conn);
        is_recovered(&path).await;
    }
}
