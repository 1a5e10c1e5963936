//! Events to minutes, spans and what passes now; what a clock does must not matter.

use bytes::Bytes;
use serde_json::json;
use tidegate_meter::{FlowKind, Now, Reason, Span, Time};
use tidegate_providers::proxy::{Collector, CountRules, KernelEvent, KernelState, Sealed};
use tidegate_providers::{ProviderError, ProviderErrorKind};

use crate::support::{START, Sums, at, log, nodes};

fn collector() -> Collector {
    let mut collector = Collector::new(None, CountRules::default());
    collector.take(
        &KernelEvent::Answers {
            kernel: "mihomo v1.19.32".to_owned(),
        },
        at(0),
    );
    collector.take(
        &KernelEvent::Nodes(nodes(
            &[("HK", FlowKind::Proxy), ("DIRECT", FlowKind::Direct)],
            &[],
        )),
        at(0),
    );
    collector
}

fn connection(id: &str, node: &str, down: u64) -> serde_json::Value {
    json!({
        "id": id, "upload": 0, "download": down, "chains": [node, "Proxy"], "start": "2026-11-18T06:00:00Z",
        "rule": "Match", "metadata": {
            "network": "tcp", "type": "HTTPS", "sourcePort": "5000", "host": "private.example", "process": "curl",
        },
    })
}

fn frame(at: Now, down: u64, list: &serde_json::Value) -> KernelEvent {
    let body = json!({"uploadTotal": 0, "downloadTotal": down, "connections": list});
    KernelEvent::Frame {
        at,
        body: Bytes::from(body.to_string()),
    }
}

/// The collector takes a snapshot of one connection through HK that carried everything.
fn tell(collector: &mut Collector, at: Now, down: u64) {
    collector.take(&frame(at, down, &json!([connection("a", "HK", down)])), at);
}

fn lost() -> KernelEvent {
    KernelEvent::Lost(ProviderError {
        kind: ProviderErrorKind::Blind(Reason::Transient),
        detail: "no answer".to_owned(),
        retry_after: None,
    })
}

fn sum(sealed: &Sealed) -> u64 {
    sealed.flows.iter().map(|flow| flow.bytes.total().unwrap()).sum()
}

/// The wall clock says something else from here on.
fn shifted(ms: u64, by: i64) -> Now {
    let now = at(ms);
    Now {
        wall: Time::from_ms(now.wall.ms() + by),
        ..now
    }
}

#[test]
fn bytes_stand_in_the_minute_of_the_wall_clock_in_which_they_came_to_light() {
    let mut collector = collector();
    for second in 0..=90 {
        tell(&mut collector, at(second * 1_000), second * 100);
    }
    let sealed = collector.seal(at(90_000)).unwrap();
    let minutes: Vec<(i64, u64)> = sealed
        .flows
        .iter()
        .map(|flow| (flow.minute.ms() - START, flow.bytes.down))
        .collect();
    assert_eq!(
        minutes,
        [(-40_000, 1_900), (20_000, 6_000), (80_000, 1_100)],
        "the story begins at 11:06:40"
    );
    assert_eq!(
        sealed.watched,
        [Span {
            start: at(0).wall,
            end: at(90_000).wall
        }]
    );
    assert_eq!(sealed.kernel, "mihomo v1.19.32");
}

#[test]
fn what_was_sealed_is_not_sealed_again_unless_it_is_put_back() {
    let mut collector = collector();
    tell(&mut collector, at(0), 1_000);
    tell(&mut collector, at(1_000), 1_500);
    let first = collector.seal(at(1_000)).unwrap();
    assert!(collector.seal(at(1_500)).is_none(), "nothing is new");
    tell(&mut collector, at(2_000), 1_700);
    collector.put_back(first.clone());
    let both = collector.seal(at(2_000)).unwrap();
    assert_eq!((sum(&first), sum(&both)), (500, 700));
    assert_eq!(both.flows.len(), 1, "at most one of each minute and way");
    tell(&mut collector, at(3_000), 1_750);
    assert_eq!(sum(&collector.seal(at(3_000)).unwrap()), 50);
}

