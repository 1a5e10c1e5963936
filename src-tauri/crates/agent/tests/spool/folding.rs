//! Many batches become few files; every byte stays, exactly once, and numbers have no gap.

use proptest::prelude::*;
use tidegate_agent::limits;
use tidegate_meter::{Flow, Span};

use crate::kit::{Folder, Server, entry, flow, next, numbered, second};

/// The least cap that there is: everything is folded early.
const TIGHT: u64 = limits::SPOOL_BYTES_LEAST;

#[test]
fn a_long_outage_packs_batches_minute_by_minute_as_they_were() {
    let folder = Folder::new();
    let (mut spool, _) = folder.open();
    let count = 1000;
    for index in 0..count {
        spool.keep(numbered(index)).unwrap();
    }
    let files = folder.names().len();
    assert!(files < 200, "{files} files");
    let mut server = Server::default();
    let mut minutes = Vec::new();
    while let Some(out) = next(&mut spool) {
        minutes.extend(out.entry.flows.iter().map(|flow| flow.minute));
        server.take(&out);
        spool.settle_sent().unwrap();
    }
    server.assert_counted(count);
    server.assert_numbers_without_gap();
    minutes.dedup();
    minutes.sort();
    minutes.dedup();
    assert_eq!(minutes.len(), 167, "each minute of 10 000 seconds");
    assert_eq!(
        server
            .watched
            .iter()
            .map(|span| span.end.since(span.start).as_secs())
            .sum::<u64>(),
        count * 10,
        "what was watched stays known to the second"
    );
}

#[test]
fn what_was_ever_sent_is_never_folded() {
    let folder = Folder::new();
    let (mut spool, _) = folder.open();
    let mut server = Server::default();
    spool.keep(numbered(0)).unwrap();
    server.take(&next(&mut spool).unwrap());
    for index in 1..500 {
        spool.keep(numbered(index)).unwrap();
    }
    let out = next(&mut spool).unwrap();
    assert_eq!(out.entry.flows.len(), 2, "as it was sent first");
    server.drain(&mut spool);
    assert_eq!(server.repeated, 1);
    server.assert_counted(500);
}

/// A batch of a minute with so many nodes that few of them fill the cap.
fn wide(index: u64, nodes: u64) -> Vec<Flow> {
    let seconds = index * 60;
    let one = |node: u64| {
        flow(
            seconds,
            &format!("node {node} {}", node * 7919 % 1000),
            index * 31 + node * 17 + 1,
        )
    };
    (0..nodes).map(one).collect()
}

fn bytes_of(flows: &[Flow]) -> u64 {
    flows.iter().map(|flow| flow.bytes.total().unwrap()).sum()
}

#[test]
fn over_the_cap_the_oldest_become_quarters_then_hours_and_no_byte_is_missing() {
    let folder = Folder::new();
    let (mut spool, _) = folder.open_with(TIGHT, None);
    let mut truth = 0;
    let minutes = 2 * 24 * 60;
    for index in 0..minutes {
        let flows = wide(index, 40);
        truth += bytes_of(&flows);
        spool.keep(entry(index * 60, flows)).unwrap();
        assert!(
            spool.load().bytes <= TIGHT,
            "{} after {index}",
            spool.load().bytes
        );
    }
    let (mut counted, mut steps) = (0, Vec::new());
    let mut server = Server::default();
    while let Some(out) = next(&mut spool) {
        counted += bytes_of(&out.entry.flows);
        steps.extend(out.entry.flows.iter().map(|flow| flow.minute.seconds()));
        server.take(&out);
        spool.settle_sent().unwrap();
    }
    assert_eq!(counted, truth);
    server.assert_numbers_without_gap();
    assert_eq!(steps[0] % 3600, 0, "the oldest are hours");
    assert_eq!(
        *steps.last().unwrap(),
        second((minutes - 1) * 60).seconds(),
        "the newest are minutes"
    );
}

#[test]
fn a_spool_that_cannot_be_folded_further_grows_and_drops_nothing() {
    let folder = Folder::new();
    let (mut spool, _) = folder.open_with(TIGHT, None);
    let mut truth = 0;
    for index in 0..24 {
        let flows = wide(index * 60, 3000);
        truth += bytes_of(&flows);
        spool.keep(entry(index * 3600, flows)).unwrap();
    }
    assert!(spool.load().bytes > TIGHT);
    let mut counted = 0;
    while let Some(out) = next(&mut spool) {
        counted += bytes_of(&out.entry.flows);
        spool.settle_sent().unwrap();
    }
    assert_eq!(counted, truth);
}

#[test]
fn a_batch_longer_than_the_other_side_takes_is_told_more_coarsely() {
    let folder = Folder::new();
    let (mut spool, _) = folder.open();
    let flows: Vec<Flow> = (0..2000).flat_map(|index| wide(index, 20)).collect();
    let truth = bytes_of(&flows);
    spool.keep(entry(0, flows)).unwrap();
    let out = next(&mut spool).unwrap();
    assert!(
        out.entry.flows.len() <= limits::FLOWS_MOST,
        "{}",
        out.entry.flows.len()
    );
    assert_eq!(bytes_of(&out.entry.flows), truth);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is counted, sent, answered or lost, in whatever order: the sum is the truth.
    #[test]
    fn any_story_counts_every_byte_once(steps in proptest::collection::vec(0_u8..10, 1..400)) {
        let folder = Folder::new();
        let (mut spool, _) = folder.open_with(TIGHT, None);
        let mut server = Server::default();
        let mut kept = 0;
        for step in steps {
            match step {
                0..=6 => {
                    spool.keep(numbered(kept)).unwrap();
                    kept += 1;
                }
                7 => {
                    if let Some(out) = next(&mut spool) {
                        server.take(&out);
                    }
                }
                8 => {
                    if let Some(out) = next(&mut spool) {
                        server.take(&out);
                        spool.settle_sent().unwrap();
                    }
                }
                _ => {
                    drop(spool);
                    spool = folder.open_with(TIGHT, None).0;
                }
            }
        }
        server.drain(&mut spool);
        server.assert_counted(kept);
        server.assert_numbers_without_gap();
        for pair in server.watched.windows(2) {
            prop_assert!(pair[0].end <= pair[1].start, "{:?}", pair as &[Span]);
        }
    }
}
