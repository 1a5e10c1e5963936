//! The demonstration: a simulated cloud over real HTTP, with the real engine, store and vault of [`crate::App`], at many
//! times real speed. A package runs dry, or a sub-account uses its quota up; the warnings, the countdown, the stop or
//! disable, its proof and the messages follow.
//!
//! Owns the stage and the verdict. The verdict is read from the store and from the simulator's own records, never from
//! what the engine says of itself. Everything it touches is made up, and stands in a folder of its own.

mod cards;
mod patient;
mod quota;
mod quota_verdict;
mod stage;
mod traffic;
mod verdict;

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tidegate_meter::Lang;

use crate::{ApiError, ErrorCode};

/// How many times faster than real time, when nothing is said: the story takes about half a minute.
pub const SPEED: u32 = 100;
/// The story has this much simulated time; it needs less than one hour, or six at the highest speed.
const STORY: Duration = Duration::from_secs(12 * 3600);
/// After the proof the last message has this much simulated time to arrive.
const LAST_MESSAGE: Duration = Duration::from_secs(600);

/// Which story.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Story {
    /// A server's traffic package runs dry.
    #[default]
    Traffic,
    /// A sub-account uses its quota up, is disabled, topped up and restored.
    Quota,
}

/// How to show it.
#[derive(Clone, Debug)]
pub struct DemoOptions {
    /// What happens.
    pub story: Story,
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
    match options.story {
        Story::Traffic => traffic::show(&options, &mut tell).await,
        Story::Quota => quota::show(&options, &mut tell).await,
    }
}

fn not_ready(what: &str) -> ApiError {
    ApiError::new(
        ErrorCode::Outside,
        format!("the demonstration's stage is not ready: {what}"),
    )
}
