//! The OS keychain: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.
//!
//! Owns one thread on which every call is made, because a locked keychain with a display holds its caller until a
//! person answers the dialog, without end. The caller waits a bounded time and then hears `Locked`; while a call hangs
//! no second one is begun, since the platform's client lets only one in anyway. A connection that failed is made anew
//! with the next call, so that a keychain which is unlocked, started or replaced is found without a restart.
//! Never runs on a caller's thread. Tested against a real Secret Service in `tests/keychain.rs`.

mod fault;
mod items;
mod store;
mod worker;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{Mutex, oneshot};

use self::items::{Answer, Op};
use self::worker::{Reply, Worker};
use crate::{Fields, Vault, VaultError, item, limits};

/// The OS keychain.
pub struct Keychain {
    service: String,
    patience: Duration,
    line: Mutex<Line>,
    opener: store::Opener,
}

/// The way to the thread, and the call that has not come back yet.
#[derive(Default)]
struct Line {
    worker: Option<Worker>,
    pending: Option<oneshot::Receiver<Reply>>,
}

impl Keychain {
    /// Items stand under `service`. Nothing is asked of the keychain yet. A call waits at most
    /// [`limits::PATIENCE`].
    #[must_use]
    pub fn new(service: &str) -> Self {
        Self::with_opener(service, limits::PATIENCE, store::native())
    }

    fn with_opener(service: &str, patience: Duration, opener: store::Opener) -> Self {
        Self {
            service: service.to_owned(),
            patience,
            line: Mutex::default(),
            opener,
        }
    }

    /// The same with another patience.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Makes one call. The receiver stays in the line while it waits: when the caller gives up, or is dropped, the
    /// next one sees that the thread is still held.
    async fn call(&self, op: Op) -> Result<Answer, VaultError> {
        let mut line = self.line.lock().await;
        if let Some(pending) = &mut line.pending {
            if matches!(pending.try_recv(), Err(oneshot::error::TryRecvError::Empty)) {
                return Err(VaultError::Locked);
            }
            line.pending = None;
        }
        let receiver = self.begin(&mut line, op)?;
        let receiver = line.pending.insert(receiver);
        let Ok(reply) = tokio::time::timeout(self.patience, receiver).await else {
            return Err(VaultError::Locked);
        };
        line.pending = None;
        reply.unwrap_or_else(|_| {
            line.worker = None;
            Err(VaultError::Failed(
                "its client library fell over; it is started anew".to_owned(),
            ))
        })
    }

    fn begin(&self, line: &mut Line, op: Op) -> Result<oneshot::Receiver<Reply>, VaultError> {
        let worker = match line.worker.take() {
            Some(worker) if worker.is_alive() => worker,
            _ => Worker::start(self.service.clone(), self.opener.clone())?,
        };
        let receiver = worker.send(op);
        line.worker = Some(worker);
        receiver
    }
}

impl fmt::Debug for Keychain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keychain")
            .field("service", &self.service)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

const MIXED_UP: &str = "its answer belongs to another question";

#[async_trait]
impl Vault for Keychain {
    async fn get(&self, item: &str) -> Result<Option<Fields>, VaultError> {
        item::check_name(item)?;
        match self.call(Op::Get(item.to_owned())).await? {
            Answer::Item(text) => text.map(|text| item::decode(&text)).transpose(),
            _ => Err(VaultError::Failed(MIXED_UP.to_owned())),
        }
    }

    async fn set(&self, item: &str, fields: Fields) -> Result<(), VaultError> {
        item::check_name(item)?;
        self.call(Op::Set(item.to_owned(), item::encode(&fields)?))
            .await
            .map(drop)
    }

    async fn delete(&self, item: &str) -> Result<bool, VaultError> {
        item::check_name(item)?;
        match self.call(Op::Delete(item.to_owned())).await? {
            Answer::Deleted(was_there) => Ok(was_there),
            _ => Err(VaultError::Failed(MIXED_UP.to_owned())),
        }
    }

    async fn list(&self) -> Result<Vec<String>, VaultError> {
        match self.call(Op::List).await? {
            Answer::Names(names) => Ok(names),
            _ => Err(VaultError::Failed(MIXED_UP.to_owned())),
        }
    }

    fn name(&self) -> &'static str {
        "keychain"
    }
}

#[cfg(test)]
mod tests;
