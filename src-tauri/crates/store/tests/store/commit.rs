//! Commits: together, durable, and honest when the disk refuses.

use std::path::Path;
use std::time::Duration;

use tidegate_meter::Time;
use tidegate_store::{Faults, Mode, OpenOptions, Opened, Place, Store, StoreError, Write};

use crate::support::*;

/// `SQLITE_IOERR_FSYNC`.
const SYNC_FAILED: i32 = 10 | (4 << 8);

fn with_faults(place: Place, mode: Mode) -> (Store, Faults) {
    let faults = Faults::default();
    let options = OpenOptions {
        place,
        mode,
        now: T0,
        holder: "tester".to_owned(),
        faults: faults.clone(),
        vfs: None,
    };
    (Store::open(options).unwrap(), faults)
}

/// Copies database and log while they are open: what a crash at this instant would leave.
fn crash(from: &Path, to: &Path) {
    for suffix in ["", "-wal"] {
        let name = |path: &Path| format!("{}{suffix}", path.display());
        std::fs::copy(name(from), name(to)).unwrap();
    }
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let (path, left) = (folder.path().join("t.db"), folder.path().join("left.db"));
    let store = held(file(&path, "tester")).await;
    for n in 0..20 {
        store.write(batch([setting(&format!("k{n}"), n)])).await.unwrap();
    }
    crash(&path, &left);
    let after = file(&left, "next");
    assert_eq!(*after.opened_as(), Opened::Existing);
    assert_eq!(after.settings().await.unwrap().len(), 20);
    assert!(matches!(
        after.take_lease(T0, TTL).await.unwrap(),
        tidegate_store::LeaseState::Held { .. }
    ));
}

#[tokio::test]
async fn batches_that_wait_together_share_one_commit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let store = held(file(&path, "tester")).await;
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let tasks: Vec<_> = (0..200)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move { store.write(batch([setting(&format!("k{n}"), n)])).await })
        })
        .collect();
    // One turn of this single-threaded runtime brings every batch into the queue, behind the writer that waits.
    tokio::task::yield_now().await;
    other.execute_batch("COMMIT").unwrap();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let stats = store.stats();
    assert_eq!(stats.batches, 200);
    assert!(stats.commits <= 2, "{stats:?}");
    assert_eq!(store.settings().await.unwrap().len(), 200);
}

#[tokio::test]
async fn a_refused_batch_does_not_take_its_neighbours_in_the_commit_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = held(file(&folder.path().join("t.db"), "tester")).await;
    let tasks: Vec<_> = (0..60_u8)
        .map(|n| {
            let store = store.clone();
            let alert = Write::RaiseAlert(alert(n, &format!("share:{}", n % 20)));
            tokio::spawn(async move { store.write(batch([setting(&format!("k{n}"), 1), alert])).await })
        })
        .collect();
    let mut good = 0;
    for task in tasks {
        good += usize::from(task.await.unwrap().is_ok());
    }
    assert_eq!(good, 20);
    assert_eq!(store.settings().await.unwrap().len(), 20);
}

#[tokio::test]
async fn a_failed_sync_leaves_nothing_and_the_next_commit_works() {
    let folder = tempfile::tempdir().unwrap();
    for mode in [Mode::Inline, Mode::Threaded] {
        let path = folder.path().join(format!("{mode:?}.db"));
        let (store, faults) = with_faults(Place::File(path), mode);
        let store = held(store).await;
        faults.fail_commit(1, SYNC_FAILED);
        store.write(batch([setting("a", 1)])).await.unwrap();
        let failed = store.write(batch([setting("b", 1)])).await;
        assert_eq!(failed, Err(StoreError::Disk(SYNC_FAILED)));
        assert_eq!(store.setting("b").await.unwrap(), None);
        store.write(batch([setting("c", 1)])).await.unwrap();
        assert_eq!(store.settings().await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn each_refusal_of_the_disk_has_its_name() {
    let (store, faults) = with_faults(Place::Memory, Mode::Inline);
    let store = held(store).await;
    let named = [
        (8, StoreError::ReadOnly),
        (13, StoreError::Full),
        (5, StoreError::Busy),
        (11, StoreError::Corrupt),
        (SYNC_FAILED, StoreError::Disk(SYNC_FAILED)),
        (21, StoreError::Sql(21)),
    ];
    for (code, name) in named {
        faults.fail_commit(0, code);
        assert_eq!(store.write(batch([setting("a", 1)])).await, Err(name));
    }
    store.write(batch([setting("a", 1)])).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_refuses_writes_keeps_answering_reads_and_recovers_with_space() {
    let folder = tempfile::tempdir().unwrap();
    let (store, faults) = with_faults(Place::File(folder.path().join("t.db")), Mode::Threaded);
    let store = held(store).await;
    store.write(batch([setting("small", 1)])).await.unwrap();
    faults.limit_pages(Some(1));
    let large = || {
        let text = "x".repeat(200_000);
        Write::Setting("large".to_owned(), Some(serde_json::json!(text)))
    };
    let refused = store.write(batch([setting("first", 1), large()])).await;
    assert_eq!(refused, Err(StoreError::Full));
    assert_eq!(store.settings().await.unwrap().len(), 1);
    faults.limit_pages(None);
    store.write(batch([large()])).await.unwrap();
    assert_eq!(store.settings().await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_was_asked_is_finished_when_the_last_handle_goes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let store = held(file(&path, "tester")).await;
    let task = tokio::spawn(async move { store.write(batch([setting("last", 1)])).await });
    task.await.unwrap().unwrap();
    let again = held(file(&path, "next")).await;
    assert_eq!(again.settings().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_closed_database_is_one_file_without_a_log() {
    let folder = tempfile::tempdir().unwrap();
    for n in 0..20 {
        let path = folder.path().join(format!("{n}.db"));
        let store = held(file(&path, "tester")).await;
        store.write(batch([setting("a", 1)])).await.unwrap();
        store.settings().await.unwrap();
        drop(store);
        assert!(!folder.path().join(format!("{n}.db-wal")).exists(), "{n}");
    }
}

#[tokio::test]
async fn a_database_in_memory_also_works_with_threads() {
    let (store, _faults) = with_faults(Place::Memory, Mode::Threaded);
    let store = held(store).await;
    store.write(batch([setting("a", 1), look(T0, 5)])).await.unwrap();
    assert_eq!(store.meters(None).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_log_is_folded_while_writing_and_does_not_grow_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let store = held(Store::open(OpenOptions::file(&path, T0, "tester").inline()).unwrap()).await;
    for n in 0..3000_u64 {
        let at: Time = T0.plus(Duration::from_secs(n * 300));
        store.write(batch([look(at, 5)])).await.unwrap();
    }
    let log = std::fs::metadata(folder.path().join("t.db-wal")).unwrap().len();
    assert!(log < 16 * 1024 * 1024, "{log}");
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_the_database() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep").join("t.db");
    let _store = file(&path, "tester");
    for suffix in ["", "-wal"] {
        let name = format!("{}{suffix}", path.display());
        let mode = std::fs::metadata(name).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{suffix:?} {mode:o}");
    }
}
