//! Looks that may wait: told as soon as anybody asks, written before anything else of their account, many with one sync;
//! a crash loses them and nothing else.

use std::path::{Path, PathBuf};

use tidegate_meter::{Reading, Time};
use tidegate_store::{Faults, OpenOptions, Store, StoreError, Write};

use crate::support::*;

async fn looked_at(store: &Store) -> Option<Time> {
    let row = store.meter(&account(), &meter()).await.unwrap();
    row.and_then(|row| row.looked_at)
}

/// What a killed process leaves: database and log as they are.
fn left_by_a_crash(database: &Path) -> PathBuf {
    let left = database.with_file_name("left");
    std::fs::create_dir(&left).unwrap();
    let name = database.file_name().unwrap();
    std::fs::copy(database, left.join(name)).unwrap();
    std::fs::copy(log_of(database), left.join(log_of(database).file_name().unwrap())).unwrap();
    left.join(name)
}

#[tokio::test]
async fn what_waits_is_told_as_soon_as_somebody_asks() {
    let folder = tempfile::tempdir().unwrap();
    let store = held(file(&folder.path().join("t.db"), "one")).await;
    store.write_later(batch([look(minutes(1), 7)])).await.unwrap();
    assert_eq!(store.stats().commits, 0);
    assert_eq!(looked_at(&store).await, Some(minutes(1)));
    assert_eq!(store.stats().commits, 1);
    store.write_later(batch([look(minutes(2), 7)])).await.unwrap();
    let mut stream = store.readings(&account(), &meter(), T0);
    assert_eq!(stream.next_page().await.unwrap().len(), 2);
}

#[tokio::test]
async fn many_that_wait_share_one_commit() {
    let store = ready().await;
    for n in 0..40 {
        store.write_later(batch([look(minutes(n), 7)])).await.unwrap();
    }
    assert_eq!(store.stats().commits, 0);
    store.flush().await.unwrap();
    assert_eq!(store.stats().commits, 1);
    store.flush().await.unwrap();
    assert_eq!(store.stats().commits, 1, "nothing waits any more");
}

#[tokio::test]
async fn a_decision_takes_the_waiting_looks_of_its_account_along_and_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let store = held(file(&path, "one")).await;
    store.write_later(batch([look(minutes(1), 8)])).await.unwrap();
    store.write(batch([look(minutes(2), 7)])).await.unwrap();
    assert_eq!(store.stats().commits, 1);
    let after = file(&left_by_a_crash(&path), "two");
    assert_eq!(looked_at(&after).await, Some(minutes(2)));
    let mut stream = after.readings(&account(), &meter(), T0);
    assert_eq!(stream.next_page().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_decision_to_act_overtakes_no_look_that_was_handed_in_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let store = held(file(&path, "one")).await;
    for n in 1..=20 {
        let row = intent(n);
        let event = event(&row, None, T0);
        let at = 10 * u64::from(n);
        store.write_later(batch([look(minutes(at), 8)])).await.unwrap();
        let decision = batch([look(minutes(at + 1), 7), Write::Intent(row, event)]);
        store.write(decision).await.unwrap();
        assert_eq!(looked_at(&store).await, Some(minutes(at + 1)));
    }
    let after = file(&left_by_a_crash(&path), "two");
    let mut stream = after.readings(&account(), &meter(), T0);
    assert_eq!(stream.next_page().await.unwrap().len(), 40);
}

#[tokio::test]
async fn a_decision_does_not_wait_for_the_looks_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let store = held(file(&path, "one")).await;
    store.write_later(batch([look(minutes(1), 8)])).await.unwrap();
    store.write(batch([setting("a", 1)])).await.unwrap();
    let after = file(&left_by_a_crash(&path), "two");
    assert_eq!(
        looked_at(&after).await,
        None,
        "the look is lost, as a sample may be"
    );
    assert_eq!(after.settings().await.unwrap().len(), 1);
    assert_eq!(looked_at(&store).await, Some(minutes(1)), "and only by the crash");
}

#[tokio::test]
async fn what_waits_is_written_when_the_lease_is_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let store = held(file(&path, "one")).await;
    store.write_later(batch([look(minutes(1), 8)])).await.unwrap();
    store.release_lease().await.unwrap();
    let after = file(&left_by_a_crash(&path), "two");
    assert_eq!(looked_at(&after).await, Some(minutes(1)));
}

#[tokio::test]
async fn what_could_not_be_written_waits_on() {
    let faults = Faults::default();
    let options = OpenOptions {
        faults: faults.clone(),
        ..OpenOptions::memory(T0, "tester")
    };
    let store = held(Store::open(options).unwrap()).await;
    store.write_later(batch([look(minutes(1), 8)])).await.unwrap();
    faults.fail_commit(0, rusqlite::ffi::SQLITE_IOERR_FSYNC);
    assert!(matches!(store.flush().await, Err(StoreError::Disk(_))));
    faults.fail_commit(0, rusqlite::ffi::SQLITE_IOERR_FSYNC);
    let refused = store.write(batch([look(minutes(2), 8)])).await;
    assert!(matches!(refused, Err(StoreError::Disk(_))), "{refused:?}");
    store.flush().await.unwrap();
    assert_eq!(
        looked_at(&store).await,
        Some(minutes(1)),
        "the refused look was refused, the waiting one written"
    );
}

#[tokio::test]
async fn a_guard_state_that_waits_is_written_before_the_next_one_of_its_guard() {
    let store = ready().await;
    store.write(batch([Write::PutGuard(guard())])).await.unwrap();
    store
        .write_later(batch([look(T0, 7), state(0, "same")]))
        .await
        .unwrap();
    store.write(batch([state(1, "same")])).await.unwrap();
    assert_eq!(store.guard_states(None).await.unwrap()[0].version, 2);
    store
        .write_later(batch([look(minutes(5), 7), state(2, "same")]))
        .await
        .unwrap();
    assert_eq!(store.guard_states(None).await.unwrap()[0].version, 3);
}

#[tokio::test]
async fn one_that_is_refused_takes_no_other_with_it() {
    let store = ready().await;
    store.write(batch([Write::PutGuard(guard())])).await.unwrap();
    store.write_later(batch([look(minutes(1), 7)])).await.unwrap();
    store
        .write_later(batch([look(minutes(2), 7), state(9, "same")]))
        .await
        .unwrap();
    store.write_later(batch([look(minutes(3), 7)])).await.unwrap();
    store.flush().await.unwrap();
    let mut stream = store.readings(&account(), &meter(), T0);
    let fetched: Vec<Time> = stream
        .next_page()
        .await
        .unwrap()
        .iter()
        .map(Reading::fetched_at)
        .collect();
    assert_eq!(fetched, [minutes(1), minutes(3)]);
}

#[tokio::test]
async fn only_looks_may_wait_and_only_with_the_lease() {
    let store = ready().await;
    let refused = store.write_later(batch([look(T0, 7), setting("a", 1)])).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    let fenced = memory().write_later(batch([look(T0, 7)])).await;
    assert_eq!(fenced, Err(StoreError::Fenced));
}

#[tokio::test]
async fn a_removed_account_does_not_come_back_by_a_look_that_waited() {
    let store = ready().await;
    store.write_later(batch([look(minutes(1), 7)])).await.unwrap();
    store
        .write(batch([Write::RemoveAccount(account())]))
        .await
        .unwrap();
    assert!(store.meters(None).await.unwrap().is_empty());
}
