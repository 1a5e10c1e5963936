//! What a reader may ask: every question of the handle, each bounded in rows (`limits`).

mod flow;

use std::time::Duration;

use tidegate_meter::{AccountId, GuardId, MailboxId, MeterId, Month, Reading, RowId, Time};

use crate::history::Cursor;
use crate::query::{alert, config, delivery, finding, intent, marks, meter, quota, statistics};
use crate::{
    AccountRow, AlertFilter, AlertRow, AllocationRow, AuditHead, AuditRow, AuditVerdict, Bucket, BudgetRow,
    ChannelRow, ChargeRow, ChartLine, DeliveryFilter, DeliveryRow, FindingFilter, FindingRow, FoldedPage,
    GuardRow, GuardStateRow, IntentEventRow, IntentFilter, IntentRow, ItemRow, LapseRow, LedgerFilter, Marks,
    MeterRow, NextDue, Point, SpendingRow, Statistics, Store, StoreError, StoredKind, TargetRow, TokenRow,
    audit, history, lease, limits, query, sound, token,
};

impl Store {
    /// Who holds the lease at `now`, as far as its row tells; `None` when it is free or ran out. Takes nothing.
    pub async fn lease_holder(&self, now: Time) -> Result<Option<String>, StoreError> {
        self.read(move |conn| lease::holder(conn, now)).await
    }

    /// All accounts, by id.
    pub async fn accounts(&self) -> Result<Vec<AccountRow>, StoreError> {
        self.read(config::accounts).await
    }

    /// All channels, by id.
    pub async fn channels(&self) -> Result<Vec<ChannelRow>, StoreError> {
        self.read(config::channels).await
    }

    /// All guards, by id.
    pub async fn guards(&self) -> Result<Vec<GuardRow>, StoreError> {
        self.read(config::guards).await
    }

    /// All renewals, or all mailboxes, by id.
    pub async fn items(&self, kind: StoredKind) -> Result<Vec<ItemRow>, StoreError> {
        self.read(move |conn| config::items(conn, kind)).await
    }

    /// All tokens, also revoked ones, the newest first.
    pub async fn tokens(&self) -> Result<Vec<TokenRow>, StoreError> {
        self.read(token::all).await
    }

    /// What mails said, newest first.
    pub async fn findings(&self, filter: FindingFilter) -> Result<Vec<FindingRow>, StoreError> {
        self.read(move |conn| finding::findings(conn, &filter)).await
    }

    /// Whether a mail was recorded before: under these numbers, or under others by its identity.
    pub async fn is_found(
        &self,
        mailbox: &MailboxId,
        numbers: (u32, u32),
        identity: &str,
    ) -> Result<bool, StoreError> {
        let (mailbox, identity) = (mailbox.clone(), identity.to_owned());
        self.read(move |conn| finding::is_found(conn, &mailbox, numbers, &identity))
            .await
    }

    /// Every sub-account of an account that is under a quota.
    pub async fn budgets(&self, account: &AccountId) -> Result<Vec<BudgetRow>, StoreError> {
        let account = account.clone();
        self.read(move |conn| quota::budgets(conn, &account)).await
    }

    /// A page of a ledger, newest first.
    pub async fn ledger(&self, filter: LedgerFilter) -> Result<Vec<AllocationRow>, StoreError> {
        self.read(move |conn| quota::ledger(conn, &filter)).await
    }

    /// The newest entry of every ledger of an account.
    pub async fn granted(&self, account: &AccountId) -> Result<Vec<AllocationRow>, StoreError> {
        let account = account.clone();
        self.read(move |conn| quota::granted(conn, &account)).await
    }

    /// Every charge of an account, also those that ended, oldest first.
    pub async fn charges(&self, account: &AccountId) -> Result<Vec<ChargeRow>, StoreError> {
        let account = account.clone();
        self.read(move |conn| quota::charges(conn, &account)).await
    }

    /// What every project of an account cost in each month, as the bill told it last.
    pub async fn spending(&self, account: &AccountId) -> Result<Vec<SpendingRow>, StoreError> {
        let account = account.clone();
        self.read(move |conn| quota::spending(conn, &account)).await
    }

    /// The months of an account's bill that were read whole, and when each was read last.
    pub async fn bill_months(&self, account: &AccountId) -> Result<Vec<(Month, Time)>, StoreError> {
        let account = account.clone();
        self.read(move |conn| quota::bill_months(conn, &account)).await
    }

    /// The meters that are there, of one account or of all, each with its newest look.
    pub async fn meters(&self, account: Option<&AccountId>) -> Result<Vec<MeterRow>, StoreError> {
        self.catch_up().await;
        let account = account.cloned();
        self.read(move |conn| meter::meters(conn, account.as_ref())).await
    }

