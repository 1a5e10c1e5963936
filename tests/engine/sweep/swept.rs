//! The sweep itself, and what shows that it can fail.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use tidegate_engine::crash::POINTS;

use crate::kit::{Fuse, Passing, quick_folder};
use crate::sweep::facts::Facts;
use crate::sweep::house::Ground;
use crate::sweep::scenarios::{self, Scenario};
use crate::sweep::watched::Planted;

/// So many passings of a label are swept.
const PASSINGS: usize = 3;

/// The ground of a story, up to where the swept process begins.
async fn begun(scenario: &Scenario, path: &Path) -> Ground {
    let ground = Ground::at(scenario.start.parse().unwrap());
    (scenario.ground)(&ground);
    if let Some(passing) = scenario.after {
        let fuse = Fuse::at(passing);
        fuse.burn(life(scenario, &ground, path, &fuse)).await;
        assert!(fuse.is_hit(), "{}: {passing:?} is not passed", scenario.name);
    }
    ground
}

/// One process, from its start to where nothing is left to do.
async fn life(scenario: &Scenario, ground: &Ground, path: &Path, fuse: &Arc<Fuse>) {
    let house = ground.house(path, Some(fuse.hook())).await;
    (scenario.story)(&house).await;
    house.engine.stop().await;
}

/// What is true after a last process without an end.
async fn over(scenario: &Scenario, ground: &Ground, path: &Path) -> Facts {
    let house = ground.house(path, None).await;
    (scenario.story)(&house).await;
    house.engine.stop().await;
    Facts::of(&house).await
}

/// The story without an end of its process.
async fn clean(scenario: &Scenario) -> Facts {
    let folder = quick_folder();
    let path = folder.path().join("tidegate.db");
    let whole = Scenario {
        after: None,
        ..*scenario
    };
    let ground = begun(&whole, &path).await;
    over(&whole, &ground, &path).await
}

/// The passings that are swept, in the order of the labels.
async fn passings(scenario: &Scenario) -> Vec<Passing> {
    let folder = quick_folder();
    let path = folder.path().join("tidegate.db");
    let ground = begun(scenario, &path).await;
    let fuse = Fuse::dry();
    fuse.burn(life(scenario, &ground, &path, &fuse)).await;
    let passed = fuse.passed().into_iter();
    passed
        .flat_map(|(label, count)| (1..=count.min(PASSINGS)).map(move |nth| (label, nth)))
        .collect()
}

/// Ends the process there; what is wrong at the end of the story.
async fn ended_at(
    scenario: &Scenario,
    clean: &Facts,
    passing: Passing,
    planted: Option<Planted>,
) -> Vec<String> {
    let folder = quick_folder();
    let path = folder.path().join("tidegate.db");
    let ground = begun(scenario, &path).await;
    *ground.wire.planted.lock().unwrap() = planted;
    let fuse = Fuse::at(passing);
    fuse.burn(life(scenario, &ground, &path, &fuse)).await;
    if !fuse.is_hit() {
        return vec!["the point is not passed again: the story is not the same twice".to_owned()];
    }
    let ends = 1 + usize::from(scenario.after.is_some());
    over(scenario, &ground, &path).await.breaches(clean, ends)
}

/// Every passing of the story.
async fn sweep(name: &str) {
    let scenario = scenarios::named(name);
    let clean = clean(&scenario).await;
    assert_eq!(
        clean.breaches(&clean, 0),
        Vec::<String>::new(),
        "{name} without an end"
    );
    let passings = passings(&scenario).await;
    assert!(passings.len() >= 10, "{name} passes {passings:?}");
    let mut found = Vec::new();
    for passing in &passings {
        let breaches = ended_at(&scenario, &clean, *passing, None).await;
        found.extend(
            breaches
                .into_iter()
                .map(|breach| format!("{name} ended at {passing:?}: {breach}")),
        );
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

macro_rules! swept {
    ($($name:ident,)+) => {
        /// The stories that have a test.
        const SWEPT: &[&str] = &[$(stringify!($name),)+];

        $(
            #[tokio::test(start_paused = true)]
            async fn $name() {
                sweep(stringify!($name)).await;
            }
        )+
    };
}

swept! {
    a_stop_that_works,
    a_request_that_is_lost,
    an_answer_that_is_lost,
    a_refused_stop,
    a_stop_that_is_ignored,
    a_stop_that_is_stuck,
    a_forced_stop,
    stopped_by_hand_meanwhile,
    started_again_by_hand,
    a_start_after_the_reset,
    picking_up_a_request_on_the_wire,
    picking_up_a_message_on_the_wire,
    a_restore,
    held_and_called_off,
    commands,
    a_changed_configuration,
    a_damaged_row,
    a_device_and_what_it_hands_in,
    a_disable_and_its_restore,
    a_charge_at_the_turn_of_the_month,
    a_sub_account_is_made,
    proxy_traffic,
    a_message_is_retried_and_escalated,
    a_channel_that_refuses_for_good,
    a_renewal,
    the_report_of_a_day,
    a_mail,
    a_sleep_in_a_countdown,
    a_process_that_is_frozen_in_a_countdown,
    a_leak_check,
}

#[test]
fn every_story_is_swept() {
    let told: Vec<&str> = scenarios::all().iter().map(|scenario| scenario.name).collect();
    assert_eq!(told.iter().collect::<BTreeSet<_>>(), SWEPT.iter().collect());
}

/// A label that no story passes would be swept by nothing, and nobody would see it.
#[tokio::test(start_paused = true)]
async fn every_point_is_passed_by_some_story() {
    let mut passed = BTreeSet::new();
    for scenario in scenarios::all() {
        passed.extend(passings(&scenario).await.into_iter().map(|(label, _)| label));
    }
    let missed: Vec<_> = POINTS.iter().filter(|label| !passed.contains(**label)).collect();
    assert!(missed.is_empty(), "{missed:#?}");
    let unknown: Vec<_> = passed.iter().filter(|label| !POINTS.contains(label)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

/// The breaches that a planted fault leads to when the process ends there.
async fn with(planted: Planted, passing: Passing) -> String {
    let scenario = scenarios::named("a_stop_that_works");
    let clean = clean(&scenario).await;
    let found = ended_at(&scenario, &clean, passing, Some(planted)).await;
    found.join("\n")
}

#[tokio::test(start_paused = true)]
async fn a_repeat_without_its_mark_is_found() {
    let found = with(Planted::Unmarked, ("delivery.answered", 1)).await;
    assert!(found.contains("a repeat is not marked"), "{found}");
}

#[tokio::test(start_paused = true)]
async fn a_message_that_arrives_twice_is_found() {
    let found = with(Planted::Twice, ("look.committed", 1)).await;
    assert!(found.contains("messages are repeated after 1 ends"), "{found}");
}

#[tokio::test(start_paused = true)]
async fn a_message_that_nobody_sees_is_found() {
    let found = with(Planted::Swallowed, ("look.committed", 1)).await;
    assert!(found.contains("a message never arrived"), "{found}");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_leaves_before_its_row_is_found() {
    let found = with(Planted::EarlyRequest, ("intent.rechecked.before", 1)).await;
    assert!(found.contains("left before its intent was durable"), "{found}");
    assert!(found.contains("is asked for"), "{found}");
}
