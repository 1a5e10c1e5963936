//! A cloud that answers from recorded bodies, on a clock that moves only while everybody waits.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use tidegate_egress::{Egress, Failure, FailureKind, Request, Response, Timer, Transport};
use tidegate_guard::{ActionKind, Consent, Permit, StopManner};
use tidegate_meter::{Clock, Target, TargetId, TargetKind};
use tidegate_providers::Credential;
use tidegate_providers::sign::{Signable, volcengine};
use tidegate_providers::volcengine::{Volcengine, VolcengineConfig};
use tidegate_sim::time::VirtualTimer;

/// Noon in Beijing on a day on which only the running month can change.
pub(crate) const START: &str = "2026-03-20T04:00:00Z";
/// Fake keys; the secrets are the canaries that no output may hold.
pub(crate) const WATCH: (&str, &str) = ("AKLTFAKE0WATCHER", "FAKE-canary-secret-of-the-watcher");
pub(crate) const ACT: (&str, &str) = ("AKLTFAKE0ACTOR", "FAKE-canary-secret-of-the-actor");
pub(crate) const TOKEN: &str = "FAKE-canary-session-token";
pub(crate) const BOB: &str = "60000001";
pub(crate) const KEY: &str = "AKLTFAKE0000000000000001";

macro_rules! fixtures {
    ($($name:literal),* $(,)?) => {
        /// Every recorded body by its name.
        pub(crate) const FIXTURES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../src/volcengine/fixtures/", $name, ".json")))),*];
    };
}

fixtures!(
    "attached",
    "balance",
    "bill",
    "caller",
    "deny_all",
    "done",
    "endpoint",
    "endpoints",
    "flow_limit",
    "groups",
    "instances",
    "key_gone",
    "keys",
    "login",
    "login_stub",
    "made_key",
    "made_user",
    "policies",
    "projects",
    "refused_signature",
    "stopped",
    "user",
    "users",
);

pub(crate) fn fixture(name: &str) -> Value {
    let found = FIXTURES.iter().find(|(known, _)| *known == name);
    let (_, text) = found.unwrap_or_else(|| panic!("no fixture {name}"));
    serde_json::from_str(text).unwrap()
}

/// What each action answers unless a test says otherwise.
const RECORDED: [(&str, &str); 28] = [
    ("ListUsers", "users"),
    ("GetUser", "user"),
    ("CreateUser", "made_user"),
    ("ListAccessKeys", "keys"),
    ("CreateAccessKey", "made_key"),
    ("UpdateAccessKey", "done"),
    ("DeleteAccessKey", "done"),
    ("GetLoginProfile", "login"),
    ("UpdateLoginProfile", "login"),
    ("ListAttachedUserPolicies", "attached"),
    ("ListPolicies", "policies"),
    ("GetPolicy", "deny_all"),
    ("CreatePolicy", "deny_all"),
    ("AttachUserPolicy", "done"),
    ("DetachUserPolicy", "done"),
    ("AttachPolicyInProject", "done"),
    ("DetachPolicyInProject", "done"),
    ("ListGroupsForUser", "groups"),
    ("ListProjects", "projects"),
    ("ListSplitBillDetail", "bill"),
    ("QueryBalanceAcct", "balance"),
    ("GetCallerIdentity", "caller"),
    ("ListEndpoints", "endpoints"),
    ("GetEndpoint", "endpoint"),
    ("StopEndpoint", "done"),
    ("StartEndpoint", "done"),
    ("DescribeInstances", "instances"),
    ("StopInstances", "stopped"),
];

/// One request as the cloud saw it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) action: String,
    pub(crate) version: String,
    pub(crate) service: String,
    pub(crate) region: String,
    pub(crate) method: &'static str,
    pub(crate) host: String,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) body: Value,
    pub(crate) ak: String,
    /// When it arrived, in milliseconds since the start.
    pub(crate) at: u64,
}

impl Seen {
    pub(crate) fn offset(&self) -> usize {
        usize::try_from(self.body["Offset"].as_u64().unwrap()).unwrap()
    }
}

