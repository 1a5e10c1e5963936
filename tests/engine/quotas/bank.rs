//! A cloud with sub-accounts: users, bills by month and project, the pieces of each user, and ways to misbehave.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use tidegate_channels::Channel;
use tidegate_egress::Timer;
use tidegate_engine::config::{AccountConfig, ChannelConfig};
use tidegate_engine::{AccountSecrets, Links, MakeError, Outside};
use tidegate_guard::{Permit, PowerState, Receipt};
use tidegate_meter::{Blind, Clock, Currency, Month, Quantity, Reason, Target, TargetId, Unit, Zone};
use tidegate_providers::sub_accounts::{
    AccessKey, Bill, Hatch, MonthBill, NewKey, NewSubAccount, Piece, PieceSeen, Policy, PolicyChange,
    PolicyKind, Project, ProjectInfo, Reach, SubAccount, SubAccountDetail, SubAccounts, Survey,
};
use tidegate_providers::{
    AccountCheck, Control, Discovery, ProviderError, ProviderErrorKind, ReadReport, Rights, Source,
    TargetState,
};
use tidegate_vault::Fields;

use crate::kit::{FakeOutside, TestTimer};

pub(crate) const CNY: Unit = Unit::Money(Currency::CNY);

pub(crate) fn cny(text: &str) -> Quantity {
    Quantity::parse(text, CNY).unwrap()
}

pub(crate) fn id(text: &str) -> TargetId {
    TargetId::new(text).unwrap()
}

#[derive(Default)]
pub(crate) struct BankState {
    pub(crate) users: Vec<SubAccount>,
    pub(crate) users_fail: bool,
    pub(crate) costs: BTreeMap<(Month, Project, Currency), Quantity>,
    /// Months that cannot be read.
    pub(crate) unread: BTreeSet<Month>,
    /// Nothing can be read.
    pub(crate) down: bool,
    pub(crate) latency: Duration,
    pub(crate) reads: u32,
    /// Months asked for by themselves.
    pub(crate) asked: Vec<Month>,
    pub(crate) closed: BTreeSet<(TargetId, String)>,
    /// What was asked of pieces, in order.
    pub(crate) sets: Vec<(TargetId, String, Hatch)>,
    pub(crate) ourselves: Option<TargetId>,
    pub(crate) attached: Vec<(TargetId, String)>,
    pub(crate) refuses_keys: bool,
    pub(crate) refuses_policies: bool,
}

pub(crate) struct Bank {
    pub(crate) timer: Arc<TestTimer>,
    pub(crate) state: Mutex<BankState>,
}

pub(crate) fn sub_account(user: &str, name: &str) -> SubAccount {
    SubAccount {
        id: id(user),
        name: name.to_owned(),
        title: String::new(),
        email: String::new(),
        phone: String::new(),
        created_at: None,
    }
}

impl Bank {
    pub(crate) fn new(timer: &Arc<TestTimer>) -> Arc<Self> {
        Arc::new(Self {
            timer: Arc::clone(timer),
            state: Mutex::new(BankState {
                users: vec![sub_account("1", "alice"), sub_account("2", "bob")],
                ..BankState::default()
            }),
        })
    }

    pub(crate) fn set(&self, change: impl FnOnce(&mut BankState)) {
        change(&mut self.state.lock().unwrap());
    }

    pub(crate) fn get<T>(&self, read: impl FnOnce(&BankState) -> T) -> T {
        read(&self.state.lock().unwrap())
    }

    pub(crate) fn month(&self) -> Month {
        Month::of(self.timer.now().wall, &Zone::beijing())
    }

    /// The project costs this in the running month.
    pub(crate) fn costs(&self, project: &str, amount: &str) {
        self.cost_in(self.month(), project, amount);
    }

    pub(crate) fn cost_in(&self, month: Month, project: &str, amount: &str) {
        let key = (month, Project(project.to_owned()), Currency::CNY);
        self.set(|state| {
            state.costs.insert(key, cny(amount));
        });
    }

    pub(crate) fn is_closed(&self, user: &str) -> bool {
        self.get(|state| state.closed.contains(&(id(user), "rights".to_owned())))
    }

