//! Subscriptions: what the engine knows of them, and its sentences. Owns the words and the order, the shortest first; no
//! number of its own. An address never comes here. Tested in `tests/subscriptions.rs`.

use tidegate_channels::catalogue;
use tidegate_engine::subscriptions::{Leak, NodeMultiplier, Reset, ResetBy, SubscriptionView as Standing};
use tidegate_guard::allowance::{Ending, Left, NoEstimate, Spare};
use tidegate_guard::leak::{Undecided, Verdict};
use tidegate_meter::{Blind, ByteBase, Lang, Quantity};

use super::App;
use super::views::Telling;
use crate::response::{
    DaysLeftView, LeakView, NodeView, ResetView, SaidView, SubscriptionView, SubscriptionsView,
};
use crate::texts::{self as t, Text};
use crate::{ApiError, Response};

impl App {
    pub(super) async fn subscriptions(&self) -> Result<Response, ApiError> {
        let mut standing = self.engine.subscriptions().await?;
        standing.sort_by_key(|view| (shortest(&view.left), view.name.clone()));
        let (zh, en) = (self.telling(Lang::Zh), self.telling(Lang::En));
        let both = Both { zh: &zh, en: &en };
        Ok(Response::Subscriptions(SubscriptionsView {
            subscriptions: standing.into_iter().map(|view| both.subscription(view)).collect(),
        }))
    }
}

/// Where a subscription stands among all: what is over first, what nobody can say after what is short.
const fn shortest(left: &Left) -> (u8, u32) {
    match left {
        Left::Expired | Left::UsedUp => (0, 0),
        Left::Range { least, .. } => (1, *least),
        Left::Until {
            end: Ending::Expiry,
            days,
            ..
        } => (2, *days),
        Left::NoEstimate(_) => (3, 0),
        Left::Until { days, .. } => (4, *days),
        Left::Unlimited => (5, 0),
    }
}

/// Both languages at once: the window shows one of them and may change to the other.
struct Both<'a> {
    zh: &'a Telling<'a>,
    en: &'a Telling<'a>,
}

impl Both<'_> {
    fn said(&self, say: impl Fn(&Telling<'_>) -> String) -> SaidView {
        SaidView {
            zh: say(self.zh),
            en: say(self.en),
        }
    }

    fn subscription(&self, view: Standing) -> SubscriptionView {
        SubscriptionView {
            blind: view
                .blind
                .as_ref()
                .map(|blind| self.said(|telling| telling.unread(blind))),
            today: view.today.and_then(|used| bytes(used.bytes)),
            today_estimated: view.today.is_some_and(|used| used.gap || used.reset),
            reset: view.reset.map(reset),
            left: self.left(&view),
            leak: view.leak.as_ref().and_then(|leak| self.leak(leak)),
            nodes: view.nodes.into_iter().map(node).collect(),
            account: view.account,
            name: view.name,
            as_of: view.as_of,
            used: view.used,
            total: view.total,
            remaining: view.remaining,
            expires_at: view.expires_at,
            feeds: view.feeds,
        }
    }

    fn left(&self, view: &Standing) -> DaysLeftView {
        let (kind, least, most) = match view.left {
            Left::Range { least, most, .. } => ("range", Some(least), Some(most)),
            Left::Until { end, days, .. } => (until(end), Some(days), Some(days)),
            Left::Expired => ("until_expiry", Some(0), Some(0)),
            Left::NoEstimate(_) => ("no_estimate", None, None),
            Left::Unlimited => ("unlimited", None, None),
            Left::UsedUp => ("used_up", Some(0), Some(0)),
        };
        DaysLeftView {
            kind: kind.to_owned(),
            least,
            most,
            said: self.said(|telling| telling.lasting(view)),
        }
    }

    fn leak(&self, leak: &Leak) -> Option<LeakView> {
        let check = &leak.check;
        Some(LeakView {
            start: leak.span.start,
            end: leak.span.end,
            verdict: verdict(check.verdict).to_owned(),
            confirmed: leak.confirmed,
            billed: bytes(check.billed)?,
            ours: bytes(check.ours)?,
            difference: Quantity::bytes(check.difference()?),
            tolerance: bytes(check.tolerance)?,
            coverage: check.coverage,
            said: self.said(|telling| telling.compared(leak)),
        })
    }
}

const fn until(end: Ending) -> &'static str {
    match end {
        Ending::Reset => "until_reset",
        Ending::Expiry => "until_expiry",
    }
}

const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Agrees => "agrees",
        Verdict::UsedElsewhere => "used_elsewhere",
        Verdict::CountedHere => "counted_here",
        Verdict::NotDecidable(_) => "not_decidable",
    }
}

fn bytes(count: u64) -> Option<Quantity> {
    i64::try_from(count).ok().map(Quantity::bytes)
}

