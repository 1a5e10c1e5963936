//! Records as they are shown: pages of actions, alerts, deliveries, audit rows and lapses, newest first, each with the line
//! that a person reads. Owns the translation, no decision.

use serde_json::Value;
use tidegate_channels::{Message, catalogue};
use tidegate_engine::intent::closure::closure_of;
use tidegate_guard::{ActionKind, IntentState, PowerState, Proof, Receipt, Why};
use tidegate_meter::{ByteBase, Lang, RowId, Time};
use tidegate_store::{
    AlertFilter, AlertRow, DeliveryFilter, DeliveryRow, DeliveryState, IntentEventRow, IntentFilter,
    IntentRow,
};

use super::App;
use super::query::page;
use super::views::Telling;
use crate::ApiError;
use crate::response::{ActionEventView, ActionView, AlertView, AuditView, DeliveryView, LapseView};
use crate::{deeds, texts as t};

impl App {
    /// Open actions, the one that is followed up next first; others newest first, those made before a row. At most `limit`.
    pub(super) async fn actions(
        &self,
        open: bool,
        limit: u32,
        before: Option<RowId>,
        telling: &Telling<'_>,
    ) -> Result<Vec<ActionView>, ApiError> {
        let filter = if open {
            IntentFilter::Open
        } else {
            IntentFilter::Recent {
                before,
                limit: page(limit),
            }
        };
        let mut actions = Vec::new();
        for row in self.store.intents(filter).await?.into_iter().take(page(limit)) {
            let events = self.store.intent_events(row.id).await?;
            actions.push(telling.action(row, events));
        }
        Ok(actions)
    }

    pub(super) async fn alerts(
        &self,
        open: bool,
        limit: u32,
        before: Option<RowId>,
        telling: &Telling<'_>,
    ) -> Result<Vec<AlertView>, ApiError> {
        let filter = AlertFilter {
            open,
            before,
            limit: page(limit),
        };
        let rows = self.store.alerts(filter).await?;
        Ok(rows.into_iter().map(|row| telling.alert(row)).collect())
    }

    pub(super) async fn deliveries(
        &self,
        limit: u32,
        before: Option<RowId>,
        telling: &Telling<'_>,
    ) -> Result<Vec<DeliveryView>, ApiError> {
        let filter = DeliveryFilter::Recent {
            before,
            limit: page(limit),
        };
        let rows = self.store.deliveries(filter).await?;
        Ok(rows.into_iter().map(|row| telling.delivery(row)).collect())
    }

    pub(super) async fn audit(
        &self,
        (after, before): (i64, Option<i64>),
        limit: u32,
        lang: Lang,
    ) -> Result<Vec<AuditView>, ApiError> {
        let rows = match before {
            Some(before) => self.store.audit_before(before, page(limit)).await?,
            None => self.store.audit(after.max(0), page(limit)).await?,
        };
        let view = |row: tidegate_store::AuditRow| AuditView {
            text: deeds::line(&row.actor, &row.event, &row.facts, lang),
            seq: row.seq,
            at: row.at,
            actor: row.actor,
            event: row.event,
            facts: row.facts,
            hash: row.hash,
        };
        Ok(rows.into_iter().map(view).collect())
    }

    pub(super) async fn lapses(
        &self,
        limit: u32,
        before: Option<Time>,
        lang: Lang,
    ) -> Result<Vec<LapseView>, ApiError> {
        let rows = self.store.lapses(before, page(limit)).await?;
        let view = |row: tidegate_store::LapseRow| LapseView {
            text: catalogue::lapse_cause(&row.cause, lang),
            start: row.start,
            end: row.end,
            cause: row.cause,
        };
        Ok(rows.into_iter().map(view).collect())
    }
}

/// What the engine keeps of an action, as far as it is shown; `None` also for what it keeps as null.
fn kept<T: serde::de::DeserializeOwned>(detail: &Value, key: &str) -> Option<T> {
    serde_json::from_value(detail.get(key)?.clone()).ok()
}

