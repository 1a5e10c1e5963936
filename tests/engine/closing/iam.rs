//! A provider with one sub-account: its pieces, its bill, and every way to misbehave.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tidegate_egress::Timer as _;
use tidegate_guard::{ActionKind, Permit, PowerState, Receipt};
use tidegate_meter::{
    Clock as _, Currency, Month, Quantity, Reason, Target, TargetId, TargetKind, Time, Unit, Zone,
};
use tidegate_providers::sub_accounts::{
    Bill, Hatch, MonthBill, NewKey, NewSubAccount, Piece, PieceSeen, Policy, PolicyChange, Project,
    ProjectInfo, Reach, SubAccount, SubAccountDetail, SubAccounts, Survey,
};
use tidegate_providers::{
    AccountCheck, Control, Discovery, ProviderError, ProviderErrorKind, ReadReport, Rights, Source,
    TargetState,
};

use crate::kit::TestTimer;

/// What becomes of one request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum How {
    /// It happens.
    Works,
    /// It is taken on, and nothing happens.
    Nothing,
    /// It is refused.
    Refuses(ProviderErrorKind, &'static str),
    /// The answer is lost; whether it happens.
    Loses(bool),
}

/// How a piece stands, and the mark of its last change.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stand {
    pub(crate) hatch: Hatch,
    pub(crate) mark: u64,
}

type Pieces = BTreeMap<Piece, Stand>;
type Meddle = Box<dyn FnOnce(&mut IamState) + Send>;

/// The sub-account's side of the world.
pub(crate) struct IamState {
    pub(crate) spent: i64,
    pub(crate) pieces: Pieces,
    /// A change shows after this long.
    pub(crate) lag: Duration,
    /// Earlier states, for what does not show yet.
    history: Vec<(Time, Pieces)>,
    marks: u64,
    pub(crate) how: BTreeMap<Piece, VecDeque<How>>,
    pub(crate) always: BTreeMap<Piece, How>,
    pub(crate) ourselves: bool,
    pub(crate) protected: Option<bool>,
    pub(crate) gone: bool,
    pub(crate) unread: bool,
    /// How long a request is on the wire.
    pub(crate) latency: Duration,
    /// Every request, in order.
    pub(crate) sets: Vec<(Piece, Hatch)>,
    /// What the newest survey was to read beyond rights, keys and login.
    pub(crate) reach: Reach,
    /// What somebody else does right after the request of that number, counted from 1.
    pub(crate) meddle: BTreeMap<usize, Meddle>,
}

impl IamState {
    /// Somebody changes a piece.
    pub(crate) fn change(&mut self, piece: Piece, hatch: Hatch) {
        self.marks += 1;
        let mark = self.marks;
        self.pieces.insert(piece, Stand { hatch, mark });
    }

    pub(crate) fn hatch(&self, piece: &Piece) -> Option<Hatch> {
        self.pieces.get(piece).map(|stand| stand.hatch)
    }

    pub(crate) fn asked(&self, piece: &Piece, to: Hatch) -> usize {
        self.sets
            .iter()
            .filter(|set| **set == (piece.clone(), to))
            .count()
    }

    fn note(&mut self, now: Time) {
        if self.history.last().is_none_or(|(_, last)| *last != self.pieces) {
            self.history.push((now, self.pieces.clone()));
        }
    }

    /// What shows at `now`.
    fn visible(&mut self, now: Time) -> Pieces {
        self.note(now);
        let shows = |at: Time| at.plus(self.lag) <= now;
        let seen = self.history.iter().rev().find(|(at, _)| shows(*at));
        seen.or(self.history.first())
            .map(|(_, pieces)| pieces.clone())
            .unwrap()
    }
}

/// The provider.
pub(crate) struct Iam {
    timer: Arc<TestTimer>,
    state: Mutex<IamState>,
}

pub(crate) fn key(id: &str) -> Piece {
    Piece::Key { id: id.to_owned() }
}

pub(crate) const KEY: &str = "AKFAKE1";
pub(crate) const IDLE_KEY: &str = "AKFAKE2";

impl Iam {
    /// With rights, one key in force, one that is not, and a login.
    pub(crate) fn new(timer: &Arc<TestTimer>) -> Arc<Self> {
        let mut state = IamState {
            spent: 300,
            pieces: Pieces::new(),
            lag: Duration::ZERO,
            history: Vec::new(),
            marks: 0,
            how: BTreeMap::new(),
            always: BTreeMap::new(),
            ourselves: false,
            protected: Some(false),
            gone: false,
            unread: false,
            latency: Duration::ZERO,
            sets: Vec::new(),
            reach: Reach::default(),
            meddle: BTreeMap::new(),
        };
        state.change(Piece::Rights, Hatch::Open);
        state.change(key(KEY), Hatch::Open);
        state.change(key(IDLE_KEY), Hatch::Closed);
        state.change(Piece::Login, Hatch::Open);
        state.note(timer.now().wall);
        Arc::new(Self {
            timer: Arc::clone(timer),
            state: Mutex::new(state),
        })
    }

    pub(crate) fn with<T>(&self, with: impl FnOnce(&mut IamState) -> T) -> T {
        with(&mut self.state.lock().unwrap())
    }

    pub(crate) fn target() -> Target {
        Target {
            kind: TargetKind::SubAccount,
            id: TargetId::new("60000001").unwrap(),
            name: "bob".to_owned(),
            region: String::new(),
        }
    }

    pub(crate) fn closed(&self) -> bool {
        self.with(|state| state.pieces.values().all(|stand| stand.hatch != Hatch::Open))
    }
}

fn error(kind: ProviderErrorKind, detail: &str) -> ProviderError {
    ProviderError {
        kind,
        detail: detail.to_owned(),
        retry_after: None,
    }
}

