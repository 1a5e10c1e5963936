//! One subscription as an account: two meters, what is left of its bytes and how many days to its expiry. Owns the least
//! span between two requests, also across a restart: a look before it is over is answered with the last report as it was.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use tidegate_egress::{Egress, Lane};
use tidegate_meter::{
    AccountId, AsOf, Blind, ByteBase, MeterId, MeterInfo, MeterKind, Mono, Outcome, Quantity, Reading, Time,
    Unit, Zone,
};
use tokio::sync::Mutex;

use super::fetch::{self, Fetch};
use super::panel::{self, Said};
use super::{SubscriptionParams, Usage, limits};
use crate::{AccountCheck, Discovery, MeterLook, ProviderError, ReadReport, Source, refusal};

/// The meter of bytes.
pub const TRAFFIC: &str = "traffic";
/// The meter of days to the expiry.
pub const EXPIRY: &str = "expiry";

/// What makes an account.
pub struct SubscriptionConfig {
    /// Whose meters they are.
    pub account: AccountId,
    /// The address, a secret as a whole.
    pub url: SecretString,
    /// What else a person said.
    pub params: SubscriptionParams,
    /// The user's zone: days of pseudo nodes are told in it.
    pub zone: Zone,
}

/// Why an account cannot be made; names the field, never a value.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct SubscriptionError(pub String);

/// One subscription.
pub struct Subscription {
    account: AccountId,
    zone: Zone,
    fetch: Fetch,
    egress: Arc<Egress>,
    lane: Lane,
    /// Held while asking, so that two callers ask once.
    last: Mutex<Last>,
}

/// What the last request brought, and until when nothing is asked again.
#[derive(Default)]
struct Last {
    told: Option<(Mono, Result<ReadReport, ProviderError>)>,
    /// Usage was told at least once.
    known: bool,
}

impl Subscription {
    /// An account of `config`; an error names the field that cannot be used, and shows nothing of the address.
    pub fn new(config: SubscriptionConfig, egress: Arc<Egress>) -> Result<Self, SubscriptionError> {
        Ok(Self {
            account: config.account,
            zone: config.zone,
            fetch: Fetch {
                url: fetch::usable(&config.url)?,
                agent: config.params.user_agent,
                via: config.params.via,
            },
            egress,
            lane: Lane::default(),
            last: Mutex::default(),
        })
    }

    async fn look(&self) -> Result<ReadReport, ProviderError> {
        let mut last = self.last.lock().await;
        let now = self.egress.timer().now().mono;
        if let Some((until, told)) = &last.told
            && now < *until
        {
            return told.clone();
        }
        let report = self.ask(last.known).await;
        last.known |= report.is_ok();
        last.told = Some((now.plus(limits::INTERVAL_LEAST), report.clone()));
        report
    }

    async fn ask(&self, known: bool) -> Result<ReadReport, ProviderError> {
        let answer = self.fetch.answer(&self.egress, &self.lane).await?;
        let at = self.egress.timer().now().wall;
        let said = panel::read(&answer, at, &self.zone, known)?;
        self.report(said, at)
    }

    fn report(&self, said: Said, at: Time) -> Result<ReadReport, ProviderError> {
        let (traffic, expires_at, usage) = match said {
            Said::Usage(usage) => (counted(&usage, at)?, usage.expires_at, Some(usage)),
            Said::Left {
                remaining,
                expires_at,
            } => (reading(None, None, Some(remaining), at)?, expires_at, None),
        };
        let mut meters = vec![self.meter(TRAFFIC, MeterKind::Traffic, "流量 traffic", traffic)?];
        if let Some(expires_at) = expires_at {
            let left = reading(None, None, Some(days(expires_at, at)), at)?;
            meters.push(self.meter(EXPIRY, MeterKind::Renewal, "到期 expiry", left)?);
        }
        Ok(ReadReport {
            usage,
            ..ReadReport::new(meters, at)
        })
    }

