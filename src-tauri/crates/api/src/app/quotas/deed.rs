//! What became of the newest disable or restore of a sub-account, by the record: its pieces, whether it is tried again,
//! and which disable a restore would undo. Reads the record; decides nothing.

use std::collections::BTreeMap;

use tidegate_channels::catalogue;
use tidegate_engine::intent::closure::{ClosedDeed, closure_of};
use tidegate_guard::{ActionKind, IntentState, PieceState, PieceTold};
use tidegate_meter::{AccountId, RowId, TargetId, TargetKind, Time};
use tidegate_store::{IntentFilter, IntentRow};

use super::App;
use crate::app::views::Telling;
use crate::response::{ClosedDeedView, PieceView};
use crate::{ApiError, limits, texts as t};

/// The newest actions on sub-accounts, by whose and which.
#[derive(Default)]
pub(super) struct Deeds(BTreeMap<(AccountId, TargetId), Own>);

impl Deeds {
    pub(super) fn of(&self, account: &AccountId, user: &TargetId) -> Option<&Own> {
        self.0.get(&(account.clone(), user.clone()))
    }

    /// Rows from the newest to the oldest: what is there already is newer.
    fn take(&mut self, page: Vec<IntentRow>) {
        let of_sub_accounts = page
            .into_iter()
            .filter(|row| row.target.kind == TargetKind::SubAccount);
        for row in of_sub_accounts {
            let whose = (row.account.clone(), row.target.id.clone());
            self.0.entry(whose).or_default().take(row);
        }
    }
}

/// What the record says of one sub-account.
#[derive(Default)]
pub(super) struct Own {
    /// The newest action that changed a piece, or is about to.
    newest: Option<(IntentRow, Option<ClosedDeed>)>,
    /// The newest disable that holds something closed.
    disable: Option<RowId>,
    /// A later restore opened all of it.
    restored: bool,
}

impl Own {
    fn take(&mut self, row: IntentRow) {
        let closed = closure_of(&row);
        // One that was called off before its first request changed nothing.
        let changed = closed.is_some() || !row.state.is_end();
        if row.action == ActionKind::Start && row.state == IntentState::Verified && self.disable.is_none() {
            self.restored = true;
        }
        let holds = closed.as_ref().is_some_and(|deed| deed.restorable);
        if holds && self.disable.is_none() && !self.restored {
            self.disable = Some(row.id);
        }
        if changed && self.newest.is_none() {
            self.newest = Some((row, closed));
        }
    }

    /// The disable that a restore would undo.
    pub(super) const fn restorable(&self) -> Option<RowId> {
        self.disable
    }

    /// When a disable of ours was seen to be whole.
    pub(super) fn disabled_at(&self) -> Option<Time> {
        let (row, _) = self.newest.as_ref()?;
        let verified = row.action == ActionKind::Stop && row.state == IntentState::Verified;
        verified.then_some(row.updated_at)
    }

    /// When it is tried again; `None` when it ended.
    pub(super) fn next_try(&self) -> Option<Time> {
        let (row, _) = self.newest.as_ref()?;
        (!row.state.is_end()).then_some(row.next_at)
    }

    fn closed(&self) -> Option<&ClosedDeed> {
        self.newest.as_ref()?.1.as_ref()
    }
}

impl App {
    /// What the newest page of all actions says of each sub-account.
    pub(super) async fn deeds(&self) -> Result<Deeds, ApiError> {
        self.deeds_until(1, |_| false).await
    }

    /// What the record says of one sub-account, within the pages that are searched.
    pub(super) async fn deeds_of(&self, account: &AccountId, user: &TargetId) -> Result<Deeds, ApiError> {
        let is_told = |deeds: &Deeds| {
            let own = deeds.of(account, user);
            own.is_some_and(|own| own.newest.is_some() && (own.disable.is_some() || own.restored))
        };
        self.deeds_until(limits::DEED_PAGES, is_told).await
    }

    async fn deeds_until(&self, pages: usize, enough: impl Fn(&Deeds) -> bool) -> Result<Deeds, ApiError> {
        let limit = super::page(limits::PAGE_ROWS);
        let mut deeds = Deeds::default();
        let mut before = None;
        for _ in 0..pages {
            let page = self.store.intents(IntentFilter::Recent { before, limit }).await?;
            before = page.last().map(|row| row.id);
            let is_last = page.len() < limit;
            deeds.take(page);
            if is_last || enough(&deeds) {
                break;
            }
        }
        Ok(deeds)
    }
}

impl Telling<'_> {
    /// What a disable has not closed yet; empty where the record does not say.
    pub(super) fn open_pieces(&self, own: &Own) -> String {
        let is_open = |told: &&PieceTold| {
            matches!(
                told.state,
                PieceState::Waiting | PieceState::Asked | PieceState::Failed
            )
        };
        let pieces = own.closed().filter(|deed| deed.disable);
        let open = pieces
            .into_iter()
            .flat_map(|deed| deed.pieces.iter().filter(is_open));
        let names: Vec<String> = open
            .map(|told| catalogue::piece(&told.piece, self.lang))
            .collect();
        names.join(t::COMMA.of(self.lang))
    }

    /// The newest disable or restore, piece by piece.
    pub(super) fn closed(&self, own: &Own) -> Option<ClosedDeedView> {
        let deed = own.closed()?;
        let piece = |told: &PieceTold| PieceView {
            what: catalogue::piece(&told.piece, self.lang),
            state: told.state,
            why: told.why.as_ref().map(|why| catalogue::piece_why(why, self.lang)),
            at: told.at,
        };
        Some(ClosedDeedView {
            action: deed.intent,
            disable: deed.disable,
            state: catalogue::intent_state(deed.state, self.lang).to_owned(),
            pieces: deed.pieces.iter().map(piece).collect(),
        })
    }

    /// What goes on although a sub-account is disabled.
    pub(super) fn survives(&self) -> Vec<String> {
        catalogue::survives(self.lang)
            .into_iter()
            .map(str::to_owned)
            .collect()
    }
}
