//! The connection to the guard: kept, and made again when it broke. Owns what the page is told about it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tauri::{AppHandle, Emitter as _};
use tidegate_api::words::{SystemTimer, Timer as _};
use tidegate_api::{ApiError, ErrorCode, Face as _, Request};
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

/// Whether anybody can see the page, and what it was not woken for meanwhile.
#[derive(Default)]
struct Sight {
    hidden: bool,
    missed: u64,
}

/// The window's one connection.
#[derive(Clone)]
pub(crate) struct Connection {
    sight: Arc<Mutex<Sight>>,
    place: Place,
    client: Arc<RwLock<Option<Arc<Client>>>>,
    /// Why the last try to reach it failed, such as that it is of another version.
    fault: Arc<RwLock<Option<String>>>,
}

impl Connection {
    pub(crate) fn new(place: Place) -> Self {
        Self {
            sight: Arc::default(),
            place,
            client: Arc::default(),
            fault: Arc::default(),
        }
    }

    /// Connects, tells every change to the page, and connects again, for as long as the window lives: until it is closed,
    /// or the guard says that it ends.
    pub(crate) fn keep(self, app: AppHandle) {
        tauri::async_runtime::spawn(async move {
            loop {
                match Client::connect(&self.place, "window").await {
                    Ok(client) => {
                        let client = Arc::new(client);
                        self.follow(&app, Arc::clone(&client)).await;
                        if client.has_ended() {
                            return app.exit(0);
                        }
                        let _ = app.emit("link", Link::Disconnected);
                    }
                    Err(error) => *self.fault.write().await = Some(error.to_string()),
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
                Ok(_) if self.passes_over() => {}
                Ok(batch) => drop(app.emit("changes", &*batch)),
                Err(RecvError::Lagged(missed)) => drop(app.emit("link", Link::Missed { missed })),
                Err(RecvError::Closed) => break,
            }
        }
        *self.client.write().await = None;
    }

    /// A page that nobody sees is not woken; it reads anew when it is seen again.
    fn passes_over(&self) -> bool {
        let mut sight = self.sight.lock().unwrap_or_else(PoisonError::into_inner);
        sight.missed += u64::from(sight.hidden);
        sight.hidden
    }

    /// The page is seen again, or not any more.
    pub(crate) fn seen(&self, app: &AppHandle, seen: bool) {
        let mut sight = self.sight.lock().unwrap_or_else(PoisonError::into_inner);
        sight.hidden = !seen;
        if seen && sight.missed > 0 {
            let missed = std::mem::take(&mut sight.missed);
            let _ = app.emit("link", Link::Missed { missed });
        }
    }

    /// Whether the guard answers now.
    pub(crate) async fn state(&self) -> Link {
        match *self.client.read().await {
            Some(_) => Link::Connected,
            None => Link::Disconnected,
        }
    }

    /// Asks the guard; the page understands the answer's text itself. Errors: `link` while it does not answer, and
    /// whatever it refuses.
    pub(crate) async fn ask(&self, request: &Request) -> Result<String, ApiError> {
        let client = self.client.read().await.clone();
        let Some(client) = client else {
            let fault = self.fault.read().await.clone();
            let fault = fault.unwrap_or_else(|| "the guard does not answer".to_owned());
            return Err(ApiError::new(ErrorCode::Link, fault));
        };
        client.ask(request).await.map(|answer| answer.get().to_owned())
    }
}
