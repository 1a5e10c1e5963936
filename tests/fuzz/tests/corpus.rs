//! The short run: every seed, and some mutations of them, always the same ones. `make fuzz` runs for longer.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed assumption of a test is a failed test"
)]

use std::path::Path;

use tidegate_fuzz::{TARGETS, Target};
use tidegate_tests::root;

/// No mutation is longer: what breaks a parser is short.
const LONGEST: usize = 16 * 1024;
/// Bytes that parsers turn on.
const TOKENS: [&[u8]; 20] = [
    b"null",
    b"0",
    b"-1",
    b"9223372036854775808",
    b"1e400",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"\\u0000",
    b"\xff",
    b"\xe4\xbd\xa0",
    b"=",
    b"\n",
    b"%",
    b"''",
    b"{{",
    b"NaN",
    b"  ",
];

fn files(folder: &Path) -> Vec<Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort_unstable();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// Its own corpus, and the fixtures that are good beginnings.
fn seeds(target: &Target) -> Vec<Vec<u8>> {
    let own = root().join("tests/fuzz/corpus").join(target.name);
    let others = target.seeds.iter().map(|folder| root().join(folder));
    others.chain([own]).flat_map(|folder| files(&folder)).collect()
}

/// One to four changes: a bit, a byte, a stretch gone, doubled or from another seed, a token.
fn mutated(seeds: &[Vec<u8>], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = random.choice(seeds).unwrap().clone();
    for _ in 0..random.usize(1..=4) {
        let at = random.usize(..=bytes.len());
        let end = (at + random.usize(1..=24)).min(bytes.len());
        match random.u8(..6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.u8(..8),
            1 if at < bytes.len() => bytes[at] = random.u8(..),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            4 => {
                let other = random.choice(seeds).unwrap();
                let from = random.usize(..=other.len());
                let to = (from + random.usize(1..=64)).min(other.len());
                bytes.splice(at..end, other[from..to].iter().copied());
            }
            _ => drop(bytes.splice(at..end, random.choice(TOKENS).unwrap().iter().copied())),
        }
    }
    bytes.truncate(LONGEST);
    bytes
}

fn short(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let seeds = seeds(target);
    assert!(!seeds.is_empty(), "{name} has no seed");
    for seed in &seeds {
        (target.run)(seed);
    }
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..target.short {
        (target.run)(&mutated(&seeds, &mut random));
    }
}

macro_rules! targets {
    ($($name:ident),* $(,)?) => {
        $(#[test]
        fn $name() {
            short(stringify!($name));
        })*

        const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

targets!(
    spec,
    spec_body,
    config,
    request,
    template,
    vocabulary,
    threshold,
    state,
    hand_in,
    frame,
    mail,
    subscription,
    huawei,
    volcengine,
    sealed,
    history,
    mailbox,
    dates,
    import,
    channel,
    kernel,
    token,
    calendar,
    spool,
);

#[test]
fn every_target_is_run_and_has_a_program_of_its_own() {
    let targets: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(targets, NAMES);
    for name in targets {
        assert!(
            root()
                .join(format!("tests/fuzz/programs/targets/{name}.rs"))
                .is_file(),
            "{name}"
        );
    }
}