#[test]
fn what_is_stored_goes_on_in_the_next_process_without_a_byte_lost_or_doubled() {
    let mut collector = collector();
    tell(&mut collector, at(0), 1_000);
    tell(&mut collector, at(1_000), 1_500);
    let sealed = collector.seal(at(1_000)).unwrap();
    tell(&mut collector, at(2_000), 1_800);
    let mut next = Collector::new(Some(sealed.baseline), CountRules::default());
    next.take(
        &KernelEvent::Answers {
            kernel: "mihomo v1.19.32".to_owned(),
        },
        at(9_000),
    );
    tell(&mut next, at(9_000), 2_500);
    tell(&mut next, at(10_000), 2_600);
    let sealed = next.seal(at(10_000)).unwrap();
    let kinds: Vec<(FlowKind, u64)> = sealed
        .flows
        .iter()
        .map(|flow| (flow.key.kind, flow.bytes.down))
        .collect();
    assert_eq!(
        kinds,
        [(FlowKind::Proxy, 100), (FlowKind::Unattributed, 1_000)],
        "the lump and what was seen"
    );
    assert_eq!(
        sealed.flows[1].minute, sealed.flows[0].minute,
        "it is dated to the end of the gap"
    );
    assert_eq!(
        sealed.watched,
        [Span {
            start: at(9_000).wall,
            end: at(10_000).wall
        }],
        "the gap was not watched"
    );
}

#[test]
fn a_clock_that_jumps_forward_loses_and_doubles_nothing_and_nobody_watched_what_it_skipped() {
    let mut collector = collector();
    tell(&mut collector, at(0), 0);
    tell(&mut collector, at(1_000), 100);
    tell(&mut collector, shifted(2_000, 7_200_000), 200);
    tell(&mut collector, shifted(3_000, 7_200_000), 300);
    let sealed = collector.seal(shifted(3_000, 7_200_000)).unwrap();
    assert_eq!(sum(&sealed), 300);
    let spans: Vec<i64> = sealed
        .watched
        .iter()
        .map(|span| span.end.ms() - span.start.ms())
        .collect();
    assert_eq!(spans, [1_000, 1_000]);
}

#[test]
fn a_clock_that_is_set_back_loses_and_doubles_nothing_and_dates_nothing_into_the_future() {
    let mut collector = collector();
    tell(&mut collector, shifted(0, 86_400_000), 0);
    tell(&mut collector, shifted(1_000, 86_400_000), 100);
    tell(&mut collector, at(2_000), 250);
    let sealed = collector.seal(at(2_000)).unwrap();
    assert_eq!(sum(&sealed), 250);
    assert!(
        sealed.flows.iter().all(|flow| flow.minute <= at(2_000).wall),
        "{:?}",
        sealed.flows
    );
    assert!(
        sealed.watched.is_empty(),
        "of that day it is not known when it was: {:?}",
        sealed.watched
    );
}

#[test]
fn bytes_of_a_clock_that_was_not_set_yet_belong_to_now() {
    let mut collector = collector();
    tell(&mut collector, shifted(0, -START), 0);
    tell(&mut collector, shifted(1_000, -START), 100);
    tell(&mut collector, at(2_000), 150);
    let sealed = collector.seal(at(2_000)).unwrap();
    assert_eq!(sum(&sealed), 150);
    assert!(
        sealed.flows.iter().all(|flow| flow.minute.ms() > START - 60_000),
        "{:?}",
        sealed.flows
    );
}

#[test]
fn rates_are_of_the_monotonic_clock_whatever_the_wall_says() {
    let mut collector = collector();
    tell(&mut collector, at(0), 0);
    tell(&mut collector, shifted(2_000, -3_600_000), 5_000);
    let live = collector.live(shifted(2_000, -3_600_000));
    assert_eq!((live.up_rate, live.down_rate), (Some(0), Some(2_500)));
    assert_eq!(live.nodes[0].down_rate, 2_500);
    assert_eq!(live.list[0].down_rate, 2_500);
}

