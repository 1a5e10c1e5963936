//! The composition root: the one place where store, vault, wire, clock and engine are put together.
//!
//! Owns [`App`]. Every request is answered here, by the process that opened the database; others come over the link.
//! Never reads the environment, never prints: both are passed in.

mod backups;
mod chart;
mod command;
mod config_file;
mod devices;
mod doctor;
mod export;
mod flows;
mod follow;
mod glance;
mod import;
mod mail;
mod marks;
mod meters;
mod query;
mod quotas;
mod records;
mod renewals;
mod report;
mod secrets;
mod settings;
mod setup;
mod specs;
mod statistics;
mod subscriptions;
mod tokens;
mod trend;
mod trial;
mod views;
mod what_if;

pub(crate) use query::page;
pub use query::version;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;
use tidegate_channels::DesktopNotices;
use tidegate_egress::{HttpTransport, Timer, Transport};
use tidegate_engine::{
    ChangeBatch, Engine, Entropy, Environment, Options, Parts, SystemEntropy, SystemTimer,
};
use tidegate_meter::{Time, Zone};
use tidegate_providers::specs::{OwnSpecs, Registry};
use tidegate_store::{OpenOptions, Opened, Store};
use tidegate_vault::{Cached, Keychain, Memory, SealedFile, Vault};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Notify, broadcast};

use crate::desktop::Desktop;
use crate::door::Listening;
use crate::face::{Changes, Face};
use crate::followed::Followed;
use crate::home::Home;
use crate::{ApiError, ErrorCode, Request, Response, limits};

/// Where secrets live.
#[derive(Clone)]
pub enum VaultChoice {
    /// The keychain of the operating system.
    Keychain,
    /// The environment: `TIDEGATE_SECRET_<ITEM>_<FIELD>`; read-only.
    Environment,
    /// An encrypted file in the home, opened by this passphrase.
    File {
        /// The passphrase.
        passphrase: SecretString,
    },
    /// Nowhere: in memory, for tests and demonstrations.
    Memory,
}

/// What a program is opened with.
#[derive(Clone)]
pub struct AppOptions {
    /// Its folder.
    pub home: PathBuf,
    /// Where secrets live.
    pub vault: VaultChoice,
    /// Where `env:NAME` is looked up.
    pub environment: Environment,
    /// Both clocks.
    pub timer: Arc<dyn Timer>,
    /// The wire; `None`: real HTTP.
    pub transport: Option<Arc<dyn Transport>>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The user's zone.
    pub zone: Zone,
    /// The desktop, where there is one.
    pub desktop: Option<Arc<dyn Desktop>>,
    /// Who shows notices, where somebody can.
    pub notices: Option<Arc<dyn DesktopNotices>>,
    /// All of it is made up: notices say so. For the demonstration.
    pub simulated: bool,
    /// How the followed configuration file stands, kept while the database is reopened.
    pub followed: Followed,
    /// Where the door for other programs listens, kept likewise.
    pub listening: Listening,
}

impl AppOptions {
    /// The real clocks, wire and randomness; nothing in the environment, UTC, the keychain.
    #[must_use]
    pub fn new(home: impl Into<PathBuf>) -> Self {
        Self {
            home: home.into(),
            vault: VaultChoice::Keychain,
            environment: Arc::new(|_| None),
            timer: Arc::new(SystemTimer::new()),
            transport: None,
            entropy: Arc::new(SystemEntropy),
            zone: Zone::utc(),
            desktop: None,
            notices: None,
            simulated: false,
            followed: Followed::default(),
            listening: Listening::default(),
        }
    }
}

/// The opened program.
pub struct App {
    engine: Engine,
    store: Store,
    vault: Arc<dyn Vault>,
    timer: Arc<dyn Timer>,
    zone: Zone,
    home: Home,
    changes: broadcast::WeakSender<Arc<serde_json::Value>>,
    end: Arc<Notify>,
    desktop: Option<Arc<dyn Desktop>>,
    notices: bool,
    simulated: bool,
    followed: Followed,
    listening: Listening,
    specs: Arc<Registry>,
    keys: tokens::Keys,
    /// Whoever changes what is configured or kept in the vault reads it first: one at a time, so that none of two changes
    /// at once takes the other's back.
    arranging: tokio::sync::Mutex<()>,
}

