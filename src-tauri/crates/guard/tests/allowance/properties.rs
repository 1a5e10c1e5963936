//! Invariants over random stories of a counter.

use std::time::Duration;

use proptest::prelude::*;
use tidegate_guard::Multiplier;
use tidegate_guard::allowance::{Allowance, Left, Limits, Sample, Series, left};
use tidegate_guard::leak::{Billed, Ours, Tolerance, Verdict, Watched, check};
use tidegate_meter::{Span, Time};

use super::kit::{GIB, at, shanghai};

/// Steps of a counter: minutes between samples, bytes used, and whether it is reset in between.
fn story() -> impl Strategy<Value = Vec<(u64, u64, bool)>> {
    let step = (1_u64..3000, 0_u64..GIB, proptest::bool::weighted(0.1));
    proptest::collection::vec(step, 2..60)
}

/// The samples, and what was used between each two of them as a plain sum tells it.
fn told(story: &[(u64, u64, bool)]) -> (Vec<Sample>, u64) {
    let mut now = at("2026-09-01T00:00:00Z");
    let mut counter = 10 * GIB;
    let sample = |at: Time, used: u64| Sample {
        at,
        used,
        total: Some(100 * GIB),
    };
    let mut samples = vec![sample(now, counter)];
    let mut sum = 0;
    for (minutes, bytes, reset) in story {
        now = now.plus(Duration::from_secs(minutes * 60));
        // A fall that small is a correction, and nobody can tell it from one.
        if *reset && counter > bytes + (1 << 20) {
            counter = 0;
        }
        counter += bytes;
        sum += bytes;
        samples.push(sample(now, counter));
    }
    (samples, sum)
}

proptest! {
    #[test]
    fn all_of_it_is_the_sum_of_its_steps(story in story()) {
        let (samples, sum) = told(&story);
        let series = Series::of(&samples);
        let all = series.used(series.span().unwrap()).unwrap();
        prop_assert_eq!(all.bytes, sum);
    }

    #[test]
    fn days_add_up_to_the_whole_without_a_byte_lost(story in story()) {
        let (samples, sum) = told(&story);
        let series = Series::of(&samples);
        let span = series.span().unwrap();
        let mut cuts = vec![span.start];
        let mut day = shanghai().date_of(span.start);
        while let Some(end) = shanghai().span_of(day).map(|day| day.end).filter(|end| *end < span.end) {
            cuts.push(end);
            day = day.tomorrow().unwrap();
        }
        cuts.push(span.end);
        let parts: u64 = cuts
            .windows(2)
            .map(|cut| series.used(Span { start: cut[0], end: cut[1] }).unwrap().bytes)
            .sum();
        prop_assert_eq!(parts, sum);
    }

    #[test]
    fn a_range_is_a_range_and_never_beyond_its_end(story in story(), used in 0_u64..100 * GIB, days in 1_u32..60) {
        let (samples, _) = told(&story);
        let now = samples.last().unwrap().at;
        let allowance = Allowance { used, total: Some(100 * GIB) };
        let limits = Limits { reset_at: Some(now.plus(Duration::from_secs(86_400) * days)), expires_at: None };
        if let Left::Range { least, most, .. } = left(allowance, limits, &Series::of(&samples), now) {
            prop_assert!(least <= most && most <= days);
        }
    }

    #[test]
    fn who_is_right_changes_with_the_sides(billed in 0_u64..1 << 40, ours in 0_u64..1 << 40) {
        let span = Span { start: at("2026-11-10T00:00:00Z"), end: at("2026-11-10T06:00:00Z") };
        let devices = [Watched { there: span, spans: vec![span] }];
        let verdict = |billed: u64, ours: u64| {
            let ours = Ours { bytes: ours, ..Ours::default() };
            check(span, Billed { bytes: billed, reset: false }, ours, &devices, Tolerance::default()).unwrap().verdict
        };
        let turned = match verdict(ours, billed) {
            Verdict::UsedElsewhere => Verdict::CountedHere,
            Verdict::CountedHere => Verdict::UsedElsewhere,
            other => other,
        };
        prop_assert_eq!(verdict(billed, ours), turned);
    }

    #[test]
    fn a_multiplier_is_read_back_as_it_is_printed(thousandths in 1_u32..=100_000) {
        let text = format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
        let read: Multiplier = text.parse().unwrap();
        prop_assert_eq!(read.to_string().parse::<Multiplier>().unwrap(), read);
        prop_assert_eq!(Multiplier::in_name(&format!("香港 [{read}x]")), Some(read));
    }

    #[test]
    fn no_name_makes_it_fall(name in ".*") {
        let _ = Multiplier::in_name(&name);
    }
}
