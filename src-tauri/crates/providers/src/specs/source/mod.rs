//! Reads an account by a spec. Owns one account's keys, lane and pace; several accounts of one provider share nothing.
//!
//! One request after the other, so that a refused key is presented once. A look before the spec's least interval is over
//! is answered with the last report as it was, fetched when it was: no new observation, no new history.

mod ask;
mod auth;
mod refusal;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use tidegate_egress::{Egress, Lane};
use tidegate_guard::{Permit, Receipt};
use tidegate_meter::{
    AccountId, Blind, ByteBase, Lang, MeterInfo, Mono, Outcome, Reading, Reason, Target, Time, WindowKind,
};
use tokio::sync::Mutex;
use url::Url;

use super::bodies::Heard;
use super::{Bodies, Found, PINNED_HOSTS, Param, Spec};
use crate::oauth::TokenCache;
use crate::sign::Skew;
use crate::{
    AccountCheck, Control, Discovery, MeterLook, ProviderError, ProviderErrorKind, ReadReport, Rights,
    Source, TargetState,
};

/// What makes an account.
pub struct SpecConfig {
    /// Whose meters they are.
    pub account: AccountId,
    /// How they are read.
    pub spec: Arc<Spec>,
    /// What a person gave besides secrets.
    pub params: BTreeMap<String, String>,
    /// The secrets by parameter.
    pub secrets: BTreeMap<String, SecretString>,
    /// One base in place of scheme and host of every request, for simulators and gateways.
    pub endpoint: Option<Url>,
}

/// Why an account cannot be made; names the field, never a value.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct SetupError(pub String);

/// One account that is read by a spec.
pub struct SpecSource {
    account: AccountId,
    spec: Arc<Spec>,
    params: BTreeMap<String, String>,
    secrets: BTreeMap<String, SecretString>,
    endpoint: Option<Url>,
    egress: Arc<Egress>,
    lane: Lane,
    tokens: TokenCache,
    skew: Skew,
    /// Held while asking, so that two callers ask once.
    last: Mutex<Option<Last>>,
}

/// What the last look brought, and until when nothing is asked again.
struct Last {
    until: Mono,
    report: Result<ReadReport, ProviderError>,
}

impl SpecSource {
    /// An account of `config`; an error names the parameter or secret that is missing or cannot be used.
    pub fn new(config: SpecConfig, egress: Arc<Egress>) -> Result<Self, SetupError> {
        let spec = config.spec;
        let params = spec.settle(&config.params).map_err(|faults| {
            let told: Vec<String> = faults.iter().map(|fault| fault.render(Lang::En)).collect();
            SetupError(told.join("; "))
        })?;
        check_pin(&spec, &config.params)?;
        let mut secrets = BTreeMap::new();
        for param in spec.secret_params() {
            if let Some(secret) = usable(param, config.secrets.get(&param.key))? {
                secrets.insert(param.key.clone(), secret);
            }
        }
        Ok(Self {
            account: config.account,
            params,
            secrets,
            endpoint: config.endpoint,
            egress,
            lane: Lane::default(),
            tokens: TokenCache::default(),
            skew: Skew::default(),
            last: Mutex::default(),
            spec,
        })
    }

    async fn look(&self) -> Result<ReadReport, ProviderError> {
        let mut last = self.last.lock().await;
        let now = self.egress.timer().now().mono;
        if let Some(last) = last.as_ref().filter(|last| now < last.until) {
            return last.report.clone();
        }
        let report = self.ask_all().await;
        *last = Some(Last {
            until: now.plus(self.rest_after(&report)),
            report: report.clone(),
        });
        report
    }

    /// A request that failed without an answer may be made again earlier, unless asking costs money.
    fn rest_after(&self, report: &Result<ReadReport, ProviderError>) -> Duration {
        match report {
            Err(_) if !self.spec.costs_money() => Duration::ZERO,
            _ => self.spec.min_interval,
        }
    }

    async fn ask_all(&self) -> Result<ReadReport, ProviderError> {
        let begun = self.egress.timer().now().wall;
        let mut heard: Vec<Heard> = Vec::new();
        for index in 0..self.spec.requests.len() {
            let refused = heard.iter().find(|heard| is_refused_key(heard)).cloned();
            heard.push(match refused {
                Some(refused) => refused,
                None => self.hear(index).await,
            });
        }
        self.usable(&heard)?;
        let at = self.egress.timer().now().wall;
        let found = self
            .spec
            .evaluate(&Bodies(heard), &self.params, at)
            .map_err(|blind| self.blind(&blind))?;
        if found.is_empty() {
            let detail = "the account has nothing that could be watched";
            return Err(self.blind(&Blind::new(Reason::Missing, detail)));
        }
        let found = found.into_iter().map(|found| within_one_window(found, begun));
        let meters = found.map(|found| self.meter(found)).collect();
        Ok(ReadReport::new(meters, at))
    }

    /// A failed request that is not optional fails the look, and so does having no answer at all.
    fn usable(&self, heard: &[Heard]) -> Result<(), ProviderError> {
        let failed = |heard: &Heard| match heard {
            Heard::Failed(error) => Some(error.clone()),
            Heard::Answer { .. } | Heard::Absent => None,
        };
        let needed = self
            .spec
            .requests
            .iter()
            .zip(heard)
            .filter(|(ask, _)| !ask.optional);
        if let Some(error) = needed.filter_map(|(_, heard)| failed(heard)).next() {
            return Err(error);
        }
        let answered = heard.iter().any(|heard| matches!(heard, Heard::Answer { .. }));
        match heard.iter().find_map(failed) {
            Some(error) if !answered => Err(error),
            _ => Ok(()),
        }
    }

