//! What a main account is described with, fluently in a test or as a table of a scenario file. Values that can be wrong
//! are read when the account is opened.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::scenario::Span;

/// A main account. Each call of the fluent form that speaks of a sub-account means the one named last.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MainAccount {
    pub(crate) name: String,
    /// The client's own key is the main account's, instead of an IAM user's.
    #[serde(default)]
    pub(crate) root: bool,
    /// The only policy of the client's own user.
    pub(crate) rights: Option<String>,
    pub(crate) balance: Option<String>,
    pub(crate) settling: Option<Span>,
    pub(crate) bill_lag: Option<Span>,
    /// The account's own policies: name and document.
    #[serde(default)]
    pub(crate) policy: Vec<(String, String)>,
    #[serde(default)]
    pub(crate) project: Vec<String>,
    #[serde(default)]
    pub(crate) user: Vec<UserPlan>,
    /// Spending that belongs to no sub-account.
    #[serde(default)]
    pub(crate) spend: Vec<Spend>,
    #[serde(default)]
    pub(crate) meanwhile: Vec<super::Meanwhile>,
}

/// A sub-account.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserPlan {
    pub(crate) name: String,
    /// So many alike: more than one are called name-001, name-002, …
    pub(crate) count: Option<usize>,
    pub(crate) display_name: Option<String>,
    /// Active keys; one when it is not said.
    pub(crate) keys: Option<usize>,
    /// Keys that are inactive from the start.
    #[serde(default)]
    pub(crate) inactive_keys: usize,
    /// Attached to it everywhere; `ArkFullAccess` when it is not said.
    pub(crate) policies: Option<Vec<String>>,
    /// Policy and project.
    #[serde(default)]
    pub(crate) granted: Vec<(String, String)>,
    #[serde(default)]
    pub(crate) groups: Vec<String>,
    /// It may log in at the console.
    #[serde(default)]
    pub(crate) login: bool,
    /// It is logged in at the console.
    #[serde(default)]
    pub(crate) console_open: bool,
    /// It assumed a role that lasts so long.
    pub(crate) role: Option<Span>,
    #[serde(default)]
    pub(crate) api_keys: usize,
    /// Projects in which it deployed an Ark endpoint.
    #[serde(default)]
    pub(crate) endpoints: Vec<String>,
    /// Projects in which it started a server.
    #[serde(default)]
    pub(crate) instances: Vec<String>,
    #[serde(default)]
    pub(crate) spend: Vec<Spend>,
}

/// By which way money is spent: the way that must be closed for it to end.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Its access keys.
    #[default]
    Key,
    /// The console: a login that is allowed, or a session that is open.
    Console,
    /// An Ark endpoint that it deployed in the project, called with an Ark API key.
    Endpoint,
    /// A server that it started in the project.
    Instance,
    /// An IAM API key.
    ApiKey,
    /// A role that it assumed before.
    Role,
    /// Nothing that can be closed: storage, disks, an Ark API key.
    Always,
}

/// Steady spending of one product in one project. Amounts are decimal texts with up to six digits, in CNY.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spend {
    pub(crate) project: String,
    pub(crate) per_day: String,
    #[serde(default = "ark")]
    pub(crate) product: String,
    #[serde(default)]
    pub(crate) by: By,
    pub(crate) since: Option<Span>,
    pub(crate) late: Option<Span>,
    pub(crate) parts: Option<u32>,
    #[serde(default)]
    pub(crate) discount_percent: u8,
    #[serde(default)]
    pub(crate) coupon: bool,
}

fn ark() -> String {
    "ark_bd".to_owned()
}

impl Spend {
    /// So much a day of large models (`ark_bd`) by the sub-account's keys, from the world's start on. Its detail is one
    /// row a day, and as late as the account's bill.
    #[must_use]
    pub fn new(project: &str, per_day: &str) -> Self {
        Self {
            project: project.to_owned(),
            per_day: per_day.to_owned(),
            product: ark(),
            by: By::Key,
            since: None,
            late: None,
            parts: None,
            discount_percent: 0,
            coupon: false,
        }
    }

    /// Of this product.
    #[must_use]
    pub fn product(mut self, product: &str) -> Self {
        product.clone_into(&mut self.product);
        self
    }

    /// By this way.
    #[must_use]
    pub const fn by(mut self, by: By) -> Self {
        self.by = by;
        self
    }

    /// It began so long before the world.
    #[must_use]
    pub const fn since(mut self, span: Duration) -> Self {
        self.since = Some(Span(span));
        self
    }

    /// Its rows come so much later than the account's other ones.
    #[must_use]
    pub const fn late(mut self, span: Duration) -> Self {
        self.late = Some(Span(span));
        self
    }

    /// Its detail has so many rows a day.
    #[must_use]
    pub const fn parts(mut self, parts: u32) -> Self {
        self.parts = Some(parts);
        self
    }

