//! Who gets what: by severity, by a guard's own channels, and the end of an alert where the alert went.

use crate::kit::{self, GB, World};
use tidegate_guard::Severity;

/// `ops` takes everything, `loud` what is critical, `warn` warnings and above.
async fn three(change: impl FnOnce(&mut tidegate_engine::config::Config)) -> World {
    let world = World::armed_with(&["hw"], |config| {
        let of = |id: &str, severity| {
            let mut channel = kit::channel(id);
            channel.severity = severity;
            channel
        };
        config
            .channels
            .extend([of("loud", Severity::Critical), of("warn", Severity::Warning)]);
        change(config);
    })
    .await;
    world.pass(600).await;
    world
}

async fn left(world: &World, gigabytes: i64) {
    world.cloud("hw").set(|state| state.remaining = gigabytes * GB);
    world.pass(1800).await;
}

#[tokio::test(start_paused = true)]
async fn a_channel_takes_its_severity_and_above() {
    let world = three(|_| {}).await;
    left(&world, 250).await;
    assert_eq!(world.sink("ops").codes(), ["step_reached"]);
    assert_eq!(world.sink("warn").codes(), ["step_reached"]);
    assert!(
        world.sink("loud").codes().is_empty(),
        "{:?}",
        world.sink("loud").codes()
    );
}

#[tokio::test(start_paused = true)]
async fn the_end_of_an_alert_goes_where_the_alert_went() {
    let world = three(|_| {}).await;
    left(&world, 250).await;
    left(&world, 900).await;
    for channel in ["ops", "warn"] {
        assert_eq!(
            world.sink(channel).codes(),
            ["step_reached", "step_resolved"],
            "{channel}"
        );
    }
    assert!(world.sink("loud").codes().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_became_of_an_action_is_told_to_whoever_knew_of_it() {
    let world = three(|_| {}).await;
    left(&world, 8).await;
    for channel in ["ops", "warn", "loud"] {
        let sink = world.sink(channel);
        assert_eq!(
            (sink.count("action_planned"), sink.count("action_verified")),
            (1, 1),
            "{channel}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_guards_own_channels_come_before_severities() {
    let world = three(|config| config.guards[0].channels = vec![kit::channel("loud").id]).await;
    left(&world, 250).await;
    assert_eq!(world.sink("loud").codes(), ["step_reached"]);
    assert!(world.sink("ops").codes().is_empty() && world.sink("warn").codes().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_nobody_takes_is_not_told_unless_it_is_critical() {
    let world = three(|config| {
        config
            .channels
            .retain(|channel| channel.severity == Severity::Critical);
        // A guard may name a channel that is switched off: that must not cost a critical message.
        config.guards[0].channels = vec![kit::channel("off").id];
        let mut off = kit::channel("off");
        off.enabled = false;
        config.channels.push(off);
    })
    .await;
    left(&world, 250).await;
    assert!(world.sink("loud").codes().is_empty());
    left(&world, 8).await;
    assert_eq!(world.sink("loud").count("action_planned"), 1);
}

#[tokio::test(start_paused = true)]
async fn trouble_of_one_channel_is_told_to_those_that_take_its_severity() {
    let world = three(|_| {}).await;
    let refused = tidegate_channels::DeliveryError {
        refusal: tidegate_channels::Refusal::Permanent,
        detail: "19001".to_owned(),
        may_have_arrived: false,
        sends: 1,
    };
    *world.sink("ops").down.lock().expect("nobody panicked") = Some(refused);
    left(&world, 250).await;
    for channel in ["warn", "loud"] {
        assert_eq!(world.sink(channel).count("program"), 1, "{channel}");
    }
}
