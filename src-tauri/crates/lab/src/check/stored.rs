//! Looking into the database during a run. Owns how a check reads what is durable; never writes. The questions asked
//! here leave the looks that wait to be filed where they are: a check must not change what it watches.

use std::future::Future;

use futures_util::FutureExt as _;
use tidegate_guard::{ActionKind, Mode};
use tidegate_meter::{GuardId, Target, Time};
use tidegate_store::{
    AlertFilter, AlertRow, DeliveryFilter, DeliveryRow, IntentFilter, IntentRow, Store, StoreError,
};

/// Rows asked for at once.
const PAGE: usize = 500;
/// Rows read at most: a run of days makes a few hundred.
const PAGES: usize = 200;
/// The newest intents among which the one on the wire is.
const NEWEST: usize = 100;

/// What a store answers at once; `None` when it does not, or cannot be read now.
pub(super) fn now<T>(asked: impl Future<Output = Result<T, StoreError>>) -> Option<T> {
    asked.now_or_never()?.ok()
}

/// The newest intent on a target: while its request is on the wire no other can be newer and moving.
pub(super) fn newest_intent(store: &Store, target: &str, action: ActionKind) -> Option<IntentRow> {
    let filter = IntentFilter::Recent {
        before: None,
        limit: NEWEST,
    };
    let rows = now(store.intents(filter))?;
    let mut on_target = rows
        .into_iter()
        .filter(|row| row.target.id.as_str() == target && row.action == action);
    let first = on_target.next()?;
    if is_on_the_wire(&first) {
        return Some(first);
    }
    Some(on_target.find(is_on_the_wire).unwrap_or(first))
}

/// Whether its request has left, as the record has it.
pub(super) fn is_on_the_wire(row: &IntentRow) -> bool {
    use tidegate_guard::IntentState as S;
    matches!(row.state, S::Sent | S::Accepted | S::Verifying | S::Unknown)
}

/// How a guard stands in the database: armed until when on which targets; `None` when it only watches.
pub(super) fn armed(store: &Store, guard: &str) -> Option<(Time, Vec<Target>)> {
    let rows = now(store.guards())?;
    let row = rows.into_iter().find(|row| row.id.as_str() == guard)?;
    let mode = row.config.get("mode")?.clone();
    match serde_json::from_value(mode).ok()? {
        Mode::Armed { until, targets } => Some((until, targets)),
        Mode::Watch => None,
    }
}

/// Why a guard may not act at `wall`, as the database and the newest pause have it; `None` when it may.
pub(super) fn may_not_act(
    store: &Store,
    guard: &GuardId,
    paused_until: Option<Time>,
    wall: Time,
) -> Option<String> {
    match armed(store, guard.as_str()) {
        None => return Some(format!("{guard} only watches")),
        Some((until, _)) if until <= wall => return Some(format!("the arming of {guard} has expired")),
        Some(_) => {}
    }
    let rests = paused_until.is_some_and(|until| until > wall);
    rests.then(|| format!("all actions rest, and {guard} acts"))
}

/// Every alert, newest first.
pub(super) fn alerts(store: &Store) -> Vec<AlertRow> {
    paged(|before| {
        let filter = AlertFilter {
            before,
            ..AlertFilter::recent(PAGE)
        };
        now(store.alerts(filter)).map(|rows| (rows.last().map(|row| row.id), rows))
    })
}

/// Every message, newest first.
pub(super) fn deliveries(store: &Store) -> Vec<DeliveryRow> {
    paged(|before| {
        let filter = DeliveryFilter::Recent { before, limit: PAGE };
        now(store.deliveries(filter)).map(|rows| (rows.last().map(|row| row.id), rows))
    })
}

fn paged<Row>(
    mut ask: impl FnMut(Option<tidegate_meter::RowId>) -> Option<(Option<tidegate_meter::RowId>, Vec<Row>)>,
) -> Vec<Row> {
    let mut all = Vec::new();
    let mut before = None;
    for _ in 0..PAGES {
        let Some((last, rows)) = ask(before) else {
            break;
        };
        let is_last = rows.len() < PAGE;
        all.extend(rows);
        before = last;
        if is_last {
            break;
        }
    }
    all
}
