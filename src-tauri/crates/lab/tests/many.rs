//! Many seeds with a play that is made up: what is counted, what is played twice, and where two runs part.

use std::num::NonZeroUsize;
use std::sync::Mutex;

use tidegate_lab::check::{Breach, Invariant};
use tidegate_lab::line::{Line, Seen};
use tidegate_lab::many::{many, parting};
use tidegate_lab::plan::{Plan, Shape};
use tidegate_lab::run::{Figures, Run};

fn run(breaches: Vec<Breach>, trace: u8) -> Run {
    Run {
        breaches,
        trace: [trace; 32],
        lines: Vec::new(),
        figures: Figures {
            seconds: 10,
            lives: 2,
            counts: [("event.step".to_owned(), 3)].into(),
            ..Figures::default()
        },
    }
}

fn breach(plan: &Plan) -> Breach {
    Breach {
        invariant: Invariant::S6,
        at: plan.start,
        said: String::new(),
        about: String::new(),
    }
}

const ONE: NonZeroUsize = NonZeroUsize::MIN;

#[test]
fn every_seed_is_played_and_every_fiftieth_twice() {
    let played = Mutex::new(Vec::new());
    let mut told = Vec::new();
    let summary = many(
        95..205,
        &Shape::small(),
        ONE.saturating_add(2),
        |plan| {
            played.lock().unwrap().push(plan.seed);
            run(
                if plan.seed % 40 == 0 {
                    vec![breach(plan)]
                } else {
                    Vec::new()
                },
                1,
            )
        },
        |outcome| told.push(outcome.seed),
    );
    let mut played = played.into_inner().unwrap();
    played.sort_unstable();
    let mut expected: Vec<u64> = (95..205).chain([100, 150, 200]).collect();
    expected.sort_unstable();
    assert_eq!(played, expected);
    told.sort_unstable();
    assert_eq!(told, (95..205).collect::<Vec<u64>>());
    assert_eq!(
        (summary.seeds, summary.twice, summary.figures.seconds),
        (110, 3, 1100)
    );
    assert_eq!(
        (summary.figures.lives, summary.figures.counts["event.step"]),
        (220, 330)
    );
    let broken: Vec<u64> = summary.broken.iter().map(|broken| broken.seed).collect();
    assert_eq!(broken, [120, 160, 200]);
    assert!(!summary.is_kept());
}

#[test]
fn a_second_run_that_is_not_like_the_first_is_told() {
    let next = Mutex::new(0);
    let play = |_: &Plan| {
        let mut next = next.lock().unwrap();
        *next += 1;
        run(Vec::new(), *next)
    };
    let summary = many(49..52, &Shape::small(), ONE, play, |_| {});
    assert_eq!((summary.unlike.as_slice(), summary.is_kept()), (&[50][..], false));
    let summary = many(49..52, &Shape::small(), ONE, |_| run(Vec::new(), 7), |_| {});
    assert!(summary.is_kept());
}

#[test]
fn two_runs_part_at_their_first_line_that_is_not_the_same() {
    let line = |life| Seen {
        at: "2026-11-30T04:00:00Z".parse().unwrap(),
        mono_ms: 0,
        line: Line::Began { life },
    };
    assert_eq!(parting(&[line(1), line(2)], &[line(1), line(2)]), None);
    let (at, one, other) = parting(&[line(1), line(2)], &[line(1), line(3)]).unwrap();
    assert_eq!(at, 1);
    assert!(one.contains("\"life\":2") && other.contains("\"life\":3"));
    let (at, _, end) = parting(&[line(1)], &[]).unwrap();
    assert_eq!((at, end.as_str()), (0, ""));
}
