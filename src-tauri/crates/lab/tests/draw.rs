//! Drawn plans: each is sound, the same seed draws the same, an element that is left out moves no other, and two hundred
//! seeds draw everything that can be drawn.

#![expect(
    clippy::unwrap_used,
    reason = "a failed assumption of a test is a failed test"
)]

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tidegate_lab::plan::{Deed, DiskDeed, MachineDeed, Mode, Plan, Shape, Storage, UserDeed, WorldDeed};
use tidegate_sim::{Curve, Lie};

fn shapes() -> impl Strategy<Value = Shape> {
    prop_oneof![
        Just(Shape::small()),
        Just(Shape::standard()),
        Just(Shape::large())
    ]
}

proptest! {
    #[test]
    fn every_drawn_plan_is_sound_and_reads_back(seed: u64, shape in shapes()) {
        let plan = Plan::draw(seed, &shape);
        prop_assert_eq!(plan.mistakes(), Vec::<String>::new());
        prop_assert_eq!(Plan::parse(&plan.text().unwrap()), Ok(plan));
    }

    #[test]
    fn the_same_seed_draws_the_same_plan(seed: u64, shape in shapes()) {
        prop_assert_eq!(Plan::draw(seed, &shape), Plan::draw(seed, &shape));
        prop_assert_ne!(Plan::draw(seed, &shape), Plan::draw(seed.wrapping_add(1), &shape));
    }

    #[test]
    fn whoever_is_left_out_of_the_cast_moves_nobody_else(seed: u64) {
        let with = Shape { purses: (1, 1), mains_percent: 100, devices_percent: 100, ..Shape::large() };
        let without = Shape { purses: (0, 0), mains_percent: 0, devices_percent: 0, renewals: (0, 0), ..with };
        let (full, bare) = (Plan::draw(seed, &with), Plan::draw(seed, &without));
        prop_assert_eq!(&full.clouds, &bare.clouds);
        prop_assert_eq!(&full.sinks, &bare.sinks);
        prop_assert_eq!((full.start, &full.zone, full.mode), (bare.start, &bare.zone, bare.mode));
    }

    #[test]
    fn a_kind_of_event_that_is_left_out_moves_no_other(seed: u64) {
        let without = Shape { lies: (0, 0), ..Shape::small() };
        let is_lie = |deed: &Deed| matches!(deed, Deed::World(WorldDeed::Lie { .. }));
        let mut full = Plan::draw(seed, &Shape::small());
        full.events.retain(|timed| !is_lie(&timed.deed));
        prop_assert_eq!(full, Plan::draw(seed, &without));
    }

    #[test]
    fn nothing_breaks_any_more_once_all_is_mended(seed: u64) {
        let plan = Plan::draw(seed, &Shape::large().mode(Some(Mode::Liveness)));
        let heal = plan.heal_at_s.unwrap();
        prop_assert!(plan.events.iter().all(|timed| timed.at_s <= heal));
    }
}

/// The words of a tagged enum, as its reader lists them: a new variant is among them by itself.
fn words<T: DeserializeOwned>(tag: &str) -> BTreeSet<String> {
    let error = serde_json::from_value::<T>(json!({ tag: "?" }))
        .err()
        .unwrap()
        .to_string();
    let (_, listed) = error.split_once("expected one of ").unwrap();
    listed
        .split(", ")
        .map(|word| word.trim_matches('`').to_owned())
        .collect()
}

fn word(value: &impl Serialize, tag: &str) -> String {
    let told = serde_json::to_value(value).unwrap();
    told.get(tag).and_then(Value::as_str).unwrap().to_owned()
}

fn two_hundred() -> Vec<Plan> {
    (0..200).map(|seed| Plan::draw(seed, &Shape::small())).collect()
}

