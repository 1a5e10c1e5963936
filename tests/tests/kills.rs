//! The guard is killed at every point of an action, and at random ones, and started again on the same home: the server
//! is asked to stop once, no other is touched, and every message arrives.

use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::Value;
use tidegate_tests::stage::scene::{self, text};
use tidegate_tests::stage::{Cloud, Guard, Home, config};

type Done = anyhow::Result<()>;

/// Armed over a package that is below its line already: the action begins with the first two readings.
fn armed() -> anyhow::Result<(tempfile::TempDir, Cloud, Home)> {
    let folder = tempfile::tempdir()?;
    let cloud = scene::cloud(folder.path(), 190)?;
    let home = Home::for_cloud(&cloud)?;
    let applied = home.apply(&config(&cloud, "14 GB")?)?;
    ensure!(applied.code == 0, "{applied:?}");
    home.done(&["arm", "traffic", "--for", "1d", "--yes"])?;
    Ok((folder, cloud, home))
}

/// The story goes on to its verified end, and holds.
fn ends_well(cloud: &Cloud, home: &Home, mut guard: Guard, crashes: usize) -> Done {
    scene::until_over(home, &mut guard)?;
    let (code, printed) = guard.end()?;
    ensure!(code == 0, "it ends well: {code} {printed}");
    scene::assert_stopped_once(cloud, home, crashes, 0)
}

fn killed_at(kind: &str, fits: fn(&Value) -> bool) -> Done {
    let (_folder, cloud, home) = armed()?;
    let mut guard = home.guard()?;
    guard.event(kind, fits)?;
    guard.kill()?;
    ends_well(&cloud, &home, home.guard()?, 1).with_context(|| format!("killed at {kind}"))
}

fn any(_: &Value) -> bool {
    true
}

#[test]
fn a_kill_after_the_step_repeats_no_step() -> Done {
    killed_at("step", any)
}

#[test]
fn a_kill_in_the_countdown_stops_the_server_once() -> Done {
    killed_at("planned", any)
}

#[test]
fn a_kill_after_the_recheck_stops_the_server_once() -> Done {
    killed_at("rechecked", any)
}

/// The record is durable and the request may or may not have left: it is never sent again before the state was read
/// twice, half a minute apart.
#[test]
fn a_kill_as_the_request_leaves_sends_nothing_blindly() -> Done {
    killed_at("sent", any)
}

/// The provider took the request on and the guard never heard: its state alone says so.
#[test]
fn a_kill_before_the_answer_comes_sends_no_second_request() -> Done {
    let (_folder, cloud, home) = armed()?;
    cloud.lie(&serde_json::json!({ "lie": "slow", "ms": 60_000, "on": "ecs.stop" }))?;
    let mut guard = home.guard()?;
    guard.event("sent", any)?;
    while cloud.stops()?.is_empty() {
        guard.later("reading")?;
    }
    ensure!(guard.count("accepted") == 0, "no answer came");
    guard.kill()?;
    cloud.heal()?;
    let mut guard = home.guard()?;
    guard.event("unknown", any)?;
    ends_well(&cloud, &home, guard, 1)
}

#[test]
fn a_kill_after_the_receipt_sends_no_second_request() -> Done {
    killed_at("accepted", any)
}

#[test]
fn a_kill_while_verifying_sends_no_second_request() -> Done {
    killed_at("verifying", any)
}

#[test]
fn a_kill_after_the_proof_still_tells_it() -> Done {
    killed_at("verified", any)
}

#[test]
fn a_kill_after_a_delivery_repeats_no_message() -> Done {
    killed_at("delivered", |event| text(event, "/code") == "action_planned")
}

/// The platform took the message and the guard never heard: it is told once more, and says that it is a repeat.
#[test]
fn a_kill_while_a_message_is_on_its_way_marks_its_repeat() -> Done {
    let (_folder, cloud, home) = armed()?;
    cloud.lie(&serde_json::json!({ "lie": "slow", "ms": 60_000, "on": "feishu" }))?;
    let mut guard = home.guard()?;
    while cloud.told()?.is_empty() {
        guard.later("reading")?;
    }
    ensure!(guard.count("delivered") == 0, "no answer came");
    guard.kill()?;
    cloud.heal()?;
    let mut guard = home.guard()?;
    guard.event("delivered", |event| {
        event.pointer("/repeat") == Some(&Value::Bool(true))
    })?;
    ends_well(&cloud, &home, guard, 1)
}

/// Homes that are killed in side by side, each with its own cloud and its own seed.
const HOMES: [u64; 10] = [11, 23, 37, 41, 53, 67, 71, 83, 97, 101];
/// Lives of one home that a random kill ends: two hundred in all.
const LIVES: usize = 20;
/// Lines of events that one life may last, and microseconds beyond the last of them.
const LINES: u64 = 6;
const BEYOND_US: u64 = 500_000;
/// One life of so many ends while it starts, within so many microseconds.
const STARTS: u64 = 4;
const START_US: u64 = 150_000;
/// States in which the request of an action may have left.
const MAY_HAVE_LEFT: [&str; 6] = ["sent", "accepted", "verifying", "verified", "failed", "unknown"];

/// When a life ends: after so many lines, and so long beyond the last of them.
fn moment(seed: &mut u64) -> anyhow::Result<(usize, Duration)> {
    if random(seed).is_multiple_of(STARTS) {
        return Ok((0, Duration::from_micros(random(seed) % START_US)));
    }
    let lines = usize::try_from(random(seed) % LINES)?;
    Ok((lines, Duration::from_micros(random(seed) % BEYOND_US)))
}

/// Whatever reached the provider has its intent in the file that the kill left behind.
fn assert_recorded(cloud: &Cloud, home: &Home) -> Done {
    if cloud.stops()?.is_empty() {
        return Ok(());
    }
    let actions = scene::rows(home, "actions")?;
    let recorded = actions
        .iter()
        .any(|action| MAY_HAVE_LEFT.contains(&text(action, "/state")));
    ensure!(recorded, "a stop without its intent: {actions:?}");
    Ok(())
}

/// The moments follow from the seed; what the guard is doing then does not, and the assertions hold for all of it.
fn killed_at_random(first: u64) -> Done {
    let (mut seed, mut story) = (first, format!("seed {first}"));
    let (_folder, cloud, home) = armed()?;
    for life in 1..=LIVES {
        let mut guard = home.guard()?;
        let (lines, beyond) = moment(&mut seed)?;
        guard.pass(lines, beyond)?;
        let seen = guard.kill()?;
        let last = seen.last().map_or("nothing", |event| text(event, "/event"));
        story += &format!("\nlife {life}: {lines} lines and at most {beyond:?}, last {last}");
        assert_recorded(&cloud, &home).with_context(|| story.clone())?;
    }
    ends_well(&cloud, &home, home.guard()?, LIVES).context(story)
}

/// All homes side by side: most of a life is waiting, and an action whose request may have left waits a minute and more
/// before it is asked for again.
#[test]
fn two_hundred_kills_at_random_moments_stop_each_server_once() -> Done {
    assert_eq!(HOMES.len() * LIVES, 200);
    let ends: Vec<_> = std::thread::scope(|scope| {
        let lives = HOMES.map(|seed| scope.spawn(move || killed_at_random(seed)));
        lives
            .into_iter()
            .map(std::thread::ScopedJoinHandle::join)
            .collect()
    });
    for end in ends {
        end.map_err(|_| anyhow::anyhow!("a home's story fell over"))??;
    }
    Ok(())
}

/// Splitmix64.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
