//! The simulated main accounts: opened from their descriptions, found by their keys.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_meter::Time;

use super::deed::{self, Deed, Waiting};
use super::estate::{AccessKey, Estate, Lagged};
use super::make::{BOT, found, join};
use super::plan::{By, MainAccount, Spend, UserPlan};
use super::spend::{Entry, Ledger, Stream};
use crate::balances::millionths;
use crate::world::Recent;
use crate::{SimError, days};

/// The first main account has this id; the next ones follow.
const FIRST_ID: i64 = 2_100_000_001;

/// A day's rows come so long after its end, when nothing else is said: on the next day, as the billing guide has it.
const BILLED_AFTER: Duration = Duration::from_secs(12 * 3600);

/// A main account.
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) id: i64,
    /// The main account's own key.
    pub(crate) root: AccessKey,
    /// The client signs with the main account's key.
    pub(crate) by_root: bool,
    pub(crate) estate: Lagged<Estate>,
    pub(crate) ledger: Ledger,
    pub(crate) cash: i64,
    /// Calls of the bill.
    pub(crate) bill_calls: Recent,
    /// When and for what a key was used last.
    pub(crate) used: HashMap<String, (Time, String, String)>,
    /// Answers that belong to a client token.
    pub(crate) tokens: HashMap<String, Value>,
    waiting: Vec<Waiting>,
}

impl Account {
    /// Opens the account; an error names the value that is wrong.
    pub(crate) fn open(plan: &MainAccount, index: usize, start: Time) -> Result<Self, SimError> {
        let id = FIRST_ID.saturating_add(i64::try_from(index).unwrap_or(0));
        let mut estate = Estate {
            account: id,
            ..Estate::default()
        };
        let born = start.minus(days(30));
        let root = estate.new_key(born);
        found(&mut estate, plan, born)?;
        let ledger = Ledger {
            streams: Vec::new(),
            charges: Vec::new(),
            lag: plan.bill_lag.map_or(BILLED_AFTER, |span| span.0),
        };
        let mut account = Self {
            name: plan.name.clone(),
            id,
            root,
            by_root: plan.root,
            estate: Lagged::new(estate, plan.settling.map_or(Duration::ZERO, |span| span.0)),
            ledger,
            cash: millionths(plan.balance.as_deref().unwrap_or("10000"))?,
            bill_calls: Recent::default(),
            used: HashMap::new(),
            tokens: HashMap::new(),
            waiting: plan.meanwhile.iter().cloned().map(Waiting::from).collect(),
        };
        for spend in &plan.spend {
            account.spends(None, spend, start)?;
        }
        for user in &plan.user {
            for name in crate::scenario::names(&user.name, user.count) {
                account.move_in(user, &name, start)?;
            }
        }
        Ok(account)
    }

    /// A sub-account and what it spends.
    fn move_in(&mut self, plan: &UserPlan, name: &str, start: Time) -> Result<(), SimError> {
        let born = start.minus(days(30));
        self.estate
            .everywhere(|estate| join(estate, plan, name, (born, start)));
        let own = self
            .estate
            .newest()
            .user(name)
            .map(|user| (user.id, user.role_until));
        let (owner, until) = own.ok_or_else(|| SimError::Unknown(name.to_owned()))?;
        self.check(plan)?;
        for spend in &plan.spend {
            self.spends(Some((owner, until)), spend, start)?;
        }
        Ok(())
    }

    /// Whether the policies and projects that a sub-account is described with exist.
    fn check(&self, plan: &UserPlan) -> Result<(), SimError> {
        let estate = self.estate.newest();
        let known = |what: &str, name: &str, names: Vec<&str>| {
            let text = || SimError::Scenario(format!("no {what} {name:?}; there are {}", names.join(", ")));
            names.contains(&name).then_some(()).ok_or_else(text)
        };
        let granted = plan.granted.iter();
        for name in plan
            .policies
            .iter()
            .flatten()
            .chain(granted.clone().map(|of| &of.0))
        {
            let names = estate.policies.iter().map(|policy| policy.name.as_str());
            known("policy", name, names.collect())?;
        }
        let runs = plan.endpoints.iter().chain(&plan.instances);
        for name in runs.chain(granted.map(|of| &of.1)) {
            let names = estate.projects.iter().map(|project| project.name.as_str());
            known("project", name, names.collect())?;
        }
        Ok(())
    }

    /// Steady spending from `start`, or from before.
    pub(crate) fn spends(
        &mut self,
        owner: Option<(i64, Option<Time>)>,
        spend: &Spend,
        start: Time,
    ) -> Result<(), SimError> {
        let per_day = millionths(&spend.per_day)?;
        let estate = self.estate.newest();
        let runs = if spend.by == By::Instance {
            &estate.instances
        } else {
            &estate.endpoints
        };
        let mut theirs = runs.iter().filter(|of| Some(of.owner) == owner.map(|of| of.0));
        let item = theirs
            .find(|of| of.project == spend.project)
            .map(|of| of.id.clone());
        let serial = i64::try_from(self.ledger.streams.len().saturating_add(1)).unwrap_or(0);
        let mut stream = Stream {
            entry: Entry {
                serial,
                project: spend.project.clone(),
                product: spend.product.clone(),
                category: "consume-use".to_owned(),
                item: item.unwrap_or_else(|| format!("{}-{serial:04}", spend.product)),
                discount_percent: spend.discount_percent,
                coupon: spend.coupon,
            },
            owner: owner.map(|of| of.0),
            by: spend.by,
            per_day,
            parts: spend.parts.unwrap_or(1),
            late: spend.late.map_or(Duration::ZERO, |span| span.0),
            from: start.minus(spend.since.map_or(Duration::ZERO, |span| span.0)),
            until: owner.and_then(|of| of.1).filter(|_| spend.by == By::Role),
            switches: Vec::new(),
        };
        if !flows(estate, &stream) {
            stream.switches.push((start, false));
        }
        self.ledger.streams.push(stream);
        Ok(())
    }

