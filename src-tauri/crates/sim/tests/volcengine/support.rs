//! A client in a few lines, and a world whose time stands until a test moves it.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tidegate_meter::{Clock, Mono, Now, Time};
use tidegate_sim::volcengine::{Cloud, Deed, MainAccount};
use tidegate_sim::{Answer, Call, Credential, Door, Served, World};

/// The twentieth of a month, noon in Beijing.
pub(crate) const START: &str = "2026-11-20T04:00:00Z";

/// A clock that a test moves.
#[derive(Clone)]
pub(crate) struct Hand(Arc<Mutex<Time>>);

impl Hand {
    pub(crate) fn advance(&self, span: Duration) {
        let mut at = self.0.lock().unwrap();
        *at = at.plus(span);
    }
}

impl Clock for Hand {
    fn now(&self) -> Now {
        let wall = *self.0.lock().unwrap();
        Now { wall, mono: Mono(0) }
    }
}

/// A world with one main account, and the client's key to it.
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) cloud: Cloud,
    pub(crate) hand: Hand,
    pub(crate) key: Credential,
}

/// The account with one sub-account.
pub(crate) fn bob() -> MainAccount {
    MainAccount::new("main")
        .project("team-a")
        .project("team-b")
        .user("bob")
}

pub(crate) fn stage(plan: MainAccount) -> Stage {
    stage_at(plan, START)
}

pub(crate) fn hand(start: &str) -> Hand {
    Hand(Arc::new(Mutex::new(start.parse().unwrap())))
}

pub(crate) fn stage_at(plan: MainAccount, start: &str) -> Stage {
    let hand = hand(start);
    let world = World::new(1)
        .volcengine(plan)
        .unwrap()
        .build(Arc::new(hand.clone()));
    let cloud = world.volcengine("main").unwrap();
    let key = cloud.key().unwrap();
    Stage {
        world,
        cloud,
        hand,
        key,
    }
}

/// Service, version and action.
pub(crate) type Verb<'a> = (&'a str, &'a str, &'a str);

const IAM: &str = "2018-01-01";

impl Stage {
    /// An action of IAM by GET.
    pub(crate) fn iam(&self, action: &str, params: &[(&str, &str)]) -> Answer {
        self.get(("iam", IAM, action), params)
    }

    pub(crate) fn get(&self, verb: Verb<'_>, params: &[(&str, &str)]) -> Answer {
        self.served(&self.signed(&self.key, verb, params, None)).answer
    }

    pub(crate) fn post(&self, verb: Verb<'_>, body: &Value) -> Answer {
        self.served(&self.signed(&self.key, verb, &[], Some(body))).answer
    }

    /// A page of the split bill.
    pub(crate) fn split(&self, more: &Value) -> Answer {
        let mut body = json!({"BillPeriod": "2026-11", "Limit": 300, "NeedRecordNum": 1, "GroupPeriod": 2});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.post(("billing", "2022-01-01", "ListSplitBillDetail"), &body)
    }

    /// Somebody switches all of bob's keys off.
    pub(crate) fn keys_off(&self) {
        let off = Deed::SetKey {
            user: "bob".into(),
            key: None,
            active: false,
        };
        self.cloud.happen(&off).unwrap();
    }

    pub(crate) fn served(&self, call: &Call) -> Served {
        Door::new(self.world.clone()).answer(call)
    }

    /// A request with this key's signature, at the world's own time.
    pub(crate) fn signed(
        &self,
        key: &Credential,
        (service, version, action): Verb<'_>,
        params: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Call {
        let mut pairs = vec![("Action", action), ("Version", version)];
        pairs.extend(params);
        let region = if service == "billing" {
            "cn-north-1"
        } else {
            "cn-beijing"
        };
        sign(key, (service, region), &pairs, body, self.world.now())
    }
}

fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

pub(crate) fn sign(
    key: &Credential,
    (service, region): (&str, &str),
    pairs: &[(&str, &str)],
    body: Option<&Value>,
    at: Time,
) -> Call {
    let mut encoded: Vec<(String, String)> = pairs
        .iter()
        .map(|(name, value)| (encode(name), encode(value)))
        .collect();
    encoded.sort();
    let query: Vec<String> = encoded
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let query = query.join("&");
    let (method, body) = body.map_or(("GET", String::new()), |body| ("POST", body.to_string()));
    let date = at.to_jiff().strftime("%Y%m%dT%H%M%SZ").to_string();
    let hash = hex::encode(Sha256::digest(body.as_bytes()));
    let host = "open.volcengineapi.com";
    let canonical = format!(
        "{method}\n/\n{query}\nhost:{host}\nx-content-sha256:{hash}\nx-date:{date}\n\n\
         host;x-content-sha256;x-date\n{hash}"
    );
    let scope = format!("{}/{region}/{service}/request", &date[..8]);
    let digest = hex::encode(Sha256::digest(canonical.as_bytes()));
    let mut secret = key.sk.as_bytes().to_vec();
    for part in scope.split('/') {
        secret = hmac(&secret, part);
    }
    let signature = hex::encode(hmac(&secret, &format!("HMAC-SHA256\n{date}\n{scope}\n{digest}")));
    let authorization = format!(
        "HMAC-SHA256 Credential={}/{scope}, SignedHeaders=host;x-content-sha256;x-date, Signature={signature}",
        key.ak
    );
    let headers = [
        ("host", host),
        ("x-date", &date),
        ("x-content-sha256", &hash),
        ("authorization", &authorization),
        (
            "content-type",
            if method == "POST" {
                "application/json"
            } else {
                "text/plain"
            },
        ),
    ];
    Call {
        method: method.to_owned(),
        path: "/".to_owned(),
        query,
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        body: Bytes::from(body),
    }
}

pub(crate) fn code(answer: &Answer) -> String {
    let value = answer.value();
    value
        .pointer("/ResponseMetadata/Error/Code")
        .and_then(Value::as_str)
        .unwrap_or("")
        .to_owned()
}

pub(crate) fn result(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.value());
    answer.value()["Result"].clone()
}