    fn bill_of(&self, month: Month) -> MonthBill {
        let state = self.state.lock().unwrap();
        let spent = if state.unread.contains(&month) {
            Err(Blind::new(
                Reason::Transient,
                "the bill changed while it was read",
            ))
        } else {
            let of_month = state.costs.iter().filter(|((at, _, _), _)| *at == month);
            Ok(of_month
                .map(|((_, project, currency), amount)| ((project.clone(), *currency), *amount))
                .collect())
        };
        MonthBill {
            month,
            spent,
            at: self.timer.now().wall,
        }
    }

    fn pieces(&self, user: &TargetId) -> Vec<PieceSeen> {
        let state = self.state.lock().unwrap();
        let key = Piece::Key {
            id: format!("AKFAKE{user}"),
        };
        [Piece::Rights, key, Piece::Login]
            .into_iter()
            .map(|piece| {
                let closed = state.closed.contains(&(user.clone(), word(&piece)));
                PieceSeen {
                    hatch: if closed { Hatch::Closed } else { Hatch::Open },
                    piece,
                    mark: None,
                }
            })
            .collect()
    }
}

fn word(piece: &Piece) -> String {
    match piece {
        Piece::Rights => "rights".to_owned(),
        Piece::Key { id } => format!("key {id}"),
        Piece::Login => "login".to_owned(),
        Piece::Endpoint { id, .. } => format!("endpoint {id}"),
        Piece::Instance { id, .. } => format!("instance {id}"),
    }
}

fn refused(reason: Reason, detail: &str) -> ProviderError {
    ProviderError {
        kind: ProviderErrorKind::Blind(reason),
        detail: detail.to_owned(),
        retry_after: None,
    }
}

#[async_trait]
impl Source for Bank {
    async fn check(&self) -> Result<AccountCheck, ProviderError> {
        Ok(AccountCheck {
            owner: "owner".to_owned(),
            regions: Vec::new(),
            site: None,
        })
    }

    async fn discover(&self, _force: bool) -> Result<Discovery, ProviderError> {
        Err(refused(Reason::Transient, "no discovery"))
    }

    async fn read(&self) -> Result<ReadReport, ProviderError> {
        let month = self.month();
        let day = self
            .timer
            .now()
            .wall
            .to_jiff()
            .to_zoned(Zone::beijing().jiff().clone())
            .day();
        let before = (day <= 6).then(|| month.previous());
        // Told as it was when the read began: what happens meanwhile is in the next one.
        let months: Vec<MonthBill> = before
            .into_iter()
            .chain([month])
            .map(|month| self.bill_of(month))
            .collect();
        let latency = self.get(|state| state.latency);
        self.timer.sleep(latency).await;
        let mut state = self.state.lock().unwrap();
        state.reads += 1;
        if state.down {
            return Err(refused(Reason::Transient, "the gateway does not answer"));
        }
        let users = if state.users_fail {
            Err(Blind::new(Reason::Scope, "iam:ListUsers is missing"))
        } else {
            Ok(state.users.clone())
        };
        Ok(ReadReport {
            bill: Some(Bill { months, users }),
            ..ReadReport::new(Vec::new(), self.timer.now().wall)
        })
    }
}

#[async_trait]
impl Control for Bank {
    async fn state(&self, target: &Target) -> Result<TargetState, ProviderError> {
        if self.get(|state| !state.users.iter().any(|user| user.id == target.id)) {
            return Err(ProviderError {
                kind: ProviderErrorKind::Gone,
                detail: "no such user".to_owned(),
                retry_after: None,
            });
        }
        let open = self
            .pieces(&target.id)
            .iter()
            .any(|seen| seen.hatch == Hatch::Open);
        Ok(TargetState {
            power: if open {
                PowerState::Running
            } else {
                PowerState::Stopped
            },
            started_at: None,
            protected: Some(false),
            at: self.timer.now().wall,
        })
    }

    async fn act(&self, _permit: Permit) -> Result<Receipt, ProviderError> {
        Err(refused(Reason::Shape, "piece by piece"))
    }

    async fn progress(&self, _target: &Target, _receipt: &Receipt) -> Result<Option<bool>, ProviderError> {
        Ok(None)
    }

    async fn rights(&self) -> Rights {
        Rights { can_act: true }
    }
}

