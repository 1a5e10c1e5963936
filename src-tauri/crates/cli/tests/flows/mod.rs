//! `flows` as people and scripts meet it, beside a guard that watches a simulated kernel.

use tidegate_sim::proxy::{Dialect, SimKernel};
use tokio::runtime::Runtime;

use crate::kit::Home;

/// A kernel on a thread of its own, as long as this stands.
struct Kernel {
    kernel: SimKernel,
    address: String,
    _runtime: Runtime,
}

impl Kernel {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let kernel = SimKernel::live(Dialect::Mihomo);
        kernel.add_node("香港 01", "Shadowsocks");
        kernel.add_node("=JP 02", "Shadowsocks");
        let address = runtime.block_on(kernel.listen()).unwrap();
        Self {
            kernel,
            address: format!("http://{address}"),
            _runtime: runtime,
        }
    }

    fn config(&self) -> String {
        format!(
            "[[account]]\nid = \"home\"\nprovider = \"proxy\"\nname = \"At home\"\n[account.params]\n\
             controller = \"{}\"\ndevice = \"mac\"\n",
            self.address
        )
    }
}

/// Runs `flows live` until its answer is as wanted.
fn until(home: &Home, is: impl Fn(&serde_json::Value) -> bool) -> serde_json::Value {
    // Each try is a program of its own, which takes its time.
    for _ in 0..1000 {
        let live = home.run(&["flows", "live", "--json"]).json();
        if is(&live) {
            return live;
        }
    }
    panic!("what passes never came");
}

#[test]
fn what_passed_is_told_for_people_for_programs_and_for_tables() {
    let kernel = Kernel::start();
    let home = Home::empty();
    let config = home.write("t.toml", &kernel.config());
    let guard = home.guard(&["--config", &config]);
    until(&home, |live| live["devices"][0]["down_rate"].is_number());
    for (chain, down) in [("香港 01", 3_145_728), ("=JP 02", 1_048_576)] {
        let open = kernel.kernel.open(&[chain]);
        kernel.kernel.pass(&open, 1024, down);
    }
    let live = until(&home, |live| live["connections"].as_array().unwrap().len() == 2);
    assert_eq!(live["devices"][0]["state"], "watched");
    let told = home.run(&["flows", "live", "--lang", "en"]);
    assert!(
        told.out.contains("mac") && told.out.contains("watched") && told.out.contains("香港 01"),
        "{told:?}"
    );
    assert_eq!(guard.end().0, 0);

    let view = home.run(&["flows", "--json"]).json();
    assert_eq!(view["rows"][0]["node"], "香港 01");
    assert_eq!(view["rows"][0]["bytes"]["down"]["value"], "3145728");
    assert_eq!(view["sum"]["proxy"]["total"]["value"], "4196352");
    let told = home.run(&["flows", "--lang", "en"]);
    for part in [
        "香港 01",
        "3 MiB",
        "proxy",
        "unattributed",
        "At home (mac): watched",
    ] {
        assert!(told.out.contains(part), "{part} is missing: {}", told.out);
    }
    let told = home.run(&["flows", "--lang", "zh-CN", "--by", "kind", "--device", "mac"]);
    assert!(
        told.out.contains("代理") && told.out.contains("已监测"),
        "{}",
        told.out
    );
    let csv = home.run(&["flows", "--csv", "--by", "device,node", "--limit", "1"]);
    let lines: Vec<&str> = csv.out.lines().collect();
    assert_eq!(
        lines,
        [
            "device,node,up,down,total,estimated",
            "mac,香港 01,1024,3145728,3146752,0",
            ",,1024,1048576,1049600,0"
        ]
    );
    let csv = home.run(&["flows", "--csv", "--by", "node"]);
    assert!(csv.out.contains("'=JP 02,"), "a name is no formula: {}", csv.out);
    let lost = home.run(&["flows", "live", "--json"]).json();
    assert_eq!(lost["devices"][0]["state"], "lost", "nobody watches");
    assert!(lost["devices"][0]["down_rate"].is_null());
}

#[test]
fn what_cannot_be_asked_is_a_usage_error_that_names_the_word() {
    let home = Home::empty();
    home.apply("");
    for (args, part) in [
        (vec!["flows", "--from", "yesterday"], "--from"),
        (vec!["flows", "--from", "2026-02-30"], "--from"),
        (vec!["flows", "--by", "host"], "--by"),
        (vec!["flows", "--limit", "0"], "--limit"),
        (vec!["flows", "--device", "My Mac"], "--device"),
        (
            vec!["flows", "--from", "2026-11-10", "--through", "2026-11-09"],
            "through",
        ),
        (
            vec!["flows", "--from", "2025-01-01", "--through", "2026-11-09"],
            "400 days",
        ),
    ] {
        let told = home.run(&args);
        assert_eq!(told.code, 2, "{args:?}: {told:?}");
        assert!(told.err.contains(part), "{args:?}: {}", told.err);
    }
    let none = home.run(&[
        "flows",
        "--from",
        "2026-01-01",
        "--through",
        "2026-01-31",
        "--lang",
        "en",
    ]);
    assert_eq!(none.code, 0);
    assert!(none.out.contains("2026-01-01 → 2026-01-31"), "{}", none.out);
    let live = home.run(&["flows", "live", "--lang", "en"]);
    assert_eq!((live.code, live.out.trim()), (0, "None."));
}

#[test]
fn without_a_device_what_passed_is_unknown_and_not_nothing() {
    let told = Home::empty().run(&["flows"]);
    assert_eq!(told.code, 0, "{told:?}");
    assert!(!told.out.contains("0 B"), "{told:?}");
    assert!(
        told.out.contains("is unknown") && told.out.contains("agents invite"),
        "{told:?}"
    );
}

#[test]
fn a_report_says_its_headline_once() {
    let told = Home::empty().run(&["report"]);
    assert_eq!(told.code, 0, "{told:?}");
    assert_eq!(told.out.matches("Tidegate daily report").count(), 1, "{told:?}");
}
