//! Huawei Cloud.
mod config;
pub mod sign;

pub use config::{Credential, HuaweiConfig, Mapping, Site, SiteError};

use std::sync::Arc;

use async_trait::async_trait;
use tidegate_egress::Egress;
use tidegate_guard::{Permit, Receipt};
use tidegate_meter::{Reason, Target};

use crate::{
    AccountCheck, Control, Discovery, ProviderError, ProviderErrorKind, ReadReport, Rights, Source,
    TargetState,
};

/// One account of Huawei Cloud.
pub struct Huawei {
    _config: HuaweiConfig,
    _watch: Credential,
    _act: Option<Credential>,
    _egress: Arc<Egress>,
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
            _config: config,
            _watch: watch,
            _act: act,
            _egress: egress,
        }
    }
}

fn early() -> ProviderError {
    ProviderError {
        kind: ProviderErrorKind::Blind(Reason::Disabled),
        detail: "being built".to_owned(),
        retry_after: None,
    }
}

#[async_trait]
impl Source for Huawei {
    async fn check(&self) -> Result<AccountCheck, ProviderError> {
        Err(early())
    }
    async fn discover(&self, _force: bool) -> Result<Discovery, ProviderError> {
        Err(early())
    }
    async fn read(&self) -> Result<ReadReport, ProviderError> {
        Err(early())
    }
}

#[async_trait]
impl Control for Huawei {
    async fn state(&self, _target: &Target) -> Result<TargetState, ProviderError> {
        Err(early())
    }
    async fn act(&self, _permit: Permit) -> Result<Receipt, ProviderError> {
        Err(early())
    }
    async fn progress(&self, _target: &Target, _receipt: &Receipt) -> Result<Option<bool>, ProviderError> {
        Err(early())
    }
    async fn rights(&self) -> Rights {
        Rights { can_act: true }
    }
}
