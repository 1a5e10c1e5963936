//! Two programs answered as one: the real one, and the demonstration, whose every row is marked. Owns who is asked what;
//! nothing of the real program is ever changed by what is meant for the demonstration, or the other way round.

use tidegate_meter::RowId;

use super::glance;
use super::show::{ACCOUNT, GUARD, Show};
use crate::app::{App, page};
use crate::request::{ChartAsked, HistoryAsked, WhatIfAsked};
use crate::response::{AccountView, MeterView};
use crate::{ApiError, ErrorCode, Face, Request, Response};

type Answer = Result<Response, ApiError>;

/// Whom a request is for.
enum Whom {
    /// The real program alone.
    Real,
    /// The demonstration alone.
    Demo,
    /// Whoever knows the row; the real one is asked first.
    Either,
    /// Both; the demonstration's rows come after the real ones.
    Both,
}

pub(super) async fn answer(app: &App, show: &Show, request: Request, by: &str) -> Answer {
    if let Some(answer) = glance::answer(app, show, &request).await {
        return answer;
    }
    match whom(&request) {
        Whom::Real => Ok(told_of_show(app.handle(request, by).await?)),
        Whom::Demo => Ok(marked(show.app.handle(request, by).await?)),
        Whom::Either => match app.handle(request.clone(), by).await {
            Err(error) if error.code == ErrorCode::NotFound => {
                let answered = show.app.handle(request, by).await;
                // Unknown to both: the real program's word counts.
                answered.map(marked).map_err(|other| {
                    if other.code == ErrorCode::NotFound {
                        error
                    } else {
                        other
                    }
                })
            }
            answered => answered,
        },
        Whom::Both => {
            let real = app.handle(request.clone(), by).await?;
            let rows = page_of(&request);
            match show.app.handle(request, by).await {
                Ok(simulated) => Ok(joined(real, marked(simulated), rows)),
                Err(error) => {
                    tracing::warn!(%error, "the demonstration did not answer");
                    Ok(real)
                }
            }
        }
    }
}

fn whom(request: &Request) -> Whom {
    if let Some(whom) = by_name(request) {
        return whom;
    }
    match request {
        Request::Accounts
        | Request::Meters { account: None, .. }
        | Request::Targets { account: None }
        | Request::Guards { .. }
        | Request::Actions { .. }
        | Request::Alerts { .. }
        | Request::Deliveries { .. }
        | Request::Pause { .. }
        | Request::Resume => Whom::Both,
        Request::Check { accounts, .. } if accounts.is_empty() => Whom::Both,
        Request::Hold { .. }
        | Request::Cancel { .. }
        | Request::StopNow { .. }
        | Request::Restore { .. }
        | Request::Acknowledge { .. }
        | Request::Snooze { .. }
        | Request::RetryDelivery { .. } => Whom::Either,
        _ => Whom::Real,
    }
}

/// By the account or guard that a request names.
fn by_name(request: &Request) -> Option<Whom> {
    let (account, guard) = match request {
        Request::Meters { account, .. } | Request::Targets { account } => (account.as_ref(), None),
        Request::Check { accounts, .. } => (accounts.first().filter(|_| accounts.len() == 1), None),
        Request::Stop { account, .. }
        | Request::Start { account, .. }
        | Request::Protect { account, .. }
        | Request::History(HistoryAsked { account, .. })
        | Request::Chart(ChartAsked { account, .. })
        | Request::WhatIf(WhatIfAsked { account, .. }) => (Some(account), None),
        Request::ArmPreview { guard, .. }
        | Request::Arm { guard, .. }
        | Request::Disarm { guard }
        | Request::Replay { guard, .. } => (None, Some(guard)),
        _ => (None, None),
    };
    let simulated =
        account.is_some_and(|id| id.as_str() == ACCOUNT) || guard.is_some_and(|id| id.as_str() == GUARD);
    match (simulated, account.is_some() || guard.is_some()) {
        (true, _) => Some(Whom::Demo),
        (false, true) => Some(Whom::Real),
        (false, false) => None,
    }
}

/// The settings say that the demonstration runs.
fn told_of_show(mut response: Response) -> Response {
    if let Response::Settings(settings) = &mut response {
        settings.demo = true;
    }
    response
}

/// Marks every row as made up.
fn marked(mut response: Response) -> Response {
    let accounts = |accounts: &mut Vec<AccountView>| accounts.iter_mut().for_each(|row| row.simulated = true);
    let meters = |meters: &mut Vec<MeterView>| meters.iter_mut().for_each(|row| row.simulated = true);
    match &mut response {
        Response::Accounts(rows) => accounts(rows),
        Response::Meters(view) => {
            meters(&mut view.meters);
            accounts(&mut view.blind_accounts);
        }
        Response::Targets(rows) => rows.iter_mut().for_each(|row| row.simulated = true),
        Response::Guards(rows) => rows.iter_mut().for_each(|row| row.simulated = true),
        Response::Chart(chart) => chart.simulated = true,
        Response::Planned(row) => row.simulated = true,
        Response::Actions(rows) => rows.iter_mut().for_each(|row| row.simulated = true),
        Response::Alerts(rows) => rows.iter_mut().for_each(|row| row.simulated = true),
        Response::Deliveries(rows) => rows.iter_mut().for_each(|row| row.simulated = true),
        _ => {}
    }
    response
}

/// Rows of the asked page.
fn page_of(request: &Request) -> usize {
    match request {
        Request::Actions { limit, .. }
        | Request::Alerts { limit, .. }
        | Request::Deliveries { limit, .. } => page(*limit),
        _ => usize::MAX,
    }
}

/// The real rows, then the others; where the order is by time, by time, and no more than a page: a row beyond it would
/// hide those of the other program that lie before it, since the next page begins at the last row.
fn joined(real: Response, simulated: Response, rows: usize) -> Response {
    match (real, simulated) {
        (Response::Accounts(real), Response::Accounts(more)) => Response::Accounts(chained(real, more)),
        (Response::Meters(mut real), Response::Meters(more)) => {
            real.meters.extend(more.meters);
            real.blind_accounts.extend(more.blind_accounts);
            Response::Meters(real)
        }
        (Response::Targets(real), Response::Targets(more)) => Response::Targets(chained(real, more)),
        (Response::Guards(real), Response::Guards(more)) => Response::Guards(chained(real, more)),
        (Response::Actions(real), Response::Actions(more)) => {
            Response::Actions(paged(chained(real, more), |row| row.id, rows))
        }
        (Response::Alerts(real), Response::Alerts(more)) => {
            Response::Alerts(paged(chained(real, more), |row| row.id, rows))
        }
        (Response::Deliveries(real), Response::Deliveries(more)) => {
            Response::Deliveries(paged(chained(real, more), |row| row.id, rows))
        }
        (real, _) => real,
    }
}

/// The newest first.
fn paged<T>(mut list: Vec<T>, id: impl Fn(&T) -> RowId, rows: usize) -> Vec<T> {
    list.sort_by_key(|row| std::cmp::Reverse(id(row)));
    list.truncate(rows);
    list
}

fn chained<T>(mut real: Vec<T>, more: Vec<T>) -> Vec<T> {
    real.extend(more);
    real
}
