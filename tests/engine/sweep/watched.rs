//! The wire as a witness sees it: at the moment of each request that changes something, is its intent on the disk? Owns
//! the faults that a test plants to see the checks fail.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use tidegate_channels::{Channel, Delivered, Delivery, DeliveryError, Pace};
use tidegate_guard::{ActionKind, Hatch, IntentState, Permit, Piece, Receipt};
use tidegate_meter::{Currency, Month, Quantity, Target, TargetId, Time};
use tidegate_providers::sub_accounts::{
    NewKey, NewSubAccount, Policy, PolicyChange, Project, ProjectInfo, Reach, SubAccount, SubAccountDetail,
    SubAccounts, Survey,
};
use tidegate_providers::{Control, ProviderError, Rights, TargetState};
use tidegate_store::{IntentFilter, Store};

/// A defect that a test plants, to see it found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Planted {
    /// The request leaves while the state of its target is read: before its row is written.
    EarlyRequest,
    /// A repeat is not marked.
    Unmarked,
    /// A message is taken and shown to nobody.
    Swallowed,
    /// Each message arrives twice.
    Twice,
}

/// One request that changes something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Asked {
    pub(crate) what: String,
    /// Its intent stood in the file as sent when it left.
    pub(crate) durable: bool,
}

/// Everything that left, over all lives.
#[derive(Default)]
pub(crate) struct Wire {
    pub(crate) asked: Mutex<Vec<Asked>>,
    pub(crate) planted: Mutex<Option<Planted>>,
}

impl Wire {
    fn has(&self, planted: Planted) -> bool {
        *self.planted.lock().unwrap() == Some(planted)
    }

    pub(crate) fn channel(self: &Arc<Self>, inner: Arc<dyn Channel>) -> Arc<dyn Channel> {
        Arc::new(WatchedChannel {
            inner,
            wire: Arc::clone(self),
        })
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// How often each thing was asked for.
    pub(crate) fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for asked in self.asked.lock().unwrap().iter() {
            *counts.entry(asked.what.clone()).or_default() += 1;
        }
        counts
    }
}

/// A provider whose requests are witnessed.
pub(crate) struct Watched<T> {
    pub(crate) inner: Arc<T>,
    pub(crate) store: Store,
    pub(crate) wire: Arc<Wire>,
}

impl<T> Watched<T> {
    /// The store's readers see what is committed and nothing else.
    async fn witness(&self, target: &TargetId, action: ActionKind, what: String) {
        let open = self.store.intents(IntentFilter::Open).await.unwrap();
        let durable = open
            .iter()
            .any(|row| row.target.id == *target && row.action == action && row.state == IntentState::Sent);
        self.wire.asked.lock().unwrap().push(Asked { what, durable });
    }
}

#[async_trait]
impl<T: Control> Control for Watched<T> {
    async fn state(&self, target: &Target) -> Result<TargetState, ProviderError> {
        let open = self.store.intents(IntentFilter::Open).await.unwrap();
        let planned = open.iter().find(|row| row.state == IntentState::Planned);
        if let (Some(row), true) = (planned, self.wire.has(Planted::EarlyRequest)) {
            let what = format!("{:?} {}", row.action, row.target.id);
            self.witness(&row.target.id, row.action, what).await;
        }
        self.inner.state(target).await
    }

    async fn act(&self, permit: Permit) -> Result<Receipt, ProviderError> {
        let what = format!("{:?} {}", permit.action(), permit.target().id);
        self.witness(&permit.target().id, permit.action(), what).await;
        self.inner.act(permit).await
    }

    async fn progress(&self, target: &Target, receipt: &Receipt) -> Result<Option<bool>, ProviderError> {
        self.inner.progress(target, receipt).await
    }

    async fn rights(&self) -> Rights {
        self.inner.rights().await
    }
}

#[async_trait]
impl<T: SubAccounts> SubAccounts for Watched<T> {
    async fn detail(&self, user: &TargetId) -> Result<SubAccountDetail, ProviderError> {
        self.inner.detail(user).await
    }

    async fn month(&self, month: Month) -> Result<BTreeMap<(Project, Currency), Quantity>, ProviderError> {
        self.inner.month(month).await
    }

    async fn projects(&self) -> Result<Vec<ProjectInfo>, ProviderError> {
        self.inner.projects().await
    }

    async fn policies(&self) -> Result<Vec<Policy>, ProviderError> {
        self.inner.policies().await
    }

    async fn create(&self, new: &NewSubAccount) -> Result<SubAccount, ProviderError> {
        self.inner.create(new).await
    }

    async fn create_key(&self, user: &TargetId) -> Result<NewKey, ProviderError> {
        self.inner.create_key(user).await
    }

    async fn attach(&self, user: &TargetId, change: &PolicyChange) -> Result<(), ProviderError> {
        self.inner.attach(user, change).await
    }

    async fn detach(&self, user: &TargetId, change: &PolicyChange) -> Result<(), ProviderError> {
        self.inner.detach(user, change).await
    }

    async fn survey(&self, target: &Target, reach: &Reach) -> Result<Survey, ProviderError> {
        self.inner.survey(target, reach).await
    }

    async fn set(&self, permit: &Permit, piece: &Piece, to: Hatch) -> Result<(), ProviderError> {
        let what = format!("{to:?} {piece:?} of {}", permit.target().id);
        self.witness(&permit.target().id, permit.action(), what).await;
        self.inner.set(permit, piece, to).await
    }
}

/// A channel in which a fault may be planted.
struct WatchedChannel {
    inner: Arc<dyn Channel>,
    wire: Arc<Wire>,
}

#[async_trait]
impl Channel for WatchedChannel {
    fn kind(&self) -> &'static str {
        self.inner.kind()
    }

    fn earliest(&self, pace: &Pace, now: Time) -> Time {
        self.inner.earliest(pace, now)
    }

    async fn deliver(&self, delivery: &Delivery) -> Result<Delivered, DeliveryError> {
        if self.wire.has(Planted::Unmarked) {
            let unmarked = Delivery {
                repeat: false,
                ..delivery.clone()
            };
            return self.inner.deliver(&unmarked).await;
        }
        if self.wire.has(Planted::Twice) {
            self.inner.deliver(delivery).await?;
        }
        if self.wire.has(Planted::Swallowed) {
            return Ok(Delivered {
                at: delivery.decided_at,
                word: "success".to_owned(),
                sends: 1,
            });
        }
        self.inner.deliver(delivery).await
    }
}
