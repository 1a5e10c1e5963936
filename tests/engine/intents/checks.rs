//! The check before a request leaves: what it lets through, what it waits for, what ends the action.

use std::time::Duration;

use tidegate_guard::{ActionKind, IntentState, PowerState};
use tidegate_meter::{Clock as _, Reason};
use tidegate_providers::ProviderErrorKind;

use crate::intents::house::{acts, message, recorded_in, resumed, row, says, silent, times, until, wish};
use crate::kit::{self, GB, World};

#[tokio::test(start_paused = true)]
async fn cleared_by_a_process_that_ended_it_is_checked_anew_and_sent_once() {
    let world = resumed(wish(IntentState::Rechecked, ActionKind::Stop), |_| {}).await;
    world.pass(60).await;
    assert_eq!(
        row(&world).await.state,
        IntentState::Verified,
        "{:?}",
        world.story()
    );
    assert_eq!(acts(&world), [ActionKind::Stop]);
    assert_eq!(world.count("rechecked"), 0, "it stands there already");
    let world = resumed(wish(IntentState::Rechecked, ActionKind::Stop), |cloud| {
        cloud.protected = Some(true);
    })
    .await;
    world.pass(60).await;
    assert_eq!((acts(&world), times(&world, "cancelled")), (vec![], vec![0]));
}

