//! Batches arrive, each counts once, and nothing leaves the disk without a receipt for it.

use std::sync::Arc;
use std::time::Duration;

use tidegate_agent::limits;
use tokio::sync::Notify;

use crate::server::Fault;
use crate::world::World;

/// A running agent whose kernel carried `batches` times 10 bytes up and 100 down, each in a batch of its own; the first
/// snapshot is where counting begins.
async fn counted(world: &mut World, batches: usize) -> crate::world::Running {
    let running = world.start().await;
    world.carry(1, 1).await;
    for _ in 0..batches {
        world.carry(10, 100).await;
    }
    running
}

#[tokio::test]
async fn batches_arrive_and_leave_the_disk() {
    let mut world = World::new().await;
    let running = counted(&mut world, 3).await;
    let standing = world.until(|standing| standing.load.batches == 0).await;
    assert_eq!(world.server.sum(), (30, 300));
    assert_eq!(
        standing.last_receipt.unwrap().sequence,
        u64::try_from(world.server.turned()).unwrap()
    );
    world.server.assert_one_epoch_without_gap();
    world.server.books(|books| {
        let body = books.bodies.last().unwrap();
        assert_eq!(body.batch.device.as_str(), "router");
        assert_eq!(body.batch.kernel, "mihomo v1.19.32");
        let key = &books
            .bodies
            .iter()
            .find_map(|body| body.batch.flows.first())
            .unwrap()
            .key;
        assert_eq!(
            (key.node.as_str(), key.group.as_str(), key.feed.as_str()),
            ("香港 01", "节点选择", "airport")
        );
    });
    running.end().await;
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_and_counts_once() {
    let mut world = World::new().await;
    world.server.expect([Fault::Lost, Fault::Lost]);
    let running = counted(&mut world, 1).await;
    world.server.turns(1).await;
    for turn in 1..=2 {
        let wait = world.waits(turn).await;
        world.hand.advance(wait);
        world.server.turns(turn + 1).await;
    }
    world.until(|standing| standing.load.batches == 0).await;
    assert_eq!(world.server.sum(), (10, 100));
    running.end().await;
}

#[tokio::test]
async fn a_broken_server_is_asked_ever_more_seldom_and_everything_arrives_in_the_end() {
    let mut world = World::new().await;
    world.server.expect(std::iter::repeat_n(Fault::Status(500), 12));
    let running = counted(&mut world, 2).await;
    let mut longest = Duration::ZERO;
    for turn in 1..=12 {
        let wait = world.waits(turn).await;
        assert!(wait <= limits::BACKOFF_MOST);
        longest = longest.max(wait);
        world.hand.advance(wait);
    }
    assert!(longest > Duration::from_secs(100), "{longest:?}");
    world
        .until(|standing| standing.load.batches == 0 && standing.hand_in.why.is_empty())
        .await;
    assert_eq!(world.server.sum(), (20, 200));
    world.server.assert_one_epoch_without_gap();
    running.end().await;
}

#[tokio::test]
async fn a_throttling_server_gets_the_wait_that_it_asks_for() {
    let mut world = World::new().await;
    world.server.expect([Fault::Throttled("120")]);
    let running = counted(&mut world, 1).await;
    let wait = world.waits(1).await;
    assert!(wait >= Duration::from_secs(120), "{wait:?}");
    world.hand.advance(wait);
    world.until(|standing| standing.load.batches == 0).await;
    running.end().await;
}

#[tokio::test]
async fn only_a_receipt_for_this_very_batch_is_one() {
    let mut world = World::new().await;
    world.server.expect([Fault::Page, Fault::OtherReceipt]);
    let running = counted(&mut world, 1).await;
    for turn in 1..=2 {
        let wait = world.waits(turn).await;
        assert!(world.standing().load.batches > 0, "it is kept");
        world.hand.advance(wait);
    }
    world.until(|standing| standing.load.batches == 0).await;
    assert_eq!(world.server.sum(), (10, 100));
    running.end().await;
}

#[tokio::test]
async fn a_refused_batch_is_kept_aside_and_the_others_arrive() {
    for status in [400, 413] {
        let mut world = World::new().await;
        world.server.expect([Fault::Status(status)]);
        let running = counted(&mut world, 2).await;
        let wait = world.waits(1).await;
        world.hand.advance(wait);
        let standing = world.until(|standing| standing.load.batches == 0).await;
        assert_eq!(standing.load.refused, 1);
        let aside = std::fs::read_dir(world.folder().join("spool/refused")).unwrap();
        assert_eq!(aside.count(), 1);
        running.end().await;
    }
}

#[tokio::test]
async fn a_refused_token_stops_handing_in_and_not_counting() {
    for status in [401, 403] {
        let mut world = World::new().await;
        world.server.expect([Fault::Status(status)]);
        let running = counted(&mut world, 1).await;
        world.until(|standing| standing.hand_in.is_barred).await;
        for _ in 0..5 {
            world.carry(10, 100).await;
        }
        let standing = world.until(|standing| standing.load.batches >= 5).await;
        assert_eq!(world.server.turned(), 1, "it is not asked again");
        assert!(standing.hand_in.why.contains(&status.to_string()));
        // Hours later the token is known again: somebody put the store back.
        world.hand.advance(limits::BARRED);
        world
            .until(|standing| standing.load.batches == 0 && !standing.hand_in.is_barred)
            .await;
        assert_eq!(world.server.sum(), (60, 600));
        running.end().await;
    }
}

#[tokio::test]
async fn while_an_answer_is_late_nothing_else_is_sent_and_counting_goes_on() {
    let mut world = World::new().await;
    let now = Arc::new(Notify::new());
    world.server.expect([Fault::Late(Arc::clone(&now))]);
    let running = counted(&mut world, 4).await;
    world.until(|standing| standing.load.batches >= 4).await;
    assert_eq!(world.server.turned(), 0);
    now.notify_one();
    world.until(|standing| standing.load.batches == 0).await;
    assert_eq!(world.server.sum(), (40, 400));
    running.end().await;
}

#[tokio::test]
async fn a_batch_that_was_not_believed_is_not_handed_in_again() {
    let mut world = World::new().await;
    world.server.expect([Fault::Quarantined]);
    let running = counted(&mut world, 1).await;
    world
        .until(|standing| standing.load.batches == 0 && standing.last_receipt.is_some())
        .await;
    assert!(world.hand.waits().is_empty());
    running.end().await;
}

#[tokio::test]
async fn a_night_offline_arrives_whole() {
    let mut world = World::new().await;
    world.server.expect(std::iter::repeat_n(Fault::Status(503), 3));
    let running = world.start().await;
    world.carry(1, 1).await;
    for _ in 0..400 {
        world.carry(10, 100).await;
    }
    // Its own time went on meanwhile, so the waits are over.
    world.hand.advance(limits::BACKOFF_MOST);
    world
        .until(|standing| standing.load.batches == 0 && standing.hand_in.why.is_empty())
        .await;
    assert_eq!(world.server.sum(), (4000, 40_000));
    world.server.assert_one_epoch_without_gap();
    running.end().await;
}
