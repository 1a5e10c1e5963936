//! What an intent on a sub-account keeps of its pieces. Owns how a survey is compared with what we did: which piece is
//! ours, which is still to do, which somebody else changed. Pure; asks nobody and writes nothing.

use serde::{Deserialize, Serialize};
use tidegate_guard::{ActionKind, Hatch, Piece, PieceState, PieceTold, PieceWhy, PowerState};
use tidegate_meter::{RowId, Time};
use tidegate_providers::sub_accounts::{PieceSeen, Reach, Survey};

/// One disable or restore, piece by piece.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Closure {
    /// Every piece as it was seen last before our first request.
    pub before: Option<Survey>,
    /// Which pieces a survey reads beyond rights, keys and login.
    pub reach: Reach,
    /// It is the identity that we act with ourselves.
    pub ourselves: bool,
    /// The pieces, in the order in which they are changed.
    pub work: Vec<PieceWork>,
}

/// One piece of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PieceWork {
    /// Which.
    pub piece: Piece,
    /// How it stood before we asked.
    pub was: Hatch,
    /// How it stood in the newest survey.
    pub now: Hatch,
    /// The provider's mark of how a disable of ours left it: another one means that somebody changed it since.
    pub mark: Option<String>,
    /// The earlier action of ours that closed it.
    pub earlier: Option<RowId>,
    /// When we asked for it last; `None`: not in this action, or what we asked for was undone.
    pub asked_at: Option<Time>,
    /// When it was first seen to be as asked.
    pub done_at: Option<Time>,
    /// The provider's refusal of the last request, and whether another one is of no use before a person changes
    /// something.
    pub refused: Option<Refusal>,
    /// Why it is left alone.
    pub skipped: Option<PieceWhy>,
}

/// A definite no.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Refusal {
    /// The provider's word.
    pub detail: String,
    /// A right is missing.
    pub lasting: bool,
}

impl Closure {
    /// The book of a disable. `held` is what earlier actions of ours closed and nobody has opened since: it stays ours.
    pub(super) fn of_disable(reach: Reach, held: Vec<PieceWork>) -> Self {
        Self {
            reach,
            work: held,
            ..Self::default()
        }
    }

    /// The book of a restore: what is held closed, the last one first.
    pub(crate) fn of_restore(reach: Reach, held: &[PieceWork]) -> Self {
        Self {
            reach,
            work: held.iter().rev().map(PieceWork::to_open).collect(),
            ..Self::default()
        }
    }

    /// What this disable, `id`, holds closed, as a later one takes it on.
    pub(super) fn held(&self, id: RowId) -> Vec<PieceWork> {
        let held = self.work.iter().filter(|work| work.is_held());
        held.map(|work| PieceWork {
            earlier: work.earlier.or(Some(id)),
            asked_at: None,
            ..work.clone()
        })
        .collect()
    }

    /// Whether this restore opened a piece, or found that it is not ours any more.
    pub(super) fn settles(&self, piece: &Piece) -> bool {
        let mut works = self.work.iter();
        works.any(|work| work.piece.is_same(piece) && work.is_settled_open())
    }

    /// Takes note of a survey.
    pub(crate) fn see(&mut self, survey: &Survey, action: ActionKind) {
        self.ourselves = survey.ourselves;
        if self.work.iter().all(|work| work.asked_at.is_none()) {
            self.before = Some(survey.clone());
        }
        for work in &mut self.work {
            let seen = survey.pieces.iter().find(|seen| seen.piece.is_same(&work.piece));
            match action {
                ActionKind::Start => work.see_opening(seen, survey.at),
                ActionKind::Stop | ActionKind::Warn => work.see_closing(seen, survey.at),
            }
        }
        if action == ActionKind::Stop {
            self.add_new(survey);
        }
    }

    /// Pieces that were not there before are pieces too.
    fn add_new(&mut self, survey: &Survey) {
        for seen in &survey.pieces {
            if !self.work.iter().any(|work| work.piece.is_same(&seen.piece)) {
                self.work.push(PieceWork::found(seen));
            }
        }
        self.work.sort_by(|a, b| a.piece.cmp(&b.piece));
    }

