//! Backups: complete, seven of them, and put back without losing what stood there.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use tidegate_meter::Time;
use tidegate_store::{LeaseState, Opened, Store, StoreError, restore};

use crate::support::*;

async fn value(store: &Store) -> Option<serde_json::Value> {
    store.setting("value").await.unwrap()
}

/// A database in which `value` was 1 at the backup and is 2 now, closed.
async fn backed_up(folder: &Path) -> (PathBuf, PathBuf) {
    let (path, copy) = (folder.join("t.db"), folder.join("copy.db"));
    let store = held(file(&path, "tester")).await;
    store
        .write(batch([setting("value", 1), look(T0, 5), audit("first", T0)]))
        .await
        .unwrap();
    store.backup(&copy).await.unwrap();
    store.write(batch([setting("value", 2)])).await.unwrap();
    (path, copy)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_backup_put_back_is_as_it_was_and_what_stood_there_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = backed_up(folder.path()).await;
    let kept = restore(&path, &copy, T0).unwrap().kept.unwrap();
    let store = file(&path, "next");
    assert_eq!(*store.opened_as(), Opened::Existing);
    assert_eq!(value(&store).await, Some(json!(1)));
    assert_eq!(store.meters(None).await.unwrap().len(), 1);
    assert_eq!(store.audit_head().await.unwrap().seq, 1);
    let replaced = file(&kept, "looker");
    assert_eq!(value(&replaced).await, Some(json!(2)));
}

#[tokio::test]
async fn the_lease_of_a_backup_is_nobodys_and_its_number_goes_up() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = backed_up(folder.path()).await;
    restore(&path, &copy, T0).unwrap();
    let store = file(&path, "next");
    assert_eq!(store.take_lease(T0, TTL).await, Ok(LeaseState::Held { fence: 3 }));
}

#[tokio::test]
async fn a_backup_can_be_put_where_nothing_was() {
    let folder = tempfile::tempdir().unwrap();
    let (_, copy) = backed_up(folder.path()).await;
    let elsewhere = folder.path().join("new").join("t.db");
    assert_eq!(restore(&elsewhere, &copy, T0).unwrap().kept, None);
    assert_eq!(value(&file(&elsewhere, "next")).await, Some(json!(1)));
}

#[tokio::test]
async fn nothing_is_put_in_the_place_of_a_database_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = backed_up(folder.path()).await;
    let store = held(file(&path, "living")).await;
    assert_eq!(restore(&path, &copy, T0), Err(StoreError::Busy));
    assert_eq!(value(&store).await, Some(json!(2)));
}

#[tokio::test]
async fn a_damaged_foreign_or_newer_backup_is_refused_and_nothing_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = backed_up(folder.path()).await;
    let (text, foreign, newer) = (
        folder.path().join("a"),
        folder.path().join("b"),
        folder.path().join("c"),
    );
    fs::write(&text, "no database at all").unwrap();
    rusqlite::Connection::open(&foreign)
        .unwrap()
        .execute_batch("CREATE TABLE t (a)")
        .unwrap();
    fs::copy(&copy, &newer).unwrap();
    rusqlite::Connection::open(&newer)
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    let before = names(folder.path());
    assert_eq!(restore(&path, &text, T0), Err(StoreError::Corrupt));
    assert_eq!(restore(&path, &foreign, T0), Err(StoreError::Corrupt));
    assert_eq!(
        restore(&path, &newer, T0),
        Err(StoreError::Newer { found: 99, known: 5 })
    );
    assert_eq!(
        restore(&path, Path::new("/nowhere/at/all"), T0),
        Err(StoreError::Disk(0))
    );
    let mut after = names(folder.path());
    after.retain(|name| before.contains(name) || !name.ends_with(".lock"));
    assert_eq!(after, before);
    assert_eq!(value(&file(&path, "next")).await, Some(json!(2)));
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_read_a_backup() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = backed_up(folder.path()).await;
    restore(&path, &copy, T0).unwrap();
    for file in [&copy, &path] {
        let mode = fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file:?} {mode:o}");
    }
}

#[tokio::test]
async fn a_backup_never_overwrites_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = backed_up(folder.path()).await;
    let store = file(&path, "next");
    assert!(matches!(
        store.backup(&copy).await,
        Err(StoreError::Conflict { .. })
    ));
}

#[tokio::test]
async fn a_database_in_memory_can_be_backed_up_too() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    let store = ready().await;
    store.write(batch([setting("value", 3)])).await.unwrap();
    store.backup(&copy).await.unwrap();
    assert_eq!(value(&file(&copy, "next")).await, Some(json!(3)));
}

#[tokio::test]
async fn every_day_has_its_backup_and_seven_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = held(file(&folder.path().join("t.db"), "tester")).await;
    let backups = folder.path().join("backups");
    fs::create_dir_all(&backups).unwrap();
    fs::write(backups.join("t-of-mine.db"), "not a daily one").unwrap();
    for day in 0..9 {
        let now: Time = T0.plus(day * DAY);
        let made = store.maintenance(now).await.unwrap().backup;
        assert!(made.is_some_and(|made| made.exists()));
        assert_eq!(store.maintenance(now.plus(HOUR)).await.unwrap().backup, None);
    }
    let mut expected: Vec<String> = (3..=9).map(|day| format!("t-2026-01-{day:02}.db")).collect();
    expected.push("t-of-mine.db".to_owned());
    assert_eq!(names(&backups), expected);
}

#[tokio::test]
async fn the_newest_whole_backup_stands_in_for_an_unreadable_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let store = held(file(&path, "tester")).await;
    for day in 0..3_i64 {
        let now = Time::from_ms(T0.ms() + day * 86_400_000);
        store.write(batch([setting("value", day)])).await.unwrap();
        store.maintenance(now).await.unwrap();
    }
    store.release_lease().await.unwrap();
    drop(store);
    fs::write(
        &path,
        b"this is no database, and long enough to be looked at as one",
    )
    .unwrap();
    let backups = folder.path().join("backups");
    let newest = backups.join(names(&backups).pop().unwrap());
    fs::write(&newest, b"nor is this").unwrap();

    let store = file(&path, "next");
    let Opened::Recovered {
        backup: Some(used), ..
    } = store.opened_as()
    else {
        panic!("{:?}", store.opened_as());
    };
    assert_ne!(*used, newest, "a damaged backup is passed over");
    assert_eq!(value(&store).await, Some(json!(1)));
}
