//! Where counters begin: restarts, reloads, other kernels, and what passed while nobody watched.

use tidegate_meter::{FlowKind, Time};
use tidegate_providers::proxy::{Accountant, Baseline, CountRules};

use crate::support::{Book, START, at, log, open, opened_at};

/// A book over a kernel that has counted for a while, and what was stored of it at two seconds.
fn kept() -> (Book, Baseline) {
    let mut book = Book::new();
    book.accountant.answers("mihomo v1.19.32");
    book.frame(0, (100, 1_000), Some(vec![open("a", "HK", 100, 1_000)]));
    book.frame(1_000, (150, 1_500), Some(vec![open("a", "HK", 150, 1_500)]));
    let baseline = stored(&book.accountant);
    (book, baseline)
}

/// The baseline as it is after it was written and read.
fn stored(accountant: &Accountant) -> Baseline {
    serde_json::from_value(serde_json::to_value(accountant.baseline()).unwrap()).unwrap()
}

#[test]
fn a_restart_with_a_gap_counts_from_nothing_and_loses_nothing_that_was_told() {
    let (mut book, _) = kept();
    book.frame(
        3_200,
        (20, 300),
        Some(vec![opened_at(2_500, open("b", "JP", 20, 300))]),
    );
    assert_eq!(book.restarts, 1);
    assert_eq!(book.down("JP"), (300, 0));
    assert_eq!(book.sums.all().down, 800);
}

#[test]
fn a_restart_in_place_is_seen_though_no_poll_failed() {
    let (mut book, _) = kept();
    book.frame(
        2_000,
        (5, 40),
        Some(vec![opened_at(1_900, open("b", "JP", 5, 40))]),
    );
    book.frame(3_000, (5, 40), Some(vec![]));
    assert_eq!((book.restarts, book.down("JP").0), (1, 40));
}

#[test]
fn a_restart_whose_totals_are_nothing_yet_is_a_restart() {
    let (mut book, _) = kept();
    book.frame(2_000, (0, 0), None);
    book.frame(3_000, (0, 0), None);
    assert_eq!((book.restarts, book.sums.all().down), (1, 500));
}

#[test]
fn one_total_that_falls_is_enough() {
    let (mut book, _) = kept();
    book.frame(2_000, (2_000, 10), Some(vec![]));
    assert_eq!(book.restarts, 1);
    assert_eq!(book.sums.all().up, 50 + 2_000);
}

#[test]
fn totals_that_are_told_wrong_while_a_connection_goes_on_are_not_counted_twice() {
    let (mut book, _) = kept();
    book.refuses(2_000, (1, 20), vec![open("a", "HK", 150, 1_500)]);
    book.refuses(3_000, (0, 0), vec![open("a", "HK", 160, 1_600)]);
    book.frame(4_000, (170, 1_700), Some(vec![open("a", "HK", 170, 1_700)]));
    assert_eq!((book.restarts, book.sums.all().down), (0, 700));
}

#[test]
fn totals_that_were_set_back_are_followed_after_ten_seconds() {
    let (mut book, _) = kept();
    for second in 2..=12_u64 {
        book.refuses(second * 1_000, (0, second), vec![open("a", "HK", 150, 1_500)]);
    }
    book.frame(12_001, (0, 30), Some(vec![open("a", "HK", 150, 1_530)]));
    assert_eq!(book.restarts, 1);
    book.frame(13_000, (0, 40), Some(vec![open("a", "HK", 150, 1_540)]));
    assert_eq!((book.restarts, book.sums.all().down), (1, 540));
}

#[test]
fn connections_that_all_began_anew_are_a_restart_though_the_totals_have_passed_the_old_ones() {
    let (mut book, _) = kept();
    book.frame(
        2_000,
        (200, 1_600),
        Some(vec![
            open("a", "HK", 10, 900),
            opened_at(1_500, open("c", "JP", 190, 700)),
        ]),
    );
    assert_eq!(book.restarts, 1);
    assert_eq!((book.down("HK").0, book.down("JP").0), (500 + 900, 700));
}

