//! How long to wait after a hand-in that failed: doubled each time, up to a bound, half of it by chance so that devices
//! that lost the same server do not come back together; longer where the other side asks for it.

use std::time::Duration;

use crate::limits;

/// The waits of one sender.
pub(crate) struct Pause {
    failures: u32,
    chance: fastrand::Rng,
}

impl Pause {
    pub(crate) const fn new(chance: fastrand::Rng) -> Self {
        Self { failures: 0, chance }
    }

    /// It went well.
    pub(crate) const fn over(&mut self) {
        self.failures = 0;
    }

    /// The wait after one more failure; `told` is what the other side asks for.
    pub(crate) fn next(&mut self, told: Option<Duration>) -> Duration {
        let doubled = 2_u32.checked_pow(self.failures).unwrap_or(u32::MAX);
        self.failures = self.failures.saturating_add(1);
        let most = limits::BACKOFF_FIRST
            .saturating_mul(doubled)
            .min(limits::BACKOFF_MOST);
        let told = told.unwrap_or_default().min(limits::RETRY_AFTER_MOST);
        let half = most / 2;
        told.max(half).saturating_add(self.part_of(half))
    }

    fn part_of(&mut self, span: Duration) -> Duration {
        let ms = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        Duration::from_millis(self.chance.u64(0..=ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pause() -> Pause {
        Pause::new(fastrand::Rng::with_seed(7))
    }

    #[test]
    fn waits_grow_to_their_bound_and_begin_anew_after_a_success() {
        let mut pause = pause();
        let waits: Vec<Duration> = (0..40).map(|_| pause.next(None)).collect();
        for (failures, wait) in waits.iter().enumerate() {
            let most = limits::BACKOFF_FIRST * 2_u32.pow(u32::try_from(failures.min(9)).unwrap());
            let most = most.min(limits::BACKOFF_MOST);
            assert!(*wait >= most / 2 && *wait <= most, "{failures}: {wait:?}");
        }
        pause.over();
        assert!(pause.next(None) <= limits::BACKOFF_FIRST);
    }

    #[test]
    fn what_the_other_side_asks_for_is_waited_for_unless_it_is_absurd() {
        let mut pause = pause();
        assert!(pause.next(Some(Duration::from_secs(90))) >= Duration::from_secs(90));
        let most = limits::RETRY_AFTER_MOST + limits::BACKOFF_MOST;
        assert!(pause.next(Some(Duration::from_secs(9_999_999))) <= most);
    }
}
