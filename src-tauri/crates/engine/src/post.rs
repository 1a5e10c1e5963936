//! A channel at run time: its configuration, its adapter, and its pace. Owns when the adapter is made and dropped.

use std::sync::{Arc, Mutex};

use tidegate_channels::{Channel, Pace};
use tidegate_meter::{Blind, Mono, Reason, Time};

use crate::config::ChannelConfig;
use crate::inner::{Inner, lock};
use crate::secrets;
use crate::view::ChannelHealth;

/// One channel at run time.
pub(crate) struct Post {
    pub(crate) config: ChannelConfig,
    link: tokio::sync::Mutex<Option<Arc<dyn Channel>>>,
    pace: Mutex<Pace>,
    /// One message at a time.
    pub(crate) sending: Arc<tokio::sync::Mutex<()>>,
    /// Not before this monotonic instant, whatever the wall says.
    rest: Mutex<Mono>,
    health: Mutex<ChannelHealth>,
}

impl Post {
    pub(crate) fn new(config: ChannelConfig, pace: Pace) -> Self {
        Self {
            config,
            link: tokio::sync::Mutex::new(None),
            pace: Mutex::new(pace),
            sending: Arc::default(),
            rest: Mutex::new(Mono(0)),
            health: Mutex::default(),
        }
    }

    /// With what the platform said before.
    pub(crate) fn with_health(self, health: ChannelHealth) -> Self {
        *lock(&self.health) = health;
        self
    }

    pub(crate) fn health(&self) -> ChannelHealth {
        lock(&self.health).clone()
    }

    /// Notes what the platform said to one message; returns what is known now.
    pub(crate) fn note(&self, at: Time, error: Option<&str>) -> ChannelHealth {
        let mut health = lock(&self.health);
        match error {
            None => {
                health.last_success = Some(at);
                health.last_error = None;
            }
            Some(detail) => health.last_error = Some((at, detail.to_owned())),
        }
        health.clone()
    }

    /// The adapter, made when first needed.
    pub(crate) async fn channel(&self, inner: &Inner) -> Result<Arc<dyn Channel>, Blind> {
        let mut link = self.link.lock().await;
        if let Some(link) = link.as_ref() {
            return Ok(Arc::clone(link));
        }
        let fields = secrets::resolve(inner, &self.config.secrets).await?;
        let made = inner
            .outside
            .channel(&self.config, fields)
            .map_err(|error| Blind::new(Reason::Shape, error.0))?;
        *link = Some(Arc::clone(&made));
        Ok(made)
    }

    /// Forgets the adapter: its secret has changed.
    pub(crate) async fn forget(&self) {
        *self.link.lock().await = None;
        self.set_rest(Mono(0));
    }

    pub(crate) fn pace(&self) -> Pace {
        lock(&self.pace).clone()
    }

    pub(crate) fn set_pace(&self, pace: Pace) {
        *lock(&self.pace) = pace;
    }

    pub(crate) fn rest(&self) -> Mono {
        *lock(&self.rest)
    }

    pub(crate) fn set_rest(&self, until: Mono) {
        *lock(&self.rest) = until;
    }
}
