//! Order statistics and ratios by integers: a ratio is shown in thousandths, so no float is needed.

/// The smallest value that at least `percent` of the samples do not exceed; 0 without samples.
pub(crate) fn percentile(samples: &[u64], percent: u64) -> u64 {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    let count = u64::try_from(sorted.len()).unwrap_or(u64::MAX);
    let rank = count.saturating_mul(percent).div_ceil(100).saturating_sub(1);
    usize::try_from(rank)
        .ok()
        .and_then(|rank| sorted.get(rank))
        .copied()
        .unwrap_or(0)
}

/// The middle sample; the lower one of two.
pub(crate) fn median(samples: &[u64]) -> u64 {
    percentile(samples, 50)
}

/// `subject` over `control` in thousandths, rounded up so that a miss never looks like a hit.
pub(crate) fn permille(subject: u64, control: u64) -> u64 {
    subject.saturating_mul(1000).div_ceil(control.max(1))
}

/// 1150 as `1.15`, 1300 as `1.3`, 2000 as `2`.
pub(crate) fn shown(permille: u64) -> String {
    let text = format!("{}.{:03}", permille / 1000, permille % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_sample_by_nearest_rank() {
        let samples: Vec<u64> = (1..=100).rev().collect();
        assert_eq!(percentile(&samples, 50), 50);
        assert_eq!(percentile(&samples, 99), 99);
        assert_eq!(percentile(&samples, 100), 100);
        assert_eq!(percentile(&[7], 99), 7);
        assert_eq!(percentile(&[], 99), 0);
    }

    #[test]
    fn one_outlier_does_not_move_the_median() {
        assert_eq!(median(&[3, 1, 1_000_000, 2, 4]), 3);
    }

    #[test]
    fn a_ratio_is_rounded_against_the_subject() {
        assert_eq!(permille(1301, 1000), 1301);
        assert_eq!(permille(2, 3), 667);
        assert_eq!(shown(1150), "1.15");
        assert_eq!(shown(1300), "1.3");
        assert_eq!(shown(20_000), "20");
        assert_eq!(shown(1234), "1.234");
    }
}
