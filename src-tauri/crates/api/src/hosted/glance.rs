//! The glance of two programs: their rows are put together first, and judged as one. The demonstration may look worse than
//! what is real, and never hides it; every row of its own is marked.

use super::show::Show;
use crate::app::App;
use crate::glance::{More, Parts};
use crate::{ApiError, Request, Response};
use tidegate_meter::Lang;

/// The answer to what is seen at a glance; `None` for every other request.
pub(super) async fn answer(app: &App, show: &Show, request: &Request) -> Option<Result<Response, ApiError>> {
    match *request {
        Request::Status => Some(status(app, show).await),
        Request::Tray { lang } => Some(tray(app, show, lang).await),
        Request::Overview { lang } => Some(overview(app, show, lang).await),
        _ => None,
    }
}

async fn status(app: &App, show: &Show) -> Result<Response, ApiError> {
    let parts = both(app, show, Lang::En).await?;
    Ok(Response::Status(app.status_of(parts)))
}

async fn tray(app: &App, show: &Show, lang: Lang) -> Result<Response, ApiError> {
    let parts = both(app, show, lang).await?;
    Ok(Response::Tray(Box::new(app.tray_of(&parts, lang))))
}

async fn overview(app: &App, show: &Show, lang: Lang) -> Result<Response, ApiError> {
    let parts = both(app, show, lang).await?;
    let mut more = app.more(lang).await?;
    match show.app.more(lang).await {
        Ok(simulated) => add(&mut more, simulated),
        Err(error) => tracing::warn!(%error, "the demonstration did not answer"),
    }
    Ok(Response::Overview(Box::new(app.overview_of(parts, more, lang))))
}

/// A demonstration that does not answer hides nothing of what is real.
async fn both(app: &App, show: &Show, lang: Lang) -> Result<Parts, ApiError> {
    let real = app.parts(lang).await?;
    match show.app.parts(lang).await {
        Ok(simulated) => Ok(joined(real, simulated)),
        Err(error) => {
            tracing::warn!(%error, "the demonstration did not answer");
            Ok(real)
        }
    }
}

/// The real rows, then the others, marked. The worst level of both; the program's own conditions are the real one's.
fn joined(mut real: Parts, mut more: Parts) -> Parts {
    let accounts = more.status.accounts.iter_mut();
    accounts.for_each(|row| row.simulated = true);
    more.meters.meters.iter_mut().for_each(|row| row.simulated = true);
    let blind = more.meters.blind_accounts.iter_mut();
    blind.for_each(|row| row.simulated = true);
    more.open.iter_mut().for_each(|row| row.simulated = true);
    real.status.level = real.status.level.max(more.status.level);
    real.status.accounts.append(&mut more.status.accounts);
    real.status.armed.append(&mut more.status.armed);
    real.status.open.append(&mut more.status.open);
    real.meters.meters.append(&mut more.meters.meters);
    real.meters.blind_accounts.append(&mut more.meters.blind_accounts);
    real.open.append(&mut more.open);
    real
}

/// Its alerts and actions count as what they are shown as: simulated.
fn add(real: &mut More, mut more: More) {
    more.actions.iter_mut().for_each(|row| row.simulated = true);
    more.alerts.iter_mut().for_each(|row| row.simulated = true);
    real.actions.append(&mut more.actions);
    real.alerts.append(&mut more.alerts);
}
