//! A folder of an agent's spool with files of any bytes: it opens, and what cannot be read is kept aside and told, never
//! lost in silence.

use std::io::Write;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::value::RawValue;
use tidegate_agent::spool::{Entry, Spool};
use tidegate_meter::RowId;
use tidegate_providers::proxy::{Baseline, Collector, CountRules};

use crate::outside::folder;

/// The first batch, as the spool names it.
const FIRST: &str = "w.000000000001.000000000001.m.json.gz";

fn packed(text: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(text).unwrap();
    packer.finish().unwrap()
}

/// What stands in a file, as its form says.
fn entry_of(content: &[u8]) -> Option<Entry> {
    serde_json::from_reader(GzDecoder::new(content)).ok()
}

/// A name that a file of a folder can have, and none of the spool's own folders.
fn is_name(name: &str) -> bool {
    let own = ["", ".", "..", "refused", "damaged"];
    name.len() < 200 && !name.contains(['/', '\0']) && !own.contains(&name)
}

/// The first line names a second file; what follows is the content of both: packed where it does not begin with `!`.
pub(crate) fn spool(bytes: &[u8]) {
    let at = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (name, rest) = bytes.split_at(at);
    let text = rest.get(1..).unwrap_or_default();
    let content = match text.split_first() {
        Some((b'!', raw)) => raw.to_vec(),
        _ => packed(text),
    };
    let entry = entry_of(&content);
    let folder = folder();
    std::fs::write(folder.path().join(FIRST), &content).unwrap();
    let name = std::str::from_utf8(name)
        .ok()
        .filter(|name| is_name(name))
        .unwrap_or_default();
    if !name.is_empty() {
        std::fs::write(folder.path().join(name), &content).unwrap();
    }
    let (mut spool, baseline) = Spool::open(folder.path(), 1 << 20, None).unwrap();
    counts_on(baseline.as_deref());
    let mut taken = 0;
    while let Some(out) = spool.next(|| RowId::from_bytes([7; 16])).unwrap() {
        let entry = entry.as_ref().unwrap();
        assert_eq!(
            (&out.entry.flows, &out.entry.kernel),
            (&entry.flows, &entry.kernel)
        );
        spool.settle_sent().unwrap();
        taken += 1;
        assert!(taken <= 2, "a batch comes again");
    }
    let load = spool.load();
    assert_eq!(load.batches, 0);
    assert!(
        taken > 0 || load.damaged > 0 || is_passed(name),
        "lost in silence"
    );
    assert!(
        entry.is_none() || load.damaged == 0,
        "what is whole is not damaged"
    );
}

/// A file of a batch that left, or will, holds all that waited before it.
fn is_passed(name: &str) -> bool {
    name.starts_with("a.") || name.starts_with("s.")
}

/// Counting goes on from it, or begins anew.
fn counts_on(baseline: Option<&RawValue>) {
    let Some(baseline) = baseline else { return };
    if let Ok(read) = serde_json::from_str::<Baseline>(baseline.get()) {
        let written = serde_json::to_string(&read).unwrap();
        let again: Baseline = serde_json::from_str(&written).unwrap();
        assert_eq!(serde_json::to_string(&again).unwrap(), written);
        drop(Collector::new(Some(read), CountRules::default()));
    }
}
