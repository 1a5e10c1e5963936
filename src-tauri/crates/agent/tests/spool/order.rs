//! Order, numbers, and what survives a restart.

use tidegate_agent::spool::Spool;
use tidegate_meter::RowId;

use crate::kit::{Folder, Server, epoch, next, numbered, second, start};

#[test]
fn batches_leave_oldest_first_under_numbers_without_a_gap() {
    let folder = Folder::new();
    let (mut spool, baseline) = folder.open();
    assert_eq!(baseline, None, "nothing was counted before");
    for index in 0..5 {
        spool.keep(numbered(index)).unwrap();
    }
    for index in 0..5 {
        let out = next(&mut spool).unwrap();
        assert_eq!((out.sequence, out.backlog), (index + 1, 4 - index));
        assert_eq!(out.entry.sealed_at, second(index * 10 + 10));
        spool.settle_sent().unwrap();
    }
    assert!(next(&mut spool).is_none());
}

#[test]
fn a_batch_without_an_answer_is_the_same_the_next_time_also_after_a_restart() {
    let folder = Folder::new();
    let mut server = Server::default();
    let (mut spool, _) = folder.open();
    spool.keep(numbered(0)).unwrap();
    spool.keep(numbered(1)).unwrap();
    server.take(&next(&mut spool).unwrap());
    server.take(&next(&mut spool).unwrap());
    drop(spool);
    let (mut spool, _) = folder.open();
    server.drain(&mut spool);
    assert_eq!(server.repeated, 2);
    server.assert_numbers_without_gap();
    server.assert_counted(2);
}

#[test]
fn numbers_go_on_after_a_restart_with_nothing_left() {
    let folder = Folder::new();
    let (mut spool, _) = folder.open();
    spool.keep(numbered(0)).unwrap();
    next(&mut spool).unwrap();
    spool.settle_sent().unwrap();
    drop(spool);
    let (mut spool, baseline) = folder.open();
    assert_eq!(
        baseline.as_deref(),
        Some("{\"at\":0}"),
        "counting goes on from the last batch"
    );
    spool.keep(numbered(1)).unwrap();
    let out = spool.next(|| RowId::new(start(), [9; 10])).unwrap().unwrap();
    assert_eq!(
        (out.epoch, out.sequence),
        (epoch(), 2),
        "no new epoch while the old one is known"
    );
}

#[test]
fn the_baseline_is_that_of_the_newest_batch() {
    let folder = Folder::new();
    let (mut spool, _) = folder.open();
    for index in 0..3 {
        spool.keep(numbered(index)).unwrap();
    }
    next(&mut spool).unwrap();
    drop(spool);
    assert_eq!(folder.open().1.as_deref(), Some("{\"at\":20}"));
}

#[test]
fn a_lost_spool_begins_a_new_epoch() {
    let folder = Folder::new();
    let (mut spool, _) = folder.open();
    spool.keep(numbered(0)).unwrap();
    next(&mut spool).unwrap();
    drop(spool);
    std::fs::remove_dir_all(&folder.path).unwrap();
    let (mut spool, baseline) = folder.open();
    assert_eq!(baseline, None);
    spool.keep(numbered(1)).unwrap();
    let other = RowId::new(start(), [9; 10]);
    let out = spool.next(|| other).unwrap().unwrap();
    assert_eq!((out.epoch, out.sequence), (other, 1));
}

#[test]
fn another_device_begins_at_one_and_keeps_what_waits() {
    let folder = Folder::new();
    let mut server = Server::default();
    let (mut spool, _) = folder.open();
    for index in 0..3 {
        spool.keep(numbered(index)).unwrap();
    }
    server.take(&next(&mut spool).unwrap());
    spool.settle_sent().unwrap();
    next(&mut spool).unwrap();
    let other = RowId::new(start(), [9; 10]);
    spool.begin_anew(other).unwrap();
    drop(spool);
    let (mut spool, baseline) = folder.open();
    assert_eq!(baseline.as_deref(), Some("{\"at\":20}"));
    let out = next(&mut spool).unwrap();
    assert_eq!((out.epoch, out.sequence), (other, 1));
    server.drain(&mut spool);
    server.assert_counted(3);
    server.assert_numbers_without_gap();
}

#[test]
fn a_refused_batch_is_kept_aside_and_the_next_has_its_turn() {
    let folder = Folder::new();
    let (mut spool, _) = folder.open();
    spool.keep(numbered(0)).unwrap();
    spool.keep(numbered(1)).unwrap();
    next(&mut spool).unwrap();
    spool.refuse_sent().unwrap();
    let out = next(&mut spool).unwrap();
    assert_eq!(
        out.sequence, 2,
        "its number is used up: the other side sees that one is missing"
    );
    assert_eq!(crate::kit::names(&folder.path.join("refused")).len(), 1);
    drop(spool);
    let (spool, _) = folder.open();
    assert_eq!(spool.load().refused, 1, "it is still told after a restart");
}

#[test]
fn nothing_to_settle_is_no_error() {
    let folder = Folder::new();
    let (mut spool, _): (Spool, _) = folder.open();
    spool.settle_sent().unwrap();
    spool.refuse_sent().unwrap();
    assert_eq!(spool.load().batches, 0);
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_any_of_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let (mut spool, _) = folder.open();
    spool.keep(numbered(0)).unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.path), 0o700);
    for name in folder.names() {
        assert_eq!(mode(&folder.path.join(name)), 0o600);
    }
}
