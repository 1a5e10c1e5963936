//! Bytes of the totals that no snapshot showed (C3.4): to what they are given, in which order, and that it is told.

use tidegate_meter::FlowKind;
use tidegate_providers::proxy::{Network, Opened};

use crate::support::{Book, from_port, log, nodes, open, opened_at};

#[test]
fn c3_4_what_passed_between_the_last_snapshot_and_the_close_goes_to_what_vanished() {
    let mut book = Book::new();
    book.frame(0, (0, 0), Some(vec![]));
    book.frame(
        1_000,
        (0, 9_000),
        Some(vec![open("a", "HK", 0, 1_000), open("b", "JP", 0, 8_000)]),
    );
    book.frame(2_000, (0, 9_600), Some(vec![open("b", "JP", 0, 8_000)]));
    assert_eq!(book.down("HK"), (1_600, 600));
    assert_eq!(book.down("JP"), (8_000, 0));
}

#[test]
fn c3_4_a_whole_short_connection_goes_to_the_node_that_the_log_told() {
    let mut book = Book::new();
    book.frame(0, (0, 0), Some(vec![]));
    book.accountant.opened(&log(41_000, "JP"));
    book.frame(1_000, (90, 30_000), Some(vec![]));
    let bytes = book.sums.of_node("JP");
    assert_eq!((bytes.up, bytes.down), (90, 30_000));
    assert_eq!((bytes.estimated_up, bytes.estimated_down), (90, 30_000));
}

#[test]
fn a_logged_connection_that_a_snapshot_shows_speaks_for_nothing_else() {
    let mut book = Book::new();
    book.frame(0, (0, 0), Some(vec![]));
    book.accountant.opened(&log(41_000, "JP"));
    book.accountant.opened(&log(41_001, "HK"));
    book.frame(
        1_000,
        (0, 5_000),
        Some(vec![from_port(41_000, open("a", "JP", 0, 4_000))]),
    );
    assert_eq!((book.down("JP"), book.down("HK")), ((4_000, 0), (1_000, 1_000)));
}

#[test]
fn a_line_that_comes_after_the_snapshot_of_its_connection_is_recognised() {
    let mut book = Book::new();
    book.frame(0, (0, 0), Some(vec![]));
    book.frame(
        1_000,
        (0, 4_000),
        Some(vec![from_port(41_000, open("a", "JP", 0, 4_000))]),
    );
    book.accountant.opened(&log(41_000, "JP"));
    book.accountant.opened(&log(41_001, "HK"));
    book.frame(
        2_000,
        (0, 24_000),
        Some(vec![from_port(41_000, open("a", "JP", 0, 4_000))]),
    );
    assert_eq!((book.down("JP"), book.down("HK")), ((4_000, 0), (20_000, 20_000)));
}

#[test]
fn a_refused_datagram_counts_up_and_a_refused_connection_nothing() {
    let mut book = Book::new();
    book.accountant
        .nodes(&nodes(&[("REJECT", FlowKind::Reject)], &[]));
    book.frame(0, (0, 0), Some(vec![]));
    let refused = |network, source_port| Opened {
        network,
        source_port,
        node: Some("REJECT".to_owned()),
        group: "广告拦截".to_owned(),
    };
    book.accountant.opened(&refused(Network::Udp, 5_000));
    book.frame(1_000, (700, 0), Some(vec![]));
    assert_eq!(book.sums.of_kind(FlowKind::Reject).up, 700);
    book.accountant.opened(&refused(Network::Tcp, 5_001));
    book.accountant.opened(&log(5_002, "HK"));
    book.frame(2_000, (780, 20_000), Some(vec![]));
    let rejected = book.sums.of_kind(FlowKind::Reject);
    assert_eq!((rejected.up, rejected.down), (700, 0), "all of it is the other's");
    assert_eq!(book.sums.of_node("HK").down, 20_000);
}

#[test]
fn without_evidence_the_mix_of_the_interval_decides_and_refused_bytes_are_no_part_of_it() {
    let mut book = Book::new();
    book.accountant
        .nodes(&nodes(&[("REJECT", FlowKind::Reject)], &[]));
    book.frame(
        0,
        (0, 0),
        Some(vec![
            open("a", "HK", 0, 0),
            open("b", "JP", 0, 0),
            open("c", "REJECT", 0, 0),
        ]),
    );
    let list = vec![
        open("a", "HK", 0, 3_000),
        open("b", "JP", 0, 1_000),
        open("c", "REJECT", 0, 500),
    ];
    book.frame(1_000, (0, 8_500), Some(list));
    assert_eq!(book.down("HK"), (6_000, 3_000));
    assert_eq!(book.down("JP"), (2_000, 1_000));
    assert_eq!(book.sums.of_kind(FlowKind::Reject).down, 500);
}

#[test]
fn without_anything_in_the_interval_the_long_run_decides() {
    let mut book = Book::new();
    book.frame(
        0,
        (0, 0),
        Some(vec![open("a", "HK", 0, 0), open("b", "JP", 0, 0)]),
    );
    book.frame(
        1_000,
        (0, 4_000),
        Some(vec![open("a", "HK", 0, 3_000), open("b", "JP", 0, 1_000)]),
    );
    book.frame(
        2_000,
        (0, 8_000),
        Some(vec![open("a", "HK", 0, 3_000), open("b", "JP", 0, 1_000)]),
    );
    assert_eq!(
        (book.down("HK"), book.down("JP")),
        ((6_000, 3_000), (2_000, 1_000))
    );
}

#[test]
fn without_anything_at_all_the_bytes_are_nobodys() {
    let mut book = Book::new();
    book.frame(0, (0, 0), Some(vec![]));
    book.frame(1_000, (10, 4_000), Some(vec![]));
    assert_eq!((book.nobody().up, book.nobody().down), (10, 4_000));
    assert_eq!(book.sums.all().estimated(), Some(0));
}

