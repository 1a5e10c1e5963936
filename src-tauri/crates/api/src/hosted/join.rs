//! Two programs answered as one: the real one, and the demonstration, whose every row is marked. Owns who is asked what;
//! nothing of the real program is ever changed by what is meant for the demonstration, or the other way round.

use super::show::{ACCOUNT, GUARD, Show};
use crate::app::App;
use crate::response::{AccountView, MeterView, StatusView};
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
            match show.app.handle(request, by).await {
                Ok(simulated) => Ok(joined(real, marked(simulated))),
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
        Request::Status
        | Request::Accounts
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
        | Request::History { account, .. } => (Some(account), None),
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
        Response::Status(status) => accounts(&mut status.accounts),
        Response::Accounts(rows) => accounts(rows),
        Response::Meters(view) => {
            meters(&mut view.meters);
            accounts(&mut view.blind_accounts);
        }
        Response::Targets(rows) => rows.iter_mut().for_each(|row| row.simulated = true),
        Response::Guards(rows) => rows.iter_mut().for_each(|row| row.simulated = true),
        Response::Planned(row) => row.simulated = true,
        Response::Actions(rows) => rows.iter_mut().for_each(|row| row.simulated = true),
        Response::Alerts(rows) => rows.iter_mut().for_each(|row| row.simulated = true),
        Response::Deliveries(rows) => rows.iter_mut().for_each(|row| row.simulated = true),
        _ => {}
    }
    response
}

/// The real rows, then the others; where the order is by time, by time.
fn joined(real: Response, simulated: Response) -> Response {
    match (real, simulated) {
        (Response::Status(real), Response::Status(more)) => Response::Status(status(real, more)),
        (Response::Accounts(real), Response::Accounts(more)) => Response::Accounts(chained(real, more)),
        (Response::Meters(mut real), Response::Meters(more)) => {
            real.meters.extend(more.meters);
            real.blind_accounts.extend(more.blind_accounts);
            Response::Meters(real)
        }
        (Response::Targets(real), Response::Targets(more)) => Response::Targets(chained(real, more)),
        (Response::Guards(real), Response::Guards(more)) => Response::Guards(chained(real, more)),
        (Response::Actions(real), Response::Actions(more)) => {
            let mut rows = chained(real, more);
            rows.sort_by_key(|row| std::cmp::Reverse(row.id));
            Response::Actions(rows)
        }
        (Response::Alerts(real), Response::Alerts(more)) => {
            let mut rows = chained(real, more);
            rows.sort_by_key(|row| std::cmp::Reverse(row.id));
            Response::Alerts(rows)
        }
        (Response::Deliveries(real), Response::Deliveries(more)) => {
            let mut rows = chained(real, more);
            rows.sort_by_key(|row| std::cmp::Reverse(row.id));
            Response::Deliveries(rows)
        }
        (real, _) => real,
    }
}

fn chained<T>(mut real: Vec<T>, more: Vec<T>) -> Vec<T> {
    real.extend(more);
    real
}

/// The worst level of both: a demonstration may look worse than it is, and never hides what is real. The program's own
/// conditions are the real one's.
fn status(mut real: StatusView, more: StatusView) -> StatusView {
    real.level = real.level.max(more.level);
    real.accounts.extend(more.accounts);
    real.armed.extend(more.armed);
    real.open.extend(more.open);
    real
}