    fn meter(
        &self,
        id: &str,
        kind: MeterKind,
        name: &str,
        reading: Reading,
    ) -> Result<MeterLook, ProviderError> {
        Ok(MeterLook {
            info: MeterInfo {
                account: self.account.clone(),
                id: MeterId::new(id).map_err(|_| refusal::shape("panel: no meter of this name"))?,
                kind,
                name: name.to_owned(),
                // Panels count in powers of 1024.
                byte_base: ByteBase::Binary,
                targets: Vec::new(),
            },
            outcome: Outcome::Known(reading),
            fast: None,
        })
    }
}

fn counted(usage: &Usage, at: Time) -> Result<Reading, ProviderError> {
    let too_much = || refusal::shape("panel: the numbers are too large to be true");
    let amount = |bytes: u64| i64::try_from(bytes).map(Quantity::bytes).map_err(|_| too_much());
    let used = amount(usage.up.checked_add(usage.down).ok_or_else(too_much)?)?;
    reading(Some(used), usage.total.map(amount).transpose()?, None, at)
}

fn reading(
    used: Option<Quantity>,
    limit: Option<Quantity>,
    remaining: Option<Quantity>,
    at: Time,
) -> Result<Reading, ProviderError> {
    Reading::new(used, limit, remaining, None, AsOf::Fetch(at), at)
        .map_err(|_| refusal::shape("panel: the numbers do not fit together"))
}

/// Whole days to the expiry, begun ones not counted; below zero once it is past.
fn days(expires_at: Time, at: Time) -> Quantity {
    const DAY_MS: i64 = 86_400_000;
    Quantity::from_raw(expires_at.ms_since(at).div_euclid(DAY_MS), Unit::Days)
}

#[async_trait]
impl Source for Subscription {
    async fn check(&self) -> Result<AccountCheck, ProviderError> {
        self.look().await?;
        Ok(AccountCheck {
            owner: "subscription".to_owned(),
            regions: Vec::new(),
            site: None,
        })
    }

    /// Nothing is asked: there are no targets, and the meters are those of the last look.
    async fn discover(&self, _force: bool) -> Result<Discovery, ProviderError> {
        let last = self.last.lock().await;
        let known = last.told.as_ref().and_then(|(_, report)| report.as_ref().ok());
        let meters = known.map(|report| report.meters.iter().map(|look| look.info.clone()).collect());
        Ok(Discovery {
            meters: meters.unwrap_or_default(),
            targets: Vec::new(),
            age: Duration::ZERO,
            at: self.egress.timer().now().wall,
        })
    }

    async fn read(&self) -> Result<ReadReport, ProviderError> {
        self.look().await
    }

    /// Held on to while the least span lasts, whatever was told: the panel counted that request too.
    async fn recall(&self, last: ReadReport) {
        let now = self.egress.timer().now();
        let mut state = self.last.lock().await;
        state.known |= last.meters.iter().any(|look| look.outcome.reading().is_some());
        let rest = limits::INTERVAL_LEAST.saturating_sub(now.wall.since(last.at));
        if rest.is_zero() || last.meters.is_empty() {
            return;
        }
        let until = now.mono.plus(rest);
        state.told.get_or_insert((until, all_blind_or(last)));
    }
}

/// The report; the error that it was where nothing of the account could be read.
fn all_blind_or(last: ReadReport) -> Result<ReadReport, ProviderError> {
    let blind = |look: &MeterLook| match &look.outcome {
        Outcome::Blind(blind) => Some(blind.clone()),
        Outcome::Known(_) => None,
    };
    let blinds: Option<Vec<Blind>> = last.meters.iter().map(blind).collect();
    match blinds.and_then(|blinds| blinds.into_iter().next()) {
        Some(blind) => Err(refusal::blind(blind.reason, blind.detail)),
        None => Ok(last),
    }
}
