//! The multiplier in the name of a node: what is one, and what only looks like it.

use tidegate_guard::Multiplier;

fn read(name: &str) -> Option<String> {
    Multiplier::in_name(name).map(|found| found.to_string())
}

#[test]
fn every_way_of_writing_it_is_read() {
    for (name, expected) in [
        ("香港 01 [1.5x]", "1.5"),
        ("x0.2 日本", "0.2"),
        ("2倍", "2"),
        ("香港2倍", "2"),
        ("新加坡 倍率:2", "2"),
        ("新加坡 倍率：0.8", "0.8"),
        ("倍率 3", "3"),
        ("3倍率 美国", "3"),
        ("0.5× 台湾", "0.5"),
        ("US |3.0X| IPLC", "3"),
        ("HK-01 X10", "10"),
        ("IEPL 专线 100x", "100"),
        ("[0.001x]", "0.001"),
        ("JP (1.25x) 1.25倍", "1.25"),
        ("HK-2x", "2"),
        ("HK 1-2x", "2"),
        ("倍率:2.", "2"),
    ] {
        assert_eq!(read(name).as_deref(), Some(expected), "{name}");
    }
}

#[test]
fn what_is_part_of_a_word_or_beyond_its_bounds_is_none() {
    for name in [
        "IPv6x",
        "HK2",
        "4x4",
        "Netflix",
        "x265",
        "Netflix 2",
        "香港 02",
        "",
        "x",
        "倍",
        "0x",
        "[0.0x]",
        "101x",
        "x86 node",
        "x64",
        "1080x720",
        "v1.2x",
        "2xl",
        "maxx2b",
        "1.2.3x",
        "0.0001x",
        "H.264x",
        "HK2x",
        "2x.5",
        "Emby 4K",
    ] {
        assert_eq!(read(name), None, "{name}");
    }
}

#[test]
fn a_name_that_says_two_things_says_nothing() {
    assert_eq!(read("[2x] 3倍"), None);
}

#[test]
fn bytes_are_multiplied_exactly_and_rounded_down() {
    let by = |text: &str| text.parse::<Multiplier>().unwrap();
    assert_eq!(by("1.5").of(3), Some(4));
    assert_eq!(by("0.2").of(4), Some(0));
    assert_eq!(by("100").of(u64::MAX / 100), Some(u64::MAX / 100 * 100));
    assert_eq!(by("100").of(u64::MAX), None);
    assert_eq!(Multiplier::ONE.of(u64::MAX), Some(u64::MAX));
    for bad in ["0", "-1", "1.", ".5", "1e2", "101", "1.0001", "x", ""] {
        assert!(bad.parse::<Multiplier>().is_err(), "{bad}");
    }
}
