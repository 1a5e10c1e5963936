//! What stands on the disk when the process ends before the first request of a disable. What holds when it ends anywhere
//! in one is in `tests/engine/sweep`.

use tidegate_guard::IntentState;

use crate::closing::house::{Ground, closure, detail};
use crate::kit::{Fuse, quick_folder};

#[tokio::test(start_paused = true)]
async fn before_the_first_request_leaves_the_snapshot_and_the_asking_are_on_the_disk() {
    let folder = quick_folder();
    let path = folder.path().join("tidegate.db");
    let (ground, fuse) = (Ground::new(), Fuse::later(("closure.asked.committed", 1)));
    let house = ground
        .house(ground.store(Some(&path), "first"), Some(fuse.hook()))
        .await;
    house.begin(|_| {}).await;
    house.arm().await;
    fuse.arm();
    ground.iam.with(|iam| iam.spent = 1000);
    fuse.burn(house.pass(1200)).await;
    assert!(fuse.is_hit());
    assert!(ground.iam.with(|iam| iam.sets.is_empty()), "nothing left yet");
    let row = house.intents().await.remove(0);
    assert_eq!(row.state, IntentState::Sent);
    assert!(detail(&row).sent_at.is_some());
    let closure = closure(&row);
    assert_eq!(closure.before.unwrap().pieces.len(), 4);
    let asked: Vec<bool> = closure.work.iter().map(|work| work.asked_at.is_some()).collect();
    assert_eq!(asked, [true, false, false, false]);
}
