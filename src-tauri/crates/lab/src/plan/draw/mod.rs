//! A plan from a seed. Owns what is drawn and how often; every element comes from a [`Stream`] of its own name, so that a
//! shape with one element less draws all others as before. Never looks at a clock. Tested in `tests/draw.rs`.

mod clouds;
mod curves;
mod deeds;
mod guards;
mod lies;
mod machine;
mod money;
mod orders;
mod rest;
mod shape;
mod when;

pub use shape::Shape;

use super::{Deed, Mode, Plan, Storage, Timed, VERSION};
use crate::limits;
use crate::seed::Stream;

impl Plan {
    /// The plan of a seed. The same seed and shape draw the same plan.
    #[must_use]
    pub fn draw(seed: u64, shape: &Shape) -> Self {
        let root = Stream::of(seed);
        let span_s = shape.span_s();
        let mode = shape.mode.unwrap_or(if root.named("mode").percent(50) {
            Mode::Safety
        } else {
            Mode::Liveness
        });
        let start = when::start(root.named("start"));
        let mut plan = Self {
            version: VERSION,
            seed,
            mode,
            start,
            span_s,
            zone: when::zone(root.named("zone")),
            storage: shape.storage.unwrap_or(if root.named("storage").percent(8) {
                Storage::File
            } else {
                Storage::Memory
            }),
            clouds: clouds::draw(root.named("clouds"), shape, start),
            purses: money::purses(root.named("purses"), shape),
            mains: money::mains(root.named("mains"), shape),
            devices: rest::devices(root.named("devices"), shape),
            subscriptions: rest::subscriptions(root.named("subscriptions"), shape),
            renewals: rest::renewals(root.named("renewals"), shape),
            sinks: rest::sinks(root.named("sinks")),
            events: Vec::new(),
            heal_at_s: (mode == Mode::Liveness).then_some(span_s / 3 * 2),
        };
        let mut events = events(root.named("events"), shape, &plan);
        events.sort_by_key(|timed| timed.at_s);
        plan.events = events;
        plan
    }
}

/// What happens, in the order in which it was drawn.
fn events(stream: Stream, shape: &Shape, plan: &Plan) -> Vec<Timed> {
    // After everything was mended nothing may break again, or no bound could be held.
    let until = plan.heal_at_s.unwrap_or(plan.span_s);
    let kinds: [(&str, (u32, u32), Draw); 4] = [
        ("lies", shape.lies, lies::draw),
        ("deeds", shape.deeds, deeds::draw),
        ("orders", shape.orders, orders::draw),
        ("mishaps", shape.mishaps, machine::draw),
    ];
    let mut events = Vec::new();
    for (name, bounds, draw) in kinds {
        let stream = stream.named(name);
        for number in 0..stream.named("count").count(bounds) {
            let own = stream.numbered(u64::from(number));
            let at_s = when::during(own.named("at"), until);
            // A moment is awaited from the beginning: actions are rare, and most come early.
            let upon = when::upon(own.named("upon"), name);
            let at_s = if upon.is_some() {
                limits::SETTLED_S.min(until)
            } else {
                at_s
            };
            events.extend(draw(own, plan).map(|deed| Timed { at_s, upon, deed }));
            // One fault in ten has company: what overlaps breaks what either alone does not.
            if name == "lies" && own.named("is-pair").percent(10) {
                let at_s = at_s.saturating_add(own.named("apart").spread(1, 300)).min(until);
                events.extend(draw(own.named("second"), plan).map(|deed| Timed { at_s, upon, deed }));
            }
        }
    }
    for timed in &mut events {
        machine::end_by(timed, until);
    }
    events
}

/// Draws something that happens; `None` when nobody is there whom it could happen to.
type Draw = fn(Stream, &Plan) -> Option<Deed>;