pub(crate) type Reply = Result<Response, Failure>;
type Handler = Arc<dyn Fn(&Seen) -> Reply + Send + Sync>;

pub(crate) fn raw(status: u16, body: &str) -> Reply {
    Ok(Response {
        status,
        headers: Vec::new(),
        body: body.to_owned().into(),
    })
}

pub(crate) fn ok(body: &Value) -> Reply {
    raw(200, &body.to_string())
}

pub(crate) fn refused(status: u16, code: &str, message: &str) -> Reply {
    let body =
        json!({"ResponseMetadata": {"RequestId": "fake", "Error": {"Code": code, "Message": message}}});
    raw(status, &body.to_string())
}

pub(crate) fn with_header(reply: Reply, name: &str, value: &str) -> Reply {
    reply.map(|mut response| {
        response.headers.push((name.to_owned(), value.to_owned()));
        response
    })
}

pub(crate) fn fails(kind: FailureKind) -> Reply {
    Err(Failure::new(kind, "host", "no complete answer in time"))
}

/// The cloud: recorded answers, each replaceable.
pub(crate) struct Cloud {
    pub(crate) timer: VirtualTimer,
    handlers: Mutex<BTreeMap<&'static str, Handler>>,
    seen: Mutex<Vec<Seen>>,
    latency: Mutex<Duration>,
}

impl Cloud {
    pub(crate) fn new() -> Arc<Self> {
        Self::at(START)
    }

    pub(crate) fn at(start: &str) -> Arc<Self> {
        let cloud = Self {
            timer: VirtualTimer::new(start.parse().unwrap()),
            handlers: Mutex::default(),
            seen: Mutex::default(),
            latency: Mutex::default(),
        };
        for (action, name) in RECORDED {
            cloud.answers(action, fixture(name));
        }
        Arc::new(cloud)
    }

    /// From now on an action is answered so.
    pub(crate) fn on(&self, action: &'static str, handler: impl Fn(&Seen) -> Reply + Send + Sync + 'static) {
        self.handlers.lock().unwrap().insert(action, Arc::new(handler));
    }

    pub(crate) fn answers(&self, action: &'static str, body: Value) {
        self.on(action, move |_| ok(&body));
    }

    /// One after the other; the last one from then on.
    pub(crate) fn on_each(&self, action: &'static str, replies: Vec<Reply>) {
        let left = Mutex::new(replies);
        self.on(action, move |_| {
            let mut left = left.lock().unwrap();
            if left.len() > 1 {
                left.remove(0)
            } else {
                left[0].clone()
            }
        });
    }

    /// Every answer takes this long.
    pub(crate) fn takes(&self, latency: Duration) {
        *self.latency.lock().unwrap() = latency;
    }

    pub(crate) fn seen(&self, action: &str) -> Vec<Seen> {
        let seen = self.seen.lock().unwrap();
        seen.iter()
            .filter(|seen| seen.action == action)
            .cloned()
            .collect()
    }

    /// The actions in their order.
    pub(crate) fn story(&self) -> Vec<String> {
        self.seen
            .lock()
            .unwrap()
            .iter()
            .map(|seen| seen.action.clone())
            .collect()
    }

    pub(crate) fn egress(self: &Arc<Self>) -> Arc<Egress> {
        let transport: Arc<dyn Transport> = Arc::<Self>::clone(self);
        Arc::new(Egress::new(transport, Arc::new(self.timer.clone())).with_jitter_seed(7))
    }

    /// The usual account: one key.
    pub(crate) fn account(self: &Arc<Self>) -> Volcengine {
        self.account_with(|_| {})
    }

    pub(crate) fn account_with(self: &Arc<Self>, change: impl Fn(&mut VolcengineConfig)) -> Volcengine {
        let mut config = VolcengineConfig::new("volc-main".parse().unwrap());
        change(&mut config);
        Volcengine::new(config, credential(WATCH), None, self.egress())
    }