#[test]
fn a_group_that_the_log_names_alone_leads_where_it_led_last_and_an_unknown_one_nowhere() {
    let mut book = Book::new();
    book.frame(0, (0, 0), Some(vec![opened_at(0, open("a", "HK", 0, 0))]));
    let group = |name: &str, source_port| Opened {
        network: Network::Tcp,
        source_port,
        node: None,
        group: name.to_owned(),
    };
    book.accountant.opened(&group("Proxy", 700));
    book.frame(1_000, (0, 500), Some(vec![open("a", "HK", 0, 0)]));
    assert_eq!(book.down("HK"), (500, 500));
    book.accountant.opened(&group("DIRECT", 701));
    book.frame(2_000, (0, 700), Some(vec![open("a", "HK", 0, 0)]));
    assert_eq!(book.sums.of_kind(FlowKind::Direct).down, 200, "a node by itself");
    book.accountant.opened(&group("streaming", 702));
    book.frame(3_000, (0, 800), Some(vec![open("a", "HK", 0, 0)]));
    let nobodys: Vec<(&str, u64)> = book
        .sums
        .0
        .iter()
        .filter(|(key, _)| key.node.is_empty())
        .map(|(key, bytes)| (key.group.as_str(), bytes.down))
        .collect();
    assert_eq!(
        nobodys,
        [("streaming", 100)],
        "the group is known, the node is not"
    );
}

#[test]
fn where_the_log_names_the_node_alone_the_group_is_the_one_it_was_last_dialled_for() {
    let mut book = Book::new();
    book.accountant.answers("sing-box 1.14.4");
    book.frame(0, (0, 0), Some(vec![open("a", "HK", 0, 0)]));
    let node = |name: &str| Opened {
        group: name.to_owned(),
        ..log(700, name)
    };
    book.accountant.opened(&node("HK"));
    book.frame(1_000, (0, 500), Some(vec![open("a", "HK", 0, 0)]));
    book.accountant.opened(&node("JP"));
    book.frame(2_000, (0, 700), Some(vec![open("a", "HK", 0, 0)]));
    let ways: Vec<(&str, &str, u64)> = book
        .sums
        .0
        .iter()
        .map(|(key, bytes)| (key.node.as_str(), key.group.as_str(), bytes.down))
        .collect();
    assert_eq!(ways, [("HK", "Proxy", 500), ("JP", "JP", 200)]);
}

#[test]
fn totals_that_run_ahead_of_the_list_by_a_little_are_waited_for_and_become_exact() {
    let mut book = Book::new();
    book.frame(
        0,
        (0, 0),
        Some(vec![open("a", "HK", 0, 0), open("b", "JP", 0, 0)]),
    );
    book.frame(
        1_000,
        (0, 100_700),
        Some(vec![open("a", "HK", 0, 60_000), open("b", "JP", 0, 40_000)]),
    );
    assert_eq!(book.accountant.tally().held, (0, 700));
    book.frame(
        2_000,
        (0, 200_000),
        Some(vec![open("a", "HK", 0, 120_000), open("b", "JP", 0, 80_000)]),
    );
    assert_eq!((book.down("HK"), book.down("JP")), ((120_000, 0), (80_000, 0)));
    assert_eq!(book.accountant.tally().held, (0, 0));
}

#[test]
fn what_waits_is_given_out_when_nothing_moves_any_more() {
    let mut book = Book::new();
    book.frame(0, (0, 0), Some(vec![open("a", "HK", 0, 0)]));
    book.frame(1_000, (0, 100_700), Some(vec![open("a", "HK", 0, 100_000)]));
    book.frame(2_000, (0, 100_700), Some(vec![open("a", "HK", 0, 100_000)]));
    assert_eq!(book.down("HK"), (100_700, 700));
}

#[test]
fn connections_that_run_ahead_of_the_totals_wait_for_them() {
    let mut book = Book::new();
    book.frame(
        0,
        (0, 0),
        Some(vec![open("a", "HK", 0, 0), open("b", "JP", 0, 0)]),
    );
    book.frame(
        1_000,
        (0, 900),
        Some(vec![open("a", "HK", 0, 600), open("b", "JP", 0, 600)]),
    );
    assert_eq!(
        (book.down("HK"), book.down("JP")),
        ((450, 0), (450, 0)),
        "no more than the totals hold"
    );
    assert_eq!(book.accountant.tally().owed, (0, 300));
    book.frame(
        2_000,
        (0, 1_300),
        Some(vec![open("a", "HK", 0, 600), open("b", "JP", 0, 700)]),
    );
    assert_eq!(
        (book.down("HK"), book.down("JP")),
        ((600, 0), (700, 0)),
        "then each has its own, exactly"
    );
    assert_eq!(book.accountant.tally().owed, (0, 0));
}

#[test]
fn nodes_whose_short_connections_carry_more_are_learned_to_get_more() {
    let mut book = Book::new();
    book.frame(0, (0, 0), Some(vec![]));
    let mut total = 0;
    for second in 1..=200_u64 {
        let (large, small) = (second % 3 + 1, second % 4 + 1);
        for n in 0..large {
            book.accountant
                .opened(&log(u16::try_from(10_000 + n).unwrap(), "large"));
        }
        for n in 0..small {
            book.accountant
                .opened(&log(u16::try_from(20_000 + n).unwrap(), "small"));
        }
        total += large * 60_000 + small * 5_000;
        book.frame(second * 1_000, (0, total), Some(vec![]));
    }
    let fair = book.sums.of_node("large").down * 100 / total;
    assert!(
        fair >= 48,
        "by count alone it would be 44 of 100, truly it is 90: {fair}"
    );
}
