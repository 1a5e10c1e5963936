//! Dividing a whole number of bytes by weights, so that the parts come to the whole exactly.

/// The parts of `total`, each as its weight demands, by the largest remainder; equal remainders go to the first. All are
/// zero when there is no weight.
pub(super) fn split(total: u64, weights: &[u64]) -> Vec<u64> {
    let whole: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    if whole == 0 {
        return vec![0; weights.len()];
    }
    let shares = weights.iter().map(|weight| {
        let share = u128::from(total).saturating_mul(u128::from(*weight));
        (u64::try_from(share / whole).unwrap_or(total), share % whole)
    });
    let (mut parts, remainders): (Vec<u64>, Vec<u128>) = shares.unzip();
    let given: u64 = parts.iter().fold(0, |sum: u64, part| sum.saturating_add(*part));
    let left = usize::try_from(total.saturating_sub(given)).unwrap_or(0);
    let mut order: Vec<(u128, usize)> = remainders.into_iter().zip(0..).collect();
    order.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
    for (_, at) in order.into_iter().take(left) {
        if let Some(part) = parts.get_mut(at) {
            *part = part.saturating_add(1);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::split;

    #[test]
    fn parts_follow_the_weights_and_the_odd_byte_goes_to_the_largest_remainder() {
        assert_eq!(split(10, &[1, 1, 1]), [4, 3, 3]);
        assert_eq!(split(7, &[0, 2, 1]), [0, 5, 2]);
        assert_eq!(split(5, &[0, 0]), [0, 0]);
        assert!(split(5, &[]).is_empty());
    }

    proptest! {
        #[test]
        fn parts_come_to_the_whole_whatever_the_weights(
            total: u64, weights in proptest::collection::vec(any::<u64>(), 1..40),
        ) {
            let parts = split(total, &weights);
            let sum: u128 = parts.iter().map(|part| u128::from(*part)).sum();
            let expected = if weights.iter().all(|weight| *weight == 0) { 0 } else { u128::from(total) };
            prop_assert_eq!(sum, expected);
            for (part, weight) in parts.iter().zip(&weights) {
                prop_assert!(*weight > 0 || *part == 0, "no weight, no part");
            }
        }
    }
}