#[test]
fn a_reload_and_a_change_of_mode_keep_totals_and_connections_and_are_no_restart() {
    let (mut book, _) = kept();
    book.frame(2_000, (180, 1_900), Some(vec![open("a", "HK", 180, 1_900)]));
    let global = tidegate_providers::proxy::Connection {
        chain: vec!["DIRECT".into(), "GLOBAL".into()],
        ..opened_at(2_500, open("b", "", 0, 50))
    };
    book.frame(
        3_000,
        (180, 2_000),
        Some(vec![open("a", "HK", 180, 1_950), global]),
    );
    assert_eq!(book.restarts, 0);
    assert_eq!(
        (book.down("HK").0, book.sums.of_kind(FlowKind::Direct).down),
        (950, 50)
    );
}

#[test]
fn a_log_of_both_lives_speaks_for_the_bytes_after_a_restart() {
    let (mut book, _) = kept();
    book.accountant.opened(&log(4_000, "JP"));
    book.frame(2_000, (80, 900), Some(vec![]));
    assert_eq!((book.restarts, book.down("JP")), (1, (900, 900)));
}

#[test]
fn what_the_old_life_told_last_is_booked_before_the_new_one_begins() {
    let (mut book, _) = kept();
    book.frame(2_000, (160, 1_700), None);
    assert_eq!(book.sums.all().down, 500, "a list is waited for");
    book.frame(
        3_000,
        (0, 30),
        Some(vec![opened_at(2_900, open("b", "JP", 0, 30))]),
    );
    assert_eq!(book.down("HK"), (700, 200));
    assert_eq!(book.down("JP"), (30, 0));
}

#[test]
fn bytes_that_passed_while_nobody_watched_become_a_lump_of_nobody() {
    let (_, baseline) = kept();
    let mut book = Book::from(Some(baseline));
    book.accountant.answers("mihomo v1.19.32");
    book.frame(600_000, (950, 91_500), Some(vec![open("a", "HK", 150, 61_500)]));
    assert_eq!((book.nobody().up, book.nobody().down), (800, 90_000));
    assert_eq!(book.nobody().estimated(), Some(0), "nobody's is no estimate");
    book.frame(601_000, (950, 91_600), Some(vec![open("a", "HK", 150, 61_600)]));
    assert_eq!(book.down("HK"), (100, 0), "from there on it is known");
}

#[test]
fn a_connection_that_was_opened_while_nobody_watched_is_known_from_its_first_byte() {
    let (_, baseline) = kept();
    let mut book = Book::from(Some(baseline));
    let list = vec![
        open("a", "HK", 150, 2_000),
        opened_at(300_000, open("b", "JP", 0, 700)),
    ];
    book.frame(600_000, (150, 3_000), Some(list));
    assert_eq!((book.down("JP").0, book.nobody().down), (700, 800));
}

#[test]
fn when_the_kernels_clock_is_ahead_old_connections_are_not_taken_for_new_ones() {
    let (_, baseline) = kept();
    let mut book = Book::from(Some(baseline));
    book.frame(
        600_000,
        (150, 1_600),
        Some(vec![opened_at(300_000, open("a", "HK", 0, 999_999))]),
    );
    assert_eq!((book.down("HK").0, book.nobody().down), (0, 100));
    assert_eq!(book.accountant.tally().owed, (0, 0));
}

#[test]
fn a_kernel_that_restarted_while_nobody_watched_counts_from_nothing() {
    let (_, baseline) = kept();
    let mut book = Book::from(Some(baseline));
    book.frame(
        600_000,
        (10, 900),
        Some(vec![opened_at(300_000, open("b", "JP", 0, 600))]),
    );
    assert_eq!(book.restarts, 1);
    assert_eq!((book.down("JP").0, book.nobody().down), (600, 300));
}

#[test]
fn a_long_silence_within_one_watch_makes_a_lump_too_and_known_connections_stay_exact() {
    let (mut book, _) = kept();
    book.frame(
        601_000,
        (150, 9_500),
        Some(vec![
            open("a", "HK", 150, 5_500),
            opened_at(9_000, open("b", "JP", 0, 1_000)),
        ]),
    );
    assert_eq!(
        (book.down("HK"), book.down("JP").0, book.nobody().down),
        ((500 + 4_000, 0), 1_000, 3_000)
    );
}