    /// The one judgement of how the sub-account stands. For a disable: stopped if and only if no piece is open. For a
    /// restore: running if and only if each piece of its plan is open again, or left alone for a reason.
    pub(super) fn power(&self, action: ActionKind) -> PowerState {
        let is_running = match action {
            ActionKind::Start => self.work.iter().all(PieceWork::is_settled_open),
            ActionKind::Stop | ActionKind::Warn => self.open().next().is_some(),
        };
        if is_running {
            PowerState::Running
        } else {
            PowerState::Stopped
        }
    }

    /// What a try still has to ask for, in its order.
    pub(crate) fn due(&self, action: ActionKind) -> Vec<Piece> {
        let due = |work: &&PieceWork| match action {
            ActionKind::Start => work.is_to_open(),
            ActionKind::Stop | ActionKind::Warn => work.now == Hatch::Open,
        };
        self.work
            .iter()
            .filter(due)
            .map(|work| work.piece.clone())
            .collect()
    }

    /// Whether something that was asked for, and not refused, is not seen yet.
    pub(crate) fn is_awaited(&self, action: ActionKind) -> bool {
        self.work.iter().any(|work| {
            work.asked_at.is_some() && work.refused.is_none() && work.skipped.is_none() && !work.is_as(action)
        })
    }

    /// What is not as wanted yet.
    pub(super) fn left(&self, action: ActionKind) -> impl Iterator<Item = &PieceWork> {
        self.work.iter().filter(move |work| match action {
            ActionKind::Start => !work.is_settled_open(),
            ActionKind::Stop | ActionKind::Warn => work.now == Hatch::Open,
        })
    }

    /// What is not as wanted yet, in words for a log and an error; messages tell each piece by itself.
    pub(crate) fn still(&self, action: ActionKind) -> String {
        let names: Vec<String> = self.left(action).map(|work| name(&work.piece)).collect();
        let how = if action == ActionKind::Start {
            "closed"
        } else {
            "open"
        };
        format!("still {how}: {}", names.join(", "))
    }

    /// What can be used to spend.
    pub(super) fn open(&self) -> impl Iterator<Item = &PieceWork> {
        self.work.iter().filter(|work| work.now == Hatch::Open)
    }

    /// Whether a restore would have something to undo.
    pub(crate) fn holds_any(&self) -> bool {
        self.work.iter().any(PieceWork::is_held)
    }

    pub(super) fn find(&mut self, piece: &Piece) -> Option<&mut PieceWork> {
        self.work.iter_mut().find(|work| work.piece.is_same(piece))
    }

    /// Each piece as it is told.
    pub(crate) fn told(&self, action: ActionKind) -> Vec<PieceTold> {
        self.work.iter().map(|work| work.told(action)).collect()
    }
}

impl PieceWork {
    fn found(seen: &PieceSeen) -> Self {
        Self {
            piece: seen.piece.clone(),
            was: seen.hatch,
            now: seen.hatch,
            mark: None,
            earlier: None,
            asked_at: None,
            done_at: None,
            refused: None,
            skipped: None,
        }
    }

    /// A request for it is leaving.
    pub(super) fn ask(&mut self, at: Time) {
        self.asked_at = Some(at);
        self.done_at = None;
        self.refused = None;
        self.skipped = None;
    }

    /// The same piece in the book of a restore.
    fn to_open(&self) -> Self {
        Self {
            was: Hatch::Closed,
            earlier: None,
            asked_at: None,
            done_at: None,
            refused: None,
            skipped: None,
            ..self.clone()
        }
    }

    /// We closed it, and it is as we left it: only that is ever undone.
    fn is_held(&self) -> bool {
        let ours = self.earlier.is_some() || self.asked_at.is_some();
        ours && self.was == Hatch::Open && self.done_at.is_some() && self.skipped.is_none()
    }

    fn is_as(&self, action: ActionKind) -> bool {
        match action {
            ActionKind::Start => self.now == Hatch::Open,
            ActionKind::Stop | ActionKind::Warn => self.now != Hatch::Open,
        }
    }

    fn is_settled_open(&self) -> bool {
        self.skipped.is_some() || self.done_at.is_some()
    }