    /// One key that watches and one that acts.
    pub(crate) fn account_of_two(self: &Arc<Self>) -> Volcengine {
        let config = VolcengineConfig::new("volc-main".parse().unwrap());
        Volcengine::new(config, credential(WATCH), Some(credential(ACT)), self.egress())
    }
}

pub(crate) fn credential(key: (&str, &str)) -> Credential {
    Credential {
        ak: key.0.into(),
        sk: key.1.into(),
        security_token: None,
    }
}

pub(crate) fn bob() -> TargetId {
    BOB.parse().unwrap()
}

pub(crate) fn target() -> Target {
    Target {
        kind: TargetKind::SubAccount,
        id: bob(),
        name: "bob".to_owned(),
        region: String::new(),
    }
}

pub(crate) fn permit(action: ActionKind) -> Permit {
    let consent = Consent {
        by: "test".to_owned(),
        typed_name: "bob".to_owned(),
    };
    Permit::by_person(
        target(),
        action,
        StopManner::Soft,
        START.parse().unwrap(),
        &consent,
    )
    .unwrap()
}

#[async_trait]
impl Transport for Cloud {
    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        let seen = saw(&request, self.timer.now().mono.0);
        self.seen.lock().unwrap().push(seen.clone());
        let latency = *self.latency.lock().unwrap();
        if !latency.is_zero() {
            self.timer.sleep(latency).await;
        }
        if !is_signed(&request, &seen) {
            return ok(&fixture("refused_signature"));
        }
        let handler = self.handlers.lock().unwrap().get(seen.action.as_str()).cloned();
        handler.map_or_else(
            || refused(404, "InvalidActionOrVersion", "no such action"),
            |handler| handler(&seen),
        )
    }
}

/// The parts of `HMAC-SHA256 Credential=ak/day/region/service/request, SignedHeaders=…, Signature=…`.
fn scope(request: &Request) -> (String, String, String) {
    let header = header(request, "authorization");
    let credential = header
        .split("Credential=")
        .nth(1)
        .unwrap()
        .split(',')
        .next()
        .unwrap();
    let parts: Vec<&str> = credential.split('/').collect();
    (parts[0].to_owned(), parts[2].to_owned(), parts[3].to_owned())
}

fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    let found = request.headers.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value.as_str()).unwrap_or_default()
}

fn saw(request: &Request, at: u64) -> Seen {
    let mut query: BTreeMap<String, String> = request.url.query_pairs().into_owned().collect();
    let (ak, region, service) = scope(request);
    Seen {
        action: query.remove("Action").unwrap_or_default(),
        version: query.remove("Version").unwrap_or_default(),
        service,
        region,
        method: request.method.as_str(),
        host: request.url.host_str().unwrap().to_owned(),
        query,
        body: serde_json::from_slice(&request.body).unwrap_or(Value::Null),
        ak,
        at,
    }
}

fn is_signed(request: &Request, seen: &Seen) -> bool {
    let Some((ak, sk)) = [WATCH, ACT].into_iter().find(|key| key.0 == seen.ak) else {
        return false;
    };
    let port = request
        .url
        .port()
        .map_or_else(String::new, |port| format!(":{port}"));
    let mut headers = request.headers.clone();
    headers.push(("host".to_owned(), format!("{}{port}", seen.host)));
    let target = request.url[url::Position::BeforePath..].to_owned();
    let incoming = Signable::from_wire(request.method.as_str(), &target, headers, &request.body);
    let presented = header(request, "authorization");
    let signed = presented
        .split("SignedHeaders=")
        .nth(1)
        .unwrap()
        .split(',')
        .next()
        .unwrap();
    let names: Vec<String> = signed.split(';').map(str::to_owned).collect();
    let covers = |name: &str| names.iter().any(|signed| signed == name);
    let all = ["host", "x-date", "x-content-sha256"].into_iter().all(covers)
        && ["content-type", "x-security-token"]
            .into_iter()
            .filter(|name| incoming.header(name).is_some())
            .all(covers);
    let date = header(request, "x-date");
    all && presented
        == volcengine::authorization((ak, sk), (&seen.region, &seen.service), date, &incoming, &names)
}
