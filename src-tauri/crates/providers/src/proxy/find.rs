//! Which controller answers: the one that is told, or the first at the known places. Owns what is remembered of it until
//! it is lost. A secret is shown only to what already answered as a kernel does.

use std::sync::{Arc, Mutex, PoisonError};

use secrecy::SecretString;
use tidegate_egress::Timer;

use super::client::{Client, transient};
use super::dialect::Dialect;
use super::{Controller, KernelConfig, Place, Reach, limits};
use crate::ProviderError;

/// The way to the controller of an account.
pub(super) struct Finder {
    config: KernelConfig,
    reach: Arc<dyn Reach>,
    timer: Arc<dyn Timer>,
    found: Mutex<Option<Place>>,
}

impl Finder {
    pub(super) fn new(config: KernelConfig, reach: Arc<dyn Reach>, timer: Arc<dyn Timer>) -> Self {
        Self {
            config,
            reach,
            timer,
            found: Mutex::default(),
        }
    }

    pub(super) const fn config(&self) -> &KernelConfig {
        &self.config
    }

    pub(super) const fn timer(&self) -> &Arc<dyn Timer> {
        &self.timer
    }

    /// The controller to ask now.
    pub(super) async fn client(&self) -> Result<Client, ProviderError> {
        match &self.config.controller {
            Controller::At(place) => Ok(self.at(place.clone(), self.config.secret.clone())),
            Controller::Auto => self.find().await,
        }
    }

    /// Forgets what was found: it is looked for anew.
    pub(super) fn lose(&self) {
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    async fn find(&self) -> Result<Client, ProviderError> {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(place) = found {
            return Ok(self.at(place, self.config.secret.clone()));
        }
        let mut nothing = transient("no kernel answers at any of the known places: name its controller");
        for place in self.reach.known().await {
            match self.answers(&place).await {
                Ok(()) => {
                    let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
                    *found = Some(place.clone());
                    return Ok(self.at(place, self.config.secret.clone()));
                }
                Err(Some(refused)) => nothing = refused,
                Err(None) => {}
            }
        }
        Err(nothing)
    }

    /// Whether a kernel answers at a place; with an error when one does and refuses the secret. Any program may sit at a
    /// well-known port, so it is asked without the secret first.
    async fn answers(&self, place: &Place) -> Result<(), Option<ProviderError>> {
        let open = self.at(place.clone(), None);
        let answer = open.probe("/version", limits::PROBE).await.map_err(|_| None)?;
        let Some(refused) = answer.refusal() else {
            return Dialect::read(&answer.body).map(drop).map_err(|_| None);
        };
        let says = String::from_utf8_lossy(&answer.body).to_ascii_lowercase();
        if answer.status.as_u16() != 401 || !says.contains("unauthorized") {
            return Err(None);
        }
        if self.config.secret.is_none() {
            return Err(Some(refused));
        }
        let shown = self.at(place.clone(), self.config.secret.clone());
        let answer = shown.probe("/version", limits::PROBE).await.map_err(|_| None)?;
        answer.refusal().map_or(Ok(()), |refused| Err(Some(refused)))
    }

    fn at(&self, place: Place, secret: Option<SecretString>) -> Client {
        Client {
            place,
            secret,
            trust: self.config.trust.clone(),
            reach: Arc::clone(&self.reach),
            timer: Arc::clone(&self.timer),
        }
    }
}
