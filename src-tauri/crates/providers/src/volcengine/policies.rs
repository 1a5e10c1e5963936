//! Policies: which exist, what is attached to a user and where, and the one that denies everything.
//!
//! Attaching what is attached and detaching what is not are answered in ways nobody has documented; whatever is answered,
//! what the user's list then says counts.

use serde_json::Value;

use super::client::Call;
use super::hosts::Service;
use super::list::List;
use super::{Volcengine, limits, policy};
use crate::json::{rows, text};
use crate::refusal::{error, shape};
use crate::sub_accounts::{AttachedPolicy, Policy, PolicyChange, PolicyKind, Project};
use crate::{ProviderError, ProviderErrorKind};

/// The name of the policy that closes most ways at once: a denial beats every permission.
pub const DENY_ALL: &str = "TidegateDenyAll";

const fn word(kind: PolicyKind) -> &'static str {
    match kind {
        PolicyKind::System => "System",
        PolicyKind::Custom => "Custom",
    }
}

fn kind(row: &Value) -> Result<PolicyKind, ProviderError> {
    match text(row, "PolicyType") {
        Some("System") => Ok(PolicyKind::System),
        Some("Custom") => Ok(PolicyKind::Custom),
        _ => Err(shape("iam: a policy has no known type")),
    }
}

fn policy_name(row: &Value) -> Result<String, ProviderError> {
    let name = text(row, "PolicyName").map(str::to_owned);
    name.ok_or_else(|| shape("iam: a policy has no name"))
}

/// A policy attached to a user, with the vendor's mark of when it was attached for the whole account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Attached {
    pub(super) policy: AttachedPolicy,
    pub(super) mark: Option<String>,
}

impl Attached {
    fn parse(row: &Value) -> Result<Self, ProviderError> {
        let mut attached = Self {
            policy: AttachedPolicy {
                name: policy_name(row)?,
                kind: kind(row)?,
                everywhere: false,
                projects: Vec::new(),
            },
            mark: None,
        };
        let scopes = rows(row, "PolicyScope")?;
        if scopes.is_empty() {
            return Err(shape("iam: an attached policy holds nowhere"));
        }
        for scope in scopes {
            match (text(scope, "PolicyScopeType"), text(scope, "ProjectName")) {
                (Some("Global"), _) => {
                    attached.policy.everywhere = true;
                    attached.mark = text(scope, "AttachDate").map(str::to_owned);
                }
                (Some("Project"), Some(project)) => {
                    attached.policy.projects.push(Project(project.to_owned()));
                }
                _ => return Err(shape("iam: an attached policy has no known scope")),
            }
        }
        Ok(attached)
    }

    /// Whether this is the denying policy, and in force everywhere.
    pub(super) fn denies_all(&self) -> bool {
        let policy = &self.policy;
        policy.name == DENY_ALL && policy.kind == PolicyKind::Custom && policy.everywhere
    }

    fn is(&self, change: &PolicyChange) -> bool {
        self.policy.name == change.name && self.policy.kind == change.kind
    }

    fn is_at(&self, project: Option<&Project>) -> bool {
        project.map_or(self.policy.everywhere, |project| {
            self.policy.projects.contains(project)
        })
    }
}

/// The change that denies a user everything, or takes that back.
pub(super) fn denial() -> PolicyChange {
    PolicyChange {
        name: DENY_ALL.to_owned(),
        kind: PolicyKind::Custom,
        project: None,
    }
}

impl Volcengine {
    /// Every policy of the account and of the vendor.
    pub(super) async fn ask_policies(&self) -> Result<Vec<Policy>, ProviderError> {
        let found = self.listed(List {
            call: Call::get(Service::Iam, "ListPolicies").with("Scope", &"All"),
            rows: "PolicyMetadata",
            page: limits::LIST_ROWS,
        });
        let listed = |row: &Value| {
            Ok(Policy {
                name: policy_name(row)?,
                kind: kind(row)?,
                about: text(row, "Description").unwrap_or_default().to_owned(),
            })
        };
        found.await?.iter().map(listed).collect()
    }

