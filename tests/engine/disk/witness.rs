//! Who looks into the file while the guard works: what leaves or is told must stand there at that moment. Reads by a
//! door of its own, past the disk that fails.

use std::path::Path;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt as _;
use tidegate_channels::{Delivery, Message};
use tidegate_disk::Disk;
use tidegate_engine::Event;
use tidegate_guard::IntentState;
use tidegate_meter::{RowId, Time};
use tidegate_store::{DeliveryFilter, DeliveryState, IntentFilter, OpenOptions, Store, StoreError};

/// What one looker saw go wrong, and the eyes to see it with.
#[derive(Clone)]
pub(crate) struct Witness {
    disk: Disk,
    store: Arc<Mutex<Option<Store>>>,
    breaches: Arc<Mutex<Vec<String>>>,
}

impl Witness {
    pub(crate) fn new(disk: &Disk) -> Self {
        Self {
            disk: disk.clone(),
            store: Arc::default(),
            breaches: Arc::default(),
        }
    }

    /// Begins to look. After the guard: it is the guard that must find the file as a dead one left it.
    pub(crate) fn open(&self, path: &Path, now: Time) {
        let store = Store::open(OpenOptions::file(path, now, "witness").inline()).unwrap();
        *self.store.lock().unwrap() = Some(store);
    }

    /// Looks no more.
    pub(crate) fn close(&self) {
        self.store.lock().unwrap().take();
    }

    pub(crate) fn breaches(&self) -> Vec<String> {
        self.breaches.lock().unwrap().clone()
    }

    fn breach(&self, said: String) {
        self.breaches.lock().unwrap().push(said);
    }

    /// Asks the file; the work is done when the call returns, so there is nothing to wait for.
    fn ask<T, F: Future<Output = Result<T, StoreError>>>(
        &self,
        question: impl FnOnce(Store) -> F,
    ) -> Option<T> {
        let store = self.store.lock().unwrap().clone()?;
        Some(question(store).now_or_never().unwrap().unwrap())
    }

    /// A request that changes something leaves; a dead process reaches nobody.
    pub(crate) fn at_act(&self) -> bool {
        if self.disk.is_dead() {
            return false;
        }
        let stored = self.ask(|store| async move { store.intents(IntentFilter::Open).await });
        let sent = |rows: &[tidegate_store::IntentRow]| rows.iter().any(|row| row.state == IntentState::Sent);
        if !stored.is_some_and(|rows| sent(&rows)) {
            self.breach("a request left without its record".to_owned());
        }
        if self.disk.is_failing() {
            self.breach("a request left while the disk fails".to_owned());
        }
        true
    }

    /// A message leaves; a dead process reaches nobody.
    pub(crate) fn at_send(&self, delivery: &Delivery) -> bool {
        if self.disk.is_dead() {
            return false;
        }
        if is_unwritable(&delivery.message) {
            return true;
        }
        let (id, message) = (delivery.id, format!("{:?}", delivery.message));
        let rows = self.ask(|store| async move { store.deliveries(DeliveryFilter::One(id)).await });
        let sending = |rows: Vec<tidegate_store::DeliveryRow>| {
            rows.iter().any(|row| row.state == DeliveryState::Sending)
        };
        if !rows.is_some_and(sending) {
            self.breach(format!("told without its record: {message}"));
        }
        true
    }

    /// An event is told.
    pub(crate) fn at_event(&self, event: &Event) {
        if self.disk.is_dead() || self.store.lock().unwrap().is_none() {
            return;
        }
        let stored = match event {
            Event::Step { alert, .. } | Event::Blind { alert, .. } => self.has_alert(*alert),
            Event::Planned { intent, .. } => self.has_moved(*intent, IntentState::Planned),
            Event::Rechecked { intent, .. } => self.has_moved(*intent, IntentState::Rechecked),
            Event::Sent { intent, .. } => self.has_moved(*intent, IntentState::Sent),
            Event::Accepted { intent, .. } => self.has_moved(*intent, IntentState::Accepted),
            Event::Verifying { intent, .. } => self.has_moved(*intent, IntentState::Verifying),
            Event::Verified { intent, .. } => self.has_moved(*intent, IntentState::Verified),
            Event::Failed { intent, .. } => self.has_moved(*intent, IntentState::Failed),
            Event::Unknown { intent, .. } => self.has_moved(*intent, IntentState::Unknown),
            Event::Delivery { delivery, .. } | Event::Undelivered { delivery, .. } => {
                self.delivery(*delivery).is_some()
            }
            Event::Delivered { delivery, .. } => self.delivery(*delivery) == Some(DeliveryState::Delivered),
            _ => true,
        };
        if !stored {
            self.breach(format!("an event without its record: {event:?}"));
        }
    }

    fn has_alert(&self, id: RowId) -> bool {
        let found = self.ask(|store| async move { store.alert(id).await });
        found.flatten().is_some()
    }

    fn has_moved(&self, id: RowId, state: IntentState) -> bool {
        let moves = self.ask(|store| async move { store.intent_events(id).await });
        moves.is_some_and(|moves| moves.iter().any(|step| step.to == state))
    }

    fn delivery(&self, id: RowId) -> Option<DeliveryState> {
        let rows = self.ask(|store| async move { store.deliveries(DeliveryFilter::One(id)).await });
        rows?.first().map(|row| row.state)
    }
}

/// The one message that goes past the outbox.
pub(crate) fn is_unwritable(message: &Message) -> bool {
    matches!(message, Message::Program { condition, .. } if condition == "store_unwritable")
}
