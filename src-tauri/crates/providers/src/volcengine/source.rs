//! One look: the bill of the months that may still change, and the users. Meters are composed elsewhere, from this and the
//! book of quotas, so a look brings none by itself.

use std::time::Duration;

use async_trait::async_trait;
use tidegate_meter::{Reason, Target, TargetKind};

use super::Volcengine;
use crate::sub_accounts::{Bill, SubAccount};
use crate::{AccountCheck, Discovery, FoundTarget, ProviderError, ProviderErrorKind, ReadReport, Source};

#[async_trait]
impl Source for Volcengine {
    async fn check(&self) -> Result<AccountCheck, ProviderError> {
        self.examine().await
    }

    async fn discover(&self, _force: bool) -> Result<Discovery, ProviderError> {
        let users = self.ask_users().await?;
        Ok(Discovery {
            meters: Vec::new(),
            targets: users.into_iter().map(|user| found(user.told)).collect(),
            age: Duration::ZERO,
            at: self.client.now().wall,
        })
    }

    /// A key that is refused fails the look; what else cannot be read is blind by itself.
    async fn read(&self) -> Result<ReadReport, ProviderError> {
        let users = match self.ask_users().await {
            Err(error) if error.kind == ProviderErrorKind::Blind(Reason::Auth) => return Err(error),
            told => told.map(|users| users.into_iter().map(|user| user.told).collect()),
        };
        Ok(ReadReport {
            bill: Some(Bill {
                months: self.months().await,
                users: users.map_err(|error| error.blind()),
            }),
            ..ReadReport::new(Vec::new(), self.client.now().wall)
        })
    }

    fn clock_ahead_ms(&self) -> Option<i64> {
        self.client.clock_ahead_ms()
    }

    async fn missing_rights(&self) -> Vec<String> {
        self.lacking().await
    }
}

fn found(user: SubAccount) -> FoundTarget {
    FoundTarget {
        target: Target {
            kind: TargetKind::SubAccount,
            id: user.id,
            name: user.name,
            region: String::new(),
        },
        meters: Vec::new(),
        addresses: Vec::new(),
        bandwidth_mbit: None,
    }
}
