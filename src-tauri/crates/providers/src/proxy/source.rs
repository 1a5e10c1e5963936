//! An account of a kernel, as every account is read: does it answer, and what its subscriptions have left.
//!
//! Owns the meters that a kernel tells without being asked to fetch anything: the panel's last word on each subscription
//! that it follows, as old as its last download of it. A kernel without such has no meters, which is as it should be.
//! Tested in `tests/proxy/account.rs`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;
use tidegate_meter::{
    AccountId, AsOf, ByteBase, MeterId, MeterInfo, MeterKind, Outcome, Quantity, Reading, Reason, Time, Unit,
    limits as meter_limits,
};

use super::KernelClient;
use super::dialect::Dialect;
use super::watch::{NO_PROVIDERS, listed};
use crate::refusal::{blind, shape};
use crate::{AccountCheck, Discovery, MeterLook, ProviderError, ReadReport, Source};

/// Reads the account of a kernel.
pub struct KernelSource {
    account: AccountId,
    client: Arc<KernelClient>,
}

#[derive(Deserialize)]
struct Providers {
    providers: Option<BTreeMap<String, Option<Feed>>>,
}

#[derive(Deserialize)]
struct Feed {
    #[serde(rename = "updatedAt")]
    updated_at: Option<String>,
    #[serde(rename = "subscriptionInfo")]
    info: Option<Info>,
}

/// Capitalised, as Mihomo writes it, which writes all four. A whole number beyond an `i64`, and what was used without one
/// of its halves, is an error of the whole body: half of it would look like less.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Info {
    upload: i64,
    download: i64,
    #[serde(default)]
    total: i64,
    #[serde(default)]
    expire: i64,
}

/// Beyond this an expiry counts milliseconds, as some panels tell it: as seconds it would be the year 5138.
const EXPIRE_MS_FROM: i64 = 100_000_000_000;
const DAY_MS: i64 = 24 * 3_600_000;

impl KernelSource {
    /// The account `account` of a kernel.
    #[must_use]
    pub const fn new(account: AccountId, client: Arc<KernelClient>) -> Self {
        Self { account, client }
    }

    async fn version(&self) -> Result<Dialect, ProviderError> {
        let client = self.client.finder.client().await?;
        let told = client.get("/version").await;
        Dialect::read(&told.inspect_err(|_| self.client.finder.lose())?)
    }

    async fn meters(&self) -> Result<Vec<MeterLook>, ProviderError> {
        let client = self.client.finder.client().await?;
        let told = async {
            let mut line = client.line().await?;
            listed(&mut line, &client, "/providers/proxies", NO_PROVIDERS).await
        };
        let told = told.await.inspect_err(|_| self.client.finder.lose())?;
        let told: Providers = serde_json::from_slice(&told)
            .map_err(|_| shape("providers: not the list of subscriptions of a kernel"))?;
        let now = self.now();
        let feeds = told.providers.into_iter().flatten();
        let feeds = feeds.filter_map(|(name, feed)| Some((name, feed?)));
        Ok(feeds
            .flat_map(|(name, feed)| self.looks(&name, &feed, now))
            .collect())
    }

    /// What a subscription has left: its traffic where a whole is told, and its days where an end is.
    fn looks(&self, name: &str, feed: &Feed, now: Time) -> Vec<MeterLook> {
        let Some(info) = &feed.info else {
            return Vec::new();
        };
        let updated = feed
            .updated_at
            .as_deref()
            .and_then(|text| text.parse::<Time>().ok());
        // A kernel that never downloaded it tells the year 1.
        let as_of = updated
            .filter(|at| at.ms() > 0)
            .map_or(AsOf::Fetch(now), AsOf::Provider);
        let traffic = info
            .traffic(as_of, now)
            .map(|outcome| (MeterKind::Traffic, "traffic", outcome));
        let days = info
            .days(as_of, now)
            .map(|outcome| (MeterKind::Renewal, "expiry", outcome));
        let told = traffic.into_iter().chain(days);
        told.filter_map(|(kind, word, outcome)| {
            Some(MeterLook {
                info: MeterInfo {
                    account: self.account.clone(),
                    id: id(word, name)?,
                    kind,
                    name: name.to_owned(),
                    byte_base: ByteBase::Binary,
                    targets: Vec::new(),
                },
                outcome,
                fast: None,
            })
        })
        .collect()
    }

    fn now(&self) -> Time {
        self.client.finder.timer().now().wall
    }
}

impl Info {
    /// Nothing where no whole is told: unlimited, unknown, or a panel's nonsense, which Mihomo hands on as zeros.
    fn traffic(&self, as_of: AsOf, now: Time) -> Option<Outcome> {
        if self.total <= 0 {
            return None;
        }
        let used = self.upload.max(0).checked_add(self.download.max(0));
        let reading = used.and_then(|used| {
            let (used, total) = (Quantity::bytes(used), Quantity::bytes(self.total));
            Reading::new(Some(used), Some(total), None, None, as_of, now).ok()
        });
        Some(known(reading))
    }

    /// Whole days from `now` until it ends, rounded down; 0 on its last day, negative after.
    fn days(&self, as_of: AsOf, now: Time) -> Option<Outcome> {
        let ms = match self.expire {
            ..=0 => return None,
            ms @ EXPIRE_MS_FROM.. => ms,
            seconds => seconds.saturating_mul(1000),
        };
        let left = Time::from_ms(ms).ms_since(now).div_euclid(DAY_MS);
        let left = Quantity::from_raw(left, Unit::Days);
        Some(known(Reading::new(None, None, Some(left), None, as_of, now).ok()))
    }
}

fn known(reading: Option<Reading>) -> Outcome {
    let beyond = || blind(Reason::Implausible, "the panel told more bytes than there can be").blind();
    reading.map_or_else(|| Outcome::Blind(beyond()), Outcome::Known)
}

/// An id that a name makes: it stays the same as long as the name does.
fn id(word: &str, name: &str) -> Option<MeterId> {
    let plain = |c: char| {
        if c.is_whitespace() || c.is_control() {
            '_'
        } else {
            c
        }
    };
    let id: String = format!("{word}:{name}")
        .chars()
        .map(plain)
        .take(meter_limits::MEMBER_ID_CHARS)
        .collect();
    id.parse().ok()
}

#[async_trait]
impl Source for KernelSource {
    async fn check(&self) -> Result<AccountCheck, ProviderError> {
        let dialect = self.version().await?;
        Ok(AccountCheck {
            owner: dialect.kernel,
            regions: Vec::new(),
            site: None,
        })
    }

    async fn discover(&self, _force: bool) -> Result<Discovery, ProviderError> {
        let meters = self.meters().await?;
        Ok(Discovery {
            meters: meters.into_iter().map(|look| look.info).collect(),
            targets: Vec::new(),
            age: Duration::ZERO,
            at: self.now(),
        })
    }

    async fn read(&self) -> Result<ReadReport, ProviderError> {
        // A kernel that is there and a program that took its port are told apart before anything is believed.
        self.version().await?;
        let meters = self.meters().await?;
        Ok(ReadReport::new(meters, self.now()))
    }
}