#[tokio::test(start_paused = true)]
async fn a_tag_that_protects_or_cannot_be_read_keeps_a_persons_stop_from_leaving() {
    for tag in [Some(true), None] {
        let world = resumed(wish(IntentState::Planned, ActionKind::Stop), |cloud| {
            cloud.protected = tag;
        })
        .await;
        world.pass(60).await;
        assert_eq!(
            (acts(&world), row(&world).await.state),
            (vec![], IntentState::Cancelled)
        );
        let told = message(&world, "action_cancelled");
        assert_eq!(
            (&told["by"], &told["asked"]),
            (&"belt".into(), &"never".into()),
            "{told}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_protected_server_that_is_stopped_may_be_started_by_a_person() {
    for tag in [Some(true), None, Some(false)] {
        let world = recorded_in(wish(IntentState::Planned, ActionKind::Start), None, |config| {
            config.guards.clear();
            if tag == Some(true) {
                let id = kit::Cloud::new("hw", &kit::TestTimer::new(kit::start()))
                    .target()
                    .id;
                config.accounts[0].protect.push(id);
            }
        })
        .await;
        world.cloud("hw").set(|cloud| {
            cloud.protected = tag;
            cloud.power = PowerState::Stopped;
        });
        world.engine.run().await.unwrap();
        world.pass(60).await;
        assert_eq!(acts(&world), [ActionKind::Start], "{tag:?}: {:?}", world.story());
        assert_eq!(row(&world).await.state, IntentState::Verified);
    }
}

#[tokio::test(start_paused = true)]
async fn on_the_protect_list_a_persons_stop_does_not_leave() {
    let world = recorded_in(wish(IntentState::Planned, ActionKind::Stop), None, |config| {
        config.guards.clear();
        let id = kit::Cloud::new("hw", &kit::TestTimer::new(kit::start()))
            .target()
            .id;
        config.accounts[0].protect.push(id);
    })
    .await;
    world.engine.run().await.unwrap();
    world.pass(60).await;
    assert_eq!(
        (acts(&world), row(&world).await.state),
        (vec![], IntentState::Cancelled)
    );
}

#[tokio::test(start_paused = true)]
async fn already_as_wanted_by_two_reads_it_is_done_without_a_request() {
    for (action, wanted) in [
        (ActionKind::Stop, PowerState::Stopped),
        (ActionKind::Start, PowerState::Running),
    ] {
        let world = resumed(wish(IntentState::Planned, action), |cloud| {
            cloud.power = wanted.clone();
        })
        .await;
        world.pass(60).await;
        assert_eq!(times(&world, "verified"), [5], "{:?}", world.story());
        assert_eq!((acts(&world), world.count("rechecked")), (vec![], 0));
        let told = message(&world, "action_verified");
        assert_eq!(told["asked"], "never");
        assert!(told["proof"]["receipt"].is_null());
        assert_eq!(told["proof"]["before"], serde_json::to_value(&wanted).unwrap());
    }
}

#[tokio::test(start_paused = true)]
async fn of_two_reads_that_contradict_each_other_the_one_that_needs_the_request_counts() {
    let world = resumed(wish(IntentState::Planned, ActionKind::Stop), |cloud| {
        cloud.told.push_back(says(PowerState::Stopped));
    })
    .await;
    world.pass(60).await;
    assert_eq!(
        (acts(&world), times(&world, "sent")),
        (vec![ActionKind::Stop], vec![5])
    );
    assert_eq!(message(&world, "action_verified")["asked"], "unanswered");
}

#[tokio::test(start_paused = true)]
async fn a_read_that_failed_between_two_that_saw_it_done_begins_the_proof_anew() {
    let world = resumed(wish(IntentState::Planned, ActionKind::Stop), |cloud| {
        cloud.told.extend([says(PowerState::Stopped), silent(None)]);
        cloud.told_always = Some(says(PowerState::Stopped));
    })
    .await;
    world.pass(90).await;
    assert_eq!(times(&world, "verified"), [5 + 30 + 5], "{:?}", world.story());
}

#[tokio::test(start_paused = true)]
async fn on_its_way_by_another_hand_or_in_no_known_state_it_is_looked_at_again_in_half_a_minute() {
    let rebooting = PowerState::Other {
        word: "rebooting".to_owned(),
    };
    for (action, power) in [
        (ActionKind::Stop, PowerState::Stopping),
        (ActionKind::Stop, PowerState::Starting),
        (ActionKind::Stop, rebooting.clone()),
        (ActionKind::Start, PowerState::Starting),
        (ActionKind::Start, PowerState::Stopping),
        (ActionKind::Start, rebooting),
    ] {
        let unchanged = match action {
            ActionKind::Start => PowerState::Stopped,
            _ => PowerState::Running,
        };
        let world = resumed(wish(IntentState::Planned, action), |cloud| {
            cloud.told.push_back(says(power.clone()));
            cloud.power = unchanged;
        })
        .await;
        world.pass(20).await;
        assert_eq!(acts(&world), [], "{action:?} {power:?}");
        world.pass(60).await;
        assert_eq!(times(&world, "sent"), [30], "{action:?} {power:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_for_an_hour_is_called_off() {
    let world = resumed(wish(IntentState::Planned, ActionKind::Stop), |cloud| {
        cloud.told_always = Some(silent(None));
    })
    .await;
    until(&world, "cancelled", 1).await;
    assert_eq!((times(&world, "cancelled"), acts(&world)), (vec![3600], vec![]));
    world.pass(1).await;
    let told = message(&world, "action_cancelled");
    assert_eq!(
        (&told["by"], &told["asked"]),
        (&"unread".into(), &"never".into()),
        "{told}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_gone_ends_it_before_anything_is_sent() {
    let gone = kit::error(ProviderErrorKind::Gone, "no such server");
    for answer in [says(PowerState::Gone), Err(gone)] {
        let world = resumed(wish(IntentState::Planned, ActionKind::Stop), |cloud| {
            cloud.told_always = Some(answer);
        })
        .await;
        world.pass(60).await;
        assert_eq!(
            (times(&world, "failed"), times(&world, "abandoned")),
            (vec![0], vec![0])
        );
        assert_eq!(acts(&world), []);
        assert_eq!(
            message(&world, "action_failed")["detail"],
            "the provider has no such target any more"
        );
    }
}

async fn planned(world: &World) {
    world.pass(600).await;
    world.cloud("hw").set(|cloud| cloud.remaining = 8 * GB);
    until(world, "planned", 1).await;
}

/// The countdown of a minute is over, and its check waits for an answer that takes ten seconds.
async fn checking(world: &World) {
    planned(world).await;
    world
        .cloud("hw")
        .set(|cloud| cloud.latency = Duration::from_secs(10));
    world.pass(62).await;
    assert_eq!(world.count("rechecked"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_check_of_a_guard_whose_two_reads_contradict_each_other_goes_by_the_one_that_needs_the_request() {
    for (look, fresh) in [
        (PowerState::Running, PowerState::Stopped),
        (PowerState::Stopped, PowerState::Running),
    ] {
        let world = World::armed(&["hw"]).await;
        checking(&world).await;
        world
            .cloud("hw")
            .set(|cloud| cloud.told.extend([says(look.clone()), says(fresh)]));
        world.pass(12).await;
        assert_eq!(acts(&world), [ActionKind::Stop], "{look:?}: {:?}", world.story());
    }
}

#[tokio::test(start_paused = true)]
async fn protected_by_one_of_two_reads_it_is_not_touched() {
    let (yes, no) = (Some(true), Some(false));
    let (runs, stands) = (PowerState::Running, PowerState::Stopped);
    for (look, fresh, end) in [
        ((runs.clone(), yes), (stands.clone(), no), IntentState::Cancelled),
        ((runs.clone(), no), (stands, yes), IntentState::Cancelled),
        ((runs.clone(), no), (runs.clone(), yes), IntentState::Cancelled),
        // A tag that could not be read may be read by the next look.
        ((runs.clone(), no), (runs, None), IntentState::Planned),
    ] {
        let world = World::armed(&["hw"]).await;
        checking(&world).await;
        world.cloud("hw").set(|cloud| {
            cloud.told.extend([Ok(look.clone()), Ok(fresh.clone())]);
            cloud.told_always = Some(says(PowerState::Running));
        });
        world.pass(12).await;
        assert_eq!(acts(&world), [], "{look:?} {fresh:?}: {:?}", world.story());
        assert_eq!(row(&world).await.state, end, "{look:?} {fresh:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_account_that_was_changed_during_its_check_is_checked_again() {
    let world = World::armed(&["hw"]).await;
    checking(&world).await;
    let mut config = world.engine.config().await;
    config.accounts[0].name = "another name".to_owned();
    world.engine.configure(config, "me").await.unwrap();
    world.pass(20).await;
    assert_eq!(acts(&world), [], "{:?}", world.story());
    world.pass(60).await;
    assert_eq!(acts(&world), [ActionKind::Stop], "{:?}", world.story());
}

#[tokio::test(start_paused = true)]
async fn a_meter_that_cannot_be_read_at_the_check_is_waited_for() {
    let causes: [fn(&mut kit::CloudState); 2] = [
        |cloud| cloud.missing = true,
        |cloud| cloud.fail = Some((Reason::Transient, "no answer".to_owned())),
    ];
    for cause in causes {
        let world = World::armed(&["hw"]).await;
        planned(&world).await;
        world.cloud("hw").set(cause);
        world.pass(120).await;
        assert_eq!(acts(&world), [], "{:?}", world.story());
        assert_eq!(
            row(&world).await.state,
            IntentState::Planned,
            "{:?}",
            world.story()
        );
        world.cloud("hw").set(|cloud| {
            cloud.missing = false;
            cloud.fail = None;
        });
        world.pass(120).await;
        assert_eq!(acts(&world), [ActionKind::Stop], "{:?}", world.story());
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_is_not_reached_any_more_at_the_check_calls_it_off() {
    let world = World::armed(&["hw"]).await;
    planned(&world).await;
    world.cloud("hw").set(|cloud| cloud.remaining = 800 * GB);
    world.pass(120).await;
    assert_eq!(
        (acts(&world), row(&world).await.state),
        (vec![], IntentState::Cancelled)
    );
}

#[tokio::test(start_paused = true)]
async fn a_cancel_or_a_hold_during_the_check_keeps_the_request_from_leaving() {
    let world = World::armed(&["hw"]).await;
    checking(&world).await;
    world.engine.cancel(row(&world).await.id, "me").await.unwrap();
    world.cloud("hw").set(|cloud| cloud.latency = Duration::ZERO);
    world.pass(300).await;
    assert_eq!(
        (acts(&world), row(&world).await.state),
        (vec![], IntentState::Cancelled)
    );
    assert_eq!(world.count("rechecked"), 0);

    let world = World::armed(&["hw"]).await;
    checking(&world).await;
    let held = world
        .engine
        .hold(row(&world).await.id, Duration::from_secs(1200), "me")
        .await;
    world.cloud("hw").set(|cloud| cloud.latency = Duration::ZERO);
    world.pass(900).await;
    assert_eq!((acts(&world), world.count("rechecked")), (vec![], 0));
    assert_eq!(row(&world).await.due, held.unwrap());
    world.pass(600).await;
    assert_eq!(acts(&world), [ActionKind::Stop], "{:?}", world.story());
}

#[tokio::test(start_paused = true)]
async fn a_fall_that_is_not_believed_yet_at_the_check_is_waited_for() {
    let world = World::armed(&["hw"]).await;
    planned(&world).await;
    let due = row(&world).await.due;
    world.cloud("hw").set(|cloud| cloud.remaining = 0);
    let wait = due.since(world.timer.now().wall);
    world.pass(wait.as_secs() + 10).await;
    assert_eq!(
        (acts(&world), row(&world).await.state),
        (vec![], IntentState::Planned),
        "{:?}",
        world.story()
    );
    world.pass(2 * 3600).await;
    assert_eq!(acts(&world), [ActionKind::Stop], "{:?}", world.story());
}

#[tokio::test(start_paused = true)]
async fn on_its_way_down_by_the_fresh_read_no_request_leaves_whatever_the_look_saw() {
    let world = World::armed(&["hw"]).await;
    checking(&world).await;
    world.cloud("hw").set(|cloud| {
        cloud
            .told
            .extend([says(PowerState::Running), says(PowerState::Stopping)]);
        cloud.power = PowerState::Stopped;
        cloud.latency = Duration::ZERO;
    });
    world.pass(120).await;
    assert_eq!(acts(&world), [], "{:?}", world.story());
    assert_eq!(
        row(&world).await.state,
        IntentState::Verified,
        "{:?}",
        world.story()
    );
}
