//! What stands beside the flows: numbers of batches, coverage, devices, invitations, batches kept aside, samples, leak
//! checks, reports.

use jiff::civil::date;
use serde_json::json;
use tidegate_meter::{RowId, Span, Time};
use tidegate_store::{
    Counted, DeviceRow, FlowWrite, InviteRow, LeakRow, QuarantineRow, ReportRow, SampleRow, Store,
    StoreError, Write, limits,
};

use crate::flows::{TODAY, device};
use crate::support::*;

async fn put(store: &Store, write: FlowWrite) -> Result<(), StoreError> {
    store.write(batch([Write::Flow(write)])).await
}

fn is_conflict(written: &Result<(), StoreError>) -> bool {
    matches!(written, Err(StoreError::Conflict { .. }))
}

fn span(from: u64, to: u64) -> Span {
    Span {
        start: minutes(from),
        end: minutes(to),
    }
}

fn sequence(epoch: u8, number: u64) -> FlowWrite {
    FlowWrite::Sequence {
        device: device("nas"),
        epoch: id(epoch),
        sequence: number,
        digest: [u8::try_from(number % 251).unwrap(); 32],
        at: minutes(number),
    }
}

async fn counted(store: &Store, epoch: u8, number: u64) -> Counted {
    store.counted(&device("nas"), id(epoch), number).await.unwrap()
}

#[tokio::test]
async fn a_number_counts_once_in_its_epoch_and_none_before_the_newest() {
    let store = ready().await;
    for number in [1, 2, 5] {
        put(&store, sequence(1, number)).await.unwrap();
    }
    for number in [1, 2, 3, 5] {
        assert!(is_conflict(&put(&store, sequence(1, number)).await), "{number}");
    }
    assert_eq!(
        counted(&store, 1, 2).await,
        Counted {
            newest: Some(5),
            digest: Some([2; 32]),
            aside: Vec::new(),
        }
    );
    assert_eq!(
        counted(&store, 1, 3).await,
        Counted {
            newest: Some(5),
            digest: None,
            aside: Vec::new(),
        }
    );
    assert_eq!(
        counted(&store, 2, 1).await,
        Counted::default(),
        "another epoch begins anew"
    );
    put(&store, sequence(2, 1)).await.unwrap();
    assert!(
        is_conflict(
            &put(
                &store,
                FlowWrite::Sequence {
                    device: device("nas"),
                    epoch: id(2),
                    sequence: u64::MAX,
                    digest: [0; 32],
                    at: T0,
                }
            )
            .await
        ),
        "no number that the database cannot hold"
    );
}

#[tokio::test]
async fn the_content_of_the_newest_batches_is_remembered_and_older_ones_stay_counted() {
    let store = ready().await;
    let kept = u64::try_from(limits::COUNTED_BATCHES).unwrap();
    for number in 1..=kept + 1 {
        put(&store, sequence(1, number)).await.unwrap();
    }
    assert_eq!(
        counted(&store, 1, 1).await,
        Counted {
            newest: Some(kept + 1),
            digest: None,
            aside: Vec::new(),
        }
    );
    assert_eq!(counted(&store, 1, 2).await.digest, Some([2; 32]));
    assert!(is_conflict(&put(&store, sequence(1, 1)).await));
}

