//! What became of the newest disable or restore of a sub-account, by the record: its pieces, whether it is tried again,
//! and which disable a restore would undo. Reads the record; decides nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use tidegate_engine::quotas::QuotaUser;
use tidegate_guard::{ActionKind, IntentState};
use tidegate_meter::{AccountId, RowId, TargetId, TargetKind, Time};
use tidegate_store::{IntentFilter, IntentRow};

use super::App;
use crate::app::views::Telling;
use crate::response::ClosedDeedView;
use crate::{ApiError, limits};

/// The newest actions on sub-accounts, by whose and which.
#[derive(Default)]
pub(super) struct Deeds(BTreeMap<(AccountId, TargetId), Own>);

impl Deeds {
    pub(super) fn of(&self, account: &AccountId, user: &TargetId) -> Option<&Own> {
        self.0.get(&(account.clone(), user.clone()))
    }

    /// The newest first; later ones of a page are older.
    fn take(&mut self, page: Vec<IntentRow>) {
        let of_sub_accounts = page
            .into_iter()
            .filter(|row| row.target.kind == TargetKind::SubAccount);
        for row in of_sub_accounts {
            let whose = (row.account.clone(), row.target.id.clone());
            self.0.entry(whose).or_insert(Own { row });
        }
    }
}

/// The newest action on one sub-account.
pub(super) struct Own {
    row: IntentRow,
}

impl Own {
    /// The disable that a restore would undo.
    pub(super) fn restorable(&self) -> Option<RowId> {
        let verified = self.row.action == ActionKind::Stop && self.row.state == IntentState::Verified;
        verified.then_some(self.row.id)
    }

    /// When a disable of ours was seen to be whole.
    pub(super) fn disabled_at(&self) -> Option<Time> {
        self.restorable().map(|_| self.row.updated_at)
    }

    /// When it is tried again; `None` when it ended.
    pub(super) fn next_try(&self) -> Option<Time> {
        (!self.row.state.is_end()).then_some(self.row.next_at)
    }
}

impl App {
    /// The newest action on each sub-account, of the newest page of all.
    pub(super) async fn deeds(&self) -> Result<Deeds, ApiError> {
        let mut deeds = Deeds::default();
        let limit = usize::try_from(limits::PAGE_ROWS).unwrap_or(usize::MAX);
        let filter = IntentFilter::Recent { before: None, limit };
        deeds.take(self.store.intents(filter).await?);
        Ok(deeds)
    }

    /// The newest action on one sub-account, however long ago within the pages that are kept at hand.
    pub(super) async fn deeds_of(&self, account: &AccountId, user: &TargetId) -> Result<Deeds, ApiError> {
        let limit = usize::try_from(limits::PAGE_ROWS).unwrap_or(usize::MAX);
        let mut deeds = Deeds::default();
        let mut before = None;
        for _ in 0..limits::DEED_PAGES {
            let page = self.store.intents(IntentFilter::Recent { before, limit }).await?;
            before = page.last().map(|row| row.id);
            let is_last = page.len() < limit;
            deeds.take(page);
            if is_last || deeds.of(account, user).is_some() {
                break;
            }
        }
        Ok(deeds)
    }
}

impl Telling<'_> {
    pub(super) fn open_pieces(&self, own: &Own) -> String {
        let _ = own;
        String::new()
    }

    pub(super) fn closed(&self, own: &Own) -> Option<ClosedDeedView> {
        let _ = own;
        None
    }

    pub(super) fn survives(&self, user: &QuotaUser, delay: Duration, own: Option<&Own>) -> Vec<String> {
        let _ = (user, delay, own);
        Vec::new()
    }
}
