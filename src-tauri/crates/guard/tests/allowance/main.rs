//! What a subscription was used, for how long it lasts, and whether somebody else uses it: one sentence a test, and
//! properties against plain sums.

#[cfg(test)]
mod lasting;
#[cfg(test)]
mod leaks;
#[cfg(test)]
mod multipliers;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod resets;
#[cfg(test)]
mod series;

#[cfg(test)]
mod kit {
    use std::time::Duration;

    use tidegate_guard::allowance::{Sample, Series};
    use tidegate_meter::{Span, Time, Zone};

    pub(crate) const GIB: u64 = 1 << 30;
    pub(crate) const DAY: Duration = Duration::from_secs(86_400);

    pub(crate) fn at(text: &str) -> Time {
        text.parse().expect("an instant")
    }

    pub(crate) fn shanghai() -> Zone {
        "Asia/Shanghai".parse().expect("a zone")
    }

    pub(crate) fn span(start: &str, end: &str) -> Span {
        Span {
            start: at(start),
            end: at(end),
        }
    }

    pub(crate) fn sample(when: &str, used: u64) -> Sample {
        Sample {
            at: at(when),
            used,
            total: Some(100 * GIB),
        }
    }

    pub(crate) fn series(samples: &[(&str, u64)]) -> Series {
        let samples: Vec<Sample> = samples.iter().map(|(when, used)| sample(when, *used)).collect();
        Series::of(&samples)
    }

    /// A sample each noon, so many bytes a day, the last one now.
    pub(crate) fn daily(now: Time, uses: &[u64]) -> Series {
        let days = u32::try_from(uses.len()).expect("a few days");
        let mut used = 0;
        let mut samples = vec![Sample {
            at: now.minus(DAY * days),
            used,
            total: Some(100 * GIB),
        }];
        for (day, bytes) in (1..).zip(uses) {
            used += bytes;
            samples.push(Sample {
                at: now.minus(DAY * (days - day)),
                used,
                total: Some(100 * GIB),
            });
        }
        Series::of(&samples)
    }
}
