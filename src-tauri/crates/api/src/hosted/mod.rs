//! The program as a guard process carries it: an [`App`] that can be reopened, and the demonstration beside it.
//!
//! Owns what outlives one opened database: the stream of changes, the place where requests wait while a backup takes the
//! database's place, and the simulated program of the demonstration, whose answers are joined to the real ones and
//! marked. Desktop shell and `tidegated run` hold one and nothing else. Tested in `tests/hosted.rs`, `tests/demo.rs`.

mod glance;
mod join;
mod relay;
mod restore;
mod show;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use tidegate_egress::Timer;
use tidegate_meter::handover::{EnrolBody, Enrolled, HandIn};
use tokio::sync::{Mutex, RwLock};

use crate::app::App;
use crate::door::{Admitted, Door, Measured, Pulse, Taken};
use crate::face::{Changes, Face};
use crate::response::ConfigFileView;
use crate::{ApiError, AppOptions, ConfigRefusal, ErrorCode, Home, Request, Response};
use relay::Relay;
use show::Show;

/// The program, reopened when it must be.
pub struct Hosted {
    options: AppOptions,
    home: Home,
    timer: Arc<dyn Timer>,
    /// Empty only after a reopening that failed.
    app: RwLock<Option<Arc<App>>>,
    show: RwLock<Option<Arc<Show>>>,
    /// One restore or one change of the demonstration at a time.
    turning: Mutex<()>,
    running: AtomicBool,
    relay: Arc<Relay>,
}

impl Hosted {
    /// Opens the home, making it when it is not there. No loop runs yet. A demonstration that an earlier process left
    /// behind is gone: it ends with its process. Errors: `store`, `outside` (vault).
    pub async fn open(options: AppOptions) -> Result<Self, ApiError> {
        let home = Home::new(&options.home);
        let relay = Arc::new(Relay::default());
        let app = Arc::new(App::open(options.clone()).await?);
        show::sweep(&home).await;
        relay.follow(app.changes(), false);
        Ok(Self {
            home,
            timer: Arc::clone(&options.timer),
            options,
            app: RwLock::new(Some(app)),
            show: RwLock::new(None),
            turning: Mutex::new(()),
            running: AtomicBool::new(false),
            relay,
        })
    }

    /// Takes the lease and starts the loops. Errors: `not_holder`, `store`.
    pub async fn run(&self) -> Result<(), ApiError> {
        self.app().await?.run().await?;
        self.running.store(true, Ordering::Release);
        Ok(())
    }

    /// Ends the demonstration and the loops after the transaction in hand, and gives the lease back. Subscribers get
    /// what is left, then the end.
    pub async fn stop(&self) {
        let _one = self.turning.lock().await;
        self.running.store(false, Ordering::Release);
        self.end_show().await;
        if let Some(app) = self.app.read().await.clone() {
            app.stop().await;
        }
        self.relay.end().await;
    }

    /// The program that answers now; waits while it is being reopened. For what a host needs beyond requests. Errors:
    /// `store` when it could not be reopened.
    pub async fn app(&self) -> Result<Arc<App>, ApiError> {
        let app = self.app.read().await.clone();
        app.ok_or_else(|| {
            ApiError::new(
                ErrorCode::Store,
                "the database could not be opened again; restart Tidegate",
            )
        })
    }

    /// Nothing is configured yet.
    pub async fn is_unconfigured(&self) -> bool {
        match self.app().await {
            Ok(app) => app.is_unconfigured().await,
            Err(_) => false,
        }
    }

    /// The followed file has mistakes: the last good configuration guards on, and every channel is told once.
    pub async fn refuse_config(&self, name: &str, why: &ConfigRefusal) {
        if let Ok(app) = self.app().await {
            app.refuse_config(name, why).await;
        }
    }

    /// The followed file is good.
    pub async fn accept_config(&self, name: &str) {
        if let Ok(app) = self.app().await {
            app.accept_config(name).await;
        }
    }

    /// How the followed file stands; `None` while none is followed. Asks nobody.
    #[must_use]
    pub fn config_file(&self) -> Option<ConfigFileView> {
        self.options.followed.view()
    }

    /// Its folder.
    #[must_use]
    pub const fn home(&self) -> &Home {
        &self.home
    }

    async fn answer(&self, request: Request, by: &str) -> Result<Response, ApiError> {
        match request {
            Request::RestoreBackup { name } => self.restore(&name, by).await,
            Request::Demo { on, minutes, lang } => self.demo(on, minutes, lang, by).await,
            other => {
                let app = self.app().await?;
                let show = self.show.read().await.clone();
                match show {
                    None => app.handle(other, by).await,
                    Some(show) => join::answer(&app, &show, other, by).await,
                }
            }
        }
    }
}

#[async_trait]
impl Face for Hosted {
    async fn handle(&self, request: Request, actor: &str) -> Result<Response, ApiError> {
        self.answer(request, actor).await
    }

    fn changes(&self) -> Changes {
        self.relay.subscribe()
    }
}

#[async_trait]
impl Door for Hosted {
    async fn admit(&self, token: &str) -> Result<Option<Admitted>, ApiError> {
        self.app().await?.admit(token).await
    }

    async fn has_tokens(&self) -> Result<bool, ApiError> {
        self.app().await?.has_tokens().await
    }

    async fn measured(&self) -> Result<Measured, ApiError> {
        self.app().await?.measured().await
    }

    async fn pulse(&self) -> Pulse {
        // While the database is reopened nobody waits for it: it is not open.
        let app = self.app.try_read().ok().and_then(|app| app.clone());
        match app {
            Some(app) => app.pulse().await,
            None => Pulse::default(),
        }
    }

    fn told(&self) -> Option<u64> {
        // Beside the demonstration two programs tell, and while the database is reopened none does.
        let show = self.show.try_read().ok()?;
        let app = self.app.try_read().ok()?;
        app.as_ref().filter(|_| show.is_none())?.told()
    }

    async fn enrol(&self, body: &EnrolBody) -> Result<Option<Enrolled>, ApiError> {
        self.app().await?.enrol(body).await
    }

    async fn ingest(&self, agent: &Admitted, hand_in: &HandIn) -> Result<Taken, ApiError> {
        self.app().await?.ingest(agent, hand_in).await
    }

    fn listens(&self, at: SocketAddr) {
        self.options.listening.at(at);
    }
}
