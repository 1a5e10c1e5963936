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
use crate::{ProviderError, ProviderErrorKind};

/// The policy that closes most ways at once: a denial beats every permission.
pub(super) const DENY_ALL: &str = "TidegateDenyAll";

/// Who wrote a policy.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Author {
    /// The vendor.
    System,
    /// The account.
    Custom,
}

impl Author {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Custom => "Custom",
        }
    }

    fn parse(row: &Value) -> Result<Self, ProviderError> {
        match text(row, "PolicyType") {
            Some("System") => Ok(Self::System),
            Some("Custom") => Ok(Self::Custom),
            _ => Err(shape("iam: a policy has no known type")),
        }
    }
}

/// A policy of the account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) author: Author,
    pub(super) description: String,
}

/// A policy attached to a user: once for the whole account, or for single projects.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Attached {
    pub(super) name: String,
    pub(super) author: Author,
    pub(super) global: bool,
    pub(super) projects: Vec<String>,
}

impl Attached {
    fn parse(row: &Value) -> Result<Self, ProviderError> {
        let name = text(row, "PolicyName").ok_or_else(|| shape("iam: an attached policy has no name"))?;
        let scopes = rows(row, "PolicyScope")?;
        let mut attached = Self {
            name: name.to_owned(),
            author: Author::parse(row)?,
            global: false,
            projects: Vec::new(),
        };
        for scope in scopes {
            match (text(scope, "PolicyScopeType"), text(scope, "ProjectName")) {
                (Some("Global"), _) => attached.global = true,
                (Some("Project"), Some(project)) => attached.projects.push(project.to_owned()),
                _ => return Err(shape("iam: an attached policy has no known scope")),
            }
        }
        Ok(attached)
    }

    /// Whether it is attached there; `None`: for the whole account.
    fn is_at(&self, project: Option<&str>) -> bool {
        project.map_or(self.global, |project| self.projects.iter().any(|own| own == project))
    }
}

/// One policy at one place of a user.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) user: &'a str,
    pub(super) policy: &'a str,
    pub(super) author: Author,
    /// `None`: for the whole account.
    pub(super) project: Option<&'a str>,
}

impl Volcengine {
    /// Every policy that the account could attach.
    pub(super) async fn ask_policies(&self) -> Result<Vec<Listed>, ProviderError> {
        let found = self.listed(&List {
            call: Call::get(Service::Iam, "ListPolicies").with("Scope", &"All"),
            rows: "PolicyMetadata",
            page: limits::LIST_ROWS,
        });
        let listed = |row: &Value| {
            let name = text(row, "PolicyName").ok_or_else(|| shape("iam: a policy has no name"))?;
            Ok(Listed {
                name: name.to_owned(),
                author: Author::parse(row)?,
                description: text(row, "Description").unwrap_or_default().to_owned(),
            })
        };
        found.await?.iter().map(listed).collect()
    }

    /// What is attached to a user itself; what its groups bring is not in it.
    pub(super) async fn ask_attached(&self, user: &str) -> Result<Vec<Attached>, ProviderError> {
        let call = Call::get(Service::Iam, "ListAttachedUserPolicies").with("UserName", &user);
        let told = self.told(&self.watch, &call).await?;
        rows(&told, "AttachedPolicyMetadata")?.iter().map(Attached::parse).collect()
    }

    /// Attaches; done when the user's list says so. The answer is the vendor's id of the request, if it took one.
    pub(super) async fn attach_at(&self, place: Place<'_>) -> Result<Option<String>, ProviderError> {
        self.switch_policy(place, true).await
    }

    /// Detaches; done when the user's list says so.
    pub(super) async fn detach_at(&self, place: Place<'_>) -> Result<Option<String>, ProviderError> {
        self.switch_policy(place, false).await
    }

    async fn switch_policy(&self, place: Place<'_>, on: bool) -> Result<Option<String>, ProviderError> {
        let refusal = match self.client.send(self.actor_key(), &switching(place, on)).await {
            Ok(answer) => return Ok(answer.request),
            Err(trouble) => trouble.error,
        };
        let expected = match refusal.kind {
            ProviderErrorKind::Conflict => on,
            ProviderErrorKind::Gone => !on,
            _ => false,
        };
        if expected && self.stands(place, on).await? {
            return Ok(None);
        }
        Err(refusal)
    }

    /// Whether the user's list says what was asked for. What is attached for the whole account reaches every project, so
    /// there the cloud refuses to attach it again.
    async fn stands(&self, place: Place<'_>, on: bool) -> Result<bool, ProviderError> {
        let attached = self.ask_attached(place.user).await?;
        let mut same = attached
            .iter()
            .filter(|own| own.name == place.policy && own.author == place.author);
        Ok(if on {
            same.any(|own| own.global || own.is_at(place.project))
        } else {
            !same.any(|own| own.is_at(place.project))
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
            .with("PolicyType", &Author::Custom.word());
        let told = self.told(&self.watch, &call).await?;
        let document = told
            .get("Policy")
            .and_then(|policy| text(policy, "PolicyDocument"))
            .ok_or_else(|| shape("iam:GetPolicy: the answer has no document"))?;
        if policy::denies_all(document) {
            return Ok(());
        }
        let words = format!("iam: a policy {DENY_ALL} exists that does not deny everything; rename or delete it");
        Err(error(ProviderErrorKind::Conflict, words))
    }
}

fn switching(place: Place<'_>, on: bool) -> Call {
    let call = match (place.project, on) {
        (None, true) => Call::get(Service::Iam, "AttachUserPolicy").with("UserName", &place.user),
        (None, false) => Call::get(Service::Iam, "DetachUserPolicy").with("UserName", &place.user),
        (Some(project), true) => in_project(Call::get(Service::Projects, "AttachPolicyInProject"), place, project),
        (Some(project), false) => in_project(Call::get(Service::Projects, "DetachPolicyInProject"), place, project),
    };
    call.with("PolicyName", &place.policy)
        .with("PolicyType", &place.author.word())
        .sets()
}

fn in_project(call: Call, place: Place<'_>, project: &str) -> Call {
    call.with("PrincipalType", &"User")
        .with("PrincipalName", &place.user)
        .with("ProjectName.1", &project)
}
