//! Accounts with money: prepaid balances, and main accounts whose sub-accounts spend.

use tidegate_guard::Step;
use tidegate_meter::{Quantity, Unit};

use super::shape::Shape;
use super::when::seconds;
use crate::plan::{MainPlan, PursePlan, UserPlan};
use crate::seed::Stream;

/// Sellers that tell what is left, with their currency.
pub(super) const SELLERS: [(&str, &str); 4] = [
    ("deepseek", "CNY"),
    ("siliconflow", "CNY"),
    ("moonshot", "CNY"),
    ("stepfun", "CNY"),
];

const USERS: [&str; 3] = ["ann", "bob", "cat"];

pub(super) fn purses(stream: Stream, shape: &Shape) -> Vec<PursePlan> {
    let count = u64::from(stream.named("count").count(shape.purses));
    (1..=count)
        .filter_map(|number| {
            let own = stream.numbered(number);
            let (provider, currency) = own.named("seller").pick(&SELLERS)?;
            Some(PursePlan {
                name: format!("{provider}-{number}"),
                provider: (*provider).to_owned(),
                left: money(own.named("left").between(0, 12_000)),
                steps: steps(own.named("steps"), currency),
                interval_s: own.named("interval").spread(300, 3600),
            })
        })
        .collect()
}

fn steps(stream: Stream, currency: &str) -> Vec<Step> {
    let Ok(currency) = currency.parse() else {
        return Vec::new();
    };
    let amount = |cents: u64| {
        let millionths = i64::try_from(cents.saturating_mul(10_000)).unwrap_or(0);
        Step::Headroom(Quantity::from_raw(millionths, Unit::Money(currency)))
    };
    let mut steps = vec![amount(stream.named("high").between(2_001, 10_000))];
    if stream.named("has-low").percent(60) {
        steps.push(amount(stream.named("low").between(1, 2_000)));
    }
    if stream.named("has-run-out").percent(40) {
        steps.push(Step::RunOut(seconds(
            stream.named("run-out").spread(3600, 10 * 86_400),
        )));
    }
    steps
}

pub(super) fn mains(stream: Stream, shape: &Shape) -> Vec<MainPlan> {
    if !stream.named("has").percent(shape.mains_percent) {
        return Vec::new();
    }
    let count = usize::try_from(stream.named("users").between(1, 3)).unwrap_or(1);
    vec![MainPlan {
        name: "maple".to_owned(),
        bill_lag_s: stream.named("lag").spread(3600, 12 * 3600),
        interval_s: stream.named("interval").spread(600, 3600),
        users: USERS
            .iter()
            .take(count)
            .map(|name| user(stream.named(name), name))
            .collect(),
    }]
}

fn user(stream: Stream, name: &str) -> UserPlan {
    let per_day = stream.named("per-day").spread(50, 20_000);
    // Half of a day to a day and a half, so that the bill tells it within the run; one of six lasts longer.
    let days_percent = if stream.named("is-long").percent(16) {
        stream.named("long").between(150, 400)
    } else {
        stream.named("lasts").between(10, 150)
    };
    let allocated = money(super::curves::share(per_day, days_percent, 100).max(1));
    UserPlan {
        name: name.to_owned(),
        allocated: stream.named("is-guarded").percent(85).then_some(allocated),
        per_day: money(per_day),
        keys: stream.named("keys").count((1, 2)),
        has_login: stream.named("login").percent(50),
        is_armed: stream.named("armed").percent(90),
    }
}

/// Hundredths as a decimal text.
pub(super) fn money(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