    fn is_to_open(&self) -> bool {
        !self.is_settled_open() && self.now == Hatch::Closed
    }

    /// What a survey says of a piece that is to be closed.
    fn see_closing(&mut self, seen: Option<&PieceSeen>, at: Time) {
        let (hatch, mark) = standing(seen);
        self.now = hatch;
        if self.earlier.is_some() {
            if hatch != Hatch::Closed || mark != self.mark {
                self.is_no_longer_ours(hatch);
            }
            return;
        }
        match (self.asked_at, hatch) {
            (None, _) => self.was = hatch,
            // Refused, and closed all the same: that was somebody else.
            (Some(_), Hatch::Closed) if self.refused.is_some() => self.is_no_longer_ours(hatch),
            (Some(_), Hatch::Closed) if self.done_at.is_none() => {
                self.done_at = Some(at);
                self.mark = mark;
                self.skipped = None;
            }
            (Some(_), Hatch::Closed) => self.skipped = (mark != self.mark).then_some(PieceWhy::Changed),
            // Opened again by somebody after it was seen closed.
            (Some(_), Hatch::Open) if self.done_at.is_some() => self.is_no_longer_ours(hatch),
            (Some(_), Hatch::Open) => self.skipped = None,
            (Some(_), Hatch::Absent) => self.skipped = Some(PieceWhy::Missing),
        }
    }

    /// Whatever we did to it, somebody else did more: it counts as found so.
    fn is_no_longer_ours(&mut self, hatch: Hatch) {
        *self = Self {
            piece: self.piece.clone(),
            was: hatch,
            now: hatch,
            mark: None,
            earlier: None,
            asked_at: None,
            done_at: None,
            refused: None,
            skipped: None,
        };
    }

    /// What a survey says of a piece that is to be opened.
    fn see_opening(&mut self, seen: Option<&PieceSeen>, at: Time) {
        let (hatch, mark) = standing(seen);
        self.now = hatch;
        let ours = self.asked_at.is_some() && self.refused.is_none();
        match hatch {
            Hatch::Absent => self.skipped = Some(PieceWhy::Missing),
            Hatch::Open if ours => {
                self.done_at.get_or_insert(at);
                self.skipped = None;
            }
            Hatch::Open => self.skipped = Some(PieceWhy::Changed),
            // Closed again after we opened it.
            Hatch::Closed if self.done_at.is_some() => self.skipped = Some(PieceWhy::Changed),
            Hatch::Closed if self.asked_at.is_some() => self.skipped = None,
            Hatch::Closed => self.skipped = (mark != self.mark).then_some(PieceWhy::Changed),
        }
    }

    fn state(&self, action: ActionKind) -> PieceState {
        if self.skipped.is_some() {
            return PieceState::Skipped;
        }
        if self.earlier.is_some() {
            return PieceState::WasSo;
        }
        match (self.asked_at, self.done_at) {
            _ if self.refused.is_some() => PieceState::Failed,
            (Some(_), Some(_)) => PieceState::Done,
            (Some(_), None) => PieceState::Asked,
            (None, _) if self.is_as(action) => PieceState::WasSo,
            (None, _) => PieceState::Waiting,
        }
    }

    fn told(&self, action: ActionKind) -> PieceTold {
        let refused = self.refused.as_ref().map(|refusal| PieceWhy::Refused {
            detail: refusal.detail.clone(),
        });
        let earlier = self.earlier.map(|_| PieceWhy::Earlier);
        PieceTold {
            piece: self.piece.clone(),
            state: self.state(action),
            why: self.skipped.clone().or(refused).or(earlier),
            at: self.done_at,
        }
    }
}

/// A piece that a survey does not name is not there.
fn standing(seen: Option<&PieceSeen>) -> (Hatch, Option<String>) {
    seen.map_or((Hatch::Absent, None), |seen| (seen.hatch, seen.mark.clone()))
}

fn name(piece: &Piece) -> String {
    match piece {
        Piece::Rights => "rights".to_owned(),
        Piece::Key { id } => format!("key {id}"),
        Piece::Login => "console login".to_owned(),
        Piece::Endpoint { id, .. } => format!("endpoint {id}"),
        Piece::Instance { id, .. } => format!("server {id}"),
    }
}
