//! A cloud that answers from recorded bodies, and a clock that only moves when somebody waits.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use tidegate_egress::{Egress, Failure, FailureKind, Request, Response, Timer, Transport};
use tidegate_guard::{ActionKind, Consent, Permit, StopManner};
use tidegate_meter::{Clock, Mono, Now, Target, TargetKind, Time};
use tidegate_providers::huawei::{Credential, Huawei, HuaweiConfig};
use tidegate_providers::sign::Signable;
use tidegate_providers::sign::huawei::{parse_authorization, verify};

pub(crate) const START: &str = "2026-01-26T03:00:00Z";
pub(crate) const PROJECT: &str = "0d0466b0dcb14f0e8c4c0000000000aa";
pub(crate) const DOMAIN: &str = "0d0466b0dcb14f0e8c4c0000000000dd";
pub(crate) const SERVER: &str = "72a270de-1111-4222-8333-000000000001";
pub(crate) const PACKAGE_A: &str = "828e2c7c-1111-4222-8333-00000000000a";
pub(crate) const PACKAGE_B: &str = "828e2c7c-1111-4222-8333-00000000000b";
pub(crate) const PACKAGE_SHARED: &str = "828e2c7c-1111-4222-8333-00000000000c";
pub(crate) const EIP: &str = "f588ccfa-1111-4222-8333-0000000000e1";
pub(crate) const GIB: i64 = 1 << 30;

/// Fake keys by access key; the secret is the canary that no output may hold.
pub(crate) const WATCH: (&str, &str) = ("FAKEAK0WATCHER000001", "FAKE-canary-secret-of-the-watcher");
pub(crate) const ACT: (&str, &str) = ("FAKEAK0ACTOR00000001", "FAKE-canary-secret-of-the-actor");
pub(crate) const TOKEN: &str = "FAKE-canary-security-token";

pub(crate) const PROJECTS: &str = "/v3/auth/projects";
pub(crate) const INSTANCES: &str = "/all-resources";
pub(crate) const PACKAGES: &str = "/v3/payments/free-resources/query";
pub(crate) const USAGES: &str = "/v2/payments/free-resources/usages/details/query";
pub(crate) const ADDRESSES: &str = "/eip/publicips";
pub(crate) const POINTS: &str = "/batch-query-metric-data";
pub(crate) const DETAIL: &str = "/cloudservers/detail";
pub(crate) const ACTION: &str = "/cloudservers/action";
pub(crate) const JOB: &str = "/jobs/";

pub(crate) fn fixture(name: &str) -> Value {
    let text = match name {
        "projects" => include_str!("../../src/huawei/fixtures/projects.json"),
        "instances" => include_str!("../../src/huawei/fixtures/instances.json"),
        "packages" => include_str!("../../src/huawei/fixtures/packages.json"),
        "usages" => include_str!("../../src/huawei/fixtures/usages.json"),
        "addresses" => include_str!("../../src/huawei/fixtures/addresses.json"),
        "points" => include_str!("../../src/huawei/fixtures/points.json"),
        "server" => include_str!("../../src/huawei/fixtures/server.json"),
        "job_running" => include_str!("../../src/huawei/fixtures/job_running.json"),
        "job_failed" => include_str!("../../src/huawei/fixtures/job_failed.json"),
        "accepted" => include_str!("../../src/huawei/fixtures/accepted.json"),
        "gone" => include_str!("../../src/huawei/fixtures/gone.json"),
        other => panic!("no fixture {other}"),
    };
    serde_json::from_str(text).unwrap()
}

/// A clock that moves by waiting.
pub(crate) struct VirtualTimer {
    start: Time,
    ms: AtomicU64,
}

