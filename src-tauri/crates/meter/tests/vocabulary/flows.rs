//! Bytes of proxy traffic: exact sums, kinds by their words, and what is beyond a count.

use tidegate_meter::{FlowBytes, FlowKind, KindBytes};

const SOME: FlowBytes = FlowBytes {
    up: 10,
    down: 20,
    estimated_up: 3,
    estimated_down: 4,
};

const LONE: [FlowBytes; 2] = [
    FlowBytes {
        up: 1,
        down: 0,
        estimated_up: 0,
        estimated_down: 0,
    },
    FlowBytes {
        up: 0,
        down: 1,
        estimated_up: 0,
        estimated_down: 0,
    },
];

#[test]
fn every_kind_is_read_back_from_its_word_and_no_other_word_is_one() {
    let words: Vec<&str> = FlowKind::ALL.iter().map(|kind| kind.word()).collect();
    assert_eq!(words, ["proxy", "direct", "reject", "unattributed"]);
    for kind in FlowKind::ALL {
        assert_eq!(kind.to_string().parse(), Ok(kind));
    }
    let error = "proxies".parse::<FlowKind>().unwrap_err();
    assert!(error.to_string().contains("\"proxies\""), "{error}");
}

#[test]
fn both_directions_make_the_total_and_nothing_wraps() {
    assert_eq!((SOME.total(), SOME.estimated()), (Some(30), Some(7)));
    let full = FlowBytes {
        up: u64::MAX,
        estimated_up: u64::MAX,
        ..SOME
    };
    assert_eq!((full.total(), full.estimated()), (None, None));
    assert_eq!(full.plus(SOME), None);
    let twice = SOME.plus(SOME).unwrap();
    assert_eq!((twice.up, twice.down), (20, 40));
    assert_eq!((twice.estimated_up, twice.estimated_down), (6, 8));
}

#[test]
fn bytes_are_nothing_only_when_nothing_went_either_way() {
    assert!(FlowBytes::default().is_zero());
    assert!(LONE.iter().all(|bytes| !bytes.is_zero()));
}

#[test]
fn an_estimate_is_never_more_than_what_it_is_a_part_of() {
    let all = FlowBytes {
        estimated_up: 10,
        estimated_down: 20,
        ..SOME
    };
    assert!(SOME.is_sound() && all.is_sound());
    let too_much = [
        FlowBytes {
            estimated_up: 11,
            ..SOME
        },
        FlowBytes {
            estimated_down: 21,
            ..SOME
        },
    ];
    assert!(too_much.iter().all(|bytes| !bytes.is_sound()));
}

#[test]
fn bytes_are_kept_by_what_became_of_them_and_their_sum_is_all_of_them() {
    let mut kinds = KindBytes::default();
    for (kind, times) in FlowKind::ALL.into_iter().zip(1..) {
        for _ in 0..times {
            kinds.add(kind, SOME);
        }
    }
    let ups: Vec<u64> = FlowKind::ALL.into_iter().map(|kind| kinds.of(kind).up).collect();
    assert_eq!(ups, [10, 20, 30, 40]);
    assert_eq!((kinds.sum().up, kinds.sum().estimated_down), (100, 40));
    let more = kinds.plus(FlowKind::Reject, SOME).unwrap();
    assert_eq!((more.reject.down, more.sum().down), (80, 220));
    let full = FlowBytes { up: u64::MAX, ..SOME };
    assert_eq!(kinds.plus(FlowKind::Direct, full), None);
    kinds.add(FlowKind::Direct, full);
    assert_eq!(kinds.direct.up, u64::MAX, "it stays at its end");
}
