//! A small signing client for the tests, made from the documented algorithm for plain ASCII requests.

use std::sync::Arc;

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tidegate_meter::{Clock, Mono, Now, Time};
use tidegate_sim::{Answer, Builder, Call, Credential, Door, Served, World};

/// A clock that stands: the world moves by `World::advance` alone.
pub(crate) struct Standing(pub(crate) Time);

impl Clock for Standing {
    fn now(&self) -> Now {
        Now {
            wall: self.0,
            mono: Mono(0),
        }
    }
}

pub(crate) fn at(text: &str) -> Time {
    text.parse().unwrap()
}

pub(crate) const START: &str = "2026-01-15T08:00:00Z";

/// A world that begins on a Thursday at 16:00 in Beijing and stands until it is advanced.
pub(crate) fn build(builder: Builder) -> World {
    builder.build(Arc::new(Standing(at(START))))
}

/// Somebody with a key.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) world: World,
    pub(crate) key: Credential,
    pub(crate) host: String,
    pub(crate) project: String,
    pub(crate) domain: String,
}

impl Client {
    /// The first key of the first account, in the region of its first project.
    pub(crate) fn of(world: &World) -> Self {
        let account = world.accounts().first().unwrap().clone();
        Self::with(world, &account, 0)
    }

    pub(crate) fn with(world: &World, account: &str, key: usize) -> Self {
        let details = world.details();
        let of = details["accounts"].as_array().unwrap();
        let of = of.iter().find(|row| row["name"] == account).unwrap();
        Self {
            world: world.clone(),
            key: world.credentials(account).unwrap()[key].clone(),
            host: "127.0.0.1:9".to_owned(),
            project: of["projects"][0]["id"].as_str().unwrap().to_owned(),
            domain: of["domain_id"].as_str().unwrap().to_owned(),
        }
    }

    pub(crate) fn signed(&self, method: &str, target: &str, body: &str, at: Time) -> Call {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let date = at.to_jiff().strftime("%Y%m%dT%H%M%SZ").to_string();
        let mut headers = vec![
            ("host".to_owned(), self.host.clone()),
            ("x-sdk-date".to_owned(), date.clone()),
        ];
        if let Some(token) = &self.key.token {
            headers.push(("x-security-token".to_owned(), token.clone()));
        }
        headers.sort();
        let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
        let lines: String = headers
            .iter()
            .map(|(name, value)| format!("{name}:{value}\n"))
            .collect();
        let mut pairs: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty()).collect();
        pairs.sort_unstable();
        let canonical = format!(
            "{method}\n{path}/\n{}\n{lines}\n{}\n{}",
            pairs.join("&"),
            names.join(";"),
            hex::encode(Sha256::digest(body.as_bytes()))
        );
        let text = format!(
            "SDK-HMAC-SHA256\n{date}\n{}",
            hex::encode(Sha256::digest(canonical.as_bytes()))
        );
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.sk.as_bytes()).unwrap();
        mac.update(text.as_bytes());
        let signature = hex::encode(mac.finalize().into_bytes());
        let authorization = format!(
            "SDK-HMAC-SHA256 Access={}, SignedHeaders={}, Signature={signature}",
            self.key.ak,
            names.join(";")
        );
        headers.push(("authorization".to_owned(), authorization));
        Call {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            body: Bytes::from(body.to_owned()),
        }
    }

    pub(crate) fn served(&self, method: &str, target: &str, body: &str) -> Served {
        let call = self.signed(method, target, body, self.world.now());
        Door::new(self.world.clone()).answer(&call)
    }

    pub(crate) fn send(&self, method: &str, target: &str, body: &str) -> Answer {
        self.served(method, target, body).answer
    }

    pub(crate) fn get(&self, target: &str) -> Value {
        self.send("GET", target, "").value()
    }

    pub(crate) fn post(&self, target: &str, body: &Value) -> Value {
        self.send("POST", target, &body.to_string()).value()
    }

    pub(crate) fn packages(&self) -> Vec<Value> {
        let value = self.post(
            "/v3/payments/free-resources/query",
            &serde_json::json!({"limit": 1000}),
        );
        value["free_resource_packages"].as_array().unwrap().clone()
    }

    pub(crate) fn usages(&self, ids: &[&str]) -> Vec<Value> {
        let body = serde_json::json!({ "free_resource_ids": ids });
        let value = self.post("/v2/payments/free-resources/usages/details/query", &body);
        value["free_resources"].as_array().unwrap().clone()
    }

    /// The usage of a package by its name.
    pub(crate) fn usage(&self, package: &str) -> Option<Value> {
        let id = self.world.package_id(package).unwrap();
        self.usages(&[&id]).first().cloned()
    }

    pub(crate) fn server(&self, name: &str) -> Value {
        let id = self.world.server_id(name).unwrap();
        self.get(&format!("/v1/{}/cloudservers/{id}", self.project))
    }

    pub(crate) fn stop(&self, name: &str) -> Answer {
        self.action("os-stop", name)
    }

    pub(crate) fn action(&self, action: &str, name: &str) -> Answer {
        let id = self.world.server_id(name).unwrap_or_else(|_| name.to_owned());
        let body = serde_json::json!({ action: {"servers": [{"id": id}]} });
        let path = format!("/v1/{}/cloudservers/action", self.project);
        self.send("POST", &path, &body.to_string())
    }

    pub(crate) fn job(&self, accepted: &Answer) -> Value {
        let value = accepted.value();
        let id = value["job_id"].as_str().unwrap();
        self.get(&format!("/v1/{}/jobs/{id}", self.project))
    }
}