fn reset(reset: Reset) -> ResetView {
    ResetView {
        day: reset.day,
        next: reset.next,
        by: match reset.by {
            ResetBy::Told => "told",
            ResetBy::Set => "set",
            ResetBy::Learned => "learned",
        }
        .to_owned(),
    }
}

fn node(node: NodeMultiplier) -> NodeView {
    NodeView {
        node: node.node,
        multiplier: node.multiplier.to_string(),
        by: if node.by_user { "user" } else { "name" }.to_owned(),
    }
}

impl Telling<'_> {
    fn unread(&self, blind: &Blind) -> String {
        let reason = catalogue::blind_reason(blind.reason, self.lang);
        let next = catalogue::blind_next(blind.reason, self.lang);
        let values = [
            ("reason", reason),
            ("detail", blind.detail.as_str()),
            ("next", next),
        ];
        t::SUBSCRIPTION_BLIND.say(self.lang, &values)
    }

    fn amount(&self, count: u64) -> String {
        let amount = bytes(count).map(|amount| catalogue::amount(amount, ByteBase::Binary, self.lang));
        amount.unwrap_or_else(|| "-".to_owned())
    }

    /// For how long it lasts, in one sentence.
    fn lasting(&self, view: &Standing) -> String {
        let say = |text: Text, values: &[(&str, &str)]| text.say(self.lang, values);
        match view.left {
            Left::Range { least, most, end } => self.range(least, most, end),
            Left::Until { end, days, spare } => self.enough(end, days, spare),
            Left::NoEstimate(NoEstimate::NoSample) => say(t::LASTS_NO_SAMPLE, &[]),
            Left::NoEstimate(NoEstimate::TooYoung { days }) => {
                say(t::LASTS_TOO_YOUNG, &[("days", &days.to_string())])
            }
            Left::NoEstimate(NoEstimate::NoUse) => say(t::LASTS_NO_USE, &[]),
            Left::Unlimited => say(t::LASTS_UNLIMITED, &[]),
            Left::UsedUp => say(t::LASTS_USED_UP, &[]),
            Left::Expired => say(t::LASTS_EXPIRED, &[]),
        }
    }

    fn range(&self, least: u32, most: u32, end: Option<(Ending, u32)>) -> String {
        let (low, high) = (least.to_string(), most.to_string());
        let days = if least == most {
            low
        } else {
            format!("{low}–{high}")
        };
        let text = match end {
            None => t::LASTS_RANGE,
            Some((Ending::Reset, _)) => t::LASTS_SHORT_OF_RESET,
            Some((Ending::Expiry, _)) => t::LASTS_SHORT_OF_EXPIRY,
        };
        let short = end.map_or(0, |(_, days)| days.saturating_sub(least));
        text.say(self.lang, &[("days", &days), ("short", &short.to_string())])
    }

    fn enough(&self, end: Ending, days: u32, spare: Spare) -> String {
        let text = match end {
            Ending::Reset => t::LASTS_UNTIL_RESET,
            Ending::Expiry => t::LASTS_UNTIL_EXPIRY,
        };
        let spare = if spare.least == spare.most {
            self.amount(spare.least)
        } else {
            format!("{}–{}", self.amount(spare.least), self.amount(spare.most))
        };
        text.say(self.lang, &[("days", &days.to_string()), ("spare", &spare)])
    }

    /// What a leak check came to, in one sentence.
    fn compared(&self, leak: &Leak) -> String {
        let check = &leak.check;
        let text = match (check.verdict, leak.confirmed) {
            (Verdict::Agrees, _) => t::LEAK_AGREES,
            (Verdict::UsedElsewhere, true) => t::LEAK_ELSEWHERE,
            (Verdict::UsedElsewhere, false) => t::LEAK_ELSEWHERE_ONCE,
            (Verdict::CountedHere, true) => t::LEAK_HERE,
            (Verdict::CountedHere, false) => t::LEAK_HERE_ONCE,
            (Verdict::NotDecidable(Undecided::Coverage), _) => t::LEAK_NOT_WATCHED,
            (Verdict::NotDecidable(Undecided::Reset), _) => t::LEAK_RESET,
            (Verdict::NotDecidable(Undecided::NoDevice), _) => t::LEAK_NO_DEVICE,
        };
        let difference = self.amount(check.billed.abs_diff(check.ours));
        let coverage = catalogue::amount(check.coverage, ByteBase::Binary, self.lang);
        let tolerance = self.amount(check.tolerance);
        let values = [
            ("billed", self.amount(check.billed)),
            ("ours", self.amount(check.ours)),
            ("difference", difference),
            ("tolerance", tolerance),
            ("coverage", coverage),
        ];
        let values: Vec<(&str, &str)> = values
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        text.say(self.lang, &values)
    }
}
