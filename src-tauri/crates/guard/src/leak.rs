//! Whether a subscription is used by somebody else: what its panel billed in an interval against what the watched devices
//! sent through its nodes in the same one. Owns tolerance, coverage and the signed verdict. A verdict needs a baseline on
//! both sides and nearly all of the interval watched; without it the answer is that nobody can say. Pure: knows no store,
//! no panel and no clock. Tested in `tests/allowance/leaks.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_meter::{Quantity, Span, Unit};

use crate::limits;

/// How much both sides may differ before it means something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tolerance {
    /// This much in any case.
    pub bytes: u64,
    /// This share of the larger side.
    pub share: Quantity,
}

impl Default for Tolerance {
    fn default() -> Self {
        let percent = i64::from(limits::LEAK_SHARE_PERCENT);
        Self {
            bytes: limits::LEAK_BYTES,
            share: Quantity::from_raw(percent * 10_i64.pow(Unit::Percent.scale()), Unit::Percent),
        }
    }
}

/// What the panel billed in the interval.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Billed {
    /// How many bytes.
    pub bytes: u64,
    /// It was counted anew within the interval: what was used right before that is not known.
    pub reset: bool,
}

/// What the devices sent in the interval.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Ours {
    /// Through nodes of the subscription, as it is billed.
    pub bytes: u64,
    /// Of `bytes`: spread over nodes by estimate.
    pub estimated: u64,
    /// Counted by kernels, and nobody can say through which node.
    pub unattributed: u64,
}

/// A device within the interval.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Watched {
    /// Of the interval, when the device was there: from when it was first known until it was ended.
    pub there: Span,
    /// When its kernel was watched.
    pub spans: Vec<Span>,
}

/// Why nobody can say.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undecided {
    /// No device was there.
    NoDevice,
    /// Too much of the interval was not watched.
    Coverage,
    /// The subscription was counted anew within it.
    Reset,
}

/// What both sides come to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// They agree within what may differ.
    Agrees,
    /// More was billed: a device that is not watched, a shared or leaked subscription, or traffic past the kernels.
    UsedElsewhere,
    /// More was counted here: a multiplier below one, a free node, a node of another subscription, or a late panel.
    CountedHere,
    /// Nobody can say.
    NotDecidable(Undecided),
}

/// One check.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Check {
    /// What the panel billed.
    pub billed: u64,
    /// What our devices sent, as it would be billed.
    pub ours: u64,
    /// How much may differ.
    pub tolerance: u64,
    /// The part of the interval in which every device was watched.
    pub coverage: Quantity,
    /// What it comes to.
    pub verdict: Verdict,
}

impl Check {
    /// Billed less ours; `None` beyond what an `i64` holds.
    #[must_use]
    pub fn difference(&self) -> Option<i64> {
        i64::try_from(i128::from(self.billed) - i128::from(self.ours)).ok()
    }

    /// Whether the check before came to the same difference: panels book late, so that one alone proves nothing.
    #[must_use]
    pub fn is_confirmed_by(&self, before: Verdict) -> bool {
        self.verdict.differs() && self.verdict == before
    }
}

impl Verdict {
    /// Both sides differ by more than they may.
    #[must_use]
    pub const fn differs(self) -> bool {
        matches!(self, Self::UsedElsewhere | Self::CountedHere)
    }
}

/// Compares both sides over `interval`. `None` when a number does not fit.
#[must_use]
pub fn check(
    interval: Span,
    billed: Billed,
    ours: Ours,
    devices: &[Watched],
    tolerance: Tolerance,
) -> Option<Check> {
    let whole = interval.end.since(interval.start);
    let missing = unwatched(interval, devices);
    let larger = billed.bytes.max(ours.bytes);
    let (more, less) = (larger, billed.bytes.min(ours.bytes));
    // Bytes of unknown way may have gone through these nodes: they explain what is missing here, never a surplus.
    let unknown = if billed.bytes > ours.bytes {
        ours.unattributed
    } else {
        0
    };
    let tolerance = share(larger, tolerance.share)?
        .max(tolerance.bytes)
        .checked_add(part(larger, missing, whole)?)?
        .checked_add(ours.estimated)?
        .checked_add(unknown)?;
    let verdict = match undecided(billed, devices, missing, whole) {
        Some(why) => Verdict::NotDecidable(why),
        None if more.checked_sub(less)? <= tolerance => Verdict::Agrees,
        None if billed.bytes > ours.bytes => Verdict::UsedElsewhere,
        None => Verdict::CountedHere,
    };
    Some(Check {
        billed: billed.bytes,
        ours: ours.bytes,
        tolerance,
        coverage: covered(missing, whole, devices),
        verdict,
    })
}