#[tokio::test]
async fn spans_that_touch_become_one_and_others_stay_apart() {
    let store = ready().await;
    let watch = |from, to| FlowWrite::Watched {
        device: device("nas"),
        span: span(from, to),
    };
    for (from, to) in [(10, 20), (40, 50), (60, 70), (20, 25), (5, 6)] {
        put(&store, watch(from, to)).await.unwrap();
    }
    put(
        &store,
        FlowWrite::Watched {
            device: device("pc"),
            span: span(0, 100),
        },
    )
    .await
    .unwrap();
    let seen = |from, to| {
        let asked = store.watched(Some(device("nas")), span(from, to));
        async {
            asked
                .await
                .unwrap()
                .into_iter()
                .map(|(_, span)| span)
                .collect::<Vec<_>>()
        }
    };
    assert_eq!(
        seen(0, 100).await,
        [span(5, 6), span(10, 25), span(40, 50), span(60, 70)]
    );
    put(&store, watch(22, 60)).await.unwrap();
    put(&store, watch(30, 31)).await.unwrap();
    assert_eq!(
        seen(0, 100).await,
        [span(5, 6), span(10, 70)],
        "over several, and inside one"
    );
    assert_eq!(seen(6, 11).await, [span(10, 11)], "cut to what was asked for");
    assert_eq!(store.watched(None, span(0, 100)).await.unwrap().len(), 3);
    put(&store, watch(80, 80)).await.unwrap();
    assert!(is_conflict(&put(&store, watch(81, 80)).await));
    assert_eq!(seen(70, 100).await, [], "a moment is no span");
}

fn nas() -> DeviceRow {
    DeviceRow {
        device: device("nas"),
        name: "家里的 NAS".to_owned(),
        account: None,
        token: Some(id(7)),
        since: minutes(1),
        seen_at: None,
        ended_at: None,
        body: json!({"agent": "0.1.0"}),
    }
}

fn heard(token: RowId, at: Time) -> FlowWrite {
    FlowWrite::Heard {
        device: device("nas"),
        token,
        at,
        body: json!({"agent": "0.2.0"}),
    }
}

#[tokio::test]
async fn a_device_is_replaced_and_keeps_its_baseline() {
    let store = ready().await;
    let baseline = FlowWrite::Baseline {
        device: device("nas"),
        body: json!({"up": 1}),
    };
    assert!(
        is_conflict(&put(&store, baseline.clone()).await),
        "of a device that is not known"
    );
    put(&store, FlowWrite::Device(nas())).await.unwrap();
    assert_eq!(store.baseline(&device("nas")).await.unwrap(), None);
    put(&store, baseline).await.unwrap();
    let renamed = DeviceRow {
        name: "attic".to_owned(),
        ended_at: Some(minutes(9)),
        ..nas()
    };
    put(&store, FlowWrite::Device(renamed.clone())).await.unwrap();
    assert_eq!(store.devices().await.unwrap(), std::slice::from_ref(&renamed));
    assert_eq!(store.device(&device("nas")).await.unwrap(), Some(renamed));
    assert_eq!(store.device(&device("pc")).await.unwrap(), None);
    assert_eq!(
        store.baseline(&device("nas")).await.unwrap(),
        Some(json!({"up": 1}))
    );
}

#[tokio::test]
async fn an_agent_is_heard_only_with_its_token_and_only_until_it_was_ended() {
    let store = ready().await;
    assert!(
        is_conflict(&put(&store, heard(id(7), minutes(2))).await),
        "unknown"
    );
    put(&store, FlowWrite::Device(nas())).await.unwrap();
    put(&store, heard(id(7), minutes(3))).await.unwrap();
    put(&store, heard(id(7), minutes(2))).await.unwrap();
    assert!(
        is_conflict(&put(&store, heard(id(8), minutes(4))).await),
        "another token"
    );
    assert_eq!(store.device_of(id(8)).await.unwrap(), None);
    let row = DeviceRow {
        seen_at: Some(minutes(3)),
        body: json!({"agent": "0.2.0"}),
        ..nas()
    };
    assert_eq!(store.devices().await.unwrap(), std::slice::from_ref(&row));
    let ended = DeviceRow {
        ended_at: Some(minutes(5)),
        ..row.clone()
    };
    assert_eq!(store.device_of(id(7)).await.unwrap(), Some(row));
    put(&store, FlowWrite::Device(ended.clone())).await.unwrap();
    assert!(is_conflict(&put(&store, heard(id(7), minutes(6))).await), "ended");
    assert_eq!(store.device_of(id(7)).await.unwrap(), None);
    assert_eq!(store.devices().await.unwrap(), [ended]);
}

fn invite(n: u8, of: &str) -> InviteRow {
    InviteRow {
        hash: [n; 32],
        device: device(of),
        name: of.to_owned(),
        by: "window".to_owned(),
        created_at: minutes(u64::from(n)),
        expires_at: minutes(u64::from(n) + 15),
        used_at: None,
    }
}

