//! Connections in snapshots: what each carried, on which way, however often and however badly it is told.

use tidegate_meter::FlowKind;

use crate::support::{Book, nodes, open, opened_at};

#[test]
fn c3_1_the_first_snapshot_sets_where_the_count_begins_and_books_nothing() {
    let mut book = Book::new();
    book.frame(
        0,
        (1 << 30, 10 << 30),
        Some(vec![open("a", "HK", 1 << 30, 10 << 30)]),
    );
    assert!(book.sums.all().is_zero(), "{:?}", book.sums);
    book.frame(
        1_000,
        ((1 << 30) + 10, (10 << 30) + 500),
        Some(vec![open("a", "HK", (1 << 30) + 10, (10 << 30) + 500)]),
    );
    assert_eq!(book.sums.of_node("HK").down, 500);
    assert_eq!(book.sums.all().total(), Some(510));
}

#[test]
fn c3_1_a_first_snapshot_without_a_list_makes_no_lifetime_of_the_next_one() {
    let mut book = Book::new();
    book.frame(0, (0, 9_000), None);
    book.frame(1_000, (0, 9_400), Some(vec![open("a", "HK", 0, 9_300)]));
    assert_eq!(
        book.sums.all().down,
        400,
        "what the totals rose by, and no more: {:?}",
        book.sums
    );
    book.frame(2_000, (0, 9_500), Some(vec![open("a", "HK", 0, 9_400)]));
    assert_eq!(book.down("HK").0 + book.nobody().down, 500);
}

#[test]
fn c3_2_a_list_that_is_null_for_once_is_no_end_of_anything() {
    let mut book = Book::new();
    book.frame(0, (0, 0), Some(vec![]));
    book.frame(1_000, (0, 1_000), Some(vec![open("a", "HK", 0, 1_000)]));
    let none = book.frame(2_000, (0, 1_200), None);
    assert!(none.all().is_zero(), "what it shows waits: {none:?}");
    book.frame(3_000, (0, 1_500), Some(vec![open("a", "HK", 0, 1_500)]));
    assert_eq!(book.down("HK"), (1_500, 0), "exactly, and once");
}

#[test]
fn c3_2_a_list_that_stays_null_while_bytes_pass_is_waited_for_no_longer_than_three_seconds() {
    let mut book = Book::new();
    book.frame(0, (0, 0), Some(vec![]));
    book.frame(1_000, (0, 1_000), Some(vec![open("a", "HK", 0, 1_000)]));
    for second in 2..=6 {
        book.frame(second * 1_000, (0, second * 1_000), None);
    }
    assert_eq!(book.sums.all().down, 6_000);
    let (down, estimated) = book.down("HK");
    assert_eq!((down, estimated), (6_000, 5_000), "an estimate, and told as one");
}

#[test]
fn c3_2_a_list_that_comes_back_does_not_count_again_what_was_estimated_for_it() {
    let mut book = Book::new();
    book.frame(0, (0, 0), Some(vec![]));
    book.frame(1_000, (0, 1_000), Some(vec![open("a", "HK", 0, 1_000)]));
    book.frame(2_000, (0, 1_300), Some(vec![]));
    assert_eq!(book.down("HK"), (1_300, 300), "it vanished with its rest");
    book.frame(3_000, (0, 2_000), Some(vec![open("a", "HK", 0, 2_000)]));
    assert_eq!(book.down("HK"), (2_000, 300), "it was there all along");
}

#[test]
fn a_mihomo_that_goes_idle_tells_no_list_and_its_last_bytes_are_booked_at_the_next_snapshot() {
    let mut book = Book::new();
    book.frame(0, (0, 0), None);
    book.frame(
        1_000,
        (0, 1_000),
        Some(vec![opened_at(500, open("a", "HK", 0, 1_000))]),
    );
    book.frame(2_000, (0, 1_400), None);
    book.frame(3_000, (0, 1_400), None);
    assert_eq!(book.down("HK"), (1_400, 400));
}

#[test]
fn c3_3_a_counter_that_falls_counts_from_nothing_for_its_connection_alone() {
    let mut book = Book::new();
    book.frame(
        0,
        (0, 5_000),
        Some(vec![open("a", "HK", 0, 1_000), open("b", "JP", 0, 4_000)]),
    );
    book.frame(
        1_000,
        (0, 5_900),
        Some(vec![open("a", "HK", 0, 500), open("b", "JP", 0, 4_400)]),
    );
    assert_eq!(book.restarts, 0, "the other connection carried on");
    assert_eq!(
        (book.down("HK").0, book.down("JP").0),
        (500, 400),
        "never less than nothing"
    );
}

