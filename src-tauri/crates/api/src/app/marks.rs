//! What happened on a chart: gaps with their reasons, and markers of alerts, actions, new windows and top-ups.

use tidegate_channels::{Message, catalogue};
use tidegate_guard::{ActionKind, IntentState};
use tidegate_meter::{Lang, MeterInfo, Reason, Time};
use tidegate_store::{AlertRow, ChartLine, IntentRow, Marks};

use crate::response::{GapView, MarkerKind, MarkerView};
use crate::{limits, texts as t};

/// Gaps as gaps: why nothing was read, where a lapse or a blindness tells it.
pub(super) fn gaps(line: &ChartLine, marks: &Marks, lang: Lang) -> Vec<GapView> {
    let view = |(start, end): &(Time, Time)| {
        let (reason, text) = why(*start, *end, marks, lang);
        GapView {
            start: start.ms(),
            end: end.ms(),
            reason,
            text,
        }
    };
    line.gaps.iter().map(view).collect()
}

fn why(start: Time, end: Time, marks: &Marks, lang: Lang) -> (String, String) {
    let overlaps = |from: Time, to: Option<Time>| from < end && to.is_none_or(|to| to > start);
    if let Some(lapse) = marks
        .lapses
        .iter()
        .find(|lapse| overlaps(lapse.start, Some(lapse.end)))
    {
        return (lapse.cause.clone(), catalogue::lapse_cause(&lapse.cause, lang));
    }
    let blind = marks.alerts.iter().find_map(|alert| {
        let reason = reason_of(alert)?;
        overlaps(alert.raised_at, alert.resolved_at).then_some(reason)
    });
    match blind {
        Some(reason) => (
            reason.name().to_owned(),
            catalogue::blind_reason(reason, lang).to_owned(),
        ),
        None => ("unread".to_owned(), t::GAP_UNREAD.of(lang).to_owned()),
    }
}

/// The reason of a blind alert.
fn reason_of(alert: &AlertRow) -> Option<Reason> {
    match serde_json::from_value(alert.body.clone()).ok()? {
        Message::Blind { blind, .. } => Some(blind.reason),
        _ => None,
    }
}

/// What happened since `start`, oldest first; of too many the newest.
pub(super) fn markers(
    line: &ChartLine,
    marks: &Marks,
    info: &MeterInfo,
    (start, lang): (Time, Lang),
) -> Vec<MarkerView> {
    let mut markers: Vec<MarkerView> = Vec::new();
    markers.extend(marks.alerts.iter().map(|row| alert(row, lang)));
    let ours = |row: &&IntentRow| {
        row.meter.is_some() || info.targets.iter().any(|target| target.id == row.target.id)
    };
    for row in marks.intents.iter().filter(ours) {
        markers.extend(intent(row, lang));
    }
    // The first window of the line began before it.
    for run in line.windows.iter().skip(1) {
        let at = run.start.map_or(run.first, |start| start.max(marks_from(line)));
        markers.push(plain(at, MarkerKind::Renewed, t::MARK_RENEWED, lang));
    }
    for at in &line.top_ups {
        markers.push(plain(*at, MarkerKind::ToppedUp, t::MARK_TOPPED_UP, lang));
    }
    markers.retain(|marker| marker.at >= start.ms());
    markers.sort_by_key(|marker| (marker.at, marker.kind));
    let surplus = markers.len().saturating_sub(limits::MARKERS);
    markers.split_off(surplus)
}

fn marks_from(line: &ChartLine) -> Time {
    line.points
        .first()
        .map_or_else(|| Time::from_ms(0), |point| point.fetched_at)
}

fn plain(at: Time, kind: MarkerKind, text: t::Text, lang: Lang) -> MarkerView {
    MarkerView {
        at: at.ms(),
        kind,
        id: None,
        text: text.of(lang).to_owned(),
    }
}

fn alert(row: &AlertRow, lang: Lang) -> MarkerView {
    let message: Option<Message> = serde_json::from_value(row.body.clone()).ok();
    let kind = match &message {
        Some(Message::Blind { .. }) => MarkerKind::Blind,
        _ if row.key.starts_with("limit") => MarkerKind::Limit,
        _ => MarkerKind::Step,
    };
    let title = message.map(|message| catalogue::title(&message, lang));
    MarkerView {
        at: row.raised_at.ms(),
        kind,
        id: Some(row.id.to_string()),
        text: title.unwrap_or_else(|| t::MARK_STEP.of(lang).to_owned()),
    }
}

/// When it was decided, and when it ended.
fn intent(row: &IntentRow, lang: Lang) -> Vec<MarkerView> {
    let marker = |at: Time, kind, state| {
        let verb = catalogue::verb(row.action, row.target.kind, lang);
        let state = catalogue::intent_state(state, lang);
        MarkerView {
            at: at.ms(),
            kind,
            id: Some(row.id.to_string()),
            text: t::MARK_ACTION.say(
                lang,
                &[("verb", verb), ("target", &row.target.name), ("state", state)],
            ),
        }
    };
    let ended = match (row.state, row.action) {
        (IntentState::Verified, ActionKind::Start) => Some(MarkerKind::Restored),
        (IntentState::Verified, _) => Some(MarkerKind::Stopped),
        (IntentState::Cancelled | IntentState::Abandoned, _) => Some(MarkerKind::Ended),
        _ => None,
    };
    let mut markers = vec![marker(row.created_at, MarkerKind::Planned, IntentState::Planned)];
    markers.extend(ended.map(|kind| marker(row.updated_at, kind, row.state)));
    markers
}
