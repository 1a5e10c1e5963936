//! The disk fails at any call of an hour of proxy traffic, once or for long, or the process dies in the middle of a write:
//! every byte that the kernel carried stands there once.

use std::path::Path;

use tidegate_disk::{Call, Disk, Fault, Refusal, Then};
use tidegate_store::{OpenOptions, Store};

use crate::flows::house::{House, World, proxy};
use crate::kit::{self, store_options};

const MIB: u64 = 1024 * 1024;

/// What is done to the disk before the story.
type Trouble = fn(&Disk, u32);

fn options(path: &Path, world: &World, disk: &Disk) -> OpenOptions {
    OpenOptions {
        vfs: Some(disk.name().to_owned()),
        ..store_options(Some(path), &world.timer, "guard")
    }
}

async fn begin(path: &Path, world: &World, disk: &Disk) -> House {
    let store = Store::open(options(path, world, disk)).unwrap();
    let house = world.open(store, None).await;
    house.configure(vec![proxy("home", "mac")]).await;
    house.engine.run().await.unwrap();
    house.pass(3).await;
    house
}

/// Plays six minutes of traffic on a disk in trouble, and then some on a whole one. How many calls the first part had.
async fn story(trouble: Trouble, nth: u32) -> u32 {
    let dir = kit::folder();
    let path = dir.path().join("tidegate.db");
    let world = World::new("2026-11-10T00:00:00Z", "UTC");
    let kernel = world.kernel("home");
    let disk = Disk::new().unwrap();
    let mut house = begin(&path, &world, &disk).await;
    // From where the count goes on after an end stands in the file with the first stretch.
    kernel.carry("a", ("HK 01", "Auto"), (0, 2 * MIB));
    house.pass(60).await;
    let before = disk.count(&Call::CHANGES);
    trouble(&disk, nth);
    for minute in 0..6_u64 {
        kernel.carry("a", ("HK 01", "Auto"), (minute, 2 * MIB));
        kernel.carry(&format!("short {minute}"), ("JP 02", "Auto"), (3, 5));
        house.pass(60).await;
    }
    let calls = disk.count(&Call::CHANGES) - before;
    if disk.is_dead() {
        drop(house);
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        disk.heal();
        house = begin(&path, &world, &disk).await;
    }
    disk.heal();
    house.pass(1000).await;
    kernel.carry("a", ("HK 01", "Auto"), (1, 1));
    house.pass(400).await;
    assert_eq!(house.stored().await, kernel.carried(), "call {nth} of {calls}");
    calls
}

fn once(disk: &Disk, nth: u32) {
    disk.fail(Fault {
        calls: &Call::CHANGES,
        nth,
        refusal: Refusal::Failed,
        then: Then::Whole,
    });
}

fn for_long(disk: &Disk, nth: u32) {
    disk.fail(Fault {
        calls: &Call::CHANGES,
        nth,
        refusal: Refusal::Full,
        then: Then::Failing,
    });
}

fn torn(disk: &Disk, nth: u32) {
    disk.tear(nth, usize::try_from(nth * 300 % 2048).unwrap());
}

#[tokio::test(start_paused = true)]
async fn no_byte_is_lost_or_counted_twice_whichever_call_of_the_disk_fails() {
    let calls = story(|_, _| {}, 0).await;
    assert!(calls > 20, "only {calls} calls");
    let step = usize::try_from(calls / 5).unwrap().max(1);
    let troubles: [Trouble; 3] = [once, for_long, torn];
    for trouble in troubles {
        for nth in (1..=calls).step_by(step) {
            story(trouble, nth).await;
        }
    }
}
