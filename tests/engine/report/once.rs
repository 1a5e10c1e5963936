//! Once for each kind and day: restarts, sleep, missed days, two copies. What holds when the process ends is in
//! `tests/engine/sweep`.

use super::*;

#[tokio::test(start_paused = true)]
async fn days_that_were_missed_become_one_report_that_says_so() {
    let world = running().await;
    world.pass(DAY).await;
    world.engine.stop().await;
    // Off from the 11th on; the flows of the 12th come from an agent later.
    let noon = at("2026-11-12T12:00:00Z");
    world
        .store
        .take_lease(wall(&world), Duration::from_secs(60))
        .await
        .unwrap();
    write(
        &world.store,
        vec![flow("laptop", "2026-11-12", noon, (FlowKind::Proxy, "hk"), 5)],
    )
    .await;
    world.store.release_lease().await.unwrap();
    world.pass(4 * DAY + 9 * HOUR).await;
    let again = world.again().await;
    again.engine.run().await.unwrap();
    again.pass(MINUTE).await;
    assert_eq!(told(&world), ["2026-11-10", "2026-11-14"]);
    let late = reports(&world).pop().unwrap();
    assert_eq!(late.cause, ReportCause::Late);
    assert!(late.whole, "the day is over: all of it is told");
    let missed = late.missed.unwrap();
    assert_eq!(
        (missed.from, missed.through),
        (on("2026-11-11"), on("2026-11-13"))
    );
    assert_eq!(missed.sum.unwrap().proxy.down, 5 * MIB);
    again.pass(DAY).await;
    assert_eq!(told(&world).len(), 3);
    assert!(reports(&world).pop().unwrap().missed.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_sleep_over_the_hour_tells_after_it() {
    let world = running().await;
    world.pass(22 * HOUR).await;
    // The lid is closed over midnight: the monotonic clock stands.
    world.timer.jump(i64::try_from(9 * HOUR * 1000).unwrap());
    world.pass(HOUR + MINUTE).await;
    let facts = reports(&world);
    assert_eq!(facts.len(), 1);
    assert_eq!((facts[0].cause, facts[0].whole), (ReportCause::Late, true));
}

#[tokio::test(start_paused = true)]
async fn a_restart_after_the_hour_tells_nothing_twice() {
    let world = running().await;
    world.pass(23 * HOUR + 56 * MINUTE).await;
    assert_eq!(told(&world).len(), 1);
    for _ in 0..3 {
        world.engine.stop().await;
        let again = world.again().await;
        again.engine.run().await.unwrap();
        again.pass(10 * MINUTE).await;
        again.engine.stop().await;
    }
    assert_eq!(told(&world), ["2026-11-10"]);
}

fn outside(timer: &Arc<TestTimer>) -> Arc<FakeOutside> {
    Arc::new(FakeOutside {
        clouds: std::sync::Mutex::default(),
        sinks: std::sync::Mutex::default(),
        timer: Arc::clone(timer),
    })
}

fn with_channel() -> Config {
    Config {
        channels: vec![channel("ops")],
        ..Config::default()
    }
}

#[tokio::test(start_paused = true)]
async fn two_copies_tell_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tidegate.db");
    let timer = TestTimer::new(start());
    let (outside, vault) = (outside(&timer), Arc::new(TestVault::default()));
    let mut copies = Vec::new();
    for name in ["one", "two"] {
        let store = Store::open(store_options(Some(&path), &timer, name)).unwrap();
        copies.push(
            Engine::open(parts(store, &outside, &vault, &timer))
                .await
                .unwrap(),
        );
    }
    copies[0].configure(with_channel(), "test").await.unwrap();
    copies[0].run().await.unwrap();
    write(copies[0].store(), vec![device("laptop", start())]).await;
    assert!(copies[1].run().await.is_err(), "another copy holds the lease");
    timer.sleep(Duration::from_secs(DAY - 4 * MINUTE)).await;
    copies[0].stop().await;
    copies[1].run().await.unwrap();
    timer.sleep(Duration::from_secs(HOUR)).await;
    let sink = Arc::clone(&outside.sinks.lock().unwrap()[&ChannelId::new("ops").unwrap()]);
    assert_eq!(sink.count("report"), 1);
}