fn undecided(billed: Billed, devices: &[Watched], missing: Duration, whole: Duration) -> Option<Undecided> {
    let too_much = missing.as_millis() * 100 > whole.as_millis() * u128::from(limits::LEAK_GAP_PERCENT);
    match () {
        () if devices.is_empty() => Some(Undecided::NoDevice),
        () if billed.reset => Some(Undecided::Reset),
        () if too_much => Some(Undecided::Coverage),
        () => None,
    }
}

fn share(bytes: u64, percent: Quantity) -> Option<u64> {
    let hundred = 100 * 10_u128.pow(Unit::Percent.scale());
    let percent = u128::try_from(percent.raw()).ok()?;
    u64::try_from(u128::from(bytes).checked_mul(percent)? / hundred).ok()
}

/// What of `bytes` fell into `span` of `whole`, spread evenly.
fn part(bytes: u64, span: Duration, whole: Duration) -> Option<u64> {
    let spread = u128::from(bytes).checked_mul(span.as_millis())?;
    u64::try_from(spread.checked_div(whole.as_millis())?).ok()
}

fn covered(missing: Duration, whole: Duration, devices: &[Watched]) -> Quantity {
    let hundred = 100 * 10_u64.pow(Unit::Percent.scale());
    let watched = if devices.is_empty() {
        Duration::ZERO
    } else {
        whole.saturating_sub(missing)
    };
    let raw = part(hundred, watched, whole).and_then(|raw| i64::try_from(raw).ok());
    Quantity::from_raw(raw.unwrap_or(0), Unit::Percent)
}

/// How much of `interval` at least one device that was there was not watched in.
#[must_use]
pub fn unwatched(interval: Span, devices: &[Watched]) -> Duration {
    let mut holes: Vec<Span> = devices
        .iter()
        .flat_map(|device| holes(interval, device))
        .collect();
    holes.sort_unstable();
    let mut missing = Duration::ZERO;
    let mut reached = interval.start;
    for hole in holes {
        let start = hole.start.max(reached);
        if hole.end > start {
            missing = missing.saturating_add(hole.end.since(start));
            reached = hole.end;
        }
    }
    missing
}

/// When a device was there and not watched, within the interval.
fn holes(interval: Span, device: &Watched) -> Vec<Span> {
    let (start, end) = (
        device.there.start.max(interval.start),
        device.there.end.min(interval.end),
    );
    let mut spans = device.spans.clone();
    spans.sort_unstable();
    let mut holes = Vec::new();
    let mut reached = start;
    for span in spans
        .into_iter()
        .filter(|span| span.end > start && span.start < end)
    {
        if span.start > reached {
            holes.push(Span {
                start: reached,
                end: span.start,
            });
        }
        reached = reached.max(span.end);
    }
    if reached < end {
        holes.push(Span { start: reached, end });
    }
    holes
}

/// Who is checked together: subscriptions that have a node in common, since nobody can say which of them billed it. Each
/// subscription with the feeds that its nodes come from.
#[must_use]
pub fn pools<K: Ord + Clone>(feeds: &BTreeMap<K, BTreeSet<String>>) -> Vec<BTreeSet<K>> {
    let mut pools: Vec<(BTreeSet<K>, BTreeSet<String>)> = Vec::new();
    for (key, own) in feeds {
        let (mut keys, mut together) = (BTreeSet::from([key.clone()]), own.clone());
        let (shared, apart): (Vec<_>, Vec<_>) = pools
            .into_iter()
            .partition(|(_, known)| !known.is_disjoint(&together));
        for (known, feeds) in shared {
            keys.extend(known);
            together.extend(feeds);
        }
        pools = apart;
        pools.push((keys, together));
    }
    pools.into_iter().map(|(keys, _)| keys).collect()
}
