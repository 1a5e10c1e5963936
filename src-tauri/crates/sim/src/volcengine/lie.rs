//! Lies about one request: those of the wire, refusals in place of an answer, what is not done though it is said, and
//! those in the body.

use std::time::Duration;

use serde_json::{Map, Value, json};
use tidegate_meter::Time;

use super::refusal::Refusal;
use super::route::{Head, Told};
use crate::world::{Journey, Lie, Spot, State};
use crate::{Answer, Ending};

/// A page as a proxy in between sends it.
const PAGE: &str = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";

/// Every amount in a row of the bill.
const AMOUNTS: [&str; 9] = [
    "OriginalBillAmount",
    "PreferentialBillAmount",
    "DiscountBillAmount",
    "CouponDeductionAmount",
    "CouponAmount",
    "PayableAmount",
    "AvailableBalance",
    "CashBalance",
    "PretaxAmount",
];

/// What is masked of a sub-account.
const PRIVATE: [&str; 2] = ["MobilePhone", "Email"];

/// The lies that hold for one request.
pub(crate) struct Lies {
    journey: Journey,
    skew_ms: i64,
    instead: Option<Lie>,
    body: Option<Lie>,
    page: Option<Lie>,
    ignored: bool,
    right: bool,
}

impl Lies {
    pub(crate) fn of(
        state: &mut State,
        head: &Head,
        (account, ak): (Option<&str>, Option<&str>),
        subject: &str,
        now: Time,
    ) -> Self {
        let operation = head.operation();
        let right = format!("{}:{}", head.service, head.action);
        let spot = Spot {
            operation: &operation,
            account,
            subject: Some((subject, ak.unwrap_or(""))),
        };
        let faults = &mut state.faults;
        let removed = faults.tell(now, spot, |lie, _| match lie {
            Lie::RightRemoved { right: told } => (*told == right).then_some(()),
            _ => None,
        });
        let mut pick =
            |kind: fn(&Lie) -> bool| faults.tell(now, spot, |lie, _| kind(lie).then(|| lie.clone()));
        Self {
            instead: pick(is_instead),
            body: pick(is_body),
            page: pick(is_page),
            ignored: pick(|lie| *lie == Lie::Ignored).is_some(),
            right: removed.is_some(),
            journey: faults.journey(now, spot),
            skew_ms: faults.skew(now, spot),
        }
    }

    pub(crate) fn gateway(&self, now: Time) -> Time {
        Time::from_ms(now.ms().saturating_add(self.skew_ms))
    }

    pub(crate) const fn ending(&self) -> Ending {
        match (&self.instead, self.journey.ending) {
            (Some(Lie::Unheard), _) => Ending::Broken,
            (_, ending) => ending,
        }
    }

    pub(crate) const fn slow(&self) -> Duration {
        self.journey.slow
    }

    /// The service says that it is done, and does nothing.
    pub(crate) const fn ignored(&self) -> bool {
        self.ignored
    }

    pub(crate) fn token_expired(&self) -> bool {
        self.instead == Some(Lie::TokenExpired)
    }

    /// The request never reaches the service.
    pub(crate) fn idle(&self) -> bool {
        let lost = matches!(self.instead, Some(Lie::Unheard | Lie::Html | Lie::Status { .. }));
        lost || self.journey.ending == Ending::Refused
    }

    /// The refusal that is told in place of an answer.
    pub(crate) fn instead(&self) -> Option<Refusal> {
        let message = "This was refused because a test said so.";
        if self.right {
            return Some(Refusal::new(
                "AccessDenied",
                "User is not authorized to perform this.",
            ));
        }
        Some(match self.instead.as_ref()? {
            Lie::ErrorCode { code, status } => {
                let refusal = Refusal::new(code, message);
                match status {
                    Some(status) => refusal.with_status(*status),
                    None => refusal,
                }
            }
            Lie::Refuses { status } => Refusal::new(code_of(*status), message).with_status(*status),
            Lie::KeyRotated => Refusal::new("InvalidAccessKey", message),
            Lie::Throttled { retry_after } => Refusal {
                retry_after: *retry_after,
                ..Refusal::new("FlowLimitExceeded", message)
            },
            _ => return None,
        })
    }

