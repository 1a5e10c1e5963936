//! The task of one account that has a kernel: follows it, counts, and keeps what was counted. Owns when its adapters are
//! made anew. A kernel that does not answer, a locked keychain and a disk that refuses are waited out; the account's own
//! looks tell people of the first two.

use std::sync::Arc;
use std::time::Duration;

use tidegate_meter::{Mono, Now};
use tidegate_providers::proxy::{self, Collector, CountRules, Kernel, KernelEvent};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::keep::{Urge, keep};
use super::seat::{Press, Seat};
use super::view::DeviceState;
use super::{live, owner};
use crate::config::AccountConfig;
use crate::event::Event;
use crate::inner::Inner;
use crate::limits;
use crate::watch::Watch;

/// Collects until it is ended; what was counted by then is kept.
pub(super) async fn collect(
    inner: &Arc<Inner>,
    watch: &Watch,
    config: &AccountConfig,
    end: &CancellationToken,
) {
    let Some((seat, mut pressed)) = sit(inner, config, end).await else {
        return;
    };
    inner.flows.sit(&seat);
    let mut stream: Option<Stream> = None;
    let mut next_try = inner.now().mono;
    let mut minute = minute_end(inner.now());
    let mut anchor = !seat.is_anchored();
    while !end.is_cancelled() {
        if stream.is_none() && inner.now().mono >= next_try {
            stream = Stream::open(inner, watch, &seat).await;
            next_try = inner.now().mono.plus(limits::COLLECT_REST);
        }
        let tried = stream.is_none().then_some(next_try);
        let wait = tried.map_or(minute, |at| minute.min(at)).since(inner.now().mono);
        let mut urge = None;
        tokio::select! {
            biased;
            () = end.cancelled() => break,
            // Before the events, of which there may be one at any time; the end of a minute is looked at after each.
            Some(press) = pressed.recv() => urge = Some((Urge::Asked, Some(press))),
            event = next(stream.as_mut()) => match event {
                Some(event) => urge = take(inner, &seat, &event, &mut anchor),
                None => stream = None,
            },
            () = inner.flows.renewed.notified() => {}
            () = inner.parts.timer.sleep(wait) => {}
        }
        if stream
            .as_ref()
            .is_some_and(|stream| stream.making != watch.making())
        {
            // The secrets of the account, or what describes its provider, are others now.
            stream = None;
            next_try = inner.now().mono;
        }
        if inner.now().mono >= minute {
            urge = urge.or(Some((Urge::Minute, None)));
            minute = minute_end(inner.now());
        }
        if let Some((urge, press)) = urge {
            kept(inner, &seat, urge, press).await;
        }
    }
    drop(stream);
    kept(inner, &seat, Urge::Asked, None).await;
}

/// Makes the device known and takes the count up where it was left; tried again until the database answers.
async fn sit(
    inner: &Inner,
    config: &AccountConfig,
    end: &CancellationToken,
) -> Option<(Arc<Seat>, mpsc::Receiver<Press>)> {
    let device = owner::device_of(config).ok()?;
    let baseline = loop {
        match owner::take(inner, config, &device).await {
            Ok(baseline) => break baseline,
            Err(error) => tracing::warn!(account = %config.id, %error, "a device could not be taken up"),
        }
        tokio::select! {
            biased;
            () = end.cancelled() => return None,
            () = inner.parts.timer.sleep(limits::COLLECT_REST) => {}
        }
    };
    let baseline = baseline.and_then(|body| {
        let read = serde_json::from_value(body);
        read.inspect_err(
            |_| tracing::warn!(account = %config.id, "where a count stood cannot be read; it begins anew"),
        )
        .ok()
    });
    let anchored = baseline.is_some();
    let collector = Collector::new(baseline, rules(config));
    let who = (config.id.clone(), device, config.name.clone());
    let (seat, pressed) = Seat::new(who, (collector, anchored), inner.now());
    Some((Arc::new(seat), pressed))
}

fn rules(config: &AccountConfig) -> CountRules {
    CountRules {
        local_nodes: proxy::local_nodes(&config.params),
    }
}

/// What a kernel tells.
struct Stream {
    events: mpsc::Receiver<KernelEvent>,
    /// Ended with the stream.
    watching: JoinSet<()>,
    /// Which making of the adapters it comes from.
    making: u64,
}

impl Stream {
    /// `None` while the adapters cannot be made.
    async fn open(inner: &Inner, watch: &Watch, seat: &Seat) -> Option<Self> {
        let making = watch.making();
        let kernel: Arc<dyn Kernel> = match watch.links(inner).await {
            Ok(links) => links.kernel?,
            Err(blind) => {
                tracing::debug!(account = %seat.account, reason = blind.reason.name(), "a kernel cannot be asked");
                stand(inner, seat, DeviceState::Lost);
                return None;
            }
        };
        let (send, events) = mpsc::channel(limits::KERNEL_EVENTS);
        let mut watching = JoinSet::new();
        watching.spawn(async move { kernel.watch(send).await });
        Some(Self {
            events,
            watching,
            making,
        })
    }
}

/// The next event; never where there is no stream. `None`: the stream has ended, which it never does by itself.
async fn next(stream: Option<&mut Stream>) -> Option<KernelEvent> {
    let Some(stream) = stream else {
        return std::future::pending().await;
    };
    let event = stream.events.recv().await;
    if event.is_none()
        && let Some(Err(error)) = stream.watching.join_next().await
    {
        tracing::error!(
            is_panic = error.is_panic(),
            "a defect ended the watch over a kernel"
        );
    }
    event
}

/// Takes on what the kernel told. With its first frame it is known where its counters stand: once that is written,
/// `anchor` is over, and a crash loses nothing but names.
fn take(inner: &Inner, seat: &Seat, event: &KernelEvent, anchor: &mut bool) -> Option<(Urge, Option<Press>)> {
    if let KernelEvent::Lost(error) = event {
        tracing::debug!(account = %seat.account, %error, "a kernel is lost");
    }
    if seat.take(event, inner.now()) {
        tell(inner, seat);
    }
    if matches!(event, KernelEvent::Frame { .. } | KernelEvent::Lost(_)) {
        live::tell(inner, seat);
    }
    let anchors = matches!(event, KernelEvent::Frame { .. }) && std::mem::take(anchor);
    anchors.then_some((Urge::Asked, None))
}

fn stand(inner: &Inner, seat: &Seat, state: DeviceState) {
    if seat.stands(state) {
        tell(inner, seat);
    }
}

fn tell(inner: &Inner, seat: &Seat) {
    inner.publish(vec![Event::Device {
        at: inner.wall(),
        device: seat.device.clone(),
    }]);
}

async fn kept(inner: &Inner, seat: &Seat, urge: Urge, press: Option<Press>) {
    if let Err(error) = keep(inner, seat, urge).await {
        tracing::warn!(account = %seat.account, %error, "a count could not be written; it is kept in memory");
    }
    if let Some(press) = press {
        // An error says that nobody waits any more.
        let _ = press.send(());
    }
}

/// The end of the running minute, on the clock that cannot be set.
fn minute_end(now: Now) -> Mono {
    let into = u64::try_from(now.wall.ms().rem_euclid(60_000)).unwrap_or(0);
    now.mono
        .plus(Duration::from_millis(60_000_u64.saturating_sub(into)))
}