impl Telling<'_> {
    pub(super) fn action(&self, row: IntentRow, events: Vec<IntentEventRow>) -> ActionView {
        let detail = &row.detail;
        let receipt: Option<Receipt> = kept::<Receipt>(detail, "receipt");
        let proof: Option<Proof> = kept::<Proof>(detail, "proof");
        let person: Option<String> = detail
            .get("person")
            .and_then(|person| person.get("by")?.as_str().map(str::to_owned));
        let base = kept::<ByteBase>(detail.get("meter").unwrap_or(&Value::Null), "byte_base");
        let why = kept::<Why>(detail, "why");
        let before = kept::<PowerState>(detail, "before");
        let event = |row: IntentEventRow| ActionEventView {
            text: catalogue::intent_state(row.to, self.lang).to_owned(),
            to: row.to,
            at: row.at,
            facts: row.facts,
        };
        let is_stop = row.action == ActionKind::Stop;
        ActionView {
            state_text: catalogue::intent_state(row.state, self.lang).to_owned(),
            by_person: person.is_some(),
            by: person
                .or_else(|| row.guard.as_ref().map(ToString::to_string))
                .unwrap_or_default(),
            why: why.map(|why| self.why(why, base.unwrap_or(ByteBase::Decimal)).text),
            before: proof.as_ref().map(|proof| proof.before.clone()).or(before),
            after: proof.as_ref().map(|proof| proof.after.clone()),
            sent_at: kept::<Time>(detail, "sent_at"),
            retry_at: (row.state == IntentState::Failed).then_some(row.next_at),
            error: kept::<String>(detail, "failure"),
            next: self.next_of(&row),
            cancellable: row.state.may_become(IntentState::Cancelled),
            holdable: row.state == IntentState::Planned,
            restorable: closure_of(&row).map_or(
                is_stop && row.state == IntentState::Verified && receipt.is_some(),
                |deed| deed.restorable,
            ),
            id: row.id,
            guard: row.guard,
            account: row.account,
            meter: row.meter,
            action: row.action,
            target: row.target,
            state: row.state,
            due: row.due,
            tries: row.tries,
            receipt,
            proof,
            events: events.into_iter().map(event).collect(),
            created_at: row.created_at,
            updated_at: row.updated_at,
            simulated: false,
        }
    }

    fn instant(&self, at: Time) -> String {
        catalogue::at(at, self.lang, self.zone, self.now)
    }

    /// What comes next; nothing after an end that is well.
    fn next_of(&self, row: &IntentRow) -> Option<String> {
        let say = |text: t::Text, key: &str, value: &str| Some(text.say(self.lang, &[(key, value)]));
        match row.state {
            IntentState::Planned => say(counting(row), "due", &self.instant(row.due)),
            IntentState::Failed => say(t::NEXT_RETRY, "at", &self.instant(row.next_at)),
            IntentState::Abandoned => say(t::NEXT_ABANDONED, "target", &row.target.name),
            IntentState::Verified | IntentState::Cancelled => None,
            IntentState::Rechecked
            | IntentState::Sent
            | IntentState::Accepted
            | IntentState::Verifying
            | IntentState::Unknown => Some(t::NEXT_PROOF.of(self.lang).to_owned()),
        }
    }

    fn message(message: &Value) -> (String, Option<Message>) {
        let code = message.get("code").and_then(Value::as_str).unwrap_or("unknown");
        (code.to_owned(), serde_json::from_value(message.clone()).ok())
    }

    pub(super) fn alert(&self, row: AlertRow) -> AlertView {
        let (code, message) = Self::message(&row.body);
        let lines = message
            .as_ref()
            .map(|message| catalogue::lines(message, self.lang, self.zone, self.now));
        let lines = lines.unwrap_or_default();
        let line = |is: fn(&catalogue::Line) -> bool| {
            let found = lines.iter().find(|line| is(line));
            found.map_or_else(String::new, |line| line.text.clone())
        };
        let quiet = row.snoozed_until.is_some_and(|until| until > self.now);
        AlertView {
            title: message.map_or(code, |message| catalogue::title(&message, self.lang)),
            sentence: line(catalogue::Line::is_deed),
            next: line(catalogue::Line::is_next),
            asks: row.resolved_at.is_none() && row.acknowledged.is_none() && !quiet,
            id: row.id,
            guard: row.guard,
            account: row.account,
            meter: row.meter,
            key: row.key,
            severity: row.severity,
            raised_at: row.raised_at,
            resolved_at: row.resolved_at,
            acknowledged: row.acknowledged,
            snoozed_until: row.snoozed_until,
            simulated: false,
        }
    }

    pub(super) fn delivery(&self, row: DeliveryRow) -> DeliveryView {
        let (code, message) = Self::message(&row.message);
        let title = message.map(|message| catalogue::title(&message, self.lang));
        DeliveryView {
            next: self.next_of_delivery(&row),
            retryable: matches!(row.state, DeliveryState::Refused | DeliveryState::Expired),
            id: row.id,
            channel: row.channel,
            alert: row.alert,
            action: row.intent,
            title: title.unwrap_or_else(|| code.clone()),
            code,
            state: row.state,
            tries: row.tries,
            repeat: row.repeat,
            error: row.error,
            created_at: row.created_at,
            next_at: row.next_at,
            delivered_at: row.delivered_at,
            simulated: false,
        }
    }

    fn next_of_delivery(&self, row: &DeliveryRow) -> String {
        let at = |text: t::Text, at: Time| text.say(self.lang, &[("at", &self.instant(at))]);
        match row.state {
            DeliveryState::Pending if row.next_at > self.now => at(t::DELIVERY_RETRY, row.next_at),
            DeliveryState::Pending => t::DELIVERY_PENDING.of(self.lang).to_owned(),
            DeliveryState::Sending => t::DELIVERY_SENDING.of(self.lang).to_owned(),
            DeliveryState::Delivered => at(t::DELIVERY_DELIVERED, row.delivered_at.unwrap_or(row.next_at)),
            DeliveryState::Refused => t::DELIVERY_REFUSED.of(self.lang).to_owned(),
            DeliveryState::Expired => t::DELIVERY_EXPIRED.of(self.lang).to_owned(),
        }
    }
}