    /// One meter, whether it is still there or not.
    pub async fn meter(&self, account: &AccountId, meter: &MeterId) -> Result<Option<MeterRow>, StoreError> {
        self.catch_up().await;
        let (account, id) = (account.clone(), meter.clone());
        self.read(move |conn| meter::meter(conn, &account, &id)).await
    }

    /// The states of one guard on all its meters, or of all guards.
    pub async fn guard_states(&self, guard: Option<&GuardId>) -> Result<Vec<GuardStateRow>, StoreError> {
        self.catch_up().await;
        let guard = guard.cloned();
        self.read(move |conn| meter::guard_states(conn, guard.as_ref()))
            .await
    }

    /// The state of one guard on one meter; `None` before its first judgement.
    pub async fn guard_state(
        &self,
        guard: &GuardId,
        meter: &MeterId,
    ) -> Result<Option<GuardStateRow>, StoreError> {
        self.catch_up().await;
        let (guard, id) = (guard.clone(), meter.clone());
        self.read(move |conn| meter::guard_state(conn, &guard, &id)).await
    }

    /// Alerts, newest first.
    pub async fn alerts(&self, filter: AlertFilter) -> Result<Vec<AlertRow>, StoreError> {
        self.read(move |conn| alert::alerts(conn, filter)).await
    }

    /// One alert.
    pub async fn alert(&self, id: RowId) -> Result<Option<AlertRow>, StoreError> {
        self.read(move |conn| alert::alert(conn, id)).await
    }

    /// Intents: open ones by their next time, others newest first.
    pub async fn intents(&self, filter: IntentFilter) -> Result<Vec<IntentRow>, StoreError> {
        self.read(move |conn| intent::intents(conn, filter)).await
    }

    /// The transitions of an intent, oldest first.
    pub async fn intent_events(&self, id: RowId) -> Result<Vec<IntentEventRow>, StoreError> {
        self.read(move |conn| intent::events(conn, id)).await
    }

    /// Deliveries: waiting ones by their time, others newest first.
    pub async fn deliveries(&self, filter: DeliveryFilter) -> Result<Vec<DeliveryRow>, StoreError> {
        self.read(move |conn| delivery::deliveries(conn, filter)).await
    }

    /// The targets of one account or of all, also those that are no longer there.
    pub async fn targets(&self, account: Option<&AccountId>) -> Result<Vec<TargetRow>, StoreError> {
        let account = account.cloned();
        self.read(move |conn| meter::targets(conn, account.as_ref()))
            .await
    }

    /// The newest lapses, of all or of those that began before an instant, newest first.
    pub async fn lapses(&self, before: Option<Time>, limit: usize) -> Result<Vec<LapseRow>, StoreError> {
        self.read(move |conn| config::lapses(conn, before, limit)).await
    }

    /// Audit rows after the number `after` (0: from the first), oldest first.
    pub async fn audit(&self, after: i64, limit: usize) -> Result<Vec<AuditRow>, StoreError> {
        self.read(move |conn| audit::after(conn, after, limit)).await
    }

    /// The newest audit rows before the number `before` (a number beyond all: from the last), newest first.
    pub async fn audit_before(&self, before: i64, limit: usize) -> Result<Vec<AuditRow>, StoreError> {
        self.read(move |conn| audit::before(conn, before, limit)).await
    }

    /// The end of the audit chain, to be published outside.
    pub async fn audit_head(&self) -> Result<AuditHead, StoreError> {
        self.read(audit::head).await
    }

    /// Walks the whole audit chain and names the first bad row. A chain that was cut off at its end is only noticed
    /// against an `expected` head that was published outside.
    pub async fn audit_verify(&self, expected: Option<AuditHead>) -> Result<AuditVerdict, StoreError> {
        self.read(move |conn| audit::verify(conn, expected.as_ref()))
            .await
    }

    /// One setting.
    pub async fn setting(&self, key: &str) -> Result<Option<serde_json::Value>, StoreError> {
        let key = key.to_owned();
        self.read(move |conn| config::setting(conn, &key)).await
    }

    /// All settings, by key.
    pub async fn settings(&self) -> Result<Vec<(String, serde_json::Value)>, StoreError> {
        self.read(config::settings).await
    }

    /// The line of a chart: what was fetched in `from..to`, oldest first, thinned to at most `points_max` points (at
    /// least 4, at most `limits::HISTORY_POINTS`) so that every stretch keeps its lowest and its highest value. Long
    /// spans come from folded hours and days, whose points carry the time of fetch in `as_of` too.
    pub async fn history(
        &self,
        account: &AccountId,
        meter: &MeterId,
        from: Time,
        to: Time,
        points_max: usize,
    ) -> Result<Vec<Point>, StoreError> {
        self.catch_up().await;
        let of = (account.clone(), meter.clone());
        let drawn = move |conn: &_| history::chart(conn, (&of.0, &of.1), (from, to), points_max, i64::MAX);
        Ok(self.read(drawn).await?.points)
    }

