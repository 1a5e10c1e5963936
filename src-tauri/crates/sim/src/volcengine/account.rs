//! The simulated main accounts: opened from their descriptions, found by their keys.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_meter::Time;

use super::deed::{self, Deed, Waiting};
use super::estate::{
    AccessKey, ApiKey, Attachment, Estate, Group, Lagged, Policy, Profile, Project, Running, User,
};
use super::plan::{By, MainAccount, Spend, UserPlan};
use super::policy;
use super::spend::{Entry, Ledger, Stream};
use crate::balances::millionths;
use crate::world::Recent;
use crate::{SimError, days};

/// The user that the client's own key belongs to.
const BOT: &str = "tidegate-bot";
/// What it may do, when nothing else is said.
const BOT_POLICIES: [&str; 4] = [
    "IAMFullAccess",
    "BillingCenterReadOnlyAccess",
    "ArkFullAccess",
    "ECSFullAccess",
];
/// The first main account has this id; the next ones follow.
const FIRST_ID: i64 = 2_100_000_001;

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
            lag: plan.billed_after(),
        };
        let mut account = Self {
            name: plan.name.clone(),
            id,
            root,
            by_root: plan.root,
            estate: Lagged::new(estate, plan.settles_after()),
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
        account.settle(start);
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
        for attachment in &plan.granted {
            self.known_policy(&attachment.0)?;
        }
        for policy in plan.policies.iter().flatten() {
            self.known_policy(policy)?;
        }
        for spend in &plan.spend {
            self.spends(Some((owner, until)), spend, start)?;
        }
        Ok(())
    }

    fn known_policy(&self, name: &str) -> Result<(), SimError> {
        let known = self.estate.newest().policy(name).map(|_| ());
        known.ok_or_else(|| {
            let names = self
                .estate
                .newest()
                .policies
                .iter()
                .map(|policy| policy.name.as_str());
            let names: Vec<&str> = names.collect();
            SimError::Scenario(format!("no policy {name:?}; there are {}", names.join(", ")))
        })
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
        self.ledger.streams.push(Stream {
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
        });
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
            let service = stream.entry.product.split('_').next().unwrap_or("");
            let flows = estate.flows(stream.owner, stream.by, service, &stream.entry.project);
            if stream.switches.last().is_none_or(|(_, open)| *open) != flows {
                stream.switches.push((at, flows));
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

/// Policies, projects, groups and the client's own user.
fn found(estate: &mut Estate, plan: &MainAccount, born: Time) -> Result<(), SimError> {
    for (name, actions) in policy::SYSTEM {
        estate.policies.push(Policy {
            name: name.to_owned(),
            system: true,
            document: policy::allowing(actions),
            description: String::new(),
            created: born,
            updated: born,
        });
    }
    for name in std::iter::once("default").chain(plan.project.iter().map(String::as_str)) {
        estate.projects.push(new_project(name, "", "", born));
    }
    let groups = plan.user.iter().flat_map(|user| &user.groups);
    for name in groups {
        if !estate.groups.iter().any(|group| group.name == *name) {
            let id = estate.next();
            let policies = vec!["ArkFullAccess".to_owned()];
            estate.groups.push(Group {
                id,
                name: name.clone(),
                policies,
            });
        }
    }
    let mut bot = new_user(estate, BOT, born);
    bot.keys.push(estate.new_key(born));
    bot.attached = match &plan.rights {
        None => attached(BOT_POLICIES.into_iter(), born),
        Some(document) => {
            let read = policy::read(document);
            let read = read.ok_or_else(|| SimError::Scenario("rights: not a policy document".to_owned()))?;
            let name = "TidegateRights";
            estate
                .policies
                .push(new_policy(name, policy::reformatted(&read), "", born));
            attached([name].into_iter(), born)
        }
    };
    estate.users.push(bot);
    Ok(())
}

fn attached<'a>(names: impl Iterator<Item = &'a str>, at: Time) -> Vec<Attachment> {
    let each = |name: &str| Attachment {
        policy: name.to_owned(),
        project: None,
        at,
    };
    names.map(each).collect()
}

pub(crate) fn new_policy(name: &str, document: String, description: &str, now: Time) -> Policy {
    Policy {
        name: name.to_owned(),
        system: false,
        document,
        description: description.to_owned(),
        created: now,
        updated: now,
    }
}

pub(crate) fn new_project(name: &str, display_name: &str, description: &str, now: Time) -> Project {
    Project {
        name: name.to_owned(),
        display_name: if display_name.is_empty() {
            name
        } else {
            display_name
        }
        .to_owned(),
        description: description.to_owned(),
        created: now,
    }
}

/// A sub-account with nothing.
pub(crate) fn new_user(estate: &mut Estate, name: &str, now: Time) -> User {
    User {
        id: 60_000_000_i64.saturating_add(estate.next()),
        name: name.to_owned(),
        display_name: name.to_owned(),
        description: String::new(),
        email: format!("{name}@example.com"),
        phone: "+8613800000000".to_owned(),
        created: now,
        updated: now,
        keys: Vec::new(),
        profile: None,
        session: false,
        role_until: None,
        attached: Vec::new(),
        groups: Vec::new(),
        api_keys: Vec::new(),
    }
}

pub(crate) fn new_profile(allowed: bool, now: Time) -> Profile {
    Profile {
        allowed,
        reset_required: false,
        safe_auth: true,
        safe_auth_type: "phone".to_owned(),
        exempt: [0, 0, 15],
        created: now,
        updated: now,
    }
}

fn join(estate: &mut Estate, plan: &UserPlan, name: &str, (born, start): (Time, Time)) {
    let mut user = new_user(estate, name, born);
    if let Some(display_name) = &plan.display_name {
        user.display_name.clone_from(display_name);
    }
    let active = plan.keys.unwrap_or(1);
    for number in 0..active.saturating_add(plan.inactive_keys) {
        let mut key = estate.new_key(born);
        key.active = number < active;
        user.keys.push(key);
    }
    let default = vec!["ArkFullAccess".to_owned()];
    let policies = plan.policies.as_ref().unwrap_or(&default);
    user.attached = attached(policies.iter().map(String::as_str), born);
    let granted = plan.granted.iter().map(|(policy, project)| Attachment {
        policy: policy.clone(),
        project: Some(project.clone()),
        at: born,
    });
    user.attached.extend(granted);
    user.groups.clone_from(&plan.groups);
    user.profile = plan.login.then(|| new_profile(true, born));
    user.session = plan.console_open;
    user.role_until = plan.role.map(|span| start.plus(span.0));
    for _ in 0..plan.api_keys {
        let id = format!("apikey-{:06}", estate.next());
        let name = id.clone();
        user.api_keys.push(ApiKey {
            id,
            name,
            active: true,
            created: born,
            updated: born,
        });
    }
    for project in &plan.endpoints {
        let running = new_running(estate, "ep", &user, project, born);
        estate.endpoints.push(running);
    }
    for project in &plan.instances {
        let running = new_running(estate, "i", &user, project, born);
        estate.instances.push(running);
    }
    estate.users.push(user);
}

fn new_running(estate: &mut Estate, prefix: &str, owner: &User, project: &str, born: Time) -> Running {
    let (account, serial) = (estate.account, estate.next());
    Running {
        id: format!("{prefix}-fake{account}{serial:06}"),
        project: project.to_owned(),
        owner: owner.id,
        owner_name: owner.name.clone(),
        on: true,
        free_when_off: false,
        created: born,
        updated: born,
    }
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