#[tokio::test]
async fn an_invitation_is_used_once_in_time_and_a_new_one_takes_the_place_of_the_last() {
    let store = ready().await;
    let use_it = |n: u8, at| FlowWrite::UseInvite {
        hash: [n; 32],
        at: minutes(at),
    };
    for row in [invite(1, "nas"), invite(2, "pc"), invite(3, "nas")] {
        put(&store, FlowWrite::Invite(row)).await.unwrap();
    }
    assert_eq!(
        store.invites().await.unwrap(),
        [invite(3, "nas"), invite(2, "pc")]
    );
    assert!(is_conflict(&put(&store, use_it(1, 4)).await), "replaced");
    assert!(is_conflict(&put(&store, use_it(2, 17)).await), "its time is over");
    put(&store, use_it(3, 17)).await.unwrap();
    assert!(is_conflict(&put(&store, use_it(3, 17)).await), "used");
    put(&store, FlowWrite::Invite(invite(4, "nas"))).await.unwrap();
    put(&store, FlowWrite::Uninvite { device: device("pc") })
        .await
        .unwrap();
    let used = InviteRow {
        used_at: Some(minutes(17)),
        ..invite(3, "nas")
    };
    assert_eq!(
        store.invites().await.unwrap(),
        [invite(4, "nas"), used],
        "the other was taken back"
    );
}

fn aside(n: u64, body: serde_json::Value) -> QuarantineRow {
    QuarantineRow {
        id: RowId::new(minutes(n), [0; 10]),
        device: device("nas"),
        epoch: id(1),
        sequence: n,
        digest: [1; 32],
        reason: "future".to_owned(),
        at: minutes(n),
        body,
    }
}

#[tokio::test]
async fn what_is_kept_aside_is_bounded_for_each_device_and_the_oldest_goes_first() {
    let store = ready().await;
    let rows = u64::try_from(limits::QUARANTINE_ROWS).unwrap();
    for n in 1..=rows + 1 {
        put(&store, FlowWrite::Quarantine(aside(n, json!({}))))
            .await
            .unwrap();
    }
    assert_eq!(
        store.quarantined(&device("nas")).await.unwrap(),
        limits::QUARANTINE_ROWS
    );
    assert_eq!(store.quarantined(&device("pc")).await.unwrap(), 0);
    let newest = store.quarantine(&device("nas"), 2).await.unwrap();
    assert_eq!(newest, [aside(rows + 1, json!({})), aside(rows, json!({}))]);
    let (first, again) = (
        aside(rows + 1, json!({})),
        aside(rows + 1, json!({"other": "id"})),
    );
    let again = QuarantineRow { id: id(9), ..again };
    put(&store, FlowWrite::Quarantine(again)).await.unwrap();
    assert_eq!(
        store.quarantine(&device("nas"), 1).await.unwrap(),
        [first],
        "the same batch is kept once"
    );
    assert_eq!(counted(&store, 1, rows + 1).await.aside, [[1; 32]]);
    let large = "x".repeat(usize::try_from(limits::QUARANTINE_BYTES / 2).unwrap());
    for n in [rows + 2, rows + 3] {
        put(&store, FlowWrite::Quarantine(aside(n, json!(large))))
            .await
            .unwrap();
    }
    assert_eq!(
        store.quarantined(&device("nas")).await.unwrap(),
        1,
        "two of them are too large together"
    );
    let whole = "x".repeat(usize::try_from(limits::QUARANTINE_BYTES + 1).unwrap());
    put(&store, FlowWrite::Quarantine(aside(rows + 4, json!(whole))))
        .await
        .unwrap();
    assert_eq!(
        store.quarantined(&device("nas")).await.unwrap(),
        1,
        "the newest stays, however large"
    );
}

