//! What a kernel tells is kept on the disk with the point from which counting goes on.

use tidegate_agent::command::{Status, folder, status};
use tidegate_agent::limits;
use tidegate_meter::{Clock, Lang, Reason};
use tidegate_providers::proxy::KernelEvent;
use tidegate_providers::{ProviderError, ProviderErrorKind};

use crate::server::Fault;
use crate::world::World;

fn told(world: &World) -> Status {
    status(&folder(world.home.path()), world.hand.now().wall).unwrap()
}

fn gone() -> ProviderError {
    ProviderError {
        kind: ProviderErrorKind::Blind(Reason::Transient),
        detail: "no kernel answers there".to_owned(),
        retry_after: None,
    }
}

#[tokio::test]
async fn a_kill_between_two_batches_loses_and_doubles_nothing() {
    let mut world = World::new().await;
    let running = world.start().await;
    world.carry(1, 1).await;
    world.carry(10, 100).await;
    world
        .until(|standing| standing.load.batches == 0 && standing.last_receipt.is_some())
        .await;
    // Counted, and not closed yet: this is what a kill leaves to be counted anew.
    let at = world.hand.now();
    world.traffic.carry(at, 5, 50);
    running.kill().await;
    let running = world.start().await;
    world.carry(20, 200).await;
    world
        .until(|standing| standing.load.batches == 0 && world.server.sum() == (35, 350))
        .await;
    world.server.assert_one_epoch_without_gap();
    running.end().await;
}

#[tokio::test]
async fn what_was_counted_until_the_end_is_kept_and_handed_in_by_the_next_start() {
    let mut world = World::new().await;
    world.server.expect(std::iter::repeat_n(Fault::Status(503), 1));
    let running = world.start().await;
    world.carry(1, 1).await;
    world.carry(10, 100).await;
    running.end().await;
    let running = world.start().await;
    world
        .until(|standing| standing.load.batches == 0 && world.server.sum() == (10, 100))
        .await;
    running.end().await;
}

#[tokio::test]
async fn a_disk_that_takes_nothing_costs_nothing_once_it_takes_again() {
    let mut world = World::new().await;
    let running = world.start().await;
    world.carry(1, 1).await;
    world
        .until(|standing| standing.last_receipt.is_some() && standing.load.batches == 0)
        .await;
    let (spool, away) = (world.folder().join("spool"), world.folder().join("away"));
    std::fs::rename(&spool, &away).unwrap();
    world.carry(10, 100).await;
    let standing = world.until(|standing| !standing.disk.is_empty()).await;
    assert!(standing.disk.contains("written"), "{}", standing.disk);
    std::fs::rename(&away, &spool).unwrap();
    world.carry(10, 100).await;
    world
        .until(|standing| standing.disk.is_empty() && world.server.sum() == (20, 200))
        .await;
    running.end().await;
}

#[tokio::test]
async fn an_idle_kernel_is_written_down_once_a_minute() {
    let mut world = World::new().await;
    let running = world.start().await;
    world.carry(1, 1).await;
    world.until(|standing| standing.last_receipt.is_some()).await;
    let before = world.server.turned();
    for _ in 0..30 {
        world.carry(0, 0).await;
    }
    world.until(|standing| standing.load.batches == 0).await;
    let written = world.server.turned() - before;
    assert!((4..=6).contains(&written), "{written} batches in five minutes");
    running.end().await;
}

#[tokio::test]
async fn its_standing_tells_a_kernel_that_is_gone_and_a_log_that_is_refused() {
    let mut world = World::new().await;
    let running = world.start().await;
    world.carry(1, 1).await;
    let well = world.until(|standing| standing.last_receipt.is_some()).await;
    assert!(well.kernel.is_answering && well.kernel.name == "mihomo v1.19.32");
    assert!(told(&world).is_well());
    world.traffic.tell(KernelEvent::Logless(gone()));
    world.traffic.tell(KernelEvent::Lost(gone()));
    let lost = world.until(|standing| !standing.kernel.is_answering).await;
    assert!(!lost.kernel.why.is_empty() && !lost.kernel.logless.is_empty());
    let lost = told(&world);
    assert!(!lost.is_well());
    let said = lost.say(Lang::En);
    assert!(said.contains("no kernel answers there"), "{said}");
    running.end().await;
    let ended = told(&world);
    assert!(!ended.is_well(), "an agent that does not run is not well");
    assert!(ended.say(Lang::Zh).contains("未运行"));
    assert_eq!(ended.json()["enrolled"]["device"], "router");
    assert!(!ended.json().to_string().contains("FAKE"));
}

#[tokio::test]
async fn an_agent_that_writes_nothing_down_any_more_is_not_well() {
    let mut world = World::new().await;
    let running = world.start().await;
    world.carry(1, 1).await;
    world.until(|standing| standing.last_receipt.is_some()).await;
    assert!(told(&world).is_well());
    let later = world.hand.now().wall.plus(limits::STANDING * 2);
    let stuck = status(&folder(world.home.path()), later).unwrap();
    assert!(
        !stuck.is_well() && stuck.say(Lang::En).contains("stuck"),
        "{}",
        stuck.say(Lang::En)
    );
    running.end().await;
}
