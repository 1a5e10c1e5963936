//! Who the key belongs to: the account's id, the project of each region, and the site.
//!
//! Everything found here belongs to one [`Huawei`] object: an earlier system shared project ids between accounts and
//! sent one account's stop to another's project.

use std::sync::Arc;

use serde_json::{Value, json};
use tidegate_meter::{Mono, Reason};

use super::client::{Answer, Call, Scope};
use super::error::{Trouble, blind, shape};
use super::hosts::{Service, is_region};
use super::{Huawei, Site, limits};
use crate::json::{rows, text};
use crate::{AccountCheck, ProviderError};

/// A project that the key may enter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Project {
    pub(super) region: String,
    pub(super) id: String,
    /// The region's own project, as opposed to a sub-project (`cn-north-4_team`).
    pub(super) default: bool,
}

/// What the key may enter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Identity {
    pub(super) owner: String,
    pub(super) projects: Vec<Project>,
    read_at: Mono,
}

impl Identity {
    pub(super) fn parse(answer: &Value, read_at: Mono) -> Result<Self, ProviderError> {
        let rows = rows(answer, "projects")?;
        let owner = rows
            .iter()
            .find_map(|row| text(row, "domain_id"))
            .ok_or_else(|| blind(Reason::Missing, "iam: the key may enter no project"))?;
        let projects: Vec<Project> = rows.iter().filter_map(project).collect();
        if projects.is_empty() {
            return Err(blind(Reason::Scope, "iam: the key may enter no region"));
        }
        Ok(Self {
            owner: owner.to_owned(),
            projects,
            read_at,
        })
    }

    /// The regions, each once, sorted.
    pub(super) fn regions(&self) -> Vec<String> {
        let mut regions: Vec<String> = self
            .projects
            .iter()
            .map(|project| project.region.clone())
            .collect();
        regions.sort_unstable();
        regions.dedup();
        regions
    }

    /// The project to use in a region: `wanted` if it is one of ours there, else the region's own.
    pub(super) fn project(&self, region: &str, wanted: Option<&str>) -> Result<&str, ProviderError> {
        let here = || self.projects.iter().filter(|project| project.region == region);
        here()
            .find(|project| wanted == Some(project.id.as_str()))
            .or_else(|| here().find(|project| project.default))
            .or_else(|| here().next())
            .map(|project| project.id.as_str())
            .ok_or_else(|| self.unknown_region(region))
    }

    fn unknown_region(&self, region: &str) -> ProviderError {
        let region: String = region.chars().take(40).collect();
        blind(
            Reason::Scope,
            format!(
                "the key may not enter region {region:?}; it may enter {}",
                self.regions().join(", ")
            ),
        )
    }

    /// An error that names the first configured region which the key may not enter.
    fn allow(&self, configured: &[String]) -> Result<(), ProviderError> {
        let known = |region: &&String| self.projects.iter().any(|project| project.region == **region);
        configured
            .iter()
            .find(|region| !known(region))
            .map_or(Ok(()), |region| Err(self.unknown_region(region)))
    }
}

fn project(row: &Value) -> Option<Project> {
    let name = text(row, "name")?;
    let (region, suffix) = name.split_once('_').unwrap_or((name, ""));
    let enabled = row.get("enabled").and_then(Value::as_bool).unwrap_or(true);
    (enabled && is_region(region)).then_some(Project {
        region: region.to_owned(),
        id: text(row, "id")?.to_owned(),
        default: suffix.is_empty(),
    })
}

impl Huawei {
    /// Who the key belongs to; read once, then daily. Configured regions are checked against it.
    pub(super) async fn identity(&self) -> Result<Arc<Identity>, ProviderError> {
        let mut kept = self.identity.lock().await;
        let now = self.client.now().mono;
        let young = |identity: &&Arc<Identity>| now.since(identity.read_at) < limits::IDENTITY_AGE;
        if let Some(identity) = kept.as_ref().filter(young) {
            return Ok(Arc::clone(identity));
        }
        match (self.ask_identity().await, kept.as_ref()) {
            (Ok(identity), _) => Ok(Arc::clone(kept.insert(Arc::new(identity)))),
            (Err(error), Some(old)) if error.blind().reason != Reason::Auth => {
                tracing::warn!(account = %self.config.account, %error, "the account's projects are kept from yesterday");
                Ok(Arc::clone(old))
            }
            (Err(error), _) => Err(error),
        }
    }

    async fn ask_identity(&self) -> Result<Identity, ProviderError> {
        let call = Call::get(Service::Iam, Scope::Nothing, "/v3/auth/projects");
        let answer = self.client.send(&self.watch, self.site(), &call).await?;
        let identity = Identity::parse(&answer.body, self.client.now().mono)?;
        identity.allow(&self.config.regions)?;
        Ok(identity)
    }

    /// The site in use: configured, or found out before, or China until the provider says otherwise.
    pub(super) fn site(&self) -> Site {
        match self.config.site {
            Site::Auto => self.kept().site.unwrap_or(Site::China),
            site => site,
        }
    }

    /// Asks billing on the account's site. With `auto`, a refusal as a stranger moves to the other site, and what
    /// answers there is remembered.
    pub(super) async fn billing(&self, call: &Call) -> Result<Answer, ProviderError> {
        let first = self.site();
        let trouble = match self.client.send(&self.watch, first, call).await {
            Err(trouble) if trouble.is_wrong_site() => trouble,
            other => {
                return other
                    .inspect(|_| self.remember_site(first))
                    .map_err(ProviderError::from);
            }
        };
        if self.config.site != Site::Auto {
            return Err(stranger(first, &trouble));
        }
        let second = match first {
            Site::International => Site::China,
            _ => Site::International,
        };
        match self.client.send(&self.watch, second, call).await {
            Ok(answer) => {
                self.remember_site(second);
                Ok(answer)
            }
            Err(again) if again.is_wrong_site() => Err(blind(
                Reason::Scope,
                format!(
                    "bss: both sites say that the account belongs to the other ({})",
                    again.code
                ),
            )),
            Err(other) => Err(other.error),
        }
    }

    fn remember_site(&self, site: Site) {
        self.kept().site = Some(site);
    }

    /// The account check: the key, its regions, and one billing query for the site and the right to read packages.
    pub(super) async fn examine(&self) -> Result<AccountCheck, ProviderError> {
        let identity = self.identity().await?;
        let body = json!({"offset": 0, "limit": 1});
        let scope = Scope::Account(identity.owner.clone());
        let call = Call::post(Service::Bss, scope, super::packages::LIST, body);
        let answer = self.billing(&call).await?;
        if !answer.body.is_object() {
            return Err(shape("bss: the list of packages has another shape"));
        }
        Ok(AccountCheck {
            owner: identity.owner.clone(),
            regions: identity.regions(),
            site: Some(self.site().name().to_owned()),
        })
    }
}

fn stranger(site: Site, trouble: &Trouble) -> ProviderError {
    let other = match site {
        Site::International => Site::China,
        _ => Site::International,
    };
    let words = format!(
        "bss: the account does not belong to the {} site; set site = \"{}\" or \"auto\" ({})",
        site.name(),
        other.name(),
        trouble.code
    );
    blind(Reason::Scope, words)
}
