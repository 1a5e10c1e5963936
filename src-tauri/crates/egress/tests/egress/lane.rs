//! Pace and breakers of one account.

use std::time::Duration;

use tidegate_egress::{FailureKind, Lane};
use tidegate_meter::{Clock, Mono};

use crate::support::*;

#[tokio::test]
async fn a_burst_leaves_at_once_and_then_the_pace_applies() {
    let timer = VirtualTimer::default();
    let lane = Lane::new(8, 4);
    for _ in 0..4 {
        lane.pace(&timer).await;
    }
    assert!(timer.slept().is_empty());
    for _ in 0..16 {
        lane.pace(&timer).await;
    }
    assert_eq!(timer.now().mono, Mono(2000), "16 more at 8 a second");
    timer.advance(Duration::from_secs(60));
    let before = timer.slept().len();
    for _ in 0..4 {
        lane.pace(&timer).await;
    }
    assert_eq!(
        timer.slept().len(),
        before,
        "a rest refills the burst, and no more than that"
    );
    lane.pace(&timer).await;
    assert_eq!(timer.slept().len(), before + 1);
}

#[test]
fn a_success_forgets_earlier_failures() {
    let lane = Lane::default();
    for failed in [true, true, false, true, true] {
        lane.enter("p", Mono(0)).unwrap().report(failed, Mono(0));
    }
    assert!(lane.enter("p", Mono(0)).is_ok());
}

#[test]
fn only_one_probe_leaves_at_a_time_and_a_cancelled_one_makes_room() {
    let lane = Lane::default();
    for _ in 0..3 {
        lane.enter("p", Mono(0)).unwrap().report(true, Mono(0));
    }
    let later = Mono(60_000);
    let probe = lane.enter("p", later).unwrap();
    assert!(probe.is_probe());
    assert_eq!(lane.enter("p", later).err().unwrap().kind, FailureKind::Resting);
    drop(probe);
    let again = lane.enter("p", later).unwrap();
    assert!(again.is_probe(), "the probe was cancelled, not answered");
    again.report(false, later);
    assert!(!lane.enter("p", later).unwrap().is_probe());
}