#[test]
fn two_hundred_seeds_tell_every_lie_and_do_every_deed() {
    let plans = two_hundred();
    let deeds = || {
        plans
            .iter()
            .flat_map(|plan| &plan.events)
            .map(|timed| &timed.deed)
    };
    let lies: BTreeSet<String> = deeds()
        .filter_map(|deed| match deed {
            Deed::World(WorldDeed::Lie { fault }) => Some(word(&fault.lie, "lie")),
            _ => None,
        })
        .collect();
    assert_eq!(lies, words::<Lie>("lie"));
    let of = |pick: fn(&Deed) -> Option<String>| -> BTreeSet<String> { deeds().filter_map(pick).collect() };
    let world = of(|deed| match deed {
        Deed::World(deed) => Some(word(deed, "does")),
        _ => None,
    });
    assert_eq!(world, words::<WorldDeed>("does"));
    let user = of(|deed| match deed {
        Deed::User(deed) => Some(word(deed, "does")),
        _ => None,
    });
    assert_eq!(user, words::<UserDeed>("does"));
    let machine = of(|deed| match deed {
        Deed::Machine(deed) => Some(word(deed, "does")),
        _ => None,
    });
    assert_eq!(machine, words::<MachineDeed>("does"));
    let disk = of(|deed| match deed {
        Deed::Disk(deed) => Some(word(deed, "does")),
        _ => None,
    });
    assert_eq!(disk, words::<DiskDeed>("does"));
}

#[test]
fn two_hundred_seeds_draw_every_curve_mode_storage_zone_and_kind_of_member() {
    let plans = two_hundred();
    let curves: BTreeSet<&str> = plans
        .iter()
        .flat_map(|plan| &plan.clouds)
        .flat_map(|cloud| &cloud.servers)
        .map(|server| match &server.traffic {
            Curve::Idle => "idle",
            Curve::Steady(_) => "steady",
            Curve::Burst { .. } => "burst",
            Curve::Round(_) => "night",
            Curve::Pieces(pieces) if pieces.len() == 3 => "attack",
            Curve::Pieces(_) => "growth",
        })
        .collect();
    let every = ["attack", "burst", "growth", "idle", "night", "steady"];
    assert_eq!(curves, BTreeSet::from(every));
    for mode in [Mode::Safety, Mode::Liveness] {
        assert!(
            plans.iter().filter(|plan| plan.mode == mode).count() > 70,
            "{mode:?}"
        );
    }
    for storage in [Storage::Memory, Storage::File] {
        assert!(plans.iter().any(|plan| plan.storage == storage), "{storage:?}");
    }
    let zones: BTreeSet<&str> = plans.iter().map(|plan| plan.zone.as_str()).collect();
    assert!(zones.len() >= 5, "{zones:?}");
    let some = |has: fn(&Plan) -> bool| plans.iter().any(has) && !plans.iter().all(has);
    assert!(some(|plan| plan.purses.is_empty()) && some(|plan| plan.mains.is_empty()));
    assert!(some(|plan| plan.devices.is_empty()) && some(|plan| plan.renewals.is_empty()));
    let lags = plans
        .iter()
        .flat_map(|plan| &plan.clouds)
        .flat_map(|cloud| &cloud.packages);
    let lags: Vec<u64> = lags.map(|package| package.lag_s).collect();
    assert!(
        lags.iter().any(|lag| *lag < 300) && lags.iter().any(|lag| *lag > 6 * 3600),
        "{lags:?}"
    );
}

#[test]
fn a_plan_that_names_a_stranger_is_refused() {
    let mut plan = Plan::draw(1, &Shape::small());
    plan.clouds.clear();
    let text = plan.text().unwrap();
    assert!(Plan::parse(&text).is_err_and(|error| error.to_string().contains("there is no")));
    let unknown = text.replacen('{', "{ \"colour\": 1,", 1);
    assert!(Plan::parse(&unknown).is_err_and(|error| error.to_string().contains("colour")));
    let other = text.replacen("\"version\": 1", "\"version\": 2", 1);
    assert!(Plan::parse(&other).is_err_and(|error| error.to_string().contains("version 2")));
}
