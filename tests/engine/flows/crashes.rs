//! Another copy takes over, and the first one again: every byte that the kernel carried stands there once. What holds when
//! the process ends is in `tests/engine/sweep`.

use tidegate_store::Store;

use crate::flows::house::{World, proxy};
use crate::kit::store_options;

const MIB: u64 = 1024 * 1024;

#[tokio::test(start_paused = true)]
async fn while_another_copy_guards_it_counts_and_the_first_goes_on_from_there() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tidegate.db");
    let world = World::new("2026-11-10T00:00:00Z", "UTC");
    let kernel = world.kernel("home");
    let first = world
        .open(
            Store::open(store_options(Some(&path), &world.timer, "first")).unwrap(),
            None,
        )
        .await;
    first.configure(vec![proxy("home", "mac")]).await;
    first.engine.run().await.unwrap();
    first.pass(3).await;
    kernel.carry("a", ("HK 01", "Auto"), (0, 3 * MIB));
    first.pass(100).await;
    first.engine.stop().await;
    let second = world
        .open(
            Store::open(store_options(Some(&path), &world.timer, "second")).unwrap(),
            None,
        )
        .await;
    second.engine.run().await.unwrap();
    kernel.carry("a", ("HK 01", "Auto"), (0, 5 * MIB));
    second.pass(100).await;
    second.engine.stop().await;
    first.engine.run().await.unwrap();
    kernel.carry("b", ("JP 02", "Auto"), (0, 7 * MIB));
    first.pass(400).await;
    assert_eq!(first.stored().await, kernel.carried());
}
