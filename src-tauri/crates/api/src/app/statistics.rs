//! Statistics of a span: what the database counted, gathered by what a person asks. Owns the sums, no row.

use std::collections::BTreeMap;

use tidegate_guard::Severity;
use tidegate_meter::Time;
use tidegate_store::{AlertCount, LookCount};

use super::App;
use super::trend::percent;
use crate::response::{ActionsView, ChecksView, CountView, DeliveriesView, StatisticsView};
use crate::{ApiError, limits};

impl App {
    /// Of what was made in `start..end`.
    pub(super) async fn statistics(&self, start: Time, end: Time) -> Result<StatisticsView, ApiError> {
        let told = self.store.statistics(start, end).await?;
        let alerts = &told.alerts;
        Ok(StatisticsView {
            start,
            end,
            alerts: alerts.iter().map(|row| row.raised).sum(),
            resolved: alerts.iter().map(|row| row.resolved).sum(),
            by_code: counted(alerts, |row| Some(code(&row.key).to_owned()), usize::MAX),
            by_severity: by_severity(alerts),
            top_accounts: counted(
                alerts,
                |row| row.account.as_ref().map(ToString::to_string),
                limits::TOP_ACCOUNTS,
            ),
            deliveries: told.deliveries.into_iter().map(deliveries).collect(),
            actions: told.actions.into_iter().map(actions).collect(),
            checks: told.looks.into_iter().map(checks).collect(),
        })
    }
}

/// What an alert's key tells, without its numbers: `share` of `share:70`.
fn code(key: &str) -> &str {
    key.split_once(':').map_or(key, |(code, _)| code)
}

/// By name, the most frequent first, then by name; at most so many.
fn counted(
    alerts: &[AlertCount],
    name: impl Fn(&AlertCount) -> Option<String>,
    most: usize,
) -> Vec<CountView> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for row in alerts {
        if let Some(name) = name(row) {
            let count = counts.entry(name).or_default();
            *count = count.saturating_add(row.raised);
        }
    }
    let mut counts: Vec<CountView> = counts
        .into_iter()
        .map(|(name, count)| CountView { name, count })
        .collect();
    counts.sort_by_key(|view| std::cmp::Reverse(view.count));
    counts.truncate(most);
    counts
}

fn by_severity(alerts: &[AlertCount]) -> Vec<(Severity, u64)> {
    let mut counts: BTreeMap<Severity, u64> = BTreeMap::new();
    for row in alerts {
        let count = counts.entry(row.severity).or_default();
        *count = count.saturating_add(row.raised);
    }
    counts.into_iter().rev().collect()
}

fn deliveries(row: tidegate_store::DeliveryCount) -> DeliveriesView {
    DeliveriesView {
        channel: row.channel,
        state: row.state,
        count: row.count,
    }
}

fn actions(row: tidegate_store::ActionCount) -> ActionsView {
    ActionsView {
        account: row.account,
        state: row.state,
        count: row.count,
    }
}

fn checks(row: LookCount) -> ChecksView {
    let all = i128::from(row.known) + i128::from(row.blind);
    ChecksView {
        blind_share: percent(row.blind.into(), all),
        account: row.account,
        known: row.known,
        blind: row.blind,
    }
}