impl VirtualTimer {
    pub(crate) fn advance(&self, span: Duration) {
        self.ms
            .fetch_add(u64::try_from(span.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for VirtualTimer {
    fn now(&self) -> Now {
        let ms = self.ms.load(Ordering::SeqCst);
        Now {
            wall: self.start.plus(Duration::from_millis(ms)),
            mono: Mono(ms),
        }
    }
}

#[async_trait]
impl Timer for VirtualTimer {
    async fn sleep(&self, span: Duration) {
        self.advance(span);
    }
}

/// One request as the cloud saw it.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Value,
    pub(crate) ak: String,
}

impl Seen {
    pub(crate) fn asks(&self, path: &str) -> bool {
        self.path.contains(path)
    }

    /// The ids of a usage query.
    pub(crate) fn ids(&self) -> Vec<String> {
        let ids = self.body["free_resource_ids"].as_array().unwrap();
        ids.iter().map(|id| id.as_str().unwrap().to_owned()).collect()
    }
}

pub(crate) type Reply = Result<Response, Failure>;
type Handler = Box<dyn Fn(&Seen) -> Reply + Send + Sync>;

/// The recorded usages with something left of every package.
pub(crate) fn plenty() -> Value {
    let mut usages = fixture("usages");
    for row in usages["free_resources"].as_array_mut().unwrap() {
        row["amount"] = 100.into();
    }
    usages
}

pub(crate) fn reply(status: u16, body: &Value) -> Reply {
    raw(status, &body.to_string())
}

pub(crate) fn ok(body: &Value) -> Reply {
    reply(200, body)
}

pub(crate) fn raw(status: u16, body: &str) -> Reply {
    Ok(Response {
        status,
        headers: vec![("x-request-id".to_owned(), "req-1".to_owned())],
        body: body.to_owned().into(),
    })
}

pub(crate) fn with_header(reply: Reply, name: &str, value: &str) -> Reply {
    reply.map(|mut response| {
        response.headers.push((name.to_owned(), value.to_owned()));
        response
    })
}

pub(crate) fn refused(status: u16, code: &str, message: &str) -> Reply {
    reply(status, &json!({"error_code": code, "error_msg": message}))
}

pub(crate) fn hangs() -> Reply {
    Err(Failure::new(
        FailureKind::Timeout,
        "host",
        "no complete answer in time",
    ))
}

/// The cloud: recorded answers, each replaceable.
pub(crate) struct Cloud {
    pub(crate) timer: Arc<VirtualTimer>,
    handlers: Mutex<Vec<(&'static str, Handler)>>,
    seen: Mutex<Vec<Seen>>,
}

impl Cloud {
    pub(crate) fn new() -> Arc<Self> {
        let cloud = Self {
            timer: Arc::new(VirtualTimer {
                start: START.parse().unwrap(),
                ms: AtomicU64::new(0),
            }),
            handlers: Mutex::default(),
            seen: Mutex::default(),
        };
        let recorded = [
            (PROJECTS, "projects"),
            (INSTANCES, "instances"),
            (PACKAGES, "packages"),
            (ADDRESSES, "addresses"),
            (DETAIL, "server"),
            (JOB, "job_running"),
            (ACTION, "accepted"),
        ];
        for (path, name) in recorded {
            let body = fixture(name);
            cloud.on(path, move |_| ok(&body));
        }
        cloud.on(USAGES, |seen| ok(&usages_of(&seen.ids())));
        cloud.on(POINTS, |_| ok(&json!({"metrics": []})));
        Arc::new(cloud)
    }

    /// From now on, requests whose path holds `path` are answered so.
    pub(crate) fn on(&self, path: &'static str, handler: impl Fn(&Seen) -> Reply + Send + Sync + 'static) {
        self.handlers.lock().unwrap().push((path, Box::new(handler)));
    }

    pub(crate) fn answers(&self, path: &'static str, body: Value) {
        self.on(path, move |_| ok(&body));
    }

    pub(crate) fn advance(&self, span: Duration) {
        self.timer.advance(span);
    }

    pub(crate) fn now(&self) -> Time {
        self.timer.now().wall
    }

    /// Every request whose path holds `path`.
    pub(crate) fn seen(&self, path: &str) -> Vec<Seen> {
        let seen = self.seen.lock().unwrap();
        seen.iter().filter(|seen| seen.asks(path)).cloned().collect()
    }

    pub(crate) fn egress(self: &Arc<Self>) -> Arc<Egress> {
        let transport: Arc<dyn Transport> = Arc::<Self>::clone(self);
        Arc::new(Egress::new(transport, Arc::<VirtualTimer>::clone(&self.timer)).with_jitter_seed(7))
    }

    /// The usual account: no fast signal, no cache, one key.
    pub(crate) fn account(self: &Arc<Self>) -> Huawei {
        self.account_with(|_| {})
    }

    pub(crate) fn account_with(self: &Arc<Self>, change: impl Fn(&mut HuaweiConfig)) -> Huawei {
        let mut config = config();
        change(&mut config);
        Huawei::new(config, credential(WATCH), None, self.egress())
    }
}

pub(crate) fn config() -> HuaweiConfig {
    let mut config = HuaweiConfig::new("hw-main".parse().unwrap());
    config.fast = false;
    config
}

pub(crate) fn credential(key: (&str, &str)) -> Credential {
    Credential {
        ak: key.0.into(),
        sk: key.1.into(),
        security_token: None,
    }
}

/// Usage rows for exactly the ids asked for, as recorded; unknown ids get the first row's values.
pub(crate) fn usages_of(ids: &[String]) -> Value {
    let recorded = fixture("usages");
    let rows = recorded["free_resources"].as_array().unwrap();
    let answered: Vec<Value> = ids
        .iter()
        .map(|id| {
            let known = rows.iter().find(|row| row["free_resource_id"] == id.as_str());
            let mut row = known.unwrap_or(&rows[0]).clone();
            row["free_resource_id"] = json!(id);
            row
        })
        .collect();
    json!({ "free_resources": answered })
}

pub(crate) fn target() -> Target {
    Target {
        kind: TargetKind::Server,
        id: SERVER.parse().unwrap(),
        name: "flexus-l-1".to_owned(),
        region: "cn-north-4".to_owned(),
    }
}

pub(crate) fn permit(target: Target, action: ActionKind, manner: StopManner) -> Permit {
    let consent = Consent {
        by: "test".to_owned(),
        typed_name: target.name.clone(),
    };
    Permit::by_person(target, action, manner, START.parse().unwrap(), &consent).unwrap()
}

#[async_trait]
impl Transport for Cloud {
    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        let seen = saw(&request);
        self.seen.lock().unwrap().push(seen.clone());
        if !is_signed(&request, &seen.ak) {
            return refused(401, "APIGW.0301", "verify aksk signature fail");
        }
        let handlers = self.handlers.lock().unwrap();
        let handler = handlers.iter().rev().find(|(path, _)| seen.asks(path));
        handler.map_or_else(
            || refused(404, "APIGW.0101", "The API does not exist"),
            |(_, handler)| handler(&seen),
        )
    }
}

fn saw(request: &Request) -> Seen {
    let headers: BTreeMap<String, String> = request.headers.iter().cloned().collect();
    let presented = headers
        .get("authorization")
        .and_then(|text| parse_authorization(text));
    Seen {
        host: request.url.host_str().unwrap().to_owned(),
        path: request.url.path().to_owned(),
        query: request.url.query_pairs().into_owned().collect(),
        body: serde_json::from_slice(&request.body).unwrap_or(Value::Null),
        ak: presented.map(|presented| presented.access).unwrap_or_default(),
        headers,
    }
}

fn is_signed(request: &Request, ak: &str) -> bool {
    let Some(sk) = [WATCH, ACT].into_iter().find(|key| key.0 == ak).map(|key| key.1) else {
        return false;
    };
    let authorization = request.headers.iter().find(|(name, _)| name == "authorization");
    let presented = parse_authorization(&authorization.unwrap().1).unwrap();
    let port = request
        .url
        .port()
        .map_or_else(String::new, |port| format!(":{port}"));
    let host = format!("{}{port}", request.url.host_str().unwrap());
    let mut headers = request.headers.clone();
    headers.push(("host".to_owned(), host));
    let target = request.url[url::Position::BeforePath..].to_owned();
    let incoming = Signable::from_wire(request.method.as_str(), &target, headers, &request.body);
    let covers = |name: &str| presented.signed_headers.iter().any(|signed| signed == name);
    let all = ["x-project-id", "x-domain-id", "x-security-token", "content-type"]
        .into_iter()
        .filter(|name| incoming.header(name).is_some())
        .all(covers);
    all && covers("host") && verify(sk, &incoming, &presented)
}
