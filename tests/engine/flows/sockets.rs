//! The same with the real adapters, over real sockets, against simulated kernels that know the truth. In the machine's own
//! time: sockets know no other.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tidegate_egress::Timer;
use tidegate_engine::config::{AccountConfig, SecretRef, SecretRefs};
use tidegate_engine::{DeviceState, Engine, SystemTimer};
use tidegate_meter::Clock;
use tidegate_sim::proxy::{Dialect, SimKernel};
use tidegate_store::{FlowBy, FlowFilter, OpenOptions, Store};

use crate::flows::house::{config, proxy};
use crate::kit::{self, NoWire};

const SECRET: &str = "FAKE-controller-secret";
/// Longer than any machine takes.
const DEADLINE: Duration = Duration::from_secs(60);

/// An engine as the program puts it together, beside one kernel.
struct Real {
    kernel: SimKernel,
    store: Store,
    timer: Arc<SystemTimer>,
    account: AccountConfig,
}

impl Real {
    async fn new(dialect: Dialect) -> Self {
        let kernel = SimKernel::live(dialect);
        kernel.set_secret(SECRET);
        kernel.add_node("HK 01", "Shadowsocks");
        kernel.add_node("JP 02", "Shadowsocks");
        kernel.add_node("HOME", "Socks5");
        kernel.add_group("Auto", &["HK 01", "JP 02"]);
        let address = kernel.listen().await.unwrap();
        let timer = Arc::new(SystemTimer::new());
        let mut account = proxy("home", "mac");
        account
            .params
            .insert("controller".to_owned(), format!("http://{address}"));
        account.params.insert("local_nodes".to_owned(), "HOME".to_owned());
        account.secret = SecretRefs::from([("secret".to_owned(), SecretRef::Env("CONTROLLER".to_owned()))]);
        let store = Store::open(OpenOptions::memory(timer.now().wall, "one")).unwrap();
        Self {
            kernel,
            store,
            timer,
            account,
        }
    }

    /// A running engine; the adapters are the program's own.
    async fn running(&self) -> Engine {
        let environment = Arc::new(|name: &str| (name == "CONTROLLER").then(|| SECRET.into()));
        let timer = Arc::clone(&self.timer) as Arc<dyn Timer>;
        let parts = kit::parts_over(Arc::new(NoWire), timer, self.store.clone(), environment, 7);
        let engine = Engine::open(parts).await.unwrap();
        let config = config(vec![self.account.clone()]);
        engine.configure(config, "test").await.unwrap();
        engine.run().await.unwrap();
        engine
    }

    /// Waits until what passes now is as wanted.
    async fn until(&self, engine: &Engine, what: &str, is: impl Fn(&tidegate_engine::LiveTold) -> bool) {
        let begun = self.timer.now().mono;
        while !is(&engine.live().await.unwrap()) {
            assert!(self.timer.now().mono.since(begun) < DEADLINE, "{what} never came");
            self.timer.sleep(Duration::from_millis(50)).await;
        }
    }

    async fn watched(&self, engine: &Engine) {
        self.until(engine, "the kernel", |live| {
            let device = live.devices.first();
            device.is_some_and(|device| device.state == DeviceState::Watched && device.rates.is_some())
        })
        .await;
    }

    /// The bytes of each node as they are stored.
    async fn nodes(&self) -> BTreeMap<String, u64> {
        let today = self
            .timer
            .now()
            .wall
            .to_jiff()
            .to_zoned(jiff::tz::TimeZone::UTC)
            .date();
        let filter = FlowFilter {
            from: today.yesterday().unwrap(),
            through: today.tomorrow().unwrap(),
            device: None,
            by: vec![FlowBy::Node],
            limit: 100,
        };
        let page = self.store.flows(filter).await.unwrap();
        let sums = page.sums.into_iter();
        sums.map(|sum| (sum.node.unwrap(), sum.bytes.total().unwrap()))
            .collect()
    }

    /// The bytes of each node as they truly were.
    fn truth(&self) -> BTreeMap<String, u64> {
        let truth = self.kernel.truth().into_iter();
        truth
            .map(|(node, carried)| (node, carried.up + carried.down))
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_dialect_is_counted_to_the_byte_over_its_own_door() {
    for dialect in [
        Dialect::Mihomo,
        Dialect::SingBox,
        Dialect::Clash,
        Dialect::ClashRs,
    ] {
        let real = Real::new(dialect).await;
        let engine = real.running().await;
        real.watched(&engine).await;
        let proxied = real.kernel.open(&["HK 01", "Auto"]);
        let local = real.kernel.open(&["HOME"]);
        real.kernel.pass(&proxied, 1000, 5_000_000);
        real.kernel.pass(&local, 10, 20);
        real.until(&engine, "what passed", |live| {
            live.connections.iter().map(|(_, open)| open.up).sum::<u64>() == 1010
        })
        .await;
        engine.stop().await;
        assert_eq!(real.nodes().await, real.truth(), "{dialect:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passed_while_nobody_watched_is_counted_at_the_next_start() {
    let real = Real::new(Dialect::Mihomo).await;
    let engine = real.running().await;
    real.watched(&engine).await;
    engine.stop().await;
    let open = real.kernel.open(&["HK 01", "Auto"]);
    real.kernel.pass(&open, 300, 400);
    let again = real.running().await;
    real.watched(&again).await;
    again.stop().await;
    let sum = |nodes: BTreeMap<String, u64>| nodes.values().sum::<u64>();
    assert_eq!(sum(real.nodes().await), sum(real.truth()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kernel_that_ends_is_lost_and_found_again() {
    let real = Real::new(Dialect::Mihomo).await;
    let engine = real.running().await;
    real.watched(&engine).await;
    real.kernel.stop();
    real.until(&engine, "the loss", |live| {
        live.devices
            .first()
            .is_some_and(|device| device.state == DeviceState::Lost && device.rates.is_none())
    })
    .await;
    real.kernel.start();
    real.watched(&engine).await;
    let open = real.kernel.open(&["JP 02", "Auto"]);
    real.kernel.pass(&open, 7, 8);
    real.until(&engine, "what passed", |live| !live.connections.is_empty())
        .await;
    engine.stop().await;
    assert_eq!(real.nodes().await, real.truth());
}