#[tokio::test]
async fn samples_are_told_by_time_and_one_of_the_same_instant_is_replaced() {
    let store = ready().await;
    let sample = |minute, down| SampleRow {
        at: minutes(minute),
        up: 1,
        down,
        total: (down % 2 == 0).then_some(100),
        expires_at: None,
    };
    for row in [sample(2, 4), sample(1, 3), sample(2, 6), sample(9, 8)] {
        put(
            &store,
            FlowWrite::Sample {
                account: account(),
                sample: row,
            },
        )
        .await
        .unwrap();
    }
    assert_eq!(
        store.samples(&account(), span(1, 9)).await.unwrap(),
        [sample(1, 3), sample(2, 6)]
    );
    assert_eq!(store.last_sample(&account()).await.unwrap(), Some(sample(9, 8)));
    let other = "other".parse().unwrap();
    assert_eq!(store.last_sample(&other).await.unwrap(), None);
    let huge = SampleRow {
        up: u64::MAX,
        ..sample(3, 3)
    };
    assert!(is_conflict(
        &put(
            &store,
            FlowWrite::Sample {
                account: account(),
                sample: huge
            }
        )
        .await
    ));
}

#[tokio::test]
async fn leak_checks_are_told_newest_first() {
    let store = ready().await;
    let leak = |to, said: &str| LeakRow {
        account: account(),
        span: span(0, to),
        at: minutes(to),
        body: json!(said),
    };
    for row in [leak(10, "first"), leak(20, "second"), leak(10, "again")] {
        put(&store, FlowWrite::Leak(row)).await.unwrap();
    }
    assert_eq!(
        store.leaks(&account(), 10).await.unwrap(),
        [leak(20, "second"), leak(10, "again")]
    );
    assert_eq!(store.leaks(&account(), 1).await.unwrap(), [leak(20, "second")]);
}

#[tokio::test]
async fn there_is_one_report_of_each_kind_and_day() {
    let store = ready().await;
    let report = |n: u8, kind: &str, day| ReportRow {
        id: id(n),
        kind: kind.to_owned(),
        day,
        at: minutes(u64::from(n)),
        body: json!({"n": n}),
    };
    let (first, second) = (report(1, "daily", TODAY), report(2, "daily", date(2026, 1, 2)));
    let weekly = report(3, "weekly", TODAY);
    for row in [&first, &second, &weekly] {
        put(&store, FlowWrite::Report(row.clone())).await.unwrap();
    }
    assert!(is_conflict(
        &put(&store, FlowWrite::Report(report(4, "daily", TODAY))).await
    ));
    assert_eq!(store.report("daily", TODAY).await.unwrap(), Some(first.clone()));
    assert_eq!(store.report("weekly", date(2026, 1, 2)).await.unwrap(), None);
    assert_eq!(store.reports(10).await.unwrap(), [weekly, second, first]);
}

#[tokio::test]
async fn what_is_past_its_time_goes_with_the_daily_round_and_devices_stay() {
    let store = ready().await;
    let writes = [
        FlowWrite::Device(nas()),
        sequence(1, 1),
        FlowWrite::Watched {
            device: device("nas"),
            span: span(0, 9),
        },
        FlowWrite::Quarantine(aside(1, json!({}))),
        FlowWrite::Invite(invite(1, "nas")),
    ];
    store.write(batch(writes.map(Write::Flow))).await.unwrap();
    let soon = minutes(20);
    store.maintenance(soon).await.unwrap();
    assert_eq!(
        store.invites().await.unwrap().len(),
        1,
        "one that ran out is still shown"
    );
    assert_eq!(counted(&store, 1, 1).await.newest, Some(1));
    let later = minutes(20).plus(limits::FLOW_HOURS_KEPT);
    store.take_lease(later, TTL).await.unwrap();
    store.maintenance(later).await.unwrap();
    assert_eq!(store.invites().await.unwrap(), []);
    assert_eq!(store.quarantined(&device("nas")).await.unwrap(), 0);
    assert_eq!(store.watched(None, span(0, 99)).await.unwrap(), []);
    assert_eq!(counted(&store, 1, 1).await, Counted::default());
    assert_eq!(store.devices().await.unwrap(), [nas()]);
}
