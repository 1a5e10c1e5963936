//! A panel that bills a GiB an hour, though nothing is sent from here.

use std::sync::Arc;

use async_trait::async_trait;
use tidegate_meter::{
    AccountId, AsOf, ByteBase, Clock as _, MeterId, MeterInfo, MeterKind, Outcome, Quantity, Reading, Reason,
};
use tidegate_providers::subscription_info::Usage;
use tidegate_providers::{
    AccountCheck, Discovery, MeterLook, ProviderError, ProviderErrorKind, ReadReport, Source,
};

use crate::kit::{self, TestTimer};

const GIB: u64 = 1 << 30;

pub(crate) struct Panel(pub(crate) Arc<TestTimer>);

#[async_trait]
impl Source for Panel {
    async fn check(&self) -> Result<AccountCheck, ProviderError> {
        Ok(AccountCheck {
            owner: "owner".to_owned(),
            regions: Vec::new(),
            site: None,
        })
    }

    async fn discover(&self, _force: bool) -> Result<Discovery, ProviderError> {
        Err(ProviderError {
            kind: ProviderErrorKind::Blind(Reason::Transient),
            detail: "no discovery".to_owned(),
            retry_after: None,
        })
    }

    async fn read(&self) -> Result<ReadReport, ProviderError> {
        let now = self.0.now().wall;
        let down = GIB * now.since(kit::start()).as_secs() / 3600;
        let total = 1000 * GIB;
        let bytes = |count: u64| Quantity::bytes(i64::try_from(count).unwrap());
        let left = Some(bytes(total - down));
        let reading = Reading::new(
            Some(bytes(down)),
            Some(bytes(total)),
            left,
            None,
            AsOf::Fetch(now),
            now,
        );
        let info = MeterInfo {
            account: AccountId::new("panel").unwrap(),
            id: MeterId::new("traffic").unwrap(),
            kind: MeterKind::Traffic,
            name: "traffic".to_owned(),
            byte_base: ByteBase::Binary,
            targets: Vec::new(),
        };
        let look = MeterLook {
            info,
            outcome: Outcome::Known(reading.unwrap()),
            fast: None,
        };
        Ok(ReadReport {
            usage: Some(Usage {
                at: now,
                up: 0,
                down,
                total: Some(total),
                expires_at: None,
                reset_day: None,
            }),
            ..ReadReport::new(vec![look], now)
        })
    }
}
