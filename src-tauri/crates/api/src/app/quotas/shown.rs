//! From the book's shapes to the shapes that cross. Owns no decision, only the translation; a key's secret passes here once,
//! into the answer.

use std::time::Duration;

use secrecy::ExposeSecret;
use tidegate_engine::quotas::{
    BillMonth, BillProject, BillRow, CloudProject, Made, MadePart, QuotaAccount, QuotaProject, QuotaUser,
    Rules, Undone, WithoutQuota as Unquoted,
};
use tidegate_meter::{Blind, Quantity};
use tidegate_providers::sub_accounts::{
    AccessKey, AttachedPolicy, NewKey, Policy, PolicyKind, SubAccount, SubAccountDetail,
};
use tidegate_store::AllocationRow;

use super::deed::Own;
use crate::app::views::Telling;
use crate::request::WithoutQuota;
use crate::response::{
    AccessKeyView, AllocationView, AttachedPolicyView, BillProjectView, BillRowView, BillView,
    CloudPolicyView, CloudProjectView, MadeSubAccount, QuotaAccountView, QuotaProjectView, QuotaRulesView,
    QuotaView, ShownOnce,
};
use crate::texts as t;

impl Telling<'_> {
    pub(super) fn quota_account(&self, account: &QuotaAccount) -> QuotaAccountView {
        QuotaAccountView {
            account: account.account.clone(),
            name: account.name.clone(),
            month: account.month.to_string(),
            billed_at: account.billed_at,
            blind: account.blind.as_ref().map(|blind| self.blindness(blind)),
            unattributed: account.unattributed.clone(),
            delay_hours: hours(account.delay),
        }
    }

    pub(super) fn quota(&self, user: &QuotaUser, delay: Duration, own: Option<&Own>) -> QuotaView {
        QuotaView {
            account: user.account.clone(),
            user: user.user.id.clone(),
            name: user.user.name.clone(),
            title: user.user.title.clone(),
            meter: user.meter.clone(),
            granted: user.granted,
            spent: user.spent,
            left: user.left,
            share: user.share,
            as_of: user.as_of,
            blind: user.blind.as_ref().map(|blind| self.blindness(blind)),
            standing: user.standing,
            level: user.level,
            sentence: self.quota_sentence(user, delay, own),
            projects_on: user.projects.iter().filter(|project| project.on).count(),
            projects: user.projects.len(),
            rules: rules(&user.rules, &user.steps),
            entries: user.entries,
            protected: user.protected,
            simulated: false,
        }
    }

    /// What was made, with what could not be done of it.
    pub(super) fn made(&self, made: Made) -> MadeSubAccount {
        let undone = made.undone.iter().map(|undone| self.undone(undone)).collect();
        MadeSubAccount {
            undone,
            ..with_key(made.user, made.key)
        }
    }

    fn undone(&self, undone: &Undone) -> String {
        let (text, name) = match &undone.part {
            MadePart::Policy(name) => (t::QUOTA_POLICY_UNDONE, name.as_str()),
            MadePart::Key => (t::QUOTA_KEY_UNDONE, ""),
            MadePart::Project(project) => (t::QUOTA_PROJECT_UNDONE, project.0.as_str()),
            MadePart::Listed => (t::QUOTA_LIST_UNDONE, ""),
        };
        text.say(self.lang, &[("name", name), ("detail", &undone.detail)])
    }

    /// A reason in words and, where it was told, what exactly.
    pub(super) fn blindness(&self, blind: &Blind) -> String {
        let reason = tidegate_channels::catalogue::blind_reason(blind.reason, self.lang);
        if blind.detail.is_empty() {
            return reason.to_owned();
        }
        t::NAMED.say(self.lang, &[("name", reason), ("text", &blind.detail)])
    }
}

/// Whole hours, never fewer than it is.
fn hours(span: Duration) -> u32 {
    u32::try_from(span.as_secs().div_ceil(3600)).unwrap_or(u32::MAX)
}

fn percents(shares: &[Quantity]) -> Vec<String> {
    shares.iter().copied().map(percent).collect()
}

fn percent(share: Quantity) -> String {
    format!("{}%", share.decimal())
}