#[test]
fn c3_3_a_counter_that_falls_alone_takes_nothing_that_the_totals_do_not_hold() {
    let mut book = Book::new();
    book.frame(
        0,
        (0, 5_000),
        Some(vec![open("a", "HK", 0, 5_000), open("b", "JP", 0, 0)]),
    );
    book.frame(
        1_000,
        (0, 5_000),
        Some(vec![open("a", "HK", 0, 4_000), open("b", "JP", 0, 0)]),
    );
    assert!(book.sums.all().is_zero());
    assert_eq!(book.accountant.tally().owed, (0, 4_000), "what it claims is told");
    book.frame(
        2_000,
        (0, 5_600),
        Some(vec![open("a", "HK", 0, 4_000), open("b", "JP", 0, 0)]),
    );
    assert_eq!(
        book.down("HK"),
        (600, 0),
        "and the next bytes of the totals are its own"
    );
    assert_eq!(book.accountant.tally().owed, (0, 3_400));
}

#[test]
fn c3_5_the_node_is_the_first_of_the_chain_and_the_group_the_last() {
    let mut book = Book::new();
    book.frame(0, (0, 0), Some(vec![]));
    book.frame(1_000, (7, 70), Some(vec![open("a", "🇭🇰 香港 01", 7, 70)]));
    assert_eq!(book.sums.0.len(), 1);
    let (key, bytes) = book.sums.0.first_key_value().unwrap();
    assert_eq!(
        (key.node.as_str(), key.group.as_str(), key.kind),
        ("🇭🇰 香港 01", "Proxy", FlowKind::Proxy)
    );
    assert_eq!((bytes.up, bytes.down), (7, 70));
}

#[test]
fn a_connection_is_counted_on_the_way_it_was_opened_on_though_the_group_leads_elsewhere_now() {
    let mut book = Book::new();
    book.frame(0, (0, 0), Some(vec![]));
    book.frame(1_000, (0, 100), Some(vec![open("a", "HK", 0, 100)]));
    book.frame(
        2_000,
        (0, 300),
        Some(vec![open("a", "HK", 0, 200), open("b", "JP", 0, 100)]),
    );
    assert_eq!((book.down("HK").0, book.down("JP").0), (200, 100));
}

#[test]
fn what_the_kernel_opens_for_itself_beside_its_totals_is_left_out() {
    let mut book = Book::new();
    book.frame(0, (0, 0), Some(vec![]));
    let hop = tidegate_providers::proxy::Connection {
        is_inner: true,
        ..open("hop", "JP", 0, 1_100)
    };
    book.frame(1_000, (0, 1_000), Some(vec![open("a", "HK", 0, 1_000), hop]));
    assert_eq!((book.down("HK").0, book.down("JP").0), (1_000, 0));
    assert_eq!(book.accountant.tally().owed, (0, 0));
}

#[test]
fn an_id_that_a_list_tells_twice_counts_once() {
    let mut book = Book::new();
    book.frame(0, (0, 0), Some(vec![]));
    book.frame(
        1_000,
        (0, 900),
        Some(vec![open("a", "HK", 0, 300), open("a", "JP", 0, 500)]),
    );
    assert_eq!(book.down("HK").0 + book.nobody().down + book.down("JP").0, 900);
    assert_eq!(book.down("JP").0, 0);
}

#[test]
fn the_type_of_a_node_decides_what_becomes_of_its_bytes_never_its_name() {
    let mut book = Book::new();
    book.accountant.nodes(&nodes(
        &[
            ("my-direct", FlowKind::Direct),
            ("block", FlowKind::Reject),
            ("DIRECT via HK", FlowKind::Proxy),
        ],
        &[],
    ));
    book.frame(0, (0, 0), Some(vec![]));
    let list = vec![
        open("a", "my-direct", 0, 1),
        open("b", "block", 0, 20),
        open("c", "DIRECT via HK", 0, 300),
        open("d", "never heard of", 0, 4_000),
        open("e", "DIRECT", 0, 50_000),
    ];
    book.frame(1_000, (0, 54_321), Some(list));
    assert_eq!(book.sums.of_kind(FlowKind::Direct).down, 50_001);
    assert_eq!(book.sums.of_kind(FlowKind::Reject).down, 20);
    assert_eq!(
        book.sums.of_kind(FlowKind::Proxy).down,
        4_300,
        "an unknown node is a proxy"
    );
}

