//! The story of a traffic package that runs dry beside one with plenty left.

use serde_json::Value;
use tidegate_sim::{World, days, gib, mbit, minutes, seconds};

use super::stage::{ACCOUNT, Stage, Watched};
use super::{Check, DemoOptions, LAST_MESSAGE, STORY, not_ready, verdict};
use crate::{ApiError, Changes, Face};

const GUARD: &str = "demo-traffic";
/// The server whose package runs dry.
pub(super) const DRY: &str = "web-01";
/// The one beside it, armed as well, with plenty left.
pub(super) const HEALTHY: &str = "db-01";
/// The same story every time.
const SEED: u64 = 20_261_120;

pub(super) async fn show(
    options: &DemoOptions,
    tell: &mut impl FnMut(&Value),
) -> Result<Vec<Check>, ApiError> {
    let speed = options.speed;
    let stage = Stage::build(options, |clock| Ok(world(speed).build(clock))).await?;
    let keys = stage.world.credentials(ACCOUNT);
    let keys = keys.map_err(|error| not_ready(&error.to_string()))?;
    stage
        .put_key(keys.first().ok_or_else(|| not_ready("no key"))?)
        .await?;
    let config = stage.config(&Watched {
        provider: "huawei",
        guard: GUARD,
        steps: ["70%", "85%", "95%"],
        limit: "5 GB",
    });
    tell(&stage.scenery(&[DRY, HEALTHY], &config));
    let mut changes = stage.app.changes();
    let played = play(&stage, config, &mut changes, tell).await;
    stage.end(tell).await;
    played?;
    Ok(stage.checked(verdict::checks(&stage).await?, tell))
}

async fn play(
    stage: &Stage,
    config: String,
    changes: &mut Changes,
    tell: &mut impl FnMut(&Value),
) -> Result<(), ApiError> {
    stage.begin(config).await?;
    stage
        .hear(changes, tell, STORY, |event| event["event"] == "reading")
        .await?;
    stage.arm(GUARD, tell).await?;
    stage
        .hear(changes, tell, STORY, |event| event["event"] == "verified")
        .await?;
    stage
        .hear(changes, tell, LAST_MESSAGE, |event| {
            event["event"] == "delivered" && event["code"] == "action_verified"
        })
        .await
}

/// The download of the dry server: 1.5 GB a minute, dry in about forty minutes. The faster the time, the slower the
/// download, so that two seconds of real time lie between the last step and the limit and each of them is told.
const fn download_mbit(speed: u32) -> u64 {
    let between = 45_800 / 2 / (speed as u64);
    if between < 200 { between } else { 200 }
}

/// 200 GiB with two thirds used beside 1 TiB with plenty left.
fn world(speed: u32) -> tidegate_sim::Builder {
    World::new(SEED)
        .account(ACCOUNT)
        .server(DRY)
        .package(gib(200))
        .used(gib(138))
        .bought_ago(days(10))
        .step(seconds(10))
        .burn(mbit(download_mbit(speed)))
        .server(HEALTHY)
        .package(gib(1024))
        .used(gib(80))
        .bought_ago(days(10))
        .step(minutes(1))
        .burn(mbit(2))
        .stop_delay(seconds(20))
}