    /// The list price is so much, and so many percent of it are not charged.
    #[must_use]
    pub const fn discount(mut self, percent: u8) -> Self {
        self.discount_percent = percent;
        self
    }

    /// A coupon pays for all of it: used, and nothing payable.
    #[must_use]
    pub const fn by_coupon(mut self) -> Self {
        self.coupon = true;
        self
    }
}

impl MainAccount {
    /// An account with the project `default`, the client's own user `tidegate-bot` with one key, and nobody else.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            root: false,
            rights: None,
            balance: None,
            settling: None,
            bill_lag: None,
            policy: Vec::new(),
            project: Vec::new(),
            user: Vec::new(),
            spend: Vec::new(),
            meanwhile: Vec::new(),
        }
    }

    /// The client's own key is the main account's.
    #[must_use]
    pub const fn root(mut self) -> Self {
        self.root = true;
        self
    }

    /// The client's own user has exactly this policy document.
    #[must_use]
    pub fn rights(mut self, document: &str) -> Self {
        self.rights = Some(document.to_owned());
        self
    }

    /// The cash balance, `10000` when it is not said.
    #[must_use]
    pub fn balance(mut self, cash: &str) -> Self {
        self.balance = Some(cash.to_owned());
        self
    }

    /// A write shows, and takes hold, only after so long.
    #[must_use]
    pub const fn settling(mut self, span: Duration) -> Self {
        self.settling = Some(Span(span));
        self
    }

    /// A day's rows come so long after its end in Beijing; 12 hours when it is not said.
    #[must_use]
    pub const fn bill_lag(mut self, span: Duration) -> Self {
        self.bill_lag = Some(Span(span));
        self
    }

    /// A policy of the account's own, for [`Self::policies`] and [`Self::granted`].
    #[must_use]
    pub fn policy(mut self, name: &str, document: &str) -> Self {
        self.policy.push((name.to_owned(), document.to_owned()));
        self
    }

    /// A project, beside `default`.
    #[must_use]
    pub fn project(mut self, name: &str) -> Self {
        self.project.push(name.to_owned());
        self
    }

    /// A sub-account with one active key and `ArkFullAccess`, that may not log in.
    #[must_use]
    pub fn user(mut self, name: &str) -> Self {
        self.user.push(UserPlan {
            name: name.to_owned(),
            ..UserPlan::default()
        });
        self
    }

    /// Changes the sub-account named last.
    fn last(mut self, change: impl FnOnce(&mut UserPlan)) -> Self {
        if let Some(user) = self.user.last_mut() {
            change(user);
        }
        self
    }

    /// So many active keys, and so many inactive ones.
    #[must_use]
    pub fn keys(self, active: usize, inactive: usize) -> Self {
        self.last(|user| {
            user.keys = Some(active);
            user.inactive_keys = inactive;
        })
    }

    /// Exactly these policies everywhere, instead of `ArkFullAccess`.
    #[must_use]
    pub fn policies(self, names: &[&str]) -> Self {
        self.last(|user| user.policies = Some(names.iter().map(|&name| name.to_owned()).collect()))
    }

    /// A policy in one project.
    #[must_use]
    pub fn granted(self, policy: &str, project: &str) -> Self {
        self.last(|user| user.granted.push((policy.to_owned(), project.to_owned())))
    }

    /// In a group that has `ArkFullAccess`.
    #[must_use]
    pub fn group(self, name: &str) -> Self {
        self.last(|user| user.groups.push(name.to_owned()))
    }

    /// It may log in at the console.
    #[must_use]
    pub fn login(self) -> Self {
        self.last(|user| user.login = true)
    }

    /// It may log in at the console, and is logged in.
    #[must_use]
    pub fn console_open(self) -> Self {
        self.login().last(|user| user.console_open = true)
    }

    /// It assumed a role that lasts so long from the world's start.
    #[must_use]
    pub fn role(self, span: Duration) -> Self {
        self.last(|user| user.role = Some(Span(span)))
    }

    /// It has an active IAM API key.
    #[must_use]
    pub fn api_key(self) -> Self {
        self.last(|user| user.api_keys = user.api_keys.saturating_add(1))
    }

    /// It deployed an Ark endpoint in a project, which is running.
    #[must_use]
    pub fn endpoint(self, project: &str) -> Self {
        self.last(|user| user.endpoints.push(project.to_owned()))
    }

    /// It started a server in a project, paid by use, which is running.
    #[must_use]
    pub fn instance(self, project: &str) -> Self {
        self.last(|user| user.instances.push(project.to_owned()))
    }

    /// It spends; before the first sub-account, somebody whom nobody knows does.
    #[must_use]
    pub fn spend(mut self, spend: Spend) -> Self {
        match self.user.last_mut() {
            Some(user) => user.spend.push(spend),
            None => self.spend.push(spend),
        }
        self
    }
}
