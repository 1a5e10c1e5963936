//! The one retry layer.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tidegate_egress::{FailureKind, Lane};

use crate::support::*;

#[tokio::test]
async fn a_transient_answer_is_tried_again_until_it_is_good() {
    let (egress, wire, timer) = egress([status(503), fails(FailureKind::Broken), status(200)]);
    let made = AtomicU32::new(0);
    let response = egress
        .call(&Lane::default(), "p", &READING, || {
            made.fetch_add(1, Ordering::SeqCst);
            request()
        })
        .await
        .unwrap();
    assert_eq!((response.status, wire.sent()), (200, 3));
    assert_eq!(
        made.load(Ordering::SeqCst),
        3,
        "each try is made, and so signed, anew"
    );
    let waits = timer.slept();
    assert_eq!(waits.len(), 2);
    assert!(
        waits[0] >= Duration::from_millis(400) && waits[0] <= Duration::from_millis(800),
        "{waits:?}"
    );
    assert!(
        waits[1] >= Duration::from_millis(800) && waits[1] <= Duration::from_millis(1600),
        "{waits:?}"
    );
}

#[tokio::test]
async fn whoever_hangs_once_is_not_tried_again() {
    let (egress, wire, _) = egress([fails(FailureKind::Timeout), status(200)]);
    let failure = egress
        .call(&Lane::default(), "p", &READING, request)
        .await
        .unwrap_err();
    assert_eq!((failure.kind, wire.sent()), (FailureKind::Timeout, 1));
}

#[tokio::test]
async fn three_tries_are_the_end_and_the_last_answer_is_told() {
    let (egress, wire, _) = egress([status(500), status(502), status(503), status(200)]);
    let response = egress
        .call(&Lane::default(), "p", &READING, request)
        .await
        .unwrap();
    assert_eq!((response.status, wire.sent()), (503, 3));
}

#[tokio::test]
async fn a_call_that_changes_something_is_sent_once() {
    for reply in [
        status(503),
        status(429),
        fails(FailureKind::Timeout),
        fails(FailureKind::Connect),
    ] {
        let (egress, wire, _) = egress([reply]);
        let _ = egress.call(&Lane::default(), "p", &CHANGING, request).await;
        assert_eq!(wire.sent(), 1);
    }
}

#[tokio::test]
async fn what_cannot_get_better_is_not_tried_again() {
    for reply in [
        status(400),
        status(401),
        status(404),
        fails(FailureKind::Tls),
        fails(FailureKind::TooLarge),
        fails(FailureKind::Refused),
    ] {
        let (egress, wire, _) = egress([reply]);
        let _ = egress.call(&Lane::default(), "p", &READING, request).await;
        assert_eq!(wire.sent(), 1);
    }
}

#[tokio::test]
async fn a_short_wait_that_is_asked_for_is_kept() {
    let (egress, _, timer) = egress([
        asking(429, "7"),
        asking(503, "Mon, 26 Jan 2026 03:00:17 GMT"),
        status(200),
    ]);
    assert_eq!(
        egress
            .call(&Lane::default(), "p", &READING, request)
            .await
            .unwrap()
            .status,
        200
    );
    assert_eq!(timer.slept(), [Duration::from_secs(7), Duration::from_secs(10)]);
}

#[tokio::test]
async fn a_long_wait_is_handed_to_the_caller() {
    let (egress, wire, timer) = egress([asking(429, "31")]);
    let response = egress
        .call(&Lane::default(), "p", &READING, request)
        .await
        .unwrap();
    assert_eq!((response.status, wire.sent()), (429, 1));
    assert!(timer.slept().is_empty());
}

#[tokio::test]
async fn a_place_that_failed_three_times_rests_a_minute_and_then_gets_one_probe() {
    let (egress, wire, timer) = egress((0..9).map(|_| status(500)));
    let lane = Lane::default();
    for _ in 0..3 {
        egress.call(&lane, "billing", &READING, request).await.unwrap();
    }
    assert_eq!(wire.sent(), 9);
    let resting = egress
        .call(&lane, "billing", &READING, request)
        .await
        .unwrap_err();
    assert_eq!(resting.kind, FailureKind::Resting);
    assert!(!resting.may_have_arrived && resting.retry_after.unwrap() <= Duration::from_secs(60));
    assert_eq!(wire.sent(), 9);
    assert!(
        egress.call(&lane, "servers", &READING, request).await.is_ok(),
        "another place is free"
    );
    assert!(
        egress
            .call(&Lane::default(), "billing", &READING, request)
            .await
            .is_ok(),
        "another account is free"
    );
    timer.advance(Duration::from_secs(60));
    assert_eq!(
        egress
            .call(&lane, "billing", &READING, request)
            .await
            .unwrap()
            .status,
        200
    );
    assert_eq!(wire.sent(), 12);
}

#[tokio::test]
async fn a_failed_probe_is_not_repeated_and_closes_the_place_again() {
    let (egress, wire, timer) = egress((0..20).map(|_| fails(FailureKind::Connect)));
    let lane = Lane::default();
    for _ in 0..3 {
        egress.call(&lane, "p", &READING, request).await.unwrap_err();
    }
    timer.advance(Duration::from_secs(60));
    let before = wire.sent();
    assert_eq!(
        egress.call(&lane, "p", &READING, request).await.unwrap_err().kind,
        FailureKind::Connect
    );
    assert_eq!(
        egress.call(&lane, "p", &READING, request).await.unwrap_err().kind,
        FailureKind::Resting
    );
    assert_eq!(wire.sent() - before, 1);
}

#[tokio::test]
async fn refusals_and_throttling_do_not_count_as_failures_of_the_place() {
    let (egress, _, _) = egress((0..30).map(|n| status(if n < 4 { 401 } else { 429 })));
    let lane = Lane::default();
    for _ in 0..8 {
        assert!(egress.call(&lane, "p", &CHANGING, request).await.is_ok());
    }
}

#[test]
fn debug_output_and_errors_hold_no_path_query_header_or_body() {
    let shown = format!("{:?} {:?}", request(), asking(200, "FAKE-canary"));
    assert!(!shown.contains("canary") && !shown.contains("path"), "{shown}");
    assert!(
        shown.contains("https://example.com") && shown.contains("authorization"),
        "{shown}"
    );
}
