//! A panel, a clock and the client that asks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use tidegate_egress::{Egress, HttpTransport, Timer, Transport};
use tidegate_meter::{AccountId, Clock, Mono, Now, Reading, Time, Zone};
use tidegate_providers::subscription_info::{
    EXPIRY, Subscription, SubscriptionConfig, SubscriptionError, SubscriptionParams, TRAFFIC, Usage,
};
use tidegate_providers::{ProviderError, ReadReport, Source};
use tidegate_sim::panel::{Panel, PanelLie, Plan, Serving, serve};

pub(crate) const GIB: u64 = 1 << 30;

/// A clock that moves by hand, and by waiting.
#[derive(Default)]
pub(crate) struct Hands {
    ms: AtomicU64,
}

impl Hands {
    pub(crate) fn advance(&self, span: Duration) {
        self.ms
            .fetch_add(u64::try_from(span.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for Hands {
    fn now(&self) -> Now {
        let ms = self.ms.load(Ordering::SeqCst);
        Now {
            wall: start().plus(Duration::from_millis(ms)),
            mono: Mono(ms),
        }
    }
}

#[async_trait]
impl Timer for Hands {
    async fn sleep(&self, span: Duration) {
        self.advance(span);
    }
}

/// Noon in Shanghai.
pub(crate) fn start() -> Time {
    "2026-11-10T04:00:00Z".parse().unwrap()
}

pub(crate) fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

pub(crate) fn plan() -> Plan {
    Plan {
        up: GIB,
        down: 9 * GIB,
        total: Some(100 * GIB),
        expires_at: Some(start().plus(Duration::from_secs(30 * 86_400))),
    }
}

/// A subscription at an address, over a wire.
pub(crate) fn subscription(
    url: &str,
    params: &[(&str, &str)],
    wire: Arc<dyn Transport>,
    timer: &Arc<Hands>,
) -> Result<Subscription, SubscriptionError> {
    let given: BTreeMap<String, String> = params
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    let config = SubscriptionConfig {
        account: AccountId::new("airport").unwrap(),
        url: SecretString::from(url.to_owned()),
        params: SubscriptionParams::read(&given).unwrap(),
        zone: "Asia/Shanghai".parse::<Zone>().unwrap(),
    };
    let timer: Arc<dyn Timer> = Arc::<Hands>::clone(timer);
    Subscription::new(config, Arc::new(Egress::new(wire, timer)))
}

/// A panel behind real HTTP, and a subscription of it.
pub(crate) struct Scene {
    pub(crate) panel: Panel,
    pub(crate) serving: Serving,
    pub(crate) timer: Arc<Hands>,
    pub(crate) source: Subscription,
}

impl Scene {
    pub(crate) async fn new(params: &[(&str, &str)]) -> Self {
        let panel = Panel::new(plan());
        let serving = serve(panel.clone()).await.unwrap();
        let timer = Arc::new(Hands::default());
        let wire: Arc<dyn Transport> = Arc::new(HttpTransport::new().unwrap());
        let source = subscription(&Panel::url(&serving.base), params, wire, &timer).unwrap();
        Self {
            panel,
            serving,
            timer,
            source,
        }
    }

    /// That lie, an hour later.
    pub(crate) async fn told(&self, lie: PanelLie) -> Result<ReadReport, ProviderError> {
        self.panel.lie(Some(lie));
        self.later().await
    }

    /// A look an hour later.
    pub(crate) async fn later(&self) -> Result<ReadReport, ProviderError> {
        self.timer.advance(minutes(60));
        self.source.read().await
    }
}

/// The usage of a report.
pub(crate) fn usage(report: &ReadReport) -> Usage {
    report.usage.unwrap()
}

/// A meter's reading.
pub(crate) fn reading(report: &ReadReport, meter: &str) -> Option<Reading> {
    let look = report.meters.iter().find(|look| look.info.id.as_str() == meter)?;
    look.outcome.reading().cloned()
}

pub(crate) fn traffic(report: &ReadReport) -> Reading {
    reading(report, TRAFFIC).unwrap()
}

pub(crate) fn days_left(report: &ReadReport) -> Option<i64> {
    Some(reading(report, EXPIRY)?.remaining()?.raw())
}
