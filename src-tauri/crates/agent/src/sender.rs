//! Handing batches in: the oldest first, one at a time, until nothing waits; then until something does. A batch leaves the
//! spool only on a receipt for it. What cannot be handed in waits as long as it takes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tidegate_egress::Timer;
use tidegate_meter::handover::{HandIn, HandedIn, Receipt};
use tidegate_meter::{FlowBatch, RowId, Time};
use tokio::sync::Notify;

use crate::door::{Answer, Door};
use crate::pause::Pause;
use crate::spool::{Outgoing, Spool, SpoolError};
use crate::standing::Board;
use crate::{Identity, VERSION, limits};

/// Hands in what the spool keeps.
pub(crate) struct Sender {
    pub(crate) door: Door,
    pub(crate) identity: Identity,
    pub(crate) spool: Arc<Mutex<Spool>>,
    pub(crate) timer: Arc<dyn Timer>,
    /// Told when a batch was kept.
    pub(crate) news: Arc<Notify>,
    pub(crate) board: Arc<Board>,
    pub(crate) chance: fastrand::Rng,
}

/// How one turn ended.
enum Turn {
    /// Nothing waits.
    Nothing,
    /// A batch was answered for.
    Gone,
    /// A batch will never be taken, and is aside.
    Aside,
    /// Not now; perhaps after a wait that the other side names.
    Later(Option<Duration>),
    /// Not before a person acts.
    Barred,
}

impl Sender {
    /// For as long as the agent runs.
    pub(crate) async fn run(mut self) {
        let mut pause = Pause::new(self.chance.fork());
        loop {
            let wait = match self.turn().await {
                Turn::Nothing => {
                    self.news.notified().await;
                    continue;
                }
                Turn::Gone => {
                    pause.over();
                    continue;
                }
                // Where everything is refused it is the other side that is broken: no hurry to refuse all that waits.
                Turn::Aside => pause.next(None),
                Turn::Later(told) => pause.next(told),
                Turn::Barred => limits::BARRED,
            };
            self.timer.sleep(wait).await;
        }
    }

    async fn turn(&mut self) -> Turn {
        let out = match self.next() {
            Ok(Some(out)) => out,
            Ok(None) => return Turn::Nothing,
            Err(error) => return self.stuck(&error),
        };
        let sequence = out.sequence;
        let body = self.hand_in(out);
        let sent_at = body.sent_at;
        match self.door.hand_in(&self.identity.token, &body).await {
            Answer::Receipt(receipt) => self.settle(receipt, sent_at),
            Answer::Refused { status, said } => self.refuse(sequence, status, &said),
            Answer::Barred { status, said } => {
                self.bar(status, &said);
                Turn::Barred
            }
            Answer::Again { why, after } => {
                self.wait(&why);
                Turn::Later(after)
            }
        }
    }

    fn next(&mut self) -> Result<Option<Outgoing>, SpoolError> {
        let at = self.timer.now().wall;
        let mut entropy = [0; 10];
        self.chance.fill(&mut entropy);
        self.spool(|spool| spool.next(|| RowId::new(at, entropy)))
    }

    fn hand_in(&self, out: Outgoing) -> HandIn {
        HandIn {
            sent_at: self.timer.now().wall,
            agent: VERSION.to_owned(),
            backlog: out.backlog,
            batch: FlowBatch {
                device: self.identity.device.clone(),
                epoch: out.epoch,
                sequence: out.sequence,
                sealed_at: out.entry.sealed_at,
                flows: out.entry.flows,
                watched: out.entry.watched,
                restarts: out.entry.restarts,
                kernel: out.entry.kernel,
            },
        }
    }

    fn settle(&self, receipt: Receipt, sent_at: Time) -> Turn {
        if let Err(error) = self.spool(Spool::settle_sent) {
            return self.stuck(&error);
        }
        if receipt.verdict == HandedIn::Quarantined {
            tracing::warn!(
                sequence = receipt.sequence,
                "a batch was not believed and is kept aside over there: see the device in the window"
            );
        }
        let was = self.board.look();
        if !was.hand_in.why.is_empty() {
            tracing::info!(sequence = receipt.sequence, "batches arrive again");
        }
        if was.last_receipt.is_none() {
            tracing::info!(sequence = receipt.sequence, "the first batch has arrived");
        }
        self.compare_clocks(&receipt, sent_at, was.last_receipt.as_ref());
        let load = self.spool(|spool| spool.load());
        self.board.tell(self.timer.now().wall, |standing| {
            standing.hand_in = Default::default();
            standing.last_receipt = Some(receipt);
            standing.load = load;
        });
        Turn::Gone
    }

    /// A clock that is wrong is told once an hour: the other side shifts the minutes of what it takes.
    fn compare_clocks(&self, receipt: &Receipt, sent_at: Time, before: Option<&Receipt>) {
        let difference = receipt.received_at.ms_since(sent_at);
        let bound = i64::try_from(limits::CLOCK_DIFFERENCE.as_millis()).unwrap_or(i64::MAX);
        let hour = |receipt: &Receipt| receipt.received_at.seconds().div_euclid(3600);
        if difference.saturating_abs() > bound && before.is_none_or(|before| hour(before) != hour(receipt)) {
            tracing::warn!(
                seconds = difference / 1000,
                "this machine's clock differs from the other side's, which shifts what it takes: set it right"
            );
        }
    }

    fn refuse(&self, sequence: u64, status: u16, said: &str) -> Turn {
        tracing::error!(
            sequence,
            status,
            said,
            "a batch was refused for good: it is kept in the folder refused, and the next one has its turn"
        );
        if let Err(error) = self.spool(Spool::refuse_sent) {
            return self.stuck(&error);
        }
        let load = self.spool(|spool| spool.load());
        self.board
            .tell(self.timer.now().wall, |standing| standing.load = load);
        Turn::Aside
    }

    fn bar(&self, status: u16, said: &str) {
        let why = format!("HTTP {status} {said}").trim_end().to_owned();
        if !self.board.look().hand_in.is_barred {
            tracing::error!(
                status,
                said,
                "the token is not accepted: nothing is handed in, counting goes on. Invite this device again in the \
                 window, and start the agent with the new --code"
            );
        }
        self.board.tell(self.timer.now().wall, |standing| {
            standing.hand_in.why = why;
            standing.hand_in.is_barred = true;
        });
    }

    /// One line for each reason, not for each try.
    fn wait(&self, why: &str) {
        if self.board.look().hand_in.why != why {
            tracing::warn!(
                why,
                "nothing arrives now: batches are kept, and handed in as soon as they can be"
            );
        }
        let load = self.spool(|spool| spool.load());
        self.board.tell(self.timer.now().wall, |standing| {
            standing.hand_in.why = why.to_owned();
            standing.hand_in.is_barred = false;
            standing.load = load;
        });
    }

    fn stuck(&self, error: &SpoolError) -> Turn {
        self.wait(&error.to_string());
        Turn::Later(None)
    }

    /// The lock is held for the work on the disk, and never while anything is waited for.
    fn spool<T>(&self, work: impl FnOnce(&mut Spool) -> T) -> T {
        work(&mut self.spool.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
