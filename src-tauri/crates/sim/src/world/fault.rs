//! Lies on demand: what the provider, the network or the platform does wrong, where, when and how often.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_meter::Time;

/// One kind of lie: the fault catalogue of the project's invariants. A lie that a provider cannot tell is not told.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "lie", rename_all = "snake_case")]
pub enum Lie {
    /// A package's or account's amount is null.
    AmountNull,
    /// A package's or account's amount is not there.
    AmountMissing,
    /// A package's or account's amount is 0 although it is not.
    AmountZero,
    /// A package's or account's amount is no number.
    AmountGarbage,
    /// A package's or account's amount is below zero.
    AmountNegative,
    /// A package's or account's amount has the other JSON type: text for a number, a number for text.
    AmountOtherType,
    /// An amount of money is larger than any ledger holds.
    AmountHuge,
    /// An amount of money is told in another currency.
    Currency {
        /// Its code.
        code: String,
    },
    /// A package is told in another unit.
    Unit {
        /// The provider's number of the unit.
        measure_id: i64,
    },
    /// A package, server or instance is left out of the answer.
    Missing,
    /// The list is empty.
    Empty,
    /// Each page begins with the last row of the one before.
    RepeatRow,
    /// Each page but the first lacks its first row.
    SkipRow,
    /// A package's amount stays what it was when the lie began.
    Frozen,
    /// A package is told as used up (amount 0, status 2).
    UsedUp,
    /// A page for people instead of JSON, with status 200.
    Html,
    /// JSON that breaks off, in a whole body.
    Malformed,
    /// An error of the server with this status and an empty object.
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// A refusal with this status, in the words of the provider: 401, 402, 403, 404, 5xx.
    Refuses {
        /// The HTTP status that the words belong to; a provider that always answers 200 says it in its body.
        status: u16,
    },
    /// 429 with a Retry-After header that is a date.
    ThrottledUntil {
        /// So many seconds ahead.
        seconds: u64,
    },
    /// 429.
    Throttled {
        /// The seconds of its Retry-After header, if it has one.
        #[serde(default)]
        retry_after: Option<u64>,
    },
    /// Nothing listens.
    Refused,
    /// The request is acted on, the answer never comes.
    Hanging,
    /// Half the body comes.
    Truncated,
    /// The request is acted on, the connection breaks.
    Broken,
    /// The answer takes longer.
    Slow {
        /// By so many milliseconds.
        ms: u64,
    },
    /// A stop is refused with this code (ECS).
    StopRefused {
        /// For example `Ecs.0100`, `Ecs.0605`, `Ecs.0603`.
        code: String,
    },
    /// A stop is accepted, its job ends well, and the server runs on.
    StopIgnored,
    /// A stop is accepted, its job ends with FAIL.
    StopFails,
    /// A stop is accepted, its job runs for ever.
    StopStuck,
    /// A stop takes so long.
    StopSlow {
        /// Seconds.
        seconds: u64,
    },
    /// A stopped server starts again by itself.
    Restarts {
        /// Seconds after it stopped.
        seconds: u64,
    },
    /// The status is eventually consistent: every second look sees the opposite power.
    Flapping,
    /// The server does not exist any more.
    ServerGone,
    /// The job record does not exist any more.
    JobGone,
    /// A right is gone.
    RightRemoved {
        /// The provider's name of the action.
        right: String,
    },
    /// The key does not exist any more.
    KeyRotated,
    /// The token of a temporary key has expired.
    TokenExpired,
    /// The gateway's clock is off.
    Skewed {
        /// By so many milliseconds.
        ms: i64,
    },
    /// The account owes money: actions are refused.
    Arrears,
    /// The account belongs to the other site.
    OtherSite {
        /// `CBC.0150` or `CBC.0156`.
        code: String,
    },
    /// Volcengine refuses with this code.
    ErrorCode {
        /// For example `FlowLimitExceeded`, `AccessDenied`, `PolicyAttachConflict`.
        code: String,
        /// The HTTP status, 200 among them; the one that goes with the code when it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
    },
    /// A write is answered as done, and is not.
    Ignored,
    /// The connection breaks before the request is acted on, and the client cannot know.
    Unheard,
    /// The answer has no envelope.
    NoMetadata,
    /// Telephone and mail are told with stars.
    Masked,
    /// A list tells that it has more or fewer rows than it has.
    TotalWrong {
        /// By so many.
        by: i64,
    },
    /// The message platform answers 200 with this code.
    Code {
        /// For example 11232, 19001, 19021, 9499.
        code: i64,
    },
}

impl Lie {
    /// Whether an amount is told as something else than it is, whatever the amount counts.
    pub(crate) const fn about_amount(&self) -> bool {
        matches!(
            self,
            Self::AmountNull
                | Self::AmountMissing
                | Self::AmountZero
                | Self::AmountGarbage
                | Self::AmountNegative
                | Self::AmountOtherType
        )
    }
}