/// What is said of an action that counts down: a guard's stop is judged once more, a person's wish is not.
const fn counting(row: &IntentRow) -> t::Text {
    if row.guard.is_some() && matches!(row.action, ActionKind::Stop) {
        t::NEXT_COUNTING
    } else {
        t::NEXT_ASKED
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_meter::{Lang, RowId, Target, TargetKind, Time};

    fn planned(guard: Option<&str>, action: ActionKind) -> IntentRow {
        let at = Time::from_ms(0);
        IntentRow {
            id: RowId::from_bytes([1; 16]),
            guard: guard.map(|guard| guard.parse().unwrap()),
            account: "volc".parse().unwrap(),
            meter: None,
            action,
            target: Target {
                kind: TargetKind::SubAccount,
                id: "60000001".parse().unwrap(),
                name: "bob".to_owned(),
                region: String::new(),
            },
            window_start: at,
            state: IntentState::Planned,
            due: at,
            next_at: at,
            tries: 0,
            detail: Value::Null,
            created_at: at,
            updated_at: at,
        }
    }

    #[test]
    fn only_a_stop_of_a_guard_says_that_it_leaves_only_if_it_is_still_over() {
        let said = |guard, action| counting(&planned(guard, action)).of(Lang::En).to_owned();
        assert!(said(Some("quota"), ActionKind::Stop).contains("still over"));
        assert!(!said(None, ActionKind::Start).contains("still over"));
        assert!(!said(None, ActionKind::Stop).contains("still over"));
        assert!(!said(Some("quota"), ActionKind::Start).contains("still over"));
    }
}