#[test]
fn what_passes_now_is_told_by_node_and_connection_the_fastest_first() {
    let mut collector = collector();
    let list = |far: u64, near: u64| json!([connection("a", "HK", far), connection("b", "DIRECT", near)]);
    collector.take(&frame(at(0), 0, &list(0, 0)), at(0));
    assert_eq!(
        collector.live(at(0)).down_rate,
        None,
        "one snapshot makes no rate"
    );
    collector.take(&frame(at(1_000), 5_000, &list(1_000, 4_000)), at(1_000));
    let live = collector.live(at(1_000));
    assert_eq!(
        (live.state, live.connections, live.down_rate),
        (KernelState::Watched, Some(2), Some(5_000))
    );
    let nodes: Vec<(&str, FlowKind, u32, u64)> = live
        .nodes
        .iter()
        .map(|node| (node.node.as_str(), node.kind, node.connections, node.down_rate))
        .collect();
    assert_eq!(
        nodes,
        [
            ("DIRECT", FlowKind::Direct, 1, 4_000),
            ("HK", FlowKind::Proxy, 1, 1_000)
        ]
    );
    let first = &live.list[0];
    assert_eq!(
        (
            first.node.as_str(),
            first.group.as_str(),
            first.host.as_str(),
            first.process.as_str()
        ),
        ("DIRECT", "Proxy", "private.example", "curl")
    );
    assert_eq!((first.down, first.down_rate), (4_000, 4_000));
}

#[test]
fn at_most_two_hundred_connections_are_listed_and_all_are_counted() {
    let mut collector = collector();
    let list: Vec<serde_json::Value> = (0..300).map(|n| connection(&format!("c{n}"), "HK", n)).collect();
    collector.take(&frame(at(0), 0, &json!([])), at(0));
    collector.take(&frame(at(1_000), 44_850, &json!(list)), at(1_000));
    let live = collector.live(at(1_000));
    assert_eq!(
        (live.connections, live.list.len(), live.list[0].down),
        (Some(300), 200, 299)
    );
}

#[test]
fn a_kernel_that_is_lost_has_no_rates_and_is_not_watched_until_it_is_back() {
    let mut collector = collector();
    assert_eq!(collector.live(at(0)).state, KernelState::Waiting);
    tell(&mut collector, at(0), 0);
    tell(&mut collector, at(1_000), 100);
    collector.take(&lost(), at(4_000));
    let live = collector.live(at(4_000));
    assert_eq!(
        (live.state, live.down_rate, live.connections),
        (KernelState::Lost, None, None)
    );
    assert_eq!(
        (live.since, live.as_of),
        (Some(at(4_000).wall), Some(at(1_000).wall))
    );
    assert!(live.trouble.is_some() && live.list.is_empty() && live.nodes.is_empty());
    tell(&mut collector, at(6_000), 300);
    tell(&mut collector, at(7_000), 300);
    let sealed = collector.seal(at(7_000)).unwrap();
    let spans: Vec<(i64, i64)> = sealed
        .watched
        .iter()
        .map(|span| (span.start.ms() - START, span.end.ms() - START))
        .collect();
    assert_eq!(spans, [(0, 1_000), (6_000, 7_000)]);
    assert_eq!(sum(&sealed), 300, "its bytes are counted all the same");
    assert_eq!(collector.live(at(7_000)).trouble, None);
}

#[test]
fn snapshots_that_stop_without_a_word_tell_nothing_of_now() {
    let mut collector = collector();
    tell(&mut collector, at(0), 0);
    tell(&mut collector, at(1_000), 100);
    assert_eq!(collector.live(at(6_001)).down_rate, None);
}

#[test]
fn a_snapshot_of_another_shape_is_told_and_books_nothing_and_c3_1_holds_for_the_next_one() {
    let mut collector = collector();
    let broken = KernelEvent::Frame {
        at: at(0),
        body: Bytes::from_static(b"{\"connections\":[]}"),
    };
    collector.take(&broken, at(0));
    let trouble = collector.live(at(0)).trouble.unwrap();
    assert_eq!(trouble.kind, ProviderErrorKind::Blind(Reason::Shape));
    assert!(collector.seal(at(0)).is_none_or(|sealed| sealed.flows.is_empty()));
    tell(&mut collector, at(1_000), 1 << 40);
    tell(&mut collector, at(2_000), (1 << 40) + 10);
    assert_eq!(sum(&collector.seal(at(2_000)).unwrap()), 10);
}

