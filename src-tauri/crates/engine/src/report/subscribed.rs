//! Subscriptions in a report, as the engine knows them: as they stand now, with what was used on the report's last day and
//! the newest leak check by its end.

use std::collections::BTreeMap;

use tidegate_channels::report::{LeakFacts, LeakVerdict, LeftFacts, ResetFacts, SubscriptionFacts};
use tidegate_guard::allowance::{Ending, Left};
use tidegate_guard::leak::Verdict;
use tidegate_meter::{AccountId, Blind, Quantity};

use super::due::Reach;
use crate::EngineError;
use crate::inner::Inner;
use crate::subscriptions::{self, Leak, SubscriptionDay, SubscriptionView};

/// Whether there is one that is read.
pub(super) fn is_any(inner: &Inner) -> bool {
    inner.watches().iter().any(|(_, watch)| {
        let config = watch.config();
        config.enabled && subscriptions::is_one(&config)
    })
}

/// Each of them, the shortest first.
pub(super) async fn all(inner: &Inner, reach: &Reach) -> Result<Vec<SubscriptionFacts>, EngineError> {
    let views = subscriptions::views(inner).await?;
    let days = subscriptions::on_day(inner, reach.through).await?;
    let days: BTreeMap<&AccountId, &SubscriptionDay> = days.iter().map(|day| (&day.account, day)).collect();
    let mut all: Vec<SubscriptionFacts> = views
        .iter()
        .map(|view| facts(view, days.get(&view.account).copied(), reach))
        .collect();
    all.sort_by_key(|one| urgency(one.left));
    Ok(all)
}

fn facts(view: &SubscriptionView, day: Option<&SubscriptionDay>, reach: &Reach) -> SubscriptionFacts {
    // The newest check of the days told; without one the newest there is, which tells its own interval.
    let leak = day.and_then(|day| day.leaks.first()).or(view.leak.as_ref());
    SubscriptionFacts {
        name: view.name.clone(),
        as_of: view.as_of,
        blind: view.blind.as_ref().map(|blind: &Blind| blind.reason),
        used: view.used,
        total: view.total,
        remaining: view.remaining,
        today: day.and_then(|day| day.used).map(|used| bytes(used.bytes)),
        expires_at: view.expires_at,
        reset: view.reset.and_then(|reset| {
            let ahead = reset.next.since(reach.through).ok()?;
            Some(ResetFacts {
                next: reset.next,
                days: u32::try_from(ahead.get_days()).ok()?,
            })
        }),
        left: left(view.left),
        leak: leak.map(compared),
    }
}

fn left(left: Left) -> LeftFacts {
    match left {
        Left::Range { least, most, .. } => LeftFacts::RunsOut { least, most },
        Left::Until {
            end: Ending::Reset,
            spare,
            ..
        } => LeftFacts::UntilReset {
            spare: bytes(spare.least),
        },
        Left::Until {
            end: Ending::Expiry,
            spare,
            ..
        } => LeftFacts::UntilExpiry {
            spare: bytes(spare.least),
        },
        Left::NoEstimate(_) => LeftFacts::NoEstimate,
        Left::Unlimited => LeftFacts::Unlimited,
        Left::UsedUp => LeftFacts::UsedUp,
        Left::Expired => LeftFacts::Expired,
    }
}

/// A difference that was seen once may be a panel that books late: it is told as one only when the check after it came
/// to the same.
fn compared(leak: &Leak) -> LeakFacts {
    let check = &leak.check;
    let verdict = match check.verdict {
        Verdict::UsedElsewhere if leak.confirmed => LeakVerdict::UsedElsewhere,
        Verdict::CountedHere if leak.confirmed => LeakVerdict::CountedHere,
        Verdict::UsedElsewhere | Verdict::CountedHere => LeakVerdict::SeenOnce,
        Verdict::Agrees => LeakVerdict::Agrees,
        Verdict::NotDecidable(_) => LeakVerdict::NotDecidable,
    };
    LeakFacts {
        span: leak.span,
        verdict,
        billed: bytes(check.billed),
        ours: bytes(check.ours),
        difference: Quantity::bytes(check.difference().unwrap_or(i64::MAX)),
        tolerance: bytes(check.tolerance),
        coverage: check.coverage,
    }
}

fn bytes(count: u64) -> Quantity {
    Quantity::bytes(i64::try_from(count).unwrap_or(i64::MAX))
}

/// What ends first comes first.
const fn urgency(left: LeftFacts) -> (u8, u32) {
    match left {
        LeftFacts::UsedUp => (0, 0),
        LeftFacts::Expired => (1, 0),
        LeftFacts::RunsOut { least, .. } => (2, least),
        LeftFacts::UntilReset { .. } => (3, 0),
        LeftFacts::UntilExpiry { .. } => (4, 0),
        LeftFacts::NoEstimate => (5, 0),
        LeftFacts::Unlimited => (6, 0),
    }
}