    /// What is attached to a user itself; what its groups bring is not in it.
    pub(super) async fn ask_attached(&self, user: &str) -> Result<Vec<Attached>, ProviderError> {
        let call = Call::get(Service::Iam, "ListAttachedUserPolicies").with("UserName", &user);
        let told = self.told(&self.watch, &call).await?;
        rows(&told, "AttachedPolicyMetadata")?
            .iter()
            .map(Attached::parse)
            .collect()
    }

    /// Attaches or detaches. What is so already is refused; then the user's list decides.
    pub(super) async fn switch_policy(
        &self,
        user: &str,
        change: &PolicyChange,
        on: bool,
    ) -> Result<(), ProviderError> {
        let refusal = match self
            .client
            .send(self.actor_key(), &switching(user, change, on))
            .await
        {
            Ok(_) => return Ok(()),
            Err(trouble) => trouble.error,
        };
        let expected = match refusal.kind {
            ProviderErrorKind::Conflict => on,
            ProviderErrorKind::Gone => !on,
            _ => false,
        };
        if expected && self.stands(user, change, on).await? {
            return Ok(());
        }
        Err(refusal)
    }

    /// Whether the user's list says what was asked for. What is attached for the whole account reaches every project, so
    /// there the cloud refuses to attach it again.
    async fn stands(&self, user: &str, change: &PolicyChange, on: bool) -> Result<bool, ProviderError> {
        let attached = self.ask_attached(user).await?;
        let project = change.project.as_ref();
        let mut same = attached.iter().filter(|own| own.is(change));
        Ok(if on {
            same.any(|own| own.policy.everywhere || own.is_at(project))
        } else {
            !same.any(|own| own.is_at(project))
        })
    }

    /// Sees to it that the denying policy exists and says what ours says. One of that name with another text is not ours.
    pub(super) async fn ensure_deny_all(&self) -> Result<(), ProviderError> {
        let call = Call::get(Service::Iam, "CreatePolicy")
            .with("PolicyName", &DENY_ALL)
            .with("PolicyDocument", &policy::DENY_ALL)
            .with("Description", &"Tidegate: sub-account disabled")
            .sets();
        match self.client.send(self.actor_key(), &call).await {
            Ok(_) => Ok(()),
            Err(trouble) if trouble.error.kind == ProviderErrorKind::Conflict => self.check_deny_all().await,
            Err(trouble) => Err(trouble.error),
        }
    }

    async fn check_deny_all(&self) -> Result<(), ProviderError> {
        let call = Call::get(Service::Iam, "GetPolicy")
            .with("PolicyName", &DENY_ALL)
            .with("PolicyType", &word(PolicyKind::Custom));
        let told = self.told(&self.watch, &call).await?;
        let document = told
            .get("Policy")
            .and_then(|policy| text(policy, "PolicyDocument"))
            .ok_or_else(|| shape("iam:GetPolicy: the answer has no document"))?;
        if policy::denies_all(document) {
            return Ok(());
        }
        let words =
            format!("iam: a policy {DENY_ALL} exists that does not deny everything; rename or delete it");
        Err(error(ProviderErrorKind::Conflict, words))
    }
}

fn switching(user: &str, change: &PolicyChange, on: bool) -> Call {
    let call = match (&change.project, on) {
        (None, true) => Call::get(Service::Iam, "AttachUserPolicy").with("UserName", &user),
        (None, false) => Call::get(Service::Iam, "DetachUserPolicy").with("UserName", &user),
        (Some(project), true) => in_project(
            Call::get(Service::Projects, "AttachPolicyInProject"),
            user,
            project,
        ),
        (Some(project), false) => in_project(
            Call::get(Service::Projects, "DetachPolicyInProject"),
            user,
            project,
        ),
    };
    call.with("PolicyName", &change.name)
        .with("PolicyType", &word(change.kind))
        .sets()
}

fn in_project(call: Call, user: &str, project: &Project) -> Call {
    call.with("PrincipalType", &"User")
        .with("PrincipalName", &user)
        .with("ProjectName.1", &project.0)
}
