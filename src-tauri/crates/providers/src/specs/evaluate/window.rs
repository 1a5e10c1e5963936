//! The span that a metric counts in.

use jiff::ToSpan;
use tidegate_meter::{Time, Window, WindowKind, Zone};

use super::super::expr::{Instant, TimeForm};
use super::super::number;
use super::super::spec::{Every, Metric, WindowRule};
use super::Scene;

impl Scene<'_> {
    /// The window, where the spec names one and the answer tells it; an end that cannot be read leaves the amount true.
    pub(super) fn window(&self, metric: &Metric) -> Option<Window> {
        match metric.window.as_ref()? {
            WindowRule::Calendar { kind, beijing } => {
                let zone = if *beijing { Zone::beijing() } else { Zone::utc() };
                Window::calendar(*kind, self.at, &zone)
            }
            WindowRule::Resets { at, every } => told(self.instant(at)?, *every),
        }
    }

    fn instant(&self, instant: &Instant) -> Option<Time> {
        let (text, form) = match instant {
            Instant::Spot(spot, form) => {
                let value = self.value(spot).ok()?;
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                (text, *form)
            }
            Instant::Header(field, form) => (self.header_field(field).ok()?.to_owned(), *form),
        };
        let ms = |factor: i64| {
            let number = number::of_text(&text, false)?.floor();
            i64::try_from(number)
                .ok()
                .filter(|at| *at > 0)?
                .checked_mul(factor)
        };
        match form {
            TimeForm::Unix => ms(1000).map(Time::from_ms),
            TimeForm::UnixMs => ms(1).map(Time::from_ms),
            TimeForm::Rfc3339 => text.parse().ok(),
        }
    }
}

/// A window by its end: it began one cycle earlier. Its identity is its start, which moves only when the end does.
fn told(end: Time, every: Every) -> Option<Window> {
    let ended = end.to_jiff().to_zoned(jiff::tz::TimeZone::UTC);
    let (kind, start) = match every {
        Every::Day => (WindowKind::Cycle, ended.checked_sub(1.day())),
        Every::Week => (WindowKind::Cycle, ended.checked_sub(7.days())),
        Every::Month => (WindowKind::Cycle, ended.checked_sub(1.month())),
        Every::Life => return Some(Window::told(WindowKind::Life, Time::from_ms(0), Some(end))),
    };
    let start = Time::from_jiff(start.ok()?.timestamp());
    Some(Window::told(kind, start, Some(end)))
}
