//! An action by hand followed to its end where no loops run. Owns how long a person waits for a cloud that does not
//! answer; never decides anything. Tested in `tests/by_hand.rs`.

use std::pin::pin;
use std::time::Duration;

use tidegate_engine::EngineError;
use tidegate_guard::IntentState;
use tidegate_meter::{Lang, RowId};
use tidegate_store::{IntentFilter, IntentRow};

use super::App;
use crate::{ApiError, ErrorCode, Response, limits};

impl App {
    /// With running loops the action goes on by itself; without, it is taken to its end here. Errors: `outside` when
    /// the cloud cannot be asked for so long that a person must know: nothing was sent then and the action is called
    /// off, or it was sent and is not verified yet.
    pub(super) async fn follow(&self, intent: RowId, by: &str) -> Result<Response, ApiError> {
        if !self.engine.status().await.running {
            self.drive(intent, by).await?;
        }
        let row = self.intent_row(intent).await?;
        let events = self.store.intent_events(intent).await?;
        Ok(Response::Planned(Box::new(
            self.telling(Lang::default()).action(row, events),
        )))
    }

    async fn drive(&self, intent: RowId, by: &str) -> Result<(), ApiError> {
        let mut waited = Duration::ZERO;
        {
            let mut driven = pin!(self.engine.drive(intent));
            loop {
                tokio::select! {
                    ended = &mut driven => return Ok(ended.map(drop)?),
                    () = self.timer.sleep(limits::UNSENT_MAX) => {}
                }
                waited = waited.saturating_add(limits::UNSENT_MAX);
                // While this asks, the action stands still: what is read here is what is broken off.
                let state = self.intent_row(intent).await?.state;
                if is_unsent(state) || waited >= limits::UNVERIFIED_MAX {
                    break;
                }
            }
        }
        self.give_up(intent, by).await
    }

    /// An action that waited in vain must not leave on its own an hour later, when nobody expects it any more.
    async fn give_up(&self, intent: RowId, by: &str) -> Result<(), ApiError> {
        let unsent = is_unsent(self.intent_row(intent).await?.state);
        if unsent {
            self.engine.cancel(intent, by).await?;
        }
        let told = if unsent {
            "the provider could not be asked for the target's state; nothing was sent, and the action is called off"
                .to_owned()
        } else {
            format!(
                "the request was sent, but the provider has not confirmed it; action {intent} stays open and \
                 `tidegated run` goes on with it"
            )
        };
        Err(ApiError::new(ErrorCode::Outside, told))
    }

    pub(super) async fn intent_row(&self, intent: RowId) -> Result<IntentRow, ApiError> {
        let rows = self.store.intents(IntentFilter::One(intent)).await?;
        Ok(rows.into_iter().next().ok_or(EngineError::NoIntent(intent))?)
    }
}

const fn is_unsent(state: IntentState) -> bool {
    matches!(state, IntentState::Planned | IntentState::Rechecked)
}
