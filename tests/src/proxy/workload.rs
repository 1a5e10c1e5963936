//! What is fetched, how fast and for how long. Owns the sizes: those of short connections are heavy-tailed as on the real
//! network, and every node gets large ones and small ones alike in kind, never in order.

use std::sync::Arc;
use std::time::Duration;

use tidegate_egress::{SystemTimer, Timer as _};
use tidegate_meter::{Clock as _, Mono};
use tokio::task::JoinSet;

use super::client::{Datagrams, Way};
use super::config::ROUTES;

/// Quantiles of a log-normal distribution (µ 9.5, σ 1.3): 577 bytes to 310 kB, half of them below 13.5 kB.
const SIZES: [usize; 64] = [
    577, 1_009, 1_353, 1_667, 1_967, 2_262, 2_554, 2_847, 3_143, 3_442, 3_747, 4_058, 4_376, 4_703, 5_038,
    5_383, 5_738, 6_105, 6_484, 6_876, 7_282, 7_703, 8_140, 8_595, 9_068, 9_560, 10_074, 10_611, 11_173,
    11_761, 12_377, 13_024, 13_704, 14_421, 15_176, 15_975, 16_820, 17_716, 18_669, 19_683, 20_767, 21_926,
    23_171, 24_511, 25_959, 27_528, 29_237, 31_105, 33_159, 35_429, 37_954, 40_783, 43_981, 47_632, 51_850,
    56_792, 62_687, 69_878, 78_910, 90_718, 107_078, 131_949, 176_956, 309_535,
];

/// Bytes a second of the long downloads, in the order of the routes.
const RATES: [usize; 6] = [240_000, 120_000, 480_000, 320_000, 160_000, 200_000];
/// Bytes a second of the long upload.
const UPLOAD: usize = 320_000;
/// The route of the long upload.
const UPLOAD_ROUTE: usize = 3;

/// Everything that is under way.
pub(super) struct Traffic {
    tasks: JoinSet<()>,
    timer: Arc<SystemTimer>,
    way: Way,
    until: Mono,
}

impl Traffic {
    /// Traffic for so long from now.
    pub(super) fn new(way: Way, span: Duration) -> Self {
        let timer = Arc::new(SystemTimer::default());
        let until = timer.now().mono.plus(span);
        Self {
            tasks: JoinSet::new(),
            timer,
            way,
            until,
        }
    }

    /// One long download over each route, and one upload; each begins anew when it breaks.
    pub(super) fn steady(&mut self) {
        for (route, rate) in ROUTES.iter().zip(RATES) {
            self.keep(route.host, rate, false);
        }
        if let Some(route) = ROUTES.get(UPLOAD_ROUTE) {
            self.keep(route.host, UPLOAD, true);
        }
    }

    /// One long download of this host.
    pub(super) fn download(&mut self, host: &'static str, rate: usize) {
        self.keep(host, rate, false);
    }

    /// Datagrams to this host, each answered before the next is sent.
    pub(super) fn datagrams(&mut self, host: &'static str) {
        let (timer, way, until) = (Arc::clone(&self.timer), self.way, self.until);
        self.tasks.spawn(async move {
            let Ok(datagrams) = Datagrams::open(way).await else {
                return;
            };
            while timer.now().mono < until && datagrams.send(host, 900).await.is_ok() {
                let _lost = tokio::time::timeout(Duration::from_secs(1), datagrams.answered()).await;
                timer.sleep(Duration::from_millis(10)).await;
            }
        });
    }

    fn keep(&mut self, host: &'static str, rate: usize, up: bool) {
        let (timer, way, until) = (Arc::clone(&self.timer), self.way, self.until);
        self.tasks.spawn(async move {
            loop {
                let left = until.since(timer.now().mono);
                let size = rate * usize::try_from(left.as_millis()).unwrap_or(0) / 1000;
                if size < rate / 10 {
                    return;
                }
                // What breaks with a kernel is part of the workload.
                let _broke = if up {
                    way.send(host, size, rate).await
                } else {
                    way.fetch(host, size, rate).await
                };
                timer.sleep(Duration::from_millis(100)).await;
            }
        });
    }

    /// So many short connections a second, one of every route in turn, in no order of size.
    pub(super) fn bursts(&mut self, a_second: u32, seed: u64) {
        let (timer, way, until) = (Arc::clone(&self.timer), self.way, self.until);
        let pause = Duration::from_secs(1) / a_second;
        self.tasks.spawn(async move {
            let mut dice = fastrand::Rng::with_seed(seed);
            let mut open = JoinSet::new();
            let mut begun = 0_u32;
            let start = timer.now().mono;
            while timer.now().mono < until {
                let due = start.plus(pause * begun);
                timer.sleep(due.since(timer.now().mono)).await;
                let route = dice.usize(..ROUTES.len());
                let size = SIZES.get(dice.usize(..SIZES.len())).copied().unwrap_or_default();
                if let Some(route) = ROUTES.get(route) {
                    // Refused while a kernel is away.
                    open.spawn(async move { drop(way.fetch(route.host, size, 0).await) });
                }
                begun += 1;
                while open.try_join_next().is_some() {}
            }
            while open.join_next().await.is_some() {}
        });
    }

    /// Until all of it is over.
    pub(super) async fn over(mut self) {
        while self.tasks.join_next().await.is_some() {}
    }
}
