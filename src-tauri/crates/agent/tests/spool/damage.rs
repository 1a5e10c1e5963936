//! A damaged file is kept aside and told, and the rest goes on.

use std::path::Path;

use crate::kit::{Folder, Server, names, next, numbered};

fn damage(folder: &Path, starts: &str) -> String {
    let name = names(folder)
        .into_iter()
        .find(|name| name.starts_with(starts))
        .unwrap();
    std::fs::write(folder.join(&name), b"half of a file").unwrap();
    name
}

#[test]
fn a_damaged_batch_is_kept_aside_and_takes_no_number() {
    let folder = Folder::new();
    let (mut spool, _) = folder.open();
    for index in 0..3 {
        spool.keep(numbered(index)).unwrap();
    }
    let name = damage(&folder.path, "w.000000000002");
    let mut server = Server::default();
    server.drain(&mut spool);
    assert_eq!(server.stored.len(), 2);
    server.assert_numbers_without_gap();
    assert_eq!(names(&folder.path.join("damaged")), [name]);
    assert_eq!(spool.load().damaged, 1);
}

#[test]
fn counting_goes_on_from_before_a_damaged_newest_batch_so_that_its_bytes_count_once() {
    let folder = Folder::new();
    let (mut spool, _) = folder.open();
    for index in 0..3 {
        spool.keep(numbered(index)).unwrap();
    }
    drop(spool);
    damage(&folder.path, "w.000000000003");
    let (mut spool, baseline) = folder.open();
    assert_eq!(baseline.as_deref(), Some("{\"at\":10}"));
    spool.keep(numbered(2)).unwrap();
    let mut server = Server::default();
    server.drain(&mut spool);
    server.assert_counted(3);
}

#[test]
fn the_number_of_a_damaged_batch_that_may_have_arrived_is_never_used_again() {
    let folder = Folder::new();
    let (mut spool, _) = folder.open();
    spool.keep(numbered(0)).unwrap();
    next(&mut spool).unwrap();
    drop(spool);
    damage(&folder.path, "s.");
    let (mut spool, baseline) = folder.open();
    assert_eq!(
        baseline, None,
        "it may have arrived: counting on from before it would count it twice"
    );
    spool.keep(numbered(1)).unwrap();
    assert_eq!(next(&mut spool).unwrap().sequence, 2);
}

#[test]
fn a_damaged_file_of_what_was_handed_in_still_tells_its_number() {
    let folder = Folder::new();
    let (mut spool, _) = folder.open();
    spool.keep(numbered(0)).unwrap();
    next(&mut spool).unwrap();
    spool.settle_sent().unwrap();
    drop(spool);
    damage(&folder.path, "a.");
    let (mut spool, baseline) = folder.open();
    assert_eq!(baseline, None);
    spool.keep(numbered(1)).unwrap();
    assert_eq!(next(&mut spool).unwrap().sequence, 2);
}

#[test]
fn a_file_that_unpacks_to_more_than_a_batch_can_be_is_damaged() {
    use std::io::Write;
    let folder = Folder::new();
    let (mut spool, _) = folder.open();
    spool.keep(numbered(0)).unwrap();
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let most = usize::try_from(tidegate_agent::limits::FILE_BYTES).unwrap();
    packer.write_all(&vec![b' '; most + 1]).unwrap();
    let name = &folder.names()[0];
    std::fs::write(folder.path.join(name), packer.finish().unwrap()).unwrap();
    assert!(next(&mut spool).is_none());
    assert_eq!(spool.load().damaged, 1);
}

#[test]
fn files_of_others_are_left_alone() {
    let folder = Folder::new();
    drop(folder.open());
    std::fs::write(folder.path.join("notes.txt"), b"mine").unwrap();
    let (spool, _) = folder.open();
    assert_eq!(spool.load().batches, 0);
    assert_eq!(folder.names(), ["notes.txt"]);
}

/// A copy under a name that the spool would write otherwise: it is not found under its own, and takes the place of none.
#[test]
fn a_file_with_a_name_of_another_form_is_left_alone() {
    let folder = Folder::new();
    let (mut spool, _) = folder.open();
    for index in 0..3 {
        spool.keep(numbered(index)).unwrap();
    }
    drop(spool);
    let first = folder.path.join(&folder.names()[0]);
    let strange = folder.path.join("w.1.9.q.json.gz");
    std::fs::copy(&first, &strange).unwrap();
    let (mut spool, _) = folder.open();
    assert_eq!((spool.load().batches, spool.load().damaged), (3, 0));
    let mut server = Server::default();
    server.drain(&mut spool);
    server.assert_counted(3);
    assert!(strange.exists());
}
