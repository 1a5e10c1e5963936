//! Huawei Cloud: what is left of traffic packages, which servers they belong to, and stopping those servers.
//!
//! Owns one account per [`Huawei`]: its keys, site, projects, list of packages and pace; nothing is shared between two
//! accounts. Reads usage from billing, the mapping from Config, addresses and the fast signal from the regions. Never
//! stores a reading, never judges, never acts without a permit, and never acts with the watching credential where
//! there is a separate one. `docs/providers/huawei.md` says what is read and with which rights. Tested in
//! `tests/huawei/` against recorded bodies.

mod account;
mod addresses;
mod cache;
mod catalogue;
mod change;
mod client;
mod config;
mod discovery;
mod error;
mod hosts;
mod instances;
mod limits;
mod look;
mod monitor;
mod nothing;
mod packages;
pub mod policy;
mod rights;
mod servers;
mod unit;
mod usages;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tidegate_egress::Egress;
use tidegate_guard::{Permit, Receipt};
use tidegate_meter::{MeterId, Mono, Target};

pub use config::{HuaweiConfig, Mapping, Site, SiteError};

pub use crate::key::Credential;
use crate::key::Key;
use crate::{AccountCheck, Control, Discovery, ProviderError, ReadReport, Rights, Source, TargetState};
use account::Identity;
use catalogue::Catalogue;
use change::Change;
use client::Client;

/// One account of Huawei Cloud.
pub struct Huawei {
    config: HuaweiConfig,
    watch: Key,
    act: Option<Key>,
    client: Client,
    /// Held while asking, so that two callers ask once.
    identity: tokio::sync::Mutex<Option<Arc<Identity>>>,
    /// Held while the list of packages is read or changed.
    refreshing: tokio::sync::Mutex<()>,
    kept: Mutex<Kept>,
}

/// What is remembered between two looks.
#[derive(Default)]
struct Kept {
    site: Option<Site>,
    catalogue: Option<Arc<Catalogue>>,
    next_refresh: Option<Mono>,
    changes: BTreeMap<MeterId, Change>,
}

impl Huawei {
    /// An account that is read with `watch` and acted on with `act`, or with `watch` where there is no `act`.
    #[must_use]
    pub fn new(
        config: HuaweiConfig,
        watch: Credential,
        act: Option<Credential>,
        egress: Arc<Egress>,
    ) -> Self {
        Self {
            watch: Key::new(watch),
            act: act.map(Key::new),
            client: Client::new(egress, config.endpoint.clone()),
            config,
            identity: tokio::sync::Mutex::default(),
            refreshing: tokio::sync::Mutex::default(),
            kept: Mutex::default(),
        }
    }

    /// A panic while the lock was held leaves at worst an older list behind, so it stays usable.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Source for Huawei {
    async fn check(&self) -> Result<AccountCheck, ProviderError> {
        self.examine().await
    }

    async fn discover(&self, force: bool) -> Result<Discovery, ProviderError> {
        self.found(force).await
    }

    async fn read(&self) -> Result<ReadReport, ProviderError> {
        self.look().await
    }

    async fn missing_rights(&self) -> Vec<String> {
        self.lacking().await
    }
}

#[async_trait]
impl Control for Huawei {
    async fn state(&self, target: &Target) -> Result<TargetState, ProviderError> {
        self.server_state(target).await
    }

    async fn act(&self, permit: Permit) -> Result<Receipt, ProviderError> {
        self.send_action(&permit).await
    }

    async fn progress(&self, target: &Target, receipt: &Receipt) -> Result<Option<bool>, ProviderError> {
        self.job_runs(target, receipt).await
    }

    async fn rights(&self) -> Rights {
        Rights { can_act: true }
    }
}
