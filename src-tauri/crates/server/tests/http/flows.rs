//! Proxy traffic through the door: what passed, over time and now, over a simulated kernel; and what is refused by the name
//! of its field.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_api::door::Scope;
use tidegate_api::request::{Item, Items};
use tidegate_api::words::{Clock, SystemTimer, Timer};
use tidegate_api::{Face, Request};
use tidegate_sim::proxy::{Dialect, SimKernel};

use crate::kit::{Call, Kit};

/// Longer than any machine takes.
const DEADLINE: Duration = Duration::from_secs(60);

/// A program that watches a simulated kernel.
async fn watching() -> (Kit, SimKernel, String) {
    let kit = Kit::new().await;
    let kernel = SimKernel::live(Dialect::Mihomo);
    kernel.add_node("HK 01", "Shadowsocks");
    kernel.add_group("Auto", &["HK 01"]);
    let address = kernel.listen().await.unwrap();
    let account = json!({ "id": "home", "provider": "proxy", "name": "At home",
        "params": { "controller": format!("http://{address}"), "device": "mac" } });
    let items = Items {
        account: vec![Item(account)],
        ..Items::default()
    };
    let save = Request::Save {
        items,
        remove: Vec::new(),
        secrets: Default::default(),
    };
    kit.app.handle(save, "test").await.unwrap();
    let token = kit.token(&[Scope::Read]).await;
    (kit, kernel, token)
}

/// The picture of now, when it is as wanted.
async fn until(kit: &Kit, token: &str, is: impl Fn(&Value) -> bool) -> Value {
    let timer = SystemTimer::new();
    let begun = timer.now().mono;
    loop {
        let live = kit.call(Call::get("/api/v1/flows/live").token(token)).await;
        assert_eq!(live.status, 200, "{}", live.json());
        if is(&live.json()) {
            return live.json();
        }
        assert!(timer.now().mono.since(begun) < DEADLINE, "never: {}", live.json());
        timer.sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn what_passes_is_told_now_and_then_by_device_node_and_kind() {
    let (kit, kernel, token) = watching().await;
    until(&kit, &token, |live| live["devices"][0]["down_rate"].is_number()).await;
    let open = kernel.open(&["HK 01", "Auto"]);
    kernel.pass(&open, 1000, 2_000_000);
    let live = until(&kit, &token, |live| {
        live["connections"][0]["bytes"]["down"]["value"] == "2000000"
    })
    .await;
    assert_eq!(live["devices"][0]["device"], "mac");
    assert_eq!(live["devices"][0]["state"], "watched");
    assert_eq!(live["connections"][0]["node"], "HK 01");
    kit.app.stop().await;
    let get = |path: &str| Call::get(&format!("/api/v1/flows{path}")).token(&token);
    let today = SystemTimer::new().now().wall.to_string();
    let day = |text: &str| text.split('T').next().unwrap().to_owned();
    // A day before and a day after: the machine may stand in any zone.
    let now = SystemTimer::new().now().wall;
    let (from, through) = (
        day(&now.minus(Duration::from_secs(86_400)).to_string()),
        day(&now.plus(Duration::from_secs(86_400)).to_string()),
    );
    let told = kit
        .call(get(&format!(
            "?from={from}&through={through}&by=device,node,kind&limit=10"
        )))
        .await;
    assert_eq!(told.status, 200, "{}", told.json());
    let told = told.json();
    let row = &told["rows"][0];
    assert_eq!(
        (&row["device"], &row["node"], &row["kind"]),
        (&json!("mac"), &json!("HK 01"), &json!("proxy"))
    );
    assert_eq!(
        row["bytes"]["total"],
        json!({ "value": "2001000", "unit": "bytes" })
    );
    assert_eq!(
        (&row["group"], &row["day"], &told["rest"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!(told["sum"]["proxy"]["up"]["value"], "1000");
    assert_eq!(told["coverage"][0]["name"], "At home");
    let span = format!(
        "/line?start={}&end={today}&points=60",
        now.minus(Duration::from_secs(3600))
    );
    let line = kit.call(get(&span)).await;
    assert_eq!(line.status, 200, "{}", line.json());
    let line = line.json();
    assert_eq!(line["step"], 300);
    let points = line["points"].as_array().unwrap();
    assert!(
        points.iter().any(|point| point["bytes"].is_null()),
        "nobody watched an hour ago"
    );
}

#[tokio::test]
async fn what_does_not_belong_there_is_named() {
    let kit = Kit::new().await;
    let token = kit.token(&[Scope::Read]).await;
    for (query, status, field) in [
        ("?through=2026-11-10", 400, "from"),
        ("?from=2026-11-31&through=2026-12-01", 400, "from"),
        ("?from=yesterday&through=2026-12-01", 400, "from"),
        ("?from=2026-11-10&through=2026-11-10&by=host", 400, "by"),
        ("?from=2026-11-10&through=2026-11-10&by=node,,day", 400, "by"),
        ("?from=2026-11-10&through=2026-11-10&limit=0", 400, "limit"),
        ("?from=2026-11-10&through=2026-11-10&limit=1001", 400, "limit"),
        (
            "?from=2026-11-10&through=2026-11-10&device=My%20Mac",
            400,
            "device",
        ),
        ("?from=2026-11-10&through=2026-11-09", 409, "through"),
        ("?from=2026-01-01&through=2027-02-05", 409, "through"),
        (
            "/line?start=2026-11-10T00:00:00Z&end=2026-11-10T00:00:00Z",
            409,
            "end",
        ),
        (
            "/line?start=2026-11-10T00:00:00Z&end=2028-11-10T00:00:00Z",
            409,
            "end",
        ),
        (
            "/line?start=2026-11-10T00:00:00Z&end=2026-11-11T00:00:00Z&points=3",
            400,
            "points",
        ),
        (
            "/line?start=2026-01-10T00:00:00Z&end=2026-11-10T00:00:00Z&points=100",
            409,
            "points",
        ),
    ] {
        let told = kit
            .call(Call::get(&format!("/api/v1/flows{query}")).token(&token))
            .await;
        assert_eq!(told.status, status, "{query}: {}", told.json());
        assert!(
            told.json().to_string().contains(field),
            "{query}: {}",
            told.json()
        );
    }
    let one_day = Call::get("/api/v1/flows?from=2026-11-10&through=2026-11-10&by=").token(&token);
    assert_eq!(
        kit.call(one_day).await.status,
        200,
        "nothing to tell apart by: one sum"
    );
    let all = Call::get("/api/v1/flows?from=2026-01-01&through=2027-02-04&by=day,day").token(&token);
    assert_eq!(
        kit.call(all).await.status,
        200,
        "400 days, and the same word twice"
    );
}