    /// The line of [`Self::history`] with its gaps (silences longer than `gap` and out of the pace of the readings before
    /// them, also the one up to `to`), windows and top-ups.
    pub async fn chart(
        &self,
        (account, meter): (&AccountId, &MeterId),
        (from, to): (Time, Time),
        points_max: usize,
        gap: Duration,
    ) -> Result<ChartLine, StoreError> {
        self.catch_up().await;
        let of = (account.clone(), meter.clone());
        let gap_ms = i64::try_from(gap.as_millis()).unwrap_or(i64::MAX);
        self.read(move |conn| history::chart(conn, (&of.0, &of.1), (from, to), points_max, gap_ms))
            .await
    }

    /// What happened to a meter in `from..to`.
    pub async fn marks(
        &self,
        (account, meter): (&AccountId, &MeterId),
        (from, to): (Time, Time),
    ) -> Result<Marks, StoreError> {
        let of = (account.clone(), meter.clone());
        self.read(move |conn| marks::marks(conn, (&of.0, &of.1), (from, to)))
            .await
    }

    /// Every raw reading fetched at or after `from`, in the order of observation, page by page: at most the last 90 days.
    #[must_use]
    pub fn readings(&self, account: &AccountId, meter: &MeterId, from: Time) -> ReadingStream {
        ReadingStream {
            store: self.clone(),
            next: Cursor {
                account: account.clone(),
                meter: meter.clone(),
                from,
                to: Time::from_ms(i64::MAX),
                given: None,
                most: limits::STREAM_PAGE,
            },
        }
    }

    /// A page of raw readings fetched in `from..to` in the order of observation, at most `most` and
    /// `limits::STREAM_PAGE` of them, and the place behind it, from which the next page goes on; `None` at the end.
    pub async fn readings_page(
        &self,
        (account, meter): (&AccountId, &MeterId),
        (from, to): (Time, Time),
        after: Option<ReadingPlace>,
        most: usize,
    ) -> Result<(Vec<Reading>, Option<ReadingPlace>), StoreError> {
        self.catch_up().await;
        let cursor = Cursor {
            account: account.clone(),
            meter: meter.clone(),
            from,
            to,
            given: after.map(|place| (place.span, place.fetched)),
            most: most.clamp(1, limits::STREAM_PAGE),
        };
        let most = cursor.most;
        let (readings, next) = self.read(move |conn| history::page(conn, cursor)).await?;
        let place = next.given.filter(|_| readings.len() == most);
        Ok((
            readings,
            place.map(|(span, fetched)| ReadingPlace { span, fetched }),
        ))
    }

    /// A page of hours or days that begin in `from..to`, whole, oldest first; the next page begins at its `next`.
    pub async fn folded_page(
        &self,
        (account, meter): (&AccountId, &MeterId),
        (from, to): (Time, Time),
        bucket: Bucket,
    ) -> Result<FoldedPage, StoreError> {
        self.catch_up().await;
        let of = (account.clone(), meter.clone());
        self.read(move |conn| history::folded(conn, (&of.0, &of.1), (from, to), bucket))
            .await
    }

    /// What happened in `from..to`, counted by the database.
    pub async fn statistics(&self, from: Time, to: Time) -> Result<Statistics, StoreError> {
        self.catch_up().await;
        self.read(move |conn| statistics::statistics(conn, (from, to)))
            .await
    }

    /// How many intents, of one guard or of all, were sent at or after `since`, whatever became of them.
    pub async fn actions_since(&self, guard: Option<&GuardId>, since: Time) -> Result<u32, StoreError> {
        let guard = guard.cloned();
        self.read(move |conn| intent::actions_since(conn, guard.as_ref(), since))
            .await
    }

    /// When the next intent or delivery asks for attention, so that nobody needs to wake before.
    pub async fn next_due(&self) -> Result<NextDue, StoreError> {
        self.read(query::next_due).await
    }

    /// Checks every page, row and index of the file; [`StoreError::Corrupt`] when it is damaged. Takes long on a long
    /// history; meant for once a day.
    pub async fn integrity(&self) -> Result<(), StoreError> {
        self.read(sound::integrity).await
    }
}

/// Behind which raw reading the next page begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReadingPlace {
    /// Number of its run.
    pub span: i64,
    /// Its fetch, in milliseconds.
    pub fetched: i64,
}

/// Raw readings in pages.
#[derive(Clone, Debug)]
pub struct ReadingStream {
    store: Store,
    next: Cursor,
}

impl ReadingStream {
    /// The next page, at most `limits::STREAM_PAGE` readings; empty at the end, and again when asked again, until
    /// something new is stored.
    pub async fn next_page(&mut self) -> Result<Vec<Reading>, StoreError> {
        self.store.catch_up().await;
        let cursor = self.next.clone();
        let (readings, next) = self.store.read(move |conn| history::page(conn, cursor)).await?;
        self.next = next;
        Ok(readings)
    }
}
