//! One agent with its folder, its kernel, its server and its time, which moves only by hand.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tempfile::TempDir;
use tidegate_agent::standing::{self, Standing};
use tidegate_agent::{Agent, AgentError, Options, Parts, Place, limits};
use tidegate_egress::{HttpTransport, Timer};
use tidegate_meter::{Clock, Mono, Now, Time};
use tidegate_providers::proxy::CountRules;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

use crate::kernel::{Told, Traffic};
use crate::server::{CODE, Server};

/// Time that the test moves.
#[derive(Clone)]
pub(crate) struct Hand {
    ms: watch::Sender<u64>,
    waits: Arc<Mutex<Vec<Duration>>>,
}

impl Hand {
    pub(crate) fn new() -> Self {
        Self {
            ms: watch::Sender::new(0),
            waits: Arc::default(),
        }
    }

    pub(crate) fn advance(&self, span: Duration) {
        let more = u64::try_from(span.as_millis()).unwrap();
        self.ms.send_modify(|ms| *ms += more);
    }

    /// Every wait that was asked for, but for those between two batches.
    pub(crate) fn waits(&self) -> Vec<Duration> {
        let waits = self.waits.lock().unwrap();
        waits
            .iter()
            .filter(|wait| **wait != limits::SEAL_EVERY)
            .copied()
            .collect()
    }
}

impl Clock for Hand {
    fn now(&self) -> Now {
        let ms = *self.ms.borrow();
        let start: Time = "2026-11-20T16:00:00Z".parse().unwrap();
        Now {
            wall: start.plus(Duration::from_millis(ms)),
            mono: Mono(ms),
        }
    }
}

#[async_trait]
impl Timer for Hand {
    async fn sleep(&self, span: Duration) {
        let until = *self.ms.borrow() + u64::try_from(span.as_millis()).unwrap();
        self.waits.lock().unwrap().push(span);
        let mut ms = self.ms.subscribe();
        ms.wait_for(|ms| *ms >= until).await.unwrap();
    }
}

/// Everything but the agent itself.
pub(crate) struct World {
    pub(crate) home: TempDir,
    pub(crate) hand: Hand,
    pub(crate) server: Server,
    pub(crate) traffic: Traffic,
    told: Option<Told>,
}

/// An agent that runs.
pub(crate) struct Running {
    end: oneshot::Sender<()>,
    task: JoinHandle<Result<(), AgentError>>,
}

impl Running {
    /// As a service manager ends it.
    pub(crate) async fn end(self) {
        self.end.send(()).unwrap();
        self.task.await.unwrap().unwrap();
    }

    /// As `kill -9` ends it: nothing more is written.
    pub(crate) async fn kill(self) {
        self.task.abort();
        assert!(self.task.await.unwrap_err().is_cancelled());
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        let (traffic, told) = Traffic::new();
        Self {
            home: TempDir::new().unwrap(),
            hand: Hand::new(),
            server: Server::start().await,
            traffic,
            told: Some(told),
        }
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.home.path().join("agent")
    }

    pub(crate) fn options(&self) -> Options {
        Options {
            folder: self.folder(),
            place: Some(Place::new(&self.server.address, false).unwrap()),
            allow_plain_http: false,
            code: Some(CODE.into()),
            rules: CountRules::default(),
            seal_every: limits::SEAL_EVERY,
            spool_bytes: limits::SPOOL_BYTES,
        }
    }

    pub(crate) async fn begin(&mut self, options: Options) -> Result<Agent, AgentError> {
        let told = match self.told.take() {
            Some(told) => told,
            None => self.traffic.again(),
        };
        let parts = Parts {
            kernel: Arc::new(told),
            transport: Arc::new(HttpTransport::new().unwrap()),
            timer: Arc::new(self.hand.clone()),
            chance: fastrand::Rng::with_seed(1),
            crash_hook: None,
        };
        Agent::begin(options, parts).await
    }

    pub(crate) async fn start(&mut self) -> Running {
        let options = self.options();
        let agent = self.begin(options).await.unwrap();
        let (end, ended) = oneshot::channel::<()>();
        let task = tokio::spawn(agent.run(async {
            let _ = ended.await;
        }));
        self.traffic.answer();
        Running { end, task }
    }

    /// Bytes go through, a snapshot tells it, and the batch is closed.
    pub(crate) async fn carry(&mut self, up: u64, down: u64) {
        let at = self.hand.now();
        self.traffic.carry(at, up, down);
        self.until(move |standing| standing.kernel.is_answering).await;
        self.seal().await;
    }

    /// Lets the agent take what was told, then closes the batch.
    pub(crate) async fn seal(&mut self) {
        // Every event goes through two channels of one runtime: after so many turns it has been taken.
        for _ in 0..64 {
            tokio::task::yield_now().await;
        }
        self.hand.advance(limits::SEAL_EVERY);
        for _ in 0..64 {
            tokio::task::yield_now().await;
        }
    }

    pub(crate) fn standing(&self) -> Standing {
        standing::read(&self.folder()).unwrap_or_default()
    }

    /// Waits until the agent tells so of itself.
    pub(crate) async fn until(&self, fits: impl Fn(&Standing) -> bool) -> Standing {
        let look = async {
            loop {
                let standing = self.standing();
                if fits(&standing) {
                    return standing;
                }
                tokio::task::yield_now().await;
            }
        };
        let deadline = Duration::from_secs(60);
        match tokio::time::timeout(deadline, look).await {
            Ok(standing) => standing,
            Err(_) => panic!("it never stood so: {:?}", self.standing()),
        }
    }

    /// Waits until so many waits after trouble were asked for, and tells the last.
    pub(crate) async fn waits(&self, count: usize) -> Duration {
        let look = async {
            while self.hand.waits().len() < count {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), look)
            .await
            .expect("it waits");
        self.hand.waits()[count - 1]
    }
}