fn rules(rules: &Rules, in_force: &[Quantity]) -> QuotaRulesView {
    QuotaRulesView {
        steps: rules.steps.as_deref().map(percents),
        steps_in_force: percents(in_force),
        disable: rules.disable,
        without_quota: match rules.without_quota {
            Unquoted::Watch => WithoutQuota::Watch,
            Unquoted::Block => WithoutQuota::Block,
        },
        endpoints: rules.endpoints,
        instances: rules.instances,
        note: rules.note.clone(),
    }
}

pub(super) fn project(project: &QuotaProject) -> QuotaProjectView {
    QuotaProjectView {
        project: project.project.0.clone(),
        on: project.on,
        share: percent(project.share),
        since: project.since,
        first_month: project.first_month.to_string(),
        baseline: project.baseline,
        this_month: project.this_month,
        in_all: project.in_all,
    }
}

/// What stands at a sub-account, as far as it could be read.
#[derive(Default)]
pub(super) struct Stands {
    pub(super) email: String,
    pub(super) phone: String,
    pub(super) keys: Vec<AccessKeyView>,
    pub(super) login: Option<bool>,
    pub(super) policies: Vec<AttachedPolicyView>,
    pub(super) groups: Vec<String>,
}

/// Nothing where it could not be read.
pub(super) fn stands(detail: Option<&SubAccountDetail>, offered: &[Policy]) -> Stands {
    detail.map_or_else(Stands::default, |detail| Stands {
        email: detail.user.email.clone(),
        phone: detail.user.phone.clone(),
        keys: detail.keys.iter().map(access_key).collect(),
        login: detail.login,
        policies: detail
            .policies
            .iter()
            .map(|policy| attached(policy, offered))
            .collect(),
        groups: detail.groups.clone(),
    })
}

fn access_key(key: &AccessKey) -> AccessKeyView {
    AccessKeyView {
        id: key.id.clone(),
        active: key.active,
        created_at: key.created_at,
    }
}

fn attached(policy: &AttachedPolicy, offered: &[Policy]) -> AttachedPolicyView {
    AttachedPolicyView {
        name: policy.name.clone(),
        system: policy.kind == PolicyKind::System,
        everywhere: policy.everywhere,
        projects: policy.projects.iter().map(|project| project.0.clone()).collect(),
        ours_to_change: offered
            .iter()
            .any(|one| one.name == policy.name && one.kind == policy.kind),
    }
}

pub(super) fn entry(row: AllocationRow) -> AllocationView {
    AllocationView {
        seq: row.seq,
        amount: row.amount,
        total: row.total,
        note: row.note,
        by: row.by,
        at: row.at,
    }
}

pub(super) fn bill(bill: BillMonth) -> BillView {
    BillView {
        account: bill.account,
        month: bill.month.to_string(),
        months: bill.months.iter().map(ToString::to_string).collect(),
        at: bill.at,
        running: bill.running,
        totals: bill.totals,
        rows: bill.rows.into_iter().map(bill_row).collect(),
    }
}

fn bill_row(row: BillRow) -> BillRowView {
    BillRowView {
        user: row.user,
        name: row.name,
        amounts: row.amounts,
        projects: row.projects.into_iter().map(bill_project).collect(),
    }
}

fn bill_project(project: BillProject) -> BillProjectView {
    BillProjectView {
        project: project.project.0,
        cost: project.cost,
        charged: project.charged,
        share: project.share.map(percent),
    }
}

pub(super) fn cloud_project(project: CloudProject) -> CloudProjectView {
    CloudProjectView {
        name: project.info.name.0,
        title: project.info.title,
        users: project.users.into_iter().map(|(_, name, _)| name).collect(),
        free: percent(project.free),
    }
}

pub(super) fn cloud_policy(policy: Policy) -> CloudPolicyView {
    CloudPolicyView {
        name: policy.name,
        system: policy.kind == PolicyKind::System,
        about: policy.about,
    }
}

/// A key that was made for one that was there.
pub(super) fn made_key(user: SubAccount, key: NewKey) -> MadeSubAccount {
    with_key(user, Some(key))
}

fn with_key(user: SubAccount, key: Option<NewKey>) -> MadeSubAccount {
    let (key, secret) = key
        .map(|key| (key.id, ShownOnce(key.secret.expose_secret().to_owned())))
        .unzip();
    MadeSubAccount {
        user: user.id,
        name: user.name,
        key,
        secret,
        undone: Vec::new(),
    }
}
