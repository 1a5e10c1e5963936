//! One kernel that is watched from here, between its events and the transactions that keep them. Owns the counting itself
//! behind a lock that is held for a moment only, and what is said of the kernel: whether it answers, since when.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use tidegate_meter::{AccountId, DeviceId, Mono, Now};
use tidegate_providers::proxy::{Collector, KernelEvent, LiveKernel, Sealed};
use tokio::sync::{mpsc, oneshot};

use super::view::DeviceState;
use crate::inner::lock;

/// Asks a task to write what it counted; it answers when it has tried.
pub(super) type Press = oneshot::Sender<()>;

/// One kernel.
pub(crate) struct Seat {
    pub(super) account: AccountId,
    pub(super) device: DeviceId,
    pub(super) name: String,
    counting: Mutex<Collector>,
    /// How its kernel is heard of, as it was told last.
    state: Mutex<DeviceState>,
    kept: Mutex<Mono>,
    /// Where its counters stood once is in the store: what a crash takes is counted from there.
    anchored: AtomicBool,
    presses: mpsc::Sender<Press>,
}

impl Seat {
    /// Not heard of yet; what it is pressed for comes out of the receiver. `anchored`: where it stood is known.
    pub(super) fn new(
        (account, device, name): (AccountId, DeviceId, String),
        (collector, anchored): (Collector, bool),
        now: Now,
    ) -> (Self, mpsc::Receiver<Press>) {
        let (presses, pressed) = mpsc::channel(1);
        let seat = Self {
            account,
            device,
            name,
            counting: Mutex::new(collector),
            state: Mutex::new(DeviceState::New),
            kept: Mutex::new(now.mono),
            anchored: AtomicBool::new(anchored),
            presses,
        };
        (seat, pressed)
    }

    /// Asks that what was counted is written, and waits until it was tried.
    pub(super) async fn press(&self) {
        let (done, tried) = oneshot::channel();
        if self.presses.send(done).await.is_ok() {
            // An error says that the task ended, which keeps what it counted by itself.
            let _ = tried.await;
        }
    }

    /// Takes on what the kernel told. True when it stands otherwise than before.
    pub(super) fn take(&self, event: &KernelEvent, now: Now) -> bool {
        lock(&self.counting).take(event, now);
        match event {
            KernelEvent::Answers { .. } | KernelEvent::Frame { .. } => self.stands(DeviceState::Watched),
            KernelEvent::Lost(_) => self.stands(DeviceState::Lost),
            KernelEvent::Nodes(_) | KernelEvent::Opened(_) | KernelEvent::Logless(_) => false,
        }
    }

    /// Takes on how the kernel is heard of. True when it was otherwise before.
    pub(super) fn stands(&self, state: DeviceState) -> bool {
        std::mem::replace(&mut *lock(&self.state), state) != state
    }

    /// What passes now.
    pub(super) fn live(&self, now: Now) -> LiveKernel {
        lock(&self.counting).live(now)
    }

    /// Everything counted since the last seal; whoever takes it keeps it or puts it back.
    pub(super) fn seal(&self, now: Now) -> Option<Sealed> {
        lock(&self.counting).seal(now)
    }

    pub(super) fn put_back(&self, sealed: Sealed) {
        lock(&self.counting).put_back(sealed);
    }

    /// Whether a crash would lose bytes, and not only their names.
    pub(super) fn is_anchored(&self) -> bool {
        self.anchored.load(Ordering::Acquire)
    }

    /// When something was kept last.
    pub(super) fn kept_at(&self) -> Mono {
        *lock(&self.kept)
    }

    pub(super) fn kept(&self, now: Mono) {
        *lock(&self.kept) = now;
        self.anchored.store(true, Ordering::Release);
    }
}