#[test]
fn a_log_that_cannot_be_followed_is_told_until_it_can() {
    let mut collector = collector();
    let refused = ProviderError {
        kind: ProviderErrorKind::Blind(Reason::Auth),
        detail: "no".to_owned(),
        retry_after: None,
    };
    collector.take(&KernelEvent::Logless(refused), at(0));
    assert!(collector.live(at(0)).logless.is_some());
    collector.take(&KernelEvent::Opened(log(5_000, "HK")), at(1_000));
    assert!(collector.live(at(1_000)).logless.is_none());
}

#[test]
fn restarts_are_told_once() {
    let mut collector = collector();
    tell(&mut collector, at(0), 500);
    tell(&mut collector, at(1_000), 20);
    assert_eq!(collector.seal(at(1_000)).unwrap().restarts, 1);
    tell(&mut collector, at(2_000), 30);
    assert_eq!(collector.seal(at(2_000)).unwrap().restarts, 0);
}

#[test]
fn a_lump_that_no_row_can_hold_is_laid_into_the_minutes_before_it() {
    let tebibyte = 1_u64 << 40;
    let mut collector = collector();
    tell(&mut collector, at(0), 0);
    collector.take(&frame(at(3_600_000), 3 * tebibyte + 5, &json!([])), at(3_600_000));
    let sealed = collector.seal(at(3_600_000)).unwrap();
    assert_eq!(sum(&sealed), 3 * tebibyte + 5);
    assert_eq!(sealed.flows.len(), 4);
    assert!(sealed.flows.iter().all(|flow| flow.bytes.down <= tebibyte));
}

#[test]
fn when_nobody_takes_the_rows_for_days_they_become_hours_and_no_byte_is_lost() {
    let mut collector = collector();
    let list = |down: u64| -> serde_json::Value {
        (0..20)
            .map(|n| connection(&format!("c{n}"), &format!("node {n}"), down))
            .collect::<Vec<_>>()
            .into()
    };
    let minutes = 1_500_u64;
    for minute in 0..=minutes {
        collector.take(
            &frame(at(minute * 25_000), minute * 20, &list(minute)),
            at(minute * 25_000),
        );
    }
    let now = at(minutes * 25_000);
    let sealed = collector.seal(now).unwrap();
    assert_eq!(sum(&sealed), minutes * 20);
    assert!(sealed.flows.len() < 16_500, "{}", sealed.flows.len());
}

#[test]
fn no_host_and_no_program_is_in_anything_that_is_stored() {
    let mut collector = collector();
    tell(&mut collector, at(0), 0);
    tell(&mut collector, at(1_000), 100);
    let sealed = collector.seal(at(1_000)).unwrap();
    let text = format!("{sealed:?} {}", serde_json::to_string(&sealed.baseline).unwrap());
    assert!(
        !text.contains("private.example") && !text.contains("curl"),
        "{text}"
    );
}

#[test]
fn sums_of_the_minutes_are_the_sums_of_the_count() {
    let mut collector = collector();
    let mut sums = Sums::default();
    for second in 0..=200_u64 {
        if second % 3 == 0 {
            collector.take(
                &KernelEvent::Opened(log(u16::try_from(6_000 + second).unwrap(), "JP")),
                at(second * 1_000),
            );
        }
        let down = second * second * 7;
        let list = if second % 5 == 0 {
            json!(null)
        } else {
            json!([connection("a", "HK", second * second * 3)])
        };
        collector.take(&frame(at(second * 1_000), down, &list), at(second * 1_000));
        if second % 17 == 0
            && let Some(sealed) = collector.seal(at(second * 1_000))
        {
            sealed
                .flows
                .iter()
                .for_each(|flow| sums.add(&flow.key, flow.bytes));
        }
    }
    let sealed = collector.seal(at(200_000)).unwrap();
    sealed
        .flows
        .iter()
        .for_each(|flow| sums.add(&flow.key, flow.bytes));
    let tally = collector.tally();
    assert_eq!(u128::from(sums.all().down), tally.booked.1);
    assert_eq!(tally.counted.1, tally.booked.1 + tally.held.1);
    assert_eq!(tally.counted.1, 200 * 200 * 7);
}
