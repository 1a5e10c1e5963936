//! The connection to the guard: kept, and made again when it broke. Owns what the page is told about it.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tauri::{AppHandle, Emitter as _};
use tidegate_api::words::{SystemTimer, Timer as _};
use tidegate_api::{ApiError, ErrorCode, Face as _, Request, Response};
use tidegate_server::link::{Client, Place};
use tokio::sync::RwLock;
use tokio::sync::broadcast::error::RecvError;

/// Between two tries to reach a guard: a restart of it takes about a second.
const AGAIN: Duration = Duration::from_millis(500);

/// Whether the guard answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub(crate) enum Link {
    /// It does.
    Connected,
    /// It does not; it is tried again.
    Disconnected,
    /// So many batches of changes were missed: everything is to be read anew.
    Missed {
        /// How many.
        missed: u64,
    },
}

/// The window's one connection.
#[derive(Clone)]
pub(crate) struct Connection {
    place: Place,
    client: Arc<RwLock<Option<Arc<Client>>>>,
}

impl Connection {
    pub(crate) fn new(place: Place) -> Self {
        Self {
            place,
            client: Arc::default(),
        }
    }

    /// Connects, tells every change to the page, and connects again, for as long as the window lives.
    pub(crate) fn keep(self, app: AppHandle) {
        tauri::async_runtime::spawn(async move {
            loop {
                if let Ok(client) = Client::connect(&self.place, "window").await {
                    self.follow(&app, Arc::new(client)).await;
                    let _ = app.emit("link", Link::Disconnected);
                }
                SystemTimer::new().sleep(AGAIN).await;
            }
        });
    }

    async fn follow(&self, app: &AppHandle, client: Arc<Client>) {
        let mut changes = client.changes();
        *self.client.write().await = Some(client);
        let _ = app.emit("link", Link::Connected);
        loop {
            match changes.recv().await {
                Ok(batch) => drop(app.emit("changes", &*batch)),
                Err(RecvError::Lagged(missed)) => drop(app.emit("link", Link::Missed { missed })),
                Err(RecvError::Closed) => break,
            }
        }
        *self.client.write().await = None;
    }

    /// Whether the guard answers now.
    pub(crate) async fn state(&self) -> Link {
        match *self.client.read().await {
            Some(_) => Link::Connected,
            None => Link::Disconnected,
        }
    }

    /// Asks the guard. Errors: `link` while it does not answer, and whatever it refuses.
    pub(crate) async fn ask(&self, request: Request) -> Result<Response, ApiError> {
        let client = self.client.read().await.clone();
        let client = client.ok_or_else(|| ApiError::new(ErrorCode::Link, "the guard does not answer"))?;
        client.handle(request, "window").await
    }
}
