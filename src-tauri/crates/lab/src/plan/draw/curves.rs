//! What a server sends over a run: steady, in bursts, by night and day, growing, or attacked at the speed of its link.

use jiff::tz::TimeZone;
use tidegate_meter::{Time, Zone};
use tidegate_sim::{Curve, mbit};

use crate::seed::Stream;

/// A drawn curve with what it comes to.
pub(super) struct Traffic {
    pub(super) curve: Curve,
    /// Bits in a second, over the whole run.
    pub(super) mean: u64,
    /// What its link carries.
    pub(super) link_mbit: u32,
}

/// One kind: from its place, the link's bits in a second, the seconds of the run and the beginning, to the curve and its
/// mean.
type Kind = fn(Stream, u64, u64, Time) -> (Curve, u64);

/// How often each.
const KINDS: [(u32, Kind); 6] = [
    (24, steady),
    (18, bursts),
    (18, night),
    (12, growth),
    (25, attack),
    (3, idle),
];

/// Shares of the link in percent by the hour of a person's day: asleep, at work, in the evening.
const HOURS: [u64; 24] = [
    20, 8, 3, 2, 2, 2, 3, 6, 10, 14, 16, 16, 14, 15, 16, 18, 20, 24, 32, 48, 60, 64, 55, 38,
];

pub(super) fn draw(stream: Stream, span_s: u64, start: Time) -> Traffic {
    let link_mbit = u32::try_from(stream.named("link").spread(5, 300)).unwrap_or(300);
    let (curve, mean) = of_link(stream, mbit(u64::from(link_mbit)), span_s, start);
    Traffic {
        curve,
        mean,
        link_mbit,
    }
}

/// A curve that a server takes up in the middle of a run: its link stays what it was.
pub(super) fn another(stream: Stream, now: &Curve, span_s: u64, start: Time) -> Curve {
    of_link(stream, now.fastest().max(mbit(1)), span_s, start).0
}

fn of_link(stream: Stream, link: u64, span_s: u64, start: Time) -> (Curve, u64) {
    let kind = stream
        .named("kind")
        .weighed(&KINDS, |(weight, _)| *weight)
        .map_or(steady as Kind, |(_, kind)| *kind);
    kind(stream.named("curve"), link, span_s.max(1), start)
}

fn idle(_: Stream, _: u64, _: u64, _: Time) -> (Curve, u64) {
    (Curve::Idle, 0)
}

fn steady(stream: Stream, link: u64, _: u64, _: Time) -> (Curve, u64) {
    let rate = part(link, stream.between(2, 60));
    (Curve::Steady(rate), rate)
}

fn bursts(stream: Stream, link: u64, _: u64, _: Time) -> (Curve, u64) {
    let base = part(link, stream.named("base").between(0, 5));
    let every_s = stream.named("every").spread(600, 6 * 3600);
    let lasting_s = every_s / stream.named("share").between(3, 12);
    let more = link.saturating_sub(base);
    let curve = Curve::Burst {
        base,
        peak: link,
        every_s,
        lasting_s,
    };
    (curve, base.saturating_add(share(more, lasting_s, every_s.max(1))))
}

/// The hours of a day in one of two zones, over and over.
fn night(stream: Stream, link: u64, _: u64, start: Time) -> (Curve, u64) {
    let zone = if stream.percent(50) {
        Zone::beijing()
    } else {
        Zone::fixed(-300)
    };
    let first = hour_of(start, zone.jiff());
    let rates = HOURS.iter().map(|percent| part(link, *percent));
    let mean = rates.clone().fold(0_u64, u64::saturating_add) / 24;
    let hours = rates.cycle().skip(first).take(24).map(|rate| (3600, rate));
    (Curve::Round(hours.collect()), mean)
}

fn hour_of(at: Time, zone: &TimeZone) -> usize {
    usize::try_from(at.to_jiff().to_zoned(zone.clone()).hour()).unwrap_or(0)
}

/// A few percent more each hour, up to the link.
fn growth(stream: Stream, link: u64, span_s: u64, _: Time) -> (Curve, u64) {
    let more = stream.named("more").between(2, 12);
    let hours = span_s.div_ceil(3600).max(1);
    let mut rate = part(link, stream.named("first").between(2, 10)).max(1);
    let (mut pieces, mut sum) = (Vec::new(), 0_u64);
    for _ in 0..hours {
        pieces.push((3600, rate));
        sum = sum.saturating_add(rate);
        rate = rate.saturating_add(part(rate, more)).min(link);
    }
    (Curve::Pieces(pieces), sum / hours)
}

/// Little, then everything that the link carries for a while, then little again.
fn attack(stream: Stream, link: u64, span_s: u64, _: Time) -> (Curve, u64) {
    let base = part(link, stream.named("base").between(0, 4));
    let from = part(span_s, stream.named("from").between(5, 80));
    let lasting = stream.named("lasting").spread(600, 6 * 3600);
    let mean = base.saturating_add(share(link.saturating_sub(base), lasting, span_s));
    (
        Curve::Pieces(vec![(from, base), (lasting, link), (0, base)]),
        mean,
    )
}

fn part(of: u64, percent: u64) -> u64 {
    share(of, percent, 100)
}

/// `of × part ÷ whole`, without overflow.
pub(super) fn share(of: u64, part: u64, whole: u64) -> u64 {
    let wide = u128::from(of).saturating_mul(u128::from(part)) / u128::from(whole.max(1));
    u64::try_from(wide).unwrap_or(u64::MAX)
}
