//! The demonstration: a simulated cloud over real HTTP, with the real engine, store and vault of [`crate::App`], at many
//! times real speed. A package runs dry; the warning, the countdown, the stop, its proof and the messages follow.
//!
//! Owns the stage and the verdict. The verdict is read from the store and from the simulator's own records, never from
//! what the engine says of itself. Everything it touches is made up, and stands in a folder of its own.

mod cards;
mod patient;
mod stage;
mod verdict;

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tidegate_meter::{GuardId, Lang};
use tokio::sync::broadcast::error::RecvError;

use crate::{ApiError, Changes, ErrorCode, Face, Request, Response};
use stage::Stage;

/// How many times faster than real time, when nothing is said: the story takes about half a minute.
pub const SPEED: u32 = 100;
/// The story has this much simulated time; it needs less than one hour, or six at the highest speed.
const STORY: Duration = Duration::from_secs(12 * 3600);
/// After the proof the last message has this much simulated time to arrive.
const LAST_MESSAGE: Duration = Duration::from_secs(600);

/// How to show it.
#[derive(Clone, Debug)]
pub struct DemoOptions {
    /// A new folder for its home.
    pub home: PathBuf,
    /// How many times faster than real time.
    pub speed: u32,
    /// The language of the messages.
    pub lang: Lang,
}

/// One thing that had to happen.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Check {
    /// Its name: `steps`, `countdown`, `stopped_once`, `healthy_untouched`, …
    pub check: String,
    /// Whether it did.
    pub ok: bool,
    /// What the records show.
    pub found: String,
}

/// Shows the whole story; `tell` hears every event as it becomes durable, then the scenery and each check. Returns the
/// checks. Errors: what kept the story from being played at all.
pub async fn show(options: DemoOptions, mut tell: impl FnMut(&Value)) -> Result<Vec<Check>, ApiError> {
    let stage = Stage::build(&options).await?;
    tell(&stage.scenery());
    let mut changes = stage.app.changes();
    let played = play(&stage, &mut changes, &mut tell).await;
    stage.app.stop().await;
    played?;
    for card in cards::received(&stage.world.feishu()) {
        tell(&card);
    }
    let checks = verdict::checks(&stage).await?;
    for check in &checks {
        tell(
            &json!({ "event": "check", "at": stage.now(), "check": check.check, "ok": check.ok, "found": check.found }),
        );
    }
    Ok(checks)
}

async fn play(stage: &Stage, changes: &mut Changes, tell: &mut impl FnMut(&Value)) -> Result<(), ApiError> {
    stage
        .app
        .handle(
            Request::Apply {
                text: stage.config(),
                prune: false,
            },
            "demo",
        )
        .await?;
    let channel = stage::CHANNEL
        .parse()
        .map_err(|_| not_ready("the channel's id"))?;
    stage.app.handle(Request::TestChannel { channel }, "demo").await?;
    stage.app.run().await?;
    stage
        .hear(changes, tell, STORY, |event| event["event"] == "reading")
        .await?;
    let guard: GuardId = stage::GUARD.parse().map_err(|_| not_ready("the guard's id"))?;
    let armed = stage
        .app
        .handle(
            Request::Arm {
                guard,
                seconds: 86_400,
            },
            "demo",
        )
        .await?;
    if let Response::Armed(armed) = armed {
        tell(
            &json!({ "event": "armed", "at": stage.now(), "guard": armed.guard, "until": armed.until, "targets": armed.targets }),
        );
    }
    stage
        .hear(changes, tell, STORY, |event| event["event"] == "verified")
        .await?;
    stage
        .hear(changes, tell, LAST_MESSAGE, |event| {
            event["event"] == "delivered" && event["code"] == "action_verified"
        })
        .await
}

fn not_ready(what: &str) -> ApiError {
    ApiError::new(
        ErrorCode::Outside,
        format!("the demonstration's stage is not ready: {what}"),
    )
}

impl Stage {
    /// Tells every event until the awaited one has come, or the span is over.
    async fn hear(
        &self,
        changes: &mut Changes,
        tell: &mut impl FnMut(&Value),
        span: Duration,
        awaited: impl Fn(&Value) -> bool,
    ) -> Result<(), ApiError> {
        let over = self.timer.sleep(span);
        tokio::pin!(over);
        loop {
            let batch = tokio::select! {
                batch = changes.recv() => batch,
                () = &mut over => return Ok(()),
            };
            let batch = match batch {
                Ok(batch) => batch,
                Err(RecvError::Lagged(_)) => continue,
                Err(RecvError::Closed) => return Err(not_ready("the events ended")),
            };
            let mut come = false;
            for event in batch
                .get("events")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                tell(event);
                come |= awaited(event);
            }
            if come {
                return Ok(());
            }
        }
    }
}
