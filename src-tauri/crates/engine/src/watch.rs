//! An account at run time: its configuration, its adapters, its memory. Owns when adapters are made and dropped, and
//! the pause a refused key asks for. Secrets are resolved here and handed on; they are not kept.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tidegate_meter::{Blind, Mono, Reason};
use tidegate_providers::ReadReport;

use crate::config::AccountConfig;
use crate::inner::Inner;
use crate::memory::AccountMemory;
use crate::outside::Links;
use crate::secrets;

/// One account at run time.
pub(crate) struct Watch {
    config: RwLock<Arc<AccountConfig>>,
    /// Counts up with each change of the configuration: a look that began before it is thrown away.
    generation: AtomicU64,
    /// Counts up whenever the adapters are to be made anew: who follows one for long asks for the new one then.
    making: AtomicU64,
    links: tokio::sync::Mutex<Option<Links>>,
    /// What an earlier process was told last, until the first adapters of this one have taken it on.
    recalled: Mutex<Option<ReadReport>>,
    /// One look at a time, so that a command and the schedule do not ask twice at once.
    pub(crate) looking: tokio::sync::Mutex<()>,
    /// Held only to judge and commit, never while the outside is asked.
    pub(crate) memory: Arc<tokio::sync::Mutex<AccountMemory>>,
    rest: Mutex<Option<(Mono, Blind)>>,
    /// Looks in a row that could not be recorded.
    pub(crate) unrecorded: AtomicU32,
}

impl Watch {
    pub(crate) fn new(config: AccountConfig, memory: AccountMemory) -> Self {
        Self {
            config: RwLock::new(Arc::new(config)),
            generation: AtomicU64::new(0),
            making: AtomicU64::new(0),
            links: tokio::sync::Mutex::new(None),
            recalled: Mutex::new(None),
            looking: tokio::sync::Mutex::new(()),
            memory: Arc::new(tokio::sync::Mutex::new(memory)),
            rest: Mutex::new(None),
            unrecorded: AtomicU32::new(0),
        }
    }

    /// With what an earlier process was told last.
    pub(crate) fn recalling(self, last: Option<ReadReport>) -> Self {
        Self {
            recalled: Mutex::new(last),
            ..self
        }
    }

    fn take_recalled(&self) -> Option<ReadReport> {
        self.recalled
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    pub(crate) fn config(&self) -> Arc<AccountConfig> {
        Arc::clone(&self.config.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Takes on a changed configuration: adapters are made anew, a look under way is thrown away.
    pub(crate) async fn reconfigure(&self, config: AccountConfig) {
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(config);
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.forget_links().await;
        // Another key, or another place: what was told before says nothing of it.
        drop(self.take_recalled());
        self.set_rest(None);
    }

    /// Marks a removed account, so that a look under way is thrown away.
    pub(crate) fn retire(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// The adapters, made when first needed. A locked vault is asked again at the next call.
    pub(crate) async fn links(&self, inner: &Inner) -> Result<Links, Blind> {
        let mut links = self.links.lock().await;
        if let Some(links) = links.as_ref() {
            return Ok(links.clone());
        }
        let config = self.config();
        let resolved = secrets::of_account(inner, &config).await?;
        let made = inner
            .outside
            .account(&config, resolved)
            .map_err(|error| Blind::new(Reason::Shape, error.0))?;
        if let Some(last) = self.take_recalled() {
            made.source.recall(last).await;
        }
        *links = Some(made.clone());
        Ok(made)
    }

    /// How far the provider's clock is ahead of ours, where the adapters had to learn it.
    pub(crate) async fn clock_ahead_ms(&self) -> Option<i64> {
        self.links.lock().await.as_ref()?.source.clock_ahead_ms()
    }

    /// Forgets the adapters: the key was refused, so the next look reads the secret anew.
    pub(crate) async fn forget_links(&self) {
        *self.links.lock().await = None;
        self.making.fetch_add(1, Ordering::AcqRel);
    }

    /// Which making of the adapters is the newest.
    pub(crate) fn making(&self) -> u64 {
        self.making.load(Ordering::Acquire)
    }

    /// The refusal that the account still rests from.
    pub(crate) fn resting(&self, now: Mono) -> Option<Blind> {
        let rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        rest.as_ref()
            .filter(|(until, _)| now < *until)
            .map(|(_, blind)| blind.clone())
    }

    /// How long the account still rests.
    pub(crate) fn rest_left(&self, now: Mono) -> Option<std::time::Duration> {
        let rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        rest.as_ref()
            .filter(|(until, _)| now < *until)
            .map(|(until, _)| until.since(now))
    }

    pub(crate) fn set_rest(&self, rest: Option<(Mono, Blind)>) {
        *self.rest.lock().unwrap_or_else(PoisonError::into_inner) = rest;
    }
}
