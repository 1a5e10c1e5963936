//! Two copies: only the holder writes, whatever the clocks say.

use tidegate_meter::Time;
use tidegate_store::{LeaseState, Store, StoreError};

use crate::support::*;

fn is_held(state: &LeaseState) -> bool {
    matches!(state, LeaseState::Held { .. })
}

async fn take(store: &Store, now: Time) -> bool {
    is_held(&store.take_lease(now, TTL).await.unwrap())
}

/// A file whose holder keeps the lock file but does not renew, as a frozen process would.
async fn frozen(folder: &tempfile::TempDir) -> (Store, Store) {
    let path = folder.path().join("t.db");
    let old = held(file(&path, "old")).await;
    (old, file(&path, "new"))
}

#[tokio::test]
async fn without_the_lease_nothing_is_written_and_everything_can_be_read() {
    let store = memory();
    assert_eq!(
        store.write(batch([setting("a", 1)])).await,
        Err(StoreError::Fenced)
    );
    assert_eq!(store.fence(), None);
    assert!(store.settings().await.unwrap().is_empty());
}

#[tokio::test]
async fn of_two_copies_on_one_file_only_the_holder_writes() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = frozen(&folder).await;
    assert!(!take(&new, minutes(0)).await);
    assert_eq!(new.write(batch([setting("a", 1)])).await, Err(StoreError::Fenced));
    old.write(batch([setting("a", 2)])).await.unwrap();
    old.release_lease().await.unwrap();
    assert!(take(&new, minutes(0)).await);
    new.write(batch([setting("a", 3)])).await.unwrap();
    assert_eq!(old.write(batch([setting("a", 4)])).await, Err(StoreError::Fenced));
    assert_eq!(old.renew_lease(minutes(0), TTL).await, Err(StoreError::Fenced));
}

#[tokio::test]
async fn a_dead_holder_is_followed_at_once_without_waiting_for_its_lease_to_run_out() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = frozen(&folder).await;
    drop(old);
    assert_eq!(new.take_lease(T0, TTL).await, Ok(LeaseState::Held { fence: 2 }));
}

#[tokio::test]
async fn a_jump_of_the_wall_clock_does_not_take_the_lease_from_a_living_holder() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = frozen(&folder).await;
    let after_sleep = T0.plus(8 * HOUR);
    assert!(!take(&new, after_sleep).await);
    assert!(is_held(&old.renew_lease(after_sleep, TTL).await.unwrap()));
    assert!(!take(&new, after_sleep.plus(HOUR)).await);
    assert!(is_held(&old.renew_lease(T0.minus(HOUR), TTL).await.unwrap()));
    assert!(!take(&new, T0.plus(9 * HOUR)).await);
    old.write(batch([setting("still", 1)])).await.unwrap();
}

#[tokio::test]
async fn a_frozen_holder_is_followed_after_a_long_silence_and_fenced_when_it_wakes() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = frozen(&folder).await;
    assert!(!take(&new, minutes(1)).await);
    assert!(!take(&new, minutes(1)).await, "looks at one instant count once");
    assert!(!take(&new, minutes(2)).await);
    assert!(take(&new, minutes(3)).await);
    assert_eq!(old.write(batch([setting("a", 1)])).await, Err(StoreError::Fenced));
    assert_eq!(old.fence(), None);
    new.write(batch([setting("a", 2)])).await.unwrap();
}

#[tokio::test]
async fn a_holder_without_the_lock_file_is_not_thrown_out_by_the_death_of_the_frozen_one() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = frozen(&folder).await;
    for n in 1..=3 {
        take(&new, minutes(n)).await;
    }
    assert!(new.fence().is_some());
    drop(old);
    let third = file(&folder.path().join("t.db"), "third");
    assert!(!take(&third, minutes(3)).await, "the row still says who lives");
    assert!(is_held(&new.renew_lease(minutes(3), TTL).await.unwrap()));
    assert!(!take(&third, minutes(3)).await);
}

#[tokio::test]
async fn a_holder_that_was_followed_learns_it_when_it_renews() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = frozen(&folder).await;
    for n in 1..=3 {
        take(&new, minutes(n)).await;
    }
    let lost = old.renew_lease(minutes(3), TTL).await.unwrap();
    assert_eq!(
        lost,
        LeaseState::Other {
            holder: "new".to_owned(),
            until: minutes(3).plus(TTL)
        }
    );
    assert_eq!(old.fence(), None);
}

#[tokio::test]
async fn each_holder_has_a_higher_number_and_renewing_keeps_it() {
    let store = memory();
    assert_eq!(store.take_lease(T0, TTL).await, Ok(LeaseState::Held { fence: 1 }));
    assert_eq!(
        store.take_lease(minutes(5), TTL).await,
        Ok(LeaseState::Held { fence: 1 })
    );
    assert_eq!(
        store.renew_lease(minutes(9), TTL).await,
        Ok(LeaseState::Held { fence: 1 })
    );
    store.release_lease().await.unwrap();
    assert_eq!(
        store.take_lease(minutes(9), TTL).await,
        Ok(LeaseState::Held { fence: 2 })
    );
}
