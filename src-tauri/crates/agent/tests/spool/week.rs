//! A week offline of a busy device fits: what `docs/behaviour/agents.md` says of it, measured.

use serde_json::value::RawValue;
use tidegate_agent::limits;

use crate::kit::{Folder, entry, flow};

/// Ways that carry bytes in each minute of a busy device: nodes by groups.
const WAYS: u64 = 30;
/// Connections that its baseline holds.
const CONNECTIONS: u64 = 300;

/// The baseline of a busy device, as long as a real one: an id that does not pack, and two counters each.
fn baseline(chance: &mut fastrand::Rng) -> Box<RawValue> {
    let connection = |_| {
        let id = format!("{:032x}", chance.u128(..));
        let counters = (chance.u32(..), chance.u32(..));
        format!(
            "\"{id}\":{{\"up\":{},\"down\":{},\"node\":\"香港 {}\"}}",
            counters.0,
            counters.1,
            counters.0 % 30
        )
    };
    let connections: Vec<String> = (0..CONNECTIONS).map(connection).collect();
    RawValue::from_string(format!("{{{}}}", connections.join(","))).unwrap()
}

#[test]
fn a_week_offline_of_a_busy_device_fits_without_being_folded() {
    let folder = Folder::new();
    let (mut spool, _) = folder.open();
    let mut chance = fastrand::Rng::with_seed(6);
    let batches = 4 * limits::PACKED_AT_ONCE as u64 + limits::SINGLES_MOST as u64;
    for index in 0..batches {
        let bytes = |way: u64| flow(index * 10, &format!("香港 {way}"), chance.u64(1..4_000_000));
        let mut entry = entry(index * 10, (0..WAYS).map(bytes).collect());
        entry.baseline = Some(baseline(&mut chance));
        spool.keep(entry).unwrap();
    }
    let packed: Vec<u64> = folder
        .names()
        .iter()
        .filter(|name| name[2..14] != name[15..27])
        .map(|name| std::fs::metadata(folder.path.join(name)).unwrap().len())
        .collect();
    assert!(packed.len() >= 4, "{packed:?}");
    let quarter = packed.iter().max().unwrap().div_ceil(4096) * 4096;
    let singles = spool.load().bytes
        - packed
            .iter()
            .map(|bytes| bytes.div_ceil(4096) * 4096)
            .sum::<u64>();
    let week = 7 * 24 * 4 * quarter + singles;
    println!("a quarter of an hour {quarter}, the newest {singles}, a week {week}");
    assert!(
        week <= limits::SPOOL_BYTES / 2,
        "a week takes {week} bytes, a quarter of an hour {quarter}"
    );
}