    fn blind(&self, blind: &Blind) -> ProviderError {
        let detail = format!("{}: {}", self.spec.id, blind.detail);
        ProviderError {
            kind: ProviderErrorKind::Blind(blind.reason),
            detail: Blind::new(blind.reason, detail).detail,
            retry_after: None,
        }
    }

    fn meter(&self, found: Found) -> MeterLook {
        MeterLook {
            info: MeterInfo {
                account: self.account.clone(),
                id: found.id,
                kind: found.kind,
                name: found.name,
                byte_base: ByteBase::Decimal,
                targets: Vec::new(),
            },
            outcome: found.outcome,
            fast: None,
        }
    }

    /// Whether a text holds a secret of this account.
    fn holds_secret(&self, text: &str) -> bool {
        let mut secrets = self.secrets.values().map(ExposeSecret::expose_secret);
        secrets.any(|secret| !secret.is_empty() && text.contains(secret))
    }
}

/// A month or day that turned while it was asked about: which of the two the amount belongs to is not known.
fn within_one_window(found: Found, begun: Time) -> Found {
    let window = found.outcome.reading().and_then(Reading::window);
    let turned = window.is_some_and(|window| {
        matches!(
            window.kind,
            WindowKind::Day | WindowKind::Month | WindowKind::Year
        ) && window.start > begun
    });
    if !turned {
        return found;
    }
    let detail = format!("{}: its window began while it was asked for", found.id);
    Found {
        outcome: Outcome::Blind(Blind::new(Reason::Transient, detail)),
        ..found
    }
}

fn is_refused_key(heard: &Heard) -> bool {
    matches!(heard, Heard::Failed(error) if error.kind == ProviderErrorKind::Blind(Reason::Auth))
}

/// A key goes only to the hosts that its account was saved for: a changed file must not send it elsewhere by itself.
fn check_pin(spec: &Spec, given: &BTreeMap<String, String>) -> Result<(), SetupError> {
    match given.get(PINNED_HOSTS) {
        Some(pinned) if *pinned != spec.pin() => {
            let now = spec.pin();
            Err(SetupError(format!(
                "the spec {} asks {now} now, the account was saved for {pinned}: save the account again to agree",
                spec.id
            )))
        }
        _ => Ok(()),
    }
}

/// A secret as it can be sent: without the line break that copying leaves behind, and in visible characters.
fn usable(param: &Param, secret: Option<&SecretString>) -> Result<Option<SecretString>, SetupError> {
    let text = secret.map_or("", |secret| secret.expose_secret().trim());
    if text.is_empty() && param.required {
        return Err(SetupError(format!("secret.{}: is missing", param.key)));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        let allowed = "only visible ASCII characters can be sent";
        return Err(SetupError(format!("secret.{}: {allowed}", param.key)));
    }
    Ok((!text.is_empty()).then(|| SecretString::from(text.to_owned())))
}

#[async_trait]
impl Source for SpecSource {
    async fn check(&self) -> Result<AccountCheck, ProviderError> {
        self.look().await?;
        Ok(AccountCheck {
            owner: self.spec.name.both(),
            regions: Vec::new(),
            site: None,
        })
    }

    /// Nothing is asked: there are no targets, and the meters are those of the last look.
    async fn discover(&self, _force: bool) -> Result<Discovery, ProviderError> {
        let last = self.last.lock().await;
        let known = last.as_ref().and_then(|last| last.report.as_ref().ok());
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

    fn clock_ahead_ms(&self) -> Option<i64> {
        self.skew.learned()
    }

    /// Held on to while the least interval lasts. What was blind is asked anew, unless asking costs money.
    async fn recall(&self, last: ReadReport) {
        let is_known = last.meters.iter().all(|look| look.outcome.reading().is_some());
        let now = self.egress.timer().now();
        let rest = self.spec.min_interval.saturating_sub(now.wall.since(last.at));
        if rest.is_zero() || last.meters.is_empty() || !(is_known || self.spec.costs_money()) {
            return;
        }
        self.last.lock().await.get_or_insert(Last {
            until: now.mono.plus(rest),
            report: Ok(last),
        });
    }
}

/// The control of an account that has nothing to act on.
pub struct NothingToControl;

fn nothing() -> ProviderError {
    ProviderError {
        kind: ProviderErrorKind::Gone,
        detail: "this account has nothing that could be stopped".to_owned(),
        retry_after: None,
    }
}

#[async_trait]
impl Control for NothingToControl {
    async fn state(&self, _target: &Target) -> Result<TargetState, ProviderError> {
        Err(nothing())
    }

    async fn act(&self, _permit: Permit) -> Result<Receipt, ProviderError> {
        Err(nothing())
    }

    async fn progress(&self, _target: &Target, _receipt: &Receipt) -> Result<Option<bool>, ProviderError> {
        Ok(None)
    }

    async fn rights(&self) -> Rights {
        Rights { can_act: false }
    }
}