#[test]
fn a_first_look_without_a_list_leaves_nothing_of_the_gap_to_the_next_one() {
    let (_, baseline) = kept();
    let mut book = Book::from(Some(baseline));
    book.frame(600_000, (150, 3_000), None);
    assert_eq!(book.nobody().down, 1_500);
    let list = vec![
        opened_at(300_000, open("b", "JP", 0, 700)),
        opened_at(600_500, open("c", "HK", 0, 900)),
    ];
    book.frame(601_000, (150, 3_900), Some(list));
    assert_eq!(
        (book.down("JP").0, book.down("HK")),
        (0, (900, 0)),
        "only the new one is new"
    );
}

#[test]
fn what_waited_when_it_was_stored_is_not_lost_with_the_process() {
    let (mut book, _) = kept();
    book.frame(2_000, (150, 1_700), None);
    let held = book.accountant.tally().held;
    assert_eq!(held, (0, 200));
    let mut again = Book::from(Some(stored(&book.accountant)));
    again.frame(9_000, (0, 50), Some(vec![]));
    assert_eq!((again.restarts, again.sums.all().down), (1, 250));
}

#[test]
fn two_kernels_behind_one_device_count_each_for_itself_and_add_up() {
    let mut book = Book::new();
    book.accountant.answers("mihomo v1.19.32");
    book.frame(0, (0, 5_000), Some(vec![open("a", "HK", 0, 5_000)]));
    book.frame(1_000, (0, 5_400), Some(vec![open("a", "HK", 0, 5_400)]));
    book.accountant.answers("sing-box 1.14.4");
    book.frame(9_000, (0, 70_000), Some(vec![open("x", "JP", 0, 70_000)]));
    assert_eq!(
        (book.restarts, book.sums.all().down),
        (0, 400),
        "what the other counted before is not ours"
    );
    book.frame(10_000, (0, 70_300), Some(vec![open("x", "JP", 0, 70_300)]));
    let mut book = Book {
        accountant: Accountant::new(Some(stored(&book.accountant)), CountRules::default()),
        ..Book::new()
    };
    book.accountant.answers("mihomo v1.19.32");
    book.frame(20_000, (0, 6_000), Some(vec![open("a", "HK", 0, 6_000)]));
    assert_eq!(
        (book.restarts, book.nobody().down),
        (0, 600),
        "the first goes on from where it stood"
    );
    book.accountant.answers("sing-box 1.14.4");
    book.frame(30_000, (0, 70_350), Some(vec![open("x", "JP", 0, 70_350)]));
    assert_eq!(book.nobody().down, 650, "and so does the second");
}

#[test]
fn a_newer_version_of_the_same_kernel_began_to_count_from_nothing() {
    let (mut book, _) = kept();
    book.accountant.answers("mihomo v1.19.33");
    book.frame(
        9_000,
        (400, 4_000),
        Some(vec![opened_at(8_500, open("b", "JP", 0, 3_000))]),
    );
    assert_eq!(book.restarts, 1, "though its totals are higher than the old ones");
    assert_eq!((book.down("JP").0, book.nobody().down), (3_000, 1_000));
}

#[test]
fn a_kernel_without_a_name_that_tells_one_later_is_the_same() {
    let mut book = Book::new();
    book.frame(0, (0, 100), Some(vec![open("a", "HK", 0, 100)]));
    book.accountant.answers("mihomo v1.19.32");
    book.frame(1_000, (0, 160), Some(vec![open("a", "HK", 0, 160)]));
    assert_eq!((book.restarts, book.down("HK")), (0, (60, 0)));
}

#[test]
fn a_counter_that_no_kernel_reaches_makes_the_whole_snapshot_worthless() {
    let (mut book, _) = kept();
    for lie in [(u64::MAX, 1_600), (160, 1 << 60)] {
        let frame = tidegate_providers::proxy::Frame {
            at: at(2_000),
            up_total: lie.0,
            down_total: lie.1,
            connections: None,
        };
        book.accountant.frame(&frame).unwrap_err();
    }
    book.holds();
    book.frame(3_000, (160, 1_600), Some(vec![open("a", "HK", 160, 1_600)]));
    assert_eq!((book.restarts, book.down("HK")), (0, (600, 0)));
}

#[test]
fn a_baseline_holds_totals_and_names_of_kernels_alone() {
    let (_, baseline) = kept();
    let text = serde_json::to_string(&baseline).unwrap();
    assert!(!text.contains("secret-host") && !text.contains("HK"), "{text}");
    assert!(
        text.contains("mihomo v1.19.32") && text.contains(&Time::from_ms(START + 1_000).to_string()),
        "{text}"
    );
}
