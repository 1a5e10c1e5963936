//! What is seen at a glance: one order of precedence, one sentence, for tray, window and command line alike. Pure: made
//! from the other answers alone, never asks anything itself. Tested in `tests/glance.rs`.

mod overview;
mod rank;
mod sentence;
mod tray;

use tidegate_channels::catalogue;
use tidegate_meter::{ByteBase, Lang, Quantity, Time, Zone};

use crate::response::{
    ActionView, AlertView, LapseView, MeterView, MetersView, OutcomeName, SaidView, StatusView,
};
use crate::texts as t;

pub(crate) use rank::worst_first;

/// In which words, and as of when.
#[derive(Clone, Copy)]
pub(crate) struct Eye<'a> {
    pub(crate) lang: Lang,
    pub(crate) zone: &'a Zone,
    pub(crate) now: Time,
}

/// The answers that a glance is made from.
pub(crate) struct Parts {
    pub(crate) status: StatusView,
    pub(crate) meters: MetersView,
    /// Actions that have not ended.
    pub(crate) open: Vec<ActionView>,
}

/// What the first page shows beyond a glance.
#[derive(Default)]
pub(crate) struct More {
    pub(crate) actions: Vec<ActionView>,
    pub(crate) alerts: Vec<AlertView>,
    pub(crate) lapses: Vec<LapseView>,
}

pub(crate) use overview::overview;
pub(crate) use tray::tray;

/// The status sentence in both languages.
pub(crate) fn said(parts: &Parts, zone: &Zone, now: Time) -> SaidView {
    let of = |lang| sentence::sentence(parts, Eye { lang, zone, now });
    SaidView {
        zh: of(Lang::Zh),
        en: of(Lang::En),
    }
}

impl Parts {
    /// When the next account is looked at.
    fn next_look_at(&self) -> Option<Time> {
        let enabled = self.status.accounts.iter().filter(|account| account.enabled);
        enabled.filter_map(|account| account.next_at).min()
    }

    fn is_simulated(&self) -> bool {
        self.status.accounts.iter().any(|account| account.simulated)
    }
}

impl Eye<'_> {
    /// The time of day, with the date where it is another day.
    fn clock(self, at: Time) -> String {
        let local = |at: Time| at.to_jiff().to_zoned(self.zone.jiff().clone());
        let (then, now) = (local(at), local(self.now));
        let form = if then.date() == now.date() {
            "%H:%M"
        } else {
            "%m-%d %H:%M"
        };
        then.strftime(form).to_string()
    }

    /// What is left, or used where only that is known; the last truth while blind.
    fn left(self, meter: &MeterView) -> String {
        let last = meter.last_good.as_ref();
        let (left, used) = match meter.outcome {
            OutcomeName::Known => (meter.remaining, meter.used),
            OutcomeName::Blind => (
                last.and_then(|last| last.remaining),
                last.and_then(|last| last.used),
            ),
        };
        let base = if meter.binary {
            ByteBase::Binary
        } else {
            ByteBase::Decimal
        };
        let text = |quantity: Quantity| catalogue::amount(quantity, base, self.lang);
        match (left, used, meter.limit) {
            (Some(left), _, Some(whole)) => {
                t::LEFT_OF.say(self.lang, &[("left", &text(left)), ("whole", &text(whole))])
            }
            (Some(left), _, None) => t::LEFT.say(self.lang, &[("left", &text(left))]),
            (None, Some(used), Some(whole)) => {
                t::USED_OF.say(self.lang, &[("used", &text(used)), ("whole", &text(whole))])
            }
            (None, Some(used), None) => t::USED.say(self.lang, &[("used", &text(used))]),
            (None, None, _) => t::NO_READING.of(self.lang).to_owned(),
        }
    }
}
