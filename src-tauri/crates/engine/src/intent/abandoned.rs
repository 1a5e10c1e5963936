//! Abandoned: given up. A person must look; the message that says so is critical.

use tidegate_channels::Message;
use tidegate_guard::{IntentState, Severity};
use tidegate_meter::Time;
use tidegate_store::{Batch, IntentEventRow, IntentRow, Write};

use super::{Move, Work};
use crate::event::Event;
use crate::inner::audit;
use crate::planning::{IntentDetail, action_ref};

/// The end after a failure that was told already.
pub(crate) fn transition(work: &Work, detail: &str) -> Move {
    let event = Event::Abandoned {
        at: work.now().wall,
        intent: work.row.id,
        target: work.row.target.clone(),
        detail: detail.to_owned(),
    };
    Move::new(IntentState::Abandoned, event).facts(serde_json::json!({ "detail": detail }))
}

/// The end of what could not be read for too long: its outcome stays unknown, and that is what is told.
pub(crate) fn unsolved(work: &Work, detail: &str) -> Move {
    let message = Message::ActionUnknown {
        action: action_ref(&work.row, &work.detail),
        detail: detail.to_owned(),
        given_up: true,
    };
    transition(work, detail).telling(message, Severity::Critical)
}

/// The ways from each state to the end, for an intent whose account was removed.
pub(crate) fn without_account(
    row: &IntentRow,
    detail: &IntentDetail,
    now: Time,
    batch: &mut Batch,
    events: &mut Vec<Event>,
) -> IntentRow {
    use IntentState as S;
    let way: &[S] = match row.state {
        S::Sent | S::Verifying => &[S::Unknown, S::Abandoned],
        S::Accepted => &[S::Verifying, S::Unknown, S::Abandoned],
        _ => &[S::Abandoned],
    };
    let why = "its account was removed";
    let mut end = row.clone();
    for next in way {
        let from = end.state;
        end = IntentRow {
            state: *next,
            updated_at: now,
            next_at: now,
            ..end
        };
        batch.push(Write::MoveIntent {
            row: end.clone(),
            event: IntentEventRow {
                intent: row.id,
                from: Some(from),
                to: *next,
                at: now,
                facts: serde_json::json!({ "detail": why }),
            },
        });
    }
    batch.push(audit(
        now,
        "engine",
        "intent.abandoned",
        serde_json::json!({ "intent": row.id, "target": row.target.id, "account": detail.account_name }),
    ));
    events.push(Event::Abandoned {
        at: now,
        intent: row.id,
        target: row.target.clone(),
        detail: why.to_owned(),
    });
    end
}
