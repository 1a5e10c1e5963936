//! Every family changes when what it measures changes, and a series ends with its subject. The engine is real; its cloud
//! and its channel are the simulator's, in this process.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fall over; that is its answer"
)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tidegate_api::request::{Item, Items, SecretFields, SecretText};
use tidegate_api::words::{Clock, Lang, SecretString, SystemTimer, Timer};
use tidegate_api::{App, AppOptions, ConfigRefusal, Face, Request, Response, VaultChoice};
use tidegate_server::http::Serving;
use tidegate_server::metrics::{FAMILIES, serve};
use tidegate_sim::proxy::{Dialect, SimKernel};
use tidegate_sim::time::ScaledTimer;
use tidegate_sim::{SimTransport, World};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

struct Kit {
    _home: TempDir,
    world: World,
    app: Arc<App>,
    serving: Serving,
}

type Page = BTreeMap<String, String>;

impl Kit {
    async fn new() -> Self {
        Self::at_speed(60).await
    }

    async fn at_speed(speed: u32) -> Self {
        let home = tempfile::tempdir().unwrap();
        let timer = Arc::new(ScaledTimer::new("2026-01-15T08:00:00Z".parse().unwrap(), speed));
        let clock: Arc<dyn Clock> = timer.clone();
        let world = World::example(1).build(clock);
        let mut options = AppOptions::new(home.path());
        options.vault = VaultChoice::Memory;
        options.timer = timer.clone();
        options.transport = Some(Arc::new(SimTransport::new(world.clone(), timer)));
        let app = Arc::new(App::open(options).await.unwrap());
        app.run().await.unwrap();
        let serving = serve(app.clone(), "127.0.0.1:0".parse().unwrap()).await.unwrap();
        Self {
            _home: home,
            world,
            app,
            serving,
        }
    }

    async fn ask(&self, request: Request) -> Response {
        self.app.handle(request, "test").await.unwrap()
    }

    /// An account with a guard on every package, steps that the packages have crossed already.
    async fn watch(&self) {
        let account = self.world.accounts().first().unwrap().clone();
        let key = self.world.credentials(&account).unwrap().first().unwrap().clone();
        let secret = |text: &str| SecretText(SecretString::from(text.to_owned()));
        let fields: SecretFields = [
            ("ak".to_owned(), secret(&key.ak)),
            ("sk".to_owned(), secret(&key.sk)),
        ]
        .into();
        let account = json!({ "id": "hw", "provider": "huawei", "interval": "60s",
            "secret": { "ak": "vault:hw", "sk": "vault:hw" } });
        let channel = json!({ "id": "desk", "kind": "desktop" });
        let guard = json!({ "id": "traffic", "account": "hw", "steps": ["1%", "99%"], "limit": "1 GB", "action": "stop" });
        self.ask(Request::Save {
            items: Items {
                account: vec![Item(account)],
                channel: vec![Item(channel)],
                guard: vec![Item(guard)],
                renewal: vec![Item(
                    json!({ "id": "domain", "name": "Domain", "cycle": "monthly", "day": "20" }),
                )],
                ..Items::default()
            },
            remove: Vec::new(),
            secrets: [("hw".to_owned(), fields)].into(),
        })
        .await;
    }

    async fn text(&self, accept: &str) -> String {
        let address = self.serving.address();
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "GET /metrics HTTP/1.1\r\nhost: {address}\r\naccept: {accept}\r\nconnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut all = String::new();
        stream.read_to_string(&mut all).await.unwrap();
        all
    }

    /// Every sample by its series.
    async fn page(&self) -> Page {
        let text = self.text("*/*").await;
        let samples = text.lines().filter(|line| line.starts_with("tidegate_"));
        samples
            .filter_map(|line| line.rsplit_once(' '))
            .map(|(series, value)| (series.to_owned(), value.to_owned()))
            .collect()
    }

