//! The clocks and their order. Time is whole milliseconds. One waiter is woken at a time, so that the order of all that
//! happens follows from the plan alone: what happens outside comes before what the machine does in the same instant, and
//! who asked first before who asked later.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use async_trait::async_trait;
use tidegate_egress::Timer;
use tidegate_meter::{Clock, Mono, Now, Time};

use super::waits::{Ticket, Waits};
use crate::life::Life;
use crate::limits;

/// Why time does not go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Standstill {
    /// Everybody waits, and nobody for a time.
    #[error("everything waits, and nothing is left that would ever wake it")]
    Nothing,
    /// Something runs on and on within one instant.
    #[error(
        "the clock was read {} times without time moving",
        limits::LOOKS_AT_ONE_INSTANT
    )]
    Busy,
}

/// Which clock is waited on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Which {
    /// The world's.
    Outside,
    /// The machine's monotonic one.
    Machine,
}

struct State {
    start: Time,
    /// Since the start, by the world's clock.
    true_ms: u64,
    /// By the machine's monotonic clock, which stands still while the machine sleeps.
    mono_ms: u64,
    /// By how much somebody set the machine's wall clock wrong.
    wall_off_ms: i64,
    /// The machine sleeps until then, true time.
    asleep_until: Option<u64>,
    /// The process is frozen until then, true time.
    frozen_until: Option<u64>,
    /// Asked so often.
    asked: u64,
    outside: Waits,
    machine: Waits,
    /// The machine's clocks were read so often since time moved.
    looks: u32,
    standstill: Option<Standstill>,
    /// Ended when time stands still.
    life: Option<Life>,
}

impl State {
    fn move_to(&mut self, true_ms: u64) {
        let span = true_ms.saturating_sub(self.true_ms);
        if span == 0 {
            return;
        }
        self.true_ms = true_ms;
        self.looks = 0;
        if self.asleep_until.is_none() {
            self.mono_ms = self.mono_ms.saturating_add(span);
        }
    }

    /// When the machine goes on, while it does not.
    fn resumes(&self) -> Option<u64> {
        self.asleep_until.max(self.frozen_until)
    }

    /// The next sleeping or frozen span that ends.
    fn next_end(&self) -> Option<u64> {
        match (self.asleep_until, self.frozen_until) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }

    fn wake_up(&mut self) {
        let now = self.true_ms;
        self.asleep_until = self.asleep_until.filter(|until| *until > now);
        self.frozen_until = self.frozen_until.filter(|until| *until > now);
    }

    /// When the machine's first waiter is due, true time; nobody is while the machine does not go on.
    fn machine_due(&self) -> Option<u64> {
        if self.resumes().is_some() {
            return None;
        }
        let due = self.machine.first()?;
        Some(self.true_ms.saturating_add(due.saturating_sub(self.mono_ms)))
    }

    /// Moves time to whatever comes next, and takes who is to be woken.
    fn step(&mut self) -> Option<Waker> {
        loop {
            let outside = self.outside.first().unwrap_or(u64::MAX);
            let machine = self.machine_due().unwrap_or(u64::MAX);
            let end = self.next_end().unwrap_or(u64::MAX);
            if end <= outside && end <= machine && end != u64::MAX {
                self.move_to(end);
                self.wake_up();
                continue;
            }
            if outside == u64::MAX && machine == u64::MAX {
                return None;
            }
            self.move_to(outside.min(machine));
            return if outside <= machine {
                self.outside.pop()
            } else {
                self.machine.pop()
            };
        }
    }

    fn waits(&mut self, which: Which) -> &mut Waits {
        match which {
            Which::Outside => &mut self.outside,
            Which::Machine => &mut self.machine,
        }
    }

    fn wall_true(&self) -> Time {
        self.start.plus(Duration::from_millis(self.true_ms))
    }

    fn stand_still(&mut self, why: Standstill) {
        self.standstill.get_or_insert(why);
        if let Some(life) = &self.life {
            life.end();
        }
    }
}

/// The time of a run; see the module.
pub struct Tide {
    state: Mutex<State>,
}

impl Tide {
    /// Time that begins at `start`.
    #[must_use]
    pub fn new(start: Time) -> Arc<Self> {
        let state = State {
            start,
            true_ms: 0,
            mono_ms: 0,
            wall_off_ms: 0,
            asleep_until: None,
            frozen_until: None,
            asked: 0,
            outside: Waits::default(),
            machine: Waits::default(),
            looks: 0,
            standstill: None,
            life: None,
        };
        Arc::new(Self {
            state: Mutex::new(state),
        })
    }

    /// The machine's clocks, and waiting by them.
    #[must_use]
    pub fn machine(self: &Arc<Self>) -> Arc<Machine> {
        Arc::new(Machine {
            tide: Arc::clone(self),
        })
    }

    /// The world's clock, which nobody sets and which never stands.
    #[must_use]
    pub fn outside(self: &Arc<Self>) -> Arc<dyn Clock> {
        Arc::new(Outside {
            tide: Arc::clone(self),
        })
    }

    /// True time.
    #[must_use]
    pub fn now(&self) -> Time {
        self.lock().wall_true()
    }

