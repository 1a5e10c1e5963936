//! Virtual time: it moves only when told, and its two clocks part when the machine is put to sleep or set wrong.

use std::sync::Arc;

use tidegate_egress::Timer;
use tidegate_meter::Clock;
use tidegate_sim::time::{ScaledTimer, VirtualTimer};
use tidegate_sim::{World, days, gib, hours, mbit, seconds};

use crate::common::{START, at};

#[tokio::test(start_paused = true)]
async fn a_year_of_sleeping_takes_no_time() {
    let timer = VirtualTimer::new(at(START));
    let world = World::new(1)
        .server("s")
        .package(gib(200))
        .burn(mbit(1))
        .build(timer.outside());
    for _ in 0..365 {
        timer.sleep(days(1)).await;
    }
    assert_eq!(timer.now().wall, at("2027-01-15T08:00:00Z"));
    assert_eq!(u128::from(timer.now().mono.0), days(365).as_millis());
    assert_eq!(world.now(), timer.now().wall);
}

#[tokio::test(start_paused = true)]
async fn a_wall_that_is_set_wrong_moves_nothing_else() {
    let timer = VirtualTimer::new(at(START));
    let world = World::new(1).server("s").build(timer.outside());
    let before = timer.now();
    timer.jump_wall(-3_600_000);
    assert_eq!(timer.now().wall, at("2026-01-15T07:00:00Z"));
    assert_eq!(timer.now().mono, before.mono);
    assert_eq!(world.now(), at(START), "the cloud's clock is its own");
    timer.jump_wall(3_600_000);
    assert_eq!(timer.now(), before);
}

#[tokio::test(start_paused = true)]
async fn a_sleeping_machine_stands_still_while_the_world_goes_on() {
    let timer = VirtualTimer::new(at(START));
    let world = World::new(1)
        .server("s")
        .package(gib(200))
        .burn(mbit(8))
        .build(timer.outside());
    let before = timer.now();
    timer.sleep_system(hours(8));
    assert_eq!(timer.now().mono, before.mono);
    assert_eq!(timer.now().wall, at("2026-01-15T16:00:00Z"));
    assert_eq!(world.truth("s").unwrap().used, 8 * 3600 * 1_000_000);
}

#[tokio::test(start_paused = true)]
async fn waiting_tasks_wake_in_the_order_of_their_times() {
    let timer = Arc::new(VirtualTimer::new(at(START)));
    let order = Arc::new(std::sync::Mutex::new(Vec::new()));
    let tasks = [30, 10, 20].map(|after| {
        let (timer, order) = (Arc::clone(&timer), Arc::clone(&order));
        tokio::spawn(async move {
            timer.sleep(seconds(after)).await;
            order.lock().unwrap().push(after);
        })
    });
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(*order.lock().unwrap(), [10, 20, 30]);
}

#[test]
fn a_scaled_timer_starts_where_it_is_told_and_runs_ahead() {
    let fast = ScaledTimer::new(at(START), 1_000_000);
    let slow = ScaledTimer::new(at(START), 1);
    while slow.now().mono.0 < 2 {
        std::hint::spin_loop();
    }
    let fast = fast.now();
    assert!(fast.wall >= at(START).plus(seconds(2000)), "{}", fast.wall);
    assert_eq!(
        fast.wall.since(at(START)).as_millis(),
        u128::from(fast.mono.0),
        "both clocks run together"
    );
}
