//! The list of packages and servers: read hourly, kept on disk, and served from there while the provider cannot tell.

use std::sync::Arc;
use std::time::Duration;

use tidegate_meter::{MeterId, Mono, Time};

use super::account::Identity;
use super::catalogue::Catalogue;
use super::{Huawei, limits};
use crate::{Discovery, ProviderError};

impl Huawei {
    /// The list as it is now, refreshed when it is due or when `force` asks for it.
    pub(super) async fn catalogue(
        &self,
        identity: &Identity,
        force: bool,
    ) -> Result<Arc<Catalogue>, ProviderError> {
        let _one_at_a_time = self.refreshing.lock().await;
        let old = self.remembered(identity).await;
        if force || self.is_due(&old) {
            return self.refresh(identity, &old).await;
        }
        Ok(old)
    }

    /// What is in memory, else on disk, else nothing.
    async fn remembered(&self, identity: &Identity) -> Arc<Catalogue> {
        let known = self.kept().catalogue.clone();
        if let Some(known) = known {
            return known;
        }
        let mut loaded = self.load(&identity.owner).await.unwrap_or_default();
        loaded.merge_mapped(&self.config, self.client.now().wall);
        self.remember(loaded)
    }

    fn remember(&self, catalogue: Catalogue) -> Arc<Catalogue> {
        let catalogue = Arc::new(catalogue);
        self.kept().catalogue = Some(Arc::clone(&catalogue));
        catalogue
    }

    fn is_due(&self, catalogue: &Catalogue) -> bool {
        let now = self.client.now();
        match self.kept().next_refresh {
            Some(at) => now.mono >= at,
            None => !catalogue.is_fresh(now.wall),
        }
    }

    /// Asks both lists. What one of them cannot tell stays as it was; only when nothing at all is known is its error
    /// the answer.
    async fn refresh(&self, identity: &Identity, old: &Catalogue) -> Result<Arc<Catalogue>, ProviderError> {
        let mut catalogue = old.clone();
        let instances = self.ask_instances(identity).await;
        let packages = self.ask_packages(identity).await;
        let now = self.client.now();
        if let Ok(instances) = &instances {
            catalogue.merge_instances(instances, now.wall);
        }
        if let Ok(packages) = &packages {
            catalogue.merge_shared(packages, now.wall);
        }
        catalogue.merge_mapped(&self.config, now.wall);
        let error = instances.err().or(packages.err());
        self.plan_refresh(now.mono, error.is_none());
        if let Some(error) = error {
            tracing::warn!(account = %self.config.account, %error, "the list of packages is kept as it was");
            if catalogue.packages.is_empty() && self.config.mappings.is_empty() {
                self.kept().next_refresh = None;
                return Err(error);
            }
        }
        self.add_addresses(identity, &mut catalogue).await;
        self.save(&identity.owner, &catalogue).await;
        Ok(self.remember(catalogue))
    }

    fn plan_refresh(&self, now: Mono, complete: bool) {
        let span = if complete {
            limits::CATALOGUE_AGE
        } else {
            limits::CATALOGUE_AGAIN
        };
        self.kept().next_refresh = Some(now.plus(span));
    }

    /// Notes that a package was renewed under another id, and that the list should be read again soon.
    pub(super) async fn adopt(&self, renewed: &[(MeterId, MeterId)]) {
        let _one_at_a_time = self.refreshing.lock().await;
        let known = self.kept().catalogue.clone();
        let Some(known) = known else {
            return;
        };
        let mut catalogue = (*known).clone();
        let now = self.client.now();
        for (old, new) in renewed {
            catalogue.adopt(old, new, now.wall);
        }
        self.remember(catalogue);
    }

    /// The list is read again at the next look.
    pub(super) fn refresh_soon(&self) {
        let now = self.client.now().mono;
        self.kept().next_refresh = Some(now);
    }

    /// Meters and targets, with the age of the list.
    pub(super) async fn found(&self, force: bool) -> Result<Discovery, ProviderError> {
        let identity = self.identity().await?;
        let catalogue = self.catalogue(&identity, force).await?;
        let at = self.client.now().wall;
        Ok(Discovery {
            meters: catalogue.meters(&self.config),
            targets: catalogue.targets(&self.config),
            age: age(&catalogue, at),
            at,
        })
    }
}

/// How old the list may be: since our last look at Config, plus the day by which Config itself may lag.
fn age(catalogue: &Catalogue, now: Time) -> Duration {
    match (catalogue.instances_at, catalogue.shared_at) {
        (Some(at), _) => now.since(at).saturating_add(limits::CONFIG_LAG),
        (None, Some(at)) => now.since(at),
        (None, None) => Duration::ZERO,
    }
}