    /// The key that the client signs with.
    pub(crate) fn own_key(&self) -> &AccessKey {
        let bot = self.estate.newest().user(BOT).and_then(|bot| bot.keys.first());
        bot.filter(|_| !self.by_root).unwrap_or(&self.root)
    }

    /// The estate as it is, to be given back to [`Self::restore`].
    pub(crate) fn keep(&self) -> Lagged<Estate> {
        self.estate.clone()
    }

    pub(crate) fn restore(&mut self, kept: Lagged<Estate>) {
        self.estate = kept;
    }

    /// Opens and closes what flows by what is true now; it takes hold when it shows.
    pub(crate) fn settle(&mut self, now: Time) {
        let at = now.plus(self.estate.lag());
        let estate = self.estate.newest();
        for stream in &mut self.ledger.streams {
            let open = flows(estate, stream);
            if stream.switches.last().is_none_or(|(_, open)| *open) != open {
                stream.switches.push((at, open));
            }
        }
    }

    /// Something that somebody else does.
    pub(crate) fn happen(&mut self, deed: &Deed, now: Time) -> Result<(), SimError> {
        deed::apply(self, deed, now)?;
        self.settle(now);
        Ok(())
    }

    pub(crate) fn wait(&mut self, waiting: Waiting) {
        self.waiting.push(waiting);
    }

    /// A call was answered: what waited for it happens. What cannot happen any more does not.
    pub(crate) fn passed(&mut self, operation: &str, now: Time) {
        let due = self
            .waiting
            .iter_mut()
            .filter_map(|waiting| waiting.passed(operation));
        let due: Vec<Deed> = due.collect();
        for deed in due {
            if let Err(error) = self.happen(&deed, now) {
                tracing::debug!(%error, "a deed of the scenario could not happen");
            }
        }
        self.waiting.retain(|waiting| !waiting.is_over());
    }

    /// Keys and names, as JSON. The secrets in it are fake.
    pub(crate) fn details(&self) -> Value {
        let own = self.own_key();
        let estate = self.estate.newest();
        let users = estate.users.iter().map(|user| {
            let keys = user
                .keys
                .iter()
                .map(|key| json!({"ak": key.ak, "sk": key.sk, "active": key.active}));
            json!({"id": user.id, "name": user.name, "keys": keys.collect::<Vec<_>>()})
        });
        json!({
            "name": self.name, "account_id": self.id, "ak": own.ak, "sk": own.sk,
            "projects": estate.projects.iter().map(|project| project.name.as_str()).collect::<Vec<_>>(),
            "users": users.collect::<Vec<_>>(),
            "endpoints": estate.endpoints.iter().map(|of| of.id.as_str()).collect::<Vec<_>>(),
            "instances": estate.instances.iter().map(|of| of.id.as_str()).collect::<Vec<_>>(),
        })
    }
}

/// Whether its way is open. A product's first word is its service: `ark_bd` is of `ark`.
fn flows(estate: &Estate, stream: &Stream) -> bool {
    let service = stream.entry.product.split('_').next().unwrap_or("");
    estate.flows(stream.owner, stream.by, service, &stream.entry.project)
}

/// All of them.
#[derive(Default)]
pub(crate) struct Accounts(Vec<Account>);

impl Accounts {
    /// Opens all of them; the builder has checked them.
    pub(crate) fn of(plans: &[MainAccount], start: Time) -> Self {
        let mut all = Self::default();
        for plan in plans {
            if let Err(error) = all.open(plan, start) {
                tracing::error!(%error, "a main account could not be opened");
            }
        }
        all
    }

    /// Whether all of them can be opened.
    pub(crate) fn check(plans: &[MainAccount]) -> Result<(), SimError> {
        let mut all = Self::default();
        plans.iter().try_for_each(|plan| all.open(plan, Time::from_ms(0)))
    }

    fn open(&mut self, plan: &MainAccount, start: Time) -> Result<(), SimError> {
        if self.0.iter().any(|account| account.name == plan.name) {
            let text = format!("main account {:?} is there twice", plan.name);
            return Err(SimError::Scenario(text));
        }
        self.0.push(Account::open(plan, self.0.len(), start)?);
        Ok(())
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Account> {
        self.0.get(index)
    }

    pub(crate) fn get_mut(&mut self, index: usize) -> Option<&mut Account> {
        self.0.get_mut(index)
    }

    pub(crate) fn named(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|account| account.name == name)
    }

    /// Whose key it is: of the account itself or one of its sub-accounts, also an inactive one.
    pub(crate) fn by_key(&self, ak: &str) -> Option<usize> {
        let holds = |account: &Account| {
            let users = &account.estate.newest().users;
            account.root.ak == ak || users.iter().any(|user| user.keys.iter().any(|key| key.ak == ak))
        };
        self.0.iter().position(holds)
    }

    pub(crate) fn details(&self) -> Value {
        self.0.iter().map(Account::details).collect()
    }
}
