//! One agent, put together: its folder and lock, who it is, the spool, counting and handing in.

use std::fs::File;
use std::future::Future;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tidegate_egress::{Timer, Transport};
use tidegate_meter::RowId;
use tidegate_meter::handover::EnrolBody;
use tidegate_providers::proxy::{Collector, CountRules, Kernel};
use tokio::sync::{Notify, mpsc};

use crate::collect::{Collecting, baseline};
use crate::door::Door;
use crate::identity::code_mark;
use crate::sender::Sender;
use crate::spool::{CrashHook, Spool};
use crate::standing::Board;
use crate::{AgentError, Identity, Place, VERSION, limits, private};

/// What a person decided.
#[derive(Clone, Debug)]
pub struct Options {
    /// The agent's folder.
    pub folder: PathBuf,
    /// Where to report to; else where it is enrolled.
    pub place: Option<Place>,
    /// Whether plain http to a private address is allowed.
    pub allow_plain_http: bool,
    /// The one-time code, for the first start.
    pub code: Option<SecretString>,
    /// How bytes are told apart.
    pub rules: CountRules,
    /// How often what was counted becomes a batch.
    pub seal_every: Duration,
    /// What the spool may take on the disk before it is folded.
    pub spool_bytes: u64,
}

/// What the agent stands on.
pub struct Parts {
    /// The kernel that is counted.
    pub kernel: Arc<dyn Kernel>,
    /// The way out.
    pub transport: Arc<dyn Transport>,
    /// The clocks.
    pub timer: Arc<dyn Timer>,
    /// For waits and for the names of epochs; none of it is a secret.
    pub chance: fastrand::Rng,
    /// What a crash test hangs in.
    pub crash_hook: Option<CrashHook>,
}

/// An agent that is ready to run.
pub struct Agent {
    /// Held for as long as the agent lives.
    _lock: File,
    identity: Identity,
    kernel: Arc<dyn Kernel>,
    collecting: Collecting,
    sender: Sender,
}

impl Agent {
    /// Takes the folder's lock, enrols where that is needed, and opens the spool.
    pub async fn begin(options: Options, mut parts: Parts) -> Result<Self, AgentError> {
        let folder = options.folder.clone();
        private::folder(&folder).map_err(AgentError::file(&folder))?;
        let lock = take_lock(&folder)?;
        let known = Identity::load(&folder)?;
        if known.is_some() {
            Identity::close(&folder)?;
        }
        let place = place(&options, known.as_ref())?;
        let door = Door::new(
            Arc::clone(&parts.transport),
            Arc::clone(&parts.timer),
            place.clone(),
        );
        let spool_folder = folder.join("spool");
        let (mut spool, found) = Spool::open(&spool_folder, options.spool_bytes, parts.crash_hook.take())?;
        let identity = match known {
            Some(known) if !is_anew(&options, &known, &place) => known,
            known => enrol(&options, &parts, &door, &place, known, &mut spool).await?,
        };
        let board = Arc::new(Board::new(&folder, spool.load()));
        let spool = Arc::new(Mutex::new(spool));
        let news = Arc::new(Notify::new());
        Ok(Self {
            _lock: lock,
            identity: identity.clone(),
            kernel: parts.kernel,
            collecting: Collecting {
                collector: Collector::new(baseline(found.as_deref()), options.rules),
                spool: Arc::clone(&spool),
                timer: Arc::clone(&parts.timer),
                news: Arc::clone(&news),
                board: Arc::clone(&board),
                seal_every: options.seal_every,
                kept_at: None,
            },
            sender: Sender {
                door,
                identity,
                spool,
                timer: parts.timer,
                news,
                board,
                chance: parts.chance,
            },
        })
    }

    /// Which device it is.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Collects and hands in until `end`; what was counted until then is kept.
    pub async fn run(self, end: impl Future<Output = ()>) -> Result<(), AgentError> {
        let Self {
            _lock,
            kernel,
            mut collecting,
            sender,
            ..
        } = self;
        let (events, heard) = mpsc::channel(limits::EVENTS_WAITING);
        let watching = tokio::spawn(async move { kernel.watch(events).await });
        let mut sending = tokio::spawn(sender.run());
        let is_well = {
            let counting = collecting.run(heard, async {
                tokio::select! {
                    () = end => true,
                    // It never ends by itself.
                    _ = &mut sending => false,
                };
            });
            counting.await
        };
        watching.abort();
        let is_sending = !sending.is_finished();
        sending.abort();
        if is_well && is_sending {
            Ok(())
        } else {
            Err(AgentError::Ended)
        }
    }
}

/// The lock of a folder; while another process has it, a sentence that says so.
fn take_lock(folder: &std::path::Path) -> Result<File, AgentError> {
    let path = folder.join("lock");
    let taken = private::lock(&path).map_err(AgentError::file(&path))?;
    taken.ok_or_else(|| AgentError::InUse {
        folder: folder.to_owned(),
    })
}

/// Where to report to: as told, else where it is enrolled.
fn place(options: &Options, known: Option<&Identity>) -> Result<Place, AgentError> {
    match (&options.place, known) {
        (Some(told), Some(known)) if told.as_str() != known.report_to && options.code.is_none() => {
            Err(AgentError::OtherPlace {
                known: known.report_to.clone(),
                given: told.as_str().to_owned(),
            })
        }
        (Some(told), _) => Ok(told.clone()),
        (None, Some(known)) => Place::new(&known.report_to, options.allow_plain_http),
        (None, None) => Err(AgentError::NoReportTo),
    }
}

/// Whether a device that is enrolled is to be enrolled again: at another place, or with a code that is not the one it
/// used up. The old one may stand in a unit file for ever.
fn is_anew(options: &Options, known: &Identity, place: &Place) -> bool {
    let code = options.code.as_ref();
    let is_fresh = code.is_some_and(|code| code_mark(code.expose_secret()) != known.code_mark);
    is_fresh || place.as_str() != known.report_to
}

async fn enrol(
    options: &Options,
    parts: &Parts,
    door: &Door,
    place: &Place,
    known: Option<Identity>,
    spool: &mut Spool,
) -> Result<Identity, AgentError> {
    let code = options.code.as_ref().ok_or(AgentError::NoCode)?;
    let code = code.expose_secret().trim();
    let body = EnrolBody {
        code: code.to_owned(),
        agent: VERSION.to_owned(),
        system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
    };
    let enrolled = door.enrol(&body).await?;
    let at = parts.timer.now().wall;
    if known.is_some_and(|known| known.device != enrolled.device || known.report_to != place.as_str()) {
        let mut entropy = [0; 10];
        parts.chance.clone().fill(&mut entropy);
        spool.begin_anew(RowId::new(at, entropy))?;
    }
    let identity = Identity {
        device: enrolled.device,
        name: enrolled.name,
        report_to: place.as_str().to_owned(),
        enrolled_at: at,
        code_mark: code_mark(code),
        token: enrolled.token.into(),
    };
    identity.save(&options.folder)?;
    tracing::info!(device = %identity.device, "enrolled");
    Ok(identity)
}
