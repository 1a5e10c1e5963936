//! What guards did, for a report: alerts, actions with their proof, what is low, lapses, the end of the audit chain.

use tidegate_channels::report::{AuditMark, LapseFacts, LowFacts, ReportAction, ReportAlert};
use tidegate_guard::Level;
use tidegate_meter::{MeterKind, Outcome, Reading, RowId, Span};
use tidegate_store::{AlertFilter, AlertRow, IntentFilter, IntentRow, StoreError};

use crate::inner::Inner;
use crate::limits;
use crate::memory::{AccountMemory, MeterMemory};
use crate::planning::IntentDetail;
use crate::subscriptions;
use crate::watch::Watch;

/// Alerts that were raised in a span or are open, newest first, and how many more there are.
pub(super) async fn alerts(inner: &Inner, span: Span) -> Result<(Vec<ReportAlert>, usize), StoreError> {
    let mut rows = inner.parts.store.alerts(AlertFilter::open()).await?;
    rows.retain(|row| row.raised_at < span.end);
    let mut before = None;
    loop {
        let filter = AlertFilter {
            before,
            ..AlertFilter::recent(limits::ALERT_PAGE)
        };
        let page = inner.parts.store.alerts(filter).await?;
        let within = |row: &&AlertRow| span.start <= row.raised_at && row.raised_at < span.end;
        let ended = page.iter().filter(within).filter(|row| row.resolved_at.is_some());
        rows.extend(ended.cloned());
        let last = page.last().filter(|_| page.len() == limits::ALERT_PAGE);
        match last.filter(|row| row.raised_at >= span.start) {
            Some(row) => before = Some(row.id),
            None => break,
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse((row.raised_at, row.id)));
    let more = rows.len().saturating_sub(limits::REPORT_ROWS);
    rows.truncate(limits::REPORT_ROWS);
    Ok((rows.into_iter().map(alert).collect(), more))
}

fn alert(row: AlertRow) -> ReportAlert {
    ReportAlert {
        at: row.raised_at,
        severity: row.severity,
        resolved_at: row.resolved_at,
        said: serde_json::from_value(row.body).ok().map(Box::new),
    }
}

/// Actions that were decided or moved in a span, newest first, and how many more there are.
pub(super) async fn actions(inner: &Inner, span: Span) -> Result<(Vec<ReportAction>, usize), StoreError> {
    let mut rows: Vec<IntentRow> = Vec::new();
    let mut before: Option<RowId> = None;
    loop {
        let filter = IntentFilter::Recent {
            before,
            limit: limits::INTENT_PAGE,
        };
        let page = inner.parts.store.intents(filter).await?;
        let touched = |row: &&IntentRow| row.created_at < span.end && row.updated_at >= span.start;
        rows.extend(page.iter().filter(touched).cloned());
        // One that moved lately was made at most this long before.
        let young = span.start.minus(limits::INTENT_AGE);
        let last = page.last().filter(|_| page.len() == limits::INTENT_PAGE);
        match last.filter(|row| row.created_at >= young) {
            Some(row) => before = Some(row.id),
            None => break,
        }
    }
    let more = rows.len().saturating_sub(limits::REPORT_ROWS);
    rows.truncate(limits::REPORT_ROWS);
    Ok((rows.into_iter().map(action).collect(), more))
}

fn action(row: IntentRow) -> ReportAction {
    let detail: IntentDetail = serde_json::from_value(row.detail).unwrap_or_default();
    ReportAction {
        intent: row.id,
        at: row.created_at,
        action: row.action,
        target: row.target,
        by_person: detail.person.is_some(),
        state: row.state,
        proof: detail.proof,
    }
}

/// Meters whose guard has warned or is blind, the worst first, and how many are guarded and above their steps.
/// Subscriptions have a section of their own, renewals a page.
pub(super) async fn low(inner: &Inner) -> (Vec<LowFacts>, usize) {
    let (mut low, mut calm) = (Vec::new(), 0);
    for (_, watch) in inner.watches() {
        let config = watch.config();
        if !config.enabled || subscriptions::is_one(&config) {
            continue;
        }
        let memory = watch.memory.lock().await;
        for meter in memory.meters.values() {
            match level(&memory, meter) {
                None => {}
                Some(Level::Calm) => calm += 1,
                Some(level) => low.push(facts(&watch, meter, level)),
            }
        }
    }
    low.sort_by(|one, other| {
        let key = |low: &LowFacts| (std::cmp::Reverse(weight(low.level)), low.account.clone());
        key(one).cmp(&key(other))
    });
    low.truncate(limits::REPORT_ROWS);
    (low, calm)
}

/// The worst of a meter's guards; `None` when none is switched on.
fn level(memory: &AccountMemory, meter: &MeterMemory) -> Option<Level> {
    if meter.info.kind == MeterKind::Renewal {
        return None;
    }
    let levels = memory.slots.iter().filter_map(|((guard, of), slot)| {
        let enabled = memory.guards.get(guard).is_some_and(|guard| guard.enabled);
        (*of == meter.info.id && enabled).then_some(slot.level)
    });
    levels.max_by_key(|level| weight(*level))
}

const fn weight(level: Level) -> u8 {
    match level {
        Level::Calm => 0,
        Level::Blind => 1,
        Level::Warning => 2,
        Level::Critical => 3,
    }
}

fn facts(watch: &Watch, meter: &MeterMemory, level: Level) -> LowFacts {
    let reading = meter.newest();
    LowFacts {
        account: watch.config().name.clone(),
        meter: meter.info.name.clone(),
        kind: meter.info.kind,
        level,
        left: reading.and_then(Reading::headroom),
        whole: reading.and_then(Reading::limit),
        byte_base: meter.info.byte_base,
        as_of: reading.map(|reading| reading.as_of().at()),
        blind: match &meter.outcome {
            Some(Outcome::Blind(blind)) => Some(blind.reason),
            _ => None,
        },
    }
}

/// Lapses that reach into a span, newest first.
pub(super) async fn lapses(inner: &Inner, span: Span) -> Result<Vec<LapseFacts>, StoreError> {
    let rows = inner.parts.store.lapses(None, limits::ALERT_PAGE).await?;
    let within = rows
        .into_iter()
        .filter(|row| row.start < span.end && span.start < row.end)
        .filter(|row| row.end.since(row.start) >= limits::LAPSE_MIN);
    let told = within.take(limits::REPORT_ROWS).map(|row| LapseFacts {
        start: row.start,
        end: row.end,
        cause: row.cause,
    });
    Ok(told.collect())
}

/// The end of the audit chain; `None` while it is empty.
pub(super) async fn audit(inner: &Inner) -> Result<Option<AuditMark>, StoreError> {
    let head = inner.parts.store.audit_head().await?;
    Ok((head.seq > 0).then_some(AuditMark {
        seq: head.seq,
        hash: head.hash,
    }))
}