    /// True milliseconds since the start.
    #[must_use]
    pub fn elapsed_ms(&self) -> u64 {
        self.lock().true_ms
    }

    /// The machine's monotonic milliseconds.
    #[must_use]
    pub fn mono_ms(&self) -> u64 {
        self.lock().mono_ms
    }

    /// Why time stands, if it does. Asking takes it away.
    #[must_use]
    pub fn take_standstill(&self) -> Option<Standstill> {
        self.lock().standstill.take()
    }

    /// Moves to the next instant that somebody waits for, and wakes exactly one. False when nobody does: then the life
    /// ends, and [`Self::take_standstill`] tells why.
    pub fn next(&self) -> bool {
        let woken = {
            let mut state = self.lock();
            let woken = state.step();
            if woken.is_none() {
                state.stand_still(Standstill::Nothing);
            }
            woken
        };
        woken.is_some_and(|waker| {
            waker.wake();
            true
        })
    }

    /// Returns at `true_ms` after the start, whatever the machine does; at once when that is past.
    pub fn at(self: &Arc<Self>, true_ms: u64) -> impl Future<Output = ()> + Send + use<> {
        self.wait(Which::Outside, true_ms)
    }

    /// Lets time pass without anything that could run in it: the process is down. Earlier instants change nothing.
    pub fn pass_to(&self, true_ms: u64) {
        let mut state = self.lock();
        while let Some(end) = state.next_end().filter(|end| *end <= true_ms) {
            state.move_to(end);
            state.wake_up();
        }
        state.move_to(true_ms);
    }

    /// From now on this life ends when time stands still.
    pub(super) fn carry(&self, life: &Life) {
        self.lock().life = Some(life.clone());
    }

    fn wait(self: &Arc<Self>, which: Which, due: u64) -> Wait {
        Wait {
            tide: Arc::clone(self),
            which,
            due,
            ticket: None,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The machine that the guard runs on.
pub struct Machine {
    tide: Arc<Tide>,
}

impl Machine {
    /// Somebody sets the wall clock so many milliseconds forward (negative: back).
    pub fn jump_wall(&self, ms: i64) {
        let mut state = self.tide.lock();
        state.wall_off_ms = state.wall_off_ms.saturating_add(ms);
    }

    /// The wall clock is set to the true time.
    pub fn set_right(&self) {
        self.tide.lock().wall_off_ms = 0;
    }

    /// The machine sleeps for a span of true time: its monotonic clock stands, nothing of it runs.
    pub fn sleep_for(&self, span: Duration) {
        let mut state = self.tide.lock();
        let until = state.true_ms.saturating_add(ms_of(span));
        state.asleep_until = state.asleep_until.max(Some(until));
    }

    /// The process is frozen for a span: both clocks of the machine go on, nothing of the process runs.
    pub fn freeze_for(&self, span: Duration) {
        let mut state = self.tide.lock();
        let until = state.true_ms.saturating_add(ms_of(span));
        state.frozen_until = state.frozen_until.max(Some(until));
    }

    /// Returns when the machine neither sleeps nor is frozen.
    pub async fn awake(&self) {
        loop {
            let resumes = self.tide.lock().resumes();
            match resumes {
                Some(until) => self.tide.at(until).await,
                None => return,
            }
        }
    }
}

impl Clock for Machine {
    fn now(&self) -> Now {
        let mut state = self.tide.lock();
        state.looks = state.looks.saturating_add(1);
        if state.looks > limits::LOOKS_AT_ONE_INSTANT {
            state.stand_still(Standstill::Busy);
        }
        Now {
            wall: Time::from_ms(state.wall_true().ms().saturating_add(state.wall_off_ms)),
            mono: Mono(state.mono_ms),
        }
    }
}

#[async_trait]
impl Timer for Machine {
    async fn sleep(&self, span: Duration) {
        let due = self.tide.mono_ms().saturating_add(ms_of(span));
        self.tide.wait(Which::Machine, due).await;
    }
}

struct Outside {
    tide: Arc<Tide>,
}

impl Clock for Outside {
    fn now(&self) -> Now {
        let state = self.tide.lock();
        Now {
            wall: state.wall_true(),
            mono: Mono(state.true_ms),
        }
    }
}

/// Waits on one clock.
struct Wait {
    tide: Arc<Tide>,
    which: Which,
    due: u64,
    ticket: Option<Ticket>,
}

impl Future for Wait {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let tide = Arc::clone(&self.tide);
        let mut state = tide.lock();
        match self.ticket {
            Some(ticket) if state.waits(self.which).again(ticket, context.waker()) => Poll::Pending,
            Some(_) => {
                self.ticket = None;
                Poll::Ready(())
            }
            None => {
                state.asked = state.asked.saturating_add(1);
                let ticket = (self.due, state.asked);
                state.waits(self.which).add(ticket, context.waker().clone());
                self.ticket = Some(ticket);
                Poll::Pending
            }
        }
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            self.tide.lock().waits(self.which).remove(ticket);
        }
    }
}

/// Whole milliseconds, rounded up: nobody is woken early.
fn ms_of(span: Duration) -> u64 {
    let ms = span.as_nanos().div_ceil(1_000_000);
    u64::try_from(ms).unwrap_or(u64::MAX)
}
