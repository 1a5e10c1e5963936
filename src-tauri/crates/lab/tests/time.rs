//! Three clocks, one order: what moves when the machine sleeps, is frozen or set wrong, and that nobody waits for ever.

#![expect(
    clippy::unwrap_used,
    reason = "a failed assumption of a test is a failed test"
)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tidegate_egress::Timer;
use tidegate_lab::life::Life;
use tidegate_lab::time::{Standstill, Tide, drive};
use tidegate_meter::Clock;

const START: &str = "2026-11-10T00:00:00Z";

fn tide() -> Arc<Tide> {
    Tide::new(START.parse().unwrap())
}

fn play<T>(tide: &Arc<Tide>, root: impl Future<Output = T>) -> Option<T> {
    drive(tide, &Life::default(), || {}, root).unwrap()
}

#[test]
fn who_is_due_first_wakes_first_and_of_one_instant_who_asked_first() {
    let tide = tide();
    let woken = Arc::new(Mutex::new(Vec::new()));
    play(&tide, async {
        let tasks = [(30, "c"), (10, "a"), (30, "d"), (20, "b")].map(|(seconds, name)| {
            let (machine, woken) = (tide.machine(), Arc::clone(&woken));
            tokio::spawn(async move {
                machine.sleep(Duration::from_secs(seconds)).await;
                woken.lock().unwrap().push(name);
            })
        });
        for task in tasks {
            task.await.unwrap();
        }
    });
    assert_eq!(*woken.lock().unwrap(), ["a", "b", "c", "d"]);
    assert_eq!(tide.elapsed_ms(), 30_000);
}

#[test]
fn a_sleeping_machine_loses_monotonic_time_and_a_frozen_process_does_not() {
    let tide = tide();
    let machine = tide.machine();
    play(&tide, async {
        machine.sleep_for(Duration::from_secs(100));
        machine.sleep(Duration::from_secs(10)).await;
        assert_eq!((tide.elapsed_ms(), tide.mono_ms()), (110_000, 10_000));
        machine.freeze_for(Duration::from_secs(100));
        machine.sleep(Duration::from_secs(10)).await;
        assert_eq!((tide.elapsed_ms(), tide.mono_ms()), (210_000, 110_000));
    });
}

#[test]
fn a_wall_clock_that_is_set_wrong_moves_nothing_else() {
    let tide = tide();
    let machine = tide.machine();
    machine.jump_wall(-5000);
    assert_eq!(machine.now().wall, "2026-11-09T23:59:55Z".parse().unwrap());
    assert_eq!(tide.outside().now().wall, START.parse().unwrap());
    machine.set_right();
    assert_eq!(machine.now().wall, START.parse().unwrap());
}

#[test]
fn time_passes_without_a_process_and_ends_what_it_ends() {
    let tide = tide();
    tide.machine().sleep_for(Duration::from_secs(10));
    tide.pass_to(30_000);
    assert_eq!((tide.elapsed_ms(), tide.mono_ms()), (30_000, 20_000));
}

#[test]
fn a_life_that_is_over_is_dropped_in_the_moment() {
    let (tide, life) = (tide(), Life::default());
    let ending = life.clone();
    let done = drive(&tide, &life, || {}, async {
        tide.machine().sleep(Duration::from_secs(1)).await;
        ending.end();
        tide.machine().sleep(Duration::from_secs(1)).await;
    });
    assert_eq!(done.unwrap(), None);
    assert_eq!((tide.elapsed_ms(), tide.take_standstill()), (1000, None));
}

#[test]
fn a_run_in_which_everything_waits_for_ever_is_ended_and_says_so() {
    let tide = tide();
    assert_eq!(play(&tide, std::future::pending::<()>()), None);
    assert_eq!(tide.take_standstill(), Some(Standstill::Nothing));
}

#[test]
fn a_run_that_never_leaves_its_instant_is_ended_and_says_so() {
    let tide = tide();
    let machine = tide.machine();
    let busy = async {
        loop {
            machine.now();
            tokio::task::yield_now().await;
        }
    };
    assert_eq!(play::<()>(&tide, busy), None);
    assert_eq!(tide.take_standstill(), Some(Standstill::Busy));
}