/// A lie with its place and time. Every condition left out always holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Fault {
    /// What.
    #[serde(flatten)]
    pub lie: Lie,
    /// Only this operation (`bss.usages`) or this service (`bss`); see `huawei::OPERATIONS`,
    /// `balances::operations`, and `feishu`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// Only this account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Only this server, package or access key, by id or name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Begins so many seconds after it was switched on.
    #[serde(default)]
    pub after_s: u64,
    /// Lasts so many seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_s: Option<u64>,
    /// Told at most so many times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

impl Fault {
    /// A lie told everywhere, from now on.
    #[must_use]
    pub const fn new(lie: Lie) -> Self {
        Self {
            lie,
            on: None,
            account: None,
            subject: None,
            after_s: 0,
            for_s: None,
            times: None,
        }
    }

    /// Only at this operation or service.
    #[must_use]
    pub fn on(mut self, operation: &str) -> Self {
        self.on = Some(operation.to_owned());
        self
    }

    /// Only for this account.
    #[must_use]
    pub fn account(mut self, account: &str) -> Self {
        self.account = Some(account.to_owned());
        self
    }

    /// Only about this server, package or access key.
    #[must_use]
    pub fn about(mut self, subject: &str) -> Self {
        self.subject = Some(subject.to_owned());
        self
    }

    /// Begins so much later.
    #[must_use]
    pub const fn after(mut self, span: Duration) -> Self {
        self.after_s = span.as_secs();
        self
    }

    /// Lasts so long.
    #[must_use]
    pub const fn lasting(mut self, span: Duration) -> Self {
        self.for_s = Some(span.as_secs());
        self
    }

    /// At most so many times.
    #[must_use]
    pub const fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }
}

impl From<Lie> for Fault {
    fn from(lie: Lie) -> Self {
        Self::new(lie)
    }
}

/// Where a lie could be told: who asks what about whom.
#[derive(Clone, Copy, Default)]
pub(crate) struct Spot<'a> {
    pub(crate) operation: &'a str,
    pub(crate) account: Option<&'a str>,
    /// Its id and its name.
    pub(crate) subject: Option<(&'a str, &'a str)>,
}

struct Active {
    id: u64,
    since: Time,
    fault: Fault,
}

impl Active {
    fn from(&self) -> Time {
        self.since.plus(Duration::from_secs(self.fault.after_s))
    }

    fn holds(&self, now: Time, spot: &Spot<'_>) -> bool {
        let from = self.from();
        let until = self
            .fault
            .for_s
            .map(|seconds| from.plus(Duration::from_secs(seconds)));
        from <= now
            && until.is_none_or(|until| now < until)
            && self.fault.times != Some(0)
            && self
                .fault
                .on
                .as_deref()
                .is_none_or(|on| within(on, spot.operation))
            && self
                .fault
                .account
                .as_deref()
                .is_none_or(|name| spot.account == Some(name))
            && self.fault.subject.as_deref().is_none_or(|name| {
                spot.subject
                    .is_some_and(|(id, alias)| id == name || alias == name)
            })
    }
}

fn within(on: &str, operation: &str) -> bool {
    operation == on
        || operation
            .strip_prefix(on)
            .is_some_and(|rest| rest.starts_with('.'))
}

/// The lies that are switched on.
#[derive(Default)]
pub(crate) struct Faults {
    next: u64,
    flipped: bool,
    active: Vec<Active>,
}

impl Faults {
    pub(crate) fn add(&mut self, now: Time, fault: Fault) -> u64 {
        self.next += 1;
        self.active.push(Active {
            id: self.next,
            since: now,
            fault,
        });
        self.next
    }

    pub(crate) fn remove(&mut self, id: u64) {
        self.active.retain(|active| active.id != id);
    }

    pub(crate) fn clear(&mut self) {
        self.active.clear();
    }

    pub(crate) fn list(&self) -> Vec<(u64, Fault)> {
        self.active
            .iter()
            .map(|active| (active.id, active.fault.clone()))
            .collect()
    }

    /// The first lie for which `pick` gives something, here and now; it counts as told. `pick` also learns since when
    /// the lie holds.
    pub(crate) fn tell<T>(
        &mut self,
        now: Time,
        spot: Spot<'_>,
        pick: impl Fn(&Lie, Time) -> Option<T>,
    ) -> Option<T> {
        for active in &mut self.active {
            if !active.holds(now, &spot) {
                continue;
            }
            if let Some(told) = pick(&active.fault.lie, active.from()) {
                active.fault.times = active.fault.times.map(|left| left.saturating_sub(1));
                return Some(told);
            }
        }
        None
    }

    /// True every second time: for statuses that flap.
    pub(crate) const fn flip(&mut self) -> bool {
        self.flipped = !self.flipped;
        self.flipped
    }

    /// Whether exactly this lie is told here and now.
    pub(crate) fn is(&mut self, now: Time, spot: Spot<'_>, lie: &Lie) -> bool {
        self.tell(now, spot, |told, _| (told == lie).then_some(()))
            .is_some()
    }
}