    /// Waits until the page is as wanted.
    async fn until(&self, what: &str, wanted: impl Fn(&Page) -> bool) -> Page {
        let timer = SystemTimer::new();
        for _ in 0..2000 {
            let page = self.page().await;
            if wanted(&page) {
                return page;
            }
            timer.sleep(Duration::from_millis(10)).await;
        }
        panic!("{what} never came: {:#?}", self.page().await)
    }
}

fn any(page: &Page, start: &str, is: impl Fn(f64) -> bool) -> bool {
    page.iter()
        .filter(|(series, _)| series.starts_with(start))
        .any(|(_, value)| value.parse().is_ok_and(&is))
}

fn none(page: &Page, part: &str) -> bool {
    !page.keys().any(|series| series.contains(part))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_watched_appears_with_its_values_and_goes_with_its_subject() {
    let kit = Kit::new().await;
    let bare = kit.page().await;
    assert!(none(&bare, "account=\"hw\"") && any(&bare, "tidegate_up", |up| up > 0.5));
    assert!(any(&bare, "tidegate_subjects{kind=\"account\"}", |count| count < 0.5));
    kit.watch().await;
    let page = kit
        .until("a second look", |page| {
            any(
                page,
                "tidegate_checks_total{account=\"hw\",result=\"ok\"}",
                |count| count > 1.5,
            ) && any(page, "tidegate_alerts_total", |count| count > 0.5)
                && any(page, "tidegate_deliveries_total", |count| count > 0.5)
        })
        .await;
    for start in [
        "tidegate_balance{account=\"hw\"",
        "tidegate_used{account=\"hw\"",
        "tidegate_limit{account=\"hw\"",
        "tidegate_ratio{account=\"hw\"",
        "tidegate_threshold{account=\"hw\"",
        "tidegate_level{account=\"hw\"",
        "tidegate_check_duration_seconds_count{account=\"hw\"}",
        "tidegate_provider_calls_total{account=\"hw\",status=\"2xx\"}",
        "tidegate_provider_latency_seconds_count{account=\"hw\"}",
        "tidegate_last_check_timestamp_seconds{account=\"hw\"}",
        "tidegate_subjects{kind=\"meter\"}",
        "tidegate_renewal_days{renewal=\"domain\"}",
        "tidegate_deliveries_total{channel=\"desk\",result=\"failed\"}",
    ] {
        assert!(any(&page, start, |value| value > 0.0), "{start}");
    }
    assert!(any(
        &page,
        "tidegate_deliveries_waiting{channel=\"desk\"}",
        |_| true
    ));
    assert!(any(&page, "tidegate_task_lag_seconds{task=\"check\"}", |lag| lag
        < 60.0));
    let Response::Meters(meters) = kit
        .ask(Request::Meters {
            account: None,
            lang: Lang::En,
        })
        .await
    else {
        panic!("meters");
    };
    // As many digits as a float holds come out as they went in.
    let exact = meters
        .meters
        .iter()
        .filter_map(|meter| Some((meter.meter.clone(), meter.limit?.decimal())));
    for (meter, limit) in exact {
        let series = format!("tidegate_limit{{account=\"hw\",meter=\"{meter}\",unit=\"bytes\"}}");
        assert_eq!(page.get(&series).unwrap().trim_end_matches(".0"), limit);
    }
    kit.ask(Request::Apply {
        text: String::new(),
        prune: true,
    })
    .await;
    let gone = kit.page().await;
    for subject in [
        "account=\"hw\"",
        "guard=\"traffic\"",
        "channel=\"desk\"",
        "renewal=\"domain\"",
    ] {
        assert!(none(&gone, subject), "{subject} is still there");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blind_account_shows_itself_and_keeps_the_newest_truth_with_its_age() {
    let kit = Kit::new().await;
    kit.watch().await;
    kit.until("a look", |page| any(page, "tidegate_balance", |_| true))
        .await;
    let secret = SecretText(SecretString::from("FAKE-wrong".to_owned()));
    kit.ask(Request::VaultSet {
        item: "hw".to_owned(),
        fields: [("sk".to_owned(), secret)].into(),
    })
    .await;
    kit.app.engine().renew_secrets(&["hw".to_owned()]).await;
    let page = kit
        .until("blindness", |page| {
            any(page, "tidegate_account_blind{account=\"hw\"", |blind| blind > 0.5)
                && any(
                    page,
                    "tidegate_checks_total{account=\"hw\",result=\"blind\"}",
                    |count| count > 0.5,
                )
                && any(page, "tidegate_breaker_open{account=\"hw\"}", |open| open > 0.5)
        })
        .await;
    assert!(any(&page, "tidegate_blind{account=\"hw\"", |blind| blind > 0.5));
    assert!(any(&page, "tidegate_balance{account=\"hw\"", |left| left > 0.0));
    assert!(any(
        &page,
        "tidegate_provider_calls_total{account=\"hw\",status=\"4xx\"}",
        |count| count > 0.5
    ));
    let age = |page: &Page| {
        page.iter()
            .find(|(series, _)| series.starts_with("tidegate_age_seconds"))
            .unwrap()
            .1
            .parse::<f64>()
            .unwrap()
    };
    let before = age(&page);
    kit.until("an older truth", |page| age(page) > before + 30.0)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_persons_and_files_do_is_counted() {
    let kit = Kit::new().await;
    kit.watch().await;
    let page = kit.page().await;
    assert!(any(&page, "tidegate_paused", |paused| paused < 0.5) && none(&page, "tidegate_config"));
    kit.ask(Request::Pause { seconds: 600 }).await;
    kit.app
        .refuse_config("tidegate.toml", &ConfigRefusal::whole("line 1: FAKE".to_owned()))
        .await;
    let page = kit.page().await;
    assert!(any(&page, "tidegate_paused", |paused| paused > 0.5));
    assert!(any(&page, "tidegate_config_good", |good| good < 0.5));
    assert!(any(
        &page,
        "tidegate_config_reloads_total{result=\"refused\"}",
        |count| count > 0.5
    ));
    assert!(any(&page, "tidegate_conditions", |count| count > 0.5));
    assert!(any(
        &page,
        "tidegate_alerts_total{severity=\"program\"}",
        |count| count > 0.5
    ));
    kit.app.accept_config("tidegate.toml").await;
    let page = kit.page().await;
    assert!(any(&page, "tidegate_config_good", |good| good > 0.5));
    assert!(any(
        &page,
        "tidegate_config_reloads_total{result=\"applied\"}",
        |count| count > 0.5
    ));
    kit.ask(Request::Resume).await;
    kit.until("the guard's targets", |page| {
        any(page, "tidegate_level", |_| true)
    })
    .await;
    kit.ask(Request::Arm {
        guard: "traffic".parse().unwrap(),
        seconds: 3600,
    })
    .await;
    assert!(any(&kit.page().await, "tidegate_guards_armed", |armed| armed > 0.5));
    let server = server(&kit).await;
    kit.ask(Request::Stop {
        account: "hw".parse().unwrap(),
        target: server["target"]["id"].as_str().unwrap().parse().unwrap(),
        typed_name: server["target"]["name"].as_str().unwrap().to_owned(),
        forced: false,
    })
    .await;
    kit.until("a proved stop", |page| {
        any(page, "tidegate_actions_total{state=\"planned\"}", |count| {
            count > 0.5
        }) && any(page, "tidegate_actions_total{state=\"verified\"}", |count| {
            count > 0.5
        })
    })
    .await;
    kit.app.stop().await;
    assert!(any(&kit.page().await, "tidegate_up", |up| up < 0.5));
}

async fn server(kit: &Kit) -> Value {
    let targets = kit.ask(Request::Targets { account: None }).await;
    let targets = serde_json::to_value(targets).unwrap();
    targets["data"].as_array().unwrap().first().unwrap().clone()
}

/// A program that watches a simulated kernel through which 5 MB passed.
async fn with_kernel() -> (Kit, SimKernel) {
    // A real socket knows no faster time.
    let kit = Kit::at_speed(1).await;
    let kernel = SimKernel::live(Dialect::Mihomo);
    kernel.add_node("HK 01", "Shadowsocks");
    let address = kernel.listen().await.unwrap();
    let account = json!({ "id": "home", "provider": "proxy",
        "params": { "controller": format!("http://{address}"), "device": "mac" } });
    kit.ask(Request::Save {
        items: Items {
            account: vec![Item(account)],
            ..Items::default()
        },
        remove: Vec::new(),
        secrets: BTreeMap::default(),
    })
    .await;
    kit.until("a rate", |page| {
        let down = "tidegate_flow_rate_bytes{device=\"mac\",direction=\"down\"}";
        any(page, down, |_| true)
    })
    .await;
    let open = kernel.open(&["HK 01"]);
    kernel.pass(&open, 1000, 5_000_000);
    kit.until("an open connection", |page| {
        any(page, "tidegate_flow_connections{device=\"mac\"}", |count| {
            count > 0.5
        })
    })
    .await;
    (kit, kernel)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_shows_whether_it_is_heard_and_a_rate_that_is_not_known_is_absent() {
    let (kit, kernel) = with_kernel().await;
    let page = kit.page().await;
    let heard = "tidegate_device_heard{device=\"mac\"}";
    for start in [heard, "tidegate_subjects{kind=\"device\"}"] {
        assert!(any(&page, start, |value| value > 0.5), "{start}: {page:#?}");
    }
    let is = |family: &str, at_most: f64| {
        any(
            &page,
            &format!("tidegate_device_{family}{{device=\"mac\"}}"),
            |value| value < at_most,
        )
    };
    assert!(is("age_seconds", 60.0) && is("quarantined", 0.5));
    kernel.stop();
    let lost = kit
        .until("the loss", |page| any(page, heard, |heard| heard < 0.5))
        .await;
    assert!(none(&lost, "tidegate_flow_rate_bytes"));
}

#[tokio::test(flavor = "multi_thread")]
async fn proxy_traffic_is_counted_by_device_and_ends_with_it() {
    let (kit, _kernel) = with_kernel().await;
    // A clean end keeps what was counted, however little.
    kit.app.stop().await;
    let page = kit.page().await;
    let of = "{device=\"mac\",kind=\"proxy\",direction=\"down\"}";
    let bytes = format!("tidegate_flow_bytes_total{of}");
    assert!(any(&page, &bytes, |bytes| (bytes - 5e6).abs() < 0.5), "{page:#?}");
    let estimated = format!("tidegate_flow_estimated_bytes_total{of}");
    assert!(any(&page, &estimated, |bytes| bytes < 0.5));
    assert!(none(&page, "HK 01"), "no names from outside");
    assert!(none(&page, "tidegate_device_backlog"), "it has no agent");
    kit.app.run().await.unwrap();
    kit.ask(Request::Apply {
        text: String::new(),
        prune: true,
    })
    .await;
    kit.until("the end of the device", |page| none(page, "device=\"mac\""))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_texts_name_the_same_series() {
    let kit = Kit::new().await;
    kit.watch().await;
    kit.until("a look", |page| any(page, "tidegate_checks_total", |_| true))
        .await;
    let open = kit.text("application/openmetrics-text; version=1.0.0").await;
    assert!(open.trim_end().ends_with("# EOF") && open.contains("application/openmetrics-text"));
    assert!(open.contains("# TYPE tidegate_checks counter\n"), "{open}");
    let plain = kit.text("text/plain").await;
    assert!(plain.contains("# TYPE tidegate_checks_total counter\n") && !plain.contains("# EOF"));
    let mut names: Vec<&str> = FAMILIES.iter().map(|family| family.name).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all, "two families share a name");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_site_cannot_read_it_by_a_name_of_its_own() {
    let kit = Kit::new().await;
    let mut stream = TcpStream::connect(kit.serving.address()).await.unwrap();
    let head = "GET /metrics HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut all = String::new();
    stream.read_to_string(&mut all).await.unwrap();
    assert!(
        all.starts_with("HTTP/1.1 421") && !all.contains("tidegate_"),
        "{all}"
    );
}