    /// The rows of a page, and how many there are in all, as they are told.
    pub(crate) fn page<T>(&self, mut rows: Vec<T>, offset: usize, limit: usize) -> (Vec<T>, i64) {
        let total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let (from, total) = match self.page {
            Some(Lie::Empty) => (rows.len(), total),
            Some(Lie::RepeatRow) => (offset.saturating_sub(1), total),
            Some(Lie::SkipRow) if offset > 0 => (offset.saturating_add(1), total),
            Some(Lie::TotalWrong { by }) => (offset, total.saturating_add(by)),
            _ => (offset, total),
        };
        let rest = rows.split_off(from.min(rows.len()));
        (rest.into_iter().take(limit).collect(), total)
    }

    /// The outcome on the wire.
    pub(crate) fn told(&self, head: &Head, outcome: &Result<Told, Refusal>) -> Answer {
        match self.instead {
            Some(Lie::Html) => return Answer::html(200, PAGE),
            Some(Lie::Status { status }) => return Answer::json(status, &json!({})),
            _ => {}
        }
        let mut body = head.envelope(outcome);
        if let Some(lie) = &self.body {
            change(&mut body, lie);
        }
        let status = outcome.as_ref().err().map_or(200, |refusal| refusal.status);
        let mut answer = Answer::json(status, &body);
        if self.body == Some(Lie::Malformed) {
            answer.body = answer.body.slice(..answer.body.len() / 2);
        }
        match outcome.as_ref().err().and_then(|refusal| refusal.retry_after) {
            Some(seconds) => answer.with("retry-after", seconds.to_string()),
            None => answer,
        }
    }
}

const fn code_of(status: u16) -> &'static str {
    match status {
        401 => "InvalidAccessKey",
        403 => "AccessDenied",
        404 => "InvalidActionOrVersion",
        429 => "FlowLimitExceeded",
        500 => "InternalError",
        503 => "ServiceUnavailableTemp",
        504 => "InternalServiceTimeout",
        _ => "InternalServiceError",
    }
}

const fn is_instead(lie: &Lie) -> bool {
    matches!(
        lie,
        Lie::Html
            | Lie::Status { .. }
            | Lie::Unheard
            | Lie::ErrorCode { .. }
            | Lie::Refuses { .. }
            | Lie::KeyRotated
            | Lie::TokenExpired
            | Lie::Throttled { .. }
    )
}

const fn is_page(lie: &Lie) -> bool {
    matches!(
        lie,
        Lie::Empty | Lie::RepeatRow | Lie::SkipRow | Lie::TotalWrong { .. }
    )
}

const fn is_body(lie: &Lie) -> bool {
    lie.about_amount()
        || matches!(
            lie,
            Lie::Currency { .. } | Lie::Malformed | Lie::Masked | Lie::NoMetadata
        )
}

/// The body as this lie tells it.
fn change(body: &mut Value, lie: &Lie) {
    if *lie == Lie::NoMetadata
        && let Some(members) = body.as_object_mut()
    {
        members.remove("ResponseMetadata");
    }
    each_object(body, &|members| match lie {
        Lie::Masked => {
            for name in PRIVATE {
                if let Some(Value::String(text)) = members.get_mut(name) {
                    *text = masked(text);
                }
            }
        }
        Lie::Currency { code } => {
            if let Some(place) = members.get_mut("Currency") {
                *place = json!(code);
            }
        }
        Lie::AmountMissing => {
            for name in AMOUNTS {
                members.remove(name);
            }
        }
        _ => {
            for name in AMOUNTS {
                if let Some(place) = members.get_mut(name)
                    && let Some(told) = amount(place, lie)
                {
                    *place = told;
                }
            }
        }
    });
}

fn amount(old: &Value, lie: &Lie) -> Option<Value> {
    Some(match lie {
        Lie::AmountNull => Value::Null,
        Lie::AmountZero => json!("0"),
        Lie::AmountGarbage => json!("N/A"),
        Lie::AmountNegative => json!("-1"),
        Lie::AmountOtherType => crate::amount::number(old.as_str()?),
        _ => return None,
    })
}

fn each_object(value: &mut Value, change: &impl Fn(&mut Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            change(members);
            members
                .values_mut()
                .for_each(|member| each_object(member, change));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each_object(item, change)),
        _ => {}
    }
}

/// All but the first and the last two letters.
pub(crate) fn masked(text: &str) -> String {
    let count = text.chars().count();
    let hide = |index| index > 0 && index + 2 < count;
    let letters = text.chars().enumerate();
    letters
        .map(|(index, letter)| if hide(index) { '*' } else { letter })
        .collect()
}
