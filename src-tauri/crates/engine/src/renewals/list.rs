//! Renewals as they are shown.

use jiff::civil::Date;

use tidegate_meter::RenewalId;

use super::state::{self, Renewal};
use super::today;
use crate::EngineError;
use crate::inner::Inner;
use crate::view::{RenewalState, RenewalView};
use tidegate_providers::calendar::days_between;

/// Every renewal as of today, the most urgent first; what is not due any more comes last.
pub(crate) async fn list(inner: &Inner) -> Result<(Date, Vec<RenewalView>), EngineError> {
    let today = today(inner);
    let renewals = state::all(inner).await?.into_iter();
    let mut views: Vec<RenewalView> = renewals.map(|renewal| view(renewal, today)).collect();
    views.sort_by(|a, b| {
        (a.next.is_none(), a.next, &a.config.id).cmp(&(b.next.is_none(), b.next, &b.config.id))
    });
    Ok((today, views))
}

/// Days to the next date of each renewal that is used.
pub(crate) async fn days(inner: &Inner) -> Result<Vec<(RenewalId, i64)>, EngineError> {
    let (_, views) = list(inner).await?;
    let used = views.into_iter().filter(|view| view.config.enabled);
    Ok(used
        .filter_map(|view| Some((view.config.id, view.days?)))
        .collect())
}

fn view(renewal: Renewal, today: Date) -> RenewalView {
    let standing = renewal.standing();
    let next = standing.next(today);
    RenewalView {
        paid: renewal.paid(),
        next,
        start: next.and_then(|next| standing.cycle.start(next)),
        days: next.map(|next| days_between(today, next)),
        overdue: standing.overdue(today),
        state: judged(&renewal, today),
        alert: renewal.state.told.and_then(|told| told.alert),
        config: renewal.config,
    }
}

fn judged(renewal: &Renewal, today: Date) -> RenewalState {
    let standing = renewal.standing();
    let Some(next) = standing.next(today) else {
        return RenewalState::Settled;
    };
    if !renewal.config.enabled {
        return RenewalState::Off;
    }
    match days_between(today, next) {
        i64::MIN..0 => RenewalState::Overdue,
        0 => RenewalState::Due,
        _ if standing.reminder(&renewal.config.remind, today).is_some() => RenewalState::Soon,
        _ => RenewalState::Ahead,
    }
}