fn unbuilt<T>() -> Result<T, ProviderError> {
    Err(error(
        ProviderErrorKind::Blind(Reason::Shape),
        "not in this world",
    ))
}

pub(crate) fn money(amount: i64) -> Quantity {
    Quantity::from_raw(amount * 1_000_000, Unit::Money(Currency::CNY))
}

#[async_trait]
impl Source for Iam {
    async fn check(&self) -> Result<AccountCheck, ProviderError> {
        unbuilt()
    }

    async fn discover(&self, _force: bool) -> Result<Discovery, ProviderError> {
        unbuilt()
    }

    async fn read(&self) -> Result<ReadReport, ProviderError> {
        let now = self.timer.now().wall;
        let spent = money(self.with(|state| state.spent));
        let web = (Project("web".to_owned()), Currency::CNY);
        Ok(ReadReport {
            bill: Some(Bill {
                months: vec![MonthBill {
                    month: Month::of(now, &Zone::beijing()),
                    spent: Ok([(web, spent)].into()),
                    at: now,
                }],
                users: Ok(vec![SubAccount {
                    id: Self::target().id,
                    name: "bob".to_owned(),
                    title: String::new(),
                    email: String::new(),
                    phone: String::new(),
                    created_at: None,
                }]),
            }),
            ..ReadReport::new(Vec::new(), now)
        })
    }
}

#[async_trait]
impl Control for Iam {
    async fn state(&self, _target: &Target) -> Result<TargetState, ProviderError> {
        let now = self.timer.now().wall;
        self.with(|state| {
            let pieces = state.visible(now);
            let open = |piece: &Piece| pieces[piece].hatch == Hatch::Open;
            let any = pieces.values().any(|stand| stand.hatch == Hatch::Open);
            let power = match (state.gone, open(&Piece::Rights), any) {
                (true, ..) => PowerState::Gone,
                (_, true, _) => PowerState::Running,
                (_, _, false) => PowerState::Stopped,
                _ => PowerState::Other {
                    word: "partly disabled".to_owned(),
                },
            };
            Ok(TargetState {
                power,
                started_at: None,
                protected: state.protected,
                at: now,
            })
        })
    }

    async fn act(&self, _permit: Permit) -> Result<Receipt, ProviderError> {
        panic!("a sub-account is changed piece by piece");
    }

    async fn progress(&self, _target: &Target, _receipt: &Receipt) -> Result<Option<bool>, ProviderError> {
        Ok(None)
    }

    async fn rights(&self) -> Rights {
        Rights { can_act: true }
    }
}

#[async_trait]
impl SubAccounts for Iam {
    async fn detail(&self, _user: &TargetId) -> Result<SubAccountDetail, ProviderError> {
        unbuilt()
    }

    async fn projects(&self) -> Result<Vec<ProjectInfo>, ProviderError> {
        unbuilt()
    }

    async fn policies(&self) -> Result<Vec<Policy>, ProviderError> {
        unbuilt()
    }

    async fn create(&self, _new: &NewSubAccount) -> Result<SubAccount, ProviderError> {
        unbuilt()
    }

    async fn create_key(&self, _user: &TargetId) -> Result<NewKey, ProviderError> {
        unbuilt()
    }

    async fn attach(&self, _user: &TargetId, _change: &PolicyChange) -> Result<(), ProviderError> {
        unbuilt()
    }

    async fn detach(&self, _user: &TargetId, _change: &PolicyChange) -> Result<(), ProviderError> {
        unbuilt()
    }

    async fn survey(&self, target: &Target, reach: &Reach) -> Result<Survey, ProviderError> {
        assert_eq!(*target, Self::target());
        let now = self.timer.now().wall;
        self.with(|state| {
            state.reach = reach.clone();
            if state.gone {
                return Err(error(ProviderErrorKind::Gone, "no such user"));
            }
            if state.unread {
                return Err(error(ProviderErrorKind::Blind(Reason::Transient), "no answer"));
            }
            let pieces = state.visible(now);
            Ok(Survey {
                pieces: pieces
                    .iter()
                    .map(|(piece, stand)| PieceSeen {
                        piece: piece.clone(),
                        hatch: stand.hatch,
                        mark: Some(stand.mark.to_string()),
                    })
                    .collect(),
                ourselves: state.ourselves,
                at: now,
            })
        })
    }

    async fn set(&self, permit: &Permit, piece: &Piece, to: Hatch) -> Result<(), ProviderError> {
        assert_eq!(*permit.target(), Self::target());
        assert_eq!(to == Hatch::Open, permit.action() == ActionKind::Start);
        let latency = self.with(|state| state.latency);
        if !latency.is_zero() {
            self.timer.sleep(latency).await;
        }
        let now = self.timer.now().wall;
        self.with(|state| {
            state.note(now);
            state.sets.push((piece.clone(), to));
            let next = state.how.get_mut(piece).and_then(VecDeque::pop_front);
            let how = next
                .or_else(|| state.always.get(piece).cloned())
                .unwrap_or(How::Works);
            // Setting what is so already changes nothing, not even the mark.
            if matches!(how, How::Works | How::Loses(true)) && state.hatch(piece) != Some(to) {
                state.change(piece.clone(), to);
            }
            let number = state.sets.len();
            if let Some(meddle) = state.meddle.remove(&number) {
                meddle(state);
            }
            state.note(now);
            match how {
                How::Works | How::Nothing => Ok(()),
                How::Refuses(kind, detail) => Err(error(kind, detail)),
                How::Loses(_) => Err(error(ProviderErrorKind::Lost, "the answer was lost")),
            }
        })
    }
}