#[test]
fn a_node_that_an_update_removed_keeps_its_last_type() {
    let mut book = Book::new();
    book.accountant
        .nodes(&nodes(&[("my-direct", FlowKind::Direct)], &[]));
    book.frame(0, (0, 0), Some(vec![open("a", "my-direct", 0, 0)]));
    book.accountant.nodes(&nodes(&[("other", FlowKind::Proxy)], &[]));
    book.frame(1_000, (0, 10), Some(vec![open("a", "my-direct", 0, 10)]));
    assert_eq!(book.sums.of_kind(FlowKind::Direct).down, 10);
}

#[test]
fn a_type_that_is_told_late_holds_from_then_on() {
    let mut book = Book::new();
    book.frame(0, (0, 0), Some(vec![open("a", "home", 0, 0)]));
    book.frame(1_000, (0, 10), Some(vec![open("a", "home", 0, 10)]));
    book.accountant.nodes(&nodes(&[("home", FlowKind::Direct)], &[]));
    book.frame(2_000, (0, 30), Some(vec![open("a", "home", 0, 30)]));
    assert_eq!(book.sums.of_kind(FlowKind::Proxy).down, 10);
    assert_eq!(book.sums.of_kind(FlowKind::Direct).down, 20);
}

#[test]
fn a_local_node_of_the_users_list_is_past_every_proxy_whatever_its_type() {
    let rules = tidegate_providers::proxy::CountRules {
        local_nodes: ["ua3f".to_owned()].into(),
    };
    let mut book = Book {
        accountant: tidegate_providers::proxy::Accountant::new(None, rules),
        ..Book::new()
    };
    book.accountant.nodes(&nodes(&[("ua3f", FlowKind::Proxy)], &[]));
    book.frame(0, (0, 0), Some(vec![]));
    book.frame(1_000, (0, 10), Some(vec![open("a", "ua3f", 0, 10)]));
    assert_eq!(book.sums.of_kind(FlowKind::Direct).down, 10);
}

#[test]
fn the_feed_is_what_the_connection_tells_else_what_the_nodes_say() {
    let mut book = Book::new();
    book.accountant.nodes(&nodes(
        &[("HK", FlowKind::Proxy)],
        &[("HK", "airport-b"), ("JP", "airport-b")],
    ));
    book.frame(0, (0, 0), Some(vec![]));
    let told = tidegate_providers::proxy::Connection {
        feeds: vec!["airport-a".into(), "".into(), "".into()],
        ..open("a", "HK", 0, 10)
    };
    book.frame(1_000, (0, 30), Some(vec![told, open("b", "JP", 0, 20)]));
    let feeds: Vec<(&str, &str, u64)> = book
        .sums
        .0
        .iter()
        .map(|(key, bytes)| (key.node.as_str(), key.feed.as_str(), bytes.down))
        .collect();
    assert_eq!(feeds, [("HK", "airport-a", 10), ("JP", "airport-b", 20)]);
}

#[test]
fn a_name_without_end_is_cut_and_control_characters_do_not_pass() {
    let mut book = Book::new();
    book.frame(0, (0, 0), Some(vec![]));
    book.frame(
        1_000,
        (0, 10),
        Some(vec![open("a", &format!("x\n{}", "長".repeat(400)), 0, 10)]),
    );
    let key = book.sums.0.keys().next().unwrap();
    assert_eq!(key.node.chars().count(), 128);
    assert!(!key.node.contains('\n'));
}

#[test]
fn more_ways_than_there_is_room_for_lose_no_byte_and_old_ones_make_room() {
    let mut book = Book::new();
    book.frame(0, (0, 0), Some(vec![]));
    let mut total = 0;
    for round in 0..5_u64 {
        let named = |n: u64| open(&format!("{round}-{n}"), &format!("node {round} {n}"), 0, n + 1);
        total += (1..=4_500_u64).sum::<u64>();
        let alone = book.frame(
            1_000 + round * 40_000,
            (0, total),
            Some((0..4_500).map(named).collect()),
        );
        for n in [0, 1, 2_250, 4_499] {
            assert_eq!(alone.of_node(&format!("node {round} {n}")).down, n + 1);
        }
    }
    assert_eq!((book.sums.all().down, book.nobody().down), (total, 0));
}