#[async_trait]
impl SubAccounts for Bank {
    async fn detail(&self, user: &TargetId) -> Result<SubAccountDetail, ProviderError> {
        let found = self.get(|state| state.users.iter().find(|known| known.id == *user).cloned());
        Ok(SubAccountDetail {
            user: found.ok_or_else(|| refused(Reason::Missing, "no such user"))?,
            keys: vec![AccessKey {
                id: format!("AKFAKE{user}"),
                active: true,
                created_at: None,
            }],
            login: Some(true),
            policies: Vec::new(),
            groups: Vec::new(),
        })
    }

    async fn month(&self, month: Month) -> Result<BTreeMap<(Project, Currency), Quantity>, ProviderError> {
        self.set(|state| state.asked.push(month));
        self.bill_of(month)
            .spent
            .map_err(|blind| refused(blind.reason, &blind.detail))
    }

    async fn projects(&self) -> Result<Vec<ProjectInfo>, ProviderError> {
        Ok(["web", "ai"]
            .map(|name| ProjectInfo {
                name: Project(name.to_owned()),
                title: name.to_uppercase(),
                active: true,
            })
            .to_vec())
    }

    async fn policies(&self) -> Result<Vec<Policy>, ProviderError> {
        Ok(vec![Policy {
            name: "ArkFullAccess".to_owned(),
            kind: PolicyKind::System,
            about: String::new(),
        }])
    }

    async fn create(&self, new: &NewSubAccount) -> Result<SubAccount, ProviderError> {
        let made = sub_account("9", &new.name);
        self.set(|state| state.users.push(made.clone()));
        Ok(made)
    }

    async fn create_key(&self, user: &TargetId) -> Result<NewKey, ProviderError> {
        if self.get(|state| state.refuses_keys) {
            return Err(refused(Reason::Scope, "iam:CreateAccessKey is missing"));
        }
        Ok(NewKey {
            id: format!("AKFAKE{user}"),
            secret: SecretString::from("FAKE-secret-of-a-key"),
        })
    }

    async fn attach(&self, user: &TargetId, change: &PolicyChange) -> Result<(), ProviderError> {
        if self.get(|state| state.refuses_policies) {
            return Err(refused(Reason::Scope, "iam:AttachUserPolicy is missing"));
        }
        self.set(|state| state.attached.push((user.clone(), change.name.clone())));
        Ok(())
    }

    async fn detach(&self, user: &TargetId, change: &PolicyChange) -> Result<(), ProviderError> {
        self.set(|state| {
            state
                .attached
                .retain(|known| *known != (user.clone(), change.name.clone()));
        });
        Ok(())
    }

    async fn survey(&self, target: &Target, _reach: &Reach) -> Result<Survey, ProviderError> {
        Ok(Survey {
            pieces: self.pieces(&target.id),
            ourselves: self.get(|state| state.ourselves.as_ref() == Some(&target.id)),
            at: self.timer.now().wall,
        })
    }

    async fn set(&self, permit: &Permit, piece: &Piece, to: Hatch) -> Result<(), ProviderError> {
        let key = (permit.target().id.clone(), word(piece));
        self.set(|state| {
            state.sets.push((key.0.clone(), key.1.clone(), to));
            match to {
                Hatch::Closed => state.closed.insert(key),
                Hatch::Open | Hatch::Absent => state.closed.remove(&key),
            };
        });
        Ok(())
    }
}

/// Makes the bank, and the sinks of the kit.
pub(crate) struct BankOutside {
    pub(crate) bank: Arc<Bank>,
    pub(crate) sinks: Arc<FakeOutside>,
}

impl Outside for BankOutside {
    fn has_sub_accounts(&self, _config: &AccountConfig) -> bool {
        true
    }

    fn account(&self, _config: &AccountConfig, _secrets: AccountSecrets) -> Result<Links, MakeError> {
        Ok(Links {
            source: Arc::clone(&self.bank) as Arc<dyn Source>,
            control: Arc::clone(&self.bank) as Arc<dyn Control>,
            sub_accounts: Some(Arc::clone(&self.bank) as Arc<dyn SubAccounts>),
            kernel: None,
        })
    }

    fn channel(&self, config: &ChannelConfig, secrets: Fields) -> Result<Arc<dyn Channel>, MakeError> {
        self.sinks.channel(config, secrets)
    }
}
