//! What an engine is put together from. Owns the seams: everything that differs between the live program, the
//! simulator and a test comes in through [`Parts`]; the engine makes none of it by itself.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tidegate_channels::DesktopNotices;
use tidegate_egress::{Timer, Transport};
use tidegate_meter::Zone;
use tidegate_providers::specs::Registry;
use tidegate_store::Store;
use tidegate_vault::Vault;

use crate::limits;
use crate::outside::Outside;

/// Looks up an environment variable; the only way the engine sees the environment.
pub type Environment = Arc<dyn Fn(&str) -> Option<SecretString> + Send + Sync>;

/// Called with the label of each crash point as it is passed; the crash tests stop the world there.
#[cfg(feature = "points")]
pub type CrashHook = Arc<dyn Fn(&'static str) + Send + Sync>;

/// Everything an engine is made of.
#[derive(Clone)]
pub struct Parts {
    /// The database.
    pub store: Store,
    /// Where secrets live.
    pub vault: Arc<dyn Vault>,
    /// Where `env:NAME` is looked up.
    pub environment: Environment,
    /// The wire.
    pub transport: Arc<dyn Transport>,
    /// Both clocks, and waiting.
    pub timer: Arc<dyn Timer>,
    /// Randomness for row ids and jitter.
    pub entropy: Arc<dyn Entropy>,
    /// Where providers keep their discovery caches; `None` keeps them in memory.
    pub cache_dir: Option<PathBuf>,
    /// The user's zone, for display.
    pub zone: Zone,
    /// The rest.
    pub options: Options,
}

/// What can be tuned. `Default` is what the program runs with.
#[derive(Clone)]
pub struct Options {
    /// Accounts looked at in the same moment.
    pub in_flight: usize,
    /// How long a vault may take before the account counts as locked.
    pub vault_timeout: Duration,
    /// Between two writes of the heartbeat that tells a later start how long nothing was guarding.
    pub heartbeat: Duration,
    /// Passed at each labelled point between two durable steps; `None` outside crash tests.
    #[cfg(feature = "points")]
    pub crash_hook: Option<CrashHook>,
    /// Makes providers and channels; `None` makes the real ones over [`Parts::transport`].
    pub outside: Option<Arc<dyn Outside>>,
    /// Who shows notices, for channels of the kind `desktop`; `None`: nobody can.
    pub notices: Option<Arc<dyn DesktopNotices>>,
    /// The providers that are told as data.
    pub specs: Arc<Registry>,
    /// All of it is made up: notices say so.
    pub simulated: bool,
    /// This process as other copies see it in the lease row.
    pub holder: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            in_flight: limits::IN_FLIGHT,
            vault_timeout: limits::VAULT_TIMEOUT,
            heartbeat: limits::HEARTBEAT,
            #[cfg(feature = "points")]
            crash_hook: None,
            outside: None,
            notices: None,
            specs: Arc::default(),
            simulated: false,
            holder: format!("process {}", std::process::id()),
        }
    }
}

/// A source of randomness. The simulator's is seeded, so that a run can be repeated.
pub trait Entropy: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // Ids and jitter need to differ, not to be secret: a generator seeded by the process serves as well.
            fastrand::fill(bytes);
        }
    }
}

/// Repeatable randomness for simulations and tests.
#[derive(Debug)]
pub struct SeededEntropy(std::sync::Mutex<fastrand::Rng>);

impl SeededEntropy {
    /// The sequence of `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(std::sync::Mutex::new(fastrand::Rng::with_seed(seed)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .fill(bytes);
    }
}