impl App {
    /// Opens the home, making it when it is not there. No loop runs yet. Errors: `store`, `outside` (vault).
    pub async fn open(options: AppOptions) -> Result<Self, ApiError> {
        let home = Home::new(&options.home);
        home.make().map_err(|error| {
            ApiError::new(
                ErrorCode::Store,
                format!(
                    "the home folder {} cannot be used: {error}",
                    home.root().display()
                ),
            )
        })?;
        let now = options.timer.now().wall;
        let holder = holder(&*options.entropy);
        let database = home.database();
        let store = blocking(move || Ok(Store::open(OpenOptions::file(database, now, holder))?)).await?;
        let vault = vault(&options, &home).await?;
        let specs = Arc::<Registry>::default();
        let folder = home.specs_dir();
        specs.replace(blocking(move || Ok(OwnSpecs::read(&folder))).await?);
        let parts = parts(&options, &home, &store, &vault, &specs)?;
        let engine = Engine::open(parts).await?;
        let (sender, _) = broadcast::channel(limits::CHANGES_BEHIND);
        let changes = sender.downgrade();
        let end = Arc::new(Notify::new());
        tokio::spawn(forward(engine.changes(), sender, end.clone()));
        Ok(Self {
            engine,
            store,
            vault,
            timer: options.timer,
            zone: options.zone,
            home,
            changes,
            end,
            desktop: options.desktop,
            notices: options.notices.is_some(),
            simulated: options.simulated,
            followed: options.followed,
            listening: options.listening,
            specs,
            keys: tokens::Keys::default(),
            arranging: tokio::sync::Mutex::default(),
        })
    }

    /// Takes the lease and starts the loops. Errors: `not_holder`, `store`.
    pub async fn run(&self) -> Result<(), ApiError> {
        self.engine.run().await?;
        self.tell_specs().await;
        Ok(())
    }

    /// Ends the loops after the transaction in hand and gives the lease back. Subscribers get what is left, then the
    /// end.
    pub async fn stop(&self) {
        self.engine.stop().await;
        self.end.notify_one();
    }

    /// Its folder.
    #[must_use]
    pub const fn home(&self) -> &Home {
        &self.home
    }

    /// What was found when the database was opened.
    #[must_use]
    pub fn opened_as(&self) -> &Opened {
        self.store.opened_as()
    }

    /// The engine, for what the desktop shell needs beyond requests.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The store, for queries only.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    fn now(&self) -> Time {
        self.timer.now().wall
    }
}

#[async_trait]
impl Face for App {
    async fn handle(&self, request: Request, actor: &str) -> Result<Response, ApiError> {
        self.answer(request, actor).await
    }

    fn changes(&self) -> Changes {
        // After the end: a stream that is over.
        let changes = self.changes.upgrade().unwrap_or_else(|| broadcast::channel(1).0);
        changes.subscribe()
    }
}

/// A random name under which this process holds the lease.
fn holder(entropy: &dyn Entropy) -> String {
    let mut bytes = [0_u8; 8];
    entropy.fill(&mut bytes);
    format!("{:016x}", u64::from_be_bytes(bytes))
}

async fn vault(options: &AppOptions, home: &Home) -> Result<Arc<dyn Vault>, ApiError> {
    Ok(match &options.vault {
        VaultChoice::Keychain => Arc::new(Cached::new(Arc::new(Keychain::new("tidegate")))),
        VaultChoice::Environment => {
            Arc::new(tidegate_vault::Environment::new(Arc::clone(&options.environment)))
        }
        VaultChoice::Memory => Arc::new(Memory::new()),
        VaultChoice::File { passphrase } => {
            let (path, passphrase) = (home.sealed_vault(), passphrase.clone());
            let file = blocking(move || Ok(SealedFile::open(&path, passphrase)?)).await?;
            Arc::new(Cached::new(Arc::new(file)))
        }
    })
}

fn parts(
    options: &AppOptions,
    home: &Home,
    store: &Store,
    vault: &Arc<dyn Vault>,
    specs: &Arc<Registry>,
) -> Result<Parts, ApiError> {
    let transport = match &options.transport {
        Some(transport) => Arc::clone(transport),
        None => real_transport()?,
    };
    Ok(Parts {
        store: store.clone(),
        vault: Arc::clone(vault),
        environment: Arc::clone(&options.environment),
        transport,
        timer: Arc::clone(&options.timer),
        entropy: Arc::clone(&options.entropy),
        cache_dir: Some(home.cache_dir()),
        zone: options.zone.clone(),
        options: Options {
            notices: options.notices.clone(),
            simulated: options.simulated,
            specs: Arc::clone(specs),
            ..Options::default()
        },
    })
}

fn real_transport() -> Result<Arc<dyn Transport>, ApiError> {
    let transport =
        HttpTransport::new().map_err(|failure| ApiError::new(ErrorCode::Outside, failure.to_string()))?;
    Ok(Arc::new(transport))
}

/// Runs what would block (opening a database, deriving a key) off the async threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(_) => Err(ApiError::new(ErrorCode::Store, "the work was broken off")),
    }
}

/// Turns batches into JSON for whoever listens; at the end tells what is still on its way, then drops the only sender,
/// so that every listener ends. Told batches are durable: one that nobody hears is not lost.
async fn forward(
    mut from: broadcast::Receiver<Arc<ChangeBatch>>,
    to: broadcast::Sender<Arc<serde_json::Value>>,
    end: Arc<Notify>,
) {
    loop {
        let batch = tokio::select! {
            biased;
            batch = from.recv() => batch,
            () = end.notified() => return,
        };
        match batch {
            Ok(batch) if to.receiver_count() > 0 => {
                if let Ok(value) = serde_json::to_value(&*batch) {
                    let _ = to.send(Arc::new(value));
                }
            }
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}
